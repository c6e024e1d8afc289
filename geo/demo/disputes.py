"""Disputes of the made-up county on their way through mediation: areas and topics, never parties.

In the last year the figures are the published ones: 111 mediated, 98 of them by the mobile police
station, and no petition after any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.draws import Bools, Floats, Ints, draws
from geo.demo.entries import Entry, entry_until
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from geo.demo.span import Span
    from geo.demo.world import DemoWorld

__all__ = ["MEDIATED", "MOBILE", "PER_YEAR", "RELAPSE_DAYS", "WINDOW_DAYS", "dispute_entries"]

MEDIATED, MOBILE = 111, 98
FAILED, REFUSED, WITHDRAWN, IN_HAND = 14, 9, 6, 5
WINDOW_DAYS: Final = 365
PER_YEAR: Final = float(MEDIATED + FAILED + REFUSED + WITHDRAWN)
"""Disputes brought to mediation in a year; with the petitions four fifths of the cases."""

RELAPSE_DAYS: Final = 180
RELAPSED: Final = 0.05
"""Share of the earlier agreements that count as relapsed where a petition of the area followed."""

DAY: Final = 1440.0
"""Minutes."""

LONGEST_DAYS: Final = 16
"""Days within which every dispute has ended, one way or another."""

TOPICS: Final = ("neighbours", "land", "wages", "debts", "property_management", "traffic", "noise")
ELSE_WHERE: Final = ("mediation_room", "gov_grid", "visit", "hotline")
OUTCOMES: Final = ("agreed", "failed_referred", "refused", "withdrawn")


def dispute_entries(
    world: DemoWorld, span: Span, petitions: list[Entry], *, seed: int
) -> list[Entry]:
    """Draw the disputes: requested, registered, in session, ended; told when and as they went on.

    `petitions` are the entries of the petition matters, of which a few follow an agreement.
    """
    rng = draws(seed, "disputes")
    rows = _drawn(world, span, rng)
    frame = _frame(rows, world, span)
    recorded = rows["registered"].to_numpy() + 1.0 + rng.exponential(90.0, len(rows))
    order = np.argsort(recorded, kind="stable")
    frame, recorded, rows = frame.iloc[order], recorded[order], rows.iloc[order]
    frame.index = pd.Index([f"D{n:06d}" for n in range(1, len(rows) + 1)], name="dispute_id")
    nobody = np.zeros(len(frame), dtype=bool)
    later = ("in_session_at", "ended_at", "outcome")
    first = frame.assign(**{name: frame[name].where(nobody) for name in later})
    ended = np.maximum(rows["ended"].to_numpy() + rng.exponential(60.0, len(rows)), recorded + 1)
    end = span.end_minute
    return [
        entry_until(end, Entity.DISPUTE, Action.RECORDED, first, recorded),
        entry_until(end, Entity.DISPUTE, Action.CORRECTED, frame, ended),
        _relapses(frame, ended, petitions, span, rng),
    ]


def _drawn(world: DemoWorld, span: Span, rng: np.random.Generator) -> pd.DataFrame:
    """Draw requests with their outcome, channel and steps in minutes of the span."""
    end = len(span.days()) - 1
    start = end - WINDOW_DAYS
    before = int(rng.poisson(PER_YEAR * world.intensity.volume * start / 365.25))
    counts = (MEDIATED, FAILED, REFUSED, WITHDRAWN)
    shares = np.array(counts) / sum(counts)
    fixed = np.repeat(OUTCOMES, counts)
    outcome = np.r_[rng.choice(OUTCOMES, before, p=shares), fixed, np.full(IN_HAND, "")]
    day = np.r_[
        rng.integers(0, start - LONGEST_DAYS, before),
        rng.integers(start, end - LONGEST_DAYS, len(fixed)),
        rng.integers(end - 3, end, IN_HAND),
    ]
    area = _areas(world, len(day), rng)
    rows = pd.DataFrame({"day": day, "area": area, "outcome": outcome})
    rows["mobile"] = _mobile(rows, end, rng)
    rows["topic"] = rng.choice(TOPICS, len(rows))
    rows["elsewhere"] = rng.choice(ELSE_WHERE, len(rows), p=(0.5, 0.25, 0.15, 0.1))
    return _steps(rows, span, rng)


def _areas(world: DemoWorld, count: int, rng: np.random.Generator) -> Ints:
    """Spread disputes by people: where more live, more quarrel."""
    people = world.areas["population"].loc[world.codes].to_numpy()
    return rng.choice(len(people), count, p=people / people.sum()).astype(np.int64)


def _mobile(rows: pd.DataFrame, end: int, rng: np.random.Generator) -> Bools:
    """Let the mobile station grow from a quarter to the published 98 of 111."""
    share = 0.25 + (MOBILE / MEDIATED - 0.25) * rows["day"].to_numpy() / end
    mobile = rng.random(len(rows)) < share
    published = np.flatnonzero((rows["day"] >= end - WINDOW_DAYS) & (rows["outcome"] == "agreed"))
    mobile[published] = False
    mobile[rng.choice(published, MOBILE, replace=False)] = True
    return np.asarray(mobile)


def _steps(rows: pd.DataFrame, span: Span, rng: np.random.Generator) -> pd.DataFrame:
    """Add the minutes of each step; a telephone is quicker than a counter."""
    count, mobile = len(rows), rows["mobile"].to_numpy()
    slow = np.where(mobile, 1.0, 6.0)
    requested = rows["day"].to_numpy() * DAY + np.floor(rng.uniform(8 * 60, 20 * 60, count))
    filled = requested + 3 + np.floor(rng.exponential(20.0, count) * slow)
    registered = filled + 5 + np.floor(np.minimum(rng.exponential(90.0, count) * slow, 3 * DAY))
    session = registered + 30 + np.floor(np.minimum(rng.exponential(1.2, count), 5) * DAY)
    ended = session + 30 + np.floor(np.minimum(rng.exponential(0.7, count), 4) * DAY)
    in_hand = (rows["outcome"] == "").to_numpy()
    ended = np.where(in_hand, span.end_minute + DAY, ended)
    steps = {"requested": requested, "filled": filled, "registered": registered}
    return rows.assign(**steps, session=session, ended=ended)


def _frame(rows: pd.DataFrame, world: DemoWorld, span: Span) -> pd.DataFrame:
    code = np.array(world.codes)[rows["area"].to_numpy()]
    outcome = rows["outcome"]
    met = outcome.isin(["agreed", "failed_referred"]).to_numpy()

    def moments(step: str, where: Bools | None = None) -> pd.Series:
        known: pd.Series = span.moments(rows[step].to_numpy())
        return known if where is None else known.where(where)

    return pd.DataFrame(
        {
            "area_code": code,
            "subject_id": code,
            "topic": rows["topic"].to_numpy(),
            "channel": np.where(rows["mobile"], "mobile_station", rows["elsewhere"]),
            "both_parties_consent": (outcome != "refused").astype("boolean"),
            "requested_at": moments("requested"),
            "forms_filled_at": moments("filled"),
            "registered_at": moments("registered"),
            "in_session_at": moments("session", met),
            "ended_at": moments("ended", (outcome != "").to_numpy()),
            "outcome": outcome.where(outcome != "", None).to_numpy(),
            "followup_petition": pd.Series(None, index=rows.index, dtype="str"),
        }
    )


def _relapses(
    frame: pd.DataFrame, told: Floats, petitions: list[Entry], span: Span, rng: np.random.Generator
) -> Entry:
    """Name the first petition of the area after some earlier agreements, once it is recorded."""
    matters = next(entry for entry in petitions if entry.action is Action.RECORDED)
    known = pd.DataFrame(
        {
            "area_code": matters.frame["area_code"].to_numpy(),
            "accepted_on": matters.frame["accepted_on"].to_numpy(),
            "petition": matters.frame.index.to_numpy(),
            "known": matters.minute,
        }
    )
    agreed = frame[["area_code", "ended_at", "outcome"]].assign(told=told).reset_index()
    agreed["day"] = agreed["ended_at"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None)
    earlier = agreed["day"] < pd.Timestamp(span.until) - pd.Timedelta(days=WINDOW_DAYS)
    agreed = agreed[(agreed["outcome"] == "agreed") & earlier]
    agreed = agreed[rng.random(len(agreed)) < RELAPSED]
    pairs = agreed.merge(known, on="area_code")
    last = pairs["day"] + pd.Timedelta(days=RELAPSE_DAYS)
    after = (pairs["accepted_on"] > pairs["day"]) & (pairs["accepted_on"] <= last)
    pairs = pairs[after].drop_duplicates("dispute_id")
    pairs = pairs.set_index("dispute_id")
    relapsed = frame.loc[pairs.index].assign(followup_petition=pairs["petition"])
    minute = np.maximum(pairs["known"].to_numpy(), pairs["told"].to_numpy()) + DAY
    return entry_until(span.end_minute, Entity.DISPUTE, Action.CORRECTED, relapsed, minute)
