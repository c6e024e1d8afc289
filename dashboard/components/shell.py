"""What stands around a page: the header with its dates and links; nothing for a wall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import dash
import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.access import DEMO_USER, LOCAL, Permission
from dashboard.context import THEMES, actor, theme
from dashboard.i18n import LANGUAGES, t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["bare_shell", "shell"]


def shell(
    content: Sequence[Component],
    *,
    path: str,
    start: Mapping[str, Any],
    lang: str,
    tools: Sequence[Component] = (),
) -> Component:
    """Put the header over a page's content.

    `path` is the page's own; `start` is what `services().situation.start(lang)` gave;
    `tools` are the page's own buttons, shown in the header.
    """
    return html.Div(
        [
            html.A(t("app.skip", lang), href="#shell-main", className="skip"),
            header(path=path, start=start, lang=lang, tools=tools),
            html.Main(list(content), id="shell-main", className="main", tabIndex="-1"),
        ],
        className="page",
    )


def bare_shell(content: Sequence[Component], *, class_name: str) -> Component:
    """Give a page the whole screen, without navigation: for a wall."""
    return html.Main(list(content), id="shell-main", className=f"page bare {class_name}")


def header(
    *, path: str, start: Mapping[str, Any], lang: str, tools: Sequence[Component]
) -> Component:
    """Build the header: name, county, links, dates, the page's tools, language, theme."""
    return html.Header(
        [
            brand(start, lang),
            navigation(path, lang),
            html.Div(className="spring"),
            dates(start, lang),
            html.Div([*tools, switches(path, lang)], className="header-tools"),
        ],
        className="header",
    )


def brand(start: Mapping[str, Any], lang: str) -> Component:
    """Build the product's name, the county's name and the mark of a made-up one."""
    parts = [
        html.Span(className="logo", **{"aria-hidden": "true"}),
        html.Span(
            [html.B(t("app.name", lang)), html.Small(t("app.name_latin", lang))], className="name"
        ),
        html.Span(str(start["title"]), className="county"),
    ]
    if start["is_demo"]:
        note = str(start["demo_note"]) or t("shell.demo", lang)
        parts.append(html.Span(t("shell.demo", lang), className="demo", title=note))
    return html.Div(parts, className="brand")


def navigation(path: str, lang: str) -> Component:
    """Build the links to the pages somebody may see, in their order; the open one is marked."""
    links = [
        dcc.Link(
            t(page["name"], lang),
            href=page["relative_path"],
            className="nav-link is-open" if page["path"] == path else "nav-link",
        )
        for page in dash.page_registry.values()
        if actor().may(page.get("permission", Permission.READ))
    ]
    return html.Nav(links, className="nav", **{"aria-label": t("shell.nav", lang)})


def dates(start: Mapping[str, Any], lang: str) -> Component:
    """Say what day the page speaks of, whose knowledge it uses and how old the data are."""
    newest = str(start["newest_day"] or "–")
    if start["data_ended"]:
        newest = f"{newest} ({t('shell.data_ended', lang)})"
    known_at = str(start["now"])[:16].replace("T", " ")
    return html.Dl(
        [
            *fact(t("shell.as_of", lang), str(start["as_of"])),
            *fact(t("shell.known_at", lang), known_at, key="shell-known-at"),
            *fact(t("shell.newest", lang), newest),
        ],
        className="dates",
    )


def fact(label: str, value: str, *, key: str = "") -> list[Component]:
    """Build one label and its value."""
    return [html.Dt(label), html.Dd(value, id=key) if key else html.Dd(value)]


def switches(path: str, lang: str) -> Component:
    """Build the two links that change the language and the theme and come back."""
    other = next(code for code in LANGUAGES if code != lang)
    shade = next(name for name in THEMES if name != theme())
    return html.Div(
        [
            _switch(f"/set/language/{other}", path, {"zh": "中文", "en": "English"}[other], lang),
            dmc.Tooltip(
                html.A(
                    "◐",
                    href=f"/set/theme/{shade}?next={quote(path)}",
                    className="switch",
                    **{"aria-label": t("shell.theme", lang)},
                ),
                label=t("shell.theme", lang),
            ),
            *who(lang),
        ],
        className="switches",
    )


def who(lang: str) -> list[Component]:
    """Build the name of who is signed in and the way out; nothing for the one at the machine."""
    asking = actor()
    if asking == LOCAL:
        return []
    role = asking.name.removeprefix(DEMO_USER)
    name = t(f"role.{role}", lang) if role != asking.name else asking.name
    leave = html.Button(t("login.out", lang), type="submit", className="switch is-plain")
    return [
        html.Span(name, className="who"),
        html.Form(leave, action="/logout", method="POST"),
    ]


def _switch(href: str, path: str, text: str, lang: str) -> Component:
    return html.A(
        text,
        href=f"{href}?next={quote(path)}",
        className="switch",
        id="shell-language",
        **{"aria-label": f"{t('shell.language', lang)}: {text}"},
    )
