"""How many cases were cleared: of those filed in a window, or in the window itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.zero.days import NEVER, civil_days, column, day_number
from models.zero.share import Share

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from geo.window import Window
    from models.zero.days import Bools, Ints

__all__ = ["clearance_cohort", "clearance_period"]


def clearance_cohort(cases: pd.DataFrame, window: Window, *, as_of: date) -> Share:
    """Give the cases filed in the window of which any were cleared by `as_of`.

    Never above 1; it grows as time passes, so that two windows compare only after equal time.
    Cases never filed count nowhere. Days are civil days: `filed_on`, `cleared_on`.
    """
    filed = _within(_days(cases, "filed_on"), window)
    cleared = _days(cases, "cleared_on") <= day_number(as_of)
    return Share(int((filed & cleared).sum()), int(filed.sum()))


def clearance_period(cases: pd.DataFrame, window: Window) -> Share:
    """Give the cases cleared in the window over those filed in it, whenever the first were filed.

    May exceed 1: old cases are cleared in new windows.
    """
    filed = _within(_days(cases, "filed_on"), window)
    cleared = _within(_days(cases, "cleared_on"), window)
    return Share(int(cleared.sum()), int(filed.sum()))


def _days(cases: pd.DataFrame, name: str) -> Ints:
    return civil_days(column(cases, name), missing=NEVER)


def _within(days: Ints, window: Window) -> Bools:
    return (days >= day_number(window.start)) & (days < day_number(window.end))
