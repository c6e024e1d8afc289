"""Parents that lead upwards: an area's, a unit's. Neither unknown ones nor circles are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.hierarchy import in_circles

if TYPE_CHECKING:
    from geo.intake.faults import Verdicts

__all__ = ["check_parents"]


def check_parents(
    frame: pd.DataFrame, verdicts: Verdicts, *, key: str, parent: str, standing: pd.Series
) -> None:
    """Q02: a parent that nobody knows, or a chain of parents that never ends.

    A parent may stand in the file, above or below its row, or in the ledger: `standing` gives
    the known parents, by key. A row that is kept out takes those beneath it along, unless their
    parent stands without it.
    """
    while True:
        said = frame.loc[verdicts.kept, [key, parent]].drop_duplicates(key).set_index(key)[parent]
        chain = pd.concat([said, standing[~standing.index.isin(said.index)]])
        above = chain.index.get_indexer(pd.Index(chain))
        lost = (chain.notna().to_numpy() & (above < 0)) | in_circles(above)
        rows = verdicts.kept & frame[key].isin(chain.index[lost]).to_numpy()
        if not rows.any():
            return
        verdicts.keep_out("Q02", rows, parent)
