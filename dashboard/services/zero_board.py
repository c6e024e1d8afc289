"""Zero statuses of the store, computed once per state of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from dashboard.access import Permission
from dashboard.services.cache import Cache
from dashboard.services.colours import NO_VALUE, STATUS_CODES
from dashboard.services.live_cube import LiveCube
from dashboard.services.permitted import needs
from dashboard.services.world import months_until
from geo.vocabulary import Stream
from geo.window import month_windows
from models.zero.facts import STREAMS as CUBE_STREAMS
from models.zero.rates import zero_rates
from models.zero.restatement import restated
from models.zero.rulebook_diff import compare_rulebooks
from models.zero.status import Question, status_cube, zero_status
from models.zero.streaks import zero_streaks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from dashboard.services.world import World
    from geo.window import Window
    from models.zero.restatement import Restatement
    from models.zero.rulebook import Rulebook
    from models.zero.rulebook_diff import RulebookDiff

__all__ = ["SERIES_MONTHS", "STREAMS", "ZeroBoard", "share_at_zero"]

STREAMS: Final = tuple(str(stream) for stream in (Stream.CASE, Stream.ACCIDENT, Stream.PETITION))
SERIES_MONTHS: Final = 72
"""Months the map can be stepped back through: the six years the programme keeps in view."""
AT_ZERO: Final = (STATUS_CODES["zero_reported"], STATUS_CODES["zero_verified"])
NOT_IN_BASE: Final = (STATUS_CODES["not_assessed"], NO_VALUE)


class ZeroBoard:
    """Statuses, rates and streaks as of a day, as known at a moment."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cache = Cache(size=32)
        self._live = LiveCube(world)

    @needs(Permission.READ)
    def status(
        self,
        windows: Sequence[Window],
        *,
        as_of: date,
        known_at: datetime | None = None,
        rulebook: Rulebook | None = None,
        level: str | None = None,
    ) -> pd.DataFrame:
        """Give one row per subject, window and stream; see `models.zero.zero_status`.

        `level` judges the areas of one level instead of the register, for city data.
        """
        book = rulebook or self._world.rulebook
        key = ("status", self._world.store.watermark, known_at, book.id, as_of, *windows, level)
        question = self._question(
            windows, as_of=as_of, known_at=known_at, rulebook=book, level=level
        )
        return self._cache.get(key, lambda: zero_status(**question))

    @needs(Permission.READ)
    def compare(
        self,
        first: Rulebook,
        second: Rulebook,
        windows: Sequence[Window],
        *,
        as_of: date,
        known_at: datetime | None = None,
        level: str | None = None,
    ) -> RulebookDiff:
        """List the statuses that differ under two rulebooks; see `models.zero.rulebook_diff`."""
        question = self._question(
            windows, as_of=as_of, known_at=known_at, rulebook=first, level=level
        )
        return compare_rulebooks(question, second)

    @needs(Permission.READ)
    def restated(
        self,
        windows: Sequence[Window],
        *,
        as_of: date,
        then: datetime,
        known_at: datetime | None = None,
        rulebook: Rulebook | None = None,
        level: str | None = None,
    ) -> Restatement:
        """List the statuses that differ from what was known `then`; see `models.zero.restated`."""
        book = rulebook or self._world.rulebook
        watermark = self._world.store.watermark
        key = ("restated", watermark, then, known_at, book.id, as_of, *windows, level)
        about: dict[str, Any] = {"as_of": as_of, "rulebook": book, "level": level}
        before, after = (
            self._question(windows, known_at=moment, **about) for moment in (then, known_at)
        )
        return self._cache.get(key, lambda: restated(before, after))

    @needs(Permission.READ)
    def area_status(
        self,
        window: Window,
        *,
        as_of: date,
        known_at: datetime | None = None,
        rulebook: Rulebook | None = None,
    ) -> pd.DataFrame:
        """Give the status rows of area subjects alone."""
        status = self.status((window,), as_of=as_of, known_at=known_at, rulebook=rulebook)
        return status[status["unit_id"].isna()]

    @needs(Permission.READ)
    def streaks(
        self,
        *,
        as_of: date,
        known_at: datetime | None = None,
        rulebook: Rulebook | None = None,
        level: str | None = None,
    ) -> pd.DataFrame:
        """Give days at zero per subject and stream; see `models.zero.zero_streaks`."""
        book = rulebook or self._world.rulebook
        key = ("streaks", self._world.store.watermark, known_at, book.id, as_of, level)
        question = self._question((), as_of=as_of, known_at=known_at, rulebook=book, level=level)
        asked = {name: value for name, value in question.items() if name != "windows"}
        asked["lineage"] = self._world.snapshot(known_at).lineage
        return self._cache.get(key, lambda: zero_streaks(**asked))  # type: ignore[arg-type]  # the rest of Question

    @needs(Permission.READ)
    def streaks_of(
        self,
        stream: str,
        *,
        as_of: date,
        known_at: datetime | None = None,
        rulebook: Rulebook | None = None,
    ) -> pd.DataFrame:
        """Give one stream's streaks indexed by subject: streak_days, open_ended, last_break."""
        streaks = self.streaks(as_of=as_of, known_at=known_at, rulebook=rulebook)
        return streaks[streaks["stream"] == stream].set_index("subject_id")

    @needs(Permission.READ)
    def rates(
        self,
        windows: Sequence[Window],
        *,
        as_of: date,
        known_at: datetime | None = None,
        rulebook: Rulebook | None = None,
    ) -> pd.DataFrame:
        """Give rates by class with their bounds; see `models.zero.zero_rates`."""
        status = self.status(windows, as_of=as_of, known_at=known_at, rulebook=rulebook)
        return zero_rates(status, by=("subject_class",))

    @needs(Permission.READ)
    def months(self, as_of: date, count: int = SERIES_MONTHS) -> tuple[Window, ...]:
        """List the last calendar months with facts up to the one of `as_of`, oldest first."""
        start, end = months_until(as_of, count)
        first = self._world.first_day()
        begun = max(start, first.replace(day=1)) if first else as_of.replace(day=1)
        return tuple(month_windows(min(begun, as_of.replace(day=1)), end))

    @needs(Permission.READ)
    def monthly_codes(
        self,
        stream: str,
        *,
        as_of: date,
        known_at: datetime | None = None,
        rulebook: Rulebook | None = None,
    ) -> NDArray[np.uint8]:
        """Give status codes of the finest areas, shape (months, areas), areas in code order.

        `stream` may be `three_zero`: the gravest of the three.
        """
        book = rulebook or self._world.rulebook
        key = ("codes", self._world.store.watermark, known_at, book.id, as_of)
        return self._cache.get(key, lambda: self._monthly_codes(as_of, known_at, book))[stream]

    def _monthly_codes(
        self, as_of: date, known_at: datetime | None, book: Rulebook
    ) -> dict[str, NDArray[np.uint8]]:
        windows = self.months(as_of)
        leaves = self._world.leaves(as_of)
        if known_at is None and book.id == self._world.rulebook.id:
            cube = self._live.of(windows, as_of=as_of, subjects=leaves)
        else:
            cube = status_cube(
                **self._question(windows, as_of=as_of, known_at=known_at, rulebook=book)
            )
        places = cube.register.positions(pd.Series(leaves, dtype="str"))
        layers = {str(stream): cube.code[i] for i, stream in enumerate(CUBE_STREAMS)}
        layers["three_zero"] = cube.joined()
        return {name: _of_areas(layer, cube.registered, places) for name, layer in layers.items()}

    def _question(
        self,
        windows: Sequence[Window],
        *,
        as_of: date,
        known_at: datetime | None,
        rulebook: Rulebook,
        level: str | None = None,
    ) -> Question:
        snapshot = self._world.snapshot(known_at)
        return Question(
            subjects=self._world.subjects(snapshot, level=level),
            incidents=self._world.attributed(snapshot, snapshot.incidents, level=level),
            petitions=snapshot.petitions,
            reports=snapshot.reports,
            windows=windows,
            as_of=as_of,
            rulebook=rulebook,
            zone=snapshot.time_zone,
        )


def share_at_zero(codes: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count areas at zero and areas assessed, over the last axis of status codes.

    >>> share_at_zero(np.array([[1, 2, 4, 0, 255]], dtype=np.uint8))
    (array([2]), array([3]))
    """
    zero = np.isin(codes, AT_ZERO).sum(axis=-1)
    assessed = (~np.isin(codes, NOT_IN_BASE)).sum(axis=-1)
    return zero, assessed


def _of_areas(
    layer: NDArray[np.uint8], registered: NDArray[np.bool_], places: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Take the areas out of a (window, subject) layer; who is no subject has no value."""
    shown = np.where(registered, layer, NO_VALUE).astype(np.uint8)
    codes = np.full((len(shown), len(places)), NO_VALUE, dtype=np.uint8)
    codes[:, places >= 0] = shown[:, places[places >= 0]]
    return codes
