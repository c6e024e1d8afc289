"""Zero statuses of the store, computed once per state of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from dashboard.services.cache import Cache
from dashboard.services.colours import NO_VALUE, STATUS_CODES
from dashboard.services.world import leaf_codes, months_until
from geo.vocabulary import Stream
from geo.window import Window, month_windows
from models.zero.rates import zero_rates
from models.zero.status import zero_status
from models.zero.streaks import zero_streaks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from dashboard.services.world import World
    from geo.store import Snapshot
    from models.zero.rulebook import Rulebook

__all__ = ["STREAMS", "ZeroBoard"]

STREAMS: Final = tuple(str(stream) for stream in (Stream.CASE, Stream.ACCIDENT, Stream.PETITION))
SERIES_MONTHS: Final = 72
"""Months the map can be stepped back through: the six years the programme keeps in view."""
WORST_FIRST: Final = ("broken", "pending_review", "not_assessed", "zero_reported", "zero_verified")


class ZeroBoard:
    """Statuses, rates and streaks as of a day, as known at a moment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cache = Cache(size=48)

    def status(
        self,
        windows: Sequence[Window],
        *,
        as_of: date,
        known_at: datetime | None = None,
        rulebook: Rulebook | None = None,
        areas_only: bool = False,
    ) -> pd.DataFrame:
        """Give one row per subject, window and stream; see `models.zero.status`."""
        snapshot = self._world.snapshot(known_at)
        book = rulebook or self._world.rulebook
        key = ("status", snapshot.watermark, known_at, book.id, as_of, tuple(windows), areas_only)
        return self._cache.get(
            key,
            lambda: zero_status(
                subjects=self._register(snapshot, areas_only=areas_only),
                incidents=snapshot.incidents,
                petitions=snapshot.petitions,
                reports=snapshot.reports,
                windows=windows,
                as_of=as_of,
                rulebook=book,
                zone=snapshot.time_zone,
            ),
        )

    def streaks(
        self, *, as_of: date, known_at: datetime | None = None, rulebook: Rulebook | None = None
    ) -> pd.DataFrame:
        """Give days at zero per subject and stream; see `models.zero.streaks`."""
        snapshot = self._world.snapshot(known_at)
        book = rulebook or self._world.rulebook
        return self._cache.get(
            ("streaks", snapshot.watermark, known_at, book.id, as_of),
            lambda: zero_streaks(
                subjects=self._world.subjects(snapshot),
                incidents=snapshot.incidents,
                petitions=snapshot.petitions,
                reports=snapshot.reports,
                as_of=as_of,
                rulebook=book,
                zone=snapshot.time_zone,
            ),
        )

    def rates(
        self,
        windows: Sequence[Window],
        *,
        as_of: date,
        known_at: datetime | None = None,
        by: tuple[str, ...] = ("subject_class",),
    ) -> pd.DataFrame:
        """Give rates with their bounds; see `models.zero.rates`."""
        return zero_rates(self.status(windows, as_of=as_of, known_at=known_at), by=by)

    def months(self, as_of: date, count: int = SERIES_MONTHS) -> Sequence[Window]:
        """List the last calendar months up to the one of `as_of`, oldest first."""
        start, end = months_until(as_of, count)
        first = self._world.first_day()
        begun = max(start, first.replace(day=1)) if first else start
        return month_windows(min(begun, as_of.replace(day=1)), end)

    def monthly_codes(self, stream: str, *, as_of: date) -> NDArray[np.uint8]:
        """Give status codes of the areas, shape (months, areas), by month and area code.

        `stream` may be `three_zero`: the gravest of the three.
        """
        months = self.months(as_of)
        snapshot = self._world.snapshot()
        key = ("codes", snapshot.watermark, as_of, len(months))
        cubes = self._cache.get(key, lambda: self._cubes(months, as_of=as_of))
        return cubes[stream]

    def _cubes(
        self, months: Sequence[Window], *, as_of: date
    ) -> dict[str, NDArray[np.uint8]]:
        status = self.status(tuple(months), as_of=as_of, areas_only=True)
        codes = leaf_codes(self._world.snapshot().areas)
        labels = [window.label for window in months]
        cubes = {stream: _cube(status, stream, labels, codes) for stream in STREAMS}
        cubes["three_zero"] = _worst(list(cubes.values()))
        return cubes

    def _register(self, snapshot: Snapshot, *, areas_only: bool) -> pd.DataFrame:
        subjects = self._world.subjects(snapshot)
        return subjects[subjects["unit_id"].isna()] if areas_only else subjects


def _cubes(
        self, months: Sequence[Window], *, as_of: date
    ) -> dict[str, NDArray[np.uint8]]:
        status = self.status(tuple(months), as_of=as_of, areas_only=True)
        codes = leaf_codes(self._world.snapshot().areas)
        labels = [window.label for window in months]
        cubes = {stream: _cube(status, stream, labels, codes) for stream in STREAMS}
        cubes["three_zero"] = _worst(list(cubes.values()))
        return cubes

    def _register(self, snapshot: Snapshot, *, areas_only: bool) -> pd.DataFrame:
        subjects = self._world.subjects(snapshot)
        return subjects[subjects["unit_id"].isna()] if areas_only else subjects

    def broken_counts(self, *, as_of: date, days: int) -> pd.DataFrame:
        """Count an area's incidents of the last `days` by stream, attributed or not."""
        snapshot = self._world.snapshot()
        start, end = Window.last(days=days, as_of=as_of).utc(snapshot.time_zone)
        incidents = counted(snapshot.incidents)
        began = incidents["occurred_from"]
        recent = incidents[(began >= start) & (began < end)]
        return recent.groupby(["area_code", "stream"]).size().unstack(fill_value=0)


def _cube(
    status: pd.DataFrame, stream: str, labels: list[str], codes: list[str]
) -> NDArray[np.uint8]:
    rows = status[status["stream"] == stream]
    coded = rows.assign(code=rows["status"].astype(str).map(STATUS_CODES))
    table = coded.set_index(["window", "subject_id"])["code"].unstack("subject_id")
    cube = table.reindex(index=labels, columns=codes).to_numpy(dtype=float)
    return np.where(np.isnan(cube), NO_VALUE, cube).astype(np.uint8)


def _worst(cubes: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    gravity = np.full(256, 0, dtype=np.uint8)
    for place, status in enumerate(WORST_FIRST):
        gravity[STATUS_CODES[status]] = len(WORST_FIRST) - place
    stack = np.stack(cubes)
    worst = np.argmax(gravity[stack], axis=0)
    return np.take_along_axis(stack, worst[None], axis=0)[0]
