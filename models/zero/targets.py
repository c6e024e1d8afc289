"""How far from a target: how many more at zero would reach it, counted in whole subjects."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from geo.errors import UsageError

if TYPE_CHECKING:
    from models.zero.share import Share

__all__ = ["Gap", "gap_to", "least_zeros"]


class Gap(NamedTuple):
    """`more` subjects at zero are needed; `points` is the target less the rate, in points.

    `points` is negative above the target, missing where nobody is assessed.
    """

    more: int
    points: float | None


def least_zeros(assessed: int, target: float) -> int:
    """Give the fewest subjects at zero whose unrounded rate reaches the target.

    The target is taken as it is written: 0.7 of 10 is 7, though 0.7 x 10 is a little more in
    binary. Raises UsageError for a target outside 0..1.

    >>> least_zeros(10, 0.7), least_zeros(288, 0.80)
    (7, 231)
    """
    if not 0 <= target <= 1:
        raise UsageError(
            f"A target is a share in 0..1; {target!r} came.",
            f"目标应为 0 到 1 之间的比例；读到 {target!r}。",
        )
    return ceil(assessed * Fraction(str(target)))


def gap_to(target: float, rate: Share) -> Gap:
    """Tell how far a rate is from its target."""
    needed = least_zeros(rate.whole, target)
    points = None if rate.value is None else 100 * (target - rate.value)
    return Gap(max(needed - rate.part, 0), points)
