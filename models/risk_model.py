"""What a risk model is: cases and accidents in, expected counts per cell out.

A model learns from `RiskIncidents` alone. That type holds cases and accidents; a petition
or a dispute cannot be put into it, and neither can any column that describes a person.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from scipy.stats import gamma
from sklearn.base import BaseEstimator

from geo.discover import discover
from geo.errors import NotReadyError, UsageError
from models.cells import Cells
from models.risk_incidents import RiskIncidents, risk_incidents

if TYPE_CHECKING:
    from datetime import date

    from models.cells import Floats

__all__ = [
    "Cells",
    "RiskIncidents",
    "RiskModel",
    "poisson_interval",
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


def poisson_interval(
    expected: Floats, *, basis_days: int, horizon_days: int, level: float = 0.9
) -> tuple[Floats, Floats]:
    """Bound expected counts by what their own past count leaves open.

    The estimate rests on `expected * basis_days / horizon_days` incidents; the bounds are
    the exact (Garwood 1936) Poisson bounds of that number, scaled back to the horizon.

    Returns
    -------
    tuple
        Lower and upper bound, same shape and unit as `expected`.

    Examples
    --------
    >>> low, high = poisson_interval(np.array([0.0, 10.0]), basis_days=365, horizon_days=365)
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 5.43], [3.0, 16.96])
    """
    if not 0 < level < 1:
        raise UsageError(
            f"level={level} must lie between 0 and 1.", f"置信水平 {level} 必须在 0 与 1 之间。"
        )
    tail = (1 - level) / 2
    scale = horizon_days / basis_days
    events = np.asarray(expected, dtype=float) / scale
    # The gamma quantile of shape 0 is undefined; its limit is 0.
    lower = np.where(events > 0, gamma.ppf(tail, np.maximum(events, 1e-12)), 0.0)
    upper = np.asarray(gamma.ppf(1 - tail, events + 1))
    return lower * scale, upper * scale


def risk_models() -> dict[str, RiskModel]:
    """Find the models of `models/risk`, by file name, unfitted."""
    import models.risk

    return discover(models.risk, "MODEL", RiskModel)  # type: ignore[type-abstract]  # asked with isinstance only
