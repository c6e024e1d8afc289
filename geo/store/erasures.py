"""What was erased by decision: the only payloads that may differ from their sealed hash."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import orjson
import sqlalchemy as sa

from geo.signatures import signature
from geo.store.tables import event, payload
from geo.vocabulary import DecisionKind, DecisionState, Entity

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["APPROVALS_TO_ERASE", "Erasure", "read_erasures"]

APPROVALS_TO_ERASE: Final = 2
"""People besides the one who proposes it."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What a decision left of an event: `digest` is the SHA-256 (hex) of its payload."""

    entity: str
    keys: frozenset[str]
    before: int
    digest: str

    def explains(self, seq: int, entity: str, key: str, body: bytes) -> bool:
        """Say whether this is the payload that the decision left, of an event it was about."""
        about = entity == self.entity and key in self.keys and seq < self.before
        return about and sha256(body).hexdigest() == self.digest


def read_erasures(connection: sa.Connection) -> dict[int, Erasure]:
    """Give by seq the last erasure carried out; decisions that were tampered with say nothing."""
    c = event.c
    stated = (
        sa.select(c.seq, c.payload_hash, payload.c.body)
        .join_from(event, payload, c.seq == payload.c.seq)
        .where(c.entity == Entity.DECISION)
        .order_by(c.seq)
    )
    found: dict[int, Erasure] = {}
    for seq, payload_hash, body in connection.execute(stated):
        if isinstance(body, bytes) and sha256(body).digest() == payload_hash:
            found |= _carried_out(seq, orjson.loads(body))
    return found


def _carried_out(seq: int, decision: Mapping[str, Any]) -> dict[int, Erasure]:
    if (decision.get("kind"), decision.get("state")) != (
        DecisionKind.REDACT,
        DecisionState.APPROVED,
    ):
        return {}
    approvers = {signature(approval["by"]) for approval in orjson.loads(decision["approvals"])}
    if len(approvers - {signature(decision["proposer"])}) < APPROVALS_TO_ERASE:
        return {}
    keys = frozenset(orjson.loads(decision["keys"]))
    return {
        int(number): Erasure(decision["about"], keys, seq, digest)
        for number, digest in orjson.loads(decision.get("erased", "{}")).items()
    }
