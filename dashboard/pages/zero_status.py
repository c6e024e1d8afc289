"""Zero status: who is at zero, how sure that is, and files to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash
from dash import ClientsideFunction, Input, Output, State, dcc, html

from dashboard.components import zero_controls, zero_rates, zero_table
from dashboard.components.shell import shell
from dashboard.context import language, services
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/zero"
PULSE_MS: Final = 5_000
"""Milliseconds between two looks at the watermark."""


def layout(window: str = "", by: str = "", **_: str) -> Component:
    """Build the page; `?window=year&by=subject` opens it on that question."""
    lang = language()
    start = services().situation.start(lang)
    windows = services().zero.windows(lang)
    asked = _offered(window, [each["value"] for each in windows])
    register_of = _offered(by, zero_controls.BY)
    return shell(
        [
            zero_controls.control_row(windows, window=asked, by=register_of, lang=lang),
            html.Div(
                [
                    html.Section(id="zero-rates", className="zero-rates"),
                    html.Div(
                        [
                            html.P(id="zero-caption"),
                            zero_rates.legend(lang),
                            html.P(t("zero_page.order", lang)),
                        ],
                        className="zero-caption",
                        role="note",
                    ),
                    html.Div(zero_table.zero_table(lang), className="zero-table"),
                ],
                className="zero-page",
            ),
            *_stores(start, lang),
        ],
        path=PATH,
        start=start,
        lang=lang,
    )


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.zero_status", order=2, layout=layout)
    window, mark = Input("zero-window", "value"), Input("zero-mark", "data")
    app.callback(
        Output("zero-rates", "children"), Output("zero-caption", "children"), window, mark
    )(show_rates)
    app.callback(
        Output("zero-table", "rowData"),
        Output("zero-class", "data"),
        Output("zero-class", "value"),
        Output("zero-csv", "href"),
        Output("zero-xlsx", "href"),
        Input("zero-by", "value"),
        window,
        mark,
        State("zero-class", "value"),
    )(list_statuses)
    _register_browser(app)


def show_rates(window: str, _mark: Mapping[str, str]) -> tuple[Component, str]:
    """Fill the rates of one window and the sentence on what they rest on."""
    lang = language()
    zero = services().zero
    return zero_rates.rate_matrix(zero.rates(window, lang), lang), zero.caption(window, lang)


def list_statuses(
    by: str, window: str, _mark: Mapping[str, str], group: str
) -> tuple[list[dict[str, Any]], list[dict[str, str]], str, str, str]:
    """Fill the table and lead the files to the same question; keep a class that is still there."""
    lang = language()
    rows = services().zero.rows(by, window, lang)
    choices = zero_controls.class_choices(rows, lang)
    kept = group if group in {choice["value"] for choice in choices} else ""
    return (
        zero_table.table_rows(rows),
        choices,
        kept,
        zero_controls.export_link("csv", by, window),
        zero_controls.export_link("xlsx", by, window),
    )


def _register_browser(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("zero", "narrow"),
        Output("zero-table", "filterModel"),
        Output("zero-table", "dashGridOptions"),
        Input("zero-class", "value"),
        Input("zero-search", "value"),
        State("zero-table", "dashGridOptions"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("zero", "countShown"),
        Output("zero-shown", "children"),
        Input("zero-table", "virtualRowData"),
        Input("zero-table", "rowData"),
        State("zero-shown-text", "data"),
    )
    app.clientside_callback(
        ClientsideFunction("zero", "pulse"),
        Output("zero-seen", "data"),
        Output("zero-refresh", "hidden"),
        Output("shell-known-at", "className"),
        Input("zero-pulse", "n_intervals"),
        Input("zero-mark", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("zero", "refresh"),
        Output("zero-mark", "data"),
        Output("shell-known-at", "children"),
        Input("zero-refresh", "n_clicks"),
        State("zero-seen", "data"),
        prevent_initial_call=True,
    )


def _stores(start: Mapping[str, Any], lang: str) -> list[Component]:
    mark = {"mark": f"{start['watermark']}.{start['as_of']}"}
    return [
        dcc.Store(id="zero-mark", data=mark),
        dcc.Store(id="zero-seen", data=mark),
        dcc.Store(id="zero-shown-text", data=t("zero_page.shown", lang)),
        dcc.Interval(id="zero-pulse", interval=PULSE_MS),
    ]


def _offered(value: str, choices: Any) -> str:
    """Take what an address asks for if it is offered, else the first choice."""
    return value if value in choices else str(next(iter(choices)))
