"""What the pages Mediation and Hazards share: figures, tables of work, the history of a matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import html

from dashboard.components.searched_grid import searched_grid
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = [
    "choice",
    "drawer",
    "export_links",
    "figure_list",
    "history_table",
    "plain_table",
    "search_field",
    "work_table",
]

LATE: Final = {"cell-broken": "params.data.state === 'overdue'"}
"""A late row is said in words, too: its state reads overdue."""


def work_table(key: str, columns: Sequence[tuple[str, float]], group: str, lang: str) -> Component:
    """Build an empty table of work; the rows come in the order of due dates.

    `columns` are fields with their share of the width; `group` is where their titles stand.
    """
    return searched_grid(
        key,
        [_column(name, share, group, lang) for name, share in columns],
        row_id="id",
        texts={
            "noMatchingRows": t(f"{group}.no_match", lang),
            "noRowsToShow": t(f"{group}.nothing", lang),
        },
        lang=lang,
    )


def figure_list(figures: Sequence[tuple[str, str, str]]) -> Component:
    """Build the figures over a table: label, figure, and what it rests on."""
    return html.Dl(
        [
            html.Div([html.Dt(label), html.Dd(figure), html.Dd(note, className="note")])
            for label, figure, note in figures
        ],
        className="work-figures",
    )


def choice(key: str, label: str, options: Sequence[Mapping[str, str]], value: str) -> Component:
    """Build a row of choices with its label."""
    control = dmc.SegmentedControl(id=key, data=list(options), value=value, size="xs")
    return html.Div([html.Span(label, className="filter-label"), control], className="filter-field")


def search_field(key: str, group: str, lang: str) -> Component:
    """Build the field that narrows a table."""
    field = dmc.TextInput(
        id=key,
        value="",
        placeholder=t(f"{group}.search_hint", lang),
        size="xs",
        className="zero-search",
        **{"aria-label": t(f"{group}.search", lang)},
    )
    label = html.Span(t(f"{group}.search", lang), className="filter-label")
    return html.Div([label, field], className="filter-field")


def export_links(path: str, asked: Mapping[str, str], lang: str) -> Component:
    """Build the links to the table as CSV and as a workbook."""
    return html.Div(
        [
            html.A(
                kind.upper(),
                id=f"{path.removeprefix('/')}-{kind}",
                href=f"{path}.{kind}?{urlencode(asked)}",
                download=True,
                className="button accent",
                title=t("work.export", lang, kind=kind.upper()),
            )
            for kind in ("csv", "xlsx")
        ],
        className="exports",
    )


def drawer(key: str, lang: str) -> Component:
    """Build the drawer that shows the history of one matter, closed."""
    return dmc.Drawer(
        html.Div(id=f"{key}-body", className="work-history"),
        id=key,
        opened=False,
        position="right",
        size="56rem",
        title=t("work.history", lang),
        closeButtonProps={"aria-label": t("work.close", lang)},
    )


def history_table(history: Sequence[Mapping[str, Any]], lang: str) -> Component:
    """Build the history: what, happened, recorded, known, post, document."""
    columns = ("what", "happened", "recorded", "known", "post", "document")
    return plain_table(columns, history, "work.column", lang)


def plain_table(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], group: str, lang: str
) -> Component:
    """Build a small table of words; `group` is where its titles stand."""
    head = html.Tr([html.Th(t(f"{group}.{name}", lang), scope="col") for name in columns])
    body = [
        html.Tr([html.Td(_text(row[name]), className=_class_of(name)) for name in columns])
        for row in rows
    ]
    return html.Div(
        html.Table([html.Thead(head), html.Tbody(body)], className="plain-table"),
        className="table-frame is-tall",
    )


def _column(name: str, share: float, group: str, lang: str) -> dict[str, Any]:
    title = t(f"{group}.column.{name}", lang)
    column: dict[str, Any] = {
        "field": name,
        "headerName": title,
        "headerTooltip": title,
        "tooltipField": name,
        "flex": share,
        "minWidth": 84,
    }
    if name in {"state_label", "days_left", "due_on"}:
        column["cellClassRules"] = LATE
    if name == "days_left":
        column["type"] = "rightAligned"
    return column


def _text(value: object) -> str:
    return "–" if value in {None, ""} else str(value)


def _class_of(name: str) -> str:
    return "said" if name in {"what", "reason"} else ""
