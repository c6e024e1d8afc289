"""What a programme subject reported, in equal blocks of its past and in the window asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from models.zero.days import civil_days, column, day_number
from models.zero.register import Register
from models.zero.spans import FIRST, SPAN, Gaps, need_columns

if TYPE_CHECKING:
    from datetime import date

    from geo.window import Window
    from models.arrays import Floats, Ints

__all__ = ["DAYS_PER_YEAR", "ReportedCounts", "present_silence", "reported_counts"]

DAYS_PER_YEAR: Final = 365.25
SILENCE_BLOCK_DAYS: Final = 365
"""Days. The past before a present silence is cut into years, so that seasons fall out."""


@dataclass(frozen=True, eq=False)
class ReportedCounts:
    """Reported incidents and observed time of n subjects, in B past blocks and in the window.

    Attributes
    ----------
    subjects
        Index subject_id; `subject_class`, `group` (its class where none is given), `exposure`
        relative to the median of its class, `exposure_known`.
    past, past_years
        Shape (n, B), newest block first: incidents, and years observed; B may be 0.
    window, window_years
        Shape (n,): incidents of the window, and years observed in it.
    block_years
        Length of one block.
    ends_with_a_report
        True where the window is the present silence: it was chosen by the data.
    """

    subjects: pd.DataFrame
    past: Floats
    past_years: Floats
    window: Floats
    window_years: Floats
    block_years: float
    ends_with_a_report: bool = False


@dataclass(frozen=True, eq=False)
class _Record:
    """Reports by subject and day, and the spans in which a subject is not assessed."""

    register: Register
    events: Ints
    """Keys `subject * SPAN + day`, ascending."""
    gaps: Gaps

    def count(self, start: Ints, end: Ints) -> Floats:
        """Count the reports of `[start, end)`, shape (n, B) of the bounds."""
        rows = np.arange(self.register.size)[:, None] * SPAN + FIRST
        low, high = (np.searchsorted(self.events, rows + day) for day in (start, end))
        counts: Floats = np.maximum(high - low, 0).astype(float)
        return counts

    def years(self, start: Ints, end: Ints) -> Floats:
        """Measure the observed time of `[start, end)` in years, shape (n, B)."""
        begin = np.maximum(start, self.register.first[:, None])
        stop = np.minimum(end, self.register.last[:, None])
        return np.asarray(self.gaps.observed(begin, stop) / DAYS_PER_YEAR)


def reported_counts(
    subjects: pd.DataFrame,
    reports: pd.DataFrame,
    *,
    window: Window,
    past: Window | None,
    unassessed: pd.DataFrame | None = None,
) -> ReportedCounts:
    """Count each subject's reports in `window` and in blocks of its length back through `past`.

    Parameters
    ----------
    subjects
        Index subject_id; `subject_class`; optional `group` (peers within the class), `exposure`
        (persons, road km, units: one unit per class), `registered_on`, `deregistered_on`.
        A missing exposure, or one of 0, is taken as the median of the class and noted.
    reports
        `subject_id` and `day` (civil), one row per reported incident of any stream.
    past
        What is compared with: end it before a concealment may have begun. None: no own past,
        subjects are compared with their peers alone.
    unassessed
        Spans `[start, end)` by `subject_id` in which nobody reported for the subject: neither
        their days nor reports of those days count.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    record = _record(subjects, reports, unassessed)
    length = window.days
    blocks = 0 if past is None else (past.end - past.start).days // length
    last = day_number(window.start if past is None else past.end)
    ends = last - length * np.arange(blocks)
    every = np.ones((record.register.size, 1), dtype=np.int64)
    start, end = every * day_number(window.start), every * day_number(window.end)
    return ReportedCounts(
        _peers(subjects),
        record.count(every * (ends - length), every * ends),
        record.years(every * (ends - length), every * ends),
        record.count(start, end)[:, 0],
        record.years(start, end)[:, 0],
        length / DAYS_PER_YEAR,
    )


def present_silence(
    subjects: pd.DataFrame,
    reports: pd.DataFrame,
    *,
    as_of: date,
    since: date,
    unassessed: pd.DataFrame | None = None,
) -> ReportedCounts:
    """Measure the silence each subject is in on `as_of`, against what it reported from `since` on.

    The window of a subject begins the day after its last report (or at `since`) and ends with
    `as_of`; its past are the years before that report. The last report itself is left out: it
    decided where the window begins. Parameters as in `reported_counts`.
    """
    record = _record(subjects, reports, unassessed)
    today, first = day_number(as_of + timedelta(days=1)), day_number(since)
    begin = np.maximum(_last_report(record, today) + 1, first)[:, None]
    blocks = max(0, -(-(today - first) // SILENCE_BLOCK_DAYS))
    # The last report lies on the day before the silence: past blocks end with that day.
    ends = np.maximum(begin - 1 - SILENCE_BLOCK_DAYS * np.arange(blocks), first)
    starts = np.maximum(ends - SILENCE_BLOCK_DAYS, first)
    same_day = record.count(begin - 1, begin)[:, 0] - 1
    past = record.count(starts, ends)
    if blocks:
        past[:, 0] += np.where(begin[:, 0] > first, np.maximum(same_day, 0), 0)
    return ReportedCounts(
        _peers(subjects),
        past,
        record.years(starts, ends),
        np.zeros(record.register.size),
        record.years(begin, np.full_like(begin, today))[:, 0],
        SILENCE_BLOCK_DAYS / DAYS_PER_YEAR,
        ends_with_a_report=True,
    )


def _last_report(record: _Record, today: int) -> Ints:
    """Give the day of the last report before `today`, shape (n,); -FIRST where there is none."""
    rows = np.arange(record.register.size) * SPAN + FIRST
    place = np.searchsorted(record.events, rows + today) - 1
    padded = np.append(record.events, -1)
    last = padded[place] - rows
    return np.where((place >= 0) & (last > -FIRST), last, -FIRST)


def _record(
    subjects: pd.DataFrame, reports: pd.DataFrame, unassessed: pd.DataFrame | None
) -> _Record:
    need_columns(subjects, ("subject_class",), "subjects", "主体表")
    need_columns(reports, ("subject_id", "day"), "reports", "报告表")
    register = Register.of(subjects)
    gaps = Gaps.of(unassessed, register.ids, key="subject_id")
    place = register.positions(reports["subject_id"])
    day = civil_days(reports["day"], missing=-FIRST)
    kept = (place >= 0) & (day > -FIRST)
    place, day = place[kept], day[kept]
    kept = (day >= register.first[place]) & (day < register.last[place])
    kept &= ~gaps.hold(place, day)
    return _Record(register, np.sort(place[kept] * SPAN + FIRST + day[kept]), gaps)


def _peers(subjects: pd.DataFrame) -> pd.DataFrame:
    """Give class, group and exposure relative to the median of the class."""
    kind = subjects["subject_class"].astype("str")
    given = pd.to_numeric(column(subjects, "exposure"), errors="coerce").astype(float)
    known = given.where(given > 0)
    relative = known / known.groupby(kind).transform("median")
    return pd.DataFrame(
        {
            "subject_class": kind,
            "group": column(subjects, "group").fillna(kind).astype("str"),
            "exposure": relative.fillna(1.0),
            "exposure_known": known.notna(),
        },
        index=subjects.index,
    )
