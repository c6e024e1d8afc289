"""The first two steps of the page Data: the file, and how it is to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.i18n import t
from dashboard.services.intake import BY_HAND, DATUMS
from dashboard.services.naming import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["bring_card", "how_card", "recipe_choices", "size_text", "welcome"]

HIDDEN: Final = {"display": "none"}
SHOWN: Final[dict[str, str]] = {}
KB: Final = 1000


def bring_card(lang: str) -> Component:
    """Build the place a file is dropped on; assets/data.js sends it and fills `data-file`."""
    words = {name: t(f"data.{name}", lang) for name in ("sending", "broken_off")}
    return html.Section(
        [
            html.H2([html.Span("1", className="step-number"), t("data.step_file", lang)]),
            html.Button(
                [
                    html.Strong(t("data.drop", lang)),
                    html.Span(t("data.drop_hint", lang), className="muted"),
                ],
                id="data-drop",
                className="drop",
                type="button",
                **{f"data-{name.replace('_', '-')}": text for name, text in words.items()},
            ),
            html.Div(id="data-sending", className="sending", role="status"),
            html.Div(id="data-file-shown", className="file-shown"),
            dcc.Store(id="data-file"),
        ],
        className="card",
    )


def how_card(entities: Sequence[str], lang: str) -> Component:
    """Build the choices: entity, recipe, datum, remarks; ids `data-entity` … `data-check`."""
    return html.Section(
        [
            html.H2([html.Span("2", className="step-number"), t("data.step_how", lang)]),
            _labelled("data.entity", _entity(entities, lang), lang),
            _labelled("data.recipe", _recipe(lang), lang),
            html.Div(_labelled("data.crs", _datum(lang), lang), id="data-crs-place"),
            _labelled("data.layer", _layer(lang), lang),
            *(
                html.Div(_flag(f"data-{name}", lang), id=f"data-{name}-place", style=HIDDEN)
                for name in ("backfill", "to-area", "from-points")
            ),
            html.Button(
                t("data.check", lang), id="data-check", className="button accent", disabled=True
            ),
            html.P(t("data.check_hint", lang), className="note"),
        ],
        className="card",
    )


def recipe_choices(names: Sequence[str], lang: str) -> list[dict[str, str]]:
    """List the recipes, and matching by hand behind them."""
    own = [{"value": name, "label": word("recipe", name, lang)} for name in names]
    shown = [
        choice | {"label": f"{choice['label']} ({choice['value']})"}
        if choice["label"].lower() != choice["value"].lower()
        else choice
        for choice in own
    ]
    return [*shown, {"value": BY_HAND, "label": t("data.by_hand", lang)}]


def size_text(file: Mapping[str, Any]) -> str:
    """Write a size in the unit that fits.

    >>> size_text({"size": 1_234_567})
    '1.2 MB'
    """
    size, unit = float(file["size"]), "B"
    for larger in ("kB", "MB", "GB"):
        if size < KB:
            break
        size, unit = size / KB, larger
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


def welcome(lang: str) -> Component:
    """Say what happens on this page before anything has."""
    points = [html.Li(t(f"data.welcome_{n}", lang)) for n in range(1, 5)]
    return html.Div([html.Ol(points)], className="welcome")


def _entity(entities: Sequence[str], lang: str) -> Component:
    other = "en" if lang == "zh" else "zh"
    return dmc.Select(
        id="data-entity",
        data=[
            {"value": name, "label": f"{t(f'entity.{name}', lang)} · {t(f'entity.{name}', other)}"}
            for name in entities
        ],
        placeholder=t("data.entity_hint", lang),
        searchable=True,
        maxDropdownHeight=420,
        **{"aria-label": t("data.entity", lang)},
    )


def _recipe(lang: str) -> Component:
    return dmc.Select(
        id="data-recipe",
        data=recipe_choices([], lang),
        value=None,
        placeholder=t("data.recipe_hint", lang),
        allowDeselect=False,
        **{"aria-label": t("data.recipe", lang)},
    )


def _datum(lang: str) -> Component:
    return dmc.Select(
        id="data-crs",
        data=[
            {"value": "", "label": t("data.crs_recipe", lang)},
            *({"value": name, "label": word("datum", name, lang)} for name in DATUMS),
        ],
        value="",
        allowDeselect=False,
        **{"aria-label": t("data.crs", lang)},
    )


def _layer(lang: str) -> Component:
    return dmc.TextInput(
        id="data-layer",
        value="",
        placeholder=t("data.layer_hint", lang),
        **{"aria-label": t("data.layer", lang)},
    )


def _flag(key: str, lang: str) -> Component:
    name = key.removeprefix("data-").replace("-", "_")
    return dmc.Checkbox(
        id=key,
        label=t(f"data.{name}", lang),
        description=t(f"data.{name}_hint", lang),
        checked=False,
        size="sm",
    )


def _labelled(key: str, control: Component, lang: str) -> Component:
    return html.Div(
        [html.Span(t(key, lang), className="filter-label"), control], className="field-row"
    )
