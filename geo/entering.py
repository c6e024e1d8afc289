"""One fact entered by hand: stored once, however often it is sent."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import LedgerError, UsageError
from geo.schemas import key_of, validate
from geo.vocabulary import Action

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geo.store import Store
    from geo.vocabulary import Entity

__all__ = ["BY_HAND", "entered_key", "record_of", "record_once", "state_next"]

BY_HAND: Final = "entry"
"""Source and actor of a batch entered by hand; whose hand it was stands in the audit log alone."""


def entered_key(letter: str, *parts: object) -> str:
    """Give the id of an entry from what it says, so that the same said twice is one record.

    >>> entered_key("E", "v1", "case") == entered_key("E", "v1", "case")
    True
    """
    said = json.dumps([str(part) for part in parts], ensure_ascii=False)
    return f"{letter}{sha256(said.encode()).hexdigest()[:12]}"


def record_of(store: Store, entity: Entity, key: str) -> pd.Series | None:
    """Give the record that stands for a key; None where none does."""
    records = store.standing(entity, pd.Index([key], dtype="str")).records
    return None if records.empty else records.iloc[0]


def record_once(
    store: Store, entity: Entity, key: str, fields: Mapping[str, object], *, at: datetime
) -> bool:
    """Store a record; give False where one with this key stands already."""
    if record_of(store, entity, key) is not None:
        return False
    try:
        _append(store, entity, _row(entity, key, fields), Action.RECORDED, at)
    except LedgerError:
        # The same click may have come twice at once; the other one stored it.
        if record_of(store, entity, key) is None:
            raise
        return False
    return True


def state_next(
    store: Store,
    entity: Entity,
    key: str,
    *,
    was: Mapping[str, object],
    becomes: Mapping[str, object],
    at: datetime,
) -> bool:
    """Lead a record one step on: fields that were so become so; False where they are already.

    Raises UsageError for an unknown record, and for one that stands otherwise by now.
    """
    standing = store.standing(entity, pd.Index([key], dtype="str")).records
    if standing.empty:
        raise UsageError(
            f"There is no {entity} {key}; it may have been taken back.",
            f"没有 {entity} {key}，可能已被撤回。",
        )
    old = standing.drop(columns=["seq"])
    new = old.copy(deep=False)
    for name, value in becomes.items():
        new[name] = pd.Series([value], index=old.index)
    new = validate(new, entity)
    if all(_same(new[name].iloc[0], old[name].iloc[0]) for name in becomes):
        return False
    if not all(_same(old[name].iloc[0], value) for name, value in was.items()):
        raise UsageError(
            f"{entity} {key} was changed meanwhile; load the page anew. What stands is changed "
            "by a correction, which somebody else approves.",
            f"{entity} {key} 已有变更；请刷新页面。已生效的内容须通过更正并由另一人批准。",
        )
    _append(store, entity, new, Action.CORRECTED, at)
    return True


def _row(entity: Entity, key: str, fields: Mapping[str, object]) -> pd.DataFrame:
    index = pd.Index([key], name=key_of(entity), dtype="str")
    row = pd.DataFrame({name: [value] for name, value in fields.items()}, index=index)
    return validate(row, entity)


def _append(store: Store, entity: Entity, row: pd.DataFrame, action: Action, at: datetime) -> None:
    said = sha256(f"{row.index[0]} {action} {at.isoformat()}".encode()).hexdigest()
    with store.batch(
        entity, source=BY_HAND, content_hash=said, recipe=None, actor=BY_HAND, recorded_at=at
    ) as batch:
        batch.append(entity, row, action=action)


def _same(one: object, other: object) -> bool:
    if pd.isna(one) or pd.isna(other):  # type: ignore[call-overload]  # a cell, of any kind
        return bool(pd.isna(one) and pd.isna(other))  # type: ignore[call-overload]  # a cell
    return bool(one == other)
