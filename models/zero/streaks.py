"""Since when: days at zero, back to the first break or to the first month nobody reported."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.window import Window, month_windows
from models.zero.coverage import belief_of
from models.zero.days import (
    ALWAYS,
    NEVER,
    civil_days,
    column,
    dates_from,
    day_number,
    local_days,
    month_of,
    month_start,
    words_at,
)
from models.zero.facts import STREAMS, Facts, facts_between
from models.zero.register import Register
from models.zero.status import cube_of
from models.zero.succession import carried_on, predecessors

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from models.zero.days import Ints
    from models.zero.rulebook import Rulebook

__all__ = ["print_streak", "zero_streaks"]

EARLIEST: Final = date(1900, 1, 1)
"""Before any day a source could deliver."""


def zero_streaks(
    *,
    subjects: pd.DataFrame,
    incidents: pd.DataFrame,
    petitions: pd.DataFrame,
    reports: pd.DataFrame,
    as_of: date,
    rulebook: Rulebook,
    zone: ZoneInfo,
    lineage: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count the days each subject registered on `as_of` has been at zero.

    Returns one row per subject and stream, plain index: subject_id, stream, streak_days (int),
    open_ended (bool) and last_break (civil day, missing where none is known).

    A confirmed break on day b gives (as_of - b) days. Where no break stops it the streak is
    open-ended (print "≥"): it reaches back to the first observed day, or to the end of the last
    month that is not assessed; 0 when that is the running month. The first observed day is the
    day of registration; without one, under assumed coverage, the stream's first incident
    anywhere. A question still under review does not stop a streak.

    With `lineage` the streak of an area that only took another code goes on with that of the
    old one (`models.zero.succession`); it stops at merges and splits. The month in which the
    code changed is judged by the new one's report.
    """
    register, today = Register.of(subjects), day_number(as_of)
    facts = facts_between(
        incidents,
        petitions,
        register,
        window=Window(EARLIEST, as_of + timedelta(days=1)),
        rulebook=rulebook,
        zone=zone,
    )
    last = facts.last_break(len(STREAMS) * register.size).reshape(len(STREAMS), -1)
    if rulebook.is_assumed:
        observed = _first_heard(register, incidents, as_of, rulebook, zone)
    else:
        observed = _assessed_since(register, facts, reports, as_of, rulebook)
    since = np.minimum(np.maximum(np.maximum(register.first, observed), last), today + 1)
    if lineage is not None and len(lineage):
        since, last = carried_on(register, since, last, predecessors(register, lineage, as_of))
    return _as_rows(register, since, last, today)


def print_streak(days: int, *, open_ended: bool, language: str = "en") -> str:
    """Print a streak; "≥" where no break stopped it.

    >>> print_streak(3653, open_ended=True)
    '≥ 3653 days'
    >>> print_streak(12, open_ended=False, language="zh")
    '12 天'
    """
    unit = "天" if language == "zh" else "day" if days == 1 else "days"
    return f"{'≥ ' if open_ended else ''}{days} {unit}"


def _assessed_since(
    register: Register, facts: Facts, reports: pd.DataFrame, as_of: date, rulebook: Rulebook
) -> Ints:
    """Give the end of the last month that is not assessed, (stream, subject)."""
    start = _first_trace(facts, reports, as_of)
    windows = month_windows(start, as_of + timedelta(days=1))
    belief = belief_of(register, reports, windows, as_of=as_of, rulebook=rulebook)
    cube = cube_of(register, facts, belief, windows, as_of, rulebook)
    ends = np.array([day_number(window.end) for window in windows])
    # Who left the register in a month had no report to bring for it: whoever follows has.
    left = (register.last <= day_number(as_of)) & (register.last < ends[:, None])
    silent = (cube.code == 0) & cube.registered & ~left
    # Before the first trace of anything no month was reported, and none was broken.
    since: Ints = np.where(silent, ends[:, None], day_number(start)).max(axis=1)
    return since


def _first_trace(facts: Facts, reports: pd.DataFrame, as_of: date) -> date:
    """Give the first of the month in which the first fact or report falls."""
    begins = civil_days(column(reports, "window_start"), missing=NEVER)
    first = min([day_number(as_of), *facts.day[:1].tolist(), *np.sort(begins)[:1].tolist()])
    return date.fromordinal(date(1970, 1, 1).toordinal() + int(month_start(month_of(first))))


def _first_heard(
    register: Register,
    incidents: pd.DataFrame,
    as_of: date,
    rulebook: Rulebook,
    zone: ZoneInfo,
) -> Ints:
    """Give the day the stream's first incident anywhere fell on, (stream, subject).

    Only for subjects without a day of registration; the others are observed since that day. A
    stream without a source is not observed up to and including `as_of`.
    """
    today = day_number(as_of)
    stream, occurred = column(incidents, "stream"), column(incidents, "occurred_from")
    heard = np.full((len(STREAMS), register.size), ALWAYS)
    for number, name in enumerate(STREAMS):
        first = occurred[(stream == name).to_numpy()].min()
        known = local_days(pd.Series([first]), zone)[0] if pd.notna(first) else today
        heard[number, register.first == ALWAYS] = min(known, today)
        if name in rulebook.unobserved:
            heard[number] = today + 1
    return heard


def _as_rows(register: Register, since: Ints, last: Ints, today: int) -> pd.DataFrame:
    """Lay the arrays (stream, subject) out as rows: subject, then stream."""
    subject = np.repeat(np.flatnonzero(register.alive(today, today + 1)), len(STREAMS))
    stream = np.tile(np.arange(len(STREAMS)), len(subject) // len(STREAMS))
    cell = (stream, subject)
    last_break = last[cell]
    return pd.DataFrame(
        {
            "subject_id": words_at(register.ids, subject),
            "stream": words_at(STREAMS, stream),
            "streak_days": np.maximum(today - since[cell], 0),
            "open_ended": since[cell] > last_break,
            "last_break": dates_from(last_break, missing=-NEVER),
        }
    )
