"""A second delivery: what is new, what a known record says differently, what is unchanged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from geo.intake.faults import Mask
    from geo.store import Standing

__all__ = ["Delivery", "compare", "deliver", "differs"]

SAME_NUMBER = 1e-9
"""Degrees and every other number: nearer than this is the same (0.1 mm on the ground)."""


@dataclass(frozen=True)
class Delivery:
    """Rows to append: `new` records, whole `changed` records, the keys `gone` with them.

    `unchanged` counts the rows that say nothing new, `retracted` those that take a record back
    or are taken back by another row of the same file.
    """

    new: pd.DataFrame
    changed: pd.DataFrame
    unchanged: int
    gone: pd.Index = field(default_factory=lambda: pd.Index([], dtype="str"))
    retracted: int = 0


def deliver(
    frame: pd.DataFrame,
    back: pd.Index,
    standing: Standing,
    *,
    fed: AbstractSet[str],
    at: NDArray[np.intp],
) -> Delivery:
    """Split a file's records (see `compare`) and the keys it takes `back`, each once.

    `at` is the position of each record of `frame` among those standing, -1 for a new one.

    What a file states and takes back itself, in whatever order, leaves nothing. Taking back
    once more what is gone already is nothing new.
    """
    if not len(back):
        return compare(frame, standing.records, fed=fed, at=at)
    cancelled = frame.index.isin(back)
    delivery = compare(frame[~cancelled], standing.records, fed=fed, at=at[~cancelled])
    gone = back[back.isin(standing.records.index)]
    idle = back.isin(standing.gone) & ~back.isin(frame.index)
    return replace(
        delivery,
        gone=gone,
        unchanged=delivery.unchanged + int(idle.sum()),
        retracted=int((~idle).sum()) + int(cancelled.sum()),
    )


def compare(
    frame: pd.DataFrame,
    known: pd.DataFrame,
    *,
    fed: AbstractSet[str],
    at: NDArray[np.intp] | None = None,
) -> Delivery:
    """Split `frame` by what the ledger knows; both indexed by the key, columns of the entity.

    `at` is the position of each record of `frame` in `known`, looked up where it is not given.

    Only the columns `fed` by the file speak: a known record keeps the others, so that a
    boundary file adds geometry to an area and does not erase its population.
    """
    at = known.index.get_indexer(frame.index) if at is None else at
    is_known = at >= 0
    if not is_known.any():
        return Delivery(frame, frame.iloc[:0], 0)
    said = frame if is_known.all() else frame[is_known]
    where = at[is_known]
    in_order = len(where) == len(known) and bool((where == np.arange(len(where))).all())
    other = np.zeros(len(said), dtype=bool)
    for name in frame.columns:
        if name in fed:
            column = known[name] if in_order else known[name].iloc[where]
            other |= differs(said[name], column)
    changed, stood = said[other].copy(), known.iloc[where[other]]
    for name in frame.columns:
        if name not in fed:
            changed[name] = stood[name]
    return Delivery(frame[~is_known], changed, int((~other).sum()))


def differs(said: pd.Series, stood: pd.Series) -> Mask:
    """Say row by row whether two columns say different things; unknown is unknown's equal."""
    if str(said.dtype) == "geometry":
        same = shapely.equals_exact(said.to_numpy(), stood.to_numpy(), tolerance=SAME_NUMBER)
    elif said.dtype.kind == "f":
        same = np.isclose(said, stood.astype(float), rtol=0.0, atol=SAME_NUMBER)
    else:
        same = (said == stood).fillna(value=False).to_numpy(dtype=bool)
    both_unknown = (said.isna() & stood.isna()).to_numpy()
    return np.asarray(~(same | both_unknown), dtype=bool)
