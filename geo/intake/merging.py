"""Rows that tell of one record become that record: the persons of one collision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.intake.texts import rows_holding

if TYPE_CHECKING:
    import pandas as pd

    from geo.intake.columns import Typed
    from geo.intake.faults import Mask
    from geo.intake.recipe import Variant

__all__ = ["merge_rows", "shared_by_record"]


def merge_rows(
    typed: Typed, raw: pd.DataFrame, variant: Variant, kept: Mask
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Merge the rows of each record into the first; give, per row, the row that speaks for it.

    Rows are one record where they are equal in every field of `one_per`. A row that lacks one
    of them, or is not `kept`, speaks for itself. The fields in `counts` become the number of
    the record's rows that each of them means; they stay unknown where no row says anything.
    A merged row takes over the first row's fields, so that every rule judges it alike.
    """
    frame, count = typed.frame, len(typed.frame)
    speaker = np.arange(count)
    asked = np.flatnonzero(kept & frame[list(variant.one_per)].notna().all(axis=1).to_numpy())
    record = frame.iloc[asked].groupby(list(variant.one_per), sort=False).ngroup().to_numpy()
    _, first = np.unique(record, return_index=True)
    speaker[asked] = asked[first][record]
    for name, rule in variant.counts.items():
        if rule.source in raw:
            meant = np.bincount(speaker, weights=rows_holding(raw, rule), minlength=count)
            told = shared_by_record(raw[rule.source].notna().to_numpy(), speaker)
            frame[name] = np.where(told, meant[speaker], np.nan)
            typed.fed.add(name)
    typed.frame = frame.iloc[speaker].set_axis(frame.index)
    typed.date_only = {name: mask[speaker] for name, mask in typed.date_only.items()}
    typed.blank = {name: mask[speaker] for name, mask in typed.blank.items()}
    return speaker


def shared_by_record(rows: Mask, speaker: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Mask:
    """Say of which rows at least one row of the same record is among `rows`."""
    shared: Mask = np.bincount(speaker, weights=rows, minlength=len(rows))[speaker] > 0
    return shared
