"""Assessment on a page: classes apart and combined, last year beside, and the funnels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["assess_view"]


def assess_view(
    rows: Sequence[Mapping[str, Any]],
    funnels: Sequence[tuple[str, Mapping[str, Any], str]],
    *,
    stream: str,
    lang: str,
) -> list[Component]:
    """Build the view of one stream; `funnels` are title, funnel and picture (a data URI)."""
    mine = [row for row in rows if row["stream"] == stream]
    if not mine:
        return [html.P(t("zero_page.no_subjects", lang), className="empty-state", role="note")]
    return [
        _groups(mine, lang),
        html.Div([_funnel(*each, lang) for each in funnels], className="assess-funnels"),
    ]


def _groups(rows: Sequence[Mapping[str, Any]], lang: str) -> Component:
    names = ("group", "rate", "gap", "change_all", "change_constant")
    head = [html.Th(t(f"assess.{name}", lang), scope="col") for name in names]
    return html.Table(
        [
            html.Thead(html.Tr(head)),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Th(row["group_label"], scope="row"),
                            html.Td([html.B(row["text"]), html.Small(row["range_text"])]),
                            html.Td(row["gap_text"] or "–"),
                            *(
                                _change(row["changes"][panel], lang)
                                for panel in ("all", "constant")
                            ),
                        ],
                        className="" if row["target"] is not None else "is-combined",
                    )
                    for row in rows
                ]
            ),
        ],
        className="plain-table assess-table",
    )


def _change(change: Mapping[str, Any], lang: str) -> Component:
    told = change["more_than_chance"]
    if told is None:
        return html.Td(change["text"], className="note")
    verdict = t("assess.chance" if told else "assess.within", lang)
    sign = html.Small(f"{'▲ ' if told else '≈ '}{verdict}", title=change["chance"])
    return html.Td([html.Span(change["figures"]), sign])


def _funnel(title: str, funnel: Mapping[str, Any], picture: str, lang: str) -> Component:
    if not funnel["points"]:
        return html.Section([html.H3(title), html.P(t("assess.funnel_none", lang))])
    note = t("assess.funnel_note", lang, share=f"{funnel['share']:.1%}")
    head = ["", *(t(f"assess.{name}", lang) for name in ("town", "n_of_n", "limits"))]
    rows = [
        html.Tr(
            [
                html.Td(str(number)),
                html.Td(point["name"]),
                html.Td(f"{point['part']} / {point['whole']}"),
                html.Td(
                    f"{point['lower']}–{point['upper']} "
                    f"{'◆ ' if point['outside'] else '● '}"
                    f"{t('assess.outside' if point['outside'] else 'assess.inside', lang)}"
                ),
            ]
        )
        for number, point in enumerate(funnel["points"], start=1)
    ]
    return html.Section(
        [
            html.H3(title),
            html.Div(
                [
                    html.Img(src=picture, alt=title, className="funnel-picture"),
                    html.Table(
                        [
                            html.Thead(html.Tr([html.Th(label, scope="col") for label in head])),
                            html.Tbody(rows),
                        ],
                        className="plain-table",
                    ),
                ],
                className="funnel-sides",
            ),
            html.P(note, className="note"),
        ],
        className="assess-funnel",
    )
