"""What stands beside a bulletin: month and edition, files, freezing, the editions so far."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import html

from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

__all__ = ["DRAFT", "desk", "edition_choices", "edition_list", "file_link", "freeze_question"]

DRAFT = "draft"
KINDS = ("docx", "xlsx")


def desk(months: Sequence[str], month: str, *, may_freeze: bool, lang: str) -> Component:
    """Build the column; ids are `bulletin-month`, `-edition`, `-docx`, `-xlsx`, `-freeze`."""
    freeze = html.Button(
        t("bulletin_page.freeze", lang),
        id="bulletin-freeze",
        className="button primary",
        disabled=not may_freeze,
        title="" if may_freeze else t("bulletin_page.freeze_who", lang),
    )
    return html.Aside(
        [
            _field("month", list(months), month, lang),
            _field("edition", edition_choices([], month, lang), DRAFT, lang),
            html.Div([_file(kind, month, lang) for kind in KINDS], className="actions"),
            html.P(t("bulletin_page.annex_hint", lang), className="muted"),
            html.H3(t("bulletin_page.freeze_title", lang)),
            html.P(t("bulletin_page.freeze_hint", lang), className="muted"),
            freeze,
            html.H3(t("bulletin_page.editions", lang)),
            html.Div(id="bulletin-editions"),
        ],
        className="bulletin-desk card",
    )


def edition_choices(
    editions: Sequence[dict[str, str]], month: str, lang: str
) -> list[dict[str, str]]:
    """List the draft and the month's editions."""
    numbers = [each["number"] for each in editions if each["period"] == month]
    return [
        {"value": DRAFT, "label": t("bulletin_page.draft", lang)},
        *(
            {"value": number, "label": t("bulletin_page.edition_n", lang, n=number)}
            for number in sorted(numbers, key=int)
        ),
    ]


def edition_list(editions: Sequence[dict[str, str]], lang: str) -> Component:
    """List every edition with its moment and the head of its digest."""
    if not editions:
        return html.P(t("bulletin_page.no_editions", lang), className="muted")
    return html.Ul(
        [
            html.Li(
                [
                    html.B(
                        f"{each['period']} · {t('bulletin_page.edition_n', lang, n=each['number'])}"
                    ),
                    html.Span(each["known_at"]),
                    html.Code(each["digest"][:16], title=each["digest"]),
                ]
            )
            for each in editions
        ],
        className="edition-list",
    )


def file_link(kind: str, month: str, edition: str) -> str:
    """Give the address of a bulletin as a file.

    >>> file_link("docx", "2026-05", "1")
    '/bulletin.docx?period=2026-05&edition=1'
    """
    return f"/bulletin.{kind}?{urlencode({'period': month, 'edition': edition})}"


def freeze_question(month: str, digest: str, lang: str) -> str:
    """Ask once more, naming what would be frozen."""
    return t("bulletin_page.freeze_question", lang, month=month, digest=digest[:16])


def _field(
    name: str, choices: list[str] | list[dict[str, str]], value: str, lang: str
) -> Component:
    select = dmc.Select(
        id=f"bulletin-{name}",
        data=choices,
        value=value,
        allowDeselect=False,
        size="sm",
        **{"aria-label": t(f"bulletin_page.{name}", lang)},
    )
    return html.Div(
        [html.Span(t(f"bulletin_page.{name}", lang), className="filter-label"), select],
        className="field-row",
    )


def _file(kind: str, month: str, lang: str) -> Component:
    return html.A(
        t(f"bulletin_page.{kind}", lang),
        id=f"bulletin-{kind}",
        href=file_link(kind, month, DRAFT),
        download=True,
        className="button accent",
    )
