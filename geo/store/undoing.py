"""A delivery taken back, by events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from geo.schemas import key_of
from geo.store import merges, standing
from geo.store.batches import decision_batches, void_batches
from geo.store.tables import event
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from geo.store.batch import Batch, BatchInfo

__all__ = ["undo"]


def undo(batch: Batch, undone: BatchInfo) -> None:
    """Append to `batch` what takes the batch `undone` back.

    Each record goes back to what it was before that batch: retracted when it was not there,
    corrected or recorded anew when it was. Records that a later batch changed stay as they are;
    batches that were undone, and what undid them, count as if they had never been. What was
    decided about a record in between goes with it where it came, and stays where it stays.
    """
    first, last = undone.first_seq, undone.last_seq
    for entity, keys in _touched(batch.connection, first, last).items():
        valid = event.c.batch_id.not_in(void_batches()) & event.c.batch_id.not_in(
            decision_batches()
        )
        now = standing.last_events(batch.connection, entity, keys, only=valid)
        own = now.index[now["seq"].between(first, last)]
        earlier = valid & (event.c.seq < first)
        before = standing.last_events(batch.connection, entity, own, only=earlier)
        before = before[standing.stands(before)]
        shown = standing.last_events(batch.connection, entity, own)
        stands = shown.index[standing.stands(shown)]
        _retract(batch, entity, stands.difference(before.index))
        _restore(batch, entity, before[before.index.isin(stands)], Action.CORRECTED)
        _restore(batch, entity, before[~before.index.isin(stands)], Action.RECORDED)


def _touched(connection: sa.Connection, first: int, last: int) -> dict[Entity, pd.Index]:
    seqs = event.c.seq.between(first, last)
    pairs = connection.execute(sa.select(event.c.entity, event.c.key).where(seqs).distinct()).all()
    frame = pd.DataFrame(pairs, columns=["entity", "key"]).astype("str")
    return {
        Entity(str(entity)): pd.Index(keys, dtype="str")
        for entity, keys in frame.groupby("entity")["key"]
    }


def _retract(batch: Batch, entity: Entity, keys: pd.Index) -> None:
    if entity is Entity.GROUND:
        for name in keys:
            batch.drop_ground(name)
    else:
        gone = pd.DataFrame(index=keys.rename(key_of(entity)))
        batch.append(entity, gone, action=Action.RETRACTED)


def _restore(batch: Batch, entity: Entity, before: pd.DataFrame, action: Action) -> None:
    if before.empty:
        return
    seqs = before["seq"].tolist()
    if entity is Entity.GROUND:
        for name, seq in zip(before.index, seqs, strict=True):
            batch.restore_ground(name, seq)
    else:
        records = standing.records_of(batch.connection, entity, seqs)
        batch.append(entity, merges.as_decided(batch.connection, entity, records), action=action)
