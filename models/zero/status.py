"""The five statuses of every subject, stream and window; a missing report is never a zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import numpy as np
import pandas as pd

from geo.vocabulary import ZeroStatus
from geo.window import Window
from models.zero.coverage import belief_of
from models.zero.days import Bools, Ints, column, day_number, words_at
from models.zero.facts import STREAMS, Facts, facts_between
from models.zero.register import Register, subjects_from_areas

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from geo.vocabulary import Stream
    from models.zero.coverage import Belief
    from models.zero.rulebook import Rulebook

__all__ = [
    "CODES",
    "Question",
    "StatusCube",
    "cube_of",
    "monthly_codes",
    "status_cube",
    "subjects_from_areas",
    "whole_span",
    "zero_status",
]

CODES: Final = (
    ZeroStatus.NOT_ASSESSED,
    ZeroStatus.ZERO_REPORTED,
    ZeroStatus.ZERO_VERIFIED,
    ZeroStatus.PENDING_REVIEW,
    ZeroStatus.BROKEN,
)
"""What each status code stands for: its place in this list."""

PRECEDENCE: Final = np.array([2, 1, 0, 3, 4], dtype=np.uint8)
"""How strongly each code speaks when several streams are joined into one."""


@dataclass(frozen=True, slots=True)
class StatusCube:
    """Statuses as arrays of shape (stream, window, subject), streams in the order of `STREAMS`.

    `code` indexes `CODES`; `breaking` and `pending` are counts; `coverage` is the share of
    expected reports, NaN where coverage is assumed. `registered` has shape (window, subject).
    """

    register: Register
    windows: tuple[Window, ...]
    code: NDArray[np.uint8]
    breaking: Ints
    pending: Ints
    coverage: NDArray[np.float64]
    registered: Bools

    def joined(self) -> NDArray[np.uint8]:
        """Give one code for all streams together, (window, subject): the strongest speaks."""
        strongest = PRECEDENCE[self.code].max(axis=0)
        joined: NDArray[np.uint8] = np.argsort(PRECEDENCE).astype(np.uint8)[strongest]
        return joined


class Question(TypedDict):
    """What every status rests on; `zero_status` says what each part means."""

    subjects: pd.DataFrame
    incidents: pd.DataFrame
    petitions: pd.DataFrame
    reports: pd.DataFrame
    windows: Sequence[Window]
    as_of: date
    rulebook: Rulebook
    zone: ZoneInfo


def zero_status(
    *,
    subjects: pd.DataFrame,
    incidents: pd.DataFrame,
    petitions: pd.DataFrame,
    reports: pd.DataFrame,
    windows: Sequence[Window],
    as_of: date,
    rulebook: Rulebook,
    zone: ZoneInfo,
) -> pd.DataFrame:
    """Say for every subject, window and stream whether it is at zero.

    Returns one row per window, subject registered in it and stream, in that order, with a plain
    index: subject_id, subject_class, area_code, unit_id, window (label), window_start,
    window_end (civil days, half-open), stream, status, breaking and pending (counts of
    incidents), coverage (share of the expected monthly reports; missing where assumed).

    Windows are whole local days in `zone`, cut after the day `as_of`; one that has not begun
    gives no rows. What happened after `as_of` never counts; what is *known* is decided by the
    snapshot the frames come from. A subject counts from its registration to its end. The first
    that applies holds: broken, pending_review, not_assessed, zero_verified, zero_reported; a
    zero is verified when the stream owner confirmed the whole window and the rulebook's
    correction time has passed. Pass the whole register: filter the result, not the subjects.
    """
    cube = status_cube(
        subjects=subjects,
        incidents=incidents,
        petitions=petitions,
        reports=reports,
        windows=windows,
        as_of=as_of,
        rulebook=rulebook,
        zone=zone,
    )
    return _as_rows(cube)


def monthly_codes(
    *, area_codes: Sequence[str], stream: Stream | None = None, **question: Unpack[Question]
) -> tuple[NDArray[np.uint8], list[str]]:
    """Give the status code of every area in every month, for a map that steps through time.

    Takes what `zero_status` takes, and the areas in the order wanted. Returns an array of shape
    (n_windows, n_areas) and the windows' labels. Codes are places in `CODES`; an area that is
    no registered subject, and a window that has not begun, are 0 (not assessed). Without
    `stream` all three are joined: any break is a break, then pending, then not assessed.
    """
    windows = question["windows"]
    cube = status_cube(**question)
    codes = cube.joined() if stream is None else cube.code[STREAMS.index(stream)]
    places = cube.register.positions(pd.Series(list(area_codes), dtype="str"))
    known = np.flatnonzero(places >= 0)
    begun = np.flatnonzero([window in cube.windows for window in windows])
    found = np.zeros((len(windows), len(places)), dtype=np.uint8)
    found[np.ix_(begun, known)] = np.where(cube.registered, codes, 0)[:, places[known]]
    return found, [window.label for window in windows]


def status_cube(**question: Unpack[Question]) -> StatusCube:
    """Compute `zero_status` as arrays; windows that have not begun on `as_of` are left out."""
    register, as_of = Register.of(question["subjects"]), question["as_of"]
    begun = [window for window in question["windows"] if window.until(as_of)]
    facts = Facts.none()
    if begun:
        facts = facts_between(
            question["incidents"],
            question["petitions"],
            register,
            window=whole_span(begun, as_of),
            rulebook=question["rulebook"],
            zone=question["zone"],
        )
    rulebook = question["rulebook"]
    belief = belief_of(register, question["reports"], begun, as_of=as_of, rulebook=rulebook)
    return cube_of(register, facts, belief, begun, as_of, rulebook)


def cube_of(
    register: Register,
    facts: Facts,
    belief: Belief,
    windows: Sequence[Window],
    as_of: date,
    rulebook: Rulebook,
) -> StatusCube:
    """Judge facts that are already gathered, none later than `as_of`; every window has begun."""
    counts = _counts(facts, windows, register.size)
    return StatusCube(
        register=register,
        windows=tuple(windows),
        code=_codes(counts, belief, rulebook),
        breaking=counts[0],
        pending=counts[1],
        coverage=belief.coverage,
        registered=_registered(register, windows, as_of),
    )


def _counts(facts: Facts, windows: Sequence[Window], size: int) -> Ints:
    """Count breaks and questions, shape (2, stream, window, subject)."""
    counts = np.zeros((2, len(STREAMS), len(windows), size), dtype=np.int64)
    for number, window in enumerate(windows):
        bounds = day_number(window.start), day_number(window.end)
        for kind, breaks in enumerate((True, False)):
            flat = facts.counts(*bounds, len(STREAMS) * size, breaks=breaks)
            counts[kind, :, number] = flat.reshape(len(STREAMS), size)
    return counts


def whole_span(windows: Sequence[Window], as_of: date) -> Window:
    """Give the days of all windows up to `as_of`; every window here has begun."""
    ends = [min(window.end, as_of + timedelta(days=1)) for window in windows]
    return Window(min(window.start for window in windows), max(ends))


def _codes(counts: Ints, belief: Belief, rulebook: Rulebook) -> NDArray[np.uint8]:
    # NaN, under assumed coverage, is not below any minimum. A stream nobody delivers is never
    # assessed, however low the minimum.
    silent = belief.coverage < rulebook.min_coverage
    silent[[stream in rulebook.unobserved for stream in STREAMS]] = True
    chosen = np.select(
        [counts[0] > 0, counts[1] > 0, silent, belief.confirmed], [4, 3, 0, 2], default=1
    )
    return chosen.astype(np.uint8)


def _registered(register: Register, windows: Sequence[Window], as_of: date) -> Bools:
    """Tell who is registered on some day of each window up to `as_of`, (window, subject)."""
    starts = [day_number(window.start) for window in windows]
    ends = [min(day_number(window.end), day_number(as_of) + 1) for window in windows]
    shape = (len(windows), 1)
    return register.alive(np.array(starts, int).reshape(shape), np.array(ends, int).reshape(shape))


def _as_rows(cube: StatusCube) -> pd.DataFrame:
    """Lay the cube out as rows: window, then subject, then stream."""
    window, subject = np.nonzero(cube.registered)
    n_streams = len(STREAMS)
    stream = np.tile(np.arange(n_streams), len(window))
    window, subject = np.repeat(window, n_streams), np.repeat(subject, n_streams)
    cell = (stream, window, subject)
    frame = cube.register.frame
    return pd.DataFrame(
        {
            "subject_id": words_at(cube.register.ids, subject),
            "subject_class": words_at(column(frame, "subject_class"), subject),
            "area_code": words_at(column(frame, "area_code"), subject),
            "unit_id": words_at(column(frame, "unit_id"), subject),
            "window": words_at([w.label for w in cube.windows], window),
            "window_start": _days([w.start for w in cube.windows])[window],
            "window_end": _days([w.end for w in cube.windows])[window],
            "stream": words_at(list(STREAMS), stream),
            "status": words_at(list(CODES), cube.code[cell]),
            "breaking": cube.breaking[cell],
            "pending": cube.pending[cell],
            "coverage": cube.coverage[cell],
        }
    )


def _days(days: Sequence[date]) -> NDArray[np.datetime64]:
    return np.array(days, dtype="datetime64[D]").astype("datetime64[us]")
