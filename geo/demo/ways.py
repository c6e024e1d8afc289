"""A way: a line on the map with its class, be it water, road or street."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import shapely

__all__ = ["Way"]


class Way(NamedTuple):
    """A line in metres (EPSG:4547), its `kind` and the number of its name (-1: nameless)."""

    kind: str
    name: int
    line: shapely.LineString
