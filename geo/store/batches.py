"""The batches of a store, and whether they still stand."""

from __future__ import annotations

from typing import Final

import pandas as pd
import sqlalchemy as sa

from geo.errors import LedgerError
from geo.store.batch import BatchInfo
from geo.store.moments import moment_of, moments_of
from geo.store.tables import batch
from geo.vocabulary import Entity

__all__ = ["batch_info", "decision_batches", "find_batch", "read_batches", "void_batches"]

TEXTS: Final = ("entity", "source", "content_hash", "recipe", "actor")


def find_batch(
    connection: sa.Connection, content_hash: str, entity: str, recipe: str | None
) -> BatchInfo | None:
    """Give the standing batch of this content, entity and recipe, if there is one."""
    same = sa.select(batch).where(
        batch.c.content_hash == content_hash,
        batch.c.entity == entity,
        batch.c.recipe.is_(None) if recipe is None else batch.c.recipe == recipe,
        batch.c.batch_id.not_in(_undone()),
        batch.c.undoes.is_(None),
    )
    row = connection.execute(same.order_by(batch.c.batch_id.desc())).mappings().first()
    return None if row is None else _info(row)


def batch_info(connection: sa.Connection, batch_id: int) -> BatchInfo:
    """Give a batch that stands; raise LedgerError when it does not or never was."""
    found = sa.select(batch).where(batch.c.batch_id == batch_id)
    row = connection.execute(found).mappings().first()
    if row is None:
        raise LedgerError(
            f"There is no batch {batch_id}; look it up in the list of batches.",
            f"没有批次 {batch_id}；请在批次列表中查找。",
        )
    if row["undoes"] is not None or batch_id in connection.execute(_undone()).scalars().all():
        raise LedgerError(
            f"Batch {batch_id} was taken back already or takes another one back; it cannot be "
            "undone. Import the file again instead.",
            f"批次 {batch_id} 已被撤销，或本身是撤销批次，不能再撤销。请重新导入文件。",
        )
    if row["entity"] == Entity.DECISION:
        raise LedgerError(
            f"Batch {batch_id} is a decision of two people or more; it cannot be undone by one.",
            f"批次 {batch_id} 是由两人以上作出的决定，不能由一人撤销。",
        )
    if row["entity"] == Entity.EDITION:
        raise LedgerError(
            f"Batch {batch_id} froze an edition that may be signed; freeze a new one instead.",
            f"批次 {batch_id} 是已定稿的版次，可能已签发，不能撤销；请另行定稿新版次。",
        )
    return _info(row)


def decision_batches() -> sa.Select[int]:
    """Select the batches that carry steps of decisions."""
    return sa.select(batch.c.batch_id).where(batch.c.entity == Entity.DECISION)


def read_batches(connection: sa.Connection) -> pd.DataFrame:
    """List all batches, oldest first, indexed by batch_id."""
    rows = connection.execute(sa.select(batch).order_by(batch.c.batch_id)).all()
    undone = set(connection.execute(_undone()).scalars())
    frame = pd.DataFrame(rows, columns=batch.c.keys()).set_index("batch_id")
    frame["recorded_at"] = moments_of(frame["recorded_at"].to_numpy("int64"))
    frame["events"] = frame["last_seq"] - frame["first_seq"] + 1
    frame["standing"] = ~frame.index.isin(undone) & frame["undoes"].isna()
    return frame.drop(columns="known_from").astype(dict.fromkeys(TEXTS, "str"))


def void_batches() -> sa.CompoundSelect[int | None]:
    """Select the batches that were undone and those that undid them."""
    undoing = sa.select(batch.c.batch_id).where(batch.c.undoes.is_not(None))
    return sa.union_all(_undone(), undoing)


def _undone() -> sa.Select[int | None]:
    return sa.select(batch.c.undoes).where(batch.c.undoes.is_not(None))


def _info(row: sa.RowMapping) -> BatchInfo:
    fields = {name: value for name, value in row.items() if name != "known_from"}
    fields["entity"] = Entity(fields["entity"])
    fields["recorded_at"] = moment_of(fields["recorded_at"])
    return BatchInfo(**fields)
