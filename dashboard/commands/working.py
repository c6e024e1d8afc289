"""`work`: do the long work that pages and inboxes ask for."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.common import Db, console, settings_for

__all__ = ["work"]


def work(
    *,
    db: Db = "",
    inbox: Annotated[
        str | None, typer.Option(help="Folder that feeds deliver into (or SANLING_INBOX).")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Do what there is to do, then end.")] = False,
) -> None:
    """Import what pages queued and what lies in the inbox, until told to stop."""
    from dashboard.worker.watching import stop_when_told, watch

    settings = settings_for(db, inbox=inbox)
    if not once:
        console.print(f"Working for {settings.db}, inbox {settings.inbox}; stop with Ctrl-C.")
    watch(settings, stop=stop_when_told(), once=once)
