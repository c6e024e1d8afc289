"""What has been brought in, what is being done, who delivers: three lists of the page Data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from dashboard.i18n import t
from dashboard.services.naming import age_text, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = [
    "batch_list",
    "feed_list",
    "job_list",
    "progress_view",
    "step_text",
    "undo_modal",
    "undo_question",
]

HOUR_S = 3600


def batch_list(batches: Sequence[Mapping[str, Any]], lang: str) -> Component:
    """Build the list of batches; what stands can be taken back."""
    names = ("batch", "at", "entity_short", "source", "rows", "actor", "standing", "undo")
    lines = [
        html.Tr(
            [
                html.Td(str(row["batch"]), className="number"),
                html.Td(row["at"]),
                html.Td(word("kind_of", row["entity"], lang)),
                html.Td(_source(row, lang), className="said", title=str(row["source"])),
                html.Td(f"{row['events']:,}", className="number"),
                html.Td(_actor(str(row["actor"]), lang)),
                html.Td(_standing(row, lang)),
                html.Td(_undo(row, lang)),
            ],
            className="" if row["standing"] or row["undoes"] else "is-gone",
        )
        for row in batches
    ]
    return _list("data.batches", names, lines, lang)


def job_list(jobs: Sequence[Mapping[str, Any]], lang: str) -> Component:
    """Build the list of jobs; each can be opened again."""
    names = ("job", "at", "deed", "file", "state", "open")
    lines = [
        html.Tr(
            [
                html.Td(str(job["job"]), className="number"),
                html.Td(job["queued_at"]),
                html.Td(t(f"data.job_{job['kind']}", lang)),
                html.Td(_job_file(job, lang), className="said"),
                html.Td(_state(job, lang)),
                html.Td(
                    html.Button(
                        t("data.show", lang),
                        id={"type": "data-show", "job": job["job"]},
                        className="link",
                    )
                ),
            ]
        )
        for job in jobs
    ]
    return _list("data.jobs", names, lines, lang)


def feed_list(feeds: Sequence[Mapping[str, Any]], lang: str) -> Component:
    """Build the list of feeds with the age of what they delivered last."""
    names = ("feed", "entity_short", "last", "every", "standing")
    lines = [
        html.Tr(
            [
                html.Td([feed["name"] or feed["feed_id"], html.Small(feed["feed_id"])]),
                html.Td(t(f"entity.{feed['delivers']}", lang)),
                html.Td(_age(feed, lang)),
                html.Td(_every(feed, lang)),
                html.Td(_late(feed, lang)),
            ]
        )
        for feed in feeds
    ]
    return _list("data.feeds", names, lines, lang)


def progress_view(job: Mapping[str, Any], lang: str) -> Component:
    """Build what a waiting or running job shows: step, bar, a way to stop it."""
    parts: list[Component] = [
        html.P(
            [
                html.Strong(t(f"data.job_{job['kind']}", lang)),
                html.Span(_job_file(job, lang), className="muted"),
            ],
            className="verdict-line",
        ),
        dmc.Progress(value=100 * job["share"], size="lg", color="teal", transitionDuration=200),
        html.Div(
            [
                html.Span(step_text(job, lang), role="status"),
                html.Span(f"{100 * job['share']:.0f} %", className="number"),
                html.Button(
                    t("data.stopping" if job["cancel"] else "data.cancel", lang),
                    id="data-cancel",
                    className="button",
                    disabled=bool(job["cancel"]),
                ),
            ],
            className="actions progress-line",
        ),
    ]
    if job["no_worker"]:
        parts.append(html.P(t("data.no_worker", lang), className="todo"))
    return html.Div(parts, className="verdict-view")


def step_text(job: Mapping[str, Any], lang: str) -> str:
    """Word the step a job is at: its first word is ours, the rest is the file's name."""
    if job["state"] == "queued":
        return t("data.waits", lang)
    step, _, file = str(job["step"]).partition(" ")
    return f"{t(f'data.step_{step}', lang)} {file}".strip() if step else t("data.begins", lang)


def undo_question(batch: Mapping[str, Any], lang: str) -> str:
    """Ask once more, in words, before a batch is taken back."""
    return t(
        "data.undo_question",
        lang,
        n=batch["batch"],
        source=batch["source"],
        entity=word("kind_of", batch["entity"], lang),
        rows=f"{batch['events']:,}",
    )


def undo_modal(lang: str) -> Component:
    """Build the question asked before a batch is taken back; `data-undo-yes` answers it."""
    return dmc.Modal(
        id="data-undo-modal",
        title=t("data.undo_title", lang),
        centered=True,
        children=[
            html.P(id="data-undo-text"),
            html.Div(
                html.Button(
                    t("data.undo_yes", lang), id="data-undo-yes", className="button primary"
                ),
                className="actions",
            ),
        ],
    )


def _list(key: str, names: Sequence[str], lines: Sequence[Component], lang: str) -> Component:
    if not lines:
        body: Component = html.P(t(f"{key}_none", lang), className="empty-state")
    else:
        head = html.Tr([html.Th(t(f"data.{name}", lang), className=name) for name in names])
        table = html.Table([html.Thead(head), html.Tbody(list(lines))], className="plain-table")
        body = html.Div(table, className="table-frame")
    return html.Section([html.H2(t(key, lang)), body], className="card")


def _source(row: Mapping[str, Any], lang: str) -> str:
    if row["undoes"]:
        return t("data.undoes", lang, n=row["undoes"])
    recipe = row["recipe"]
    return str(row["source"]) if not isinstance(recipe, str) else f"{row['source']} · {recipe}"


def _actor(actor: str, lang: str) -> str:
    kind, _, name = actor.partition(":")
    return t("data.actor_feed", lang, name=name) if kind == "feed" else word("actor", actor, lang)


def _standing(row: Mapping[str, Any], lang: str) -> Component:
    state = "stands" if row["standing"] else "undone" if row["undone"] else "undoing"
    return html.Span(t(f"data.is_{state}", lang), className=f"standing is-{state}")


def _undo(row: Mapping[str, Any], lang: str) -> Component | str:
    if not row["standing"]:
        return ""
    return html.Button(
        t("data.undo", lang), id={"type": "data-undo", "batch": row["batch"]}, className="link"
    )


def _job_file(job: Mapping[str, Any], lang: str) -> str:
    request = job["request"]
    if "batch" in request:
        return t("data.batch_number", lang, n=request["batch"])
    entity = request.get("entity")
    return " · ".join(filter(None, [request.get("name"), entity and t(f"entity.{entity}", lang)]))


def _state(job: Mapping[str, Any], lang: str) -> Component:
    text = t(f"data.state_{job['state']}", lang)
    if job["state"] == "running":
        text = f"{text} {100 * job['share']:.0f} %"
    return html.Span(text, className=f"standing is-{job['state']}")


def _age(feed: Mapping[str, Any], lang: str) -> str:
    if feed["age_h"] is None:
        return t("age.nothing", lang)
    return t("data.ago", lang, age=age_text(feed["age_h"] * HOUR_S, lang))


def _every(feed: Mapping[str, Any], lang: str) -> str:
    hours = feed["expected_every_h"]
    return "–" if hours is None else age_text(hours * HOUR_S, lang)


def _late(feed: Mapping[str, Any], lang: str) -> Component:
    state = {None: "free", True: "late", False: "in_time"}[feed["late"]]
    return html.Span(t(f"data.feed_{state}", lang), className=f"standing is-{state}")
