"""Pieces of the wall: rates, hotspots, the last 24 hours, the towns' months, ages of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from dashboard.figures.ribbon import data_uri
from dashboard.figures.wall_svg import spark_svg, towns_svg
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

__all__ = ["events", "feeds", "hotspots", "rates", "ribbon", "topics"]


def rates(state: Mapping[str, Any], topic: str, lang: str) -> list[Component]:
    """Build the three rates, the one of the running topic marked."""
    return [_rate(rate, lang, is_on=rate["stream"] == topic) for rate in state["rates"]]


def hotspots(state: Mapping[str, Any], lang: str) -> list[Component]:
    """Build the list of tonight's places, by expected count, assigned or not."""
    return [_hotspot(row, lang) for row in state["hotspots"]]


def events(state: Mapping[str, Any], lang: str) -> list[Component]:
    """Build the list of the last 24 hours, the newest first."""
    rows = [_event(row) for row in state["last24"]]
    return rows or [html.Li(t("wall.quiet", lang), className="quiet")]


def ribbon(state: Mapping[str, Any], topic: str, lang: str) -> Component:
    """Build the towns' months for one topic, in the order of the towns' codes."""
    part = state["ribbon"][topic]
    svg = towns_svg(part["months"], part["rows"])
    return html.Img(
        src=data_uri(svg), alt=t("wall.ribbon_alt", lang, topic=t(f"colour.zero_{topic}", lang))
    )


def feeds(state: Mapping[str, Any], lang: str) -> list[Component]:
    """Build the ages of the feeds; a silent one is hatched and says so."""
    return [
        html.Span(
            [
                html.B(feed["label"]),
                t("wall.age", lang, age=feed["age_text"]),
                html.Em(t("wall.stale", lang)) if feed["stale"] else None,
            ],
            className="feed is-stale" if feed["stale"] else "feed",
        )
        for feed in state["feeds"]
    ]


def topics(topic: str, names: Sequence[str], lang: str) -> list[Component]:
    """Build the marks of the rotating topics."""
    return [
        html.Span(
            t(f"colour.zero_{name}", lang), className="topic is-on" if name == topic else "topic"
        )
        for name in names
    ]


def _rate(rate: Mapping[str, Any], lang: str, *, is_on: bool) -> Component:
    met = rate["met"]
    verdict = "" if met is None else t("wall.met" if met else "wall.not_met", lang)
    return html.Section(
        [
            html.H2([rate["label"], html.Span(verdict, className="met" if met else "unmet")]),
            html.P(
                [html.B(rate["rate_text"]), html.Span(rate["n_text"], className="n")],
                className="figure",
            ),
            _bar(rate),
            html.P(
                [
                    html.Span(_target(rate, lang)),
                    html.Span(t("wall.month", lang, month=rate["month"])),
                ],
                className="about",
            ),
            html.P(rate["bounds_text"], className="bounds"),
            html.Img(src=data_uri(spark_svg(rate["trend"], target=rate["target"])), alt=""),
        ],
        className="card rate is-on" if is_on else "card rate",
    )


def _bar(rate: Mapping[str, Any]) -> Component:
    share = rate["rate"] or 0.0
    parts = [html.Div(className="bar-fill", style={"width": f"{share:.1%}"})]
    if rate["target"] is not None:
        parts.append(html.Div(className="bar-target", style={"left": f"{rate['target']:.1%}"}))
    return html.Div(parts, className="bar is-unmet" if rate["met"] is False else "bar")


def _target(rate: Mapping[str, Any], lang: str) -> str:
    if rate["target"] is None:
        return t("wall.no_target", lang)
    return t("wall.target", lang, target=f"{rate['target']:.0%}")


def _hotspot(row: Mapping[str, Any], lang: str) -> Component:
    crew = t("wall.crew", lang, crew=row["crew"]) if row["assigned"] else t("wall.unassigned", lang)
    return html.Li(
        [
            html.Span(str(row["rank"]), className="rank"),
            html.Span([html.B(row["place"]), html.Small(row["peak"])], className="place"),
            html.Span([html.B(row["expected"]), html.Small(row["interval"])], className="expected"),
            html.Span(crew, className="crew is-assigned" if row["assigned"] else "crew"),
        ]
    )


def _event(row: Mapping[str, Any]) -> Component:
    return html.Li(
        [
            html.Time(row["time"]),
            html.I(className=f"dot dot-{row['stream']}", **{"aria-hidden": "true"}),
            html.Span(row["label"], className="what"),
            html.Span(row["area"], className="where"),
        ]
    )
