"""Zero status: who is at zero, how sure that is, what changed since, and files to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update

from dashboard.components import (
    cards,
    zero_assess,
    zero_complete,
    zero_controls,
    zero_rates,
    zero_restated,
    zero_ribbon,
    zero_standpoint,
    zero_table,
)
from dashboard.components.shell import shell
from dashboard.context import language, services, theme
from dashboard.figures.county_map import county_svg
from dashboard.figures.funnel_svg import funnel_svg
from dashboard.figures.ribbon import data_uri
from dashboard.i18n import t
from dashboard.services.query import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash import Dash
    from dash.development.base_component import Component

    from dashboard.services.standpoint import Standpoint
    from geo.window import Window

__all__ = ["layout", "register"]

PATH: Final = "/zero"
PULSE_MS: Final = 5_000
"""Milliseconds between two looks at the watermark."""
FUNNELS: Final = ("places", "units")
MAP_TOLERANCE_M: Final = 80.0
"""Metres a border may move on the small map: less than a dot of it."""


def layout(
    window: str = "",
    by: str = "",
    view: str = "",
    as_of: str = "",
    known_at: str = "",
    rulebook: str = "",
    **_: str,
) -> Component:
    """Build the page; `?window=year&view=restated&as_of=2026-05-31` opens it on that question."""
    lang = language()
    start = services().situation.start(lang)
    zero = services().zero
    at = zero.standpoint(as_of=as_of, known_at=known_at, rulebook=rulebook)
    windows = zero.windows(lang)
    asked = {
        "view": _offered(view, zero_standpoint.VIEWS),
        "window": _offered(window, [each["value"] for each in windows]),
        "as_of": as_of,
        "known_at": known_at,
        "rulebook": at.rulebook.id,
        "present": str(start["as_of"]),
        "rules": str(start["rulebook"]),
    }
    register_of = _offered(by, zero_controls.BY)
    return shell(
        [
            zero_standpoint.standpoint_row(windows, asked, lang=lang),
            html.Div(
                [_view(name, asked["view"], lang, asked, register_of) for name in _VIEWS],
                className="zero-views",
            ),
            *_stores(start, asked, lang),
        ],
        path=PATH,
        start=start,
        lang=lang,
    )


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.zero_status", order=2, layout=layout)
    asked = Input("zero-asked", "data")
    app.callback(Output("zero-rates", "children"), Output("zero-caption", "children"), asked)(
        show_rates
    )
    app.callback(
        Output("zero-table", "rowData"),
        Output("zero-class", "data"),
        Output("zero-class", "value"),
        Output("zero-csv", "href"),
        Output("zero-xlsx", "href"),
        Input("zero-by", "value"),
        asked,
        State("zero-class", "value"),
    )(list_statuses)
    app.callback(
        Output("zero-restated", "children"), Output("zero-restated-table", "rowData"), asked
    )(show_restated)
    app.callback(Output("zero-complete", "children"), asked)(show_complete)
    app.callback(Output("zero-assess", "children"), asked, Input("zero-assess-stream", "value"))(
        show_assessment
    )
    app.callback(Output("zero-ribbon-data", "data"), asked)(give_ribbon)
    app.callback(
        Output("zero-ribbon-card", "children"),
        Input("zero-ribbon-pick", "data"),
        State("zero-asked", "data"),
        prevent_initial_call=True,
    )(show_area)
    _register_browser(app)


def show_rates(asked: Mapping[str, str]) -> tuple[Any, Any]:
    """Fill the rates of one window and the sentence on what they rest on."""
    if asked["view"] != "status":
        return no_update, no_update
    lang, (at, _) = language(), _asked(asked)
    zero = services().zero
    rates = zero.rates(asked["window"], lang, at=at)
    return zero_rates.rate_matrix(rates, lang), zero.caption(asked["window"], lang, at=at)


def list_statuses(by: str, asked: Mapping[str, str], group: str) -> tuple[Any, ...]:
    """Fill the table and lead the files to the same question; keep a class that is still there."""
    if asked["view"] != "status":
        return (no_update,) * 5
    lang, (at, _) = language(), _asked(asked)
    rows = services().zero.rows(by, asked["window"], lang, at=at)
    choices = zero_controls.class_choices(rows, lang)
    kept = group if group in {choice["value"] for choice in choices} else ""
    return (
        zero_table.table_rows(rows),
        choices,
        kept,
        zero_controls.export_link("csv", by, asked),
        zero_controls.export_link("xlsx", by, asked),
    )


def show_restated(asked: Mapping[str, str]) -> tuple[Any, Any]:
    """Tell what reads otherwise today than it did then, with the areas that changed."""
    if asked["view"] != "restated":
        return no_update, no_update
    lang, (at, window) = language(), _asked(asked)
    told = services().restating.between(window, at, lang)
    areas = services().situation.drawn_areas(tolerance_m=MAP_TOLERANCE_M, as_of=at.as_of)
    shapes = dict(zip(areas["code"], areas.geometry, strict=True))
    picture = county_svg(shapes, told["changed"], theme=theme())
    view = zero_restated.restated_view(told, data_uri(picture) if picture else "", lang)
    return view, zero_restated.restated_rows_shown(told["rows"], lang)


def show_complete(asked: Mapping[str, str]) -> Any:
    """Tell which reports came, and whom to call."""
    if asked["view"] != "complete":
        return no_update
    lang, (at, _) = language(), _asked(asked)
    return zero_complete.complete_view(services().completeness.overview(at, lang), lang)


def show_assessment(asked: Mapping[str, str], stream: str) -> Any:
    """Put the classes beside their targets and last year, the towns into their funnels."""
    if asked["view"] != "assess":
        return no_update
    lang, (at, window) = language(), _asked(asked)
    assessment = services().assessment
    axes = t("assess.axis_size", lang), t("assess.axis_share", lang)
    funnels = []
    for group in FUNNELS:
        funnel = assessment.funnel(window, at, lang, group=group)
        title = t("assess.funnel", lang, group=t(f"assess.{group}", lang))
        drawn = funnel_svg(funnel, axes=axes, theme=theme()) if funnel["points"] else ""
        funnels.append((title, funnel, data_uri(drawn)))
    rows = assessment.groups(window, at, lang)
    return zero_assess.assess_view(rows, funnels, stream=stream, lang=lang)


def give_ribbon(asked: Mapping[str, str]) -> Any:
    """Give the ribbon its areas and months; the browser draws and moves it alone."""
    if asked["view"] != "ribbon":
        return no_update
    lang, (at, _) = language(), _asked(asked)
    return services().ribbon.months(at, lang)


def show_area(code: str, asked: Mapping[str, str]) -> list[Component]:
    """Tell of the area chosen on the ribbon, as its card on the map does."""
    lang, (at, _) = language(), _asked(asked)
    card = services().cards.area(code, Query(as_of=at.as_of), lang)
    _, *told = cards.area_card(card, lang, theme=theme())
    place = f"{card['level']} · {card['parent']} · {code}"
    return [html.H2(card["name"]), html.P(place, className="note"), *told]


def _asked(asked: Mapping[str, str]) -> tuple[Standpoint, Window]:
    zero = services().zero
    at = zero.standpoint(**zero_standpoint.question(asked))
    return at, zero.window(asked["window"], as_of=at.as_of)


def _view(
    name: str, shown: str, lang: str, asked: Mapping[str, str], register_of: str
) -> Component:
    return html.Div(
        _VIEWS[name](lang, asked, register_of),
        id=f"zero-view-{name}",
        hidden=name != shown,
        className=f"zero-view is-{name}",
    )


def _status_view(lang: str, asked: Mapping[str, str], by: str) -> list[Component]:
    return [
        zero_controls.control_row(asked, by=by, lang=lang),
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
    ]


def _restated_view(lang: str, *_: Any) -> list[Component]:
    return [
        html.Section(id="zero-restated", className="restated"),
        html.Div(zero_restated.restated_table(lang), className="zero-table"),
    ]


def _complete_view(*_: Any) -> list[Component]:
    return [html.Section(id="zero-complete", className="complete")]


def _assess_view(lang: str, *_: Any) -> list[Component]:
    streams = zero_ribbon.stream_choice("zero-assess-stream", lang)
    return [streams, html.Section(id="zero-assess", className="assess")]


def _ribbon_view(lang: str, *_: Any) -> list[Component]:
    return zero_ribbon.ribbon_view(lang)


_VIEWS: Final = {
    "status": _status_view,
    "ribbon": _ribbon_view,
    "restated": _restated_view,
    "complete": _complete_view,
    "assess": _assess_view,
}


def _register_browser(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("zero", "ask"),
        Output("zero-asked", "data"),
        *[Output(f"zero-view-{name}", "hidden") for name in _VIEWS],
        Output("zero-today", "hidden"),
        *[Input(f"zero-{name}", "value") for name in _ASKING],
        Input("zero-mark", "data"),
        State("zero-asked", "data"),
    )
    app.clientside_callback(
        ClientsideFunction("zero", "today"),
        Output("zero-as-of", "value"),
        Output("zero-known-at", "value"),
        Output("zero-rulebook", "value"),
        Input("zero-today", "n_clicks"),
        State("zero-asked", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("zeroRibbon", "draw"),
        Output("zero-ribbon-told", "children"),
        Input("zero-ribbon-data", "data"),
        Input("zero-ribbon-stream", "value"),
        State("zero-ribbon-words", "data"),
        prevent_initial_call=True,
    )
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
    _register_pulse(app)


_ASKING: Final = ("view", "window", "as-of", "known-at", "rulebook")


def _register_pulse(app: Dash) -> None:
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


def _stores(start: Mapping[str, Any], asked: Mapping[str, str], lang: str) -> list[Component]:
    mark = {"mark": f"{start['watermark']}.{start['as_of']}"}
    return [
        dcc.Store(id="zero-mark", data=mark),
        dcc.Store(id="zero-seen", data=mark),
        dcc.Store(id="zero-asked", data=asked),
        dcc.Store(id="zero-shown-text", data=t("zero_page.shown", lang)),
        dcc.Interval(id="zero-pulse", interval=PULSE_MS),
    ]


def _offered(value: str, choices: Any) -> str:
    """Take what an address asks for if it is offered, else the first choice."""
    return value if value in choices else str(next(iter(choices)))
