"""Versions kept in memory, so that a new event does not cost a full reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from geo.store.segments import Versions, joined, no_versions, read_segments, read_tail

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["History"]


@dataclass(slots=True)
class History:
    """The versions of one entity: segments are read once, the short tail every time."""

    entity: str
    lock: Lock = field(default_factory=Lock)
    base: Versions | None = None

    def upto(self, connection: sa.Connection, watermark: int) -> Versions:
        """Give all versions with `seq <= watermark`; safe to call from many threads."""
        with self.lock:
            base = self._extended(connection)
        tail = read_tail(connection, self.entity, after=base.last_seq, upto=watermark)
        return joined([base.between(0, watermark), tail], self.entity)

    def _extended(self, connection: sa.Connection) -> Versions:
        base = self.base or no_versions(self.entity)
        newer = read_segments(connection, self.entity, after=base.last_seq)
        self.base = joined([base, newer], self.entity)
        return self.base
