"""Hazards and Mediation in a real browser, on the made-up county."""

from __future__ import annotations

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
FIRST = ".ag-center-cols-container .ag-row[row-index='0'] .ag-cell[col-id='{}']"
CUT_OFF = """() => [...document.querySelectorAll(`.work-figures dt, .work-figures dd,
    .ag-header-cell-text, .work-caption > *`)]
    .filter(part => part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1)
    .map(part => part.textContent)"""


@pytest.fixture(scope="module")
def county(demo_db: str) -> Services:
    return build_services(Settings(db=demo_db))


@pytest.fixture
def opened(
    county: Services, serve: Callable[..., str], watch: Callable[..., Page], browser: Browser
) -> Callable[[str], Page]:
    def start(path: str) -> Page:
        address = serve(create_app(county))
        page = watch(browser, viewport=DESK)
        page.context.add_cookies([{"name": "sanling-language", "value": "zh", "url": address}])
        page.goto(f"{address}{path}")
        page.wait_for_selector(".ag-row")
        box = page.locator(".ag-root-wrapper").first.bounding_box()
        assert box is not None
        assert box["height"] > 400
        return page

    return start


def shown(page: Page, name: str, text: str) -> None:
    page.wait_for_function(
        "([id, text]) => document.querySelector(id).textContent === text",
        arg=[f"#{name}-count", text],
    )


def test_a_hazard_is_found_in_the_list_and_its_history_read(opened: Callable[[str], Page]) -> None:
    page = opened("/hazards")
    shown(page, "hazards", "显示 21 / 21")
    assert page.evaluate(CUT_OFF) == []
    assert "99.34 %" in page.inner_text("#hazards-figures")
    assert page.inner_text(FIRST.format("state_label")) == "逾期"
    key = page.inner_text(FIRST.format("hazard_id"))

    page.click(FIRST.format("hazard_id"))
    page.wait_for_selector(f".work-history h2:has-text('{key}')")
    page.keyboard.press("Escape")
    page.wait_for_selector(".work-history", state="hidden")
    page.click(FIRST.format("place"))
    page.wait_for_selector(".work-history h2")
    page.keyboard.press("Escape")
    page.wait_for_selector(".work-history", state="hidden")

    page.fill("#hazards-search", "无此单位")
    shown(page, "hazards", "显示 0 / 21")
    page.fill("#hazards-search", "")
    page.click("#hazards-which >> text=全部")
    shown(page, "hazards", "显示 3,186 / 3,186")
    with page.expect_download() as given:
        page.click("#hazards-csv")
    assert given.value.suggested_filename == "hazards_2026-06-30.csv"


def test_a_petition_is_led_on_as_service_without_map_or_patrol(
    opened: Callable[[str], Page],
) -> None:
    page = opened("/mediation")
    assert page.evaluate(CUT_OFF) == []
    assert page.inner_text(FIRST.format("state_label")) == "逾期"
    assert "没有地图，也没有巡逻按钮" in page.inner_text(".work-caption")
    assert page.locator(".mapview, canvas.maplibregl-canvas").count() == 0
    assert page.locator("button:has-text('巡逻'), a:has-text('巡逻')").count() == 0

    page.click(FIRST.format("matter"))
    page.wait_for_selector(".work-history >> text=采用本项目默认步骤")
    page.keyboard.press("Escape")
    page.wait_for_selector(".work-history", state="hidden")
    page.click("[role=tab] >> text=按区域和月份")
    page.wait_for_selector("#mediation-sums td")
    page.click("[role=tab] >> text=须上级解决")
    page.wait_for_selector("#mediation-left-out td")
    assert "staff-" not in page.inner_text("#mediation-left-out")
