"""Many rows into a table, past SQLAlchemy's per-row work, which costs more than the insert."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

__all__ = ["insert_many"]


def insert_many(connection: sa.Connection, table: sa.Table, rows: list[tuple[Any, ...]]) -> None:
    """Insert tuples of plain values in the order of the table's columns.

    The statement is compiled for the database at hand; only the conversion of values is left
    out, so give what its driver takes: int, str, bytes.
    """
    statement = sa.insert(table).values(
        {column.name: sa.bindparam(column.name) for column in table.c}
    )
    compiled = statement.compile(dialect=connection.dialect)
    if compiled.positional:
        connection.exec_driver_sql(str(compiled), rows)
    else:
        names = [column.name for column in table.c]
        named = [dict(zip(names, row, strict=True)) for row in rows]
        connection.exec_driver_sql(str(compiled), named)
