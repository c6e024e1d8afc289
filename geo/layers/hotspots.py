"""Numbered hotspots: places to go to, with what is expected there."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84
from geo.layer import Layer, LegendEntry, Words, worded

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LAYER", "features"]

COLOUR: Final = "#ff5c8a"

_TIP: Final = MappingProxyType(
    {
        "zh": ("热点 ", "\n未来 {days} 天预期 ", " 起（", "–", "）"),
        "en": ("Hotspot ", "\nexpected in the next {days} days: ", " (", "–", ")"),
    }
)


def features(
    hotspots: gpd.GeoDataFrame,
    *,
    names: Mapping[str, str] | None = None,
    horizon_days: int = 28,
    language: str = "zh",
) -> gpd.GeoDataFrame:
    """Give the hotspots by rank: `id, rank, expected, lower, upper, state, name, tip, geometry`.

    Parameters
    ----------
    hotspots
        One row per place in any CRS: `hotspot_id, rank, expected, lower, upper, state`.
    names
        `hotspot_id` -> name of the place, in the tip's first line.
    horizon_days
        Days ahead that `expected` (incidents, with its interval) speaks of.
    """
    ranked = hotspots.sort_values("rank").to_crs(WGS84)
    table = pd.DataFrame(
        {
            "id": ranked["hotspot_id"],
            "rank": ranked["rank"].astype("int64"),
            "expected": ranked["expected"].round(2),
            "lower": ranked["lower"].round(2),
            "upper": ranked["upper"].round(2),
            "state": ranked["state"],
            "name": worded(ranked["hotspot_id"], names, otherwise=""),
        }
    )
    table["tip"] = _tips(table, horizon_days=horizon_days, language=language)
    shapes = ranked.geometry
    return gpd.GeoDataFrame(table, geometry=shapes).reset_index(drop=True)


def _tips(table: pd.DataFrame, *, horizon_days: int, language: str) -> pd.Series[str]:
    head, expected, left, to, right = _TIP["en" if language == "en" else "zh"]
    shown = ("expected", "lower", "upper")
    numbers = {c: table[c].map("{:.1f}".format).astype("str") for c in shown}
    place = (" " + table["name"]).str.rstrip()
    interval = left + numbers["lower"] + to + numbers["upper"] + right
    lead = head + table["rank"].astype(str) + place + expected.format(days=horizon_days)
    return lead + numbers["expected"] + interval


LAYER = Layer(
    name="hotspots",
    title_key="layer.hotspots",
    title=Words("热点（按预期件数编号）", "Hotspots by expected count"),
    kind="hotspot",
    features=features,
    legend=(
        LegendEntry("hotspot", COLOUR, "badge", Words("热点及其序号", "Hotspot and its rank")),
    ),
    sensitive=True,
)
