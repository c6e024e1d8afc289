"""What every proposal needs: a number, a reason, somebody who signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.decisions.record import Decision, decisions_in, state
from geo.errors import UsageError
from geo.store.standing import last_events, stands
from geo.vocabulary import Action, DecisionState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from geo.store import Batch
    from geo.vocabulary import Entity

__all__ = ["propose", "reasoned", "refuse_unknown", "standing_keys"]


def propose(batch: Batch, *, by: str, at: datetime, **what: Any) -> Decision:
    """Append a proposal under the next number: D1, D2 and so on."""
    decision = Decision(
        decision_id=f"D{len(decisions_in(batch)) + 1}",
        state=DecisionState.PROPOSED,
        proposer=by,
        proposed_at=at,
        **what,
    )
    return state(batch, decision, action=Action.RECORDED)


def reasoned(reason: str) -> str:
    """Give a reason, trimmed; raise UsageError where there is none."""
    if not reason.strip():
        raise UsageError("A reason is needed (--reason).", "请说明理由（--reason）。")
    return reason.strip()


def standing_keys(batch: Batch, entity: Entity, keys: Sequence[str]) -> pd.DataFrame:
    """Give the last event (seq) of those keys whose records stand, indexed by key."""
    last = last_events(batch.connection, entity, pd.Index(list(keys), dtype="str"))
    return last[stands(last)]


def refuse_unknown(entity: Entity, keys: Sequence[str], known: pd.Index) -> None:
    """Raise UsageError for a key the ledger does not hold."""
    strangers = [key for key in keys if key not in known]
    if strangers:
        raise UsageError(
            f"There is no {entity} {strangers[0]}; name records by their id.",
            f"没有 {entity} {strangers[0]}；请按编号指定记录。",
        )
