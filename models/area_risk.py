"""Expected incidents of whole areas: the area's own past, shrunk towards its like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["expected_by_area"]

INTERVAL: Final = 0.90
"""Share of future counts the interval is meant to hold."""
LEAST_SHAPE: Final = 0.05
"""Prior shape where areas differ beyond measure; keeps the posterior proper."""
LARGEST_SHAPE: Final = 1000.0
"""Prior shape where areas do not differ more than chance: everything is the mean."""


def expected_by_area(
    counts: pd.Series, groups: pd.Series, *, days: float, horizon_days: float
) -> pd.DataFrame:
    """Expect counts of the next `horizon_days` from the counts of the last `days`.

    Each group of like areas gives a gamma prior by moments (Marshall 1991); an area's
    own count updates it, and the interval is that of the negative-binomial prediction.

    Returns a frame indexed like `counts` with `expected` (incidents), `lower` and `upper`
    (whole incidents, 90 %). A missing count stays missing.

    >>> counts = pd.Series([0, 0, 0, 12], index=list("abcd"))
    >>> groups = pd.Series("village", index=counts.index)
    >>> expected_by_area(counts, groups, days=365, horizon_days=365).round(1)["expected"].tolist()
    [0.3, 0.3, 0.3, 11.0]
    """
    out = pd.DataFrame(index=counts.index, columns=["expected", "lower", "upper"], dtype=float)
    for _, members in groups.groupby(groups):
        own = counts.reindex(members.index).to_numpy(dtype=float)
        out.loc[members.index] = _predict(own, days=days, horizon=horizon_days)
    return out


def _predict(own: NDArray[np.float64], *, days: float, horizon: float) -> NDArray[np.float64]:
    shape, days_before = _prior(own, days=days)
    size, exposure = shape + own, days_before + days
    tail = (1 - INTERVAL) / 2
    chance = exposure / (exposure + horizon)
    bounds = [stats.nbinom.ppf(q, size, chance) for q in (tail, 1 - tail)]
    return np.column_stack([size / exposure * horizon, *bounds])


def _prior(own: NDArray[np.float64], *, days: float) -> tuple[float, float]:
    """Give the gamma prior's shape and its weight in days of observation."""
    known = own[~np.isnan(own)]
    mean = max(float(known.mean()) if known.size else 0.0, 0.5 / max(known.size, 1))
    spread = float(known.var()) - mean if known.size else 0.0
    shape = mean**2 / spread if spread > 0 else LARGEST_SHAPE
    shape = float(np.clip(shape, LEAST_SHAPE, LARGEST_SHAPE))
    return shape, shape * days / mean
