"""How the ground changed: areas before and after a delivery, and whom that can concern."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.assign import area_of
from geo.crs import WGS84
from geo.hierarchy import holds_each, with_paths
from geo.intake.codes import nearest_of
from geo.intake.delivery import differs
from geo.lineage import successor_of
from geo.schemas import columns_of, conform
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from geo.intake.faults import Mask

__all__ = ["GroundChange", "areas_after"]

PLACING: Final = ("geometry", "parent_code", "grouping", "valid_from", "valid_to")
"""What decides where a point belongs; a name or a population moves nobody."""


def areas_after(
    before: gpd.GeoDataFrame, *delivered: pd.DataFrame, gone: Collection[str] = ()
) -> gpd.GeoDataFrame:
    """Give the areas as they stand once `delivered` (new and changed whole rows) is written.

    `gone` are the codes that are taken back.
    """
    said = [conform(part, Entity.AREA) for part in delivered if len(part)]
    replaced = [*gone, *(code for part in said for code in part.index)]
    kept = before[~before.index.isin(replaced)]
    columns = [name for name in columns_of(Entity.AREA) if name != "path"]
    parts = [part[columns] for part in (kept, *said) if len(part)] or [before[columns].iloc[:0]]
    return with_paths(gpd.GeoDataFrame(pd.concat(parts), crs=WGS84))


@dataclass(frozen=True)
class GroundChange:
    """Areas `before` and `after`, what became of which code, and who is registered.

    `told` says that what became of the codes was learned just now.
    """

    before: gpd.GeoDataFrame
    after: gpd.GeoDataFrame
    lineage: pd.DataFrame
    subjects: pd.DataFrame
    told: bool = False

    @property
    def is_any(self) -> bool:
        """Say whether anything changed that can concern a standing record."""
        return not self.before.empty and (self.told or len(self.codes) > 0)

    @cached_property
    def codes(self) -> pd.Index:
        """Name the areas that are new, gone, or differ in what decides where a point belongs."""
        known = self.after.index.intersection(self.before.index)
        was, now = self.before.loc[known], self.after.loc[known]
        changed = np.zeros(len(known), dtype=bool)
        for name in PLACING:
            changed |= differs(now[name], was[name])
        codes: pd.Index = known[changed].union(
            self.after.index.symmetric_difference(self.before.index)
        )
        return codes

    @cached_property
    def regrouped(self) -> list[str]:
        """Name the areas whose nearest registered subject is another one than before."""
        registered = self.subjects.index[self.subjects["unit_id"].isna()]
        was, now = (nearest_of(registered, areas) for areas in (self.before, self.after))
        was = was.reindex(now.index)
        return list(now.index[(was != now) & ~(was.isna() & now.isna())])

    def can_concern(self, lon: pd.Series, lat: pd.Series) -> Mask:
        """Say which points lie in the box around a changed shape, old or new."""
        boxes = np.vstack([_boxes(self.before, self.codes), _boxes(self.after, self.codes)])
        near = np.zeros(len(lon), dtype=bool)
        if not len(boxes):
            return near
        x, y = lon.to_numpy(), lat.to_numpy()
        (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        rows = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        tree = shapely.STRtree(np.asarray(shapely.box(*boxes.T)))
        asked = shapely.points(x[rows], y[rows])
        near[rows[np.unique(tree.query(asked, predicate="intersects")[0])]] = True
        return near

    def moved_areas(self, points: pd.DataFrame, day: pd.Series) -> pd.Series:
        """Give the new area of each point whose area is another one now; else its `area_code`.

        A point that lies in no area any more keeps its code, and so does one with a finer code
        that has no boundary to hold it against.
        """
        was, now = (self._located(areas, points, day, beats=False) for areas in self._both)
        stood = points["area_code"]
        moves = now.notna() & (was != now)
        moves[moves] = ~self._finer(stood[moves], now[moves])
        return stood.where(~moves, now)

    def moved_beats(self, points: pd.DataFrame, day: pd.Series) -> pd.Series:
        """Give the new beat of each point that had its beat from where it lies."""
        was, now = (self._located(areas, points, day, beats=True) for areas in self._both)
        stood = points["beat_code"]
        by_place = (stood == was) | stood.isna()
        return stood.where(~by_place, now)

    def successors(self, codes: pd.Series, day: pd.Series) -> pd.Series:
        """Give the one successor in force on the day, the code itself where there is none."""
        ended = codes.isin(self.lineage["old"].unique())
        if not ended.any():
            return codes
        found = successor_of(self.lineage, codes[ended], day[ended])
        found = found.where(found.isin(self.after.index)).reindex(codes.index)
        return found.where(found.notna(), codes)

    def _finer(self, stood: pd.Series, now: pd.Series) -> Mask:
        """Say which codes lie in the area found, and have no boundary to hold a point against."""
        index = self.after.index
        inner, outer = (index.get_indexer(pd.Index(codes)) for codes in (stood, now))
        undrawn = stood.isin(index[self.after.geometry.isna()]).to_numpy()
        return holds_each(self.after, outer, inner) & undrawn

    @property
    def _both(self) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        return self.before, self.after

    @staticmethod
    def _located(
        areas: gpd.GeoDataFrame, points: pd.DataFrame, day: pd.Series, *, beats: bool
    ) -> pd.Series:
        chosen = areas[areas["grouping"].astype(bool) == beats]
        box = points["lon"].min(), points["lat"].min(), points["lon"].max(), points["lat"].max()
        there = chosen.iloc[np.sort(chosen.sindex.query(shapely.box(*box)))]
        return area_of((points["lon"], points["lat"]), there, day=day)


def _boxes(areas: gpd.GeoDataFrame, codes: pd.Index) -> NDArray[np.float64]:
    shapes = areas.geometry[areas.index.isin(codes)].dropna()
    bounds: NDArray[np.float64] = shapely.bounds(shapes.to_numpy()).reshape(-1, 4)
    return bounds[~np.isnan(bounds).any(axis=1)]
