"""The right column: an area's card, a hotspot's card, a unit's or a camera's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import html

from dashboard.components.status import badge
from dashboard.figures.ribbon import data_uri, ribbon_svg
from dashboard.i18n import t
from dashboard.services.colours import STATUS_CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["area_card", "card_head", "hotspot_card", "hotspot_list", "plain_card"]

STATUS_OF: Final = {code: status for status, code in STATUS_CODES.items()}


def hotspot_list(rows: Sequence[Mapping[str, Any]], lang: str) -> list[Component]:
    """Build the numbered hotspots with their state and expected count."""
    if not rows:
        return [_title(t("list.title", lang)), html.P(t("list.empty", lang), className="note")]
    return [
        _title(t("list.title", lang)),
        html.P(t("list.lead", lang), className="note"),
        html.Ol([html.Li(_hotspot_row(row, lang)) for row in rows], className="hotspots"),
    ]


def area_card(card: Mapping[str, Any], lang: str, *, theme: str = "dark") -> list[Component]:
    """Build the card of one area: zeros, ribbon, counts, risk, and whose knowledge it is."""
    return [
        card_head(card["name"], f"{card['level']} · {card['parent']} · {card['code']}", lang),
        html.P(card["boundary"], className="note") if card["boundary"] else html.Span(),
        _section(t("card.zeros", lang), _zeros(card["zeros"], lang)),
        _section(t("card.ribbon", lang), _ribbon(card, lang, theme)),
        html.P(card["units_note"], className="callout") if card["units_note"] else html.Span(),
        _section(
            t("card.risk", lang), _facts((r["label"], _with_interval(r)) for r in card["risk"])
        ),
        _section(t("card.counts", lang), _facts((c["label"], c["value"]) for c in card["counts"])),
        _provenance(card, lang),
    ]


def hotspot_card(card: Mapping[str, Any], lang: str) -> list[Component]:
    """Build the card of one hotspot: why, when, how much, how tested; and the way to a plan."""
    expected = f"{card['expected']} ({card['interval']})"
    return [
        card_head(
            str(card["place"]), f"{card['state']} · {card['category']}", lang, number=card["rank"]
        ),
        _section(t("hotspot_card.why", lang), html.P(card["why"], id="situation-why")),
        _section(t("hotspot_card.when", lang), html.P(card["when"], id="situation-when")),
        _section(t("hotspot_card.expected", lang), html.P(expected, className="figure")),
        dmc.Button(
            t("hotspot_card.plan", lang),
            id={"type": "situation-plan", "from": "hotspot"},
            fullWidth=True,
        ),
        _section(
            t("hotspot_card.tested", lang),
            html.P([html.B(card["grade"]), html.Br(), card["tested"]]),
            html.P(card.get("note", ""), className="note"),
        ),
        _section(t("hotspot_card.advice", lang), html.P(card["advice"], className="note")),
        _facts([(t("hotspot_card.expires", lang), card["expires"])]),
    ]


def plain_card(card: Mapping[str, Any], lang: str) -> list[Component]:
    """Build the card of a unit or a camera: a title and its lines."""
    lines = ((line["label"], line["value"]) for line in card["lines"])
    return [card_head(card["title"], "", lang), _facts(lines)]


def card_head(title: str, subtitle: str, lang: str, *, number: int | None = None) -> Component:
    """Build a card's head: the way back, the name, what kind of place it is."""
    name = [html.Span(str(number), className="rank"), title] if number else [title]
    return html.Div(
        [
            html.Button(
                f"← {t('card.back', lang)}",
                id={"type": "situation-back", "from": "card"},
                className="back",
            ),
            html.H2(name, className="card-title"),
            html.P(subtitle, className="note"),
        ],
        className="card-head",
    )


def _hotspot_row(row: Mapping[str, Any], lang: str) -> Component:
    return html.Button(
        [
            html.Span(str(row["rank"]), className="rank"),
            html.Span([html.B(row["place"]), html.Small(_told(row))], className="hotspot-name"),
            html.Span(
                [html.B(row["expected"]), html.Small(row["interval"])], className="hotspot-figure"
            ),
        ],
        id={"type": "situation-hotspot", "id": row["hotspot_id"]},
        className="hotspot-row",
        **{"aria-label": t("list.open", lang, rank=row["rank"], place=row["place"])},
    )


def _told(row: Mapping[str, Any]) -> list[Any]:
    state = html.Span(row["state"], className=f"state state-{row['state_id']}")
    return [state, f" · {row['category']} · {row['peak']}"]


def _zeros(zeros: Iterable[Mapping[str, Any]], lang: str) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.Span(zero["label"], className="zero-label"),
                    badge(zero["status"], lang, word=zero["word"]),
                    html.Span(zero["streak_text"], className="zero-streak"),
                ],
                className="zero-row",
            )
            for zero in zeros
        ],
        className="zeros",
    )


def _ribbon(card: Mapping[str, Any], lang: str, theme: str) -> Component:
    months, streams = card["ribbon"]["months"], card["ribbon"]["streams"]
    if not streams:
        return html.P("–")
    labels = {zero["stream"]: zero["label"] for zero in card["zeros"]}
    rows = {key: [STATUS_OF[code] for code in codes] for key, codes in streams.items()}
    svg = ribbon_svg(months, rows, labels=labels, theme=theme)
    alt = t("card.ribbon_alt", lang, first=months[0], last=months[-1])
    return html.Img(src=data_uri(svg), alt=alt, className="ribbon", id="situation-ribbon")


def _with_interval(risk: Mapping[str, Any]) -> str:
    return "–" if risk["expected"] is None else f"{risk['expected']:.1f} ({risk['interval']})"


def _provenance(card: Mapping[str, Any], lang: str) -> Component:
    facts = [
        (t("card.data_age", lang), card["data_age"]),
        (t("card.as_of", lang), card["as_of"]),
        (t("card.known_at", lang), card["known_at"]),
        (t("card.rulebook", lang), card["rulebook_says"]),
    ]
    return html.Div(_facts(facts), className="provenance")


def _facts(pairs: Iterable[tuple[str, Any]]) -> Component:
    rows = [html.Div([html.Dt(label), html.Dd(str(value))]) for label, value in pairs]
    return html.Dl(rows, className="facts")


def _section(title: str, *content: Component) -> Component:
    return html.Section([html.H3(title), *content], className="card-section")


def _title(text: str) -> Component:
    return html.H2(text)
