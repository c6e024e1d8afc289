"""What a patrol planner is, and what every plan says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from geo.discover import discover

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from models.arrays import Floats

__all__ = [
    "CrewRoute",
    "PatrolPlan",
    "PatrolProblem",
    "Planner",
    "Routes",
    "Stop",
    "patrol_planners",
]

Routes = list[list[int]]
"""Per crew the numbers of its stops, in order; stops are numbered from 1, the depot is 0."""

PATROL_HELPERS = ("bound", "export", "left_out", "plan", "posts")
"""Modules of `models/patrol` that are no planners."""


@dataclass(frozen=True, eq=False)
class PatrolProblem:
    """Stops worth something, minutes between them, and a shift.

    Attributes
    ----------
    value
        Worth of each place, shape (n + 1,); the depot's, first, is 0.
    travel_min
        Minutes from place to place, shape (n + 1, n + 1), symmetric.
    dwell_min
        Minutes a crew stays at a stop.
    shift_minutes
        Minutes a crew has, from leaving the depot until it is back.
    """

    value: Floats
    travel_min: Floats
    dwell_min: float
    shift_minutes: float

    def minutes(self, route: list[int]) -> float:
        """Count the minutes of a route, from the depot and back, stays included."""
        if not route:
            return 0.0
        legs = zip([0, *route], [*route, 0], strict=True)
        return float(sum(self.travel_min[a, b] for a, b in legs)) + self.dwell_min * len(route)

    def worth(self, routes: Routes) -> float:
        """Sum what the stops of the routes are worth."""
        return float(sum(self.value[stop] for route in routes for stop in route))


@runtime_checkable
class Planner(Protocol):
    """Orders stops for crews. Planners promise: no stop twice, no shift exceeded, no chance."""

    def routes(self, problem: PatrolProblem, *, crews: int) -> Routes:
        """Give one route per crew; an empty route for a crew without a stop."""


@dataclass(frozen=True)
class Stop:
    """A stay at a post."""

    post: str
    hotspot_id: str
    x_m: float
    y_m: float
    arrive: datetime
    leave: datetime
    value: float


@dataclass(frozen=True)
class CrewRoute:
    """What one crew does in the shift."""

    unit: str
    stops: tuple[Stop, ...]
    minutes: float
    back: datetime

    @property
    def value(self) -> float:
        """Sum of its stops' values."""
        return sum(stop.value for stop in self.stops)


@dataclass(frozen=True, eq=False)
class PatrolPlan:
    """A draft: it becomes an order only when a named role approves it.

    Attributes
    ----------
    units
        One route per crew, the most valuable first.
    value_curve
        What 1, 2, … crews would be worth, the last being this plan.
    not_visited
        `post hotspot_id value code minutes_short sentence_en sentence_zh`, one row per post
        that is not in the plan; `minutes_short` is missing where time is not the reason.
    bound
        No plan for as many crews can be worth more.
    """

    units: tuple[CrewRoute, ...]
    value_curve: tuple[float, ...]
    not_visited: pd.DataFrame
    bound: float
    shift_start: datetime
    shift_minutes: float
    speed_kmh: float
    detour: float
    dwell_min: float

    @property
    def value(self) -> float:
        """Sum of the values of all stops."""
        return sum(unit.value for unit in self.units)

    @property
    def gap(self) -> float:
        """Share of the bound that this plan does not reach; 0 is a proven optimum."""
        return (self.bound - self.value) / self.bound if self.bound else 0.0

    def statement(self, language: str = "en") -> str:
        """Say what the plan is, and how its minutes were reckoned."""
        if language == "zh":
            return (
                f"草案，须经授权人员批准后执行。行车时间按直线距离 × {self.detour:g}、时速 "
                f"{self.speed_kmh:g} 公里估算，每处停留 {self.dwell_min:g} 分钟；"
                f"与理论上限相差不超过 {100 * self.gap:.0f}%。"
            )
        return (
            "DRAFT; an authorised person must approve it. Travel is reckoned as the straight line "
            f"× {self.detour:g} at {self.speed_kmh:g} km/h, each stay as {self.dwell_min:g} min; "
            f"no plan can be worth more than this one by over {100 * self.gap:.0f} % of the bound."
        )


def patrol_planners() -> dict[str, Planner]:
    """Find the planners of `models/patrol`, by file name."""
    import models.patrol

    return discover(models.patrol, "PLANNER", Planner, beside=PATROL_HELPERS)  # type: ignore[type-abstract]  # asked with isinstance only
