"""Posts: where a crew stands in a hotspot, and what standing there is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries

__all__ = ["posts_from_hotspots"]

FARTHEST_STREET_M: Final = 300.0
"""Metres. A post is moved to a street no farther away than two blocks, else it stays."""


def posts_from_hotspots(
    hotspots: GeoDataFrame, *, streets: GeoSeries | None = None
) -> pd.DataFrame:
    """Make one post per hotspot, at the centre of its incidents or the nearest street.

    Parameters
    ----------
    hotspots
        `Hotspots.frame`: `rank`, `hotspot_id`, `x_m`, `y_m`, `expected`.
    streets
        Lines in the same metric CRS; a post moves to the nearest point on one of them.

    Returns
    -------
    DataFrame
        `post` ("P01" for rank 1), `hotspot_id`, `x_m`, `y_m` (metres), `value` (incidents
        expected at the hotspot in its horizon).
    """
    xy = hotspots[["x_m", "y_m"]].to_numpy(float)
    if streets is not None and len(streets) and len(xy):
        xy = _on_street(xy, np.asarray(streets.geometry, dtype=object))
    return pd.DataFrame(
        {
            "post": [f"P{rank:02d}" for rank in hotspots["rank"]],
            "hotspot_id": hotspots["hotspot_id"].to_numpy(),
            "x_m": xy[:, 0],
            "y_m": xy[:, 1],
            "value": hotspots["expected"].to_numpy(float),
        }
    )


def _on_street(xy: np.ndarray, lines: np.ndarray) -> np.ndarray:
    points = np.asarray(shapely.points(xy), dtype=object)
    tree = shapely.STRtree(lines)
    number, nearest = tree.query_nearest(points, max_distance=FARTHEST_STREET_M, all_matches=False)
    ways = shapely.shortest_line(points[number], lines[nearest])
    moved = xy.copy()
    moved[number] = shapely.get_coordinates(shapely.get_point(ways, 1))
    return moved
