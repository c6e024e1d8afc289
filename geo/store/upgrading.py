"""A store of the version before becomes one of this version."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from geo.store.rebuilding import rebuild
from geo.store.tables import SCHEMA_VERSION, meta

__all__ = ["UPGRADED_FROM", "VERSION", "read_version", "upgrade"]

VERSION: Final = "schema_version"
UPGRADED_FROM: Final = "1"
"""Had segments without the columns added since."""


def read_version(connection: sa.Connection) -> str | None:
    """Give the version a store was made by; None where it names none."""
    return connection.execute(sa.select(meta.c.value).where(meta.c.name == VERSION)).scalar()


def upgrade(connection: sa.Connection) -> None:
    """Make the derived tables anew; events and payloads stay.

    All in the caller's transaction, so that a store is of one version or of the other. A store
    that another process upgraded in the meantime is left alone.
    """
    if read_version(connection) != UPGRADED_FROM:
        return
    rebuild(connection)
    raised = sa.update(meta).where(meta.c.name == VERSION).values(value=str(SCHEMA_VERSION))
    connection.execute(raised)
