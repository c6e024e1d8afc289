"""Language and theme: two links that set a cookie and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from dashboard.context import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, own_path
from dashboard.i18n import LANGUAGES

if TYPE_CHECKING:
    from flask import Response

__all__ = ["register_preferences"]

A_YEAR_S = 365 * 24 * 3600
CHOICES = {"language": (LANGUAGE_COOKIE, LANGUAGES), "theme": (THEME_COOKIE, THEMES)}


def register_preferences(server: flask.Flask) -> None:
    """Add `/set/<language|theme>/<value>?next=/path` to the server."""
    server.add_url_rule("/set/<kind>/<value>", "set_preference", set_preference)


def set_preference(kind: str, value: str) -> Response:
    """Remember a choice and go back to the page it was made on; 404 for an unknown one."""
    cookie, allowed = CHOICES.get(kind, ("", ()))
    if value not in allowed:
        flask.abort(404)
    response = flask.make_response(flask.redirect(own_path(flask.request.args.get("next", "/"))))
    response.set_cookie(cookie, value, max_age=A_YEAR_S, samesite="Lax", httponly=True)
    return response
