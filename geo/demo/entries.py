"""What the demo writes to the ledger: rows with the moment each was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from geo.demo.draws import Bools, Floats
    from geo.vocabulary import Action, Entity

__all__ = ["Entry", "entry_until"]


class Entry(NamedTuple):
    """Rows of one entity with one action; `minute` (n,) of recording since the span's begin."""

    entity: Entity
    action: Action
    frame: pd.DataFrame
    minute: Floats


def entry_until(
    end_minute: float, entity: Entity, action: Action, frame: pd.DataFrame, minute: Floats
) -> Entry:
    """Keep what is recorded before the end, in the order of recording."""
    order = np.argsort(minute, kind="stable")
    kept: Bools = minute[order] < end_minute
    order = order[kept]
    return Entry(entity, action, frame.iloc[order], minute[order])
