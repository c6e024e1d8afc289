"""W03: incidents that may tell of one event, within a file and beside what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.spatial import cKDTree

from geo.crs import WGS84
from geo.duplicates import NEAR_M, NEAR_MIN, SETTLED
from geo.vocabulary import LocationPrecision

if TYPE_CHECKING:
    from geo.intake.faults import Mask, Verdicts
    from geo.store import Store
    from geo.vocabulary import Entity

__all__ = ["remark_duplicates", "remark_known"]

Points: TypeAlias = NDArray[np.float64]
"""Shape (n, 4): the place, the time and the category, scaled."""

NAMES: Final = ["lon", "lat", "occurred_from", "category"]


def remark_duplicates(
    frame: pd.DataFrame, verdicts: Verdicts, rows: Mask, *, told: Mask, metric_crs: str
) -> None:
    """W03: two kept ones of `rows`, of one category, within 50 m and 30 minutes of each other.

    Of two rows that were `told` before, so was what they have in common.
    """
    asked = np.flatnonzero(verdicts.stating & rows & _complete(frame))
    fresh = ~told[asked]
    if len(asked) < 2 or not fresh.any():  # noqa: PLR2004 - a pair needs two
        return
    scaled = _scaled(frame[NAMES].iloc[asked], metric_crs)
    if fresh.all():
        pairs = cKDTree(scaled).query_pairs(1.0, p=np.inf, output_type="ndarray")
        one, other = pairs[_in_circle(scaled[pairs[:, 0]], scaled[pairs[:, 1]])].T
    else:
        new, kinds = np.flatnonzero(fresh), scaled[:, 3]
        beside = np.flatnonzero(np.isin(kinds, kinds[new]))
        here, there = _near(scaled[new], scaled[beside])
        one, other = new[here], beside[there]
        one, other = one[one != other], other[one != other]
    _remark(verdicts, asked[np.concatenate([one, other])])


def remark_known(
    frame: pd.DataFrame,
    keys: pd.Series,
    verdicts: Verdicts,
    rows: Mask,
    *,
    entity: Entity,
    store: Store,
    metric_crs: str,
) -> None:
    """W03 beside the ledger: a standing record under another key is as near as two rows may be.

    Only records of the file's own span of time are read.
    """
    asked = np.flatnonzero(verdicts.stating & rows & _complete(frame))
    if not len(asked):
        return
    begun, margin = frame["occurred_from"].iloc[asked], pd.Timedelta(minutes=NEAR_MIN)
    known = store.standing_between(entity, begun.min() - margin, begun.max() + margin, besides=keys)
    known = known[_complete(known) & _witness(known)]
    if known.empty:
        return
    scaled = _scaled(pd.concat([frame[NAMES].iloc[asked], known[NAMES]]), metric_crs)
    here, there = scaled[: len(asked)], scaled[len(asked) :]
    _remark(verdicts, asked[_near(here, there)[0]])


def _complete(frame: pd.DataFrame) -> Mask:
    return (frame["lon"].notna() & frame["occurred_from"].notna()).to_numpy(dtype=bool)


def _witness(known: pd.DataFrame) -> Mask:
    default = known["loc_precision"] == LocationPrecision.DEFAULT_ADDRESS.value
    return (~default & ~known["review"].isin(SETTLED)).to_numpy(dtype=bool)


def _scaled(frame: pd.DataFrame, metric_crs: str) -> Points:
    """Give points whose ball of radius 1 is the rule's box; categories lie 2 apart."""
    to_metric = Transformer.from_crs(WGS84, metric_crs, always_xy=True)
    lon, lat = (frame[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    x, y = to_metric.transform(lon, lat)
    minutes = frame["occurred_from"].to_numpy("datetime64[us]").astype("int64") / 60e6
    kind, _ = pd.factorize(frame["category"])
    return np.column_stack([x / NEAR_M, y / NEAR_M, minutes / NEAR_MIN, kind * 2.0])


def _near(here: Points, there: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the positions, here and there, of each pair that the rule calls near."""
    boxes = cKDTree(here).sparse_distance_matrix(
        cKDTree(there), 1.0, p=np.inf, output_type="ndarray"
    )
    one, other = boxes["i"], boxes["j"]
    near = _in_circle(here[one], there[other])
    return one[near], other[near]


def _in_circle(
    one: Points,
    other: Points,
) -> Mask:
    apart = one[:, :2] - other[:, :2]
    return np.asarray(np.hypot(apart[:, 0], apart[:, 1]) <= 1.0, dtype=bool)


def _remark(verdicts: Verdicts, rows: NDArray[np.intp]) -> None:
    double = np.zeros(len(verdicts.kept), dtype=bool)
    double[rows] = True
    verdicts.remark("W03", double)
