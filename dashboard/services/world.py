"""The store, its clock and its rulebook: what every service stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dashboard.access import LOCAL
from dashboard.services.cache import Cache
from geo.errors import NotReadyError
from geo.hierarchy import areas_on, days_of_change, leaf_codes
from geo.resources import read_text
from geo.vocabulary import Entity
from models.zero.rulebook import Rulebook, rulebook_from_yaml
from models.zero.status import subjects_from_areas

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from dashboard.access import Actor
    from geo.store import Snapshot, Store

__all__ = ["World", "local_day", "months_until"]

DEFAULT_RULEBOOK = "shanxi-2020"
"""Of a store whose recipe names none: without reports nothing is assessed, let alone zero."""
DATA_ENDED_DAYS = 45
"""Days. A store whose newest incident is older speaks of the time its data end, and says so."""


@dataclass(frozen=True)
class World:
    """One store with its clock; everything a service may ask about the present."""

    store: Store
    clock: Callable[[], datetime]
    """The moment it is now, in UTC; a demo store carries its own."""
    actor: Actor = LOCAL
    """Who asks: what lies outside their area is in no snapshot."""
    _marks: dict[datetime, tuple[int, int]] = field(default_factory=dict, repr=False)
    _cache: Cache = field(default_factory=lambda: Cache(size=16), repr=False)

    @property
    def now(self) -> datetime:
        """Give the present moment in UTC."""
        return self.clock()

    @property
    def recording_at(self) -> datetime:
        """Give the moment an entry is recorded at: now, never before the ledger's last event."""
        return max(self.now, self.store.snapshot().known_at or self.now)

    @property
    def zone(self) -> ZoneInfo:
        """Give the store's time zone."""
        return self.snapshot().time_zone

    @property
    def metric_crs(self) -> str:
        """Name the CRS distances are measured in; raises NotReadyError before any areas."""
        crs = self.store.meta.metric_crs
        if crs is None:
            raise NotReadyError(
                "The store has no metric coordinate system yet. Import areas with a recipe "
                "that names one (metric_crs).",
                "尚未设置米制坐标系。请使用注明 metric_crs 的方案导入区域。",
            )
        return crs

    @property
    def today(self) -> date:
        """Give the store's local day."""
        return local_day(self.now, self.zone)

    @property
    def as_of(self) -> date:
        """Give the day answers speak of by default: today, or the day the data end."""
        newest = self.newest_day()
        if newest is None or (self.today - newest).days <= DATA_ENDED_DAYS:
            return self.today
        return newest

    def newest_day(self) -> date | None:
        """Give the local day of the newest incident; None without incidents."""
        snapshot = self.snapshot()
        _, newest = self._incidents_between(snapshot)
        return None if newest is None else local_day(newest, snapshot.time_zone)

    def first_day(self) -> date | None:
        """Give the local day of the oldest fact about an area's zero; None without any."""
        snapshot = self.snapshot()
        oldest, _ = self._incidents_between(snapshot)
        key = ("reported", *snapshot.mark(Entity.REPORT))
        reported = self._cache.get(key, lambda: _first_reported(snapshot))
        known = [moment for moment in (oldest, reported) if moment is not None]
        return local_day(min(known), snapshot.time_zone) if known else None

    def _incidents_between(self, snapshot: Snapshot) -> tuple[datetime | None, datetime | None]:
        """Give the moments of the oldest and the newest incident; None without incidents."""
        key = ("between", *snapshot.mark(Entity.CASE, Entity.ACCIDENT))
        return self._cache.get(key, lambda: _first_and_last(snapshot))

    def snapshot(self, known_at: datetime | None = None) -> Snapshot:
        """Give the facts as known at a moment; by default all that is known."""
        return self.store.snapshot(known_at=known_at, scope=self.actor.scope)

    def knowledge(self, known_at: datetime) -> tuple[int, int]:
        """Give a mark that changes only when what was known by a moment does.

        That is by a backfill, or by an erasure.
        """
        upto, mark = self._marks.get(known_at, (0, 0))
        watermark = self.store.watermark
        if watermark > upto:
            newest = self.store.last_known(known_at, after_seq=upto)
            mark = mark if newest == upto else newest
            self._marks[known_at] = (watermark, mark)
        return mark, self.store.generation

    def last_recorded(self) -> dict[str, datetime]:
        """Give for each entity when the ledger last learned something of it."""
        return self._cache.get(("ages", self.store.watermark), self.store.last_recorded)

    def at(self, day: date, clock: time) -> datetime:
        """Give a moment of a local day."""
        return datetime.combine(day, clock, tzinfo=self.zone)

    def start_of(self, day: date) -> datetime:
        """Give the first moment of a local day."""
        return self.at(day, time())

    @property
    def rulebook(self) -> Rulebook:
        """Give the rulebook the store was set up with, or the strict one."""
        return self.rulebook_named(self.store.meta.rulebook or DEFAULT_RULEBOOK)

    @staticmethod
    @cache
    def rulebook_named(name: str) -> Rulebook:
        """Read one of the project's rulebooks, once."""
        return rulebook_from_yaml(read_text("rulebooks", f"{name}.yaml"))

    def subjects(self, snapshot: Snapshot, *, level: str | None = None) -> pd.DataFrame:
        """Give the register; city data without one, and a `level`, are judged by their areas."""
        if level is None and len(snapshot.subjects):
            return snapshot.subjects
        return subjects_from_areas(snapshot.areas, level or self.leaf_level(snapshot))

    def attributed(
        self, snapshot: Snapshot, incidents: pd.DataFrame, *, level: str | None = None
    ) -> pd.DataFrame:
        """Give incidents with who they belong to; for another level, its areas."""
        if level is None and len(snapshot.subjects):
            return incidents
        column = area_column(snapshot.areas, level or self.leaf_level(snapshot))
        return incidents.assign(subject_id=incidents[column], unit_id=None)

    def leaves(self, as_of: date) -> list[str]:
        """List the codes of the finest areas in force on a day, in code order."""
        snapshot = self.snapshot()
        key = ("leaves", as_of, *snapshot.mark(Entity.AREA))
        return list(self._cache.get(key, lambda: leaf_codes(areas_on(snapshot.areas, as_of))))

    def ground(self, as_of: date) -> dict[str, str]:
        """Name the ground of a day, as parameters of a URL: the same as long as it is the same.

        `as_of` is a day with the same areas in force, left out where they never change.
        """
        areas = self.snapshot().areas
        if areas.empty:
            return {}
        changes = days_of_change(areas)
        past = changes[changes <= np.datetime64(as_of)]
        version = {"v": str(areas["seq"].max())}
        if not len(changes):
            return version
        day = past[-1] if len(past) else changes[0] - np.timedelta64(1, "D")
        return version | {"as_of": str(day.astype("datetime64[D]"))}

    @staticmethod
    def leaf_level(snapshot: Snapshot) -> str:
        """Give the level of the finest areas; `area` where none is loaded."""
        leaves = leaf_codes(snapshot.areas)
        return str(snapshot.areas.loc[leaves[0], "level"]) if leaves else "area"


def _first_and_last(snapshot: Snapshot) -> tuple[datetime | None, datetime | None]:
    moments = pd.concat(
        [frame["occurred_from"] for frame in (snapshot.cases, snapshot.accidents) if len(frame)]
        or [snapshot.cases["occurred_from"]]
    ).dropna()
    if moments.empty:
        return None, None
    return moments.min().to_pydatetime(), moments.max().to_pydatetime()


def _first_reported(snapshot: Snapshot) -> datetime | None:
    starts = snapshot.reports["window_start"].dropna()
    if starts.empty:
        return None
    first: datetime = starts.min().tz_localize(snapshot.time_zone).to_pydatetime()
    return first


def area_column(areas: pd.DataFrame, level: str) -> str:
    """Name the incidents' column that holds areas of a level: groupings have their own."""
    grouping = areas.loc[areas["level"] == level, "grouping"].fillna(value=False).astype(bool)
    return "beat_code" if len(grouping) and grouping.all() else "area_code"


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Give the civil day of a moment."""
    return moment.astimezone(zone).date()


def months_until(as_of: date, count: int) -> tuple[date, date]:
    """Give the first day of the month `count` - 1 months back and the day after `as_of`."""
    index = as_of.year * 12 + as_of.month - count
    return date(index // 12, index % 12 + 1, 1), as_of + timedelta(days=1)
