"""Who is asking: sessions, the page to sign in on, and what a stranger may reach.

A store without accounts belongs to whoever sits at its machine. From the first account on
everybody signs in. On the made-up county one click signs in as any role, from this machine
only.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import flask
from flask import Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, login_user, logout_user
from flask_login import current_user as user_of_session

from dashboard.access import DEMO_USER, EVERYWHERE, LOCAL, Actor, Role
from dashboard.context import language, own_path, theme
from dashboard.login_page import login_page
from dashboard.settings import LOOPBACK
from geo.errors import AccessError, SanlingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dashboard.services.directory import Directory
    from dashboard.services.people import People

__all__ = ["Gate", "secret_of"]

PROXIED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
"""Headers that tell of somebody between the browser and this server."""
OPEN_TO_ALL: Final = ("/login", "/assets/", "/_dash-component-suites/", "/_favicon", "/set/")
WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
TRIES: Final = "20 per minute"
"""Sign-ins from one address."""


class _User(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    def __init__(self, key: str) -> None:
        self.id = key


@dataclass(frozen=True)
class Gate:
    """What stands before the pages: `people` have accounts, `directory` has their services."""

    people: People
    directory: Directory
    is_demo: bool
    secret: bytes

    def install(self, server: flask.Flask) -> None:
        """Put the gate before every route of the server."""
        server.secret_key = self.secret
        server.config.update(
            SESSION_COOKIE_SAMESITE="Strict",
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_NAME="sanling-session",
            SESSION_PROTECTION="strong",
        )
        manager = LoginManager(server)
        manager.user_loader(_User)
        limiter = Limiter(get_remote_address, app=server, storage_uri="memory://")
        routes: dict[str, Callable[..., Any]] = {
            "/login": limiter.limit(TRIES, methods=["POST"])(self.sign_in),
            "/login/as/<role>": self.sign_in_as,
            "/logout": self.sign_out,
        }
        for rule, view in routes.items():
            methods = ["GET", "POST"] if rule == "/login" else ["POST"]
            server.add_url_rule(rule, f"gate_{view.__name__}", view, methods=methods)
        server.before_request(self.admit)

    def admit(self) -> Response | tuple[str, int] | None:
        """Let a request in with the actor it comes from, or send it to the page to sign in on."""
        if flask.request.method in WRITES and is_foreign(flask.request):
            return "This request comes from another site.", 403
        actor = self.actor()
        if actor is None:
            if flask.request.path.startswith(OPEN_TO_ALL):
                return None
            return self._turned_away()
        flask.g.actor = actor
        flask.g.services = self.directory.of(actor)
        return None

    def actor(self) -> Actor | None:
        """Give who asks; None for a stranger."""
        if user_of_session.is_authenticated:
            return self._known(str(user_of_session.id))
        at_home = is_at_this_machine(flask.request)
        return LOCAL if at_home and self.people.is_single_user else None

    def sign_in(self) -> Response | str | tuple[str, int]:
        """Show the page to sign in on, and take what was filled in."""
        if flask.request.method == "GET":
            return self._page("")
        form = flask.request.form
        name, password = form.get("name", ""), form.get("password", "")
        try:
            if form.get("token"):
                self.people.add_first(form["token"], name, password=password)
            self.people.sign_in(name, password)
        except SanlingError as error:
            return self._page(error), 403
        return _entered(name)

    def sign_in_as(self, role: str) -> Response:
        """Sign in to the made-up county in a role, from this machine alone."""
        if not self._shows_roles() or role not in set(Role):
            raise AccessError(
                "Signing in by one click is for the made-up county, at its own machine.",
                "一键登录仅限在本机访问虚构示例县时使用。",
            )
        return _entered(f"{DEMO_USER}{role}")

    def sign_out(self) -> Response:
        """End the session."""
        logout_user()
        return flask.redirect("/login")  # type: ignore[return-value]  # werkzeug's base class

    def _known(self, key: str) -> Actor | None:
        if not key.startswith(DEMO_USER):
            return self.people.actor_of(key)
        if not self._shows_roles():
            return None
        return Actor.of(key, frozenset({Role(key.removeprefix(DEMO_USER))}), EVERYWHERE)

    def _shows_roles(self) -> bool:
        return self.is_demo and is_at_this_machine(flask.request)

    def _page(self, error: SanlingError | str) -> str:
        said = error.text(language()) if isinstance(error, SanlingError) else error
        return login_page(
            language(),
            theme(),
            error=said,
            next_path=own_path(flask.request.args.get("next", "/")),
            roles=tuple(Role) if self._shows_roles() else (),
            first=self.people.is_single_user,
        )

    @staticmethod
    def _turned_away() -> Response | tuple[str, int]:
        wants_page = flask.request.accept_mimetypes.best == "text/html"
        if flask.request.method == "GET" and wants_page:
            target = flask.url_for("gate_sign_in", next=flask.request.full_path.rstrip("?"))
            return flask.redirect(target)  # type: ignore[return-value]  # werkzeug's base class
        return "Sign in first.", 401


def is_at_this_machine(request: flask.Request) -> bool:
    """Tell whether the browser runs on this very machine, with nobody in between."""
    return request.remote_addr in LOOPBACK and not any(name in request.headers for name in PROXIED)


def is_foreign(request: flask.Request) -> bool:
    """Tell whether a page of another site sent the request."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
    return urlsplit(origin).netloc != request.host


def secret_of(path: Path) -> bytes:
    """Give the key that signs sessions; made at the first start, readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()


def _entered(key: str) -> Response:
    flask.session.clear()
    login_user(_User(key))
    return flask.redirect(own_path(flask.request.args.get("next", "/")))  # type: ignore[return-value]  # werkzeug's base class
