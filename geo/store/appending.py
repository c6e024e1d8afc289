"""Events sealed one after another and written in large portions."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeAlias

import sqlalchemy as sa

from geo.store.bulk import insert_many
from geo.store.chain import GENESIS, seal
from geo.store.portions import in_portions
from geo.store.tables import event, payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Appender", "Facts"]

Facts: TypeAlias = tuple[int, int, str, str, str, bytes]
"""recorded_at and known_at in microseconds, entity, action, key, payload of a coming event."""

AT_ONCE: Final = 20_000
"""Events of one `executemany`: about 20 MB of parameters."""


@dataclass(slots=True)
class Appender:
    """Writes events behind the head of the chain, within one transaction."""

    connection: sa.Connection
    batch_id: int
    seq: int
    recorded_at: int
    prev_hash: bytes
    on_portion: Callable[[int], None] | None = None
    """Told the last seq after each portion; what it raises ends the transaction."""

    @classmethod
    def at_head(cls, connection: sa.Connection, *, batch_id: int) -> Appender:
        """Stand at the last event; on an empty ledger, before the first."""
        c = event.c
        head = sa.select(c.seq, c.recorded_at, c.hash).order_by(c.seq.desc()).limit(1)
        row = connection.execute(head).first()
        seq, recorded_at, last_hash = row or (0, -(2**62), GENESIS)
        return cls(connection, batch_id, seq, recorded_at, last_hash)

    def append(
        self,
        entity: str,
        action: str,
        keys: pd.Index,
        recorded: NDArray[np.int64],
        known: NDArray[np.int64],
        bodies: Iterable[bytes],
    ) -> None:
        """Append one event for each key, in this order."""
        columns = (recorded.tolist(), known.tolist(), keys.tolist(), bodies)
        self.write(
            (at, known_at, entity, action, key, body)
            for at, known_at, key, body in zip(*columns, strict=True)
        )

    def write(self, rows: Iterable[Facts]) -> None:
        """Append events of any entities; their moments must not run back."""
        for some in in_portions(rows, AT_ONCE):
            self._write(some)
            self.recorded_at = some[-1][0]
            if self.on_portion is not None:
                self.on_portion(self.seq)

    def _write(self, rows: list[Facts]) -> None:
        events, bodies = [], []
        for at, known, entity, action, key, body in rows:
            self.seq += 1
            said = sha256(body).digest()
            sealed = seal(self.prev_hash, (self.seq, at, known, entity, action, key, said))
            place = (self.seq, at, known, entity, action, key, self.batch_id)
            events.append((*place, said, self.prev_hash, sealed))
            bodies.append((self.seq, body))
            self.prev_hash = sealed
        insert_many(self.connection, event, events)
        insert_many(self.connection, payload, bodies)
