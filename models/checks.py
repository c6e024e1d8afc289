"""What every risk model and every planner promises, as checks that run on any of them.

A new plug-in gets these for nothing: the tests run them over everything that is found.
"""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from sklearn.base import clone

from geo.errors import SanlingError
from models.risk_incidents import RiskIncidents

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from models.arrays import Floats
    from models.cells import Cells
    from models.planner import PatrolProblem, Planner
    from models.risk_model import RiskModel
    from models.zero.streak_break import Ground, StreakBreak

__all__ = [
    "PLANNER_CHECKS",
    "RISK_MODEL_CHECKS",
    "PromiseBrokenError",
    "chances_ignore_the_future",
    "check_planner",
    "check_risk_model",
]

HORIZON_DAYS: Final = 28


class PromiseBrokenError(SanlingError):
    """A plug-in does not keep what its kind promises."""


def check_risk_model(
    model: RiskModel, incidents: RiskIncidents, cells: Cells, *, as_of: date
) -> None:
    """Run every check of `RISK_MODEL_CHECKS`; raise PromiseBrokenError at the first that fails."""
    for check in RISK_MODEL_CHECKS:
        check(model, incidents, cells, as_of)


def check_planner(planner: Planner, problem: PatrolProblem, *, crews: int) -> None:
    """Run every check of `PLANNER_CHECKS`; raise PromiseBrokenError at the first that fails."""
    for check in PLANNER_CHECKS:
        check(planner, problem, crews)


def clones(model: RiskModel, incidents: RiskIncidents, cells: Cells, as_of: date) -> None:
    """Check that a clone has the same parameters, and has learned nothing."""
    fitted = clone(model).fit(incidents, cells, as_of=as_of)
    copy = clone(fitted)
    _keep(copy.get_params() == model.get_params(), model, "its clone has other parameters")
    learned = [name for name in vars(copy) if name.endswith("_")]
    _keep(not learned, model, f"its clone already knows {learned}")


def answers_for_every_cell(
    model: RiskModel, incidents: RiskIncidents, cells: Cells, as_of: date
) -> None:
    """Check that counts are finite, not negative, one per cell, and grow with the horizon."""
    fitted = clone(model).fit(incidents, cells, as_of=as_of)
    once, twice = fitted.expected(HORIZON_DAYS), fitted.expected(2 * HORIZON_DAYS)
    _keep(once.index.equals(pd.Index(cells.ids, name="cell_id")), model, "cells are missing")
    _keep(bool(np.isfinite(once).all() and (once >= 0).all()), model, "a count is no count")
    _keep(bool((twice >= once).all()), model, "more days hold fewer incidents")


def refits(model: RiskModel, incidents: RiskIncidents, cells: Cells, as_of: date) -> None:
    """Check that fitting again forgets what was learned, and gives the same answer."""
    fitted = clone(model)
    fitted.fit(incidents, cells, as_of=as_of - timedelta(days=HORIZON_DAYS))
    again = fitted.fit(incidents, cells, as_of=as_of).expected(HORIZON_DAYS).to_numpy()
    _same(model, again, _learn(model, incidents, cells, as_of), "a second fit changes the answer")


def leaves_input_alone(
    model: RiskModel, incidents: RiskIncidents, cells: Cells, as_of: date
) -> None:
    """Check that neither the incidents nor the parameters are changed by fitting."""
    before, parameters = incidents.frame.copy(deep=True), dict(model.get_params())
    fitted = clone(model).fit(incidents, cells, as_of=as_of)
    _keep(incidents.frame.equals(before), model, "fit changed the incidents")
    _keep(fitted.get_params() == parameters, model, "fit changed the parameters")


def ignores_row_order(
    model: RiskModel, incidents: RiskIncidents, cells: Cells, as_of: date
) -> None:
    """Check that the order of the rows does not matter."""
    shuffled = incidents.frame.sample(frac=1, random_state=1)
    other = RiskIncidents(shuffled, incidents.crs, incidents.begins)
    _same(
        model,
        _learn(model, other, cells, as_of),
        _learn(model, incidents, cells, as_of),
        "the order of the rows matters",
    )


def ignores_the_future(
    model: RiskModel, incidents: RiskIncidents, cells: Cells, as_of: date
) -> None:
    """Check that incidents after `as_of`, or reported after it, do not matter."""
    past, more = incidents.seen(as_of), _with_a_future(incidents, as_of)
    _same(
        model,
        _learn(model, more, cells, as_of),
        _learn(model, past, cells, as_of),
        "what came after as_of matters",
    )


def chances_ignore_the_future(
    model: StreakBreak, incidents: RiskIncidents, ground: Ground, as_of: date
) -> None:
    """Check that incidents after `as_of`, or reported after it, change no chance of a break.

    Neither in learning up to `as_of`, nor in asking an already fitted model about `as_of`.
    """
    past, more = incidents.seen(as_of), _with_a_future(incidents, as_of)
    fitted = clone(model).fit(past, ground, as_of=as_of)
    right = fitted.chances(past, as_of=as_of)["chance_28"].to_numpy()
    asked = fitted.chances(more, as_of=as_of)["chance_28"].to_numpy()
    _same(model, asked, right, "what came after as_of matters where it is asked")
    taught = clone(model).fit(more, ground, as_of=as_of).chances(past, as_of=as_of)
    _same(
        model,
        taught["chance_28"].to_numpy(),
        right,
        "what came after as_of matters where it learns",
    )


def pickles(model: RiskModel, incidents: RiskIncidents, cells: Cells, as_of: date) -> None:
    """Check that a fitted model answers the same when it was put away and taken out."""
    fitted = clone(model).fit(incidents, cells, as_of=as_of)
    back = pickle.loads(pickle.dumps(fitted))  # noqa: S301 - our own bytes, a line ago
    _same(
        model,
        back.expected(HORIZON_DAYS).to_numpy(),
        fitted.expected(HORIZON_DAYS).to_numpy(),
        "it answers differently after pickling",
    )


def keeps_to_the_shift(planner: Planner, problem: PatrolProblem, crews: int) -> None:
    """Check: no stop twice, no shift exceeded, one route per crew."""
    routes = planner.routes(problem, crews=crews)
    stops = [stop for route in routes for stop in route]
    _keep(len(routes) == crews, planner, "the number of routes is not that of the crews")
    _keep(len(set(stops)) == len(stops), planner, "a stop is visited twice")
    _keep(0 not in stops, planner, "the depot is no stop")
    longest = max((problem.minutes(route) for route in routes), default=0.0)
    _keep(longest <= problem.shift_minutes + 1e-6, planner, "a shift is exceeded")
    _keep(bool((problem.value[stops] > 0).all()), planner, "a stop is worth nothing")


def plans_the_same_twice(planner: Planner, problem: PatrolProblem, crews: int) -> None:
    """Check that the same problem gives the same plan."""
    first, second = (planner.routes(problem, crews=crews) for _ in range(2))
    _keep(first == second, planner, "two runs differ")


RISK_MODEL_CHECKS: Final[tuple[Callable[[RiskModel, RiskIncidents, Cells, date], None], ...]] = (
    clones,
    answers_for_every_cell,
    refits,
    leaves_input_alone,
    ignores_row_order,
    ignores_the_future,
    pickles,
)
PLANNER_CHECKS: Final[tuple[Callable[[Planner, PatrolProblem, int], None], ...]] = (
    keeps_to_the_shift,
    plans_the_same_twice,
)


def _with_a_future(incidents: RiskIncidents, as_of: date) -> RiskIncidents:
    """Add to what was seen by `as_of` as much that happened, or was reported, after it."""
    past = incidents.seen(as_of).frame
    tomorrow = pd.Timestamp(as_of + timedelta(days=1))
    span = pd.Timedelta(days=(tomorrow - past["occurred"].min()).days + 1)
    later = past.assign(occurred=past["occurred"] + span, reported=past["reported"] + span)
    late = past.assign(reported=tomorrow)
    more = pd.concat([past, later, late], ignore_index=True)
    return RiskIncidents(more, incidents.crs, incidents.begins)


def _learn(model: RiskModel, incidents: RiskIncidents, cells: Cells, as_of: date) -> Floats:
    fitted = clone(model).fit(incidents, cells, as_of=as_of)
    answer: Floats = fitted.expected(HORIZON_DAYS).to_numpy()
    return answer


def _same(model: object, one: Floats, other: Floats, complaint: str) -> None:
    _keep(bool(np.allclose(one, other, rtol=1e-9, atol=1e-12)), model, complaint)


def _keep(kept: bool, plugin: object, complaint: str) -> None:  # noqa: FBT001 - a condition
    if not kept:
        name = type(plugin).__name__
        raise PromiseBrokenError(
            f"{name} breaks a promise of its kind: {complaint}.", f"{name} 违反约定：{complaint}。"
        )
