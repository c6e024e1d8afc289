"""Columns matched by hand: one line per field, closed words below, a name to save it under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.components.data_verdict import field_name
from dashboard.i18n import t
from dashboard.services.naming import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["DATE_FORMATS", "mapping_view", "value_view"]

DATE_FORMATS: Final = (
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M",
    "%d-%m-%Y",
)


def mapping_view(mapping: Mapping[str, Any], *, name: str, lang: str) -> Component:
    """Build the table; its ids are `{"type": "data-map", "field": …}` and the like."""
    head = [t(f"data.{key}", lang) for key in ("field", "file_column", "samples", "constant")]
    lines = [_line(field, mapping, lang) for field in mapping["fields"]]
    table = html.Table(
        [html.Thead(html.Tr([html.Th(text) for text in head])), html.Tbody(lines)],
        className="plain-table mapping",
    )
    return html.Div(
        [
            html.H3(t("data.map_title", lang)),
            html.P(t("data.map_hint", lang), className="note"),
            _dropped(mapping["personal"], lang),
            html.Div(table, className="table-frame is-tall"),
            dcc.Store(id="data-samples-of", data=_all_samples(mapping["columns"])),
            html.Div(id="data-values"),
            html.Div(
                [
                    _named(t("data.date_format", lang), _date_format(lang)),
                    _named(t("data.recipe_name", lang), _name(name, lang)),
                    html.Button(
                        t("data.map_save", lang), id="data-map-save", className="button primary"
                    ),
                ],
                className="actions is-bottom",
            ),
        ],
        className="verdict-view",
    )


def value_view(values: Mapping[str, Any], lang: str) -> list[Component]:
    """Build a choice for each word of the file that a closed field does not know itself."""
    blocks = []
    for field, each in values.items():
        foreign = [text for text in each["words"] if text not in each["choices"]]
        if foreign:
            blocks.append(_words(field, foreign, each["choices"], lang))
    return blocks


def _line(field: Mapping[str, Any], mapping: Mapping[str, Any], lang: str) -> Component:
    name, columns = field["name"], mapping["columns"]
    chosen = mapping["guess"].get(name)
    label = [field_name(name, lang)]
    if field["required"]:
        label.append(html.Span(t("data.required", lang), className="required"))
    return html.Tr(
        [
            html.Th([html.Span(label), html.Small(name)], scope="row"),
            html.Td(_column(name, columns, chosen, lang)),
            html.Td(
                _samples(columns, chosen),
                id={"type": "data-samples", "field": name},
                className="said",
            ),
            html.Td(_constant(field, lang)),
        ]
    )


def _column(
    field: str, columns: Sequence[Mapping[str, Any]], chosen: str | None, lang: str
) -> Component:
    return dmc.Select(
        id={"type": "data-map", "field": field},
        data=[each["name"] for each in columns],
        value=chosen,
        placeholder=t("data.no_column", lang),
        clearable=True,
        allowDeselect=False,
        searchable=True,
        size="xs",
        **{"aria-label": f"{t('data.file_column', lang)}: {field_name(field, lang)}"},
    )


def _samples(columns: Sequence[Mapping[str, Any]], chosen: str | None) -> str:
    return _all_samples(columns).get(chosen or "", "")


def _all_samples(columns: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {each["name"]: " · ".join(each["samples"]) for each in columns}


def _constant(field: Mapping[str, Any], lang: str) -> Component:
    about: dict[str, Any] = {
        "id": {"type": "data-constant", "field": field["name"]},
        "size": "xs",
        "aria-label": f"{t('data.constant', lang)}: {field_name(field['name'], lang)}",
    }
    if field["choices"]:
        choices = [{"value": c, "label": _choice(field["name"], c, lang)} for c in field["choices"]]
        return dmc.Select(data=choices, value=None, clearable=True, placeholder="–", **about)
    return dmc.TextInput(value="", placeholder="–", **about)


def _words(field: str, foreign: Sequence[str], choices: Sequence[str], lang: str) -> Component:
    data = [{"value": choice, "label": _choice(field, choice, lang)} for choice in choices]
    alike = {_choice(field, choice, code): choice for choice in choices for code in ("zh", "en")}
    lines = [
        html.Tr(
            [
                html.Th(text, scope="row"),
                html.Td(
                    dmc.Select(
                        id={"type": "data-value", "field": field, "word": text},
                        data=data,
                        value=alike.get(text),
                        placeholder=t("data.word_unknown", lang),
                        clearable=True,
                        size="xs",
                        **{"aria-label": f"{field_name(field, lang)}: {text}"},
                    )
                ),
            ]
        )
        for text in foreign
    ]
    return html.Section(
        [
            html.H3(t("data.words_of", lang, field=field_name(field, lang))),
            html.Table(html.Tbody(lines), className="plain-table words"),
        ]
    )


def _choice(field: str, choice: str, lang: str) -> str:
    return word(f"choice.{field}", choice, lang)


def _dropped(personal: Sequence[str], lang: str) -> Component:
    if not personal:
        return html.Div()
    listed = "、".join(personal) if lang == "zh" else ", ".join(personal)
    return html.P(t("data.drops", lang, columns=listed), className="todo")


def _date_format(lang: str) -> Component:
    return dmc.Autocomplete(
        id="data-date-format",
        data=list(DATE_FORMATS),
        value="",
        placeholder=t("data.date_format_hint", lang),
        **{"aria-label": t("data.date_format", lang)},
    )


def _name(name: str, lang: str) -> Component:
    return dmc.TextInput(
        id="data-recipe-name", value=name, **{"aria-label": t("data.recipe_name", lang)}
    )


def _named(label: str, control: Component) -> Component:
    return html.Div([html.Span(label, className="filter-label"), control], className="field-row")
