"""The derived tables anew, from the ledger alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from geo.store import counts
from geo.store.generation import start_generation
from geo.store.history import every_version
from geo.store.meta import read_meta
from geo.store.pending import PendingSegments
from geo.store.segments import read_tail
from geo.store.snapshot import state_at
from geo.store.tables import DERIVED, event, month_count, segment
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["rebuild"]

AT_ONCE: Final = 50_000
"""Events whose payloads are read at once: about 150 MB."""


def rebuild(connection: sa.Connection) -> dict[str, int]:
    """Empty month_count and segment, fill them from events and payloads; give their rows.

    Segments come out as large as they may be, whatever the sizes of the deliveries were.
    """
    for table in DERIVED:
        connection.execute(sa.delete(table))
    for entity in Entity:
        if entity is not Entity.GROUND:
            _rebuild_segments(connection, entity)
    for counted in counts.COUNTED:
        _rebuild_counts(connection, counted)
    start_generation(connection)
    tables = {table.name: table for table in (month_count, segment)}
    rows = {name: sa.select(sa.func.count()).select_from(table) for name, table in tables.items()}
    return {name: connection.execute(query).scalar_one() for name, query in rows.items()}


def _rebuild_segments(connection: sa.Connection, entity: str) -> None:
    pending = PendingSegments(connection)
    for after, upto in _portions(connection, entity):
        pending.add(entity, read_tail(connection, entity, after=after, upto=upto))
    pending.close()


def _portions(connection: sa.Connection, entity: str) -> Iterator[tuple[int, int]]:
    """Cut the entity's events into portions that can be read at once."""
    after = 0
    seqs = sa.select(event.c.seq).where(event.c.entity == entity).order_by(event.c.seq)
    while True:
        portion = seqs.where(event.c.seq > after).limit(AT_ONCE).subquery()
        found = sa.select(sa.func.count(), sa.func.max(portion.c.seq))
        count, last = connection.execute(found).one()
        if not count:
            return
        yield after, last
        after = last


def _rebuild_counts(connection: sa.Connection, entity: str) -> None:
    state = state_at(every_version(connection, entity), None)
    counts.add_counts(connection, counts.count_months(state, entity, read_meta(connection).zone))
