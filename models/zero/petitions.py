"""The petition clock: a matter never breaks a zero by being registered, only by being late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.zero.days import ALWAYS, NEVER, civil_days, column, dates_from, day_number, flags

if TYPE_CHECKING:
    from datetime import date

    from models.zero.days import Ints
    from models.zero.rulebook import Rulebook

__all__ = [
    "break_days",
    "broken_on",
    "clocks",
    "due_on",
    "exclusions",
    "is_excluded",
    "resolved_days",
]


def due_on(petitions: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Give the last day on which resolving a matter keeps the zero, index of `petitions`.

    That is `accepted_on` + 60 days, + 30 where an extension was approved. A stated `due_on` may
    shorten the clock, never lengthen it; it stands alone where `accepted_on` is missing.
    """
    return _dates(petitions, _due_days(petitions, rulebook), "due_on")


def broken_on(petitions: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    """Give the day a matter breaks the zero unless resolved by then: the day after `due_on`.

    Missing for matters resolved in time and for approved higher-authority matters. The day may
    lie ahead: whoever asks as of a date counts only the days up to it.
    """
    return _dates(petitions, break_days(petitions, rulebook), "broken_on")


def is_excluded(petitions: pd.DataFrame) -> pd.Series:
    """Tell which matters a higher authority must solve, with reason and another approver."""
    verdict = _verdicts(petitions)
    return pd.Series(verdict == "approved", index=petitions.index, name="excluded")


def exclusions(petitions: pd.DataFrame) -> pd.DataFrame:
    """List every matter flagged `requires_higher_authority`, accepted or not.

    Returns a frame indexed by petition_id, sorted by area and id: area_code, subject_id,
    accepted_on, reason, proposer, approver, `excluded` (bool) and `verdict`: approved, or why
    the flag has no effect (no_reason, no_proposer, no_approver, same_person).
    """
    flagged = petitions[flags(petitions, "requires_higher_authority")]
    verdict = _verdicts(flagged)
    listed = pd.DataFrame(
        {
            "area_code": column(flagged, "area_code"),
            "subject_id": column(flagged, "subject_id"),
            "accepted_on": column(flagged, "accepted_on"),
            "reason": column(flagged, "exemption_reason"),
            "proposer": column(flagged, "exemption_proposer"),
            "approver": column(flagged, "exemption_approver"),
            "excluded": verdict == "approved",
            "verdict": pd.Series(verdict, index=flagged.index, dtype="str"),
        }
    )
    return listed.sort_index().sort_values("area_code", kind="stable")


def clocks(petitions: pd.DataFrame, rulebook: Rulebook, *, as_of: date) -> pd.DataFrame:
    """Say where each matter known on `as_of` stands on its clock.

    Returns a frame, index of `petitions` (matters accepted later are left out): `due_on`,
    `broken_on` (missing when it does not break by `as_of`), `days_left` (negative when late)
    and `state`: excluded, resolved, resolved_late, overdue or open.
    """
    today = day_number(as_of)
    known = petitions[civil_days(column(petitions, "accepted_on"), missing=ALWAYS) <= today]
    due, breaks = _due_days(known, rulebook), break_days(known, rulebook)
    closed = resolved_days(known, rulebook)
    state = np.select(
        [is_excluded(known), closed <= np.minimum(due, today), closed <= today, due < today],
        ["excluded", "resolved", "resolved_late", "overdue"],
        default="open",
    )
    return pd.DataFrame(
        {
            "due_on": _dates(known, due, "due_on"),
            "broken_on": _dates(known, np.where(breaks <= today, breaks, NEVER), "broken_on"),
            "days_left": due - today,
            "state": pd.Series(state, index=known.index, dtype="str"),
        }
    )


def break_days(petitions: pd.DataFrame, rulebook: Rulebook) -> Ints:
    """Give the day number on which each matter breaks, shape (n,); NEVER where it does not."""
    due = _due_days(petitions, rulebook)
    late = (resolved_days(petitions, rulebook) > due) & (due < NEVER)
    return np.where(late & (_verdicts(petitions) != "approved"), due + 1, NEVER)


def _due_days(petitions: pd.DataFrame, rulebook: Rulebook) -> Ints:
    accepted = civil_days(column(petitions, "accepted_on"), missing=NEVER)
    allowed = rulebook.resolve_days + rulebook.extension_days * flags(petitions, "extended")
    clock = np.where(accepted < NEVER, accepted + allowed, NEVER)
    return np.minimum(clock, civil_days(column(petitions, "due_on"), missing=NEVER))


def resolved_days(petitions: pd.DataFrame, rulebook: Rulebook) -> Ints:
    """Give the day number on which each matter was resolved, shape (n,); NEVER where not."""
    # Closing a file is not resolving the matter: such an outcome leaves the clock running.
    unresolved = column(petitions, "outcome").isin(rulebook.unresolved_outcomes).to_numpy()
    return np.where(unresolved, NEVER, civil_days(column(petitions, "closed_on"), missing=NEVER))


def _verdicts(petitions: pd.DataFrame) -> pd.Series:
    reason, proposer, approver = (
        column(petitions, f"exemption_{name}").astype("str").str.strip().fillna("")
        for name in ("reason", "proposer", "approver")
    )
    verdict = np.select(
        [
            ~flags(petitions, "requires_higher_authority"),
            reason == "",
            approver == "",
            proposer == "",
            proposer == approver,
        ],
        ["not_flagged", "no_reason", "no_approver", "no_proposer", "same_person"],
        default="approved",
    )
    return pd.Series(verdict, index=petitions.index, dtype="str")


def _dates(petitions: pd.DataFrame, days: Ints, name: str) -> pd.Series:
    return dates_from(days, missing=NEVER).set_axis(petitions.index).rename(name)
