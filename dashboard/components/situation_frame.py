"""The Situation page's frame: filter bar, three columns, and the stores behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dash import dcc, html

from dashboard.components import filters, map_controls, patrol
from dashboard.components.area_table import area_table
from dashboard.context import theme
from dashboard.i18n import t
from dashboard.map_routes import DEFAULT_CREWS, areas_source
from dashboard.map_view import map_panel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["LIST", "frame", "send_link"]

PULSE_MS: Final = 5_000
"""Milliseconds between two looks at the watermark."""
LIST: Final = {"kind": "list", "id": ""}
"""What the right column shows when nothing is chosen."""


def frame(
    start: Mapping[str, Any], stored: Sequence[Mapping[str, Any]], lang: str
) -> list[Component]:
    """Build the page below the header; `stored` are the counts of the unfiltered store."""
    columns = [_left(start, stored, lang), _centre(start, lang), _right(lang)]
    return [
        filters.filter_bar(start, lang),
        html.Div(columns, className="situation"),
        *_stores(start),
    ]


def _left(start: Mapping[str, Any], stored: Sequence[Mapping[str, Any]], lang: str) -> Component:
    return html.Aside(
        [
            map_controls.colour_choice(start, lang),
            html.Section(id="situation-legend", className="panel-block legend"),
            map_controls.layer_switches(start, stored, lang),
        ],
        className="panel left",
    )


def _centre(start: Mapping[str, Any], lang: str) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    map_panel(
                        "situation-map",
                        areas=areas_source(start["ground"]),
                        view={"bounds": start["bounds"]} if start["bounds"] else None,
                        language=lang,
                        theme=theme(),
                        labels=True,
                    ),
                    html.P(
                        [html.Span(id="situation-caption"), html.B(id="situation-caption-month")],
                        className="map-caption",
                    ),
                    html.Button(t("map.whole", lang), id="situation-whole", className="map-whole"),
                    map_controls.counts_place(lang),
                ],
                className="map-place",
            ),
            map_controls.month_stepper(start, lang),
            html.Div(
                [
                    html.P(id="situation-line", className="line"),
                    html.Button(
                        t("table.title", lang),
                        id="situation-table-toggle",
                        className="toggle",
                        title=t("table.open", lang),
                        **{"aria-expanded": "false", "aria-controls": "situation-table-place"},
                    ),
                ],
                className="under-map",
            ),
            html.Div(
                area_table(lang), id="situation-table-place", className="table-place", hidden=True
            ),
        ],
        className="centre",
    )


def _right(lang: str) -> Component:
    waiting = html.P(t("list.loading", lang), className="note")
    return html.Aside(
        [
            html.Div(waiting, id="situation-card", className="card-scroll"),
            html.Div(
                patrol.patrol_panel(DEFAULT_CREWS, lang),
                id="situation-patrol",
                className="card-scroll",
                hidden=True,
            ),
        ],
        className="panel right",
        **{"aria-live": "polite"},
    )


def _stores(start: Mapping[str, Any]) -> list[Component]:
    return [
        dcc.Store(id="situation-query", data={}),
        dcc.Store(id="situation-choice", data=LIST),
        dcc.Store(id="situation-near", data=False),
        dcc.Store(id="situation-crews-chosen", data=DEFAULT_CREWS),
        dcc.Store(id="situation-mark", data=f"{start['watermark']}.{start['as_of']}"),
        dcc.Interval(id="situation-pulse", interval=PULSE_MS),
    ]


def send_link(lang: str) -> Component:
    """Build the header's link that downloads the current map as one file."""
    return html.A(
        t("map.send", lang),
        id="situation-send",
        href="/briefing.html",
        download=True,
        className="button accent",
        title=t("map.send_hint", lang),
    )
