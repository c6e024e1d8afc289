"""Petitions and disputes as work: whose turn it is, until when, and what was closed unresolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from models.zero.days import (
    ALWAYS,
    NEVER,
    civil_days,
    column,
    dates_from,
    day_number,
    local_days,
    month_of,
)
from models.zero.petitions import clocks, exclusions, is_excluded, resolved_days

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from models.zero.days import Ints
    from models.zero.rulebook import Rulebook

__all__ = [
    "NOTIFY_DAYS",
    "dispute_work",
    "exemption_use",
    "last_steps",
    "new_and_outstanding",
    "petition_work",
]

NOTIFY_DAYS: Final = 15
"""Days within which a petition is registered and passed on (Petition regulations 2022)."""

STEP_COLUMNS: Final = {
    "in_session": "in_session_at",
    "registered": "registered_at",
    "forms_filled": "forms_filled_at",
    "requested": "requested_at",
}
"""Latest step first: where a dispute stands by its own moments."""


def last_steps(steps: pd.DataFrame, *, about: str, as_of: date, zone: tzinfo) -> pd.DataFrame:
    """Give the last step of each matter taken by `as_of`: to_step, post, due_on, process.

    Indexed by the matter's key. Of two steps of one moment the one recorded later counts.
    """
    own = steps[(steps["about"] == about).to_numpy(dtype=bool)]
    own = own[local_days(own["taken_at"], zone) <= day_number(as_of)]
    last = own.sort_values("taken_at", kind="stable").drop_duplicates("about_key", keep="last")
    return last.set_index("about_key")[["to_step", "post", "due_on", "process"]]


def petition_work(
    petitions: pd.DataFrame,
    steps: pd.DataFrame,
    rulebook: Rulebook,
    *,
    as_of: date,
    zone: tzinfo,
) -> pd.DataFrame:
    """Give every petition accepted by `as_of` as work, indexed by petition_id.

    `state` is that of its clock (excluded, resolved, resolved_late, overdue, open), `due_on` and
    `days_left` likewise; `pass_on_by` is the day by which it has to be registered and passed on.
    `closed` and `resolved` are two things and two columns: a file that was closed without a
    result is closed and not resolved. `step` and `post` are missing where no step is known.
    """
    clock = clocks(petitions, rulebook, as_of=as_of)
    known = petitions.loc[clock.index]
    last = last_steps(steps, about="petition", as_of=as_of, zone=zone).reindex(clock.index)
    accepted = civil_days(column(known, "accepted_on"), missing=NEVER)
    pass_on = np.where(accepted < NEVER, accepted + NOTIFY_DAYS, NEVER)
    closed = civil_days(column(known, "closed_on"), missing=NEVER) <= day_number(as_of)
    resolved = resolved_days(known, rulebook) <= day_number(as_of)
    return clock.assign(
        area_code=column(known, "area_code"),
        topic=column(known, "topic"),
        channel=column(known, "channel"),
        accepted_on=column(known, "accepted_on"),
        pass_on_by=dates_from(pass_on, missing=NEVER).set_axis(clock.index),
        closed=closed,
        resolved=resolved,
        step=last["to_step"],
        post=last["post"],
    )


def dispute_work(
    disputes: pd.DataFrame, steps: pd.DataFrame, *, as_of: date, zone: tzinfo
) -> pd.DataFrame:
    """Give every dispute requested by `as_of` as work, indexed by dispute_id.

    `step` is the last one known, of the steps or of the record's own moments; `state` is open
    or ended, and of an ended one `resolved` says whether the parties agreed. Mediation has no
    clock in law: `due_on` is that of the step, missing where none was set.
    """
    today = day_number(as_of)
    requested = _day_of(disputes, "requested_at", zone)
    known = disputes[requested <= today]
    last = last_steps(steps, about="dispute", as_of=as_of, zone=zone).reindex(known.index)
    ended = _day_of(known, "ended_at", zone) <= today
    outcome = column(known, "outcome").where(ended)
    reached = pd.Series("requested", index=known.index, dtype="str")
    for step, name in reversed(STEP_COLUMNS.items()):
        reached = reached.mask(_day_of(known, name, zone) <= today, step)
    due = civil_days(last["due_on"], missing=NEVER)
    late = ~ended & (due < today)
    return pd.DataFrame(
        {
            "area_code": column(known, "area_code"),
            "topic": column(known, "topic"),
            "channel": column(known, "channel"),
            "requested_at": column(known, "requested_at"),
            "step": outcome.fillna(last["to_step"]).fillna(reached),
            "post": last["post"],
            "due_on": last["due_on"],
            "days_left": pd.Series(due - today, index=known.index).where(due < NEVER),
            "state": np.select([ended, late], ["ended", "overdue"], default="open"),
            "closed": ended,
            "resolved": ended & (outcome == "agreed").to_numpy(dtype=bool),
        },
        index=known.index,
    )


def new_and_outstanding(
    petitions: pd.DataFrame, rulebook: Rulebook, *, as_of: date, months: int = 12
) -> pd.DataFrame:
    """Give two series that are never added up: matters accepted, and matters unresolved.

    One row per month, the last one that of `as_of`: `new` accepted in the month, `outstanding`
    accepted and not resolved at its end (of the last month: on `as_of`), `excluded` those of
    the outstanding that a higher authority must solve.
    """
    accepted = civil_days(column(petitions, "accepted_on"), missing=NEVER)
    resolved = resolved_days(petitions, rulebook)
    excluded = is_excluded(petitions).to_numpy(dtype=bool)
    now = int(month_of(day_number(as_of)))
    rows = []
    for month in range(now - months + 1, now + 1):
        first = np.int64(month).astype("datetime64[M]")
        end = min(int((first + 1).astype("datetime64[D]").astype(np.int64)) - 1, day_number(as_of))
        start = int(first.astype("datetime64[D]").astype(np.int64))
        waiting = (accepted <= end) & (resolved > end)
        rows.append(
            {
                "month": str(first),
                "new": int(((accepted >= start) & (accepted <= end)).sum()),
                "outstanding": int(waiting.sum()),
                "excluded": int((waiting & excluded).sum()),
            }
        )
    return pd.DataFrame(rows)


def exemption_use(petitions: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    """Count the use of the exemption per area, in the order of codes.

    Columns: area_code, `matters` accepted by `as_of`, `flagged` for a higher authority and
    `excluded`, which are those of them with a reason and an approver who did not propose it.
    """
    accepted = civil_days(column(petitions, "accepted_on"), missing=ALWAYS)
    known = petitions[accepted <= day_number(as_of)]
    listed = exclusions(known)
    matters = known.groupby("area_code").size().rename("matters")
    flagged = listed.groupby("area_code").size().rename("flagged")
    counted = listed[listed["excluded"]].groupby("area_code").size().rename("excluded")
    table = pd.concat([matters, flagged, counted], axis=1).fillna(0).astype("int64")
    return table[table["flagged"] > 0].sort_index().rename_axis("area_code").reset_index()


def _day_of(disputes: pd.DataFrame, name: str, zone: tzinfo) -> Ints:
    return local_days(pd.to_datetime(column(disputes, name), utc=True), zone)
