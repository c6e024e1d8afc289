"""The Zero status page in a real browser, on the made-up county."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from dashboard.factory import create_app
from dashboard.settings import Settings
from dashboard.wiring import build_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from dashboard.services.composition import Services

DESK = {"width": 1366, "height": 768}

CUT_OFF = """() => [...document.querySelectorAll(`.zero-bar > *, .rate-matrix th, .rate-figure,
    .rate-matrix td, .zero-caption > *, .ag-header-cell-text`)]
    .filter(part => part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1)
    .map(part => part.textContent)"""

IN_ORDER = """cells => cells
    .map(cell => [Number(cell.closest(".ag-row").getAttribute("row-index")), cell.textContent])
    .sort((one, other) => one[0] - other[0]).map(pair => pair[1])"""


@pytest.fixture(scope="module")
def county(demo_db: str) -> Services:
    return build_services(Settings(db=demo_db))


@pytest.fixture
def open_zero(
    county: Services, serve: Callable[..., str], watch: Callable[..., Page], browser: Browser
) -> Callable[..., Page]:
    """Open the page in a language and wait for its rates and rows."""

    def start(lang: str, asked: str = "") -> Page:
        address = serve(create_app(county))
        page = watch(browser, viewport=DESK)
        page.context.add_cookies([{"name": "sanling-language", "value": lang, "url": address}])
        page.goto(f"{address}/zero{asked}")
        page.wait_for_selector(".rate-matrix")
        page.wait_for_selector(".ag-row")
        return page

    return start


def cells(page: Page, column: str) -> list[str]:
    """Read a column from the top; the grid draws only the rows in sight."""
    rows = page.locator(f".ag-center-cols-container .ag-cell[col-id={column}]")
    texts: list[str] = rows.evaluate_all(IN_ORDER)
    return texts


def shown(page: Page, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('#zero-shown').textContent === text", arg=text
    )


def test_the_areas_come_in_code_order_and_nothing_is_cut_off(
    open_zero: Callable[..., Page],
) -> None:
    page = open_zero("zh")
    shown(page, "显示 288 / 288")
    codes = cells(page, "code")
    assert len(codes) > 5
    assert codes == sorted(codes)
    assert page.evaluate(CUT_OFF) == []
    figures = page.locator(".rate-figure").all_inner_texts()
    assert len(figures) == 16
    assert all(re.search(r"\d+\.\d\d %\s*\(\d+/\d+\)", figure) for figure in figures)
    assert "shanxi-2020" in page.inner_text("#zero-caption")


def test_every_subject_is_listed_sorted_narrowed_and_found_without_the_server(
    open_zero: Callable[..., Page],
) -> None:
    page = open_zero("en", "?by=subject&window=year")
    shown(page, "4,707 of 4,707 shown")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.method == "POST" else None)

    page.click(".ag-header-cell[col-id=streak_case]")
    page.wait_for_selector(".ag-header-cell[col-id=streak_case][aria-sort=ascending]")
    days = [int(re.sub(r"\D", "", text) or -1) for text in cells(page, "streak_case")]
    assert days == sorted(days)

    page.click(".ag-header-cell[col-id=case]")
    page.wait_for_selector(".ag-header-cell[col-id=case][aria-sort=ascending]")
    assert {text[0] for text in cells(page, "case")} == {"✕"}

    page.click("#zero-class")
    page.click("[role=option]:has-text('Enterprises')")
    shown(page, "4,115 of 4,707 shown")
    page.fill("#zero-search", "no such place")
    shown(page, "0 of 4,707 shown")
    page.wait_for_selector("text=No row fits")
    page.fill("#zero-search", "")
    shown(page, "4,115 of 4,707 shown")
    assert asked == []


def test_another_window_moves_rates_table_and_files(open_zero: Callable[..., Page]) -> None:
    page = open_zero("en")
    before = page.inner_text(".zero-rates")
    page.click("#zero-window >> text=This year")
    page.wait_for_function(
        "text => document.querySelector('.zero-rates').innerText !== text", arg=before
    )
    page.wait_for_selector("#zero-csv[href$='window=year']")
    with page.expect_download() as given:
        page.click("#zero-csv")
    assert given.value.suggested_filename == "zero_status_2026.csv"


def test_the_keyboard_reaches_the_files_and_the_table(open_zero: Callable[..., Page]) -> None:
    page = open_zero("zh")
    page.focus("#zero-search")
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.role"))
    assert reached == ["zero-csv", "zero-xlsx", "columnheader"]
