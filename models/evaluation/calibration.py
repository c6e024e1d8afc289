"""How far counts in flagged places strayed from what was expected, and intervals that know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import nbinom

if TYPE_CHECKING:
    from models.arrays import Floats

__all__ = ["UNTESTED", "Calibration", "calibrate", "count_interval"]

PRIOR_INCIDENTS: Final = 10.0
"""Expected incidents for which "the model is right" counts before any test."""

LEVEL: Final = 0.9


@dataclass(frozen=True)
class Calibration:
    """What the backtest taught about expected counts of flagged places.

    Attributes
    ----------
    scale
        What the places held over what was expected, at most 1. Places are flagged because
        they looked high, so part of that height is luck and does not come again.
    dispersion
        Variance beyond Poisson, as a share of the squared mean: crowds, seasons, arrests.
    """

    scale: float
    dispersion: float


UNTESTED: Final = Calibration(1.0, 0.0)
"""Without a backtest, expected counts stand as they are, and only chance is in the interval."""


def calibrate(expected: Floats, held: Floats, *, basis_days: int, horizon_days: int) -> Calibration:
    """Compare places at past origins with what they held.

    Parameters
    ----------
    expected, held
        Incidents expected in each flagged place of each origin, and incidents it held, (n,).
    basis_days
        Days of past behind the expectations.

    Examples
    --------
    >>> calibrate(np.full(40, 5.0), np.full(40, 2.5), basis_days=365, horizon_days=28).scale
    0.5238095238095238
    """
    scale = min(1.0, (held.sum() + PRIOR_INCIDENTS) / (expected.sum() + PRIOR_INCIDENTS))
    mean = expected * scale
    by_chance = mean * (1 + horizon_days / basis_days)
    square = float((mean**2).sum())
    beyond = float(((held - mean) ** 2 - by_chance).sum()) / square if square > 0 else 0.0
    return Calibration(float(scale), max(0.0, beyond))


def count_interval(
    expected: Floats, calibration: Calibration, *, basis_days: int, horizon_days: int
) -> tuple[Floats, Floats]:
    """Bound the counts to come: 9 in 10 are meant to lie between (both bounds included).

    The count is Poisson, its mean is gamma distributed around `expected`: partly because it
    was learned from a past of `basis_days`, partly by the dispersion seen in the backtest.

    Returns
    -------
    tuple
        Lower and upper bound, whole incidents, shape of `expected`.

    Examples
    --------
    >>> low, high = count_interval(
    ...     np.array([0.0, 4.0, 400.0]), UNTESTED, basis_days=365, horizon_days=28
    ... )
    >>> low.tolist(), high.tolist()
    ([0.0, 1.0, 366.0], [0.0, 8.0, 434.0])
    """
    spread = horizon_days / basis_days + calibration.dispersion * expected
    shape = np.maximum(expected, 1e-12) / spread
    tail = (1 - LEVEL) / 2
    lower, upper = (nbinom.ppf(q, shape, 1 / (1 + spread)) for q in (tail, 1 - tail))
    return np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
