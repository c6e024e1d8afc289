"""Registered units, each with its own zero status."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84
from geo.layer import Layer, LegendEntry, Words, worded
from geo.vocabulary import ZeroStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LAYER", "features"]

COLOURS: Final = MappingProxyType(
    {
        "zero_verified": "#37d1bb",
        "zero_reported": "#8fe3d8",
        "pending_review": "#a39bea",
        "broken": "#f0934a",
        "not_assessed": "#8a9aa8",
    }
)


def features(
    units: pd.DataFrame,
    *,
    status: pd.Series[str] | None = None,
    words: Mapping[str, str] | None = None,
) -> gpd.GeoDataFrame:
    """Give the units with a known place as points: `id, kind, status, tip`.

    Parameters
    ----------
    units
        Units frame, index `unit_id`.
    status
        `unit_id` -> zero status; a unit without one is `not_assessed`, never zero.
    words
        Status -> word for the tip.
    """
    placed = units[units["lon"].notna() & units["lat"].notna()]
    known = pd.Series(dtype="str") if status is None else status
    own = known.reindex(placed.index).fillna(ZeroStatus.NOT_ASSESSED.value)
    said = worded(own, words)
    table = {
        "id": placed.index.to_numpy(),
        "kind": placed["kind"].to_numpy(),
        "status": own.to_numpy(),
        "tip": (placed["name"].fillna("") + "\n" + said).to_numpy(),
    }
    places = gpd.points_from_xy(placed["lon"], placed["lat"], crs=WGS84)
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=places)


LAYER = Layer(
    name="units",
    title_key="layer.units",
    title=Words("单位（按其自身状态）", "Units by their own status"),
    kind="unit",
    features=features,
    style=MappingProxyType({"color_by": "status", "colors": dict(COLOURS)}),
    legend=(
        LegendEntry("zero_verified", COLOURS["zero_verified"], "square", Words("零", "Zero")),
        LegendEntry("pending_review", COLOURS["pending_review"], "dot", Words("待审核", "Pending")),
        LegendEntry("broken", COLOURS["broken"], "cross", Words("已破零", "Broken")),
        LegendEntry(
            "not_assessed", COLOURS["not_assessed"], "hatch", Words("未评定", "Not assessed")
        ),
    ),
)
