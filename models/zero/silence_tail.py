"""How unusual so few reports are, alone and among all the subjects looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from models.arrays import Floats

__all__ = ["Predicted", "false_discovery_q", "years_until_unusual"]

COARSE_ABOVE: Final = 0.5
"""Tails above this are compared by their rank alone; nothing near it is ever flagged."""

LONGEST_YEARS: Final = 10_000.0
"""A silence that would have to last longer is printed as never."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Counts foreseen for n subjects: Poisson around a gamma distributed mean (arrays (n,)).

    `mean` in incidents; `spread` is the squared coefficient of variation of the mean.
    """

    mean: Floats
    spread: Floats

    def so_few(self, count: Floats) -> Floats:
        """Give P(so few or fewer), shape (n,); 1 where nothing could be expected."""
        tail = stats.nbinom.cdf(count, 1 / self.spread, 1 / (1 + self.spread * self.mean))
        return np.asarray(np.where(self.mean > 0, tail, 1.0))

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Bound the mean (not the count) with probability `level`; 0 where nothing is expected."""
        sides = ((1 - level) / 2, (1 + level) / 2)
        shape, scale = 1 / self.spread, np.maximum(self.spread * self.mean, 1e-300)
        low, high = (stats.gamma.ppf(side, shape, scale=scale) for side in sides)
        return np.asarray(low), np.asarray(high)

    def attainable(self) -> tuple[Floats, Floats]:
        """Give every tail up to 1/2 that a subject could show, and its chance; flat arrays."""
        size, chance = 1 / self.spread, 1 / (1 + self.spread * self.mean)
        tails, chances = [], []
        left = np.flatnonzero(self.mean > 0)
        count = 0
        while left.size:
            tail = np.asarray(stats.nbinom.cdf(count, size[left], chance[left]))
            left, tail = left[tail <= COARSE_ABOVE], tail[tail <= COARSE_ABOVE]
            tails.append(tail)
            chances.append(stats.nbinom.pmf(count, size[left], chance[left]))
            count += 1
        return np.concatenate([*tails, np.empty(0)]), np.concatenate([*chances, np.empty(0)])


def false_discovery_q(tail: Floats, attainable: tuple[Floats, Floats] | None = None) -> Floats:
    """Give the false discovery rate at which each tail would just be flagged, shape (n,).

    Benjamini & Hochberg (1995). With `attainable`, a threshold is charged with the tails that
    counts can show up to it (Heyse 2011), not with its full height for every subject: one too
    small to show a low tail costs the others nothing. Never below the tail itself, at most 1.

    >>> false_discovery_q(np.array([0.01, 0.02, 0.9])).round(3).tolist()
    [0.03, 0.03, 0.9]
    """
    order = np.argsort(tail, kind="stable")
    ascending = tail[order]
    rank = np.searchsorted(ascending, ascending, side="right")
    charged = len(tail) * ascending
    if attainable is not None:
        place = np.argsort(attainable[0], kind="stable")
        mass = np.concatenate([[0.0], np.cumsum(attainable[1][place])])
        low = ascending <= COARSE_ABOVE
        reached = np.searchsorted(attainable[0][place], ascending[low] * (1 + 1e-12), side="right")
        charged[low] = np.minimum(mass[reached], charged[low])
    least = np.minimum.accumulate((charged / rank)[::-1])[::-1]
    out = np.empty(len(tail))
    out[order] = np.clip(least, ascending, 1.0)
    return out


def years_until_unusual(
    yearly: Floats, own_spread: Floats, *, wander: float, block_years: float, level: Floats | float
) -> Floats:
    """Give the years without a report after which P(none) falls below `level`, shape (n,).

    `yearly` are expected incidents a year, `own_spread` the squared coefficient of variation of
    what is known of them, `wander` that of a block of `block_years`, which evens out over longer
    times. Infinite where 10,000 years would not do.

    >>> years = years_until_unusual(
    ...     np.array([4.605]), np.array([1e-9]), wander=0.0, block_years=1.0, level=0.01
    ... )
    >>> years.round(3).tolist()
    [1.0]
    """
    low, high = np.full(yearly.shape, -4.0), np.full(yearly.shape, np.log10(LONGEST_YEARS))
    target = np.log(level)
    for _ in range(60):
        middle = (low + high) / 2
        none = _log_none(10**middle, yearly, own_spread, wander, block_years)
        low, high = np.where(none > target, middle, low), np.where(none > target, high, middle)
    years = 10**high
    return np.where(years < LONGEST_YEARS * 0.999, years, np.inf)


def spread_over(years: Floats, own_spread: Floats, wander: float, block_years: float) -> Floats:
    """Join what is not known of a rate with its wander, evened out over `years`, shape (n,)."""
    even = np.maximum(years / block_years, 1.0)
    return np.asarray((1 + own_spread) * (1 + wander / even) - 1)


def _log_none(
    years: Floats, yearly: Floats, own_spread: Floats, wander: float, block_years: float
) -> Floats:
    spread = spread_over(years, own_spread, wander, block_years)
    return np.asarray(-np.log1p(spread * yearly * years) / spread)
