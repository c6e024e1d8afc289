"""What a page may ask of the request it answers: the services, the language, the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import flask

from dashboard.access import LOCAL
from dashboard.i18n import DEFAULT_LANGUAGE, LANGUAGES

if TYPE_CHECKING:
    from dashboard.access import Actor
    from dashboard.services.composition import Services
    from dashboard.services.people import People

__all__ = [
    "LANGUAGE_COOKIE",
    "THEMES",
    "THEME_COOKIE",
    "actor",
    "language",
    "note_look",
    "own_path",
    "services",
    "theme",
]

LANGUAGE_COOKIE: Final = "sanling-language"
THEME_COOKIE: Final = "sanling-theme"
THEMES: Final = ("dark", "light")


def services() -> Services:
    """Give the services of who asks."""
    found: Services = flask.g.get("services") or flask.current_app.config["services"]
    return found


def actor() -> Actor:
    """Give who asks; the one person at the machine where no gate stands."""
    found: Actor = flask.g.get("actor", LOCAL)
    return found


def note_look(deed: str, about: str) -> None:
    """Note in the audit log that who asks did something; nobody keeps one without a gate."""
    people: People | None = flask.current_app.config.get("people")
    if people is not None:
        people.log(actor().name, deed, about)


def own_path(path: str) -> str:
    """Give a path of this server; "//host" and "https://host" would lead away from it."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def language() -> str:
    """Give the reader's language; Chinese until another is chosen."""
    return _cookie(LANGUAGE_COOKIE, LANGUAGES, DEFAULT_LANGUAGE)


def theme() -> str:
    """Give the reader's theme; dark until another is chosen."""
    return _cookie(THEME_COOKIE, THEMES, THEMES[0])


def _cookie(name: str, allowed: tuple[str, ...], default: str) -> str:
    if not flask.has_request_context():
        return default
    value = flask.request.cookies.get(name, default)
    return value if value in allowed else default
