"""Correcting a standing record: fields become others once a second person has approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.decisions.corrected_values import stated_values, with_changes
from geo.decisions.proposing import propose, reasoned, refuse_unknown, standing_keys
from geo.decisions.record import Decision, decided_batch, decisions_in
from geo.errors import UsageError
from geo.references import document_reference
from geo.signatures import signature, signed
from geo.store.standing import last_events
from geo.vocabulary import Action, DecisionKind, Entity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geo.store import Batch, Store

__all__ = ["CORRECTABLE", "carry_out_correction", "propose_correction"]

_INCIDENT: Final = (
    "review", "occurred_from", "occurred_to", "reported_at", "discovery_source", "unit_id",
)  # fmt: skip

CORRECTABLE: Final[Mapping[Entity, tuple[str, ...]]] = {
    Entity.CASE: (*_INCIDENT, "case_class", "major_impact", "filed_on", "cleared_on"),
    Entity.ACCIDENT: (
        *_INCIDENT, "accident_kind", "deaths", "serious_injuries", "direct_loss_cny",
    ),
    Entity.PETITION: ("accepted_on", "due_on", "closed_on", "extended"),
    Entity.DISPUTE: (
        "requested_at", "forms_filled_at", "registered_at", "in_session_at", "ended_at", "outcome",
    ),
    Entity.REPORT: ("kind",),
    Entity.HAZARD: ("severity", "mode", "found_on", "due_on", "closed_on", "verified_on"),
    Entity.SUBJECT: ("registered_on", "deregistered_on"),
}  # fmt: skip
"""What of a record may be corrected so. Words of closed sets, moments, numbers and codes: a
decision is sealed in the chain, so no free text may come into it. A place or a category that
is wrong comes anew with a delivery, where sensitive places are withheld."""


def propose_correction(
    store: Store,
    *,
    about: Entity,
    key: str,
    changes: Mapping[str, str],
    reason: str,
    reference: str | None = None,
    by: str,
    at: datetime,
) -> Decision:
    """Propose that fields of a record become others; nothing changes before approval.

    `changes` are texts by field, an empty one for "unknown": moments as `2026-05-03 12:00` in
    the store's zone, days as `2026-05-03`, yes and no. The same proposal made twice by one
    person is one. Raises UsageError for an entity or a field that cannot be corrected, a value
    that cannot be read or does not fit the record, and changes that change nothing.
    """
    by, reason = signed(by), reasoned(reason)
    proof = document_reference(reference) if reference else None
    _refuse_fields(about, changes)
    with decided_batch(store, f"propose correction {about} {key}", by=by, at=at) as batch:
        values = stated_values(about, changes, zone=batch.meta.zone)
        refuse_unknown(about, [key], standing_keys(batch, about, [key]).index)
        with_changes(batch, about, key, values, now=at)
        same = _same_proposal(batch, about, key, values, by)
        if same is not None:
            return same
        return propose(
            batch,
            by=by,
            at=at,
            kind=DecisionKind.CORRECT,
            about=about,
            keys=(key,),
            fields=tuple(values),
            changes=values,
            reason=reason,
            reference=proof,
        )


def carry_out_correction(batch: Batch, decision: Decision) -> None:
    """Append the corrected record; raises UsageError where it changed after the proposal."""
    about, key = decision.about, decision.keys[0]
    last = standing_keys(batch, about, [key])
    refuse_unknown(about, [key], last.index)
    proposed = last_events(batch.connection, Entity.DECISION, pd.Index([decision.decision_id]))
    if last["seq"].iloc[0] > proposed["seq"].iloc[0]:
        raise UsageError(
            f"{about} {key} has changed since {decision.decision_id} was proposed; reject it and "
            "propose anew.",
            f"{about} {key} 在 {decision.decision_id} 提出之后已有变更；请驳回后重新提出。",
        )
    corrected = with_changes(batch, about, key, decision.changes, now=decision.proposed_at)
    batch.append(about, corrected, action=Action.CORRECTED)


def _refuse_fields(about: Entity, changes: Mapping[str, str]) -> None:
    allowed = CORRECTABLE.get(about, ())
    strange = [name for name in changes if name not in allowed]
    if strange or not changes:
        raise UsageError(
            f"Of a {about} these fields can be corrected: {', '.join(allowed) or 'none'}; "
            f"asked for: {', '.join(changes) or 'none'}. Anything else comes anew by an import.",
            f"{about} 可更正的字段：{'、'.join(allowed) or '无'}；"
            f"要求更正：{'、'.join(changes) or '无'}。"
            "其余内容请通过导入更新。",
        )


def _same_proposal(
    batch: Batch, about: Entity, key: str, values: Mapping[str, str | None], by: str
) -> Decision | None:
    for other in decisions_in(batch).values():
        mine = other.open and other.kind is DecisionKind.CORRECT
        same = mine and (other.about, other.keys, dict(other.changes)) == (about, (key,), values)
        if same and signature(other.proposer) == signature(by):
            return other
    return None
