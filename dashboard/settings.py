"""Settings, read once from `SANLING_…` variables and handed down."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings", "default_db"]


def default_db() -> str:
    """Give the URL of the local store: a SQLite file in an ignored folder."""
    return f"sqlite:///{Path('.sanling') / 'sanling.db'}"


class Settings(BaseSettings):
    """What an installation may set."""

    model_config = SettingsConfigDict(env_prefix="SANLING_", frozen=True, extra="forbid")

    db: str = default_db()
    """URL of the store."""
    host: str = "127.0.0.1"
    """Address the app listens on; the loopback unless told otherwise."""
    port: int = 8050
    """Port the app listens on."""
    shared: str = ""
    """Folder of real data for tests; unused by the app."""
