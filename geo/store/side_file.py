"""A small database file beside the store, with a write lock of its own.

A long import holds the store's one write lock for minutes; what must not wait for it stands in
a side file.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import sqlalchemy as sa

from geo.store.sqlite import WRITES, add_guards, compact, connect

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = ["SideFile"]


class SideFile:
    """The file at `path` with the tables of `metadata`; made when it is first written to.

    The database refuses to change rows of `append_only`. Several processes may use it at once.
    """

    def __init__(
        self, path: Path, metadata: sa.MetaData, *, append_only: Iterable[sa.Table] = ()
    ) -> None:
        self.path = path
        self._metadata = metadata
        self._append_only = tuple(append_only)
        self._engine: sa.Engine | None = None
        self._lock = Lock()

    @property
    def exists(self) -> bool:
        """Tell whether anything was ever written."""
        return self.path.exists()

    def read(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction that only reads."""
        return self._opened().begin()

    def write(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction that takes the file's write lock at once."""
        return self._opened().execution_options(**{WRITES: True}).begin()

    def compact(self) -> None:
        """Leave no trace of deleted rows in the file."""
        compact(self._opened())

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _opened(self) -> sa.Engine:
        with self._lock:
            if self._engine is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                engine = connect(sa.URL.create("sqlite", database=str(self.path)))
                with engine.execution_options(**{WRITES: True}).begin() as connection:
                    self._metadata.create_all(connection)
                    add_guards(connection, self._append_only)
                self._engine = engine
            return self._engine
