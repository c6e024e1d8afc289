"""What the page My village shows: zeros, what is due, returns to send, hazards, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import dcc, html

from dashboard.components.status import badge, mark
from dashboard.i18n import t
from dashboard.services.zero_board import STREAMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["overview"]

OPEN_MONTHS = 6
"""Returns shown at once; older ones behind a click."""


def overview(told: Mapping[str, Any], lang: str) -> list[Component]:
    """Build everything above the forms from what `services.mine.page` told."""
    may = bool(told["may_report"])
    return [
        _zeros(told, lang),
        _week(told["week"], lang),
        _returns(told, lang, may=may),
        _hazards(told["hazards"], lang, may=may),
        _disputes(told["disputes"], lang),
        _history(told["history"], lang),
    ]


def _zeros(told: Mapping[str, Any], lang: str) -> Component:
    rows = [
        html.Div(
            [
                html.Span(zero["label"], className="my-stream"),
                badge(zero["status"], lang),
                html.Span(zero["streak"], className="my-streak"),
                html.Small(zero["last"], className="muted"),
            ],
            className="my-zero",
        )
        for zero in told["zeros"]
    ]
    return _card(t("mine.zeros", lang), [*rows, _ribbon(told["months"], lang)], key="zeros")


def _ribbon(months: Sequence[Mapping[str, Any]], lang: str) -> Component:
    head = html.Tr(
        [html.Td(), *(html.Th(month["month"][5:], title=month["month"]) for month in months)]
    )
    rows = [
        html.Tr(
            [
                html.Th(t(f"stream.{stream}", lang), scope="row"),
                *(
                    html.Td(
                        mark(month["cells"][at]["status"]),
                        title=f"{month['month']} {month['cells'][at]['word']}",
                        **{"data-status": month["cells"][at]["status"]},
                        id=f"my-cell-{month['month']}-{stream}",
                    )
                    for month in months
                ),
            ]
        )
        for at, stream in enumerate(STREAMS)
    ]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="my-ribbon")
    return html.Div(table, className="my-ribbon-frame")


def _week(lines: Sequence[str], lang: str) -> Component:
    said = [html.Li(line) for line in lines] or [html.Li(t("mine.week_nothing", lang))]
    return _card(t("mine.week", lang), [html.Ul(said, className="my-lines")], key="week")


def _returns(told: Mapping[str, Any], lang: str, *, may: bool) -> Component:
    asked = told["returns"]
    upcoming = told["next_return"]
    months = list(dict.fromkeys(one["month"] for one in asked))
    groups = [
        html.Div(
            [
                html.H3([month, _due(asked, month, lang)]),
                *(_return(one, lang, may=may) for one in asked if one["month"] == month),
            ]
        )
        for month in months
    ]
    said = html.P(
        t("mine.next_return", lang, month=upcoming["month"], day=upcoming["from"]),
        className="note",
    )
    older = groups[OPEN_MONTHS:]
    shown: list[Component] = groups[:OPEN_MONTHS] or [
        html.P(t("mine.returns_none", lang), className="empty-state")
    ]
    if older:
        shown.append(html.Details([html.Summary(t("mine.older", lang, n=len(older))), *older]))
    return _card(t("mine.returns", lang), [*shown, said], key="returns")


def _due(asked: Sequence[Mapping[str, Any]], month: str, lang: str) -> Component:
    first = next(one for one in asked if one["month"] == month)
    key = "mine.was_due" if first["late"] else "mine.due"
    name = "my-due is-late" if first["late"] else "my-due"
    return html.Small(t(key, lang, day=first["due_on"]), className=name)


def _return(one: Mapping[str, Any], lang: str, *, may: bool) -> Component:
    known = t("mine.known", lang, n=one["known"]) if one["known"] else t("mine.known_none", lang)
    said = [html.Span(one["label"], className="my-stream"), html.Small(known, className="muted")]
    if one["pending"]:
        said.append(html.Small(t("mine.is_pending", lang), className="my-pending"))
    kinds = ["exceptions" if one["known"] else "nil", *([] if one["pending"] else ["pending"])]
    buttons = [
        html.Button(
            t(f"mine.send_{kind}", lang, stream=one["label"]),
            id={"type": "my-return", "stream": one["stream"], "month": one["month"], "kind": kind},
            className="button big accent" if kind != "pending" else "button big",
            type="button",
        )
        for kind in kinds
    ]
    return html.Div(
        [html.Div(said, className="my-said"), html.Div(buttons, className="my-buttons")]
        if may
        else [html.Div(said, className="my-said")],
        className="my-return",
    )


def _hazards(hazards: Sequence[Mapping[str, Any]], lang: str, *, may: bool) -> Component:
    rows: list[Component] = [_hazard(one, lang, may=may) for one in hazards]
    none = html.P(t("mine.hazards_none", lang), className="empty-state")
    return _card(t("mine.hazards", lang), rows or [none], key="hazards")


def _hazard(one: Mapping[str, Any], lang: str, *, may: bool) -> Component:
    late = " is-late" if one["late"] else " is-soon" if one["soon"] else ""
    said = html.Div(
        [
            html.Strong(f"{one['what']} · {one['severity']}"),
            html.Span(one["due_text"], className=f"my-due{late}"),
            html.Small(
                " · ".join(part for part in (one["where"], one["found_on"], one["id"]) if part),
                className="muted",
            ),
        ],
        className="my-said",
    )
    return html.Div([said, _closing(one["id"], lang)] if may else [said], className="my-hazard")


def _closing(hazard_id: str, lang: str) -> Component:
    def key(part: str) -> dict[str, str]:
        return {"type": f"my-close-{part}", "id": hazard_id}

    return html.Details(
        [
            html.Summary(t("mine.close", lang), className="button big"),
            html.Label(
                [t("mine.closed_on", lang), dcc.Input(id=key("day"), type="date", **KEPT)],
                className="my-field",
            ),
            html.Label(
                [t("mine.reference", lang), dcc.Input(id=key("proof"), type="text", **KEPT)],
                className="my-field",
            ),
            html.P(id=key("said"), className="my-error", role="alert"),
            html.Button(
                t("mine.close_send", lang),
                id=key("send"),
                className="button big primary",
                type="button",
            ),
        ],
        className="my-closing",
    )


KEPT: dict[str, Any] = {"persistence": True, "persistence_type": "local", "className": "my-input"}
"""What is typed stays in the browser until it was sent, over a lost line or a reload."""


def _disputes(disputes: Mapping[str, Any], lang: str) -> Component:
    rows: list[Component] = [
        html.Li(f"{one['topic']} · {t('mine.since', lang, day=one['since'])} · {one['id']}")
        for one in disputes["rows"]
    ]
    said = html.P(t("mine.disputes_count", lang, n=disputes["count"]))
    why = html.P(t("mine.disputes_why", lang), className="note")
    return _card(
        t("mine.disputes", lang), [said, html.Ul(rows, className="my-lines"), why], key="disputes"
    )


def _history(history: Sequence[Mapping[str, Any]], lang: str) -> Component:
    rows: list[Component] = [
        html.Li(
            [
                html.Div(
                    [
                        html.Strong(one["state_word"], className=f"decided is-{one['state']}"),
                        html.Span(one["what"]),
                    ]
                ),
                html.Div("；".join(one["changes"]) if lang == "zh" else "; ".join(one["changes"])),
                html.Small(
                    " · ".join(
                        part
                        for part in (one["id"], one["at"], one["reason"], one["reference"])
                        if part
                    ),
                    className="muted",
                ),
            ]
        )
        for one in history
    ]
    none = html.P(t("mine.history_none", lang), className="empty-state")
    body = html.Ol(rows, className="my-history") if rows else none
    return _card(t("mine.history", lang), [body], key="history")


def _card(title: str, content: Sequence[Component], *, key: str) -> Component:
    return html.Section([html.H2(title), *content], className="my-card", id=f"my-{key}")
