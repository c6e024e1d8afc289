"""What a bulletin is asked: the month, the day, whose knowledge and which rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from geo.errors import UsageError
from geo.hierarchy import ancestor_at, leaf_codes
from geo.window import Window, add_months

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from models.zero.rulebook import Rulebook

__all__ = ["Asked", "month_before", "month_of_text", "town_level", "towns_of"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a bulletin; the same question always has the same figures."""

    window: Window
    as_of: date
    known_at: datetime
    rulebook: Rulebook

    @property
    def period(self) -> str:
        """Name the month, `2026-06`."""
        return self.window.label

    @property
    def last_day(self) -> date:
        """Give the last day of the month that the figures speak of."""
        cut = self.window.until(self.as_of)
        return date.fromordinal((cut or self.window).end.toordinal() - 1)

    @property
    def about(self) -> dict[str, Any]:
        """Give day, knowledge and rules as the board's methods take them."""
        return {"as_of": self.as_of, "known_at": self.known_at, "rulebook": self.rulebook}


def month_of_text(text: str) -> Window:
    """Read a month, `2026-06`. Raises UsageError.

    >>> month_of_text("2026-06").days
    30
    """
    try:
        return Window.month(date.fromisoformat(f"{text}-01"))
    except ValueError as error:
        raise UsageError(
            f"Cannot read the month {text!r}; write it as 2026-06.",
            f"无法识别月份 {text!r}；请写成 2026-06。",
        ) from error


def month_before(window: Window, *, months: int = 1) -> Window:
    """Give the calendar month some months earlier."""
    return Window.month(add_months(window.start, -months))


def town_level(areas: pd.DataFrame) -> str:
    """Name the level that holds most of the finest areas; empty where nothing holds them."""
    leaves = areas.loc[leaf_codes(areas), "parent_code"].dropna()
    levels = areas["level"].reindex(leaves).dropna()
    return "" if levels.empty else str(levels.value_counts().idxmax())


def towns_of(codes: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """Give the township of each area code, empty where none holds it."""
    level = town_level(areas)
    if not level:
        return codes.astype("str").map(lambda _: "")
    return ancestor_at(codes, areas, level=level).fillna("")
