"""Settings, read once from `SANLING_…` variables and handed down."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.queue_file import queue_file

__all__ = ["LOOPBACK", "Settings", "default_db"]


LOCAL: Final = Path(".sanling")
"""The ignored folder of what this installation keeps."""


LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
"""Addresses that only this machine reaches."""


def default_db() -> str:
    """Give the URL of the local store: a SQLite file in an ignored folder."""
    return f"sqlite:///{LOCAL / 'sanling.db'}"


class Settings(BaseSettings):
    """What an installation may set."""

    model_config = SettingsConfigDict(env_prefix="SANLING_", frozen=True, extra="forbid")

    db: str = default_db()
    """URL of the store."""
    host: str = "127.0.0.1"
    """Address the app listens on; the loopback unless told otherwise."""
    port: int = 8050
    """Port the app listens on."""
    inbox: str = str(LOCAL / "inbox")
    """Folder that takes what feeds deliver: one folder for each feed in it."""
    staging: str = str(LOCAL / "staging")
    """Folder of files brought to the page, for a day."""
    recipes: str = str(LOCAL / "recipes")
    """Folder of the recipes saved here, beside those of the project."""
    upload_mb: int = 2048
    """Megabytes a file brought to the page may have."""
    shared: str = ""
    """Folder of real data for tests; unused by the app."""

    @property
    def queue(self) -> Path:
        """Give the file of the queue of long work: `county.jobs.db` beside `county.db`."""
        return queue_file(self.db)

    @property
    def access_book(self) -> Path:
        """Give the file of accounts and of the log of deeds, beside the store."""
        return Path(self.db.removeprefix("sqlite:///")).with_suffix(".access.db")

    @property
    def secret(self) -> Path:
        """Give the file of the key that signs sessions, beside the store."""
        return Path(self.db.removeprefix("sqlite:///")).with_suffix(".secret")
