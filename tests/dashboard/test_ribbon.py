"""The ribbon of months: a cell per month and stream, symbols where colour must not be alone."""

from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

import pytest

from dashboard.figures.ribbon import data_uri, ribbon_svg

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
LABELS = {"case": "零案件", "accident": "<零事故>"}


def drawn(rows: dict[str, list[str]]) -> ET.Element:
    return ET.fromstring(ribbon_svg(MONTHS, rows, labels=LABELS))  # noqa: S314  our own text


def texts(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def test_every_month_of_every_stream_has_one_cell() -> None:
    svg = drawn({"case": ["broken"] * 12, "accident": ["zero_verified"] * 12})
    cells = svg.findall(f"{SVG}rect")
    assert len(cells) == 24
    assert len({(rect.get("x"), rect.get("y")) for rect in cells}) == 24


def test_cells_stay_within_the_picture() -> None:
    svg = drawn({"case": ["broken"] * 12, "accident": ["broken"] * 12})
    _, _, width, height = map(float, str(svg.get("viewBox")).split())
    for rect in svg.findall(f"{SVG}rect"):
        assert float(rect.get("x") or 0) + float(rect.get("width") or 0) <= width
        assert float(rect.get("y") or 0) + float(rect.get("height") or 0) <= height


@pytest.mark.parametrize(("status", "symbol"), [("broken", "✕"), ("pending_review", "?")])
def test_a_month_that_is_not_zero_carries_its_symbol(status: str, symbol: str) -> None:
    assert symbol in texts(drawn({"case": [status] + ["zero_verified"] * 11}))


def test_a_month_not_assessed_is_hatched_and_not_coloured() -> None:
    svg = drawn({"case": ["not_assessed"] * 12})
    assert {rect.get("fill") for rect in svg.findall(f"{SVG}rect")} == {"url(#h)"}


def test_names_cannot_break_the_picture() -> None:
    assert "<零事故>" in texts(drawn({"accident": ["broken"] * 12}))


def test_the_picture_travels_inside_the_page() -> None:
    uri = data_uri("<svg/>")
    assert base64.b64decode(uri.removeprefix("data:image/svg+xml;base64,")) == b"<svg/>"
