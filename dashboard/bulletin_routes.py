"""What the page Bulletin fetches: the document and its annex."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from dashboard.context import actor, language, services
from dashboard.map_routes import download

if TYPE_CHECKING:
    from flask import Flask, Response

__all__ = ["register_bulletin_routes"]


def register_bulletin_routes(server: Flask) -> None:
    """Add `/bulletin.docx` and `/bulletin.xlsx` to the server."""
    for kind in ("docx", "xlsx"):
        server.add_url_rule(f"/bulletin.<any({kind}):kind>", f"bulletin_{kind}", bulletin_file)


def bulletin_file(kind: str) -> Response:
    """Send the draft or an edition of a month, in the reader's language."""
    desk, asked = services().bulletin, flask.request.args
    month = asked.get("period") or desk.usual_month()
    number = asked.get("edition", type=int)
    return download(*desk.file(kind, month, number, language(), by=actor().name))
