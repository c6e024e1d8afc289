"""Merging records that tell of the same event: one is kept, the others count no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.decisions.proposing import propose, reasoned, refuse_unknown, standing_keys
from geo.decisions.record import Decision, decided_batch, decisions_in
from geo.errors import UsageError
from geo.signatures import signed
from geo.store.merges import MERGED, followers, merged_records
from geo.store.standing import records_of
from geo.vocabulary import Action, DecisionKind, Entity, Review

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from geo.store import Batch, Store

__all__ = ["carry_out_merge", "propose_merge"]


def propose_merge(
    store: Store,
    *,
    about: Entity,
    keep: str,
    drops: Sequence[str],
    reason: str,
    by: str,
    at: datetime,
) -> Decision:
    """Propose that `drops` tell of the same event as `keep`; nothing changes before approval.

    Raises UsageError for another entity than cases or accidents, an unknown record, a record
    merged into itself or into one that is itself a duplicate, and a record that is merged
    already or waits to be.
    """
    by, reason = signed(by), reasoned(reason)
    keys = (keep, *drops)
    if about not in MERGED:
        raise UsageError(
            f"Only cases and accidents can be merged, not {about}.",
            f"只有案件和事故可以合并，{about} 不可以。",
        )
    with decided_batch(store, "propose merge", by=by, at=at) as batch:
        _refuse_unfit(batch, about, keys)
        _refuse_waiting(batch, about, drops)
        return propose(
            batch, by=by, at=at, kind=DecisionKind.MERGE, about=about, keys=keys, reason=reason
        )


def carry_out_merge(batch: Batch, decision: Decision) -> None:
    """Correct the dropped records, and those merged into them before, to follow the kept one."""
    keep, *drops = decision.keys
    _refuse_unfit(batch, decision.about, decision.keys)
    last = standing_keys(batch, decision.about, drops)
    records = records_of(batch.connection, decision.about, last["seq"].tolist())
    behind = followers(batch.connection, decision.about, drops)
    dropped = pd.concat([part for part in (records, behind) if len(part)])
    batch.append(
        decision.about,
        dropped.assign(review=Review.DUPLICATE.value, duplicate_of=keep),
        action=Action.CORRECTED,
    )


def _refuse_unfit(batch: Batch, about: Entity, keys: Sequence[str]) -> None:
    if len(set(keys)) < len(keys) or len(keys) < 2:  # noqa: PLR2004 - one is kept, one dropped
        raise UsageError(
            "A record cannot be merged into itself; name the one to keep, then the others, "
            "each once.",
            "记录不能并入自身；请先写保留的记录，再写并入的记录，每条一次。",
        )
    refuse_unknown(about, keys, standing_keys(batch, about, keys).index)
    merged = merged_records(batch.connection, about, keys)
    if len(merged):
        key, kept = merged.index[0], merged["duplicate_of"].iloc[0]
        raise UsageError(
            f"{about} {key} is merged into {kept} already; name {kept} instead.",
            f"{about} {key} 已并入 {kept}；请改用 {kept}。",
        )


def _refuse_waiting(batch: Batch, about: Entity, drops: Sequence[str]) -> None:
    for other in decisions_in(batch).values():
        mine = other.open and other.kind is DecisionKind.MERGE and other.about == about
        again = sorted(set(drops) & set(other.keys[1:])) if mine else []
        if again:
            raise UsageError(
                f"{again[0]} waits to be merged in decision {other.decision_id}; approve or "
                "reject that one first.",
                f"{again[0]} 已在决定 {other.decision_id} 中待合并；请先批准或驳回该决定。",
            )
