"""How each kind of layer looks in a one-file map: places in a list of Leaflet path options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.draw_page import LegendStep, legend_steps
from geo.layer import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from geo.layer import Layer

__all__ = [
    "DASHED",
    "HOTSPOT",
    "Drawing",
    "area_tips",
    "heading",
    "is_approximate",
    "path_styles",
    "steps",
    "tips",
]

OUTLINE: Final = "#ffffff"
BLANK: Final = "#dce5ec"
HOTSPOT: Final = "#c2185b"
BIG_ROADS: Final = (
    *("motorway", "trunk", "primary", "highway", "national", "provincial", "county"),
)
DASHED: Final = {"color": "#40525f", "weight": 1, "opacity": 0.9, "dashArray": "4 3", "fill": False}
APPROXIMATE: Final = Words("近似边界", "approximate boundary")
RIVERS: Final = ("river", "stream", "canal", "lake", "reservoir", "water")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A layer with the features to draw.

    `values` (uint8, one per feature) and `ramp` (entries `value, color, pattern, label`) colour
    the features of a layer of areas; `title` heads its legend.
    """

    layer: Layer
    features: gpd.GeoDataFrame
    values: NDArray[np.uint8] | None = None
    ramp: Sequence[Mapping[str, Any]] = ()
    title: str = ""


def path_styles(drawing: Drawing) -> tuple[NDArray[np.int64], list[dict[str, Any]]]:
    """Give the styles of a layer's shapes, and for each shape the place of its style."""
    if drawing.layer.kind == "area":
        return _area_styles(drawing)
    return _line_styles(drawing)


def tips(shown: gpd.GeoDataFrame) -> list[str]:
    """Give the tooltip of each feature; an empty text where it has none."""
    if "tip" not in shown:
        return [""] * len(shown)
    tips: list[str] = shown["tip"].fillna("").tolist()
    return tips


def _area_styles(drawing: Drawing) -> tuple[NDArray[np.int64], list[dict[str, Any]]]:
    plain = {"weight": 0.8, "color": OUTLINE, "fillOpacity": 0.85}
    styles = [plain | {"fillColor": BLANK}]
    styles += [
        plain | {"fillColor": r["color"], "pattern": r.get("pattern", "")} for r in drawing.ramp
    ]
    place_of = np.zeros(256, dtype=np.int64)
    place_of[[int(r["value"]) for r in drawing.ramp]] = np.arange(1, len(styles))
    return place_of[_values(drawing)], styles


def _values(drawing: Drawing) -> NDArray[np.uint8]:
    """Give the values of the drawn features: row i of all features has value i."""
    if drawing.values is None:
        return np.full(len(drawing.features), 255, dtype=np.uint8)
    chosen: NDArray[np.uint8] = drawing.values[drawing.features.index.to_numpy()]
    return chosen


def area_tips(drawing: Drawing) -> pd.Series[str]:
    """Name each area and word its value."""
    words = {int(r["value"]): "\n" + str(r.get("label", "")) for r in drawing.ramp}
    said = np.array([words.get(value, "") for value in range(256)], dtype=object)
    name: pd.Series[str] = drawing.features["name"].fillna(drawing.features["code"])
    tooltips: pd.Series[str] = name + said[_values(drawing)]
    return tooltips


def _line_styles(drawing: Drawing) -> tuple[NDArray[np.int64], list[dict[str, Any]]]:
    layer, shown = drawing.layer, drawing.features
    if layer.kind == "route":
        colors = list(layer.style["colors"])
        return shown["crew"].to_numpy(dtype=np.int64) % len(colors), [
            {"color": color, "weight": 4} for color in colors
        ]
    if layer.kind == "line":
        kinds = shown["kind"].fillna("")
        place = np.select([kinds.isin(RIVERS), kinds.isin(BIG_ROADS)], [2, 1], 0)
        return place, _ground_styles(layer)
    color = {"hotspot": HOTSPOT, "sector": "#4a6078"}.get(layer.kind, layer.legend[0].color)
    style = {"color": color, "weight": 2 if layer.kind == "hotspot" else 0.6, "fillOpacity": 0.25}
    return np.zeros(len(shown), dtype=np.int64), [style]


def _ground_styles(layer: Layer) -> list[dict[str, Any]]:
    road, river = layer.style.get("color", "#22303c"), layer.style.get("color", "#7cc0ff")
    return [
        {"color": road, "weight": 0.6, "opacity": 0.5},
        {"color": road, "weight": 1.4, "opacity": 0.8},
        {"color": river, "weight": 1.2, "opacity": 0.8},
    ]


def heading(drawing: Drawing, language: str) -> str:
    """Head the legend of a layer."""
    return drawing.title or drawing.layer.title.text(language)


def steps(drawing: Drawing, language: str) -> list[LegendStep]:
    """List the signs of a layer with their words."""
    if drawing.layer.kind != "area":
        return legend_steps(drawing.layer.legend, language)
    ramp = [
        LegendStep(str(r["color"]), str(r.get("pattern") or "square"), str(r.get("label", "")))
        for r in drawing.ramp
    ]
    if is_approximate(drawing):
        ramp.append(LegendStep("transparent", "dashed", APPROXIMATE.text(language)))
    return ramp


def is_approximate(drawing: Drawing) -> bool:
    """Say whether any boundary drawn is an approximate one."""
    shown = drawing.features
    if drawing.layer.kind != "area" or "approximate" not in shown:
        return False
    return bool((shown["approximate"].fillna(value=False) & shown.geometry.notna()).any())
