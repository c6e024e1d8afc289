"""The rates of the Zero status page: classes by streams, each with n/N, bounds and target."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, Final

from dash import html

from dashboard.components.status import badge, mark
from dashboard.i18n import t
from geo.vocabulary import SubjectClass, ZeroStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["classes_in", "legend", "rate_matrix", "still_missing"]

PROGRAMME_ORDER: Final = tuple(str(each) for each in SubjectClass)


def rate_matrix(rates: Sequence[Mapping[str, Any]], lang: str) -> Component:
    """Build the table of rates, one line per class and one column per stream.

    `rates` is what `services().zero.rates` gave. Without a subject in the register there is
    nothing to divide by, and the page says what to do instead of showing a zero.
    """
    if not rates:
        return html.P(t("zero_page.no_subjects", lang), className="empty-state", role="note")
    streams = {rate["stream"]: rate["stream_label"] for rate in rates}
    cells = {(rate["class"], rate["stream"]): rate for rate in rates}
    head = [html.Th(t("zero_page.class", lang), scope="col")]
    head += [html.Th(label, scope="col") for label in streams.values()]
    return html.Table(
        [
            html.Caption(t("zero_page.rates", lang), className="sr-only"),
            html.Thead(html.Tr(head)),
            html.Tbody(
                [
                    html.Tr([_class_head(own, lang), *_cells(cells, group, streams, lang)])
                    for group, own in classes_in(rates).items()
                ]
            ),
        ],
        className="rate-matrix",
    )


def legend(lang: str) -> Component:
    """Build the list of the five statuses, each as symbol, colour and word."""
    return html.Ul(
        [html.Li(badge(str(status), lang)) for status in ZeroStatus],
        className="zero-legend",
        **{"aria-label": t("zero_page.legend", lang)},
    )


def classes_in(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Give the first row of each class, the programme's classes first and in its order."""
    known = {group: rank for rank, group in enumerate(PROGRAMME_ORDER)}
    first: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        first.setdefault(row["class"], row)
    order = sorted(first, key=lambda group: (known.get(group, len(known)), group))
    return {group: first[group] for group in order}


def still_missing(rate: Mapping[str, Any]) -> int:
    """Count the subjects that would still have to be at zero for the target to be met.

    >>> still_missing({"zero": 369, "assessed": 475, "target": 0.8})
    11
    >>> still_missing({"zero": 380, "assessed": 475, "target": 0.8})
    0
    """
    zero, assessed = int(rate["zero"]), int(rate["assessed"])
    target: float | None = rate["target"]
    if target is None or not assessed:
        return 0
    needed = ceil(target * assessed)
    # 0.7 * 10 is a hair above 7: the least count is the one whose quotient reaches the target.
    if (needed - 1) / assessed >= target:
        needed -= 1
    return max(needed - zero, 0)


def _class_head(rate: Mapping[str, Any], lang: str) -> Component:
    target = rate["target_text"] or t("wall.no_target", lang)
    registered = t("zero_page.registered", lang, n=f"{rate['registered']:,}")
    return html.Th(
        [html.Span(rate["class_label"]), html.Small(registered), html.Small(target)], scope="row"
    )


def _cells(
    cells: Mapping[tuple[str, str], Mapping[str, Any]],
    group: str,
    streams: Mapping[str, str],
    lang: str,
) -> list[Component]:
    return [
        html.Td(_cell(cells[group, stream], lang) if (group, stream) in cells else "–")
        for stream in streams
    ]


def _cell(rate: Mapping[str, Any], lang: str) -> list[Component]:
    share, _, counts = str(rate["text"]).partition(" (")
    return [
        html.P(
            [html.B(share), html.Span(f"({counts}", className="n"), _verdict(rate, lang)],
            className="rate-figure",
        ),
        html.P([*_uncertain(rate, lang), html.Span(rate["range_text"])], className="rate-bounds"),
    ]


def _verdict(rate: Mapping[str, Any], lang: str) -> Component | None:
    """Say whether the target is met in symbol and word; nothing where there is none."""
    if rate["met"] is None:
        return None
    if rate["met"]:
        return html.Span(f"✓ {t('wall.met', lang)}", className="verdict is-met")
    missing = t("zero_page.missing", lang, n=still_missing(rate))
    return html.Span(f"▽ {t('wall.not_met', lang)}", className="verdict is-unmet", title=missing)


def _uncertain(rate: Mapping[str, Any], lang: str) -> list[Component]:
    """Count what is not at zero beside the rate, each with its mark."""
    counts = {
        "broken": rate["assessed"] - rate["zero"] - rate["pending"],
        "pending_review": rate["pending"],
        "not_assessed": rate["not_assessed"],
    }
    return [
        html.Span(
            [mark(status), f"{n:,}"],
            className="rate-count",
            title=f"{t(f'status.{status}', lang)}: {n:,}",
            **{"aria-label": f"{t(f'status.{status}', lang)}: {n:,}"},
        )
        for status, n in counts.items()
        if n
    ]
