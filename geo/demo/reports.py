"""Monthly nil returns of every reporting body, and what the stream owners confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.draws import draws
from geo.demo.entries import Entry, entry_until
from geo.demo.span import ZONE
from geo.vocabulary import Action, Entity, Stream

if TYPE_CHECKING:
    from geo.demo.draws import Bools, Floats, Ints
    from geo.demo.span import Span
    from geo.demo.world import DemoWorld

__all__ = ["report_entries"]

LAX: Final = 0.035
"""Share of the bodies that often forget."""

MISSED_LAX, MISSED, MISSED_STREAM = 0.3, 0.024, 0.004
LATE: Final = 0.03
"""Share of returns that come after the fifth of the month."""

CONFIRMED_AFTER_DAYS: Final = (35, 40)
STREAMS: Final = (Stream.CASE, Stream.ACCIDENT, Stream.PETITION)


def report_entries(world: DemoWorld, span: Span, told: list[Entry], *, seed: int) -> list[Entry]:
    """Write one return per body, stream and month that is over, a few of them missing.

    A return says "exceptions" where, by the time it was written, a case, an accident or a
    petition matter of the month had been recorded for one of the body's subjects, else "nil".
    """
    rng = draws(seed, "reports")
    bodies = pd.Index(sorted(set(world.subjects["body"])))
    starts, ends = _months(span)
    cells = np.indices((len(starts), len(bodies), len(STREAMS)))
    sent = ~_missed(len(bodies), len(starts), rng).ravel()
    month, body, stream = (part.ravel()[sent] for part in cells)
    minute = ends[month] * 1440.0 + _delay(len(month), rng)
    known = _first_known(world, span, told, bodies, len(starts))
    frame = pd.DataFrame(
        {
            "body": bodies.to_numpy()[body],
            "stream": np.array([str(one) for one in STREAMS])[stream],
            "window_start": span.day(starts[month]).to_numpy(),
            "window_end": span.day(ends[month]).to_numpy(),
            "kind": np.where(known[stream, body, month] <= minute, "exceptions", "nil"),
            "reported_at": span.moments(minute).array,
        }
    )
    return [_numbered(frame, minute, "N", span), _confirmations(span, starts, ends, rng)]


def _months(span: Span) -> tuple[Ints, Ints]:
    """Give the first day and the day after the last of every month that is over."""
    days = span.days()
    first = np.flatnonzero(days.day == 1)
    before = first[0] - days[first[0] - 1].days_in_month if first[0] else 0
    starts = np.r_[before, first[:-1]] if first[0] else first[:-1]
    ends = first if first[0] else first[1:]
    return starts.astype(np.int64), ends.astype(np.int64)


def _missed(bodies: int, months: int, rng: np.random.Generator) -> Bools:
    """Draw which returns never come, shape (months, bodies, streams)."""
    share = np.where(rng.random(bodies) < LAX, MISSED_LAX, MISSED)
    whole = rng.random((months, bodies)) < share
    single = rng.random((months, bodies, len(STREAMS))) < MISSED_STREAM
    return np.asarray(whole[:, :, None] | single)


def _delay(count: int, rng: np.random.Generator) -> Floats:
    """Draw the minutes after the month's end: mostly the first four days, office hours."""
    day = np.floor(np.minimum(rng.exponential(1.1, count), 3.0))
    day = np.where(rng.random(count) < LATE, np.floor(rng.uniform(5, 25, count)), day)
    return np.asarray(day * 1440.0 + np.floor(rng.uniform(8 * 60, 18 * 60, count)))


def _first_known(
    world: DemoWorld, span: Span, told: list[Entry], bodies: pd.Index, months: int
) -> Floats:
    """Give the minute at which the first matter of a month was recorded, infinite for none.

    Shape (streams, bodies, months).
    """
    first = np.full((len(STREAMS), len(bodies), months), np.inf)
    number = bodies.get_indexer(pd.Index(world.subjects["body"]))
    of_subject = pd.Series(number.astype(np.int64), index=world.subjects.index)
    for entry in told:
        if entry.action is Action.RECORDED and str(entry.entity) in set(STREAMS):
            day = _day_of(entry)
            month = (day.dt.year - span.start.year) * 12 + day.dt.month - span.start.month
            known = (month < months).to_numpy()
            body = of_subject.loc[entry.frame["subject_id"]].to_numpy()[known]
            cells = (STREAMS.index(Stream(str(entry.entity))), body, month.to_numpy()[known])
            np.minimum.at(first, cells, entry.minute[known])
    return first


def _day_of(entry: Entry) -> pd.Series:
    if entry.entity is Entity.PETITION:
        return pd.Series(entry.frame["accepted_on"])
    return pd.Series(entry.frame["occurred_to"].dt.tz_convert(ZONE).dt.tz_localize(None))


def _confirmations(span: Span, starts: Ints, ends: Ints, rng: np.random.Generator) -> Entry:
    """Let each stream's owner confirm the months that are long enough over."""
    month, stream = (part.ravel() for part in np.indices((len(starts), len(STREAMS))))
    after = rng.integers(*CONFIRMED_AFTER_DAYS, len(month))
    minute = (ends[month] + after) * 1440.0 + np.floor(rng.uniform(540, 1050, len(month)))
    words = np.array([str(one) for one in STREAMS])[stream]
    frame = pd.DataFrame(
        {
            "body": [f"owner:{word}" for word in words.tolist()],
            "stream": words,
            "window_start": span.day(starts[month]).to_numpy(),
            "window_end": span.day(ends[month]).to_numpy(),
            "kind": "confirmation",
            "reported_at": span.moments(minute).array,
        }
    )
    return _numbered(frame, minute, "K", span)


def _numbered(frame: pd.DataFrame, minute: Floats, letter: str, span: Span) -> Entry:
    """Give the returns their ids in the order in which they came."""
    order = np.argsort(minute, kind="stable")
    frame, minute = frame.iloc[order], minute[order]
    ids = [f"{letter}{number:06d}" for number in range(1, len(frame) + 1)]
    frame.index = pd.Index(ids, name="report_id")
    return entry_until(span.end_minute, Entity.REPORT, Action.RECORDED, frame, minute)
