"""Situation: one map with everything, and what can be asked of it."""

from __future__ import annotations

from base64 import b64decode
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import dash
from dash import (
    ALL,
    Input,
    Output,
    State,
    ctx,
    no_update,
)

from dashboard.components import cards, filters, map_controls, patrol
from dashboard.components.area_table import worded
from dashboard.components.in_browser import register_browser
from dashboard.components.layers import NAMES, overlays
from dashboard.components.shell import shell
from dashboard.components.situation_frame import LIST, frame, send_link
from dashboard.context import language, services, theme
from dashboard.map_routes import areas_source
from dashboard.services.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/"
AREA_ZOOM: Final = 14
"""Zoom no area is shown closer than: a village with its surroundings."""
HOTSPOT_ZOOM: Final = 14
ROUTE: Final = "route"


def layout(**_: str) -> Component:
    """Build the page; the callbacks fill it."""
    lang = language()
    start = services().situation.start(lang)
    return shell(
        frame(start, services().situation.counts(_query({}), lang), lang),
        path=PATH,
        start=start,
        lang=lang,
        tools=[send_link(lang)],
    )


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.situation", order=1, layout=layout)
    _register_question(app)
    _register_answers(app)
    _register_choice(app)
    register_browser(app)


# ---- the question ---------------------------------------------------------------------------


def _register_question(app: Dash) -> None:
    app.callback(
        Output("situation-query", "data"),
        Input("situation-stream", "value"),
        Input("situation-categories", "value"),
        Input("situation-span", "value"),
        Input("situation-dates", "value"),
        Input("situation-shift", "value"),
        prevent_initial_call=True,
    )(read_filters)
    app.callback(
        Output("situation-categories", "data"),
        Output("situation-categories", "value"),
        Input("situation-stream", "value"),
        State("situation-categories", "value"),
        prevent_initial_call=True,
    )(offer_categories)


def read_filters(
    stream: str,
    categories: list[str] | None,
    span: str | None,
    dates: list[str | None] | None,
    shift: str | None,
) -> Any:
    """Put the filter bar into one question; two dates, where given, take the place of the span."""
    start, end = (dates or [None, None])[:2]
    if bool(start) != bool(end):
        return no_update
    query = Query.parse(
        {
            "stream": stream,
            "categories": ",".join(categories or []),
            "days": span or "",
            "hours": "" if shift in (None, "all") else str(shift),
        },
        as_of=services().world.as_of,
    )
    if start and end:
        return query.between(date.fromisoformat(start), date.fromisoformat(end)).params()
    # Without a day of its own the question goes on speaking of today when midnight passes.
    return query.params() | {"as_of": ""}


def offer_categories(stream: str, chosen: list[str] | None) -> tuple[Any, list[str]]:
    """Offer the categories of a stream; what is no longer offered is no longer chosen."""
    lang = language()
    start = services().situation.start(lang)
    choices = filters.category_choices(start, stream, lang)
    offered = {item["value"] for group in choices for item in group["items"]}
    return choices, [value for value in chosen or [] if value in offered]


# ---- the answers ----------------------------------------------------------------------------


def _register_answers(app: Dash) -> None:
    question, pulse = Input("situation-query", "data"), Input("situation-mark", "data")
    app.callback(
        Output("situation-map", "areas"),
        Output("situation-map", "values"),
        Output("situation-map", "ramp"),
        Output("situation-map", "series"),
        Output("situation-legend", "children"),
        Output("situation-caption", "children"),
        Input("situation-colour", "value"),
        question,
        pulse,
        State("situation-months", "data"),
    )(colour_areas)
    app.callback(
        Output("situation-map", "overlays"),
        Output("situation-map", "labels"),
        Input("situation-layers", "value"),
        Input("situation-crews-chosen", "data"),
        Input("situation-near", "data"),
        question,
        pulse,
    )(lay_over)
    app.callback(Output("situation-counts", "children"), question, pulse)(count)
    app.callback(Output("situation-line", "children"), question)(backtest_line)
    app.callback(
        Output("situation-table", "rowData"),
        Input("situation-table-place", "hidden"),
        question,
        pulse,
    )(fill_table)
    app.callback(
        Output("situation-card", "children"),
        Output("situation-patrol", "hidden"),
        Input("situation-choice", "data"),
        question,
        pulse,
    )(show_choice)
    app.callback(
        Output("situation-plan", "children"),
        Output("situation-crews-chosen", "data"),
        Input("situation-crews", "value"),
        Input("situation-choice", "data"),
        question,
        prevent_initial_call=True,
    )(show_plan)


def colour_areas(
    colour: str, params: Mapping[str, str], mark: str, labels: list[str]
) -> tuple[Any, ...]:
    """Colour the areas: the newest values, the legend, and where the months are fetched."""
    lang = language()
    colouring: dict[str, Any] = services().situation.colouring(colour, _query(params), lang)
    n = len(b64decode(colouring["values"]))
    asked = urlencode({**_given(params), "v": mark})
    series = {"url": f"/map/series/{colour}.bin?{asked}", "months": len(labels), "n": n}
    caption = colouring["title"]
    return (
        areas_source(colouring["ground"]),
        colouring["values"],
        colouring["ramp"],
        series,
        map_controls.legend(colouring, lang),
        caption,
    )


def lay_over(
    shown: list[str], crews: int, near: object, params: Mapping[str, str], mark: str
) -> tuple[list[dict[str, Any]], bool]:
    """List what lies over the areas, and whether they carry names."""
    laid = overlays(params, shown, crews=crews, near=bool(near), mark=mark, lang=language())
    return laid, NAMES in shown


def count(params: Mapping[str, str], _mark: str) -> list[Component]:
    """Count what the filter lets through."""
    return map_controls.counts(services().situation.counts(_query(params), language()))


def backtest_line(params: Mapping[str, str]) -> str:
    """Say how such hotspots did before."""
    return services().hotspots.line(_query(params), language())


def fill_table(hidden: object, params: Mapping[str, str], _mark: str) -> Any:
    """List the areas, once the table is open."""
    if hidden:
        return no_update
    lang = language()
    return worded(services().situation.table(_query(params), lang), lang)


def show_choice(
    choice: Mapping[str, str], params: Mapping[str, str], _mark: str
) -> tuple[list[Component], bool]:
    """Fill the right column: the hotspots, one card, or the patrol, which has its own place."""
    if choice["kind"] == "patrol":
        return [], False
    return card_of(choice["kind"], choice["id"], _query(params)), True


def card_of(kind: str, key: str, query: Query) -> list[Component]:
    """Build the card of one place; the list of hotspots where none is chosen."""
    lang, ask = language(), services()
    if kind == "area":
        return cards.area_card(ask.cards.area(key, query, lang), lang, theme=theme())
    if kind == "hotspot":
        return cards.hotspot_card(ask.hotspots.card(key, query, lang), lang)
    if kind == "unit":
        return cards.plain_card(ask.cards.unit(key, lang), lang)
    if kind == "camera":
        return cards.plain_card(ask.cards.camera(key, lang), lang)
    return cards.hotspot_list(ask.hotspots.rows(query, lang), lang)


def show_plan(
    crews: int | str | None, choice: Mapping[str, str], params: Mapping[str, str]
) -> tuple[Any, Any]:
    """Plan tonight with a number of crews; a new fact alone does not move a plan under the hand."""
    if not crews or choice["kind"] != "patrol":
        return no_update, no_update
    lang, number = language(), int(crews)
    plan = services().patrol.tonight(number, _query(params), lang)
    return patrol.patrol_plan(plan, params, number, lang), number


# ---- the choice -----------------------------------------------------------------------------


def _register_choice(app: Dash) -> None:
    app.callback(
        Output("situation-choice", "data"),
        Output("situation-map", "selected"),
        Output("situation-map", "flyTo"),
        Output("situation-layers", "value"),
        Input("situation-map", "clickData"),
        Input({"type": "situation-hotspot", "id": ALL}, "n_clicks"),
        Input({"type": "situation-back", "from": ALL}, "n_clicks"),
        Input({"type": "situation-plan", "from": ALL}, "n_clicks"),
        Input("situation-table", "cellClicked"),
        Input("situation-whole", "n_clicks"),
        State("situation-map", "flyTo"),
        State("situation-layers", "value"),
        State("situation-query", "data"),
        prevent_initial_call=True,
    )(choose)


def choose(*values: Any) -> tuple[Any, Any, Any, Any]:
    """Answer a click: what the right column shows, what is outlined, where the map goes."""
    flown, shown, params = values[-3:]
    if not ctx.triggered[0]["value"]:
        return (no_update,) * 4
    cause, turn = ctx.triggered_id, (flown or {}).get("ts", 0) + 1
    if cause == "situation-whole":
        return no_update, no_update, _whole(turn), no_update
    if cause == "situation-map":
        choice = choice_of_click(values[0])
        return (choice, _selected(choice), no_update, no_update) if choice else (no_update,) * 4
    if cause == "situation-table":
        choice = {"kind": "area", "id": values[4]["rowId"]}
        return choice, choice["id"], _to_area(choice["id"], turn), no_update
    return _after_button(cause, turn, shown, params)


def choice_of_click(click: Mapping[str, Any]) -> dict[str, str] | None:
    """Read from a click on the map what was asked about; None where there is no card.

    >>> choice_of_click({"layer": "areas", "id": 7, "properties": {"code": "990001100"}})
    {'kind': 'area', 'id': '990001100'}
    """
    properties = click["properties"]
    keys = {
        "areas": ("area", properties.get("code")),
        "hotspots": ("hotspot", click["id"]),
        "route": ("hotspot", click["id"]),
        "units": ("unit", click["id"]),
        "cameras": ("camera", click["id"]),
    }
    kind, key = keys.get(click["layer"], ("", None))
    return {"kind": kind, "id": str(key)} if key is not None else None


def _after_button(
    cause: Mapping[str, str], turn: int, shown: list[str], params: Mapping[str, str]
) -> tuple[Any, Any, Any, Any]:
    if cause["type"] == "situation-plan":
        layers = shown if ROUTE in shown else [*shown, ROUTE]
        return {"kind": "patrol", "id": ""}, "", _to_all_hotspots(params, turn), layers
    if cause["type"] == "situation-hotspot":
        choice = {"kind": "hotspot", "id": cause["id"]}
        return choice, "", _to_hotspot(cause["id"], params, turn), no_update
    return LIST, "", no_update, no_update


def _selected(choice: Mapping[str, str]) -> str:
    return choice["id"] if choice["kind"] == "area" else ""


def _whole(turn: int) -> Any:
    bounds = services().situation.start(language())["bounds"]
    return {"bounds": bounds, "padding": 24, "ts": turn} if bounds else no_update


def _to_area(code: str, turn: int) -> Any:
    bounds = services().situation.bounds_of(code)
    return {"bounds": bounds, "maxZoom": AREA_ZOOM, "ts": turn} if bounds else no_update


def _to_hotspot(hotspot_id: str, params: Mapping[str, str], turn: int) -> Any:
    rows = services().hotspots.rows(_query(params), language())
    for row in rows:
        if row["hotspot_id"] == hotspot_id:
            return {"center": [row["lon"], row["lat"]], "zoom": HOTSPOT_ZOOM, "ts": turn}
    return no_update


def _to_all_hotspots(params: Mapping[str, str], turn: int) -> Any:
    rows = services().hotspots.rows(_query(params), language())
    if not rows:
        return no_update
    lons, lats = [row["lon"] for row in rows], [row["lat"] for row in rows]
    return {"bounds": [min(lons), min(lats), max(lons), max(lats)], "ts": turn}


# ---- small things ---------------------------------------------------------------------------


def _query(params: Mapping[str, str]) -> Query:
    return Query.parse(params, as_of=services().world.as_of)


def _given(params: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in params.items() if value}
