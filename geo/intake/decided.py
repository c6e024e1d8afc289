"""What people decided about a record outlives its next delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from geo.decisions.record import decisions_of
from geo.store.merges import DECIDED_COLUMNS, MERGED
from geo.vocabulary import DecisionKind, DecisionState, Review

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from geo.intake.faults import Mask
    from geo.store import Store
    from geo.vocabulary import Entity

    Held: TypeAlias = tuple[Mask, str]

__all__ = ["keep_decided"]


def keep_decided(
    table: pd.DataFrame, entity: Entity, store: Store, records: pd.DataFrame
) -> pd.DataFrame:
    """Give the rows of a file with what was decided about their records instead of their own.

    Exports are cumulative: the next one says again what a redaction erased, and knows nothing of
    a merge. Erased fields stay as they stand in `records` (unknown, unless somebody corrected
    them since), and a duplicate stays one. Both are indexed by the key.
    """
    held = [*_erased(table, entity, store), *_merged(table, entity, records)]
    if not held:
        return table
    stood, kept = records.reindex(table.index), table.copy()
    for rows, name in held:
        said = stood[name]
        said = said.eq(other=True) if kept[name].dtype == bool else said
        kept[name] = kept[name].where(~rows, said).astype(kept[name].dtype)
    return kept


def _erased(table: pd.DataFrame, entity: Entity, store: Store) -> Iterator[Held]:
    for decision in decisions_of(store).values():
        kind = (decision.kind, decision.state, decision.about)
        if kind == (DecisionKind.REDACT, DecisionState.APPROVED, entity):
            rows = table.index.isin(decision.keys)
            if rows.any():
                yield from ((rows, name) for name in decision.fields)


def _merged(table: pd.DataFrame, entity: Entity, records: pd.DataFrame) -> Iterator[Held]:
    if entity not in MERGED or records.empty:
        return
    is_merged = (records["review"] == Review.DUPLICATE.value) & records["duplicate_of"].notna()
    rows = table.index.isin(records.index[is_merged])
    if rows.any():
        yield from ((rows, name) for name in DECIDED_COLUMNS)
