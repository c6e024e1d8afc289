"""The forms of the page My village: a hazard found, a record that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.components.mine_view import KEPT
from dashboard.i18n import t
from dashboard.services.entries import HAZARD_KINDS
from dashboard.services.naming import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["forms", "value_control"]

CHOSEN: dict[str, Any] = {"persistence": True, "persistence_type": "local", "size": "md"}


def forms(told: Mapping[str, Any], lang: str) -> list[Component]:
    """Build both forms; ids `my-hazard-…` and `my-correct-…`."""
    return [_hazard_form(lang), _correct_form(told["records"], lang)]


def value_control(field: Mapping[str, Any], lang: str) -> Component:
    """Build what a field's new value is given with; its id is `my-correct-value`."""
    if field["choices"]:
        return dmc.Select(
            id="my-correct-value",
            data=field["choices"],
            placeholder=t("mine.choose", lang),
            size="md",
            **{"aria-label": t("mine.becomes", lang)},
        )
    return dcc.Input(id="my-correct-value", type=field["input"], className="my-input")


def _hazard_form(lang: str) -> Component:
    kinds = [{"value": kind, "label": word("hazard", kind, lang)} for kind in HAZARD_KINDS]
    parts = [
        _field(
            t("mine.hazard_kind", lang),
            dmc.Select(
                id="my-hazard-category",
                data=kinds,
                placeholder=t("mine.choose", lang),
                **CHOSEN,
                **{"aria-label": t("mine.hazard_kind", lang)},
            ),
        ),
        _either("severity", ("general", "major"), lang),
        _either("mode", ("on_site", "deadline"), lang),
        _field(t("mine.found_on", lang), dcc.Input(id="my-hazard-found_on", type="date", **KEPT)),
        html.Div(
            _field(t("mine.due_on", lang), dcc.Input(id="my-hazard-due_on", type="date", **KEPT)),
            id="my-hazard-due-place",
        ),
        _field(
            t("mine.reference", lang),
            dcc.Input(
                id="my-hazard-reference",
                type="text",
                placeholder=t("mine.reference_hint", lang),
                **KEPT,
            ),
        ),
    ]
    return _form("hazard", t("mine.hazard_form", lang), parts, t("mine.hazard_send", lang))


def _correct_form(offered: Sequence[Mapping[str, str]], lang: str) -> Component:
    choices = [{"value": f"{one['entity']} {one['key']}", "label": one["label"]} for one in offered]
    parts = [
        html.P(t("mine.correct_hint", lang), className="note"),
        _field(
            t("mine.record", lang),
            dmc.Select(
                id="my-correct-record",
                data=choices,
                searchable=True,
                size="md",
                placeholder=t("mine.choose", lang),
                nothingFoundMessage=t("mine.no_records", lang),
                **{"aria-label": t("mine.record", lang)},
            ),
        ),
        _field(
            t("mine.field", lang),
            dmc.Select(
                id="my-correct-field",
                data=[],
                size="md",
                placeholder=t("mine.choose", lang),
                **{"aria-label": t("mine.field", lang)},
            ),
        ),
        html.Label(
            [
                html.Span(t("mine.becomes", lang)),
                html.Div(
                    value_control({"choices": [], "input": "text"}, lang), id="my-correct-place"
                ),
            ],
            className="my-field",
        ),
        _field(
            t("mine.reason", lang),
            dcc.Input(
                id="my-correct-reason",
                type="text",
                placeholder=t("mine.reason_hint", lang),
                **KEPT,
            ),
        ),
        _field(
            t("mine.reference", lang),
            dcc.Input(
                id="my-correct-reference",
                type="text",
                placeholder=t("mine.reference_hint", lang),
                **KEPT,
            ),
        ),
    ]
    return _form("correct", t("mine.correct_form", lang), parts, t("mine.correct_send", lang))


def _either(name: str, words: tuple[str, str], lang: str) -> Component:
    """Build a choice of two as one big switch."""
    return _field(
        t(f"field.{name}", lang),
        dmc.SegmentedControl(
            id=f"my-hazard-{name}",
            data=[{"value": one, "label": t(f"choice.{name}.{one}", lang)} for one in words],
            value=words[0],
            fullWidth=True,
            **CHOSEN,
            **{"aria-label": t(f"field.{name}", lang)},
        ),
    )


def _field(label: str, control: Component) -> Component:
    return html.Label([html.Span(label), control], className="my-field")


def _form(key: str, title: str, parts: Sequence[Component], send: str) -> Component:
    return html.Details(
        [
            html.Summary(title, className="my-form-title"),
            *parts,
            html.P(id=f"my-{key}-said", className="my-error", role="alert"),
            html.Button(send, id=f"my-{key}-send", className="button big primary", type="button"),
        ],
        className="my-card my-form",
    )
