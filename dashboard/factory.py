"""Services in, a Dash app out: pages, map routes, error sentences, headers."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from typing import TYPE_CHECKING, Final

import dash_mantine_components as dmc
from dash import Dash, html, page_container, set_props
from flask_compress import Compress

from dashboard import pages
from dashboard.bulletin_routes import register_bulletin_routes
from dashboard.context import language, services, theme
from dashboard.data_routes import register_data_routes
from dashboard.i18n import t
from dashboard.map_routes import register_map_routes
from dashboard.matter_routes import register_matter_routes
from dashboard.preferences import register_preferences
from geo.errors import SanlingError

if TYPE_CHECKING:
    from types import ModuleType

    import flask
    from dash.development.base_component import Component
    from flask import Response

    from dashboard.login import Gate
    from dashboard.services.composition import Services

__all__ = ["create_app", "services"]

LOG = logging.getLogger(__name__)

POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "worker-src 'self' blob:; frame-ancestors 'self'"
)
"""The browser itself refuses any request that would leave this server."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}
COMPRESSED_TYPES: Final = (
    "application/geo+json",
    "application/javascript",
    "application/json",
    "application/octet-stream",
    "text/css",
    "text/html",
    "text/javascript",
)
TEAL: Final = (
    "#8fe9d8",
    "#53d8c1",
    "#45cdb5",
    "#3bc3ab",
    "#30b7a0",
    "#28ab95",
    "#1f9d88",
    "#157d6c",
    "#0f6457",
    "#0b4d43",
)
"""The one accent, light to dark, as Mantine takes a colour."""
NIGHT: Final = (
    "#dce9f4",
    "#bccddb",
    "#90a9be",
    "#5d7890",
    "#2b4d68",
    "#1b354b",
    "#102132",
    "#0d1c2b",
    "#0b1826",
    "#060e18",
)
"""The dark surfaces in the tone of the page, from text to ground."""
INDEX: Final = """<!DOCTYPE html>
<html lang="{lang}" data-mantine-color-scheme="{theme}">
<head>{metas}<title>{title}</title>{favicon}{css}</head>
<body><noscript>{no_script}</noscript>{app_entry}<footer>{config}{scripts}{renderer}</footer></body>
</html>"""


def create_app(services: Services, *, gate: Gate | None = None) -> Dash:
    """Build the app on `services`; `app.server` is the WSGI application.

    With a `gate` people sign in, and each works with the services of their own rights.

    Pages are the modules of `dashboard.pages`; each has `register(app)`, which enters
    its route and its callbacks. Nothing is loaded from outside this server.
    """
    app = Dash(
        __name__,
        use_pages=True,
        pages_folder="",
        serve_locally=True,
        compress=False,
        suppress_callback_exceptions=True,
        title=t("app.title", "zh"),
        update_title=None,
        on_error=show_error,
        enable_mcp=False,
    )
    app.enable_dev_tools(debug=False, dev_tools_disable_version_check=True)
    app.server.config["services"] = services
    app.interpolate_index = index_page
    app.layout = document
    if gate is not None:
        gate.install(app.server)
        app.server.config["people"] = gate.people
    _compress(app.server)
    register_map_routes(app.server)
    register_data_routes(app.server)
    register_matter_routes(app.server)
    register_bulletin_routes(app.server)
    register_preferences(app.server)
    for page in page_modules():
        page.register(app)
    app.server.after_request(_with_headers)
    return app


def page_modules() -> list[ModuleType]:
    """List the modules that hold one page each."""
    names = sorted(found.name for found in pkgutil.iter_modules(pages.__path__))
    return [importlib.import_module(f"{pages.__name__}.{name}") for name in names]


def document() -> Component:
    """Build what is around every page: the theme, the place for pages, the notice."""
    return dmc.MantineProvider(
        html.Div(
            [page_container, html.Div(id="shell-notice", role="alert", className="notice-place")]
        ),
        forceColorScheme=theme(),
        theme={
            "primaryColor": "teal",
            "colors": {"teal": list(TEAL), "dark": list(NIGHT)},
            "primaryShade": {"dark": 6, "light": 7},
            "fontFamily": "var(--font)",
            "defaultRadius": "sm",
        },
    )


def index_page(**parts: str) -> str:
    """Write the HTML around the app, in the reader's language and theme."""
    lang = language()
    return INDEX.format(
        lang="zh-CN" if lang == "zh" else "en",
        theme=theme(),
        no_script=t("shell.no_script", lang),
        **{name: parts.get(name, "") for name in _INDEX_PARTS},
    )


_INDEX_PARTS: Final = (
    "metas",
    "title",
    "favicon",
    "css",
    "app_entry",
    "config",
    "scripts",
    "renderer",
)


def show_error(error: Exception) -> None:
    """Put one sentence on the page; a defect goes to the log with its traceback."""
    lang = language()
    if isinstance(error, SanlingError):
        sentence = error.text(lang)
    else:
        LOG.error("A callback failed", exc_info=error)
        sentence = t("shell.error", lang)
    set_props("shell-notice", {"children": notice(sentence, lang)})


def notice(sentence: str, lang: str) -> Component:
    """Build the notice that stands over the page until it is closed."""
    return dmc.Alert(
        sentence,
        color="orange",
        withCloseButton=True,
        closeButtonLabel=t("shell.notice_close", lang),
        className="notice",
    )


def _compress(server: flask.Flask) -> None:
    server.config["COMPRESS_ALGORITHM"] = ["gzip"]
    server.config["COMPRESS_MIMETYPES"] = list(COMPRESSED_TYPES)
    # A file sent as a stream would be packed piece by piece and left open.
    server.config["COMPRESS_STREAMS"] = False
    Compress(server)


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
