"""The Situation page in a real browser, on the made-up county, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.factory import create_app
from dashboard.services.composition import Services
from dashboard.wiring import LEAFLET
from geo.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

UNTIL = date(2026, 6, 30)
NOON = datetime(2026, 6, 30, 4, tzinfo=UTC)
DESK = {"width": 1366, "height": 768}
MAP = "situation-map"
DRAWN = {"areas": "areas-fill", "cameras": "overlay-cameras-0", "incidents": "overlay-incidents-0"}

COUNT_DRAWN = """layer => {
    const m = window.__mapview["situation-map"];
    return m.getLayer(layer) ? m.queryRenderedFeatures({ layers: [layer] }).length : 0; }"""

FREE_VILLAGE = """() => {
    const m = window.__mapview["situation-map"], box = m.getCanvas().getBoundingClientRect();
    const asked = /^overlay-(incidents|cameras|units|hotspots)/;
    const layers = m.getStyle().layers.map(l => l.id).filter(id => asked.test(id));
    for (const f of m.querySourceFeatures("areas-names")) {
        const p = m.project(f.geometry.coordinates);
        const inside = p.x > 320 && p.x < box.width - 60 && p.y > 80 && p.y < box.height - 200;
        const round = [[p.x - 6, p.y - 6], [p.x + 6, p.y + 6]];
        if (inside && !m.queryRenderedFeatures(round, { layers }).length)
            return [box.left + p.x, box.top + p.y, f.properties.code]; } }"""


@pytest.fixture(scope="module")
def county(demo_db: str) -> Services:
    store = Store.open(demo_db)
    return Services.over(store, clock=lambda: NOON, leaflet=LEAFLET)


@pytest.fixture
def open_page(
    county: Services,
    serve: Callable[..., str],
    watch: Callable[..., Page],
    browser: Browser,
    map_ready: Callable[..., None],
) -> Callable[..., Page]:
    """Open the page in a language and wait until the map is drawn."""

    def start(lang: str = "zh", *, with_browser: Browser | None = None) -> Page:
        address = serve(create_app(county))
        page = watch(with_browser or browser, viewport=DESK)
        page.context.add_cookies([{"name": "sanling-language", "value": lang, "url": address}])
        page.goto(address)
        page.wait_for_selector(".hotspot-row")
        map_ready(page, MAP)
        return page

    return start


def state(page: Page, what: str) -> Any:
    return page.evaluate(f"() => window.__mapview['{MAP}'].{what}")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_stranger_finds_hotspot_plan_village_and_months(
    open_page: Callable[..., Page], map_ready: Callable[..., None], lang: str
) -> None:
    page = open_page(lang)
    sees_everything_at_once(page)
    reads_a_hotspot_and_plans_tonight(page)
    page.click("#situation-patrol .back")
    sees_the_whole_map_again(page, map_ready)
    reads_a_village(page)
    plays_the_months(page)


def sees_everything_at_once(page: Page) -> None:
    drawn = {name: page.evaluate(COUNT_DRAWN, layer) for name, layer in DRAWN.items()}
    assert all(drawn.values()), drawn
    assert page.locator(".hotspot-row").count() >= 5


def reads_a_hotspot_and_plans_tonight(page: Page) -> None:
    page.locator(".hotspot-row").first.click()
    page.wait_for_selector("#situation-why")
    assert page.inner_text("#situation-why")
    assert page.inner_text("#situation-when")
    page.click("#situation-card .mantine-Button-root")
    page.wait_for_selector(".stops tbody tr")
    with page.expect_download() as coming:
        page.click("#situation-gpx")
    assert "<gpx" in coming.value.path().read_text("utf-8")


def sees_the_whole_map_again(page: Page, map_ready: Callable[..., None]) -> None:
    zoom = state(page, "getZoom()")
    page.click("#situation-whole")
    page.wait_for_function(f"zoom => window.__mapview['{MAP}'].getZoom() !== zoom", arg=zoom)
    page.wait_for_function(f"() => !window.__mapview['{MAP}'].isMoving()")
    map_ready(page, MAP)


def reads_a_village(page: Page) -> None:
    x, y, code = page.evaluate(FREE_VILLAGE)
    page.mouse.click(x, y)
    page.wait_for_selector("#situation-ribbon")
    assert page.locator(".zero-row .mark").count() == 3
    assert code in page.inner_text(".card-head")


def plays_the_months(page: Page) -> None:
    now = page.inner_text("#situation-month-label")
    page.click("#situation-month-play")
    page.wait_for_function(
        "now => document.querySelector('#situation-month-label').innerText !== now", arg=now
    )
    page.click("#situation-month-now")
    page.wait_for_function(
        "now => document.querySelector('#situation-month-label').innerText === now", arg=now
    )


def test_a_filter_moves_the_counts_and_keeps_the_zoom(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.evaluate(f"() => window.__mapview['{MAP}'].jumpTo({{ zoom: 10 }})")
    counts, zoom = page.inner_text("#situation-counts"), state(page, "getZoom()")
    page.click("#situation-stream label:has-text('事故')")
    page.wait_for_function(
        "before => document.querySelector('#situation-counts').innerText !== before", arg=counts
    )
    assert state(page, "getZoom()") == pytest.approx(zoom)


def test_a_row_of_the_table_leads_the_map_to_its_area(open_page: Callable[..., Page]) -> None:
    page = open_page()
    zoom = state(page, "getZoom()")
    page.click("#situation-table-toggle")
    page.locator("#situation-table .ag-center-cols-container .ag-row").nth(2).click()
    page.wait_for_selector("#situation-ribbon")
    page.wait_for_function(f"zoom => window.__mapview['{MAP}'].getZoom() > zoom + 1", arg=zoom)


def test_without_webgl_the_same_layers_are_drawn(
    open_page: Callable[..., Page], launch: Callable[..., Browser]
) -> None:
    plain = launch("--disable-3d-apis")
    try:
        page = open_page(with_browser=plain)
        assert page.locator(".leaflet-container").count() == 1
        page.wait_for_function(
            "() => document.querySelectorAll('.leaflet-marker-icon').length >= 5"
        )
        page.context.close()
    finally:
        plain.close()
