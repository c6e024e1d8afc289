"""A zero's status as a mark: symbol, word and colour together, never colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from dashboard.i18n import t
from dashboard.services.cards import SYMBOLS

if TYPE_CHECKING:
    from dash.development.base_component import Component

__all__ = ["badge", "mark", "swatch"]


def badge(status: str, lang: str, *, word: str = "") -> Component:
    """Build the mark of a status with its word."""
    return html.Span(
        [mark(status), html.Span(word or t(f"status.{status}", lang))],
        className=f"status status-{status}",
    )


def mark(status: str) -> Component:
    """Build the mark alone: the symbol on its colour."""
    return html.Span(SYMBOLS[status], className=f"mark mark-{status}", **{"aria-hidden": "true"})


def swatch(color: str, pattern: str) -> Component:
    """Build the field of a legend: a colour with the pattern that repeats its meaning."""
    return html.Span(
        className=f"swatch pattern-{pattern or 'plain'}",
        style={"backgroundColor": color},
        **{"aria-hidden": "true"},
    )
