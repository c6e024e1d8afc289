"""The layers over the areas: which can be switched, and where the map fetches each."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from dashboard.map_view import overlay
from geo import layers as layer_files
from geo.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["GROUND", "NAMES", "layers", "overlays", "shown_at_first"]

ORDER: Final = (
    "hotspots",
    "route",
    "incidents",
    "cameras",
    "sectors",
    "units",
    "buildings",
    "roads",
    "rivers",
)
"""The switches in the order of the panel; a layer not named here comes after them."""

OFF_AT_FIRST: Final = ("route",)
"""Comes on when a plan is asked for."""

GROUND: Final = ("roads", "rivers", "buildings")
"""Layers that do not depend on the filter bar, and that a city may come without."""

NAMES: Final = "names"
"""The switch of the place names, which the map draws itself."""


@cache
def layers() -> tuple[Layer, ...]:
    """Give every layer of `geo.layers` that lies over the areas, in the panel's order."""
    found = {layer.name: layer for layer in _exported() if layer.kind != "area"}
    known = [name for name in ORDER if name in found]
    return tuple(found[name] for name in [*known, *sorted(found.keys() - set(known))])


def shown_at_first() -> list[str]:
    """List the layers that are on when the page opens."""
    names = [layer.name for layer in layers() if layer.name not in OFF_AT_FIRST]
    return [*names, NAMES]


def overlays(
    params: Mapping[str, str],
    shown: Collection[str],
    *,
    crews: int,
    near: bool,
    mark: str,
    lang: str,
) -> list[dict[str, Any]]:
    """List the overlays as the map component takes them, each with its address.

    The address holds the whole question and the mark of the ledger's state: the map fetches
    a layer again exactly when one of them has changed. `near` asks for finer counts.
    """
    asked = {key: value for key, value in params.items() if value}
    asked |= {"lang": lang, "v": mark}
    return [
        overlay(
            layer, url=_address(layer.name, asked, crews, near=near), visible=layer.name in shown
        )
        for layer in layers()
    ]


def _address(name: str, asked: Mapping[str, str], crews: int, *, near: bool) -> str:
    path = f"/map/overlay/{name}.geojson"
    if name in GROUND:
        return path
    extra = {"crews": str(crews)} if name == "route" else {}
    extra |= {"near": "1"} if near and name == "incidents" else {}
    return f"{path}?{urlencode({**asked, **extra})}"


def _exported() -> list[Layer]:
    names = [found.name for found in pkgutil.iter_modules(layer_files.__path__)]
    modules = [importlib.import_module(f"{layer_files.__name__}.{name}") for name in names]
    return [value for module in modules for value in vars(module).values() if _is_layer(value)]


def _is_layer(value: object) -> bool:
    return isinstance(value, Layer)
