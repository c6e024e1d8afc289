"""`serve`: the app on the loopback; an empty store first becomes the demo county."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands.common import Db, console, settings_for
from dashboard.wiring import build_services

if TYPE_CHECKING:
    from flask import Flask

    from dashboard.services import Services

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
) -> None:
    """Serve the app (127.0.0.1:8050 unless told otherwise)."""
    settings = settings_for(db, host=host, port=port)
    services = build_services(settings)
    if services.world.store.watermark == 0:
        _make_demo(services)
    _fetch_map_packages()
    from dashboard.factory import create_app

    server = create_app(services).server
    threading.Thread(target=_warm, args=(services,), daemon=True).start()
    console.print(
        f"Sanling · http://{settings.host}:{settings.port}  (stop with Ctrl-C)", highlight=False
    )
    _listen(server, settings.host, settings.port)


def _make_demo(services: Services) -> None:
    from dashboard.commands.demo import build_into

    console.print("The store is empty: building the made-up county first.")
    build_into(services.world.store)


def _fetch_map_packages() -> None:
    from dashboard.map_view.vendoring import ensure_vendor

    ensure_vendor(root=ROOT, progress=console.print)


def _warm(services: Services) -> None:
    """Have the first page's answers ready before somebody asks."""
    services.warm("zh")


def _listen(server: Flask, host: str, port: int) -> None:
    try:
        from gunicorn.app.base import BaseApplication
    except ImportError:
        from waitress import serve as waitress_serve

        waitress_serve(server, host=host, port=port, threads=2 * THREADS)
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
            return server

    Standalone().run()
