"""A table over the whole width of a page that a search field narrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_ag_grid as dag

from dashboard.components.area_table import grid_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["searched_grid"]

COLUMN: Final = {
    "sortable": True,
    "resizable": True,
    "suppressMovable": True,
    "suppressHeaderFilterButton": True,
    "suppressHeaderMenuButton": True,
}


def searched_grid(
    key: str,
    columns: Sequence[Mapping[str, Any]],
    *,
    row_id: str,
    texts: Mapping[str, str],
    lang: str,
) -> Component:
    """Build the empty table; `texts` say what stands where no row is, or none matches."""
    options = grid_options(lang)
    return dag.AgGrid(
        id=key,
        columnDefs=list(columns),
        defaultColDef=COLUMN,
        getRowId=f"params.data.{row_id}",
        dashGridOptions={
            **options,
            "localeText": {**options["localeText"], **texts},
            "cacheQuickFilter": True,
        },
        className="grid",
        style={"height": "100%"},
    )
