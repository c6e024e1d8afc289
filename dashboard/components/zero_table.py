"""The table of the Zero status page: areas or subjects in the order of their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dashboard.components.area_table import STATUS_CLASSES
from dashboard.components.searched_grid import searched_grid
from dashboard.i18n import t
from dashboard.services.cards import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["STREAMS", "table_rows", "zero_table"]

STREAMS: Final = ("case", "accident", "petition")
SEARCHED: Final = ("code", "name", "parent")
"""Columns the search field looks in; a word of a status would find everything."""
NOT_SEARCHED: Final = {"getQuickFilterText": {"function": "''"}}


def zero_table(lang: str) -> Component:
    """Build the empty table; only the reader sorts it, so that nobody is ranked."""
    return searched_grid(
        "zero-table",
        _columns(lang),
        row_id="code",
        texts={"noMatchingRows": t("zero_page.no_match", lang)},
        lang=lang,
    )


def table_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Take from the service's rows what the table shows; a status is symbol and word.

    >>> from dashboard.services.zero_board import STREAMS as every
    >>> words = {f"{s}_word": "broken" for s in every} | dict.fromkeys(every, "broken")
    >>> counts = {f"{name}_{s}": 1 for name in ("breaking", "streak") for s in every}
    >>> place = dict(code="1", name="a", class_label="b", parent="c") | {"class": "village"}
    >>> table_rows([place | words | counts])[0]["case"]
    '✕ broken'
    """
    return [_table_row(row) for row in rows]


def _table_row(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in _KEPT}
    return kept | {s: f"{SYMBOLS[row[s]]} {row[f'{s}_word']}" for s in STREAMS}


_KEPT: Final = (
    "code",
    "name",
    "class",
    "class_label",
    "parent",
    *(f"breaking_{stream}" for stream in STREAMS),
    *(f"streak_{stream}" for stream in STREAMS),
)


def _columns(lang: str) -> list[dict[str, Any]]:
    return [
        _column("code", lang, flex=1.1, minWidth=112),
        _column("name", lang, flex=1.4, minWidth=130, tooltipField="name"),
        _column("class_label", lang, flex=0.8, minWidth=88),
        _column("parent", lang, flex=1.3, minWidth=118, tooltipField="parent"),
        *[_stream_columns(stream, lang) for stream in STREAMS],
        {"field": "class", "hide": True, "filter": "agTextColumnFilter", **NOT_SEARCHED},
    ]


def _stream_columns(stream: str, lang: str) -> dict[str, Any]:
    """Build one stream's three columns under its name."""
    return {
        "headerName": t(f"stream.{stream}", lang),
        "children": [
            _column(
                stream,
                lang,
                title=t("zero_page.status", lang),
                cellClassRules=STATUS_CLASSES,
                comparator={"function": "byStatus"},
                flex=1.4,
                minWidth=126,
            ),
            _number(f"breaking_{stream}", f"zero_page.breaking_{stream}", lang, flex=0.7),
            _number(
                f"streak_{stream}",
                "zero_page.streak",
                lang,
                comparator={"function": "byNumberIn"},
                flex=0.8,
            ),
        ],
        "marryChildren": True,
    }


def _number(name: str, title: str, lang: str, **more: Any) -> dict[str, Any]:
    return _column(name, lang, title=t(title, lang), type="rightAligned", minWidth=78, **more)


def _column(name: str, lang: str, *, title: str = "", **more: Any) -> dict[str, Any]:
    told = t(f"zero.column.{name}_word" if name in STREAMS else f"zero.column.{name}", lang)
    search = {} if name in SEARCHED else NOT_SEARCHED
    return {"field": name, "headerName": title or told, "headerTooltip": told, **search, **more}
