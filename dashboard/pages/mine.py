"""My village or unit: its own zeros, what is due, and what it enters itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash
import dash_mantine_components as dmc
from dash import ALL, MATCH, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from dashboard.components import mine_forms, mine_view
from dashboard.components.shell import shell
from dashboard.context import actor, language, services
from dashboard.i18n import t
from geo.errors import SanlingError

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/my"
HAZARD: Final = ("category", "severity", "mode", "found_on", "due_on", "reference")
CLOSING: Final = ("day", "proof", "said", "send")


def layout(code: str = "", **_: str) -> Component:
    """Build the page; `?code=` names the village or the unit."""
    lang = language()
    start = services().situation.start(lang)
    chosen = code or services().mine.own()
    content = [_picker(chosen, lang), *_content(chosen, lang)]
    return shell([html.Div(content, className="my-page")], path=PATH, start=start, lang=lang)


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.mine", order=6, layout=layout)
    app.callback(Output("my-go", "href"), Input("my-pick", "value"), prevent_initial_call=True)(
        go_to
    )
    app.callback(
        Output("my-overview", "children"),
        Output("my-correct-record", "data"),
        Input("my-mark", "data"),
        State("my-code", "data"),
        prevent_initial_call=True,
    )(show_anew)
    app.callback(
        Output("my-mark", "data"),
        Output("my-said", "children"),
        Input({"type": "my-return", "stream": ALL, "month": ALL, "kind": ALL}, "n_clicks"),
        State("my-code", "data"),
        prevent_initial_call=True,
    )(send_return)
    _register_hazards(app)
    _register_correction(app)


def _register_hazards(app: Dash) -> None:
    app.callback(
        Output("my-mark", "data", allow_duplicate=True),
        Output("my-hazard-said", "children"),
        Output("my-hazard-reference", "value"),
        Input("my-hazard-send", "n_clicks"),
        State("my-code", "data"),
        *(State(f"my-hazard-{name}", "value") for name in HAZARD),
        prevent_initial_call=True,
        running=[(Output("my-hazard-send", "disabled"), True, False)],
    )(send_hazard)
    app.callback(Output("my-hazard-due-place", "hidden"), Input("my-hazard-mode", "value"))(
        hide_deadline
    )
    day, proof, said, send = ({"type": f"my-close-{part}", "id": MATCH} for part in CLOSING)
    app.callback(
        Output(said, "children"),
        Input(send, "n_clicks"),
        State(day, "value"),
        State(proof, "value"),
        State(send, "id"),
        prevent_initial_call=True,
    )(close_hazard)
    app.callback(
        Output("my-mark", "data", allow_duplicate=True),
        Input({"type": "my-close-said", "id": ALL}, "children"),
        prevent_initial_call=True,
    )(after_closing)


def _register_correction(app: Dash) -> None:
    app.callback(
        Output("my-correct-field", "data"),
        Output("my-correct-field", "value"),
        Input("my-correct-record", "value"),
        prevent_initial_call=True,
    )(offer_fields)
    app.callback(
        Output("my-correct-place", "children"),
        Input("my-correct-field", "value"),
        State("my-correct-record", "value"),
        prevent_initial_call=True,
    )(offer_value)
    app.callback(
        Output("my-mark", "data", allow_duplicate=True),
        Output("my-correct-said", "children"),
        Output("my-correct-reason", "value"),
        Output("my-correct-reference", "value"),
        Input("my-correct-send", "n_clicks"),
        *(
            State(f"my-correct-{name}", "value")
            for name in ("record", "field", "value", "reason", "reference")
        ),
        prevent_initial_call=True,
        running=[(Output("my-correct-send", "disabled"), True, False)],
    )(propose)


# ---- what is shown ---------------------------------------------------------------------------


def go_to(code: str | None) -> str:
    """Lead to the village or unit that was chosen."""
    if not code:
        raise PreventUpdate
    return f"{PATH}?code={code}"


def show_anew(_mark: str, code: str) -> tuple[list[Component], list[dict[str, str]]]:
    """Build what stands above the forms after something was entered."""
    told = services().mine.page(code, language())
    choices = [
        {"value": f"{one['entity']} {one['key']}", "label": one["label"]} for one in told["records"]
    ]
    return mine_view.overview(told, language()), choices


def hide_deadline(mode: str) -> bool:
    """Ask for a deadline only of what is not put right on the spot."""
    return mode != "deadline"


def offer_fields(record: str | None) -> tuple[list[dict[str, str]], None]:
    """List what can be corrected of a record."""
    return (services().mine.fields(record.split()[0], language()) if record else []), None


def offer_value(field: str | None, record: str | None) -> Component:
    """Build what the new value is given with."""
    if not field or not record:
        return mine_forms.value_control({"choices": [], "input": "text"}, language())
    told = services().mine.field(record.split()[0], field, language())
    return mine_forms.value_control(told, language())


# ---- what is entered -------------------------------------------------------------------------


def send_return(_clicks: list[int | None], code: str) -> tuple[Any, Any]:
    """Send the return whose button was pressed."""
    pressed = ctx.triggered_id
    if not pressed or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    lang = language()
    try:
        stored = services().entries.nil_return(
            code, pressed["stream"], pressed["month"], pressed["kind"], by=actor().name
        )
    except SanlingError as error:
        return no_update, html.P(error.text(lang), className="my-error")
    said = t("mine.sent" if stored else "mine.sent_before", lang,
             month=pressed["month"], stream=t(f"stream.{pressed['stream']}", lang))  # fmt: skip
    return _mark(), html.P(said, className="my-done")


def send_hazard(_clicks: int, code: str, *values: str | None) -> tuple[Any, Any, Any]:
    """Enter a hazard; what was typed stays where it cannot be stored."""
    lang = language()
    found = {name: value or "" for name, value in zip(HAZARD, values, strict=True)}
    if not found["category"]:
        return no_update, t("mine.kind_missing", lang), no_update
    try:
        stored = services().entries.hazard(code, found, by=actor().name)
    except SanlingError as error:
        return no_update, error.text(lang), no_update
    said = t("mine.hazard_sent" if stored else "mine.stored_before", lang)
    return _mark(), html.Span(said, className="my-done"), ""


def close_hazard(_clicks: int, day: str | None, proof: str | None, key: dict[str, str]) -> Any:
    """Close a hazard; the list is built anew once it is stored."""
    lang = language()
    try:
        services().entries.close_hazard(key["id"], day or "", proof or "", by=actor().name)
    except SanlingError as error:
        return error.text(lang)
    return html.Span(t("mine.closed", lang), className="my-done")


def after_closing(said: list[Any]) -> str:
    """Have the page built anew after a hazard was closed."""
    if not any(isinstance(one, dict) for one in said):
        raise PreventUpdate
    return _mark()


def propose(
    _clicks: int,
    record: str | None,
    field: str | None,
    value: str | None,
    reason: str | None,
    reference: str | None,
) -> tuple[Any, Any, Any, Any]:
    """Propose a correction; somebody else decides."""
    lang = language()
    if not record or not field:
        return no_update, t("mine.record_missing", lang), no_update, no_update
    entity, _, key = record.partition(" ")
    try:
        number = services().entries.propose(
            entity,
            key,
            {field: str(value or "")},
            reason=reason or "",
            reference=reference or "",
            by=actor().name,
        )
    except SanlingError as error:
        return no_update, error.text(lang), no_update, no_update
    said = html.Span(t("mine.proposed", lang, number=number), className="my-done")
    return _mark(), said, "", ""


def _mark() -> str:
    return str(services().world.store.watermark)


def _picker(code: str, lang: str) -> Component:
    return html.Div(
        [
            dmc.Select(
                id="my-pick",
                data=services().mine.choices(lang),
                value=code or None,
                searchable=True,
                limit=60,
                size="md",
                placeholder=t("mine.pick", lang),
                nothingFoundMessage=t("mine.pick_none", lang),
                **{"aria-label": t("mine.pick", lang)},
            ),
            dcc.Location(id="my-go", refresh="callback-nav"),
        ],
        className="my-pick",
    )


def _content(code: str, lang: str) -> list[Component]:
    if not code:
        return [html.P(t("mine.pick_first", lang), className="empty-state")]
    try:
        told = services().mine.page(code, lang)
    except SanlingError as error:
        return [html.P(error.text(lang), className="empty-state", role="alert")]
    signed = t("mine.signed", lang, name=actor().name)
    return [
        html.Div(
            [html.H1(told["name"]), html.Span(f"{told['parent']} · {told['code']}")],
            className="my-title",
        ),
        html.Div(t("mine.offline", lang), id="my-offline", hidden=True, role="alert"),
        html.Div(id="my-said", role="status"),
        html.Div(
            [
                html.Div(mine_view.overview(told, lang), id="my-overview"),
                html.Div(
                    [*mine_forms.forms(told, lang), html.P(signed, className="note")]
                    if told["may_report"]
                    else [html.P(t("mine.only_reads", lang), className="note")],
                    className="my-forms",
                ),
            ],
            className="my-columns",
        ),
        dcc.Store(id="my-mark"),
        dcc.Store(id="my-code", data=told["code"]),
    ]
