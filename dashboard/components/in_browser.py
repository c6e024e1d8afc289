"""What the Situation page does in the browser alone; the functions stand in assets/situation.js."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dash import ClientsideFunction, Input, Output, State

if TYPE_CHECKING:
    from dash import Dash

__all__ = ["register_browser"]


def register_browser(app: Dash) -> None:
    """Enter the callbacks that never ask the server."""
    for name, (outputs, inputs, states) in _IN_BROWSER.items():
        app.clientside_callback(
            ClientsideFunction("situation", name),
            [Output(*place) for place in outputs],
            [Input(*place) for place in inputs],
            [State(*place) for place in states],
            prevent_initial_call=name not in _AT_FIRST,
        )


_Places = tuple[tuple[str, str], ...]
_IN_BROWSER: Final[dict[str, tuple[_Places, _Places, _Places]]] = {
    "stepMonth": (
        (
            ("situation-month", "value"),
            ("situation-map", "frame"),
            ("situation-map", "playing"),
            ("situation-month-label", "children"),
            ("situation-caption-month", "children"),
            ("situation-month-play", "className"),
        ),
        (
            ("situation-month", "value"),
            ("situation-map", "frame"),
            ("situation-map", "playing"),
            ("situation-month-back", "n_clicks"),
            ("situation-month-play", "n_clicks"),
            ("situation-month-forward", "n_clicks"),
            ("situation-month-now", "n_clicks"),
        ),
        (("situation-months", "data"),),
    ),
    "seeNear": (
        (("situation-near", "data"),),
        (("situation-map", "viewport"),),
        (("situation-near", "data"),),
    ),
    "toggleTable": (
        (("situation-table-place", "hidden"), ("situation-table-toggle", "aria-expanded")),
        (("situation-table-toggle", "n_clicks"),),
        (("situation-table-place", "hidden"),),
    ),
    "pulse": (
        (
            ("situation-mark", "data"),
            ("shell-known-at", "children"),
            ("shell-known-at", "className"),
        ),
        (("situation-pulse", "n_intervals"),),
        (("situation-mark", "data"),),
    ),
    "sendLink": (
        (("situation-send", "href"),),
        (
            ("situation-query", "data"),
            ("situation-colour", "value"),
            ("situation-crews-chosen", "data"),
        ),
        (),
    ),
    "reset": (
        (
            ("situation-stream", "value"),
            ("situation-categories", "value"),
            ("situation-shift", "value"),
        ),
        (("situation-reset", "n_clicks"),),
        (),
    ),
    "spanOrDates": (
        (("situation-span", "value"), ("situation-dates", "value")),
        (
            ("situation-span", "value"),
            ("situation-dates", "value"),
            ("situation-reset", "n_clicks"),
        ),
        (),
    ),
}
_AT_FIRST: Final = ("stepMonth", "sendLink")
