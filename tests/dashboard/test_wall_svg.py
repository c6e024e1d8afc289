"""The wall's small pictures: what they draw is what was counted."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from dashboard.figures.wall_svg import share_colour, spark_svg, towns_svg

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = ["2025-12", "2026-01"]
CELLS = [{"zero": 3, "n": 4, "broken": 1, "na": 0}, {"zero": 0, "n": 0, "broken": 0, "na": 4}]
TOWN = {"name": "<河东>镇", "cells": CELLS, "streak_text": "0"}


def _parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  our own picture


def test_a_town_has_a_cell_per_month_and_the_number_broken_in_it() -> None:
    root = _parsed(towns_svg(MONTHS, [TOWN]))
    cells = root.findall(f"{SVG}rect")
    assert [cell.attrib["fill"] for cell in cells] == [share_colour(3, 4), "url(#h)"]
    words = [text.text for text in root.findall(f"{SVG}text")]
    assert "1" in words
    assert "<河东>镇" in words


@pytest.mark.parametrize(("zero", "assessed"), [(9, 10), (99, 100), (999, 1000)])
def test_only_a_full_month_has_the_colour_of_a_full_month(zero: int, assessed: int) -> None:
    assert share_colour(zero, assessed) != share_colour(assessed, assessed)


def test_a_month_nobody_assessed_is_hatched_and_never_a_zero() -> None:
    assert share_colour(0, 0) == "url(#h)"
    assert share_colour(0, 0) != share_colour(0, 5)


def test_a_gap_in_a_rate_stays_a_gap_in_its_line() -> None:
    root = _parsed(spark_svg([0.8, 0.9, None, 0.7, 0.8], target=0.8))
    lines = [line.attrib["points"].split() for line in root.findall(f"{SVG}polyline")]
    assert [len(points) for points in lines] == [2, 2]


def test_a_higher_rate_is_drawn_higher() -> None:
    (line,) = _parsed(spark_svg([0.5, 0.9], target=None)).findall(f"{SVG}polyline")
    low, high = (float(point.split(",")[1]) for point in line.attrib["points"].split())
    assert high < low


def test_no_rate_at_all_draws_nothing() -> None:
    assert not _parsed(spark_svg([None, None], target=0.8)).findall(f"{SVG}polyline")
