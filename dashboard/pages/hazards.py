"""Hazards: what is to be put right and until when, and what was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash
from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from dashboard.components import matter_view
from dashboard.components.shell import shell
from dashboard.context import language, services
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/hazards"
COLUMNS: Final = (
    ("hazard_id", 0.8), ("place", 1.6), ("area", 1.1), ("town", 0.9), ("category_label", 1.0),
    ("severity_label", 0.7), ("mode_label", 0.9), ("state_label", 0.8), ("found_on", 0.9),
    ("due_on", 0.9), ("days_left", 0.7), ("closed_on", 0.9), ("verified_on", 0.9),
)  # fmt: skip


def layout(window: str = "last12", shown: str = "open", **_: str) -> Component:
    """Build the page; `?shown=all` opens it with what is done as well."""
    lang = language()
    windows = services().hazards.windows(lang)
    asked = window if window in {each["value"] for each in windows} else "last12"
    all_or_open = shown if shown in {"open", "all"} else "open"
    return shell(
        [
            html.Section(
                [
                    matter_view.choice("hazards-window", t("hazards.found", lang), windows, asked),
                    matter_view.choice(
                        "hazards-which", t("work.which", lang), _which(lang), all_or_open
                    ),
                    matter_view.search_field("hazards-search", "hazards", lang),
                    html.Span(id="hazards-count", className="count", role="status"),
                    matter_view.export_links(PATH, {"window": asked, "shown": all_or_open}, lang),
                ],
                className="filter-bar zero-bar",
                **{"aria-label": t("filter.bar", lang)},
            ),
            html.Div(
                [
                    html.Section(id="hazards-figures", className="work-head"),
                    html.P(id="hazards-caption", className="work-caption", role="note"),
                    html.Div(
                        matter_view.work_table("hazards-table", COLUMNS, "hazards", lang),
                        className="zero-table",
                    ),
                ],
                className="work-page",
            ),
            matter_view.drawer("hazards-drawer", lang),
            dcc.Store(id="hazards-count-text", data=t("zero_page.shown", lang)),
        ],
        path=PATH,
        start=services().situation.start(lang),
        lang=lang,
    )


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.hazards", order=4, layout=layout)
    app.callback(
        Output("hazards-table", "rowData"),
        Output("hazards-figures", "children"),
        Output("hazards-caption", "children"),
        Output("hazards-csv", "href"),
        Output("hazards-xlsx", "href"),
        Input("hazards-window", "value"),
        Input("hazards-which", "value"),
    )(show)
    app.callback(
        Output("hazards-drawer", "opened"),
        Output("hazards-drawer-body", "children"),
        Input("hazards-table", "selectedRows"),
        prevent_initial_call=True,
    )(tell)
    app.clientside_callback(
        ClientsideFunction("work", "narrow"),
        Output("hazards-table", "dashGridOptions"),
        Input("hazards-search", "value"),
        State("hazards-table", "dashGridOptions"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("work", "release"),
        Output("hazards-table", "selectedRows"),
        Input("hazards-drawer", "opened"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("zero", "countShown"),
        Output("hazards-count", "children"),
        Input("hazards-table", "virtualRowData"),
        Input("hazards-table", "rowData"),
        State("hazards-count-text", "data"),
    )


def show(window: str, shown: str) -> tuple[Any, ...]:
    """Fill the table, the figures, the caption and the links to the files."""
    lang = language()
    hazards = services().hazards
    rows = [
        {**row, "id": row["hazard_id"]} for row in hazards.rows(lang, window=window, shown=shown)
    ]
    figures = matter_view.figure_list(_figures(hazards.figures(window=window), lang))
    links = [f"{PATH}.{kind}?window={window}&shown={shown}" for kind in ("csv", "xlsx")]
    return rows, figures, hazards.caption(lang, window=window), *links


def tell(chosen: Sequence[Mapping[str, Any]] | None) -> tuple[bool, list[Component]]:
    """Open the history of the row that was chosen."""
    if not chosen:
        raise PreventUpdate
    lang = language()
    told = services().hazards.history(str(chosen[0]["hazard_id"]), lang)
    row = told["row"]
    return True, [
        html.H2(f"{row['hazard_id']} · {row['category_label']}"),
        html.P(f"{row['place']} · {row['area']} · {row['state_label']}"),
        matter_view.history_table(told["history"], lang),
    ]


def _figures(figures: Mapping[str, Any], lang: str) -> list[tuple[str, str, str]]:
    def said(name: str, key: str) -> tuple[str, str, str]:
        share, _, counts = str(figures[name]["text"]).partition(" (")
        return t(f"hazards.figure_{key}", lang), share, f"({counts}" if counts else ""

    def counted(name: str, note: str = "") -> tuple[str, str, str]:
        return t(f"hazards.figure_{name}", lang), f"{figures[name]:,}", note

    day = t("hazards.as_of", lang, day=figures["as_of"])
    rectified, share, counts = said("rectified_rate", "rectified")
    split = t("hazards.split", lang, on_site=figures["on_site"], deadline=figures["deadline"])
    majors = t("hazards.major_of", lang, n=figures["major_open"], all=figures["major"])
    return [
        counted("hazards", split),
        said("on_site_rate", "on_site"),
        (rectified, share, f"{counts} {day}".strip()),
        counted("open", majors),
        counted("overdue"),
        said("verified", "verified"),
        said("recurrence_rate", "recurrence"),
        said("inspections_clean", "clean"),
    ]


def _which(lang: str) -> list[dict[str, str]]:
    return [{"value": name, "label": t(f"work.which_{name}", lang)} for name in ("open", "all")]
