"""Inbox of decisions: what others proposed, to approve or to reject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash
from dash import ALL, MATCH, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from dashboard.access import Permission
from dashboard.components.shell import shell
from dashboard.context import actor, language, services
from dashboard.i18n import t
from geo.errors import SanlingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/decisions"


def layout(**_: str) -> Component:
    """Build the page."""
    lang = language()
    start = services().situation.start(lang)
    if not actor().may(Permission.DECIDE):
        said = html.P(t("decisions.refused", lang), className="empty-state", role="alert")
        return shell([said], path=PATH, start=start, lang=lang)
    content = [
        html.Div(
            [html.H1(t("decisions.title", lang)), html.P(t("decisions.rule", lang))],
            className="my-title",
        ),
        html.Div(id="decisions-said", role="status"),
        html.Div(_lists(lang), id="decisions-lists"),
        dcc.Store(id="decisions-mark"),
    ]
    return shell(
        [html.Div(content, className="my-page is-narrow")], path=PATH, start=start, lang=lang
    )


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.decisions", order=7, layout=layout)
    app.callback(
        Output("decisions-said", "children"),
        Output("decisions-mark", "data"),
        Input({"type": "decisions-approve", "id": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )(approve)
    app.callback(
        Output({"type": "decisions-error", "id": MATCH}, "children"),
        Input({"type": "decisions-reject", "id": MATCH}, "n_clicks"),
        State({"type": "decisions-reason", "id": MATCH}, "value"),
        State({"type": "decisions-reject", "id": MATCH}, "id"),
        prevent_initial_call=True,
    )(reject)
    app.callback(
        Output("decisions-lists", "children"),
        Input("decisions-mark", "data"),
        Input({"type": "decisions-error", "id": ALL}, "children"),
        prevent_initial_call=True,
    )(show_anew)


def approve(_clicks: list[int | None]) -> tuple[Any, Any]:
    """Approve the proposal whose button was pressed."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    lang = language()
    try:
        state = services().decisions.approve(pressed["id"], by=actor().name)
    except SanlingError as error:
        return html.P(error.text(lang), className="my-error"), no_update
    key = "decisions.done" if state == "approved" else "decisions.noted"
    return html.P(t(key, lang, number=pressed["id"]), className="my-done"), _mark()


def reject(clicks: int | None, reason: str | None, key: dict[str, str]) -> Any:
    """Reject a proposal, or withdraw one's own."""
    if not clicks:
        raise PreventUpdate
    lang = language()
    try:
        services().decisions.reject(key["id"], reason or "", by=actor().name)
    except SanlingError as error:
        return error.text(lang)
    return html.Span(t("decisions.rejected", lang), className="my-done")


def show_anew(_mark: str | None, said: list[Any]) -> list[Component]:
    """Build the lists after something was decided; what was typed stays after a refusal."""
    if ctx.triggered_id != "decisions-mark" and not any(isinstance(one, dict) for one in said):
        raise PreventUpdate
    return _lists(language())


def _mark() -> str:
    return str(services().world.store.watermark)


def _lists(lang: str) -> list[Component]:
    name = actor().name
    waiting = [_proposal(one, lang) for one in services().decisions.waiting(lang, by=name)]
    settled = [_settled(one) for one in services().decisions.settled(lang, by=name)]
    none = html.P(t("decisions.none", lang), className="empty-state")
    nothing = html.P(t("decisions.none_settled", lang), className="empty-state")
    return [
        html.H2(t("decisions.waiting", lang, n=len(waiting))),
        *(waiting or [none]),
        html.H2(t("decisions.settled", lang)),
        html.Ol(settled, className="my-history my-card") if settled else nothing,
    ]


def _proposal(one: Mapping[str, Any], lang: str) -> Component:
    return html.Article(
        [*_told(one, lang), *_buttons(one, lang)], className="my-card", id=f"decision-{one['id']}"
    )


def _told(one: Mapping[str, Any], lang: str) -> list[Component]:
    said = [
        (t("decisions.what", lang), "；".join(one["changes"])),
        (t("decisions.reason", lang), one["reason"]),
        (t("decisions.reference", lang), one["reference"]),
        (t("decisions.proposer", lang), f"{one['proposer']} · {one['proposed_at']}"),
        (
            t("decisions.missing", lang),
            t("decisions.missing_n", lang, n=one["missing"]) if one["missing"] else "",
        ),
    ]
    facts = [part for label, text in said if text for part in (html.Dt(label), html.Dd(text))]
    head = [html.Strong(one["id"]), html.Span(f"{one['kind']} · {one['about']}")]
    return [
        html.H3([*head, html.Code("、".join(one["keys"]))], className="decision-head"),
        html.Dl(facts, className="decision-facts"),
    ]


def _buttons(one: Mapping[str, Any], lang: str) -> list[Component]:
    def key(part: str) -> dict[str, str]:
        return {"type": f"decisions-{part}", "id": one["id"]}

    approving: Component = html.Button(
        t("decisions.approve", lang),
        id=key("approve"),
        className="button big primary",
        type="button",
    )
    if one["mine"]:
        approving = html.P(t("decisions.own", lang), className="note")
    word = t("decisions.withdraw" if one["mine"] else "decisions.reject", lang)
    rejecting = html.Details(
        [
            html.Summary(word, className="button big"),
            html.Label(
                [
                    t("decisions.why", lang),
                    dcc.Input(id=key("reason"), type="text", className="my-input"),
                ],
                className="my-field",
            ),
            html.P(id=key("error"), className="my-error", role="alert"),
            html.Button(word, id=key("reject"), className="button big", type="button"),
        ],
        className="my-closing",
    )
    return [html.Div([approving, rejecting], className="my-buttons is-apart")]


def _settled(one: Mapping[str, Any]) -> Component:
    said = [one["id"], one["kind"], one["about"], *one["keys"]]
    why = [one["reason"], one["reference"], one["rejected_because"], one["proposed_at"]]
    return html.Li(
        [
            html.Div(
                [
                    html.Strong(one["state_word"], className=f"decided is-{one['state']}"),
                    html.Span(" · ".join(said)),
                ]
            ),
            html.Div("；".join(one["changes"])),
            html.Small(" · ".join(part for part in why if part), className="muted"),
        ]
    )
