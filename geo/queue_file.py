"""Where the queue of long work stands; known without loading a database."""

from __future__ import annotations

from pathlib import Path

__all__ = ["queue_file"]


def queue_file(store: str) -> Path:
    """Give the file of the queue that belongs to a store, named by its URL or its own file.

    >>> queue_file("sqlite:///county.db").as_posix()
    'county.jobs.db'
    """
    return Path(store.removeprefix("sqlite:///")).with_suffix(".jobs.db")
