"""Greedy planner: the next stop is the one worth most for the minutes it adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from models.arrays import Floats
    from models.planner import PatrolProblem, Routes

__all__ = ["PLANNER", "GreedyPlanner"]

SLACK: Final = 1e-9
"""Minutes. Two sums of the same legs may differ by so much."""


@dataclass(frozen=True)
class GreedyPlanner:
    """Cheapest insertion by value per added minute, each route then untangled (2-opt) and refilled.

    A second pass takes the most valuable stop first, whatever it costs, and the better of the
    two plans stands: a far post worth very much is not lost to many near ones worth little.
    No randomness; ties go to the lower number.
    """

    def routes(self, problem: PatrolProblem, *, crews: int) -> Routes:
        """Give one route per crew."""
        if crews < 1:
            return []
        plans = [_fill(problem, crews, by_minute=by_minute) for by_minute in (True, False)]
        return max(
            plans, key=lambda routes: (round(problem.worth(routes), 9), -_used(problem, routes))
        )


def _fill(problem: PatrolProblem, crews: int, *, by_minute: bool) -> Routes:
    """Insert stops until none fits, shorten the routes, and try again while that gains a stop."""
    routes: Routes = [[] for _ in range(crews)]
    while _insert_all(problem, routes, by_minute=by_minute):
        routes[:] = [_untangle(problem, route) for route in routes]
    return routes


def _insert_all(problem: PatrolProblem, routes: Routes, *, by_minute: bool) -> bool:
    """Insert while something fits; tell whether anything did."""
    free = _free(problem, routes)
    tables = [_insertion(problem, route) for route in routes]
    inserted = False
    while free.any():
        gains = np.array([_gain(problem, added, free, by_minute=by_minute) for added, _ in tables])
        crew, stop = np.unravel_index(int(np.argmax(gains)), gains.shape)
        if gains[crew, stop] <= 0:
            break
        routes[crew].insert(int(tables[crew][1][stop]), int(stop))
        tables[crew] = _insertion(problem, routes[crew])
        free[stop] = False
        inserted = True
    return inserted


def _free(problem: PatrolProblem, routes: Routes) -> np.ndarray:
    free = problem.value > 0
    free[[stop for route in routes for stop in route]] = False
    return free


def _insertion(problem: PatrolProblem, route: list[int]) -> tuple[Floats, Floats]:
    """Give, for every stop, the minutes its cheapest insertion adds, and where.

    Infinite where the shift would be exceeded.
    """
    before, after = np.array([0, *route]), np.array([*route, 0])
    travel = problem.travel_min
    added = travel[before] + travel[after] - travel[before, after][:, None]
    place = added.argmin(axis=0)
    cost = np.maximum(added.min(axis=0), 0.0) + problem.dwell_min
    left = problem.shift_minutes - problem.minutes(route)
    return np.where(cost <= left + SLACK, cost, np.inf), place


def _gain(problem: PatrolProblem, added: Floats, free: np.ndarray, *, by_minute: bool) -> Floats:
    open_now = free & np.isfinite(added)
    # A stay of no minutes on the way costs nothing; it still must be comparable.
    minutes = np.maximum(added, 1e-6)
    gain = problem.value / minutes if by_minute else problem.value - 1e-9 * minutes
    return np.where(open_now, gain, 0.0)


def _untangle(problem: PatrolProblem, route: list[int]) -> list[int]:
    """Turn stretches round while that shortens the route (2-opt)."""
    best = route
    improved = True
    while improved:
        improved = False
        for first in range(len(best) - 1):
            for last in range(first + 1, len(best)):
                turned = best[:first] + best[first : last + 1][::-1] + best[last + 1 :]
                if problem.minutes(turned) < problem.minutes(best) - SLACK:
                    best, improved = turned, True
    return best


def _used(problem: PatrolProblem, routes: Routes) -> float:
    return round(sum(problem.minutes(route) for route in routes), 6)


PLANNER = GreedyPlanner()
