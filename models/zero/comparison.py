"""One year against another: a change with its kind named, or in words where counts are tiny."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import pandas as pd

from models.zero.chance import two_counts, two_rates
from models.zero.rates import zero_rates
from models.zero.share import Share

if TYPE_CHECKING:
    from models.zero.chance import Chance

__all__ = ["Change", "ChangeKind", "count_change", "panel_rates", "rate_change"]

FEWEST: Final = 10
"""Counts below this are told in words: "3 → 2" is not minus a third of anything."""


class ChangeKind(StrEnum):
    """What a percentage of change is a percentage of."""

    COUNT = "count %"
    RATE_PP = "rate pp"
    RATE_RELATIVE = "rate relative %"

    def text(self, language: str = "en") -> str:
        """Name the kind in "en" or "zh".

        >>> ChangeKind.RATE_PP.text("zh")
        '比率之差'
        """
        return KINDS_ZH[self] if language == "zh" else str(self)

    def unit(self, language: str = "en") -> str:
        """Name the unit of the change in "en" or "zh"."""
        if self is not ChangeKind.RATE_PP:
            return "%"
        return "个百分点" if language == "zh" else "pp"


KINDS_ZH: Final = {
    ChangeKind.COUNT: "件数变化率",
    ChangeKind.RATE_PP: "比率之差",
    ChangeKind.RATE_RELATIVE: "比率的相对变化",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A change from `before` to `now`; `value` in per cent or points, missing where told in words.

    It is missing where a count, or the whole of a rate, is below ten, or where nothing was before.
    """

    kind: ChangeKind
    now: int | Share
    before: int | Share
    value: float | None
    chance: Chance

    def printed(self, language: str = "en", *, decimals: int = 2) -> str:
        """Print both figures, the change with its kind, and whether chance explains it."""
        figures = f"{_text(self.before)} → {_text(self.now)}"
        comma = "，" if language == "zh" else ", "
        if self.value is None:
            return f"{figures}{comma}{self.chance.says(language)}"
        step = Decimal(1).scaleb(-decimals)
        size = abs(Decimal(repr(self.value))).quantize(step, ROUND_HALF_UP)
        sign = "" if not size else "−" if self.value < 0 else "+"
        told = f"{sign}{size} {self.kind.unit(language)} [{self.kind.text(language)}]"
        return f"{figures}{comma}{told}{comma}{self.chance.says(language)}"


def count_change(
    now: int, before: int, *, exposure_now: float = 1.0, exposure_before: float = 1.0
) -> Change:
    """Compare two counts; the exposures (days, subjects) enter the test, not the percentage.

    >>> count_change(54, 84).printed().partition(", more")[0]
    '84 → 54, −35.71 % [count %]'
    >>> count_change(2, 3).printed().partition(" (")[0]
    '3 → 2, within normal variation'
    """
    chance = two_counts(now, before, exposure_now=exposure_now, exposure_before=exposure_before)
    value = None if min(now, before) < FEWEST else 100 * (now - before) / before
    return Change(ChangeKind.COUNT, now, before, value, chance)


def rate_change(now: Share, before: Share, *, kind: ChangeKind) -> Change:
    """Compare two rates, as points or relative to the rate before."""
    return Change(kind, now, before, _rate_value(now, before, kind), two_rates(now, before))


def _rate_value(now: Share, before: Share, kind: ChangeKind) -> float | None:
    """Give the change of a rate; None where its counts are too few to be told in figures."""
    if min(now.whole, before.whole) < FEWEST or now.value is None or before.value is None:
        return None
    points = 100 * (now.value - before.value)
    if kind is ChangeKind.RATE_PP:
        return points
    return points / before.value if before.part >= FEWEST else None


def panel_rates(status: pd.DataFrame) -> pd.DataFrame:
    """Give zero rates of all subjects and of those registered in every window.

    Takes rows of `zero_status` for the windows to compare. Returns what `zero_rates` returns by
    subject_class, with a column `panel`: `all`, then `constant`. A rate that rises in the first
    and not in the second rose by who joined and who left. Rows keep the order of `status`.
    """
    windows = status["window"].nunique()
    seen = status.groupby("subject_id")["window"].transform("nunique")
    parts = {"all": status, "constant": status[seen == windows]}
    return pd.concat(
        [zero_rates(rows).assign(panel=name) for name, rows in parts.items() if len(rows)],
        ignore_index=True,
    )


def _text(figure: int | Share) -> str:
    return figure.printed() if isinstance(figure, Share) else str(figure)
