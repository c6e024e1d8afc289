"""What every command shares: the store's option, answers for people and for machines."""

from __future__ import annotations

import locale
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from dashboard.services.standpoint import parse_day, parse_moment
from dashboard.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dashboard.services.composition import Services
    from geo.store import Store

__all__ = [
    "AsJson",
    "Db",
    "console",
    "language",
    "parse_day",
    "parse_moment",
    "print_json",
    "progress_bar",
    "services_of",
    "settings_for",
    "store_of",
]

Db = Annotated[str, typer.Option("--db", help="URL of the store (or SANLING_DB).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

console = Console(stderr=True, soft_wrap=True)
"""People's progress and notes go to the terminal, so that stdout stays for answers."""


def language() -> str:
    """Give the terminal's language: Chinese where its locale is Chinese, else English."""
    named = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith("zh") else "en"


def settings_for(db: str, **given: Any) -> Settings:
    """Read the settings; what a command was given goes before."""
    named = {"db": db or None, **given}
    return Settings(**{key: value for key, value in named.items() if value is not None})


def store_of(db: str) -> Store:
    """Open the store a command speaks of; loaded late, so that help and refusals come at once."""
    from dashboard.wiring import open_store

    return open_store(settings_for(db).db)


def services_of(db: str) -> Services:
    """Build the services over the store a command speaks of."""
    from dashboard.wiring import build_services

    return build_services(settings_for(db))


def print_json(answer: dict[str, Any]) -> None:
    """Write one JSON object to stdout."""
    sys.stdout.write(orjson.dumps(answer, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode())
    sys.stdout.write("\n")


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float, str], None]]:
    """Show a bar on a terminal; yields `report(share, what)`."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(label, total=1.0)

        def report(share: float, what: str = "") -> None:
            bar.update(task, completed=share, description=f"{label} {what}".strip())

        yield report


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    return str(value)
