"""Mediation worklist: petitions and disputes as service owed, for those who mediate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from dashboard.access import Permission
from dashboard.components import matter_view
from dashboard.components.shell import shell
from dashboard.context import actor, language, note_look, services
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/mediation"
COLUMNS: Final = (
    ("matter", 0.8), ("kind_label", 0.6), ("area", 1.1), ("town", 0.9), ("topic_label", 1.0),
    ("channel_label", 1.0), ("step_label", 0.9), ("post_label", 1.2), ("due_on", 0.9),
    ("days_left", 0.7), ("state_label", 0.8), ("closed_label", 0.6), ("resolved_label", 0.6),
)  # fmt: skip
AREA_COLUMNS: Final = ("area_code", "area", "town", "petitions", "disputes", "overdue")
MONTH_COLUMNS: Final = ("month", "new", "outstanding", "excluded")
LEFT_OUT_COLUMNS: Final = ("petition_id", "area", "accepted_on", "reason", "verdict_label")
USE_COLUMNS: Final = ("area_code", "area", "town", "matters", "flagged", "excluded")


def layout(shown: str = "open", **_: str) -> Component:
    """Build the page; who may not mediate is told so and sees no matter."""
    lang = language()
    start = services().situation.start(lang)
    if not actor().may(Permission.MEDIATE):
        note_look("refused", PATH)
        said = html.P(t("mediation.refused", lang), className="empty-state", role="alert")
        return shell([said], path=PATH, start=start, lang=lang)
    note_look("looked at", PATH)
    asked = shown if shown in {"open", "all"} else "open"
    return shell(
        [_bar(asked, lang), _tabs(lang), *_hidden(lang)], path=PATH, start=start, lang=lang
    )


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(
        __name__,
        path=PATH,
        name="nav.mediation",
        order=5,
        layout=layout,
        permission=Permission.MEDIATE,
    )
    app.callback(
        Output("mediation-table", "rowData"),
        Output("mediation-figures", "children"),
        Output("mediation-csv", "href"),
        Output("mediation-xlsx", "href"),
        Input("mediation-which", "value"),
    )(show)
    app.callback(
        Output("mediation-drawer", "opened"),
        Output("mediation-drawer-body", "children"),
        Input("mediation-table", "selectedRows"),
        prevent_initial_call=True,
    )(tell)
    app.callback(
        Output("mediation-drawer-body", "children", allow_duplicate=True),
        Output("mediation-table", "rowData", allow_duplicate=True),
        Input("mediation-take", "n_clicks"),
        State("mediation-step", "value"),
        State("mediation-post", "value"),
        State("mediation-due", "value"),
        State("mediation-reference", "value"),
        State("mediation-table", "selectedRows"),
        State("mediation-which", "value"),
        prevent_initial_call=True,
    )(take_step)
    app.callback(
        Output("mediation-sums", "children"),
        Output("mediation-left-out", "children"),
        Input("mediation-tabs", "value"),
        prevent_initial_call=True,
    )(show_tab)
    app.clientside_callback(
        ClientsideFunction("work", "narrow"),
        Output("mediation-table", "dashGridOptions"),
        Input("mediation-search", "value"),
        State("mediation-table", "dashGridOptions"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("work", "release"),
        Output("mediation-table", "selectedRows"),
        Input("mediation-drawer", "opened"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("zero", "countShown"),
        Output("mediation-count", "children"),
        Input("mediation-table", "virtualRowData"),
        Input("mediation-table", "rowData"),
        State("mediation-count-text", "data"),
    )


def show(shown: str) -> tuple[Any, ...]:
    """Fill the table, the figures and the links to the files."""
    lang = language()
    mediation = services().mediation
    figures = matter_view.figure_list(_figures(mediation.figures(), lang))
    links = [f"{PATH}.{kind}?shown={shown}" for kind in ("csv", "xlsx")]
    return mediation.rows(lang, shown=shown), figures, *links


def tell(chosen: Sequence[Mapping[str, Any]] | None) -> tuple[bool, list[Component]]:
    """Open the history of the matter that was chosen, and note the look."""
    if not chosen:
        raise PreventUpdate
    lang = language()
    kind, matter = str(chosen[0]["kind"]), str(chosen[0]["matter"])
    told = services().mediation.history(kind, matter, lang)
    note_look("looked at", f"{kind} {matter}")
    return True, _matter(told, services().mediation.next_steps(kind, matter, lang), lang)


def take_step(
    clicks: int | None,
    step: str | None,
    post: str | None,
    due_on: str,
    reference: str,
    chosen: Sequence[Mapping[str, Any]] | None,
    shown: str,
) -> tuple[list[Component], list[dict[str, Any]]]:
    """Take the step that was filled in, note the deed, and show the matter and the list anew."""
    if not clicks or not chosen:
        raise PreventUpdate
    lang = language()
    mediation = services().mediation
    kind, matter = str(chosen[0]["kind"]), str(chosen[0]["matter"])
    made = mediation.lead_on(
        kind, matter, step or "", post=post or "", due_on=due_on, reference=reference
    )
    note_look("took a step", f"{kind} {matter} {made}")
    told = mediation.history(kind, matter, lang)
    offered = mediation.next_steps(kind, matter, lang)
    return _matter(told, offered, lang), mediation.rows(lang, shown=shown)


def show_tab(tab: str) -> tuple[Any, Any]:
    """Fill the tab that was opened: counts by area and month, or what was left out."""
    lang = language()
    mediation = services().mediation
    if tab == "sums":
        return [
            _titled("by_area", AREA_COLUMNS, mediation.by_area(lang), lang),
            _titled("by_month", MONTH_COLUMNS, mediation.series(), lang),
        ], dash.no_update
    if tab == "left_out":
        note_look("looked at", "exclusions")
        return dash.no_update, [
            _titled("left_out", LEFT_OUT_COLUMNS, mediation.exclusions(lang), lang),
            _titled("use", USE_COLUMNS, mediation.exemption_use(lang), lang),
        ]
    raise PreventUpdate


def _matter(
    told: Mapping[str, Any], offered: Mapping[str, list[dict[str, str]]], lang: str
) -> list[Component]:
    row = told["row"]
    return [
        html.H2(f"{row['matter']} · {row['kind_label']} · {row['topic_label']}"),
        html.P(f"{row['area']} · {row['state_label']}"),
        html.P(told["note"], className="note"),
        _step_form(offered, lang),
        matter_view.history_table(told["history"], lang),
    ]


def _step_form(offered: Mapping[str, list[dict[str, str]]], lang: str) -> Component:
    """Build the form of the next step; a matter that has ended has none."""
    if not offered["steps"]:
        return html.P(t("mediation.ended", lang), className="note")
    return html.Div(
        [
            dmc.Select(
                id="mediation-step",
                data=offered["steps"],
                # Where the ways part, nothing is chosen beforehand: an end is not taken by habit.
                value=offered["steps"][0]["value"] if len(offered["steps"]) == 1 else None,
                allowDeselect=False,
                label=t("mediation.next_step", lang),
                placeholder=t("mediation.choose", lang),
            ),
            dmc.Select(
                id="mediation-post",
                data=offered["posts"],
                value=offered["posts"][0]["value"],
                allowDeselect=False,
                label=t("mediation.next_post", lang),
            ),
            dmc.TextInput(
                id="mediation-due",
                value="",
                placeholder="2026-06-30",
                label=t("mediation.next_due", lang),
            ),
            dmc.TextInput(
                id="mediation-reference",
                value="",
                label=t("mediation.next_reference", lang),
                description=t("mediation.no_names", lang),
            ),
            html.Button(t("mediation.take", lang), id="mediation-take", className="button primary"),
        ],
        className="step-form",
    )


def _bar(asked: str, lang: str) -> Component:
    which = [{"value": n, "label": t(f"work.which_{n}", lang)} for n in ("open", "all")]
    return html.Section(
        [
            matter_view.choice("mediation-which", t("work.which", lang), which, asked),
            matter_view.search_field("mediation-search", "mediation", lang),
            html.Span(id="mediation-count", className="count", role="status"),
            matter_view.export_links(PATH, {"shown": asked}, lang),
        ],
        className="filter-bar zero-bar",
        **{"aria-label": t("filter.bar", lang)},
    )


def _tabs(lang: str) -> Component:
    table = matter_view.work_table("mediation-table", COLUMNS, "mediation", lang)
    panels = {
        "work": html.Div(table, className="zero-table"),
        "sums": html.Div(id="mediation-sums", className="work-sums"),
        "left_out": html.Div(id="mediation-left-out", className="work-sums"),
    }
    tabs = [dmc.TabsTab(t(f"mediation.tab_{name}", lang), value=name) for name in panels]
    return html.Div(
        [
            html.Section(id="mediation-figures", className="work-head"),
            html.P(
                [
                    html.Span(services().mediation.caption(lang)),
                    html.Span(t("mediation.why_no_map", lang)),
                ],
                className="work-caption",
                role="note",
            ),
            dmc.Tabs(
                [
                    dmc.TabsList(tabs),
                    *[dmc.TabsPanel(panel, value=name) for name, panel in panels.items()],
                ],
                id="mediation-tabs",
                value="work",
                className="work-tabs",
            ),
        ],
        className="work-page",
    )


def _hidden(lang: str) -> list[Component]:
    text = dcc.Store(id="mediation-count-text", data=t("zero_page.shown", lang))
    return [matter_view.drawer("mediation-drawer", lang), text]


def _titled(
    name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], lang: str
) -> Component:
    if not rows:
        said: Component = html.P(t("mediation.none", lang), className="empty-state")
    else:
        said = matter_view.plain_table(columns, rows, "mediation.column", lang)
    return html.Section([html.H2(t(f"mediation.title_{name}", lang)), said])


def _figures(figures: Mapping[str, Any], lang: str) -> list[tuple[str, str, str]]:
    petitions, disputes = figures["petitions"], figures["disputes"]

    def counted(name: str, count: int, note: str = "", of: int = 0) -> tuple[str, str, str]:
        said = t(f"mediation.note_{note}", lang, n=f"{of:,}") if note else ""
        return t(f"mediation.figure_{name}", lang), f"{count:,}", said

    def shared(name: str) -> tuple[str, str, str]:
        share, _, counts = str(disputes[name]["text"]).partition(" (")
        return t(f"mediation.figure_{name}", lang), share, f"({counts}" if counts else ""

    return [
        counted("open", petitions["open"], "passed_on", petitions["not_passed_on"]),
        counted("overdue", petitions["overdue"]),
        counted("excluded", petitions["excluded"], "waiting", petitions["excluded_open"]),
        counted("closed", petitions["closed"], "registered", petitions["registered"]),
        counted("resolved", petitions["resolved"], "late", petitions["resolved_late"]),
        counted("in_hand", disputes["in_hand"]),
        shared("mobile_share"),
        shared("relapse_rate"),
    ]
