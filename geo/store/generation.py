"""Marks of the store about itself: what was rewritten, and whether traces are left."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from geo.store.tables import meta

__all__ = [
    "has_traces",
    "mark_traces",
    "read_generation",
    "start_generation",
    "unmark_traces",
]

GENERATION: Final = "generation"
TRACES: Final = "traces"


def read_generation(connection: sa.Connection) -> int:
    """Give a number that grows whenever events already read may read differently now.

    Appending does not change it. Whoever keeps what was read compares it, so that what one
    process erased is forgotten by every other.
    """
    found = sa.select(meta.c.value).where(meta.c.name == GENERATION)
    return int(connection.execute(found).scalar() or 0)


def start_generation(connection: sa.Connection) -> None:
    """Make everybody read again."""
    number = read_generation(connection) + 1
    connection.execute(sa.delete(meta).where(meta.c.name == GENERATION))
    connection.execute(sa.insert(meta).values(name=GENERATION, value=str(number)))


def mark_traces(connection: sa.Connection) -> None:
    """Note that freed parts of the file may still hold what was erased."""
    unmark_traces(connection)
    connection.execute(sa.insert(meta).values(name=TRACES, value="1"))


def unmark_traces(connection: sa.Connection) -> None:
    """Note that the file was cleaned."""
    connection.execute(sa.delete(meta).where(meta.c.name == TRACES))


def has_traces(connection: sa.Connection) -> bool:
    """Say whether the file still has to be cleaned."""
    return (
        connection.execute(sa.select(meta.c.name).where(meta.c.name == TRACES)).first() is not None
    )
