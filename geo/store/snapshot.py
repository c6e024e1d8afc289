"""What the ledger knows at a moment, as frames."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import geopandas as gpd

    from geo.store.segments import Versions

__all__ = ["Loader", "Snapshot", "state_after", "state_at"]


class Loader(Protocol):
    """What a snapshot reads from."""

    def frame(self, entity: Entity, watermark: int, known_at: datetime | None) -> pd.DataFrame:
        """Give the records of an entity as known."""
        ...

    def ground(self, name: str, watermark: int, known_at: datetime | None) -> gpd.GeoDataFrame:
        """Give a ground layer as known, empty when there is none."""
        ...

    def reconstructed(self, watermark: int, known_at: datetime | None) -> bool:
        """Say whether any event known by then was taken over with `backfill`."""
        ...

    def mark(self, entities: tuple[Entity, ...], watermark: int) -> tuple[int, ...]:
        """Give numbers that stay as long as the frames of these entities do."""
        ...


class Snapshot:
    """The facts as known at a moment, each entity read when it is first asked for.

    Safe to share between threads; every frame handed out is the caller's own (a shallow
    copy: writing to it does not reach others). Frames are indexed by their key, have the
    columns of `geo.schemas`, and seq, known_at and recorded_at.

    Attributes
    ----------
    watermark
        Highest seq of the ledger that may answer.
    known_at
        The moment whose knowledge is used. Without one asked for, the moment of the last
        event; None on an empty ledger.
    time_zone
        Zone of the store's civil days.
    """

    def __init__(
        self,
        loader: Loader,
        *,
        watermark: int,
        asked: datetime | None,
        known_at: datetime | None,
        time_zone: ZoneInfo,
    ) -> None:
        self.watermark = watermark
        self.known_at = known_at
        self.time_zone = time_zone
        self._loader = loader
        self._asked = asked
        self._frames: dict[str, pd.DataFrame] = {}
        self._marks: dict[tuple[Entity, ...], tuple[int, ...]] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    @property
    def reconstructed(self) -> bool:
        """Say whether answers rest on history taken over from another system."""
        return self._loader.reconstructed(self.watermark, self._asked)

    def mark(self, *entities: Entity) -> tuple[object, ...]:
        """Give what stays the same as long as the frames of these entities do.

        Whoever computes from a few entities keeps the answer under this mark, so that an event
        of another entity costs nothing.
        """
        with self._lock:
            if entities not in self._marks:
                self._marks[entities] = self._loader.mark(entities, self.watermark)
            return (self._asked, *self._marks[entities])

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """Areas and groupings, with `path`, in EPSG:4326; geometry missing when code-only."""
        return self._of(Entity.AREA)

    @property
    def units(self) -> pd.DataFrame:
        """Enterprises and institutions."""
        return self._of(Entity.UNIT)

    @property
    def subjects(self) -> pd.DataFrame:
        """The register of those who are at zero or not."""
        return self._of(Entity.SUBJECT)

    @property
    def cases(self) -> pd.DataFrame:
        """Criminal and public-security cases."""
        return self._of(Entity.CASE)

    @property
    def accidents(self) -> pd.DataFrame:
        """Accidents of every kind."""
        return self._of(Entity.ACCIDENT)

    @property
    def incidents(self) -> pd.DataFrame:
        """Cases and accidents in one frame; what only one of them has is missing in the other."""
        return self._held("incidents", lambda: _stacked([self.cases, self.accidents]))

    @property
    def petitions(self) -> pd.DataFrame:
        """Petition matters: no coordinates, no parties."""
        return self._of(Entity.PETITION)

    @property
    def reports(self) -> pd.DataFrame:
        """Reports of zero, of exceptions and confirmations, by body, stream and window."""
        return self._of(Entity.REPORT)

    @property
    def hazards(self) -> pd.DataFrame:
        """Hazards found at units and areas."""
        return self._of(Entity.HAZARD)

    @property
    def cameras(self) -> pd.DataFrame:
        """The camera registry."""
        return self._of(Entity.CAMERA)

    @property
    def lineage(self) -> pd.DataFrame:
        """What became of which area, and when."""
        return self._of(Entity.LINEAGE)

    @property
    def disputes(self) -> pd.DataFrame:
        """Disputes in mediation: no coordinates, no parties."""
        return self._of(Entity.DISPUTE)

    @property
    def feeds(self) -> pd.DataFrame:
        """Sources that deliver again and again."""
        return self._of(Entity.FEED)

    @property
    def decisions(self) -> pd.DataFrame:
        """What two people decided, or have still to decide."""
        return self._of(Entity.DECISION)

    @property
    def steps(self) -> pd.DataFrame:
        """Steps that led matters on."""
        return self._of(Entity.STEP)

    @property
    def inspections(self) -> pd.DataFrame:
        """Inspections, those that found nothing as well."""
        return self._of(Entity.INSPECTION)

    @property
    def editions(self) -> pd.DataFrame:
        """Documents that were frozen to be signed."""
        return self._of(Entity.EDITION)

    def ground(self, name: str) -> gpd.GeoDataFrame:
        """Give the ground layer `name`: roads, rivers, buildings or land; empty when none."""
        load = self._loader.ground
        return self._held(f"ground {name}", lambda: load(name, self.watermark, self._asked))

    def _of(self, entity: Entity) -> pd.DataFrame:
        return self._held(entity, lambda: self._loader.frame(entity, self.watermark, self._asked))

    def _held(self, name: str, load: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Load once; a slow entity keeps nobody from another one."""
        with self._lock:
            lock = self._locks.setdefault(name, Lock())
        with lock:
            if name not in self._frames:
                self._frames[name] = load()
            return self._frames[name].copy(deep=False)


def state_at(versions: Versions, known_at: datetime | None) -> pd.DataFrame:
    """Give each record as its last version known at `known_at`; retracted ones are gone.

    Rows keep the order of the chain. None asks for everything the versions hold.
    """
    rows, drops = (_known(part, known_at) for part in (versions.rows, versions.drops))
    rows = rows[~rows.index.duplicated(keep="last")] if rows.index.has_duplicates else rows
    if drops.empty:
        return rows
    dropped_at = drops.groupby("key")["seq"].max().reindex(rows.index)
    return rows[~(dropped_at > rows["seq"])]


def state_after(before: pd.DataFrame, newer: Versions) -> pd.DataFrame:
    """Give what stands once `newer` versions, all behind those of `before`, are known too."""
    if not len(newer):
        return before
    touched = pd.Index(newer.rows.index).append(pd.Index(newer.drops["key"]))
    at = before.index.get_indexer(touched.unique())
    kept = before.drop(index=before.index[at[at >= 0]]) if (at >= 0).any() else before
    added = state_at(newer, None)
    return pd.concat([part for part in (kept, added) if len(part)] or [kept])


def _known(part: pd.DataFrame, known_at: datetime | None) -> pd.DataFrame:
    if known_at is None:
        return part
    known = part["known_at"] <= known_at
    return part if known.all() else part[known]


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Put frames under each other; an empty one still lends its columns."""
    dtypes = {name: dtype for frame in frames for name, dtype in frame.dtypes.items()}
    stacked = pd.concat([frame for frame in frames if len(frame)] or frames[:1])
    return stacked.reindex(columns=list(dtypes)).astype(dtypes)
