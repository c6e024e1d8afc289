"""Records that tell of the same event as another: who follows whom, and who is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
import pandas as pd
import sqlalchemy as sa

from geo.store import standing
from geo.store.tables import event, payload
from geo.vocabulary import DecisionKind, DecisionState, Entity, Review

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DECIDED_COLUMNS", "MERGED", "as_decided", "followers", "let_go", "merged_records"]

MERGED: Final = (Entity.CASE, Entity.ACCIDENT)
"""Entities whose records may be merged."""

DECIDED_COLUMNS: Final = ("review", "duplicate_of")
"""What a merge says of a dropped record; no delivery and no undoing says otherwise."""


def merged_records(connection: sa.Connection, entity: str, keys: Iterable[str]) -> pd.DataFrame:
    """Give those of the standing records `keys` that are duplicates of another, whole."""
    asked = pd.Index(sorted(set(keys)), dtype="str")
    last = standing.last_events(connection, entity, asked)
    last = last[standing.stands(last)]
    records = standing.records_of(connection, entity, last["seq"].tolist())
    is_merged = (records["review"] == Review.DUPLICATE.value) & records["duplicate_of"].notna()
    return records[is_merged]


def followers(connection: sa.Connection, entity: str, kept: Iterable[str]) -> pd.DataFrame:
    """Give the standing records that are duplicates of one of `kept`."""
    kept = set(kept)
    records = merged_records(connection, entity, _dropped(connection, entity))
    return records[records["duplicate_of"].isin(kept)]


def as_decided(connection: sa.Connection, entity: str, records: pd.DataFrame) -> pd.DataFrame:
    """Give records with what a merge said of those among them that are duplicates."""
    if entity not in MERGED:
        return records
    merged = merged_records(connection, entity, records.index)
    said = merged[[*DECIDED_COLUMNS]].reindex(records.index)
    decided = records.index.isin(merged.index)
    return records.assign(
        **{name: records[name].where(~decided, said[name]) for name in DECIDED_COLUMNS}
    )


def let_go(records: pd.DataFrame) -> pd.DataFrame:
    """Give duplicates whose kept record is gone as records that need a review again."""
    return records.assign(review=Review.REPORTED.value, duplicate_of=None)


def _dropped(connection: sa.Connection, entity: str) -> set[str]:
    """Give every key that an approved merge dropped."""
    stated = (
        sa.select(payload.c.body)
        .join_from(event, payload, event.c.seq == payload.c.seq)
        .where(event.c.entity == Entity.DECISION)
    )
    said = [orjson.loads(body) for body in connection.execute(stated).scalars()]
    merge = (DecisionKind.MERGE.value, DecisionState.APPROVED.value, entity)
    return {
        key
        for decision in said
        if (decision["kind"], decision["state"], decision["about"]) == merge
        for key in orjson.loads(decision["keys"])[1:]
    }
