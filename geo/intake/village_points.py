"""Areas known by a point: an approximate boundary is drawn around each, within its parent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.crs import WGS84
from geo.errors import NotReadyError
from geo.voronoi import voronoi_cells

if TYPE_CHECKING:
    import pandas as pd

    from geo.intake.faults import Mask, Verdicts

__all__ = ["draw_cells"]

SAME_PLACE_M: Final = 0.1
"""Metres. Points nearer to one another than this are one place: nothing lies between them."""


def draw_cells(
    frame: pd.DataFrame, verdicts: Verdicts, areas: gpd.GeoDataFrame, *, metric_crs: str
) -> gpd.GeoDataFrame:
    """Give `frame` with the columns `geometry` (EPSG:4326) and `approximate`.

    The ground of a parent, less what children with a real boundary have of it, is shared out
    among the points of the file. An area that has a real boundary keeps it (W13).

    Parameters
    ----------
    frame
        `area_code`, `parent_code` and `lon`, `lat` in degrees WGS84, one row per area.
    areas
        The areas in force, EPSG:4326, without groupings.

    Raises
    ------
    NotReadyError
        When no area has a boundary yet.
    """
    if not areas.geometry.notna().any():
        raise NotReadyError(
            "No boundaries are loaded yet; import those of the areas above the points first.",
            "尚未载入任何边界；请先导入这些点位上级区域的边界。",
        )
    real = areas.geometry[areas.geometry.notna() & ~areas["approximate"]]
    settled = frame["area_code"].isin(real.index).to_numpy()
    verdicts.remark("W13", settled)
    plots = _Plots(areas.to_crs(metric_crs), frame["area_code"])
    spots = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), frame.index, crs=WGS84)
    spots = spots.to_crs(metric_crs)
    _keep_out_unfit(frame, verdicts, plots, spots, open_rows=~settled)
    shapes = gpd.GeoSeries(real.reindex(frame["area_code"]).array, frame.index, crs=WGS84)
    asked = ~settled & verdicts.stating
    for parent, rows in spots[asked].groupby(frame.loc[asked, "parent_code"]):
        cells = voronoi_cells(shapely.get_coordinates(rows), plots.ground[parent])
        shapes[rows.index] = gpd.GeoSeries(cells, rows.index, crs=metric_crs).to_crs(WGS84)
    return gpd.GeoDataFrame(frame.assign(approximate=~settled), geometry=shapes)


@dataclass(frozen=True)
class _Plots:
    """What there is to share out: areas in a metric CRS, and the codes the file brings."""

    areas: gpd.GeoDataFrame
    brought: pd.Series

    @cached_property
    def ground(self) -> dict[str, Any]:
        """Give the ground of each area with a boundary, without its children's real ones."""
        drawn = self.areas[self.areas.geometry.notna()]
        real = drawn[~drawn["approximate"]]
        taken = real.geometry.groupby(real["parent_code"]).agg(shapely.union_all)
        left = drawn.geometry.difference(gpd.GeoSeries(taken, crs=drawn.crs).reindex(drawn.index))
        whole = drawn.index.difference(taken.index)
        left[whole] = drawn.geometry[whole]
        return dict(left)

    @cached_property
    def half_known(self) -> set[str]:
        """Name the parents of approximate areas that the file does not bring."""
        approximate = self.areas["approximate"] & self.areas.geometry.notna()
        absent = approximate & ~self.areas.index.isin(self.brought)
        return set(self.areas.loc[absent, "parent_code"].dropna())


def _keep_out_unfit(
    frame: pd.DataFrame,
    verdicts: Verdicts,
    plots: _Plots,
    spots: gpd.GeoSeries,
    *,
    open_rows: Mask,
) -> None:
    """Keep out what no cell can be drawn around.

    Q06 without a point; Q23 outside the ground of its parent, or without one that has any; Q25
    where other approximate children of the parent stand, whose points would have to come along;
    Q24 where two points are one place.
    """
    missing = (frame["lon"].isna() | frame["lat"].isna()).to_numpy()
    verdicts.keep_out("Q06", open_rows & missing, "lon")
    parent = frame["parent_code"]
    ground = np.array([plots.ground.get(code) for code in parent], dtype=object)
    held = shapely.intersects(ground, spots.to_numpy())
    verdicts.keep_out("Q23", open_rows & ~held, "parent_code")
    verdicts.keep_out("Q25", open_rows & parent.isin(plots.half_known).to_numpy(), "parent_code")
    verdicts.keep_out("Q24", _same_place(spots, open_rows & verdicts.stating), "lon")


def _same_place(spots: gpd.GeoSeries, asked: Mask) -> Mask:
    rows = np.flatnonzero(asked)
    same = np.zeros(len(spots), dtype=bool)
    if len(rows):
        tree = cKDTree(shapely.get_coordinates(spots.iloc[rows]))
        same[rows[np.unique(tree.query_pairs(SAME_PLACE_M, output_type="ndarray"))]] = True
    return same
