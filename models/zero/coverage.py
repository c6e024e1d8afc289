"""Do we believe the silence: which months were reported, and what the stream owner confirmed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import SchemaError
from models.zero.days import ALWAYS, NEVER, civil_days, column, day_number, month_of, month_start
from models.zero.facts import STREAMS
from models.zero.register import find

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from geo.window import Window
    from models.zero.days import Bools, Ints
    from models.zero.register import Register
    from models.zero.rulebook import Rulebook

__all__ = [
    "COUNTING_KINDS",
    "OWNER_PREFIX",
    "Belief",
    "belief_of",
    "confirmed_whole",
    "covered_months",
    "reported_share",
    "subject_list",
]

COUNTING_KINDS = ("nil", "exceptions")
OWNER_PREFIX = "owner:"


@dataclass(frozen=True, slots=True)
class Belief:
    """What the reports alone say of every (stream, window, subject); see the functions below."""

    coverage: np.ndarray
    confirmed: Bools

    def taken(self, places: Ints) -> Belief:
        """Give it of the subjects at these places alone."""
        return Belief(self.coverage[:, :, places], self.confirmed[:, :, places])


@dataclass(frozen=True, slots=True)
class ReportedMonths:
    """Which months `[first, first + n_months)` were reported, (stream, month, subject)."""

    first: int
    covered: Bools


def belief_of(
    register: Register,
    reports: pd.DataFrame,
    windows: Sequence[Window],
    *,
    as_of: date,
    rulebook: Rulebook,
) -> Belief:
    """Read from the reports whose silence is to be believed; no incident changes it."""
    return Belief(
        reported_share(register, reports, windows, as_of=as_of, rulebook=rulebook),
        confirmed_whole(register, reports, windows, as_of=as_of, rulebook=rulebook),
    )


def reported_share(
    register: Register,
    reports: pd.DataFrame,
    windows: Sequence[Window],
    *,
    as_of: date,
    rulebook: Rulebook,
) -> np.ndarray:
    """Give the share of expected monthly reports that came, shape (stream, window, subject).

    A month is expected of a subject registered in it once it is over (its end <= `as_of`) and
    either its report is due or has come already. A window that expects nothing yet is judged on
    the last month of which a report is expected, before or in it: a running month is as
    believable as the month before. Streams without a source have share 0, and NaN stands
    everywhere else under assumed coverage.
    """
    shares = np.full((len(STREAMS), len(windows), register.size), np.nan)
    if not rulebook.is_assumed and windows:
        months = _reported_months(register, reports, windows, as_of)
        for number, window in enumerate(windows):
            shares[:, number] = _share_in(register, months, window, as_of, rulebook)
    shares[[stream in rulebook.unobserved for stream in STREAMS]] = 0.0
    return shares


def confirmed_whole(
    register: Register,
    reports: pd.DataFrame,
    windows: Sequence[Window],
    *,
    as_of: date,
    rulebook: Rulebook,
) -> Bools:
    """Tell where the stream owner confirmed every day of the window, (stream, window, subject).

    Only for windows whose correction time is over on `as_of`. Several confirmations may cover a
    window together; one that lists subjects confirms those alone.
    """
    confirmed = np.zeros((len(STREAMS), len(windows), register.size), dtype=bool)
    settled = {
        number: window
        for number, window in enumerate(windows)
        if day_number(window.end) + rulebook.correction_days <= day_number(as_of)
    }
    owners = _confirmations(reports, settled.values())
    for stream, name in enumerate(STREAMS):
        mine = owners[(column(owners, "stream") == name).to_numpy()]
        for number, window in settled.items() if len(mine) else ():
            confirmed[stream, number] = _every_day(register, mine, window)
    return confirmed


def _reported_months(
    register: Register, reports: pd.DataFrame, windows: Sequence[Window], as_of: date
) -> ReportedMonths:
    starts = min(int(month_of(day_number(window.start))) for window in windows)
    ends = max(int(month_of(day_number(window.end) - 1)) for window in windows) + 1
    # A running window looks back at most two months: one over, one still in its grace.
    first = min(starts, _months_over(as_of) - 2)
    return ReportedMonths(first, covered_months(register, reports, first, ends - first))


def _months_over(as_of: date) -> int:
    """Give the number of the first month that is not over on `as_of`."""
    return int(month_of(day_number(as_of)))


def _share_in(
    register: Register, months: ReportedMonths, window: Window, as_of: date, rulebook: Rulebook
) -> np.ndarray:
    cut = window.until(as_of) or window
    begin, end = (int(month_of(day)) for day in (day_number(cut.start), day_number(cut.end) - 1))
    inside = np.arange(begin, end + 1)
    expected = _expected(register, months, inside, as_of, rulebook)
    starts = np.maximum(month_start(inside), day_number(cut.start))
    ends = np.minimum(month_start(inside + 1), day_number(cut.end))
    expected &= register.alive(starts[:, None], ends[:, None])
    came = expected & months.covered[:, inside - months.first]
    asked = expected.sum(axis=1)
    share: np.ndarray = came.sum(axis=1) / np.maximum(asked, 1)
    if asked.all():
        return share
    return np.where(asked > 0, share, _last_expected(register, months, as_of, rulebook))


def _expected(
    register: Register, months: ReportedMonths, numbers: Ints, as_of: date, rulebook: Rulebook
) -> Bools:
    """Tell of whom a report is expected, (stream, len(numbers), subject)."""
    starts, ends = month_start(numbers), month_start(numbers + 1)
    over = ends <= day_number(as_of)
    due = ends + rulebook.report_due_days <= day_number(as_of)
    covered = months.covered[:, numbers - months.first]
    alive = register.alive(starts[:, None], ends[:, None]) & over[:, None]
    return alive & (due[:, None] | covered)


def _last_expected(
    register: Register, months: ReportedMonths, as_of: date, rulebook: Rulebook
) -> np.ndarray:
    """Give 1 where the last expected month was reported, 0 where not; (stream, subject)."""
    over = _months_over(as_of)
    numbers = np.array([over - 2, over - 1])
    numbers = numbers[numbers - months.first < months.covered.shape[1]]
    if not len(numbers):
        return np.zeros((len(STREAMS), register.size))
    expected = _expected(register, months, numbers, as_of, rulebook)
    came = (expected & months.covered[:, numbers - months.first]).astype(float)
    return np.where(expected[:, -1], came[:, -1], came[:, 0])


def covered_months(register: Register, reports: pd.DataFrame, first: int, count: int) -> Bools:
    """Tell which months were reported of which subject, (stream, count, subject)."""
    grid = np.zeros((len(STREAMS), count, register.size), dtype=bool)
    chosen = _monthly(reports, first, count)
    if chosen.empty or not register.size:
        return grid
    listed = chosen["subjects"].notna().to_numpy()
    bodies = chosen["body"][~listed].drop_duplicates()
    by_body = np.zeros((len(STREAMS), count, len(bodies) + 1), dtype=bool)
    _mark(by_body, chosen[~listed], find(chosen["body"][~listed], pd.Index(bodies)))
    by_body[:, :, -1] = False
    grid |= by_body[:, :, find(register.body, pd.Index(bodies))]
    rows, places = _listed(chosen["subjects"][listed], register)
    _mark(grid, chosen[listed].iloc[rows], places)
    return grid


def _monthly(reports: pd.DataFrame, first: int, count: int) -> pd.DataFrame:
    """Keep what may cover a month of `[first, first + count)`, with whole months from..to."""
    kept = _touching(reports, int(month_start(first)), int(month_start(first + count)))
    if kept.empty:
        return kept
    begins = civil_days(kept["window_start"], missing=NEVER)
    ends = civil_days(kept["window_end"], missing=ALWAYS)
    months = pd.DataFrame(
        {
            "body": kept["body"],
            "stream": find(kept["stream"], pd.Index(list(STREAMS))),
            "subjects": column(kept, "subjects"),
            "month_from": np.maximum(month_of(begins - 1) + 1 - first, 0),
            "month_to": np.minimum(month_of(ends) - first, count),
        }
    )
    return months[kept["kind"].isin(COUNTING_KINDS).to_numpy()]


def _mark(grid: Bools, reports: pd.DataFrame, places: Ints) -> None:
    """Set every whole month of each report for its place."""
    begins, ends = reports["month_from"].to_numpy(), reports["month_to"].to_numpy()
    streams = reports["stream"].to_numpy()
    known = (places >= 0) & (streams >= 0) & (ends > begins)
    lengths = (ends - begins)[known]
    offset = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    months = np.repeat(begins[known], lengths) + offset
    grid[np.repeat(streams[known], lengths), months, np.repeat(places[known], lengths)] = True


def _listed(texts: pd.Series, register: Register) -> tuple[Ints, Ints]:
    """Spread subject lists: the row of `texts` and the subject's place, once per name."""
    codes, distinct = pd.factorize(texts)
    lists = [subject_list(text) for text in distinct]
    lengths = np.array([len(names) for names in lists], dtype=np.int64)
    names = pd.Series([name for names in lists for name in names], dtype="str")
    places = register.positions(names)
    begins = np.cumsum(lengths) - lengths
    rows = np.repeat(np.arange(len(codes)), lengths[codes])
    offset = np.arange(len(rows)) - np.repeat(
        np.cumsum(lengths[codes]) - lengths[codes], lengths[codes]
    )
    return rows, places[np.repeat(begins[codes], lengths[codes]) + offset]


def subject_list(text: str) -> list[str]:
    """Read the subjects a report names; raises SchemaError where they are no JSON list."""
    try:
        names = json.loads(text)
    except json.JSONDecodeError:
        names = None
    if not isinstance(names, list):
        raise SchemaError(
            f"reports.subjects: came {text!r}; needed a JSON list of subject ids, or nothing.",
            f"报告的 subjects 读到 {text!r}；需要主体编号的 JSON 列表，或留空。",
        )
    return [str(name) for name in names]


def _confirmations(reports: pd.DataFrame, windows: Collection[Window]) -> pd.DataFrame:
    """Keep what the stream owners confirmed of days in these windows."""
    if not windows:
        return reports[:0]
    first, last = min(w.start for w in windows), max(w.end for w in windows)
    near = _touching(reports, day_number(first), day_number(last))
    if near.empty:
        return near
    confirming = near[(near["kind"] == "confirmation").to_numpy()]
    return confirming[confirming["body"].str.startswith(OWNER_PREFIX).to_numpy()]


def _touching(reports: pd.DataFrame, start: int, end: int) -> pd.DataFrame:
    """Keep the reports about some day of `[start, end)`, before anything slower is asked."""
    if reports.empty:
        return reports
    bounds = np.array([start, end], dtype=np.int64).astype("datetime64[D]")
    begins, ends = (reports[name].to_numpy() for name in ("window_start", "window_end"))
    near: pd.DataFrame = reports[(begins < bounds[1]) & (ends > bounds[0])]
    return near


def _every_day(register: Register, owners: pd.DataFrame, window: Window) -> Bools:
    """Tell for whom the confirmations cover every day of the window, shape (n_subjects,)."""
    start, days = day_number(window.start), window.days
    begins = np.clip(civil_days(owners["window_start"], missing=NEVER) - start, 0, days)
    ends = np.clip(civil_days(owners["window_end"], missing=ALWAYS) - start, 0, days)
    whole = column(owners, "subjects").isna().to_numpy()
    everyone = _spans(np.zeros(whole.sum(), int), begins[whole], ends[whole], (1, days))
    if whole.all() or everyone.all():
        return np.broadcast_to(everyone.all(), register.size)
    rows, places = _listed(column(owners, "subjects")[~whole], register)
    known = places >= 0
    rows, places = rows[known], places[known]
    shape = (register.size, days)
    some = _spans(places, begins[~whole][rows], ends[~whole][rows], shape)
    return np.asarray((some | everyone).all(axis=1))


def _spans(places: Ints, begins: Ints, ends: Ints, shape: tuple[int, int]) -> Bools:
    """Mark the days `[begin, end)` of each place."""
    steps = np.zeros((shape[0], shape[1] + 1), dtype=np.int64)
    real = ends > begins
    np.add.at(steps, (places[real], begins[real]), 1)
    np.add.at(steps, (places[real], ends[real]), -1)
    return np.cumsum(steps[:, :-1], axis=1) > 0
