"""Stated figures against exact ones: half-up rounding, and what whole numbers could give them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

__all__ = ["ENDLESS", "decimals_of", "histories", "number_text", "rounded", "wholes_near"]


ENDLESS: Final = 10**12
"""More than anything an official text counts."""


def rounded(exact: Fraction, step: Fraction) -> Fraction:
    """Round to whole steps, halves away from zero.

    >>> rounded(Fraction(5, 2), Fraction(1)), rounded(Fraction(-5, 2), Fraction(1))
    (Fraction(3, 1), Fraction(-3, 1))
    """
    steps = floor(abs(exact) / step + Fraction(1, 2))
    return steps * step * (1 if exact >= 0 else -1)


def decimals_of(step: Fraction) -> int:
    """Give the decimals of a figure whose last digit is worth `step`."""
    return max(0, len(str(step.denominator)) - 1)


def number_text(value: Fraction, decimals: int = 0, *, signed: bool = False) -> str:
    """Print a figure, half rounded up, thousands grouped.

    >>> number_text(Fraction(3186)), number_text(Fraction(-30, 84) * 100, 2, signed=True)
    ('3,186', '−35.71')
    """
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    printed = f"{abs(exact).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,}"
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{printed}"


def histories(now: Fraction, change: Fraction, step: Fraction) -> range:
    """Give the whole numbers from which `now` is a change of `change` per cent, as printed.

    They end at `ENDLESS` where any larger one fits too, as behind a fall of 100 % to 1.

    >>> histories(Fraction(54), Fraction(-357, 10), Fraction(1, 10))
    range(84, 85)
    >>> len(histories(Fraction(45), Fraction(215, 10), Fraction(1, 10)))
    0
    """
    half = step / 2
    low, high = 100 + change - half, 100 + change + half
    if high <= 0:
        return range(0)
    first = ceil(100 * now / high)
    last = floor(100 * now / low) if low > 0 else ENDLESS
    fits = [
        number
        for number in (first - 1, first, first + 1, last - 1, last, last + 1)
        if number > 0 and rounded(100 * (now / number - 1), step) == change
    ]
    return range(min(fits), max(fits) + 1) if fits else range(0)


def wholes_near(whole: Fraction, percent: Fraction, step: Fraction) -> range:
    """Give the whole parts of `whole` whose share is printed as `percent`.

    >>> wholes_near(Fraction(3186), Fraction(994, 10), Fraction(1, 10))
    range(3166, 3169)
    """
    first = floor(whole * (percent - step) / 100)
    last = ceil(whole * (percent + step) / 100)
    fits = [
        part
        for part in range(max(first, 0), last + 1)
        if rounded(Fraction(100 * part) / whole, step) == percent
    ]
    return range(fits[0], fits[-1] + 1) if fits else range(0)
