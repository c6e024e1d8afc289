"""Sanling: `python app.py` serves the app; `python app.py COMMAND` does one job.

`app:server` is the WSGI application, for servers of one's own; it is built when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.cli import main

if TYPE_CHECKING:
    from flask import Flask


def __getattr__(name: str) -> Flask:
    """Build the WSGI application on its first use: importing this file does nothing."""
    if name != "server":
        raise AttributeError(name)
    from dashboard.commands.serving import make_server
    from dashboard.settings import Settings

    return make_server(Settings())


if __name__ == "__main__":
    main()
