"""The views of the Zero status page in a real browser: months, changes, reports, assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dashboard.factory import create_app
from dashboard.settings import Settings
from dashboard.wiring import build_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from dashboard.services.composition import Services

WALL = {"width": 1920, "height": 1080}
FRAME_MS = 16.0
"""Milliseconds of JavaScript a frame may cost, so that sixty fit into a second."""
FRAMES = 40

SCROLLED = """async ([frames, step]) => {
    const box = document.getElementById("zero-ribbon"), took = [];
    for (let frame = 0; frame < frames; frame++) {
        box.scrollTop = frame * step;
        box.dispatchEvent(new MouseEvent("mousemove", { clientX: 500 + frame * 9, clientY: 400 }));
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        took.push(window.__zeroRibbon.tookMs);
    }
    return took.sort((one, other) => one - other);
}"""


@pytest.fixture(scope="module")
def county(demo_db: str) -> Services:
    return build_services(Settings(db=demo_db))


@pytest.fixture
def open_view(
    county: Services, serve: Callable[..., str], watch: Callable[..., Page], browser: Browser
) -> Callable[..., Page]:
    def start(lang: str, asked: str, wait: str) -> Page:
        address = serve(create_app(county))
        page = watch(browser, viewport=WALL)
        page.context.add_cookies([{"name": "sanling-language", "value": lang, "url": address}])
        page.goto(f"{address}/zero{asked}")
        page.wait_for_selector(wait)
        return page

    return start


def test_may_as_known_then_stands_beside_may_as_known_today(open_view: Callable[..., Page]) -> None:
    page = open_view("zh", "?view=restated&as_of=2026-05-31", ".restated-sentence")
    page.wait_for_selector("#zero-restated-table .ag-row")
    assert "2026-05 有" in page.inner_text(".restated-sentence")
    assert page.locator(".two-rates tbody tr").count() == 8
    assert page.locator(".two-rates .is-moved").count() >= 2
    assert page.locator(".county-picture").count() == 1
    assert "as_of=2026-05-31" in page.url
    page.click("#zero-today")
    page.wait_for_function("() => !location.search.includes('as_of')")
    page.wait_for_function(
        "() => document.querySelector('.restated-sentence').textContent.includes('无重述')"
    )


def test_the_months_of_all_areas_scroll_at_sixty_frames_and_answer_to_the_keyboard(
    open_view: Callable[..., Page],
) -> None:
    page = open_view("zh", "?view=ribbon", "#zero-ribbon-canvas")
    page.wait_for_function("() => window.__zeroRibbon.tookMs !== undefined")
    page.focus("#zero-ribbon")
    page.keyboard.press("ArrowDown")
    told = page.inner_text("#zero-ribbon-told")
    assert "2026-06" in told
    page.keyboard.press("ArrowLeft")
    assert "2026-05" in page.inner_text("#zero-ribbon-told")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ribbon-card h2")
    assert page.inner_text(".ribbon-card h2") in told
    took: list[float] = page.evaluate(SCROLLED, [FRAMES, 120])
    assert took[int(0.9 * FRAMES)] <= FRAME_MS, took


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_reports_and_assessment_fit_their_place(open_view: Callable[..., Page], lang: str) -> None:
    page = open_view(lang, "?view=complete", ".report-bar")
    assert page.locator(".complete-block").count() == 3
    page.click("#zero-view >> nth=0 >> label >> nth=4")
    page.wait_for_selector(".funnel-picture")
    assert page.locator(".assess-table tbody tr").count() == 7
    wide: list[Any] = page.evaluate(
        """() => [...document.querySelectorAll(".plain-table td, .filter-bar > *")]
            .filter(part => part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1)
            .map(part => part.textContent)"""
    )
    assert wide == []


def test_whom_to_call_is_read_without_scrolling_aside(open_view: Callable[..., Page]) -> None:
    page = open_view("en", "?view=complete", ".report-bar")
    right: float = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.plain-table')]"
        ".map(table => table.getBoundingClientRect().right))"
    )
    assert right <= WALL["width"]
