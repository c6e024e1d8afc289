"""From where the Zero status page looks: view, window, as of, known at, rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import html

from dashboard.i18n import t
from dashboard.services.standpoint import rulebook_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["VIEWS", "asked_of", "question", "standpoint_row"]

VIEWS: Final = ("status", "ribbon", "restated", "complete", "assess")
"""What the page can show of one question."""
POINTS: Final = ("as_of", "known_at", "rulebook")


def standpoint_row(
    windows: Sequence[Mapping[str, str]], asked: Mapping[str, str], *, lang: str
) -> Component:
    """Build the row; ids are `zero-view`, `-window`, `-as-of`, `-known-at`, `-rulebook`, `-today`.

    `asked` holds view, window, as_of, known_at and rulebook, empty for the present, and
    `present`, the last day that can be spoken of.
    """
    views = [{"value": name, "label": t(f"zero_page.view_{name}", lang)} for name in VIEWS]
    books = [{"value": name, "label": name} for name in rulebook_names()]
    return html.Section(
        [
            dmc.SegmentedControl(id="zero-view", data=views, value=asked["view"], size="xs"),
            _labelled("window", _window(windows, asked["window"]), lang),
            _labelled("as_of", _day("zero-as-of", asked["as_of"], asked["present"], lang), lang),
            _labelled("known_at", _day("zero-known-at", asked["known_at"], None, lang), lang),
            _labelled(
                "rulebook",
                dmc.Select(
                    id="zero-rulebook",
                    data=books,
                    value=asked["rulebook"],
                    allowDeselect=False,
                    size="xs",
                    className="zero-rulebook",
                    **{"aria-label": t("zero_page.rulebook", lang)},
                ),
                lang,
            ),
            html.Button(
                t("zero_page.today", lang), id="zero-today", className="button", hidden=True
            ),
        ],
        className="filter-bar zero-standpoint",
        **{"aria-label": t("zero_page.standpoint", lang)},
    )


def question(asked: Mapping[str, Any]) -> dict[str, str]:
    """Take from the page's question what `zero.standpoint` reads."""
    return {name: str(asked.get(name) or "") for name in POINTS}


def asked_of(path: str, asked: Mapping[str, Any]) -> str:
    """Give an address that asks the same question again, without what is empty.

    >>> asked_of("/zero.csv", {"by": "area", "known_at": "", "window": "year"})
    '/zero.csv?by=area&window=year'
    """
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


def _window(windows: Sequence[Mapping[str, str]], value: str) -> Component:
    return dmc.SegmentedControl(id="zero-window", data=list(windows), value=value, size="xs")


def _day(key: str, value: str, newest: str | None, lang: str) -> Component:
    label = t(f"zero_page.{key.removeprefix('zero-').replace('-', '_')}", lang)
    picker = dmc.DatePickerInput(
        id=key,
        value=value[:10] or None,
        valueFormat="YYYY-MM-DD",
        monthLabelFormat="YYYY-MM",
        maxDate=newest,
        placeholder=t("zero_page.present", lang),
        clearable=True,
        size="xs",
        className="zero-day",
        **{"aria-label": label},
    )
    locale = "zh-cn" if lang == "zh" else "en"
    return dmc.DatesProvider(picker, settings={"locale": locale, "firstDayOfWeek": 1})


def _labelled(name: str, control: Component, lang: str) -> Component:
    label = html.Span(t(f"zero_page.{name}", lang), className="filter-label")
    return html.Div([label, control], className="filter-field")
