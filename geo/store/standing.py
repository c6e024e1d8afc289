"""What stands in the ledger for given keys, and which actions it allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.errors import LedgerError
from geo.schemas import columns_of, conform, key_of
from geo.store.payload import frame_from_payloads
from geo.store.portions import in_portions
from geo.store.segments import (
    MAX_SEQ,
    covered_to,
    events_covered,
    joined,
    read_rows,
    read_segments,
    read_stamps,
    read_tail,
)
from geo.store.snapshot import state_at
from geo.store.tables import event, payload
from geo.vocabulary import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Standing", "last_events", "records_of", "refuse_unfit", "standing_of", "stands"]

AT_ONCE: Final = 500
"""Keys asked for in one query; every database takes that many parameters."""

SHARE_FOR_COLUMNS: Final = 1 / 25
"""From this share of an entity's events on, reading its columns whole is quicker than asking
for single keys: a million keys cost 0.4 s so, and 10 s one by one."""

SHARE_FOR_ALL: Final = 1 / 2
"""From this share on all records are read: choosing most of them would cost more."""

COLUMNS: Final = ("key", "seq", "action", "known_at")


def last_events(
    connection: sa.Connection,
    entity: str,
    keys: pd.Index,
    *,
    only: sa.ColumnElement[bool] | None = None,
) -> pd.DataFrame:
    """Give the last event of each key that has any: seq, known_at, stands, indexed by key.

    `stands` says whether it left the record standing. With `only`, the last one of the events
    that meet this condition.
    """
    if only is None and _is_many(connection, entity, len(keys)):
        return _last_in_columns(connection, entity, keys)
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
    return _last(_frame(rows))


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger knows of some keys, or of more than those.

    `records` are those that stand, indexed by key, in the entity's columns and `seq`; `gone`
    are the keys whose record was taken back.
    """

    records: pd.DataFrame
    gone: pd.Index


def standing_of(connection: sa.Connection, entity: str, keys: pd.Index) -> Standing:
    """Give what the ledger knows of `keys`; keys it never heard of are left out."""
    if len(keys) >= SHARE_FOR_ALL * max(events_covered(connection, entity), 1):
        return _standing_at_all(connection, entity)
    last = last_events(connection, entity, keys.unique())
    seqs = np.sort(last.loc[stands(last), "seq"].to_numpy())
    # Records come in the order of the chain, as the sorted seqs do.
    records = records_of(connection, entity, seqs.tolist()).assign(seq=seqs)
    return Standing(records, last.index[~stands(last)])


def _standing_at_all(connection: sa.Connection, entity: str) -> Standing:
    """Give all that is known of the entity: quicker than choosing most of it."""
    covered = read_segments(connection, entity)
    tail = read_tail(connection, entity, after=covered.last_seq, upto=MAX_SEQ)
    versions = joined([covered, tail], entity)
    state = state_at(versions, None)
    gone = pd.Index(versions.drops["key"].unique())
    records = state.drop(columns=["known_at", "recorded_at"])
    if not set(columns_of(entity)) <= set(records.columns):
        # Segments older than a column of their entity have no such column.
        records = conform(records, entity)
    return Standing(records, gone[records.index.get_indexer(gone) < 0])


def stands(last: pd.DataFrame) -> pd.Series:
    """Say of each last event whether its record stands, that is, was not retracted."""
    return last["stands"]


def refuse_unfit(keys: pd.Index, last: pd.DataFrame, action: Action, entity: str) -> None:
    """Raise LedgerError when `action` does not fit what stands for `keys`."""
    if keys.has_duplicates:
        twice = keys[keys.duplicated()][0]
        raise LedgerError(
            f"The {entity} {twice} comes twice in one append; give each key once.",
            f"{entity} {twice} 在同一次写入中出现两次；每个主键只能出现一次。",
        )
    standing = last.index[stands(last)].get_indexer(keys) >= 0
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


def records_of(connection: sa.Connection, entity: str, seqs: Sequence[int]) -> pd.DataFrame:
    """Give the records that the events `seqs` stated, indexed by key, in the chain's order."""
    if not seqs:
        return _no_records(entity)
    if _is_many(connection, entity, len(seqs)):
        return _records_in_columns(connection, entity, seqs)
    return _records(connection, entity, seqs)


def _no_records(entity: str) -> pd.DataFrame:
    return conform(pd.DataFrame(index=pd.Index([], dtype="str", name=key_of(entity))), entity)


def _records(connection: sa.Connection, entity: str, seqs: Iterable[int]) -> pd.DataFrame:
    wanted = (
        sa.select(event.c.key, payload.c.body)
        .join_from(event, payload, event.c.seq == payload.c.seq)
        .order_by(event.c.seq)
    )
    rows: list[sa.Row[str, bytes]] = []
    for some in in_portions(sorted(seqs), AT_ONCE):
        rows += connection.execute(wanted.where(event.c.seq.in_(some))).all()
    frame = frame_from_payloads([body for _, body in rows])
    frame.index = pd.Index([key for key, _ in rows], dtype="str", name=key_of(entity))
    return conform(frame, entity)


def _is_many(connection: sa.Connection, entity: str, count: int) -> bool:
    """Say whether so many keys are asked for that reading the columns whole is quicker."""
    covered = events_covered(connection, entity)
    return covered > 0 and count >= SHARE_FOR_COLUMNS * covered


def _last_in_columns(connection: sa.Connection, entity: str, keys: pd.Index) -> pd.DataFrame:
    """Give what `last_events` gives, from the segments and the events behind them."""
    c = event.c
    beyond = c.seq > covered_to(connection, entity)
    tail = sa.select(*(c[name] for name in COLUMNS)).where(c.entity == entity, beyond)
    newer = _frame(connection.execute(tail.order_by(c.seq)).all())
    known = pd.concat([read_stamps(connection, entity), newer], ignore_index=True)
    if not known["seq"].is_monotonic_increasing:
        known = known.sort_values("seq")
    last = _last(known)
    at = last.index.get_indexer(keys)
    if len(at) == len(last) and (at == np.arange(len(at))).all():
        return last
    return last.iloc[at[at >= 0]]


def _records_in_columns(
    connection: sa.Connection, entity: str, seqs: Sequence[int]
) -> pd.DataFrame:
    """Give what `records_of` gives; events behind the segments are read one by one."""
    wanted = np.sort(np.asarray(seqs, dtype="int64"))
    beyond = wanted > covered_to(connection, entity)
    if beyond.all():
        return _records(connection, entity, seqs)
    held = read_rows(connection, entity, wanted[~beyond])
    if not beyond.any():
        return held
    return pd.concat([held, _records(connection, entity, wanted[beyond].tolist())])


def _frame(rows: Sequence[sa.Row[str, int, str, int]]) -> pd.DataFrame:
    key, seq, action, known_at = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pd.DataFrame(
        {
            "key": pd.array(key, dtype="str"),
            "seq": np.array(seq, dtype="int64"),
            "known_at": np.array(known_at, dtype="int64"),
            "stands": np.array(action, dtype=object) != Action.RETRACTED.value,
        }
    )


def _last(events: pd.DataFrame) -> pd.DataFrame:
    """Keep the last event of each key."""
    return events.drop_duplicates("key", keep="last").set_index("key")


NONE: Final = _last(_frame([]))
