"""What can be asked of the Zero status page: window, areas or subjects, class, name or code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from dashboard.components.zero_rates import classes_in
from dashboard.components.zero_standpoint import asked_of
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["BY", "class_choices", "control_row", "export_link"]

BY = ("area", "subject")
"""The two registers a table can list."""


def control_row(asked: Mapping[str, str], *, by: str, lang: str) -> Component:
    """Build the row; ids are `zero-by`, `-class`, `-search`, `-csv`, `-xlsx`, `-refresh`."""
    return html.Section(
        [
            _labelled(t("zero_page.by", lang), _segments("zero-by", _registers(lang), by)),
            _labelled(t("zero_page.class", lang), _class_filter(lang)),
            _labelled(t("zero_page.search", lang), _search(lang)),
            html.Span(id="zero-shown", className="count", role="status"),
            html.Div(
                [
                    html.Button(
                        t("zero_page.refresh", lang),
                        id="zero-refresh",
                        className="button is-new",
                        hidden=True,
                    ),
                    _export(by, asked, "csv", lang),
                    _export(by, asked, "xlsx", lang),
                ],
                className="exports",
            ),
        ],
        className="filter-bar zero-bar",
        **{"aria-label": t("filter.bar", lang)},
    )


def class_choices(rows: Sequence[Mapping[str, Any]], lang: str) -> list[dict[str, str]]:
    """List the classes the rows hold, after the choice of all of them."""
    choices = [
        {"value": group, "label": str(row["class_label"])}
        for group, row in classes_in(rows).items()
    ]
    return [{"value": "", "label": t("zero_page.class_all", lang)}, *choices]


def export_link(kind: str, by: str, asked: Mapping[str, str]) -> str:
    """Give the address of the whole table as a file, for the question asked.

    >>> export_link("csv", "area", {"window": "month", "known_at": ""})
    '/zero.csv?by=area&window=month'
    """
    told = {name: asked.get(name) for name in ("window", "as_of", "known_at", "rulebook")}
    if asked.get("rulebook") == asked.get("rules"):
        told["rulebook"] = None
    return asked_of(f"/zero.{kind}", {"by": by} | told)


def _registers(lang: str) -> list[dict[str, str]]:
    return [{"value": name, "label": t(f"zero_page.by_{name}", lang)} for name in BY]


def _segments(key: str, choices: Sequence[Mapping[str, str]], value: str) -> Component:
    return dmc.SegmentedControl(id=key, data=list(choices), value=value, size="xs")


def _class_filter(lang: str) -> Component:
    return dmc.Select(
        id="zero-class",
        data=class_choices([], lang),
        value="",
        allowDeselect=False,
        size="xs",
        className="zero-class",
        **{"aria-label": t("zero_page.class", lang)},
    )


def _search(lang: str) -> Component:
    return dmc.TextInput(
        id="zero-search",
        value="",
        placeholder=t("zero_page.search_hint", lang),
        size="xs",
        className="zero-search",
        **{"aria-label": t("zero_page.search", lang)},
    )


def _export(by: str, asked: Mapping[str, str], kind: str, lang: str) -> Component:
    return html.A(
        kind.upper(),
        id=f"zero-{kind}",
        href=export_link(kind, by, asked),
        download=True,
        className="button accent",
        title=t("zero_page.export", lang, kind=kind.upper()),
    )


def _labelled(label: str, control: Component) -> Component:
    return html.Div([html.Span(label, className="filter-label"), control], className="filter-field")
