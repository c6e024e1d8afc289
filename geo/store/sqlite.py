"""All that is particular to SQLite: pragmas, the write lock and the triggers."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import event as sa_event

from geo.store.generation import unmark_traces

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WRITES", "add_guards", "clean", "compact", "connect"]

WRITES: Final = "sanling_writes"
"""Execution option of a connection that is going to write."""

PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    # FULL, because a record of evidence may not lose an acknowledged commit on power loss.
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=30000",
    # The log of a large import is cut back once it is in the database.
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA cache_size=-65536",
)

GUARD: Final = (
    "CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no {verb} on {table}'); END"
)


def connect(url: sa.URL) -> sa.Engine:
    """Give an engine whose writers take the lock at once and whose readers never wait.

    A transaction that reads first and writes later can meet "database is locked" whatever
    the timeout; `BEGIN IMMEDIATE` cannot. The driver's own begin is switched off for it.
    """
    engine = sa.create_engine(url)
    sa_event.listen(engine, "connect", _prepare)
    sa_event.listen(engine, "begin", _begin)
    return engine


def add_guards(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Let the database itself refuse UPDATE and DELETE on `tables`."""
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(GUARD.format(table=table.name, verb=verb))


def clean(engine: sa.Engine) -> bool:
    """Write the file anew without the freed parts, and empty its log; say whether that worked.

    SQLite leaves deleted content in freed pages and in the log; whatever the build's own
    `secure_delete`, nothing is left after this. While others read or write, or the disk is
    full, it fails: the mark then stays and the next opening tries again.
    """
    if not compact(engine):
        return False
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        unmark_traces(connection)
        connection.commit()
    return True


def compact(engine: sa.Engine) -> bool:
    """Write the file anew and empty its log; False where others or the disk forbid it."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM")
        busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError:
        return False
    finally:
        raw.close()
    return not busy


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
