"""Hazards: put right on the spot, put right by now, overdue, and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from models.zero.days import NEVER, civil_days, column, day_number
from models.zero.share import Share

if TYPE_CHECKING:
    from datetime import date

    from models.zero.days import Bools, Ints

__all__ = ["on_site_rate", "overdue", "rectified_rate", "recurrence_rate"]

MODES: Final = ("on_site", "deadline")
RECURRENCE_DAYS: Final = 180
"""Days. A hazard found again later than this is taken to be another one (project rule)."""


def on_site_rate(hazards: pd.DataFrame) -> Share:
    """Give the hazards put right on the spot, of all with a known mode."""
    mode = column(hazards, "mode")
    return Share(int((mode == "on_site").sum()), int(_counted(hazards).sum()))


def rectified_rate(hazards: pd.DataFrame, *, as_of: date) -> Share:
    """Give the hazards closed by `as_of`, of those found by then; print it with that day.

    Major ones count in both: they are hazards like the others. A missing `closed_on` is open.
    """
    found = _counted(hazards) & (_found(hazards) <= day_number(as_of))
    closed = _closed(hazards) <= day_number(as_of)
    return Share(int((found & closed).sum()), int(found.sum()))


def overdue(hazards: pd.DataFrame, *, as_of: date) -> pd.Series:
    """Tell which deadline hazards were due before `as_of` and are not closed by then."""
    deadline = (column(hazards, "mode") == "deadline").to_numpy()
    due = civil_days(column(hazards, "due_on"), missing=NEVER) < day_number(as_of)
    still_open = _closed(hazards) > day_number(as_of)
    return pd.Series(deadline & due & still_open, index=hazards.index, name="overdue")


def recurrence_rate(hazards: pd.DataFrame, *, as_of: date, days: int = RECURRENCE_DAYS) -> Share:
    """Give the closed hazards found again: same place and category within `days` of closing.

    The place is the unit, else the area. Only hazards whose `days` are over on `as_of` are
    counted: of a younger one nobody can say yet that it stays away.
    """
    place = column(hazards, "unit_id").fillna(column(hazards, "area_code"))
    rows = pd.DataFrame(
        {
            "place": place.to_numpy(),
            "category": column(hazards, "category").to_numpy(),
            "found": _found(hazards),
            "closed": _closed(hazards),
        }
    ).dropna(subset=["place", "category"])
    told = rows[rows["closed"] + days <= day_number(as_of)]
    pairs = told.reset_index().merge(rows, on=["place", "category"], suffixes=("", "_again"))
    gap = pairs["found_again"] - pairs["closed"]
    again = pairs.loc[(gap > 0) & (gap <= days), "index"].nunique()
    return Share(int(again), len(told))


def _counted(hazards: pd.DataFrame) -> Bools:
    return column(hazards, "mode").isin(MODES).to_numpy()


def _found(hazards: pd.DataFrame) -> Ints:
    return civil_days(column(hazards, "found_on"), missing=NEVER)


def _closed(hazards: pd.DataFrame) -> Ints:
    return civil_days(column(hazards, "closed_on"), missing=NEVER)
