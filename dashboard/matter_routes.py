"""The lists of Hazards and Mediation as files to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from dashboard.context import language, note_look, services
from dashboard.map_routes import download

if TYPE_CHECKING:
    from flask import Flask, Response

__all__ = ["register_matter_routes"]


def register_matter_routes(server: Flask) -> None:
    """Add `/hazards.<kind>` and `/mediation.<kind>` to the server."""
    server.add_url_rule("/hazards.<kind>", "hazards_file", hazards_file)
    server.add_url_rule("/mediation.<kind>", "mediation_file", mediation_file)


def hazards_file(kind: str) -> Response:
    """Send the hazards as a table."""
    asked = flask.request.args
    window, shown = asked.get("window", "last12"), asked.get("shown", "open")
    return download(*services().hazards.export(kind, language(), window=window, shown=shown))


def mediation_file(kind: str) -> Response:
    """Send the worklist as a table, and note who took it."""
    shown = flask.request.args.get("shown", "open")
    file = services().mediation.export(kind, language(), shown=shown)
    note_look("took away", f"mediation.{kind}")
    return download(*file)
