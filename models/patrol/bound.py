"""An upper bound no patrol plan can pass, so that a plan can say how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.arrays import Floats
    from models.planner import PatrolProblem

__all__ = ["upper_bound"]


def upper_bound(problem: PatrolProblem, *, crews: int) -> float:
    """Bound the value that `crews` crews can collect in a shift.

    Every leg of a route is shared half and half by its two ends, so a stop uses at least its
    stay and half of its two shortest legs (both may lead to the depot), and a route at least
    the shortest leg from the depot besides. Cutting stops into fractions, the minutes of all
    crews then buy at most this value (the linear relaxation of a knapsack, Dantzig 1957).

    Returns
    -------
    float
        In the unit of the values; 0 without crews.
    """
    reachable = 2 * problem.travel_min[0] + problem.dwell_min <= problem.shift_minutes + 1e-9
    stops = np.flatnonzero(reachable & (problem.value > 0))
    stops = stops[stops > 0]
    if crews < 1 or not len(stops):
        return 0.0
    minutes = _least_minutes(problem, stops)
    away = float(problem.travel_min[0, stops].min())
    budget = crews * max(problem.shift_minutes - away, 0.0)
    return _fractional_knapsack(problem.value[stops], minutes, budget)


def _least_minutes(problem: PatrolProblem, stops: np.ndarray) -> Floats:
    """Give the fewest minutes each stop can use: its stay and half its two shortest legs."""
    between = problem.travel_min[np.ix_(stops, stops)].copy()
    np.fill_diagonal(between, np.inf)
    depot = problem.travel_min[0, stops][:, None]
    legs = np.sort(np.hstack([between, depot, depot]), axis=1)[:, :2]
    least: Floats = problem.dwell_min + legs.sum(axis=1) / 2
    return least


def _fractional_knapsack(value: Floats, minutes: Floats, budget: float) -> float:
    order = np.argsort(-value / np.maximum(minutes, 1e-12), kind="stable")
    before = np.concatenate([[0.0], np.cumsum(minutes[order])[:-1]])
    room = np.maximum(budget - before, 0.0)
    share = np.clip(room / np.maximum(minutes[order], 1e-12), 0.0, 1.0)
    return float((value[order] * share).sum())
