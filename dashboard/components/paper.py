"""A document on the screen: the same headings, sentences and tables as on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from dashboard.reports.paper import Paper, Section, Table

__all__ = ["paper_view"]


def paper_view(paper: Paper) -> Component:
    """Build the sheet."""
    return html.Article(
        [
            html.P(paper.masthead, className="masthead"),
            html.P(paper.numbered, className="numbered"),
            html.H2(paper.title),
            html.Dl(
                [part for name, value in paper.facts for part in (html.Dt(name), html.Dd(value))]
            ),
            *(_section(section) for section in paper.sections),
            html.Div([html.Span(post) for post in paper.posts], className="posts"),
            html.P(paper.note, className="note"),
        ],
        className="paper",
    )


def _section(section: Section) -> Component:
    return html.Section(
        [
            html.H3(section.heading),
            *(html.P(sentence) for sentence in section.sentences),
            *(_table(table) for table in section.tables),
        ]
    )


def _table(table: Table) -> Component:
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in table.head]))
    body = html.Tbody(
        [
            html.Tr([html.Th(row[0], scope="row"), *(html.Td(text) for text in row[1:])])
            for row in table.rows
        ]
    )
    caption = [html.Caption(table.title)] if table.title else []
    return html.Table([*caption, head, body])
