"""One look back: what a model flagged on a day, and what the days after brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.base import clone

from models.evaluation.score import top_cells
from models.patterns.places import cell_order, flag_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.arrays import Floats, Ints
    from models.cells import Cells
    from models.patterns.places import Places
    from models.risk_incidents import RiskIncidents
    from models.risk_model import RiskModel

__all__ = ["Fit", "Study", "Trial", "origin_days", "place_sums", "run_trials"]

SHORTEST_HISTORY_DAYS: Final = 182
"""Days. An origin needs half a year of record before it, else the bar itself is a guess."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A model as it stood at the end of one day, and the places it flagged."""

    model: str
    as_of: date
    expected: Floats
    """Incidents per cell in the horizon, shape (n,)."""
    basis_days: int
    places: Places

    def first_cells(self, cells: Cells, n: int) -> Ints:
        """Give `n` cells as the model chooses them: its places by rank, then the next cells."""
        rest = [cell_order(self.expected, cells), top_cells(self.expected, len(cells))]
        order = np.concatenate([self.places.cells, *rest])
        _, first = np.unique(order, return_index=True)
        chosen: Ints = order[np.sort(first)][:n]
        return chosen


@dataclass(frozen=True, eq=False)
class Study:
    """Incidents on cells, and what is asked: so many places for so many days."""

    incidents: RiskIncidents
    cells: Cells
    horizon_days: int
    count: int

    def fit(self, name: str, model: RiskModel, *, as_of: date) -> Fit:
        """Fit a copy of `model` on what was known on `as_of` and flag its places."""
        fitted = clone(model).fit(self.incidents, self.cells, as_of=as_of)
        expected = fitted.expected(self.horizon_days).to_numpy()
        places = flag_places(expected, self.cells, count=self.count)
        return Fit(name, as_of, expected, fitted.basis_days_, places)

    def held(self, origin: date) -> Floats:
        """Count the incidents per cell in the horizon after `origin`, shape (n,)."""
        first = origin + timedelta(days=1)
        after = self.incidents.between(first, first + timedelta(days=self.horizon_days))
        return self.cells.count(after)


@dataclass(frozen=True, eq=False)
class Trial:
    """One origin: every model's fit, and what came to pass on the days after."""

    origin: date
    fits: Mapping[str, Fit]
    held: Floats


def run_trials(
    study: Study, models: Mapping[str, RiskModel], origins: Sequence[date]
) -> list[Trial]:
    """Fit every model at every origin and count what followed."""
    return [
        Trial(
            day,
            {name: study.fit(name, model, as_of=day) for name, model in models.items()},
            study.held(day),
        )
        for day in origins
    ]


def origin_days(
    incidents: RiskIncidents, *, as_of: date, origins: int, horizon_days: int
) -> list[date]:
    """List the origins whose horizons end at `as_of` without a gap, oldest first.

    An origin with less than half a year of record before it is not possible and left out.
    """
    if incidents.begins is None:
        return []
    earliest = incidents.begins + timedelta(days=SHORTEST_HISTORY_DAYS)
    days = [as_of - timedelta(days=horizon_days * back) for back in range(origins, 0, -1)]
    return [day for day in days if day >= earliest]


def place_sums(values: Floats, places: Places) -> Floats:
    """Sum a value per cell over the cells of each place, by rank."""
    return np.array([values[place].sum() for place in places.members], dtype=float)
