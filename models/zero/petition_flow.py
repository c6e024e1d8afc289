"""How petition matters flowed through a window: taken in, resolved, open, late."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.zero.days import NEVER, civil_days, column, day_number
from models.zero.petitions import clocks

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from geo.window import Window
    from models.zero.rulebook import Rulebook

__all__ = ["PetitionFlow", "petition_flow"]


class PetitionFlow(NamedTuple):
    """Matters accepted and resolved within a window; open and overdue at its last day."""

    new: int
    resolved: int
    outstanding: int
    overdue: int


def petition_flow(
    petitions: pd.DataFrame, window: Window, rulebook: Rulebook, *, as_of: date
) -> PetitionFlow:
    """Count the matters of a window, known up to `as_of`.

    Taking a matter in is a service, not an offence: `new` is never an expectation to be low.
    `resolved` leaves out what was closed unresolved; `outstanding` has no resolution by
    `as_of`, `overdue` is the part of it whose clock ran out.
    """
    first, last = day_number(window.start), min(day_number(window.end), day_number(as_of) + 1)
    accepted = civil_days(column(petitions, "accepted_on"), missing=NEVER)
    closed = civil_days(column(petitions, "closed_on"), missing=NEVER)
    resolved = ~column(petitions, "outcome").isin(rulebook.unresolved_outcomes).to_numpy()
    state = clocks(petitions, rulebook, as_of=as_of)["state"]
    return PetitionFlow(
        int(((accepted >= first) & (accepted < last)).sum()),
        int(((closed >= first) & (closed < last) & resolved).sum()),
        int(state.isin(["open", "overdue"]).sum()),
        int((state == "overdue").sum()),
    )
