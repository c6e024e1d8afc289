"""Numbers as they are written: 3,186, 2.5万, 3千, 一百一十一, 百分之八十八点五."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import Final

__all__ = ["HAN", "MULTIPLIERS", "arabic", "han"]

HAN: Final = "零〇一二两三四五六七八九十百千万亿点"
"""The characters a Chinese numeral is written with."""

DIGITS: Final = MappingProxyType(
    {char: n for n, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
)
SMALL: Final = MappingProxyType({"十": 10, "百": 100, "千": 1000})
GREAT: Final = MappingProxyType({"万": 10**4, "亿": 10**8})
MULTIPLIERS: Final = MappingProxyType(
    {
        "百": 100,
        "千": 1000,
        "万": 10**4,
        "十万": 10**5,
        "百万": 10**6,
        "千万": 10**7,
        "亿": 10**8,
        "thousand": 1000,
        "million": 10**6,
        "billion": 10**9,
    }
)
"""What a word behind a number multiplies it by."""


def arabic(digits: str, multiplier: str = "") -> tuple[Fraction, Fraction]:
    """Give the value of a number and the step of its last digit.

    >>> arabic("3,186"), arabic("2.5", "万")
    ((Fraction(3186, 1), Fraction(1, 1)), (Fraction(25000, 1), Fraction(1000, 1)))
    """
    plain = digits.replace(",", "")
    times = MULTIPLIERS.get(multiplier.lower(), 1)
    decimals = len(plain.partition(".")[2])
    return Fraction(plain) * times, Fraction(times, 10**decimals)


def han(text: str) -> tuple[Fraction, Fraction] | None:
    """Give the value of a Chinese numeral and the step of its last digit; None for none.

    >>> han("一百一十一"), han("一万二")
    ((Fraction(111, 1), Fraction(1, 1)), (Fraction(12000, 1), Fraction(1, 1)))
    >>> han("八十八点五")
    (Fraction(177, 2), Fraction(1, 10))
    """
    whole, point, decimals = text.partition("点")
    value = _whole(whole)
    if value is None or (point and not decimals):
        return None
    if any(char not in DIGITS for char in decimals):
        return None
    for place, char in enumerate(decimals, start=1):
        value += Fraction(DIGITS[char], 10**place)
    return value, Fraction(1, 10 ** len(decimals))


def _whole(text: str) -> Fraction | None:
    """Read a whole numeral, or a row of digits such as 二〇二〇."""
    if not text or any(char not in DIGITS | SMALL | GREAT for char in text):
        return None
    if len(text) > 1 and all(char in DIGITS for char in text):
        return Fraction("".join(str(DIGITS[char]) for char in text))
    total = section = digit = 0
    unit = 1
    for char in text:
        if char in DIGITS:
            digit, unit = DIGITS[char], (1 if char in "零〇" else unit)
        elif char in SMALL:
            unit = SMALL[char]
            section, digit = section + (digit or 1) * unit, 0
        else:
            unit = GREAT[char]
            total, section, digit = (total + section + digit) * unit, 0, 0
    # 一万二 is 12,000: a digit behind a unit, without 零, stands one place below it.
    return Fraction(total + section + digit * max(unit // 10, 1))
