"""Like with like: rates drawn to their group's mean, and the limits chance alone would keep.

Nothing here is put in an order of merit: rows keep the order of their codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from geo.errors import SchemaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LEVELS", "count_funnel", "rate_funnel", "rate_limits", "shrunk_rates"]

LEVELS: Final = (0.95, 0.998)
"""Shares of subjects within the warning and the action limits when all are alike
(Spiegelhalter 2005, Statistics in Medicine 24)."""


def count_funnel(counts: pd.Series, exposure: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Give for each subject the counts that chance would allow at its group's rate.

    Returns a frame sorted by the index: group, count, exposure, expected, and for each level
    `lower_95`, `upper_95`, `lower_99.8`, `upper_99.8` (whole counts, both inside) and
    `outside_95`, `outside_99.8` (bool). Exact Poisson limits: at most half of what is outside a
    level lies beyond each. A subject without exposure is left out.
    """
    frame = _frame(counts, exposure, groups)
    sums = frame.groupby("group")[["count", "exposure"]].transform("sum")
    expected = (frame["exposure"] * sums["count"] / sums["exposure"]).to_numpy()
    return _limits(frame.assign(expected=expected), stats.poisson(expected))


def rate_funnel(parts: pd.Series, wholes: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Give for each subject the parts that chance would allow at its group's share.

    As `count_funnel`, with exact binomial limits; `exposure` is the whole.
    """
    frame = _frame(parts, wholes, groups)
    sums = frame.groupby("group")[["count", "exposure"]].transform("sum")
    share = (sums["count"] / sums["exposure"]).to_numpy()
    whole = frame["exposure"].to_numpy()
    return _limits(frame.assign(expected=whole * share), stats.binom(whole, share))


def rate_limits(share: float, wholes: NDArray[np.int64]) -> pd.DataFrame:
    """Give the limits of `rate_funnel` for groups of these sizes, to draw them as lines.

    Columns `lower_95`, `upper_95`, `lower_99.8`, `upper_99.8`, whole counts, index of wholes.

    >>> rate_limits(0.5, np.array([10])).loc[10].tolist()
    [2, 8, 1, 9]
    """
    frame = pd.DataFrame({"count": 0}, index=pd.Index(wholes, name="whole"))
    limits = _limits(frame, stats.binom(wholes, share))
    return limits[[f"{side}_{100 * level:g}" for level in LEVELS for side in ("lower", "upper")]]


def shrunk_rates(
    counts: pd.Series, exposure: pd.Series, groups: pd.Series, *, level: float = 0.95
) -> pd.DataFrame:
    """Draw each subject's rate towards its group's: far where little is known of it.

    Returns a frame sorted by the index: group, count, exposure, rate (raw), shrunk, lower and
    upper (all per unit of exposure). The gamma prior of each group comes from its moments
    (Marshall 1991, Applied Statistics 40); a group whose rates differ no more than chance gets
    its mean for everybody. A subject without exposure is left out.
    """
    frame = _frame(counts, exposure, groups)
    parts = [_shrunk(group, level) for _, group in frame.groupby("group")]
    return (
        pd.concat(parts).sort_index()
        if parts
        else frame.assign(**dict.fromkeys(("rate", "shrunk", "lower", "upper"), 0.0))
    )


def _shrunk(group: pd.DataFrame, level: float) -> pd.DataFrame:
    count, exposure = (group[name].to_numpy(dtype=float) for name in ("count", "exposure"))
    rate, mean = count / exposure, count.sum() / exposure.sum()
    spread = (exposure * (rate - mean) ** 2).sum() / exposure.sum() - mean / exposure.mean()
    if spread <= 0 or mean == 0:
        same = {"shrunk": mean, "lower": mean, "upper": mean}
        return group.assign(rate=rate, **same)
    shape, weight = mean**2 / spread, mean / spread
    law = stats.gamma(shape + count, scale=1 / (weight + exposure))
    tail = (1 - level) / 2
    return group.assign(rate=rate, shrunk=law.mean(), lower=law.ppf(tail), upper=law.ppf(1 - tail))


def _frame(counts: pd.Series, exposure: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Put the three beside each other, in the order of codes; refuse what cannot be counted."""
    frame = pd.DataFrame({"group": groups, "count": counts, "exposure": exposure}).sort_index()
    kept = frame[frame["exposure"] > 0]
    if (kept["count"] < 0).any() or kept[["group", "count"]].isna().any(axis=None):
        raise SchemaError(
            "Counts must be known and not negative, and each subject needs its group.",
            "计数须已知且不为负，每个主体须有所属组。",
        )
    return kept


def _limits(frame: pd.DataFrame, law: Any) -> pd.DataFrame:
    count, columns = frame["count"].to_numpy(), {}
    for level in LEVELS:
        tail, name = (1 - level) / 2, f"{100 * level:g}"
        low, high = law.ppf(tail), law.ppf(1 - tail)
        columns[f"lower_{name}"] = np.maximum(low, 0).astype(np.int64)
        columns[f"upper_{name}"] = high.astype(np.int64)
        columns[f"outside_{name}"] = (count < low) | (count > high)
    return frame.assign(**columns)
