"""The ribbon of months: all areas on one canvas, drawn and moved by the browser alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.components.zero_rates import legend
from dashboard.i18n import t
from dashboard.services.cards import SYMBOLS
from dashboard.services.colours import status_ramp
from dashboard.services.zero_board import STREAMS
from geo.vocabulary import ZeroStatus

if TYPE_CHECKING:
    from dash.development.base_component import Component

__all__ = ["ribbon_view", "stream_choice"]


def ribbon_view(lang: str) -> list[Component]:
    """Build the view; ids are `zero-ribbon`, `-stream`, `-told`, `-pick`, `-card`, `-data`."""
    steps = status_ramp(lang)
    words = {
        "steps": [
            step.as_dict() | {"symbol": SYMBOLS[status]}
            for step, status in zip(steps, _GRAVEST_FIRST, strict=True)
        ],
        "none": t("ribbon.none", lang),
    }
    return [
        html.Div(
            [
                stream_choice("zero-ribbon-stream", lang),
                legend(lang),
                html.Span(t("ribbon.hint", lang), className="note"),
            ],
            className="filter-bar ribbon-bar",
        ),
        html.Div(
            [
                html.Div(
                    html.Div(
                        [
                            html.Canvas(id="zero-ribbon-canvas", **{"aria-hidden": "true"}),
                            html.Div(id="zero-ribbon-cursor", hidden=True),
                        ],
                        id="zero-ribbon-space",
                    ),
                    id="zero-ribbon",
                    className="ribbon-scroll",
                    tabIndex=0,
                    role="application",
                    **{"aria-label": t("ribbon.label", lang)},
                ),
                html.Aside(
                    [
                        html.P(
                            t("ribbon.hint", lang),
                            id="zero-ribbon-told",
                            className="ribbon-told",
                            **{"aria-live": "polite"},
                        ),
                        dcc.Loading(html.Div(id="zero-ribbon-card", className="ribbon-card")),
                    ],
                    className="ribbon-side",
                ),
            ],
            className="ribbon-place",
        ),
        dcc.Store(id="zero-ribbon-data"),
        dcc.Store(id="zero-ribbon-pick"),
        dcc.Store(id="zero-ribbon-words", data=words),
    ]


def stream_choice(key: str, lang: str) -> Component:
    """Build the choice of a stream, all three together first."""
    choices = [{"value": s, "label": t(f"stream.{s}", lang)} for s in ("three_zero", *STREAMS)]
    return dmc.SegmentedControl(
        id=key, data=choices, value="three_zero", size="xs", className="stream-choice"
    )


_GRAVEST_FIRST = (
    ZeroStatus.BROKEN,
    ZeroStatus.PENDING_REVIEW,
    ZeroStatus.NOT_ASSESSED,
    ZeroStatus.ZERO_REPORTED,
    ZeroStatus.ZERO_VERIFIED,
)
