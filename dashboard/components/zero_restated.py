"""Two-handled time: both rates side by side, the areas that changed, every restated status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_ag_grid as dag
from dash import html

from dashboard.components.area_table import STATUS_CLASSES, grid_options
from dashboard.i18n import t
from dashboard.services.cards import SYMBOLS
from dashboard.services.restating import status_word
from models.zero.rates import print_ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["restated_rows_shown", "restated_table", "restated_view", "two_rates"]

COLUMNS = ("code", "name", "stream_label", "then_word", "now_word", "cause_label", "why")
WIDTHS = {"why": 4, "name": 1.3, "then_word": 1.2, "now_word": 1.2}


def restated_view(told: Mapping[str, Any], picture: str, lang: str) -> list[Component]:
    """Build the sentence, both rates and the map; `picture` is a data URI, empty for none."""
    shown = (
        html.Img(src=picture, alt=t("restated.map", lang), className="county-picture")
        if picture and told["changed"]
        else html.P(t("restated.map_none", lang), className="note")
    )
    heads = [html.H2(told["sentence"], className="restated-sentence")]
    return [
        *heads,
        html.Div(
            [
                two_rates(told, lang),
                html.Figure(
                    [shown, html.Figcaption(t("restated.map", lang), className="note")],
                    className="restated-map",
                ),
            ],
            className="restated-sides",
        ),
    ]


def two_rates(told: Mapping[str, Any], lang: str) -> Component:
    """Build the table of rates: class by stream, as known then over as known today."""
    streams = {rate["stream"]: rate["stream_label"] for rate in told["rates"]}
    classes = {rate["class"]: rate["class_label"] for rate in told["rates"]}
    cells = {(rate["class"], rate["stream"]): rate for rate in told["rates"]}
    head = [html.Th(t("zero_page.class", lang), scope="col"), html.Th()]
    head += [html.Th(label, scope="col") for label in streams.values()]
    body = []
    for group, label in classes.items():
        for side in ("then", "now"):
            first = [html.Th(label, scope="rowgroup", rowSpan=2)] if side == "then" else []
            when = html.Th(f"{t(f'restated.{side}', lang)} · {told[side]}", scope="row")
            row = [_rate(cells.get((group, stream)), side) for stream in streams]
            body.append(html.Tr([*first, when, *row], className=f"is-{side}"))
    return html.Table(
        [
            html.Caption(t("restated.rates", lang), className="sr-only"),
            html.Thead(html.Tr(head)),
            html.Tbody(body),
        ],
        className="two-rates",
    )


def restated_table(lang: str) -> Component:
    """Build the empty list; it comes in the order of codes and only the reader sorts it."""
    return dag.AgGrid(
        id="zero-restated-table",
        columnDefs=[_column(name, lang) for name in COLUMNS],
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True},
        dashGridOptions=grid_options(lang),
        className="grid",
        style={"height": "100%"},
    )


def restated_rows_shown(rows: Sequence[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """Take from the service's rows what the list shows; a status is symbol and word."""
    return [
        {name: row.get(name) for name in COLUMNS}
        | {f"{side}_word": _status(row[f"status_{side}"], lang) for side in ("then", "now")}
        for row in rows
    ]


def _status(status: str | None, lang: str) -> str:
    return f"{SYMBOLS[status]} {status_word(status, lang)}" if status else status_word(None, lang)


def _column(name: str, lang: str) -> dict[str, Any]:
    rules = {"cellClassRules": STATUS_CLASSES} if name.endswith("_word") else {}
    return {
        "field": name,
        "headerName": t(f"restated.column.{name}", lang),
        "tooltipField": name,
        "flex": WIDTHS.get(name, 1),
        **rules,
    }


def _rate(rate: Mapping[str, Any] | None, side: str) -> Component:
    if rate is None:
        return html.Td("–")
    zero, assessed = rate[f"zero_{side}"], rate[f"assessed_{side}"]
    moved = rate["zero_then"] != rate["zero_now"] or rate["assessed_then"] != rate["assessed_now"]
    mark = "≠ " if moved and side == "now" else ""
    share = print_ratio(zero, assessed) if assessed else "–"
    return html.Td(
        [html.B(f"{mark}{share}"), html.Span(f" ({zero}/{assessed})", className="n")],
        className="is-moved" if moved else "",
    )
