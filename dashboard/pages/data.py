"""Data: bring a file, see what would become of it, import it, take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dash
from dash import ALL, MATCH, ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from dashboard.components import data_bring, data_lists, data_mapping, data_verdict
from dashboard.components.shell import shell
from dashboard.context import actor, language, services
from dashboard.i18n import t
from dashboard.services.intake import BY_HAND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dash import Dash
    from dash.development.base_component import Component

__all__ = ["layout", "register"]

PATH: Final = "/data"
REMARKS: Final = ("crs", "backfill", "to_area", "from_points")
"""What may be said of a delivery, where its entity allows it."""
POLL_MS: Final = 700
LISTS_MS: Final = 4_000
"""Milliseconds between two looks at the job that is followed, and at the lists."""


def layout(**_: str) -> Component:
    """Build the page."""
    lang = language()
    start = services().situation.start(lang)
    refusal = services().intake.refusal
    if refusal is not None:
        said = html.P(refusal.text(lang), className="empty-state", role="alert")
        return shell([said], path=PATH, start=start, lang=lang)
    content = html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [
                            data_bring.bring_card(lang),
                            data_bring.how_card(services().intake.entities, lang),
                        ],
                        className="data-left",
                    ),
                    html.Section(
                        [
                            html.H2(
                                [
                                    html.Span("3", className="step-number"),
                                    t("data.step_result", lang),
                                ]
                            ),
                            html.Div(data_bring.welcome(lang), id="data-result"),
                        ],
                        className="card data-right",
                    ),
                ],
                className="data-steps",
            ),
            html.Div(id="data-lists", className="data-lists"),
            *_stores(),
            data_lists.undo_modal(lang),
        ],
        className="data-page",
    )
    return shell([content], path=PATH, start=start, lang=lang)


def register(app: Dash) -> None:
    """Enter the page's route and its callbacks into the app."""
    dash.register_page(__name__, path=PATH, name="nav.data", order=8, layout=layout)
    _register_order(app)
    _register_work(app)
    _register_lists(app)


# ---- what is asked ---------------------------------------------------------------------------


def show_file(file: Mapping[str, Any] | None) -> tuple[Any, Component]:
    """Name the file that was brought, and clear what was said of another."""
    if not file:
        raise PreventUpdate
    lang = language()
    said = [html.B(file["name"]), html.Span(data_bring.size_text(file), className="muted")]
    return said, html.P(t("data.now_check", lang), className="empty-state")


def offer(
    entity: str | None, file: Mapping[str, Any] | None, chosen: str | None
) -> tuple[Any, ...]:
    """Offer the recipes and remarks that fit an entity."""
    shown, hidden = data_bring.SHOWN, data_bring.HIDDEN
    if not entity:
        places = [shown, *[hidden] * (len(REMARKS) - 1)]
        return data_bring.recipe_choices([], language()), None, *places, True
    names, may = services().intake.recipes(entity), services().intake.options(entity)
    kept = chosen if chosen in {*names, BY_HAND} else [*names, BY_HAND][0]
    places = [shown if may[name] else hidden for name in REMARKS]
    return data_bring.recipe_choices(names, language()), kept, *places, not file


def check(clicks: int | None, order: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Check the file, at once or by the worker; or show its columns to be matched by hand."""
    if not clicks:
        raise PreventUpdate
    asked = _order(order)
    if asked["recipe"] != BY_HAND:
        return _checked(asked)
    found = services().intake.mapping(asked["token"], asked["entity"], asked["layer"])
    name = f"{asked['entity']}-{asked['name'].split('.')[0]}"[:40]
    return data_mapping.mapping_view(found, name=name, lang=language()), asked, None


def show_words(
    columns: list[str | None], ids: list[dict[str, str]], order: Mapping[str, Any] | None
) -> list[Component]:
    """Ask what the words mean of the columns that feed closed fields."""
    if not order or not ids:
        raise PreventUpdate
    matched = _by_field(columns, ids)
    return data_mapping.value_view(
        services().intake.values(order["token"], order["entity"], matched, order["layer"]),
        language(),
    )


def save_recipe(
    clicks: int | None, said: Mapping[str, Any], order: dict[str, Any]
) -> tuple[Any, ...]:
    """Keep the columns as matched by hand under a name, and check the file with it."""
    if not clicks:
        raise PreventUpdate
    intake = services().intake
    matched = _by_field(said["columns"], said["column_ids"])
    constants = _by_field(said["constants"], said["constant_ids"])
    saved = intake.save_recipe(
        said["name"],
        order["entity"],
        columns=matched,
        constants={name: text for name, text in constants.items() if name not in matched},
        values=_words(said["words"], said["word_ids"]),
        crs=order["crs"] or None,
        date_format=(said["date_format"] or "").strip() or None,
        drop=intake.mapping(order["token"], order["entity"], order["layer"])["personal"],
    )
    choices = data_bring.recipe_choices(intake.recipes(order["entity"]), language())
    return choices, saved, *_checked(order | {"recipe": saved})


def _order(given: Mapping[str, Any]) -> dict[str, Any]:
    """Put what stands on the page into one order."""
    file = given["file"]
    order = {name: value for name, value in given.items() if name != "file"}
    return order | {"token": file["token"], "name": file["name"]}


def _checked(order: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    found = services().intake.check(order, actor=actor().name)
    if "job" in found:
        return no_update, order, {"job": found["job"]}
    return data_verdict.preview_view(found["preview"], language()), order, None


def _by_field(values: list[Any], ids: list[dict[str, str]]) -> dict[str, str]:
    return {each["field"]: value for each, value in zip(ids, values, strict=True) if value}


def _words(values: list[Any], ids: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for each, value in zip(ids, values, strict=True):
        if value:
            words.setdefault(each["field"], {})[each["word"]] = value
    return words


def _register_order(app: Dash) -> None:
    result, choices = Output("data-result", "children", allow_duplicate=True), "data-recipe"
    named = {**dict.fromkeys(("entity", "recipe", "crs", "layer"), "value"), "file": "data"}
    named |= dict.fromkeys(REMARKS[1:], "checked")
    order = {name: State(f"data-{_dashed(name)}", prop) for name, prop in named.items()}
    outcome = [result, Output("data-order", "data"), Output("data-job", "data")]
    again = [result, *(Output(f"data-{n}", "data", allow_duplicate=True) for n in ("order", "job"))]
    app.callback(
        Output("data-file-shown", "children"),
        result,
        Input("data-file", "data"),
        prevent_initial_call=True,
    )(show_file)
    app.callback(
        Output(choices, "data"),
        Output(choices, "value"),
        *(Output(f"data-{_dashed(name)}-place", "style") for name in REMARKS),
        Output("data-check", "disabled"),
        Input("data-entity", "value"),
        Input("data-file", "data"),
        State(choices, "value"),
    )(offer)
    app.callback(
        output=outcome,
        inputs={"clicks": Input("data-check", "n_clicks"), "order": order},
        prevent_initial_call=True,
    )(check)
    columns = {"type": "data-map", "field": ALL}
    app.callback(
        Output("data-values", "children"),
        Input(columns, "value"),
        State(columns, "id"),
        State("data-order", "data"),
        prevent_initial_call=True,
    )(show_words)
    app.clientside_callback(
        ClientsideFunction("data", "samples"),
        Output({"type": "data-samples", "field": MATCH}, "children"),
        Input({"type": "data-map", "field": MATCH}, "value"),
        State("data-samples-of", "data"),
    )
    app.callback(
        output=[
            Output(choices, "data", allow_duplicate=True),
            Output(choices, "value", allow_duplicate=True),
            *again,
        ],
        inputs={
            "clicks": Input("data-map-save", "n_clicks"),
            "said": _mapping_states(columns),
            "order": State("data-order", "data"),
        },
        prevent_initial_call=True,
    )(save_recipe)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _mapping_states(columns: dict[str, Any]) -> dict[str, State]:
    constants = {"type": "data-constant", "field": ALL}
    words = {"type": "data-value", "field": ALL, "word": ALL}
    return {
        "columns": State(columns, "value"),
        "column_ids": State(columns, "id"),
        "constants": State(constants, "value"),
        "constant_ids": State(constants, "id"),
        "words": State(words, "value"),
        "word_ids": State(words, "id"),
        "name": State("data-recipe-name", "value"),
        "date_format": State("data-date-format", "value"),
    }


# ---- what is done ----------------------------------------------------------------------------


def confirm(clicks: int | None, order: Mapping[str, Any] | None) -> dict[str, int]:
    """Queue the import exactly as it was checked."""
    if not clicks or not order:
        raise PreventUpdate
    return {"job": services().intake.start(order, actor=actor().name)}


def follow(job: Mapping[str, int] | None, _: int) -> tuple[Any, bool]:
    """Show how far a job is, or what came of it; look again as long as it has not ended."""
    if not job:
        return no_update, True
    lang, found = language(), services().intake.job(job["job"])
    if not found["ended"]:
        return data_lists.progress_view(found, lang), False
    if found["kind"] == "check" and found["state"] == "done":
        return data_verdict.preview_view(found["result"]["preview"], lang), True
    return data_verdict.report_view(found, lang), True


def cancel(clicks: int | None, job: Mapping[str, int] | None) -> bool:
    """Ask the job that is followed to stop."""
    if not clicks or not job:
        raise PreventUpdate
    services().intake.cancel(job["job"])
    return True


def _register_work(app: Dash) -> None:
    app.callback(
        Output("data-job", "data", allow_duplicate=True),
        Input("data-confirm", "n_clicks"),
        State("data-order", "data"),
        prevent_initial_call=True,
    )(confirm)
    app.callback(
        Output("data-result", "children", allow_duplicate=True),
        Output("data-poll", "disabled"),
        Input("data-job", "data"),
        Input("data-poll", "n_intervals"),
        prevent_initial_call=True,
    )(follow)
    app.callback(
        Output("data-cancel", "disabled"),
        Input("data-cancel", "n_clicks"),
        State("data-job", "data"),
        prevent_initial_call=True,
    )(cancel)


# ---- what was done ---------------------------------------------------------------------------


def list_all(_looks: int, _idle: object, mark: str | None) -> tuple[Any, str]:
    """Fill the lists anew when one of them has changed."""
    intake, lang = services().intake, language()
    now = f"{intake.mark()}|{lang}"
    if now == mark:
        raise PreventUpdate
    return [
        data_lists.batch_list(intake.batches(), lang),
        html.Div(
            [
                data_lists.feed_list(services().feeds.feeds(), lang),
                data_lists.job_list(intake.jobs(), lang),
            ],
            className="data-side",
        ),
    ], now


def open_job(clicks: list[int | None]) -> dict[str, int]:
    """Follow a job of the list."""
    if not any(clicks):
        raise PreventUpdate
    return {"job": ctx.triggered_id["job"]}


def ask_undo(clicks: list[int | None]) -> tuple[bool, str, int]:
    """Ask once more, in words, before a batch is taken back."""
    if not any(clicks):
        raise PreventUpdate
    number = ctx.triggered_id["batch"]
    batch = next(each for each in services().intake.batches() if each["batch"] == number)
    return True, data_lists.undo_question(batch, language()), number


def undo(clicks: int | None, batch: int | None) -> tuple[bool, dict[str, int]]:
    """Queue the taking back of the batch that was asked about."""
    if not clicks or batch is None:
        raise PreventUpdate
    return False, {"job": services().intake.undo(batch, actor=actor().name)}


def _register_lists(app: Dash) -> None:
    followed = Output("data-job", "data", allow_duplicate=True)
    opened = Output("data-undo-modal", "opened")
    app.callback(
        Output("data-lists", "children"),
        Output("data-mark", "data"),
        Input("data-pulse", "n_intervals"),
        Input("data-poll", "disabled"),
        State("data-mark", "data"),
    )(list_all)
    app.callback(
        followed,
        Input({"type": "data-show", "job": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )(open_job)
    app.callback(
        opened,
        Output("data-undo-text", "children"),
        Output("data-undo-batch", "data"),
        Input({"type": "data-undo", "batch": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )(ask_undo)
    app.callback(
        Output("data-undo-modal", "opened", allow_duplicate=True),
        followed,
        Input("data-undo-yes", "n_clicks"),
        State("data-undo-batch", "data"),
        prevent_initial_call=True,
    )(undo)


def _stores() -> list[Component]:
    return [
        dcc.Store(id="data-order"),
        dcc.Store(id="data-job"),
        dcc.Store(id="data-mark"),
        dcc.Store(id="data-undo-batch"),
        dcc.Interval(id="data-poll", interval=POLL_MS, disabled=True),
        dcc.Interval(id="data-pulse", interval=LISTS_MS),
    ]
