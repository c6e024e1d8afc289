"""`serve`: the app on the loopback; an empty store first becomes the demo county."""

from __future__ import annotations

import os
import socket
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.access import LOCAL
from dashboard.commands.beside import kept_beside
from dashboard.commands.common import Db, console, settings_for
from dashboard.i18n import DEFAULT_LANGUAGE
from dashboard.settings import LOOPBACK
from geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask

    from dashboard.login import Gate
    from dashboard.settings import Settings

__all__ = ["serve"]

ROOT = Path(__file__).resolve().parents[2]
"""Folder of package.json."""
THREADS = 8
"""Threads of one worker: enough for a wall and a handful of desks."""


def serve(
    *,
    db: Db = "",
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Do long work beside the app.")
    ] = True,
) -> None:
    """Serve the app (127.0.0.1:8050 unless told otherwise)."""
    settings = settings_for(db, host=host, port=port)
    _refuse_taken(settings.host, settings.port)
    _make_demo_where_empty(settings.db)
    _fetch_map_packages()
    console.print(
        f"Sanling · http://{settings.host}:{settings.port}  (stop with Ctrl-C)", highlight=False
    )
    with _worker_beside(settings, wanted=worker):
        _listen(lambda: make_server(settings), settings.host, settings.port)


def _worker_beside(settings: Settings, *, wanted: bool) -> AbstractContextManager[None]:
    """Have a worker in a process of its own, which ends with this one."""
    if not wanted:
        return nullcontext()
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    given = {"PYTHONPATH": path, "SANLING_DB": settings.db, "SANLING_INBOX": settings.inbox}
    command = [sys.executable, "-m", "dashboard.worker", "--tied"]
    return kept_beside(command, {**os.environ, **given})


def make_server(settings: Settings) -> Flask:
    """Build the WSGI application; called in the process that answers, never before a fork."""
    from dashboard.factory import create_app
    from dashboard.wiring import build_gate, open_store

    gate = build_gate(settings, open_store(settings.db))
    _say_first_token(settings, gate)
    services = gate.directory.of(LOCAL)
    threading.Thread(target=services.warm, args=(DEFAULT_LANGUAGE,), daemon=True).start()
    server: Flask = create_app(services, gate=gate).server
    return server


def _say_first_token(settings: Settings, gate: Gate) -> None:
    """Tell the console how the first administrator of a server for others comes in."""
    if settings.host not in LOOPBACK and gate.people.is_single_user:
        console.print(
            f"Nobody has an account yet. Make the first administrator at /login with the token "
            f"{gate.people.first_token}",
            highlight=False,
        )


def _refuse_taken(host: str, port: int) -> None:
    """Say so before anything is built where another program already listens."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop the other program "
                "or choose another port with --port.",
                f"无法监听 {host}:{port}（{error.strerror}）。请停止占用的程序，"
                "或用 --port 指定其他端口。",
            ) from error


def _make_demo_where_empty(db: str) -> None:
    from dashboard.commands.demo import build_into
    from dashboard.wiring import open_store

    with open_store(db) as store:
        if store.watermark == 0:
            console.print("The store is empty: building the made-up county first.")
            build_into(store)


def _fetch_map_packages() -> None:
    from dashboard.map_view.vendoring import ensure_vendor

    ensure_vendor(root=ROOT, progress=console.print)


def _listen(make: Callable[[], Flask], host: str, port: int) -> None:
    try:
        from gunicorn.app.base import BaseApplication
    except ImportError:
        from waitress import serve as waitress_serve

        waitress_serve(make(), host=host, port=port, threads=2 * THREADS)
        return

    class Standalone(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"{host}:{port}",
                "workers": 1,
                "threads": THREADS,
                "worker_class": "gthread",
                "loglevel": "warning",
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return make()

    Standalone().run()
