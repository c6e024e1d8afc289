"""The filter bar: one question that moves every layer, count and table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import html

from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash.development.base_component import Component

__all__ = ["SPANS", "category_choices", "filter_bar"]

SPANS: Final = ("7", "28", "90", "365")
"""Days back from the day the page speaks of."""
DEFAULT_SPAN: Final = "90"
SHIFTS: Final = {"": "all", "8-16": "day", "16-24": "evening", "0-8": "night", "22-6": "late"}
"""Local hours as the query takes them, and the name of their text."""


def filter_bar(start: Mapping[str, Any], lang: str) -> Component:
    """Build the bar; ids are `situation-stream`, `-categories`, `-span`, `-dates`, `-shift`."""
    return html.Section(
        [
            _labelled(t("filter.stream", lang), _stream(lang)),
            _labelled(t("filter.category", lang), _categories(start, lang)),
            _labelled(t("filter.days", lang), _span(lang), _dates(start, lang)),
            _labelled(t("filter.shift", lang), _shift(lang)),
            dmc.Button(
                t("filter.reset", lang), id="situation-reset", variant="subtle", size="compact-sm"
            ),
        ],
        className="filter-bar",
        **{"aria-label": t("filter.bar", lang)},
    )


def category_choices(start: Mapping[str, Any], stream: str, lang: str) -> list[dict[str, Any]]:
    """Group the categories by stream, as a multi-select takes them."""
    wanted = ("case", "accident") if stream == "all" else (stream,)
    return [
        {
            "group": t(f"filter.stream_{name}", lang),
            "items": [
                {"value": row["value"], "label": row["label"]}
                for row in start["categories"]
                if row["stream"] == name
            ],
        }
        for name in wanted
    ]


def _labelled(label: str, *controls: Component) -> Component:
    return html.Div(
        [html.Span(label, className="filter-label"), *controls], className="filter-field"
    )


def _stream(lang: str) -> Component:
    return dmc.SegmentedControl(
        id="situation-stream",
        data=[
            {"value": name, "label": t(f"filter.stream_{name}", lang)}
            for name in ("all", "case", "accident")
        ],
        value="all",
        size="xs",
    )


def _categories(start: Mapping[str, Any], lang: str) -> Component:
    return dmc.MultiSelect(
        id="situation-categories",
        data=category_choices(start, "all", lang),
        value=[],
        placeholder=t("filter.category_all", lang),
        nothingFoundMessage=t("filter.category_none", lang),
        searchable=True,
        clearable=True,
        hidePickedOptions=False,
        maxDropdownHeight=320,
        size="xs",
        className="filter-categories",
        **{"aria-label": t("filter.category", lang)},
    )


def _span(lang: str) -> Component:
    return dmc.SegmentedControl(
        id="situation-span",
        data=[{"value": days, "label": t(f"filter.days_{days}", lang)} for days in SPANS],
        value=DEFAULT_SPAN,
        size="xs",
    )


def _dates(start: Mapping[str, Any], lang: str) -> Component:
    picker = dmc.DatePickerInput(
        id="situation-dates",
        type="range",
        value=[None, None],
        valueFormat="YYYY-MM-DD",
        monthLabelFormat="YYYY-MM",
        maxDate=start["as_of"],
        placeholder=f"{t('filter.from', lang)} – {t('filter.to', lang)}",
        allowSingleDateInRange=True,
        clearable=True,
        size="xs",
        className="filter-dates",
        **{"aria-label": f"{t('filter.from', lang)} – {t('filter.to', lang)}"},
    )
    locale = "zh-cn" if lang == "zh" else "en"
    return dmc.DatesProvider(picker, settings={"locale": locale, "firstDayOfWeek": 1})


def _shift(lang: str) -> Component:
    return dmc.Select(
        id="situation-shift",
        data=[
            {"value": hours or "all", "label": t(f"filter.shift_{name}", lang)}
            for hours, name in SHIFTS.items()
        ],
        value="all",
        allowDeselect=False,
        size="xs",
        className="filter-shift",
        **{"aria-label": t("filter.shift", lang)},
    )
