"""What the ledger learned of one record, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from geo.store.moments import moment_of
from geo.store.tables import event, payload

if TYPE_CHECKING:
    from geo.vocabulary import Entity

__all__ = ["versions_of"]


def versions_of(connection: sa.Connection, entity: Entity, key: str) -> list[dict[str, Any]]:
    """Give the events of one record, oldest first.

    Each has seq, action, recorded_at, known_at and `fields`, what the event stated; an event
    whose payload was erased states nothing.
    """
    c = event.c
    asked = (
        sa.select(c.seq, c.action, c.recorded_at, c.known_at, payload.c.body)
        .select_from(event.outerjoin(payload, payload.c.seq == c.seq))
        .where(c.entity == entity.value, c.key == key)
        .order_by(c.seq)
    )
    return [
        {
            "seq": int(row.seq),
            "action": str(row.action),
            "recorded_at": moment_of(row.recorded_at),
            "known_at": moment_of(row.known_at),
            "fields": orjson.loads(row.body) if row.body else {},
        }
        for row in connection.execute(asked)
    ]
