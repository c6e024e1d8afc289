"""Who was to report, who did, and when: one line per body, stream and month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from models.zero.coverage import COUNTING_KINDS, covered_months
from models.zero.days import (
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
from models.zero.facts import STREAMS
from models.zero.register import Register, find

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from geo.window import Window
    from models.zero.days import Bools, Ints
    from models.zero.rulebook import Rulebook

__all__ = ["REPORT_STATES", "expected_reports"]

REPORT_STATES: Final = ("on_time", "late", "undated", "awaited", "missing")
"""Came in time; came afterwards; came, nobody knows when; may still come in time; did not come."""


def expected_reports(
    *,
    subjects: pd.DataFrame,
    reports: pd.DataFrame,
    months: Sequence[Window],
    as_of: date,
    rulebook: Rulebook,
    zone: ZoneInfo,
) -> pd.DataFrame:
    """List the monthly reports that were to come by `as_of`, and what became of each.

    Returns one row per body, stream and calendar month that is over, with a subject registered
    in it, in the order of body, stream and month: body, stream, month_start, due_on (the last
    day in time), n_subjects, received_on (the local day on which the body had spoken for all
    of them; missing where it has not, or nobody knows when) and `state`, one of
    `REPORT_STATES`. Streams without a source are not expected, and nothing is under assumed
    coverage.
    """
    register = Register.of(subjects)
    numbers = np.array(sorted({int(month_of(day_number(w.start))) for w in months}), dtype=int)
    numbers = numbers[month_start(numbers + 1) <= day_number(as_of)]
    if rulebook.is_assumed or not len(numbers) or not register.size:
        return _listed([], [], numbers, np.empty((0, 3), dtype=np.int64), {})
    bodies = pd.Index(register.body.drop_duplicates().sort_values())
    mine = find(register.body, bodies)
    counts = _per_body(_alive(register, numbers), mine, len(bodies))
    observed = [place for place, name in enumerate(STREAMS) if name not in rulebook.unobserved]
    asked = np.zeros((len(bodies), len(STREAMS), len(numbers)), dtype=bool)
    asked[:, observed] = (counts > 0)[:, None, :]
    where = np.argwhere(asked)
    body, stream, month = where.T
    came = _whole(register, reports, numbers, mine, len(bodies))[stream, month, body]
    received = _received(reports, bodies, numbers, zone)[body, stream, month]
    details = {
        "n_subjects": counts[body, month],
        "received_day": np.where(came, received, NEVER),
        "came": came,
        "today": np.full(len(where), day_number(as_of)),
        "due": month_start(numbers[month] + 1) + rulebook.report_due_days - 1,
    }
    return _listed(list(bodies), list(STREAMS), numbers, where, details)


def _alive(register: Register, numbers: Ints) -> Bools:
    """Tell who is registered on some day of each month, (month, subject)."""
    return register.alive(month_start(numbers)[:, None], month_start(numbers + 1)[:, None])


def _per_body(alive: Bools, mine: Ints, n_bodies: int) -> Ints:
    """Count the registered subjects of each body, (body, month)."""
    return np.stack(
        [np.bincount(mine, weights=row, minlength=n_bodies) for row in alive], axis=1
    ).astype(np.int64)


def _whole(
    register: Register, reports: pd.DataFrame, numbers: Ints, mine: Ints, n_bodies: int
) -> Bools:
    """Tell whose registered subjects were all spoken for, (stream, month, body)."""
    first, count = int(numbers[0]), int(numbers[-1] - numbers[0]) + 1
    covered = covered_months(register, reports, first, count)[:, numbers - first]
    silent = ~covered & _alive(register, numbers)
    flat = silent.reshape(-1, register.size)
    missing = np.stack([np.bincount(mine, weights=row, minlength=n_bodies) for row in flat])
    whole: Bools = (missing == 0).reshape(*silent.shape[:2], n_bodies)
    return whole


def _received(reports: pd.DataFrame, bodies: pd.Index, numbers: Ints, zone: ZoneInfo) -> Ints:
    """Give the local day each body's report came, (body, stream, month); NEVER where unknown.

    The first report for the whole body; where only lists of subjects came, the last of them.
    """
    grids = np.full((2, len(bodies), len(STREAMS), len(numbers)), NEVER, dtype=np.int64)
    kept = reports[reports["kind"].isin(COUNTING_KINDS).to_numpy()]
    body, stream = find(kept["body"], bodies), find(kept["stream"], pd.Index(list(STREAMS)))
    day = local_days(column(kept, "reported_at").astype("datetime64[us, UTC]"), zone)
    begin = civil_days(kept["window_start"], missing=NEVER)
    end = civil_days(kept["window_end"], missing=-NEVER)
    listed = column(kept, "subjects").notna().to_numpy()
    known = (body >= 0) & (stream >= 0) & (day < NEVER)
    for place, number in enumerate(numbers):
        inside = known & (begin <= month_start(number)) & (end >= month_start(number + 1))
        whole, part = inside & ~listed, inside & listed
        np.minimum.at(grids[0, :, :, place], (body[whole], stream[whole]), day[whole])
        lists = np.full(grids.shape[1:3], -NEVER, dtype=np.int64)
        np.maximum.at(lists, (body[part], stream[part]), day[part])
        grids[1, :, :, place] = np.where(lists > -NEVER, lists, NEVER)
    received: Ints = np.where(grids[0] < NEVER, grids[0], grids[1])
    return received


def _listed(
    bodies: list[str], streams: list[str], numbers: Ints, where: Ints, told: dict[str, Ints]
) -> pd.DataFrame:
    body, stream, month = where.T
    none = np.empty(0, dtype=np.int64)
    due, received = told.get("due", none), told.get("received_day", none)
    came, today = told.get("came", none).astype(bool), told.get("today", none)
    state = np.select(
        [came & (received <= due), came & (received < NEVER), came, today <= due],
        REPORT_STATES[:4],
        default=REPORT_STATES[4],
    )
    return pd.DataFrame(
        {
            "body": words_at(bodies, body),
            "stream": words_at(streams, stream),
            "month_start": month_start(numbers[month])
            .astype("datetime64[D]")
            .astype("datetime64[us]"),
            "due_on": dates_from(due, missing=NEVER),
            "n_subjects": told.get("n_subjects", none),
            "received_on": dates_from(received, missing=NEVER),
            "state": pd.Series(state, dtype="str"),
        }
    )
