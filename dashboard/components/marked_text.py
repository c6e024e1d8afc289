"""A text whose figures were recomputed, marked in place, with what each came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dash import html

from dashboard.i18n import t
from dashboard.services.adds_up.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from dashboard.services.adds_up.findings import Finding

__all__ = ["SIGNS", "finding_list", "marked_text"]

SIGNS: Final = {Verdict.RECONCILES: "✓", Verdict.DIFFERS: "✕", Verdict.UNCHECKED: "?"}
"""Each verdict has its sign: colour is never the only cue."""


def marked_text(text: str, found: Sequence[Finding]) -> Component:
    """Build the text with every finding marked and numbered; one within another only counts."""
    parts: list[Component | str] = []
    at = 0
    for number, finding in enumerate(found, start=1):
        if finding.start < at:
            continue
        parts += [text[at : finding.start], _mark(text, finding, number)]
        at = finding.end
    return html.Div([*parts, text[at:]], className="marked-text")


def finding_list(found: Sequence[Finding], lang: str) -> Component:
    """Build the list of the findings in the order of the text, each with its arithmetic."""
    if not found:
        return html.P(t("adds_up.nothing", lang), className="empty-state", role="note")
    return html.Ol(
        [
            html.Li(
                [
                    html.Span(
                        f"{SIGNS[finding.verdict]} {t(f'adds_up.verdict.{finding.verdict}', lang)}",
                        className=f"finding is-{finding.verdict}",
                    ),
                    html.Q(finding.quote),
                    html.Span(finding.says),
                ]
            )
            for finding in found
        ],
        className="finding-list",
    )


def _mark(text: str, finding: Finding, number: int) -> Component:
    return html.Mark(
        [text[finding.start : finding.end], html.Sup(f"{SIGNS[finding.verdict]}{number}")],
        className=f"finding is-{finding.verdict}",
        title=finding.says,
    )
