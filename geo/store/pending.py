"""Versions of a batch that still have to become segments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geo.store.segments import (
    SEGMENT_FROM_ROWS,
    SEGMENT_ROWS,
    Versions,
    covered_to,
    joined,
    read_tail,
    tail_length,
    write_segment,
)

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["PendingSegments"]


@dataclass(slots=True)
class PendingSegments:
    """Gathers versions per entity and writes them once there are enough of them."""

    connection: sa.Connection
    held: dict[str, list[Versions]] = field(default_factory=dict)

    def add(self, entity: str, versions: Versions) -> None:
        """Hold versions back; full segments are written at once."""
        held = self.held.setdefault(entity, [])
        held.append(versions)
        if sum(map(len, held)) >= SEGMENT_ROWS:
            self._flush(entity)

    def close(self) -> None:
        """Write what is held, with the tail before it, where that makes a segment."""
        for entity in self.held:
            self._flush(entity)

    def _flush(self, entity: str) -> None:
        held, self.held[entity] = self.held[entity], []
        if not held or tail_length(self.connection, entity) < SEGMENT_FROM_ROWS:
            return
        covered = covered_to(self.connection, entity)
        tail = read_tail(self.connection, entity, after=covered, upto=held[0].first_seq - 1)
        versions = joined([tail, *held], entity)
        for part in versions.portions(SEGMENT_ROWS):
            write_segment(self.connection, entity, part)
