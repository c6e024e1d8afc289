"""The ground layers as frames: roads, rivers, buildings and built-up land."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84
from geo.demo.buildings import BUILDING_KINDS
from geo.demo.cameras import street_name
from geo.demo.names import RIVERS
from geo.demo.placing import lonlat_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import shapely

    from geo.demo.ground import Ground
    from geo.demo.streets import Streets

__all__ = ["ground_frames"]

ROAD_NAMES = {"provincial": "省道S990", "county": "县道X990", "village": None}


def ground_frames(ground: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Give the layers by name, each by `ground_id` with kind and name, in WGS84."""
    streets = ground.streets.ways
    names = _street_names(ground.streets)
    roads = [*ground.roads, *streets]
    road_names = [ROAD_NAMES[way.kind] for way in ground.roads]
    road_names += [names[way.name] if way.kind != "lane" else None for way in streets]
    rivers = ground.rivers
    towns = len(ground.land.built)
    return {
        "roads": _frame("R", [way.kind for way in roads], road_names, [way.line for way in roads]),
        "rivers": _frame(
            "W",
            [way.kind for way in rivers],
            [RIVERS[way.name].zh if way.name >= 0 else None for way in rivers],
            [way.line for way in rivers],
        ),
        "buildings": _frame(
            "B",
            [BUILDING_KINDS[kind] for kind in ground.buildings.kind.tolist()],
            [None] * len(ground.buildings.shapes),
            ground.buildings.shapes,
        ),
        "land": _frame(
            "L",
            ["town"] * towns + ["village"] * (len(ground.built) - towns),
            [None] * len(ground.built),
            ground.built,
        ),
    }


def _street_names(streets: Streets) -> dict[int, str]:
    lines, first = np.unique(streets.line, return_index=True)
    across = streets.across[first].tolist()
    return {
        line: street_name(line, is_across=flag)
        for line, flag in zip(lines.tolist(), across, strict=True)
    }


def _frame(
    letter: str,
    kinds: list[str],
    names: Sequence[str | None],
    shapes: Sequence[shapely.Geometry],
) -> gpd.GeoDataFrame:
    index = pd.Index([f"{letter}{n:05d}" for n in range(1, len(shapes) + 1)], name="ground_id")
    columns = {"kind": kinds, "name": pd.Series(list(names), index=index, dtype=object)}
    return gpd.GeoDataFrame(
        pd.DataFrame(columns, index=index), geometry=lonlat_shapes(shapes), crs=WGS84
    )
