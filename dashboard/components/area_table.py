"""The table of areas; a row leads the map to its area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_ag_grid as dag

from dashboard.i18n import t
from dashboard.services.cards import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["STATUS_CLASSES", "area_table", "grid_options", "worded"]

WRAPPED: Final = {"flex": 1, "wrapHeaderText": True, "autoHeaderHeight": True}
"""Columns share the width; a long title takes two lines instead of being cut."""
ZEROS: Final = ("case", "accident", "petition")

STATUS_CLASSES: Final = {
    f"cell-{status}": f"params.value && params.value.startsWith('{symbol}')"
    for status, symbol in SYMBOLS.items()
}
"""A cell takes the colour of the symbol its text begins with."""


def area_table(lang: str) -> Component:
    """Build the empty table; its rows come with the filter bar's answer."""
    return dag.AgGrid(
        id="situation-table",
        columnDefs=_columns(lang),
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, **WRAPPED},
        getRowId="params.data.code",
        dashGridOptions=grid_options(lang),
        className="grid",
    )


def grid_options(lang: str) -> dict[str, Any]:
    """Give the options every table of the project shares: theme, texts, row heights."""
    return {
        "theme": {"function": "sanlingGridTheme(themeQuartz)"},
        "localeText": {
            "noRowsToShow": t("table.empty", lang),
            "loadingOoo": t("table.loading", lang),
        },
        "rowSelection": {
            "mode": "singleRow",
            "checkboxes": False,
            "enableClickSelection": True,
        },
        "animateRows": False,
    }


def worded(rows: Sequence[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """Put each status into symbol and word, as the cells show it."""
    return [
        {
            **row,
            **{zero: f"{SYMBOLS[row[zero]]} {t(f'status.{row[zero]}', lang)}" for zero in ZEROS},
        }
        for row in rows
    ]


def _columns(lang: str) -> list[dict[str, Any]]:
    return [
        _column("name", lang, pinned="left", minWidth=110),
        _column("parent", lang, minWidth=90),
        *[_column(zero, lang, minWidth=130, cellClassRules=STATUS_CLASSES) for zero in ZEROS],
        *[_column(f"streak_{zero}", lang, minWidth=76, comparator=_BY_NUMBER) for zero in ZEROS],
        _column("incidents", lang, minWidth=80, type="rightAligned"),
        _column("expected", lang, minWidth=90, type="rightAligned"),
        _column("interval", lang, minWidth=80, sortable=False),
        _column("cameras", lang, minWidth=80, type="rightAligned"),
    ]


_BY_NUMBER: Final = {"function": "byNumberIn"}


def _column(name: str, lang: str, **more: Any) -> dict[str, Any]:
    title = t(f"table.{name}", lang)
    return {"field": name, "headerName": title, "headerTooltip": title, **more}
