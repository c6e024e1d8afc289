"""Erasing a personal datum that slipped in: the chain stays whole, the datum is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.decisions.proposing import propose, reasoned, refuse_unknown, standing_keys
from geo.decisions.record import Decision, decided_batch
from geo.errors import UsageError
from geo.schemas import columns_of, entity_schema
from geo.signatures import signed
from geo.store.erasing import erase
from geo.store.payload import NOT_STORED
from geo.store.standing import last_events, records_of
from geo.vocabulary import Action, DecisionKind, Entity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from geo.store import Batch, Store

__all__ = ["carry_out_redaction", "erasable", "propose_redaction"]

NEVER: Final = ("stream", "review", "duplicate_of")
"""Words of closed sets and keys, on which the streams and merges rest: no datum fits in."""

COUNTED_BY: Final = frozenset(
    (
        "area_code", "subject_id", "unit_id", "occurred_from", "category", "case_class",
        "accident_kind", "deaths", "serious_injuries", "direct_loss_cny", "level",
        "accepted_on", "closed_on", "due_on", "requires_higher_authority", "extended",
        "requested_at", "ended_at", "body", "window_start", "window_end", "kind", "subjects",
        "parent_code", "valid_from", "valid_to", "grouping", "old", "new", "date",
        "subject_class", "registered_on", "deregistered_on",
    )
)  # fmt: skip
"""What zeros and counts rest on: erased only when named, never by `all fields`."""


def erasable(about: Entity, fields: Sequence[str]) -> tuple[str, ...]:
    """Give the fields a redaction erases; none named means every one no figure rests on.

    Raises UsageError for an entity whose records are not erased field by field, for a field it
    does not have, and for one that its records cannot be without.
    """
    if about in {Entity.GROUND, Entity.DECISION, Entity.EDITION}:
        raise UsageError(f"Fields of a {about} cannot be erased.", f"{about} 的字段不能删除。")
    table = entity_schema(about).to_schema().columns
    names = [name for name in columns_of(about) if name not in {*NEVER, *NOT_STORED}]
    free = [name for name in names if table[name].nullable or str(table[name].dtype) == "bool"]
    if not fields:
        return tuple(name for name in free if name not in COUNTED_BY)
    fixed = [name for name in fields if name not in free]
    if fixed:
        raise UsageError(
            f"The field {fixed[0]} of a {about} cannot be erased: it is the key, unknown, or "
            f"needed by every record. Correct the record instead. Erasable: {', '.join(free)}.",
            f"{about} 的字段 {fixed[0]} 不能删除：它是主键、不存在或为必填。请改为更正记录。"
            f"可删除：{', '.join(free)}。",
        )
    return tuple(dict.fromkeys(fields))


def propose_redaction(
    store: Store,
    *,
    about: Entity,
    keys: Sequence[str],
    fields: Sequence[str] = (),
    reason: str,
    by: str,
    at: datetime,
) -> Decision:
    """Propose to erase fields of records; nothing changes before two others approve.

    The keys of records and the reasons of decisions are sealed in the chain and stay: name
    neither the datum nor the person in a reason. Raises UsageError for an unknown record and
    wherever `erasable` does.
    """
    by, reason = signed(by), reasoned(reason)
    fields = erasable(about, fields)
    keys = tuple(dict.fromkeys(keys))
    with decided_batch(store, "propose redaction", by=by, at=at) as batch:
        known = last_events(batch.connection, about, pd.Index(keys, dtype="str"))
        refuse_unknown(about, keys, known.index)
        what = {"kind": DecisionKind.REDACT, "about": about, "keys": keys, "fields": fields}
        return propose(batch, by=by, at=at, reason=reason, **what)


def carry_out_redaction(batch: Batch, decision: Decision) -> Decision:
    """State the records without the fields, erase these from every earlier version."""
    about, fields = decision.about, list(decision.fields)
    last = standing_keys(batch, about, decision.keys)
    records = records_of(batch.connection, about, last["seq"].tolist())
    holding = records[records[fields].notna().any(axis=1)]
    # First the correction: what stood before must still be there to be taken out of the counts.
    batch.append(about, holding.drop(columns=fields), action=Action.CORRECTED)
    left = erase(batch, about, decision.keys, fields)
    return replace(decision, erased={str(seq): digest for seq, digest in left.items()})
