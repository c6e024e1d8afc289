"""Approving and rejecting: the second person, and the third where something is erased."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from geo.decisions.correcting import carry_out_correction
from geo.decisions.merging import carry_out_merge
from geo.decisions.proposing import reasoned
from geo.decisions.record import Approval, Decision, decided_batch, decision_in, state
from geo.decisions.redacting import carry_out_redaction
from geo.errors import UsageError
from geo.signatures import signature, signed
from geo.store.erasures import APPROVALS_TO_ERASE
from geo.vocabulary import Action, DecisionKind, DecisionState

if TYPE_CHECKING:
    from datetime import datetime

    from geo.store import Batch, Store

__all__ = ["approve", "missing_approvals", "reject"]

NEEDED: Final = {
    DecisionKind.MERGE: 1,
    DecisionKind.REDACT: APPROVALS_TO_ERASE,
    DecisionKind.CORRECT: 1,
}
"""How many people have to approve, none of them the one who proposes."""


def approve(store: Store, decision_id: str, *, by: str, at: datetime) -> Decision:
    """Approve a decision; with the last approval it is carried out in the same transaction.

    Raises UsageError for an unknown or settled decision, for a person who proposed it or
    approved it before, and where the records have changed so that it cannot be carried out.
    """
    by = signed(by)
    with decided_batch(store, f"approve {decision_id}", by=by, at=at) as batch:
        decision = decision_in(batch, decision_id)
        _refuse_same_person(decision, by)
        decision = replace(decision, approvals=(*decision.approvals, Approval(by, at.isoformat())))
        if len(decision.approvals) >= NEEDED[decision.kind]:
            decision = replace(decision, state=DecisionState.APPROVED)
            decision = _carried_out(batch, decision)
        return state(batch, decision, action=Action.CORRECTED)


def missing_approvals(decision: Decision) -> int:
    """Give how many people still have to approve; 0 once it is settled."""
    return NEEDED[decision.kind] - len(decision.approvals) if decision.open else 0


def reject(store: Store, decision_id: str, *, by: str, reason: str, at: datetime) -> Decision:
    """Reject a decision, or withdraw one's own; raises UsageError like `approve`."""
    by, reason = signed(by), reasoned(reason)
    with decided_batch(store, f"reject {decision_id}", by=by, at=at) as batch:
        decision = replace(
            decision_in(batch, decision_id),
            state=DecisionState.REJECTED,
            rejected_by=by,
            rejected_because=reason,
        )
        return state(batch, decision, action=Action.CORRECTED)


def _carried_out(batch: Batch, decision: Decision) -> Decision:
    if decision.kind is DecisionKind.REDACT:
        return carry_out_redaction(batch, decision)
    if decision.kind is DecisionKind.MERGE:
        carry_out_merge(batch, decision)
    else:
        carry_out_correction(batch, decision)
    return decision


def _refuse_same_person(decision: Decision, by: str) -> None:
    spoken = {signature(decision.proposer), *(signature(one.by) for one in decision.approvals)}
    if signature(by) in spoken:
        raise UsageError(
            f"{by} has proposed or approved {decision.decision_id} already; somebody else has "
            "to approve it.",
            f"{by} 已提出或批准过 {decision.decision_id}；须由另一人批准。",
        )
