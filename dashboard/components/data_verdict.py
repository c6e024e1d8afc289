"""What a check or an import says: the verdict in words, every reason with its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dash import html

from dashboard.i18n import has, t
from dashboard.services.naming import word
from geo.intake.sentences import encoding_text, row_sentence, warning_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["field_name", "preview_view", "report_view", "verdict"]

SIGNS: Final = {"good": "✓", "partly": "!", "bad": "✕"}
FIGURES: Final = (
    "rows_read",
    "new",
    "corrected",
    "unchanged",
    "retracted",
    "merged",
    "quarantined",
)
ALWAYS: Final = ("rows_read", "new", "quarantined")
REASONS: Final = ("what", "rule", "rows", "why")
LISTED: Final = {"zh": "、", "en": ", "}
FLAGS: Final = {"true": "data.yes", "false": "data.no"}
INTERNAL: Final = frozenset({"stream", "loc_precision"})
"""Fields the store sets by itself; they tell a reader of a preview nothing."""


def preview_view(preview: Mapping[str, Any], lang: str) -> Component:
    """Build the verdict of a check, the first rows as understood, and the file's columns."""
    report = preview["report"]
    parts = [verdict(report, lang, checked=True)]
    if not report["refused"]:
        parts.append(
            html.Div(
                [
                    html.Button(
                        t("data.confirm", lang, rows=f"{report['kept']:,}"),
                        id="data-confirm",
                        className="button primary",
                    ),
                    html.Span(t("data.nothing_stored", lang), className="note"),
                ],
                className="actions",
            )
        )
    parts += [_reasons(report, lang), _set_aside(preview["set_aside"], lang)]
    if preview["rows"]:
        parts.append(_rows(preview, lang))
    if preview["columns"]:
        parts.append(_columns(preview["columns"], lang))
    return html.Div(parts, className="verdict-view")


def report_view(job: Mapping[str, Any], lang: str) -> Component:
    """Build the report of an import that came to its end, with its files."""
    report, number = job["result"].get("report"), job["job"]
    if report is None:
        return _plain_end(job, lang)
    links = [_file_link(number, "report.json", t("data.report_json", lang))]
    if report["quarantined"] and report["refused"] != "F06":
        links.insert(0, _file_link(number, "quarantine.csv", t("data.quarantine_csv", lang)))
    return html.Div(
        [
            verdict(report, lang, checked=False),
            html.Div(links, className="actions"),
            _reasons(report, lang),
        ],
        className="verdict-view",
    )


def verdict(report: Mapping[str, Any], lang: str, *, checked: bool) -> Component:
    """Say in one line whether a file can be taken or was, and count its rows."""
    mood = "bad" if report["refused"] else "partly" if report["quarantined"] else "good"
    stage = "check" if checked else "done"
    said = [
        html.P(
            [
                html.Span(SIGNS[mood], className="verdict-sign", **{"aria-hidden": "true"}),
                html.Strong(t(f"data.{stage}_{mood}", lang, n=f"{report['quarantined']:,}")),
                html.Span(_about(report, lang), className="muted"),
            ],
            className=f"verdict-line is-{mood}",
            role="status",
        )
    ]
    if report["refused"]:
        said.append(html.P(report[f"sentence_{lang}"], className="verdict-sentence"))
        todo = f"data.todo_{report['refused']}"
        if has(todo, lang):
            said.append(html.P([html.B(t("data.todo", lang)), t(todo, lang)], className="todo"))
    return html.Div([*said, _figures(report, lang)])


def field_name(name: str, lang: str) -> str:
    """Name a field of an entity for people."""
    return word("field", name, lang)


def _about(report: Mapping[str, Any], lang: str) -> str:
    parts = [", ".join(report["files"]), t(f"entity.{report['entity']}", lang)]
    if report.get("encoding"):
        parts.append(encoding_text(str(report["encoding"]), lang))
    if report["batch"] is not None:
        parts.append(t("data.batch_number", lang, n=report["batch"]))
    return " · ".join(part for part in parts if part)


def _figures(report: Mapping[str, Any], lang: str) -> Component:
    named = dict(report)
    known = sum(report.get(name, 0) for name in ("unchanged", "corrected", "retracted", "merged"))
    named["new"] = report["kept"] - known
    cells: list[Component] = []
    for name in FIGURES[:1] if report["refused"] else FIGURES:
        if name in ALWAYS or named.get(name):
            cells += [html.Dt(t(f"data.n_{name}", lang)), html.Dd(f"{named[name]:,}")]
    pairs = [html.Div(cells[i : i + 2]) for i in range(0, len(cells), 2)]
    return html.Dl(pairs, className="figures")


def _reasons(report: Mapping[str, Any], lang: str) -> Component:
    """Build one line for each rule, unknown field and constant, with its rows."""
    lines = [
        _reason("quarantined", code, n, row_sentence(code, lang), lang)
        for code, n in report["reasons"].items()
        if code != report["refused"]
    ]
    lines += [
        _reason("warned", code, n, warning_sentence(code, lang, zone=report["zone"]), lang)
        for code, n in report["warnings"].items()
    ]
    lines += [
        _reason("stated", "", n, f"{field_name(name, lang)} = {value}", lang)
        for name, values in report["constants"].items()
        for value, n in values.items()
    ]
    if report["unknown"]:
        said = [f"{field_name(name, lang)} {n:,}" for name, n in report["unknown"].items()]
        lines.append(_reason("unknown", "", None, LISTED[lang].join(said), lang))
    if not lines:
        return html.Div()
    head = [html.Th(t(f"data.{name}", lang), className=name) for name in REASONS]
    return html.Table(
        [html.Thead(html.Tr(head)), html.Tbody(lines)], className="plain-table reasons"
    )


def _reason(kind: str, code: str, rows: int | None, sentence: str, lang: str) -> Component:
    return html.Tr(
        [
            html.Td(t(f"data.kind_{kind}", lang), className=f"kind is-{kind}"),
            html.Td(code),
            html.Td("" if rows is None else f"{rows:,}", className="number"),
            html.Td(sentence),
        ]
    )


def _set_aside(rows: Sequence[Mapping[str, Any]], lang: str) -> Component:
    if not rows:
        return html.Div()
    names = ("row", "rule", "field", "said")
    body = [
        html.Tr(
            [
                html.Td(str(row["row"]), className="number"),
                html.Td(row["code"]),
                html.Td(field_name(str(row["field"]), lang) if row["field"] else ""),
                html.Td(row["said"], className="said"),
            ]
        )
        for row in rows
    ]
    head = html.Tr([html.Th(t(f"data.{name}", lang), className=name) for name in names])
    return _titled(t("data.set_aside", lang), html.Table([html.Thead(head), html.Tbody(body)]))


def _rows(preview: Mapping[str, Any], lang: str) -> Component:
    """Build the first rows in the reader's words; columns without any value are left out."""
    rows = preview["rows"]
    shown = [
        (place, name)
        for place, name in enumerate(preview["fields"])
        if name not in INTERNAL and any(row[place] for row in rows)
    ]
    head = html.Tr([html.Th(_heading(name, lang), className=name) for _, name in shown])
    body = [
        html.Tr(
            [html.Td(_cell(name, row[place], lang), className=name) for place, name in shown],
            className="is-out" if row[1] else "",
        )
        for row in rows
    ]
    table = html.Table([html.Thead(head), html.Tbody(body)])
    return _titled(t("data.first_rows", lang, n=len(body)), table)


def _cell(field: str, value: str, lang: str) -> str:
    if value in FLAGS:
        return t(FLAGS[value], lang)
    for key in (f"choice.{field}.{value}", f"{field}.{value}"):
        if has(key, lang):
            return t(key, lang)
    return value


def _heading(name: str, lang: str) -> str:
    own = {"row": "data.row", "code": "data.rule", "area": "data.area_found"}
    return t(own[name], lang) if name in own else field_name(name, lang)


def _columns(columns: Sequence[Mapping[str, Any]], lang: str) -> Component:
    head = html.Tr([html.Th(t(f"data.{n}", lang)) for n in ("column", "samples", "feeds_field")])
    body = [
        html.Tr(
            [
                html.Td(column["name"]),
                html.Td(" · ".join(column["samples"]), className="said"),
                html.Td(_fed(column, lang), className="" if column["feeds"] else "muted"),
            ]
        )
        for column in columns
    ]
    unread = sum(not column["feeds"] for column in columns)
    title = t("data.columns", lang, n=len(columns), unread=unread)
    return _titled(title, html.Table([html.Thead(head), html.Tbody(body)]))


def _fed(column: Mapping[str, Any], lang: str) -> str:
    if column["feeds"]:
        return ", ".join(field_name(name, lang) for name in column["feeds"])
    if column["dropped"]:
        return t("data.dropped", lang)
    return t("data.personal" if column["personal"] else "data.unread", lang)


def _titled(title: str, table: Component) -> Component:
    table.className = "plain-table"
    return html.Section([html.H3(title), html.Div(table, className="table-frame")])


def _plain_end(job: Mapping[str, Any], lang: str) -> Component:
    """Say how a job without a report ended: taken back, rebuilt, stopped or broken off."""
    state, kind, result = job["state"], job["kind"], job["result"]
    said = result.get(f"sentence_{lang}")
    if said is None:
        key = f"data.end_{kind}" if state == "done" else f"data.end_{state}"
        said = t(key, lang, n=result.get("undone", ""), events=f"{result.get('events', 0):,}")
    mood = {"done": "good", "failed": "bad"}.get(state, "partly")
    sign = html.Span(SIGNS[mood], className="verdict-sign", **{"aria-hidden": "true"})
    return html.Div(
        html.P([sign, html.Strong(said)], className=f"verdict-line is-{mood}", role="status"),
        className="verdict-view",
    )


def _file_link(number: int, name: str, text: str) -> Component:
    return html.A(text, href=f"/data/jobs/{number}/{name}", download=True, className="button")
