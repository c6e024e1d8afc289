"""Wall: the county on one screen, for weeks; topics take turns, values alone move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import dash
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update

from dashboard.components import wall
from dashboard.components.layers import overlays
from dashboard.components.map_controls import legend_steps
from dashboard.components.shell import bare_shell
from dashboard.context import language, services
from dashboard.i18n import t
from dashboard.map_routes import areas_source
from dashboard.map_view import map_panel
from dashboard.services.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/wall"
TOPICS: Final = ("case", "accident", "petition")
TICK_MS: Final = 4_000
"""Milliseconds between two looks at the ledger."""
SHOWN: Final = ("hotspots", "route", "incidents", "cameras", "roads", "rivers")
CREWS: Final = 3


def layout(lang: str = "", **_: str) -> Component:
    """Build the wall; `?lang=en` speaks English whatever the reader's cookie says."""
    tongue = lang if lang in ("zh", "en") else language()
    start = services().situation.start(tongue)
    return bare_shell(
        [
            _head(start, tongue),
            html.Div(id="wall-rates", className="rates"),
            _map(start, tongue),
            _right(tongue),
            _bottom(tongue),
            html.Footer(
                [
                    html.Span(id="wall-line", className="line"),
                    html.Span(id="wall-feeds", className="feeds"),
                    html.Span(id="wall-known", className="known"),
                ],
                className="foot",
            ),
            html.Div(id="wall-lost", className="lost", role="alert", hidden=True),
            dcc.Interval(id="wall-tick", interval=TICK_MS),
            dcc.Store(id="wall-lang", data=tongue),
            dcc.Store(id="wall-beat", data={"mark": "", "topic": TOPICS[0]}),
        ],
        class_name="wall",
    )


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.wall", order=3, layout=layout)
    app.clientside_callback(
        ClientsideFunction("wall", "beat"),
        Output("wall-beat", "data"),
        Output("wall-clock", "children"),
        Output("wall-lost", "children"),
        Output("wall-lost", "hidden"),
        Input("wall-tick", "n_intervals"),
        State("wall-beat", "data"),
        State("wall-lang", "data"),
    )
    app.callback(
        Output("wall-rates", "children"),
        Output("wall-topics", "children"),
        Output("wall-hotspots", "children"),
        Output("wall-events", "children"),
        Output("wall-ribbon", "children"),
        Output("wall-line", "children"),
        Output("wall-feeds", "children"),
        Output("wall-known", "children"),
        Output("wall-map", "areas"),
        Output("wall-map", "values"),
        Output("wall-map", "ramp"),
        Output("wall-map", "overlays"),
        Output("wall-legend", "children"),
        Input("wall-beat", "data"),
        State("wall-lang", "data"),
    )(show)


def show(beat: Mapping[str, str], lang: str) -> tuple[Any, ...]:
    """Fill the whole wall at once, so that no panel runs ahead of another."""
    if not beat["mark"]:
        return (no_update,) * 13
    topic = beat["topic"]
    state = services().wall.state(lang)
    query = Query(as_of=services().world.as_of)
    colouring = services().situation.colouring(f"zero_{topic}", query, lang)
    known = t("wall.known", lang, as_of=state["as_of"], known_at=state["known_at"])
    return (
        wall.rates(state, topic, lang),
        wall.topics(topic, TOPICS, lang),
        wall.hotspots(state, lang),
        wall.events(state, lang),
        wall.ribbon(state, topic, lang),
        state["line"],
        wall.feeds(state, lang),
        known,
        areas_source(colouring["ground"]),
        colouring["values"],
        colouring["ramp"],
        _overlays(beat["mark"], lang),
        legend_steps(colouring, lang),
    )


def _overlays(mark: str, lang: str) -> list[dict[str, Any]]:
    """Give the last day's incidents, cameras, hotspots and tonight's route."""
    return overlays({"days": "2"}, SHOWN, crews=CREWS, near=True, mark=mark, lang=lang)


def _head(start: Mapping[str, Any], lang: str) -> Component:
    demo = (
        html.Span(t("shell.demo", lang), className="demo", title=start["demo_note"])
        if start["is_demo"]
        else None
    )
    back = "/?" + urlencode({"lang": lang})
    return html.Header(
        [
            html.A(html.Span(className="logo"), href=back, title=t("wall.back", lang)),
            html.H1([start["title"], html.Small(t("wall.title", lang))]),
            demo,
            html.Div(id="wall-topics", className="topics"),
            html.Div(id="wall-clock", className="clock"),
        ],
        className="head",
    )


def _map(start: Mapping[str, Any], lang: str) -> Component:
    return html.Div(
        [
            map_panel(
                "wall-map",
                areas=areas_source(start["ground"]),
                view={"bounds": start["bounds"]} if start["bounds"] else None,
                language=lang,
                theme="dark",
                labels=True,
                interactive=False,
            ),
            html.Ul(id="wall-legend", className="wall-legend"),
        ],
        className="card wall-map",
    )


def _right(lang: str) -> Component:
    return html.Div(
        [
            html.Section(
                [
                    html.H2(t("wall.hotspots", lang)),
                    html.Ol(id="wall-hotspots", className="spots"),
                ],
                className="card",
            ),
            html.Section(
                [
                    html.H2(t("wall.last24", lang)),
                    html.Ol(id="wall-events", className="events", **{"aria-live": "polite"}),
                ],
                className="card",
            ),
        ],
        className="right-column",
    )


def _bottom(lang: str) -> Component:
    return html.Section(
        [
            html.H2([t("wall.ribbon", lang), html.Small(t("wall.ribbon_note", lang))]),
            html.Div(id="wall-ribbon", className="towns"),
        ],
        className="card bottom",
    )
