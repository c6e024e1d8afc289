"""At which hours and on which weekdays a place has its incidents, where that can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import binom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.arrays import Ints

__all__ = ["days_text", "hours_text", "peak_span"]

HOURS: Final = 24
WEEKDAYS: Final = 7
PEAK_HOURS_LONG: Final = (2, 3, 4)
"""Hours. A longer span is a shift, not a peak."""

PEAK_DAYS_LONG: Final = (1, 2, 3)
LEVEL: Final = 0.05
"""Chance, over all spans looked at, of calling a peak where incidents fall evenly."""

LEAST_LIFT: Final = 1.25
"""A peak holds at least so many times its even share: where incidents are many, a difference
that no one would notice on the street is still beyond chance."""

DAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS_ZH: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def peak_span(counts: Ints, lengths: Sequence[int]) -> tuple[int, int] | None:
    """Find the span of a circle of hours or days that holds most beyond an even spread.

    Parameters
    ----------
    counts
        Incidents per hour of the day, shape (24,), or per weekday, shape (7,).
    lengths
        Lengths of span to look at.

    Returns
    -------
    tuple or None
        First and last step (the last included), or None where no span stands out: binomial
        tail at 5 %, Bonferroni over all spans, and a quarter more than the even share. The
        most likely span wins (scan statistic, Kulldorff 1997), the first one on ties.

    Examples
    --------
    >>> night = np.zeros(24, dtype=np.int64); night[[20, 21, 22]] = 10
    >>> peak_span(night, (2, 3, 4))
    (20, 22)
    >>> peak_span(np.ones(24, dtype=np.int64), (2, 3, 4)) is None
    True
    """
    steps, total = len(counts), int(counts.sum())
    spans = [(first, length) for length in lengths for first in range(steps)]
    if not total or not spans:
        return None
    length = np.array([span[1] for span in spans])
    held = np.array([np.take(counts, range(f, f + n), mode="wrap").sum() for f, n in spans])
    share = length / steps
    tail = binom.sf(held - 1, total, share) * len(spans)
    stands_out = (tail < LEVEL) & (held >= LEAST_LIFT * total * share)
    gain = np.where(stands_out, _log_likelihood_ratio(held, total, share), -np.inf)
    best = int(np.argmax(np.round(gain, 9)))
    if not np.isfinite(gain[best]):
        return None
    first, chosen = spans[best]
    return first, (first + chosen - 1) % steps


def hours_text(counts: Ints) -> str | None:
    """Write the peak hours as "20–23" (from 20:00 to 23:00); None where none stands out."""
    span = peak_span(counts, PEAK_HOURS_LONG)
    return None if span is None else f"{span[0]:02d}–{(span[1] + 1) % HOURS:02d}"


def days_text(counts: Ints, language: str = "en") -> str | None:
    """Write the peak weekdays as "Fri–Sat" or "周五至周六"; None where none stands out."""
    span = peak_span(counts, PEAK_DAYS_LONG)
    if span is None:
        return None
    names, joint = (DAYS_ZH, "至") if language == "zh" else (DAYS_EN, "–")
    first, last = names[span[0]], names[span[1]]
    return first if first == last else f"{first}{joint}{last}"


def _log_likelihood_ratio(held: Ints, total: int, share: np.ndarray) -> np.ndarray:
    outside = total - held
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(held > 0, held * np.log(held / (total * share)), 0.0)
        outer = np.where(outside > 0, outside * np.log(outside / (total * (1 - share))), 0.0)
    return inner + outer
