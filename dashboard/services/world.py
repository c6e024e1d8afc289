"""The store, its clock and its rulebook: what every service stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from geo.resources import read_text
from models.zero.rulebook import Rulebook, rulebook_from_yaml
from models.zero.status import subjects_from_areas

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from geo.store import Snapshot, Store

__all__ = ["World", "leaf_codes", "local_day", "months_until"]

DATA_ENDED_DAYS = 45
"""Days. A store whose newest incident is older speaks of the time its data end, and says so."""


@dataclass(frozen=True)
class World:
    """One store with its clock; everything a service may ask about the present."""

    store: Store
    clock: Callable[[], datetime]
    """The moment it is now, in UTC; a demo store carries its own."""

    @property
    def now(self) -> datetime:
        """Give the present moment in UTC."""
        return self.clock()

    @property
    def zone(self) -> ZoneInfo:
        """Give the store's time zone."""
        return self.snapshot().time_zone

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
        incidents = self.snapshot().incidents
        if incidents.empty:
            return None
        newest: pd.Timestamp = incidents["occurred_from"].max()
        return local_day(newest.to_pydatetime(), self.zone)

    def first_day(self) -> date | None:
        """Give the local day of the oldest fact about an area's zero; None without any."""
        snapshot = self.snapshot()
        firsts = [snapshot.incidents["occurred_from"].min()] if len(snapshot.incidents) else []
        if len(snapshot.reports):
            firsts.append(snapshot.reports["window_start"].min().tz_localize(snapshot.time_zone))
        return local_day(min(firsts).to_pydatetime(), self.zone) if firsts else None

    def snapshot(self, known_at: datetime | None = None) -> Snapshot:
        """Give the facts as known at a moment; by default all that is known."""
        return self.store.snapshot(known_at=known_at)

    def start_of(self, day: date) -> datetime:
        """Give the first moment of a local day."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)

    @property
    def rulebook(self) -> Rulebook:
        """Give the rulebook the store was set up with."""
        return self.rulebook_named(self.store.meta.rulebook or "open-data")

    @staticmethod
    def rulebook_named(name: str) -> Rulebook:
        """Read one of the project's rulebooks."""
        return rulebook_from_yaml(read_text("rulebooks", f"{name}.yaml"))

    def subjects(self, snapshot: Snapshot) -> pd.DataFrame:
        """Give the register; city data without one are judged by their areas."""
        if len(snapshot.subjects):
            return snapshot.subjects
        leaves = snapshot.areas.loc[leaf_codes(snapshot.areas)]
        level = str(leaves["level"].iloc[0]) if len(leaves) else "area"
        return subjects_from_areas(snapshot.areas, level)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Give the civil day of a moment."""
    return moment.astimezone(zone).date()


def leaf_codes(areas: pd.DataFrame) -> list[str]:
    """List the codes of the hierarchy's finest areas, by code; groupings are left out."""
    hierarchy = areas[~areas["grouping"].fillna(value=False).astype(bool)]
    parents = set(hierarchy["parent_code"].dropna())
    return sorted(code for code in hierarchy.index if code not in parents)


def months_until(as_of: date, count: int) -> tuple[date, date]:
    """Give the first day of the month `count` - 1 months back and the day after `as_of`."""
    index = as_of.year * 12 + as_of.month - count
    return date(index // 12, index % 12 + 1, 1), as_of + timedelta(days=1)
