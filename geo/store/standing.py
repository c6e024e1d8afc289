"""What stands in the ledger for given keys, and which actions it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import sqlalchemy as sa

from geo.errors import LedgerError
from geo.schemas import conform, key_of
from geo.store.payload import frame_from_payloads
from geo.store.portions import in_portions
from geo.store.tables import event, payload
from geo.vocabulary import Action

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["last_events", "records_of", "refuse_unfit", "stands"]

AT_ONCE: Final = 500
"""Keys asked for in one query; every database takes that many parameters."""

COLUMNS: Final = ("key", "seq", "action", "known_at")


def last_events(
    connection: sa.Connection,
    entity: str,
    keys: pd.Index,
    *,
    only: sa.ColumnElement[bool] | None = None,
) -> pd.DataFrame:
    """Give the last event of each key that has any: seq, action, known_at, indexed by key.

    With `only`, the last one of the events that meet this condition.
    """
    c = event.c
    every = (
        sa.select(*(c[name] for name in COLUMNS)).where(c.entity == entity).order_by(c.key, c.seq)
    )
    if only is not None:
        every = every.where(only)
    if connection.execute(every.order_by(None).limit(1)).first() is None:
        return NONE.copy()
    rows: list[sa.Row[str, int, str, int]] = []
    for some in in_portions(keys.tolist(), AT_ONCE):
        rows += connection.execute(every.where(c.key.in_(some))).all()
    return _frame(rows)


def stands(last: pd.DataFrame) -> pd.Series:
    """Say of each last event whether its record stands, that is, was not retracted."""
    return last["action"] != Action.RETRACTED.value


def refuse_unfit(keys: pd.Index, last: pd.DataFrame, action: Action, entity: str) -> None:
    """Raise LedgerError when `action` does not fit what stands for `keys`."""
    if keys.has_duplicates:
        twice = keys[keys.duplicated()][0]
        raise LedgerError(
            f"The {entity} {twice} comes twice in one append; give each key once.",
            f"{entity} {twice} 在同一次写入中出现两次；每个主键只能出现一次。",
        )
    standing = keys.isin(last.index[stands(last)])
    if action is Action.RECORDED and standing.any():
        raise LedgerError(
            f"The {entity} {keys[standing][0]} stands already; append a correction instead.",
            f"{entity} {keys[standing][0]} 已存在；请以更正方式写入。",
        )
    if action is not Action.RECORDED and not standing.all():
        raise LedgerError(
            f"The {entity} {keys[~standing][0]} does not stand, so it cannot be {action}; "
            "record it first.",
            f"{entity} {keys[~standing][0]} 不存在或已撤回，无法更正或撤回；请先录入。",
        )


def records_of(connection: sa.Connection, entity: str, seqs: Iterable[int]) -> pd.DataFrame:
    """Give the records that the events `seqs` stated, indexed by key."""
    wanted = (
        sa.select(event.c.key, payload.c.body)
        .join_from(event, payload, event.c.seq == payload.c.seq)
        .order_by(event.c.seq)
    )
    rows: list[sa.Row[str, bytes]] = []
    for some in in_portions(seqs, AT_ONCE):
        rows += connection.execute(wanted.where(event.c.seq.in_(some))).all()
    frame = frame_from_payloads([body for _, body in rows])
    frame.index = pd.Index([key for key, _ in rows], dtype="str", name=key_of(entity))
    return conform(frame, entity)


def _frame(rows: Iterable[sa.Row[str, int, str, int]]) -> pd.DataFrame:
    found = pd.DataFrame.from_records(list(rows), columns=list(COLUMNS)).astype({"key": "str"})
    found = found.drop_duplicates("key", keep="last").set_index("key")
    return found.astype({"seq": "int64", "action": "str", "known_at": "int64"})


NONE: Final = _frame([])
