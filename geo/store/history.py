"""Versions kept in memory, so that a new event does not cost a full reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from geo.store.generation import read_generation
from geo.store.segments import MAX_SEQ, Versions, joined, no_versions, read_segments, read_tail
from geo.store.snapshot import state_after, state_at

if TYPE_CHECKING:
    import pandas as pd
    import sqlalchemy as sa

__all__ = ["History", "every_version"]


@dataclass(slots=True)
class History:
    """The versions of one entity: segments are read once, the short tail every time."""

    entity: str
    lock: Lock = field(default_factory=Lock)
    base: Versions | None = None
    settled: tuple[Versions, pd.DataFrame] | None = None
    """What stands of the base, as computed from it."""
    generation: int = 0

    def upto(self, connection: sa.Connection, watermark: int) -> Versions:
        """Give all versions with `seq <= watermark`; safe to call from many threads."""
        with self.lock:
            base = self._extended(connection)
        tail = read_tail(connection, self.entity, after=base.last_seq, upto=watermark)
        return joined([base.between(0, watermark), tail], self.entity)

    def present(self, connection: sa.Connection, watermark: int) -> pd.DataFrame:
        """Give what stands at `watermark`: `state_at` all of it, at the cost of the tail."""
        with self.lock:
            base = self._extended(connection)
            if base.last_seq > watermark:
                return state_at(base.between(0, watermark), None)
            if self.settled is None or self.settled[0] is not base:
                self.settled = (base, state_at(base, None))
            before = self.settled[1]
        tail = read_tail(connection, self.entity, after=base.last_seq, upto=watermark)
        return state_after(before, tail)

    def _extended(self, connection: sa.Connection) -> Versions:
        generation = read_generation(connection)
        if generation != self.generation:
            self.base, self.generation = None, generation
        base = self.base or no_versions(self.entity)
        newer = read_segments(connection, self.entity, after=base.last_seq)
        self.base = joined([base, newer], self.entity)
        return self.base


def every_version(connection: sa.Connection, entity: str) -> Versions:
    """Read all versions of an entity, from the segments and the tail behind them."""
    covered = read_segments(connection, entity)
    tail = read_tail(connection, entity, after=covered.last_seq, upto=MAX_SEQ)
    return joined([covered, tail], entity)
