"""Tonight's patrol: crews, their stops, what more crews would add, who is left out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import html

from dashboard.components.cards import card_head
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["MAX_CREWS", "patrol_panel", "patrol_plan"]

MAX_CREWS = 8
"""Crews offered on the page; each has its own colour on the map as far as colours go."""


def patrol_panel(crews: int, lang: str) -> list[Component]:
    """Build the panel around a plan: the number of crews and a place for the plan."""
    return [
        card_head(t("patrol_panel.title", lang), t("patrol_panel.hint", lang), lang),
        html.Div(
            [
                html.Label(t("patrol_panel.crews", lang), htmlFor="situation-crews"),
                dmc.NumberInput(
                    id="situation-crews",
                    value=crews,
                    min=1,
                    max=MAX_CREWS,
                    step=1,
                    clampBehavior="strict",
                    allowDecimal=False,
                    size="sm",
                    w="5.5rem",
                ),
            ],
            className="crews",
        ),
        html.Div(id="situation-plan", className="plan"),
    ]


def patrol_plan(
    plan: Mapping[str, Any], params: Mapping[str, str], crews: int, lang: str
) -> list[Component]:
    """Build one plan: the DRAFT mark, each crew's stops, the curve, the omissions, the files."""
    if not plan["units"]:
        return [html.P(t("patrol_panel.none", lang), className="note")]
    return [
        html.P(plan["draft"], className="draft", role="note"),
        html.P(
            [t("patrol_panel.total", lang), " ", html.B(f"{plan['total_value']:.1f}")],
            className="total",
        ),
        *[_unit(number, unit, lang) for number, unit in enumerate(plan["units"])],
        _curve(plan["value_curve"], lang),
        _left_out(plan["not_visited"], lang),
        _files({**params, "crews": str(crews)}, lang),
        html.P(plan["note"], className="note"),
    ]


def _unit(number: int, unit: Mapping[str, Any], lang: str) -> Component:
    head = [
        html.Span(className=f"crew-line crew-{number % 6}"),
        t("patrol_panel.crew", lang, unit=unit["unit"]),
        html.Small(t("patrol_panel.minutes", lang, minutes=f"{unit['minutes']:.0f}")),
    ]
    columns = ("stop", "arrive", "leave", "value")
    return html.Section(
        [
            html.H3(head),
            html.Table(
                [
                    html.Thead(
                        html.Tr([html.Th(t(f"patrol_panel.{name}", lang)) for name in columns])
                    ),
                    html.Tbody([_stop(stop) for stop in unit["stops"]]),
                ],
                className="stops",
            ),
        ],
        className="card-section",
    )


def _stop(stop: Mapping[str, Any]) -> Component:
    return html.Tr(
        [
            html.Td(str(stop["place"])),
            html.Td(str(stop["arrive"])),
            html.Td(str(stop["leave"])),
            html.Td(f"{stop['value']:.1f}", className="number"),
        ]
    )


def _curve(values: Sequence[float], lang: str) -> Component:
    most = max(values, default=0.0) or 1.0
    bars = [
        html.Li(
            [
                html.Span(style={"height": f"{100 * value / most:.0f}%"}, className="bar"),
                html.Small(f"{value:.0f}"),
            ],
            title=f"{number}: {value:.2f}",
        )
        for number, value in enumerate(values[:MAX_CREWS], start=1)
    ]
    return html.Section(
        [html.H3(t("patrol_panel.curve", lang)), html.Ol(bars, className="curve")],
        className="card-section",
    )


def _left_out(rows: Sequence[Mapping[str, Any]], lang: str) -> Component:
    items = [html.Li([html.B(row["place"]), html.Span(row["sentence"])]) for row in rows]
    return html.Details(
        [
            html.Summary(t("patrol_panel.not_visited", lang, n=len(rows))),
            html.Ul(items, className="left-out"),
        ]
    )


def _files(params: Mapping[str, str], lang: str) -> Component:
    asked = urlencode({key: value for key, value in params.items() if value})
    return html.Div(
        [
            html.A(
                t(f"patrol_panel.{kind}", lang),
                href=f"/patrol.{kind}?{asked}",
                download=True,
                id=f"situation-{kind}",
                className="button",
            )
            for kind in ("gpx", "csv")
        ],
        className="buttons",
    )
