"""Completeness on a page: reports by town and stream, the months before, whom to call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dash import html

from dashboard.i18n import t
from dashboard.services.zero_board import STREAMS
from models.zero.completeness import REPORT_STATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["complete_view"]

SIGNS: Final = {"on_time": "●", "late": "◐", "undated": "◌", "awaited": "…", "missing": "✕"}
"""A state in one character, so that colour is never the only cue."""
CALL_COLUMNS: Final = ("town", "post", "streams", "n_subjects", "state", "months_before")


def complete_view(told: Mapping[str, Any], lang: str) -> list[Component]:
    """Build the view from what `completeness.overview` gave."""
    if told["empty"]:
        return [html.P(told["empty"], className="empty-state", role="note")]
    return [
        html.H2(_headline(told, lang), className="restated-sentence"),
        _legend(lang),
        html.Div(
            [
                _block(t("complete.by_town", lang), _towns(told["towns"], lang)),
                _block(t("complete.by_month", lang), _months(told["months"], lang)),
                _block(t("complete.calls", lang), _calls(told["calls"], lang)),
            ],
            className="complete-blocks",
        ),
    ]


def _headline(told: Mapping[str, Any], lang: str) -> str:
    total = told["total"]
    came = total["on_time"] + total["late"] + total["undated"]
    about = {"month": told["month"], "due_on": told["due_on"], "came": came}
    return t("complete.headline", lang, **about, **total)


def _block(title: str, content: Component) -> Component:
    return html.Section([html.H3(title), content], className="complete-block")


def _legend(lang: str) -> Component:
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(className=f"report-key is-{state}", **{"aria-hidden": "true"}),
                    f"{SIGNS[state]} {t(f'complete.{state}', lang)}",
                ]
            )
            for state in REPORT_STATES
        ],
        className="report-legend",
    )


def _towns(towns: Sequence[Mapping[str, Any]], lang: str) -> Component:
    head = [t("complete.town", lang), *(t(f"stream.{stream}", lang) for stream in STREAMS)]
    return _table(
        head,
        [[town["name"], *(_bar(town["streams"][s], lang) for s in STREAMS)] for town in towns],
    )


def _months(months: Sequence[Mapping[str, Any]], lang: str) -> Component:
    rows = [[month["month"], _bar(month, lang)] for month in reversed(months)]
    return _table(["", t("complete.expected", lang)], rows)


def _calls(calls: Sequence[Mapping[str, Any]], lang: str) -> Component:
    if not calls:
        return html.P(t("complete.no_calls", lang), className="note")
    head = [t(f"complete.column.{name}", lang) for name in CALL_COLUMNS]
    return _table(head, [[str(call[name]) for name in CALL_COLUMNS] for call in calls])


def _bar(counts: Mapping[str, Any], lang: str) -> Component:
    """Build one bar: a part per state as wide as its share, and the counts in words."""
    expected = max(counts["expected"], 1)
    words = ", ".join(f"{t(f'complete.{s}', lang)} {counts[s]}" for s in REPORT_STATES if counts[s])
    parts = [
        html.Span(
            className=f"report-part is-{state}",
            style={"width": f"{100 * counts[state] / expected}%"},
        )
        for state in REPORT_STATES
        if counts[state]
    ]
    short = " ".join(f"{SIGNS[s]}{counts[s]}" for s in REPORT_STATES if counts[s])
    return html.Div(
        [html.Div(parts, className="report-bar"), html.Small(short)],
        title=words,
        role="img",
        className="report-cell",
        **{"aria-label": words},
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[Component | str]]) -> Component:
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(label, scope="col") for label in head])),
            html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows]),
        ],
        className="plain-table",
    )
