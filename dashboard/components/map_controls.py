"""What stands beside and below the map: colour choice, legend, layers, months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.components.layers import GROUND, NAMES, layers, shown_at_first
from dashboard.components.status import swatch
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

    from geo.layer import Layer, LegendEntry

__all__ = [
    "colour_choice",
    "counts",
    "counts_place",
    "layer_switches",
    "legend",
    "legend_steps",
    "month_stepper",
]

STORED: Final = {"cameras": ("cameras", "sectors"), "units": ("units",)}
"""Counts of what is stored, not filtered, and the layers that show it."""

SIGN_TEXT: Final = {"badge": "1", "cross": "✕", "dot": "", "hatch": ""}
"""What is written on the small sign of a layer, where its shape alone does not tell it."""


def colour_choice(start: Mapping[str, Any], lang: str) -> Component:
    """Build the choice of what the areas' colour says."""
    return dmc.RadioGroup(
        dmc.Stack(
            [
                dmc.Radio(label=row["label"], value=row["value"], size="xs")
                for row in start["colours"]
            ],
            gap="0.4rem",
        ),
        id="situation-colour",
        value=start["colours"][0]["value"],
        label=t("map.colour_by", lang),
        size="sm",
        className="panel-block",
    )


def legend(colouring: Mapping[str, Any], lang: str) -> list[Component]:
    """Build the legend of a colouring: its title, its steps, its note."""
    return [
        html.H2(t("map.legend", lang)),
        html.P(colouring["title"], className="legend-title"),
        html.Ul(legend_steps(colouring, lang), className="legend-steps"),
        html.P(colouring["note"], className="note"),
    ]


def legend_steps(colouring: Mapping[str, Any], lang: str) -> list[Component]:
    """Build the lines of a legend; approximate boundaries are told of where some are shown."""
    steps = [
        html.Li([swatch(step["color"], step["pattern"]), html.Span(step["label"])])
        for step in colouring["ramp"]
    ]
    if colouring["approximate"]:
        dashes = html.Span(className="swatch dashed", **{"aria-hidden": "true"})
        steps.append(html.Li([dashes, html.Span(t("map.approximate", lang))]))
    return steps


def counts_place(lang: str) -> Component:
    """Build the place of the counts on the map."""
    label = {"aria-label": t("filter.counts", lang)}
    return html.Dl(id="situation-counts", className="counts", role="status", **label)


def counts(rows: Sequence[Mapping[str, Any]]) -> list[Component]:
    """Build the counts that say what the map shows; what the store has none of is left out."""
    return [
        html.Div([html.Dd(f"{row['value']:,}"), html.Dt(row["label"])])
        for row in rows
        if row["value"] or row["key"] not in STORED
    ]


def layer_switches(
    start: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], lang: str
) -> Component:
    """Build one switch per layer, with the signs the map draws it with.

    `rows` are the counts: a layer the store has nothing for is not offered.
    """
    absent = {name for row in rows if not row["value"] for name in STORED.get(row["key"], ())}
    absent |= set() if start["has_roads"] else set(GROUND)
    offered = [layer for layer in layers() if layer.name not in absent]
    rows = [_switch(layer, lang) for layer in offered]
    names = _checkbox(NAMES, [html.I("A", className="sign sign-name")], t("layer.names", lang))
    return dmc.CheckboxGroup(
        dmc.Stack([*rows, names], gap="0.4rem"),
        id="situation-layers",
        value=shown_at_first(),
        label=t("map.layers", lang),
        size="sm",
        className="panel-block",
    )


def month_stepper(start: Mapping[str, Any], lang: str) -> Component:
    """Build the months below the map: step, play, slide, back to now."""
    months = list(start["months"])
    last = max(0, len(months) - 1)
    return html.Section(
        [
            _step("back", "◀", lang),
            _step("play", "▶", lang),
            _step("forward", "▶▏", lang),
            dmc.Slider(
                id="situation-month",
                min=0,
                max=last,
                step=1,
                value=last,
                marks=year_marks(months),
                label=None,
                updatemode="drag",
                size="sm",
                className="month-slider",
                thumbLabel=t("month.stepper", lang),
            ),
            html.Output(months[-1] if months else "", id="situation-month-label"),
            dmc.Button(
                t("month.now", lang), id="situation-month-now", variant="light", size="compact-sm"
            ),
            dcc.Store(id="situation-months", data=months),
        ],
        className="months",
        **{"aria-label": t("month.stepper", lang), "title": t("month.note", lang)},
    )


def year_marks(months: Sequence[str]) -> list[dict[str, Any]]:
    """Label the Januaries with their year.

    >>> year_marks(["2025-11", "2025-12", "2026-01"])
    [{'value': 2, 'label': '2026'}]
    """
    return [
        {"value": place, "label": month[:4]}
        for place, month in enumerate(months)
        if month.endswith("-01")
    ]


def _step(name: str, sign: str, lang: str) -> Component:
    return html.Button(
        sign,
        id=f"situation-month-{name}",
        className="step",
        title=t(f"month.{name}", lang),
        **{"aria-label": t(f"month.{name}", lang)},
    )


def _switch(layer: Layer, lang: str) -> Component:
    signs = [_sign(entry) for entry in layer.legend[:2]]
    box = _checkbox(layer.name, signs, t(layer.title_key, lang))
    if len(layer.legend) <= len(signs):
        return box
    rows = [html.Li([_sign(entry), html.Span(entry.words.text(lang))]) for entry in layer.legend]
    return html.Div([_checkbox(layer.name, [], t(layer.title_key, lang)), html.Ul(rows)])


def _checkbox(name: str, signs: Sequence[Component], title: str) -> Component:
    label = html.Span(
        [html.Span(list(signs), className="signs", **{"aria-hidden": "true"}), title],
        className="layer-name",
    )
    return dmc.Checkbox(label=label, value=name, size="xs")


def _sign(entry: LegendEntry) -> Component:
    return html.I(
        SIGN_TEXT.get(entry.sign, ""),
        className=f"sign sign-{entry.sign}",
        style={"backgroundColor": entry.color},
    )
