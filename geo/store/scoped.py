"""The facts as seen from one area: what lies elsewhere is not in them.

Every page, export and report asks a snapshot; whoever is bound to an area gets one that reads
through this loader, so that nothing of another area reaches them by any way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.hierarchy import holds
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.store.snapshot import Loader

    Bools = NDArray[np.bool_]

__all__ = ["ScopedLoader"]

BY_AREA: Final = frozenset(
    {Entity.UNIT, Entity.SUBJECT, Entity.CASE, Entity.ACCIDENT, Entity.PETITION, Entity.DISPUTE,
     Entity.CAMERA}
)  # fmt: skip
"""Entities whose every record lies in an area."""

OF_ALL: Final = "owner:"
"""Beginning of a stream owner's name: its confirmations speak of every area."""


@dataclass(frozen=True, slots=True)
class ScopedLoader:
    """Reads what lies in the area `scope` and below it; everything else is left out.

    Feeds, decisions and editions belong to the whole store and are left out altogether. Ground
    layers (streets, rivers, buildings) are no secret and stay. An area that is not known yet
    holds nothing.
    """

    inner: Loader
    scope: str

    def frame(self, entity: Entity, watermark: int, known_at: datetime | None) -> pd.DataFrame:
        """Give the records of an entity that lie within the scope."""
        frame = self.inner.frame(entity, watermark, known_at)
        if entity is Entity.AREA:
            return frame[self._within(frame)]
        areas = self.inner.frame(Entity.AREA, watermark, known_at)
        seen = areas.index[self._within(areas)]
        return frame[self._seen(entity, frame, seen, watermark, known_at)]

    def ground(self, name: str, watermark: int, known_at: datetime | None) -> gpd.GeoDataFrame:
        """Give a ground layer, whole."""
        return self.inner.ground(name, watermark, known_at)

    def reconstructed(self, watermark: int, known_at: datetime | None) -> bool:
        """Say whether answers rest on history taken over."""
        return self.inner.reconstructed(watermark, known_at)

    def mark(self, entities: tuple[Entity, ...], watermark: int) -> tuple[int, ...]:
        """Give what stays while these entities do, and what decides what is seen of them."""
        return self.inner.mark((Entity.AREA, Entity.UNIT, *entities), watermark)

    def _within(self, areas: pd.DataFrame) -> Bools:
        if self.scope not in areas.index:
            return np.zeros(len(areas), dtype=bool)
        return holds(str(areas.loc[self.scope, "path"]), areas["path"]).to_numpy()

    def _seen(
        self,
        entity: Entity,
        frame: pd.DataFrame,
        seen: pd.Index,
        watermark: int,
        known_at: datetime | None,
    ) -> Bools:
        if entity in BY_AREA:
            return _among(frame["area_code"], seen)
        chosen: dict[Entity, Callable[[], Bools]] = {
            Entity.HAZARD: lambda: _among(frame["area_code"], seen) | units_of("unit_id"),
            Entity.INSPECTION: lambda: _among(frame["area_code"], seen) | units_of("unit_id"),
            Entity.STEP: lambda: self._of_matters(frame, watermark, known_at),
            Entity.REPORT: lambda: (
                _among(frame["body"], seen)
                | units_of("body")
                | _among(frame["body"], pd.Index(subjects()["body"].dropna()))
                | frame["body"].str.startswith(OF_ALL).to_numpy(dtype=bool)
            ),
            Entity.LINEAGE: lambda: _among(frame["old"], seen) | _among(frame["new"], seen),
        }

        def units_of(column: str) -> Bools:
            units = self.frame(Entity.UNIT, watermark, known_at)
            return _among(frame[column], units.index)

        def subjects() -> pd.DataFrame:
            return self.frame(Entity.SUBJECT, watermark, known_at)

        if entity not in chosen:
            return np.zeros(len(frame), dtype=bool)
        return chosen[entity]()

    def _of_matters(self, frame: pd.DataFrame, watermark: int, known_at: datetime | None) -> Bools:
        """Tell which steps lead on a matter that is seen."""
        seen = np.zeros(len(frame), dtype=bool)
        for about in frame["about"].dropna().unique():
            matters = self.frame(Entity(about), watermark, known_at)
            own = (frame["about"] == about).to_numpy(dtype=bool)
            seen |= own & _among(frame["about_key"], matters.index)
        return seen


def _among(words: pd.Series, wanted: pd.Index) -> Bools:
    found: Bools = words.isin(wanted).to_numpy(dtype=bool)
    return found
