"""Tonight's route: one line per crew and its numbered stops."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84
from geo.layer import Layer, LegendEntry, Words, worded

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLOURS", "LAYER", "features"]

COLOURS: Final = ("#4cc9f0", "#f9c74f", "#c29bff", "#9bd770", "#f28482", "#e5e5e5")
"""Colour of crew i (again from the first after the last); the stop's number tells them too."""


def features(
    route: gpd.GeoDataFrame,
    *,
    names: Mapping[str, str] | None = None,
    language: str = "zh",
) -> gpd.GeoDataFrame:
    """Give the legs and stops: `id, crew, stop, arrive, tip, geometry`.

    Parameters
    ----------
    route
        Any CRS; rows of `kind` "leg" (a line per crew) and "stop" (a point), with `unit` (the
        crew's name), `crew` (0, 1, …), `order` (1, 2, …), `post`, `arrive` (text, local time).
    names
        Post -> name of the place.
    """
    placed = route.to_crs(WGS84).reset_index(drop=True)
    is_stop = placed["kind"] == "stop"
    post = placed["post"].where(is_stop)
    table = pd.DataFrame(
        {
            "id": post,
            "crew": placed["crew"].astype("int64"),
            "stop": placed["order"].where(is_stop).astype("Int64"),
            "arrive": placed["arrive"].where(is_stop),
            "tip": _tips(placed, worded(post, names), language).where(is_stop),
        }
    )
    return gpd.GeoDataFrame(table, geometry=placed.geometry)


def _tips(route: gpd.GeoDataFrame, place: pd.Series[str], language: str) -> pd.Series[str]:
    stop = route["order"].astype("Int64").astype("str")
    middle = ", stop " if language == "en" else " 第 "
    end = "" if language == "en" else " 站"
    head = route["unit"].astype("str") + middle + stop + end
    tips: pd.Series[str] = head + "\n" + route["arrive"] + " " + place
    return tips


LAYER = Layer(
    name="route",
    title_key="layer.route",
    title=Words("今晚巡逻路线（草案）", "Tonight's patrol route (draft)"),
    kind="route",
    features=features,
    style=MappingProxyType({"colors": list(COLOURS)}),
    legend=(LegendEntry("route", COLOURS[0], "line", Words("路线与站点", "Route and stops")),),
    sensitive=True,
)
