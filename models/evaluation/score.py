"""Scores of a choice of cells: hits, hit rate, PAI and PEI, always with n and N."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from models.arrays import Floats, Ints

__all__ = ["BUDGETS", "best_hits", "hit_rate", "pai", "pei", "percent", "top_cells"]

BUDGETS: Final = (0.0025, 0.005, 0.01, 0.02, 0.05)
"""Shares of the patrollable ground at which models are compared, besides the flagged places."""


FINE_BELOW: Final = 0.01
"""A share below one in a hundred is printed with two decimals."""

LEAST_PRINTED: Final = 0.0001


def top_cells(expected: Floats, n: int) -> Ints:
    """Give the positions of the `n` cells with the highest value; ties go to the first cell.

    >>> top_cells(np.array([1.0, 3.0, 3.0, 2.0]), 2).tolist()
    [1, 2]
    """
    order: Ints = np.argsort(-expected, kind="stable")[:n]
    return order


def best_hits(counts: Floats, n: int) -> float:
    """Give the most incidents any choice of `n` cells could have held."""
    if n <= 0:
        return 0.0
    return float(np.sort(counts)[::-1][:n].sum())


def hit_rate(hits: float, incidents: float) -> float:
    """Give the share of incidents that fell into the choice; NaN when there were none."""
    return hits / incidents if incidents else float("nan")


def pai(hits: float, incidents: float, share_area: float) -> float:
    """Give the predictive accuracy index, hit rate over share of the ground.

    Source: Chainey, Tompson & Uhlig (2008), Security Journal 21. NaN when undefined.

    >>> pai(12, 100, 0.01)
    12.0
    """
    return hit_rate(hits, incidents) / share_area if share_area > 0 else float("nan")


def pei(hits: float, most: float) -> float:
    """Give the predictive efficiency index, hits over the most hits the same ground could hold.

    Source: Hunt (2016), PhD thesis, RAND. NaN when nothing could be hit.
    """
    return hits / most if most > 0 else float("nan")


def percent(numerator: float, denominator: float) -> str:
    """Print a share; never 0 when something was counted, never 100 when something is missing.

    >>> percent(312, 2410), percent(17, 10_000), percent(0, 5)
    ('12.9 %', '0.17 %', '0.0 %')
    >>> percent(1, 100_000), percent(99_999, 100_000), percent(1, 0)
    ('<0.01 %', '>99.9 %', '–')
    """
    if not denominator:
        return "–"
    share = numerator / denominator
    if 0 < share < FINE_BELOW:
        return "<0.01 %" if share < LEAST_PRINTED else f"{share:.2%}".replace("%", " %")
    if 1 - LEAST_PRINTED * 10 < share < 1:
        return ">99.9 %"
    return f"{share:.1%}".replace("%", " %")
