"""From the demo's metres to degrees, rounded so that every machine writes the same digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.crs import to_wgs84

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.demo.draws import Floats

__all__ = ["METRIC_CRS", "lonlat", "lonlat_shapes"]

METRIC_CRS: Final = "EPSG:4547"
DIGITS: Final = 6
"""Decimal places of a degree: about a decimetre."""


def lonlat(xy: Floats) -> Floats:
    """Convert metres `(n, 2)` in EPSG:4547 to degrees `(n, 2)` in WGS84, to six decimals."""
    pair = to_wgs84(xy[:, 0], xy[:, 1], METRIC_CRS)
    degrees: Floats = np.column_stack(pair)
    return degrees.round(DIGITS)


def lonlat_shapes(shapes: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Convert geometries as `lonlat` does points: equal corners stay equal."""
    return list(shapely.set_coordinates(np.array(shapes), lonlat(shapely.get_coordinates(shapes))))
