"""Bulletin: a month previewed, frozen as an edition, taken away; official texts recomputed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from dashboard.access import Permission
from dashboard.components import bulletin_desk, marked_text
from dashboard.components.paper import paper_view
from dashboard.components.shell import shell
from dashboard.context import actor, language, services
from dashboard.i18n import t

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/bulletin"
TABS: Final = ("bulletin", "adds_up")


def layout(tab: str = "", month: str = "", **_: str) -> Component:
    """Build the page; `?month=2026-05` opens a month, `?tab=adds_up` the checking of texts."""
    lang = language()
    desk = services().bulletin
    months = desk.months()
    asked = month if month in months else desk.usual_month()
    panels = {"bulletin": _bulletin(months, asked, lang), "adds_up": _adds_up(lang)}
    tabs = [dmc.TabsTab(t(f"bulletin_page.tab_{name}", lang), value=name) for name in TABS]
    return shell(
        [
            html.Div(
                dmc.Tabs(
                    [
                        dmc.TabsList(tabs),
                        *(dmc.TabsPanel(panel, value=name) for name, panel in panels.items()),
                    ],
                    value=tab if tab in TABS else TABS[0],
                ),
                className="data-page bulletin-page",
            ),
            _confirm(lang),
            dcc.Store(id="bulletin-seen", data={}),
        ],
        path=PATH,
        start=services().situation.start(lang),
        lang=lang,
    )


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.bulletin", order=5, layout=layout)
    month, edition = Input("bulletin-month", "value"), Input("bulletin-edition", "value")
    app.callback(
        Output("bulletin-paper", "children"),
        Output("bulletin-seen", "data"),
        Output("bulletin-docx", "href"),
        Output("bulletin-xlsx", "href"),
        Output("bulletin-freeze", "disabled"),
        month,
        edition,
    )(show)
    app.callback(
        Output("bulletin-edition", "data"),
        Output("bulletin-edition", "value"),
        Output("bulletin-editions", "children"),
        month,
    )(list_editions)
    app.callback(
        Output("bulletin-modal", "opened"),
        Output("bulletin-question", "children"),
        Input("bulletin-freeze", "n_clicks"),
        State("bulletin-seen", "data"),
        prevent_initial_call=True,
    )(ask_freeze)
    app.callback(
        Output("bulletin-modal", "opened", allow_duplicate=True),
        Output("bulletin-edition", "data", allow_duplicate=True),
        Output("bulletin-edition", "value", allow_duplicate=True),
        Output("bulletin-editions", "children", allow_duplicate=True),
        Input("bulletin-yes", "n_clicks"),
        State("bulletin-seen", "data"),
        prevent_initial_call=True,
    )(freeze)
    app.callback(
        Output("bulletin-marked", "children"),
        Input("bulletin-check", "n_clicks"),
        State("bulletin-text", "value"),
        prevent_initial_call=True,
    )(check)


def show(month: str, edition: str) -> tuple[Component, dict[str, str], str, str, bool]:
    """Show the draft or an edition, and keep the digest of what was shown."""
    lang, desk = language(), services().bulletin
    # Another month is chosen before its editions are listed: then the number is not there.
    choices = bulletin_desk.edition_choices(desk.editions(lang), month, lang)
    if edition not in {choice["value"] for choice in choices}:
        edition = bulletin_desk.DRAFT
    number = None if edition == bulletin_desk.DRAFT else int(edition)
    found = desk.bulletin(month, number)
    links = [bulletin_desk.file_link(kind, month, edition) for kind in ("docx", "xlsx")]
    seen = {"period": month, "digest": found.digest, "edition": edition}
    fixed = number is not None or not actor().may(Permission.ASSESS)
    return paper_view(desk.paper(found, lang)), seen, links[0], links[1], fixed


def list_editions(month: str) -> tuple[list[dict[str, str]], str, Component]:
    """List what was frozen; another month opens as a draft."""
    lang = language()
    listed = services().bulletin.editions(lang)
    choices = bulletin_desk.edition_choices(listed, month, lang)
    return choices, bulletin_desk.DRAFT, bulletin_desk.edition_list(listed, lang)


def ask_freeze(clicks: int | None, seen: dict[str, str]) -> tuple[bool, str]:
    """Ask once more before the draft that is shown is frozen."""
    if not clicks or seen.get("edition") != bulletin_desk.DRAFT:
        raise PreventUpdate
    return True, bulletin_desk.freeze_question(seen["period"], seen["digest"], language())


def freeze(
    clicks: int | None, seen: dict[str, str]
) -> tuple[bool, list[dict[str, str]], str, Component]:
    """Freeze what was shown, and show it as the edition it became."""
    if not clicks:
        raise PreventUpdate
    month = seen["period"]
    edition = services().bulletin.freeze(month, by=actor().name, digest=seen["digest"])
    choices, _, listed = list_editions(month)
    return False, choices, str(edition.number), listed


def check(clicks: int | None, text: str | None) -> list[Any]:
    """Mark what the figures of the pasted text come to."""
    if not clicks or not (text or "").strip():
        raise PreventUpdate
    lang, brought = language(), str(text)
    found = services().adds_up.check(brought, lang)
    return [
        html.Section(marked_text.marked_text(brought, found), className="card"),
        html.Section(marked_text.finding_list(found, lang), className="card"),
    ]


def _bulletin(months: list[str], month: str, lang: str) -> Component:
    may_freeze = actor().may(Permission.ASSESS)
    return html.Div(
        [
            dcc.Loading(
                html.Div(id="bulletin-paper", className="bulletin-paper"), color="var(--accent)"
            ),
            bulletin_desk.desk(months, month, may_freeze=may_freeze, lang=lang),
        ],
        className="bulletin-columns",
    )


def _adds_up(lang: str) -> Component:
    brought = [
        html.P(t("bulletin_page.adds_up_lead", lang)),
        dmc.Textarea(
            id="bulletin-text",
            placeholder=t("bulletin_page.adds_up_hint", lang),
            autosize=True,
            minRows=8,
            maxRows=16,
            **{"aria-label": t("bulletin_page.tab_adds_up", lang)},
        ),
        html.Button(
            t("bulletin_page.check", lang), id="bulletin-check", className="button primary"
        ),
    ]
    return html.Div(
        [
            html.Section(brought, className="card"),
            html.Div(id="bulletin-marked", className="bulletin-marked", role="status"),
        ],
        className="adds-up",
    )


def _confirm(lang: str) -> Component:
    yes = html.Button(t("bulletin_page.yes", lang), id="bulletin-yes", className="button primary")
    return dmc.Modal(
        [html.P(id="bulletin-question"), html.Div(yes, className="actions")],
        id="bulletin-modal",
        title=t("bulletin_page.freeze_title", lang),
        opened=False,
        closeButtonProps={"aria-label": t("bulletin_page.no", lang)},
    )
