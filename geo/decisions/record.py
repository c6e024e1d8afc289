"""A decision as it stands, and as a row of its table."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from geo.errors import UsageError
from geo.schemas import columns_of, conform
from geo.store.history import every_version
from geo.store.moments import moment_of, us_of_series
from geo.store.snapshot import state_at
from geo.vocabulary import Action, DecisionKind, DecisionState, Entity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from geo.store import Batch, Store

__all__ = [
    "Approval",
    "Decision",
    "decided_batch",
    "decision_in",
    "decisions_in",
    "decisions_of",
    "state",
]


class Approval(NamedTuple):
    """Who approved, and when (ISO 8601, UTC)."""

    by: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision. Of a merge, the first of `keys` is kept and the others are dropped."""

    decision_id: str
    kind: DecisionKind
    state: DecisionState
    about: Entity
    keys: tuple[str, ...]
    fields: tuple[str, ...] = ()
    reason: str
    proposer: str
    proposed_at: datetime
    approvals: tuple[Approval, ...] = ()
    rejected_by: str | None = None
    rejected_because: str | None = None
    erased: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, str | None] = field(default_factory=dict)
    reference: str | None = None

    @property
    def open(self) -> bool:
        """Say whether it still waits for somebody."""
        return self.state is DecisionState.PROPOSED

    def to_dict(self) -> dict[str, Any]:
        """Give plain values for JSON; of an erasure, how many events it touched."""
        plain = asdict(self) | {"proposed_at": self.proposed_at.isoformat()}
        plain["approvals"] = [approval._asdict() for approval in self.approvals]
        return plain | {"erased": len(self.erased)}


def decisions_of(store: Store) -> dict[str, Decision]:
    """Give all decisions of a store by their id, oldest first."""
    return _revived(store.snapshot().decisions)


def decisions_in(batch: Batch) -> dict[str, Decision]:
    """Give all decisions as they stand within an open batch."""
    return _revived(state_at(every_version(batch.connection, Entity.DECISION), None))


def decision_in(batch: Batch, decision_id: str) -> Decision:
    """Give the decision that still waits under this id; raise UsageError for any other."""
    found = decisions_in(batch).get(decision_id)
    if found is None:
        raise UsageError(
            f"There is no decision {decision_id}; `decisions` lists them.",
            f"没有决定 {decision_id}；请用 decisions 命令查看。",
        )
    if not found.open:
        raise UsageError(
            f"Decision {decision_id} is settled already ({found.state}); propose anew instead.",
            f"决定 {decision_id} 已办结（{found.state}）；如需变更请重新提出。",
        )
    return found


def decided_batch(
    store: Store, step: str, *, by: str, at: datetime
) -> AbstractContextManager[Batch]:
    """Open the batch of one step of a decision: all of the step is stored, or nothing."""
    said = sha256(f"{step} {by} {at.isoformat()}".encode()).hexdigest()
    return store.batch(
        Entity.DECISION, source=step, content_hash=said, recipe=None, actor=by, recorded_at=at
    )


def state(batch: Batch, decision: Decision, *, action: Action) -> Decision:
    """Append the decision as an event; give it back."""
    row: dict[str, Any] = {name: getattr(decision, name) for name in columns_of(Entity.DECISION)}
    for name in ("keys", "fields", "approvals"):
        row[name] = json.dumps([_plain(value) for value in row[name]], ensure_ascii=False)
    row["erased"] = json.dumps(dict(decision.erased))
    row["changes"] = json.dumps(dict(decision.changes), ensure_ascii=False)
    index = pd.Index([decision.decision_id], name="decision_id")
    frame = pd.DataFrame({name: [value] for name, value in row.items()}, index=index)
    batch.append(Entity.DECISION, conform(frame, Entity.DECISION), action=action)
    return decision


def _plain(value: str | Approval) -> str | dict[str, str]:
    return value._asdict() if isinstance(value, Approval) else value


def _revived(frame: pd.DataFrame) -> dict[str, Decision]:
    moments = [moment_of(us) for us in us_of_series(frame["proposed_at"]).tolist()]
    rows = frame.astype(object).where(frame.notna(), None).to_dict("index")
    return {
        str(key): _decision(str(key), row, moment)
        for (key, row), moment in zip(rows.items(), moments, strict=True)
    }


def _decision(key: str, row: dict[Any, Any], proposed_at: datetime) -> Decision:
    return Decision(
        decision_id=key,
        kind=DecisionKind(row["kind"]),
        state=DecisionState(row["state"]),
        about=Entity(row["about"]),
        keys=tuple(json.loads(row["keys"])),
        fields=tuple(json.loads(row["fields"])),
        reason=row["reason"],
        proposer=row["proposer"],
        proposed_at=proposed_at,
        approvals=tuple(Approval(**approval) for approval in json.loads(row["approvals"])),
        rejected_by=row["rejected_by"],
        rejected_because=row["rejected_because"],
        erased=json.loads(row["erased"]),
        changes=json.loads(row["changes"] or "{}"),
        reference=row["reference"],
    )
