"""What a risk model is: cases and accidents in, expected counts per cell out.

A model learns from `RiskIncidents` alone. That type holds cases and accidents; a petition
or a dispute cannot be put into it, and neither can any column that describes a person.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import pandas as pd
from sklearn.base import BaseEstimator

from geo.discover import discover
from geo.errors import NotReadyError
from models.cells import Cells
from models.risk_incidents import RiskIncidents, risk_incidents

if TYPE_CHECKING:
    from datetime import date

    from models.arrays import Floats

__all__ = [
    "Cells",
    "RiskIncidents",
    "RiskModel",
    "risk_incidents",
    "risk_models",
]

SHORTEST_BASIS_DAYS = 28
"""Days. A rate is never spread from a shorter past than this, however young the data are."""


class RiskModel(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn is untyped
    """A scikit-learn estimator of the expected number of incidents per cell.

    The constructor stores its arguments and nothing else. `fit` learns from what was known
    on `as_of` and sets `cells_`, `as_of_`, `daily_` (expected incidents per cell and day)
    and `basis_days_` (days of past behind the estimate, for its interval).
    """

    def fit(self, incidents: RiskIncidents, cells: Cells, *, as_of: date) -> Self:
        """Learn from the incidents known at the end of the day `as_of`."""
        seen = incidents.seen(as_of)
        self.cells_ = cells
        self.as_of_ = as_of
        self.basis_days_ = self._basis_days(seen, as_of)
        self.daily_ = self._daily(seen, cells, as_of=as_of)
        return self

    def expected(self, horizon_days: int) -> pd.Series[float]:
        """Expect so many incidents per cell in the `horizon_days` days after `as_of`.

        Returns
        -------
        Series
            Shape (n,), indexed by `cell_id`; incidents, never negative, never missing.

        Raises
        ------
        NotReadyError
            Before `fit`.
        """
        if not hasattr(self, "daily_"):
            raise NotReadyError(
                f"{type(self).__name__} has learned nothing yet; call fit first.",
                f"{type(self).__name__} 尚未训练，请先调用 fit。",
            )
        index = pd.Index(self.cells_.ids, name="cell_id")
        return pd.Series(self.daily_ * horizon_days, index=index, name="expected")

    @abstractmethod
    def _daily(self, seen: RiskIncidents, cells: Cells, *, as_of: date) -> Floats:
        """Give expected incidents per cell and day, shape (n,)."""

    @abstractmethod
    def _basis_days(self, seen: RiskIncidents, as_of: date) -> int:
        """Give the days of past which the estimate rests on."""


def basis_days(seen: RiskIncidents, as_of: date, *, at_most: int | None) -> int:
    """Count the days of past at hand, at most `at_most`, at least 28."""
    if seen.begins is None:
        return at_most or SHORTEST_BASIS_DAYS
    history = (as_of - seen.begins).days + 1
    return max(SHORTEST_BASIS_DAYS, min(history, at_most or history))


def risk_models() -> dict[str, RiskModel]:
    """Find the models of `models/risk`, by file name, unfitted."""
    import models.risk

    return discover(models.risk, "MODEL", RiskModel)  # type: ignore[type-abstract]  # asked with isinstance only
