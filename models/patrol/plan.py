"""Tonight's plan: which crew stands where and when, what it is worth, and why not elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import SchemaError, UsageError
from models.patrol.bound import upper_bound
from models.patrol.left_out import left_out
from models.planner import (
    CrewRoute,
    PatrolPlan,
    PatrolProblem,
    Planner,
    Routes,
    Stop,
    patrol_planners,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from models.arrays import Floats

__all__ = ["plan_patrol"]

COLUMNS: Final = ("post", "hotspot_id", "x_m", "y_m", "value")
METRES_PER_MINUTE_AT_1_KMH: Final = 1000 / 60


def plan_patrol(  # noqa: PLR0913 - what a shift is, each by its name
    posts: pd.DataFrame,
    *,
    crews: int,
    shift_start: datetime,
    shift_minutes: float,
    depot_xy: tuple[float, float],
    speed_kmh: float = 25.0,
    detour: float = 1.3,
    dwell_min: float = 12.0,
    planner: Planner | None = None,
) -> PatrolPlan:
    """Plan one shift; there is always a plan, if need be an empty one with its reasons.

    Parameters
    ----------
    posts
        `post` (unique), `hotspot_id`, `x_m`, `y_m` (metres), `value`; row order does not matter.
    depot_xy
        Where every crew starts and ends, in metres.
    speed_kmh, detour
        Minutes between places are the straight line times `detour` at this speed.
    dwell_min
        Stay at a post: 10 to 15 minutes are known to work (Koper 1995, Justice Quarterly 12).
    planner
        By default the greedy one.

    Returns
    -------
    PatrolPlan
        More crews are never worth less.

    Raises
    ------
    SchemaError
        A column is missing or a post is named twice.
    UsageError
        A negative number of crews or minutes, or a speed that is not positive.
    """
    _check(posts, crews=crews, minutes=(shift_minutes, dwell_min), rates=(speed_kmh, detour))
    table = _sorted(posts)
    usable = (table[["x_m", "y_m"]].notna().all(axis=1) & (table["value"] > 0)).to_numpy()
    stops = table[usable].reset_index(drop=True)
    value = np.concatenate([[0.0], stops["value"].to_numpy(float)])
    travel = _travel(stops, depot_xy, speed_kmh / detour)
    problem = PatrolProblem(value, travel, float(dwell_min), float(shift_minutes))
    plans = _plans(problem, crews, planner or patrol_planners()["greedy"])
    routes = _in_order(problem, plans[-1]) if plans else []
    return PatrolPlan(
        units=_timetable(routes, stops, problem, shift_start),
        value_curve=tuple(problem.worth(plan) for plan in plans),
        not_visited=left_out(table, usable, problem, routes),
        bound=max(upper_bound(problem, crews=crews), problem.worth(routes)),
        shift_start=shift_start,
        shift_minutes=float(shift_minutes),
        speed_kmh=float(speed_kmh),
        detour=float(detour),
        dwell_min=float(dwell_min),
    )


def _sorted(posts: pd.DataFrame) -> pd.DataFrame:
    """Put the most valuable post first, so that the order they came in cannot matter."""
    table = posts.loc[:, list(COLUMNS)].assign(post=posts["post"].astype(str))
    return table.sort_values(["value", "post"], ascending=[False, True], ignore_index=True)


def _check(
    posts: pd.DataFrame, *, crews: int, minutes: tuple[float, float], rates: tuple[float, float]
) -> None:
    missing = [name for name in COLUMNS if name not in posts.columns]
    if missing or posts["post"].duplicated().any():
        what = f"lack {', '.join(missing)}" if missing else "name a post twice"
        raise SchemaError(
            f"The posts {what}; needed: {', '.join(COLUMNS)}.",
            f"点位表不完整或点位重复；需要列：{'、'.join(COLUMNS)}。",
        )
    if crews < 0 or min(minutes) < 0 or min(rates) <= 0:
        raise UsageError(
            f"crews={crews}, shift and stay {minutes} min must not be negative; speed and detour "
            f"{rates} must be positive.",
            f"巡逻组数 {crews}、班次与停留分钟 {minutes} 不得为负；"
            f"时速与绕行系数 {rates} 必须为正。",
        )


def _travel(stops: pd.DataFrame, depot_xy: tuple[float, float], line_kmh: float) -> Floats:
    """Give minutes between all places, the depot first, as the crow drives."""
    xy = np.vstack([np.asarray(depot_xy, dtype=float), stops[["x_m", "y_m"]].to_numpy(float)])
    metres = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    # A microminute is below any watch; without it 30 minutes would be 29.999….
    minutes: Floats = np.round(metres / (line_kmh * METRES_PER_MINUTE_AT_1_KMH), 6)
    return minutes


def _plans(problem: PatrolProblem, crews: int, planner: Planner) -> list[Routes]:
    """Plan for 1, 2, … crews; each plan is at least the one before and a crew for the rest."""
    plans: list[Routes] = []
    for number in range(1, crews + 1):
        fresh = planner.routes(problem, crews=number)
        before = plans[-1] if plans else []
        added = [*before, *planner.routes(_without(problem, before), crews=1)]
        plans.append(max(fresh, added, key=lambda plan: round(problem.worth(plan), 9)))
    return plans


def _in_order(problem: PatrolProblem, routes: Routes) -> Routes:
    """Put the most valuable route first and its more valuable end first.

    The way back is as long; should a shift be cut short, more has been done.
    """
    forward = [
        route[::-1] if route and problem.value[route[-1]] > problem.value[route[0]] else route
        for route in routes
    ]
    return sorted(forward, key=lambda route: -round(problem.worth([route]), 9))


def _without(problem: PatrolProblem, routes: Routes) -> PatrolProblem:
    value = problem.value.copy()
    value[[stop for route in routes for stop in route]] = 0.0
    return PatrolProblem(value, problem.travel_min, problem.dwell_min, problem.shift_minutes)


def _timetable(
    routes: Routes, stops: pd.DataFrame, problem: PatrolProblem, start: datetime
) -> tuple[CrewRoute, ...]:
    return tuple(
        _timed(f"{number}", route, stops, problem, start)
        for number, route in enumerate(routes, start=1)
    )


def _timed(
    unit: str, route: list[int], stops: pd.DataFrame, problem: PatrolProblem, start: datetime
) -> CrewRoute:
    """Give arrival and departure at each stop of a route."""
    legs = [problem.travel_min[a, b] for a, b in zip([0, *route][:-1], route, strict=True)]
    arrive = np.cumsum(legs) + problem.dwell_min * np.arange(len(route))
    rows = stops.iloc[[number - 1 for number in route]]
    timed = tuple(
        _stop(row, start + timedelta(minutes=float(at)), problem.dwell_min)
        for row, at in zip(rows.to_dict("records"), arrive, strict=True)
    )
    minutes = problem.minutes(route)
    return CrewRoute(unit, timed, minutes, start + timedelta(minutes=minutes))


def _stop(row: dict[Hashable, Any], arrive: datetime, dwell_min: float) -> Stop:
    return Stop(
        post=row["post"],
        hotspot_id=str(row["hotspot_id"]),
        x_m=float(row["x_m"]),
        y_m=float(row["y_m"]),
        arrive=arrive,
        leave=arrive + timedelta(minutes=dwell_min),
        value=float(row["value"]),
    )
