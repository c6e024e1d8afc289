"""The page Data in a real browser: from a Chinese spreadsheet export to facts, and back."""

from __future__ import annotations

import base64
import threading
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from dashboard.factory import create_app
from dashboard.settings import Settings
from dashboard.wiring import build_services, build_worker, utc_now
from geo.store import Store
from geo.vocabulary import Entity
from tests.geo.conftest import points_in, villages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from dashboard.services.composition import Services

DROP = """([name, body]) => {
    const bytes = Uint8Array.from(atob(body), sign => sign.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name));
    document.querySelector("#data-drop").dispatchEvent(
        new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def messy_export() -> bytes:
    """Give 40 cases as another system writes them: GBK, its own headers, words and dates."""
    at = pd.date_range("2026-03-01 08:00", periods=40, freq="h").strftime("%d/%m/%Y %H:%M")
    points = points_in(villages(), 40)
    table = pd.DataFrame(
        {"警情号": [f"J{n}" for n in range(40)], "性质": "盗窃", "何时": at, "报警人": "张三",
         "X": points["lon"], "Y": points["lat"], "结论": ["属实", "假警"] * 20}
    )  # fmt: skip
    table.loc[3, "何时"] = "不详"
    return table.to_csv(index=False).encode("gbk")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    db = f"sqlite:///{tmp_path}/county.db"
    with Store.open(db) as store, store.batch(
        Entity.AREA, source="t", content_hash="0", recipe=None, actor="t", recorded_at=utc_now()
    ) as batch:  # fmt: skip
        batch.append(Entity.AREA, villages())
        batch.set_meta(metric_crs="EPSG:4547")
    return Settings(db=db, staging=str(tmp_path / "staging"), recipes=str(tmp_path / "recipes"))


@pytest.fixture
def worker(settings: Settings) -> Iterator[None]:
    """Do what is queued, as the process beside the server does."""
    stop = threading.Event()
    working, _ = build_worker(settings, stop)

    def work() -> None:
        while not stop.wait(0.1):
            working.run_next()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(10)


def pick(page: Page, control: str, option: str) -> None:
    page.click(control)
    page.click(f"[role=option]:visible:has(:text-is('{option}'))")


def by_field(kind: str, name: str) -> str:
    return f"input[id*='\"{kind}\"'][id*='\"{name}\"']"


@pytest.fixture
def services(settings: Settings) -> Services:
    return build_services(settings)


@pytest.mark.usefixtures("worker")
def test_a_messy_export_is_matched_checked_imported_and_taken_back(
    services: Services, serve: Callable[..., str], watch: Callable[..., Page], browser: Browser
) -> None:
    page = watch(browser)
    page.goto(f"{serve(create_app(services))}/data")
    drop_and_refuse(page)
    assert services.world.store.watermark == len(villages())
    match_by_hand(page)
    import_and_look(page)
    reviews = services.world.snapshot().cases["review"].value_counts().to_dict()
    assert reviews == {"confirmed": 20, "rejected": 19}
    take_back(page)
    assert services.world.snapshot().cases.empty


def drop_and_refuse(page: Page) -> None:
    page.wait_for_selector("#data-drop")
    assert page.is_disabled("#data-check")
    page.evaluate(DROP, ["三月.csv", base64.b64encode(messy_export()).decode()])
    page.wait_for_selector(".file-shown b:text-is('三月.csv')")
    pick(page, "#data-entity", "案件 · Cases")
    pick(page, "#data-crs", "WGS84（GPS）")
    page.click("#data-check")
    page.wait_for_selector(".verdict-line.is-bad")
    assert "F02" in page.inner_text(".verdict-sentence")


def match_by_hand(page: Page) -> None:
    pick(page, "#data-recipe", "手工对应列…")
    page.click("#data-check")
    page.wait_for_selector("#data-map-save")
    columns = {"incident_id": "警情号", "category": "性质", "occurred_from": "何时"}
    for field, column in {**columns, "lon": "X", "lat": "Y", "review": "结论"}.items():
        pick(page, by_field("data-map", field), column)
    for word, choice in {"属实": "已确认", "假警": "已驳回"}.items():
        pick(page, by_field("data-value", word), choice)
    page.fill("#data-date-format", "%d/%m/%Y %H:%M")
    page.fill("#data-recipe-name", "县局警情")
    page.click("#data-map-save")
    page.wait_for_selector("#data-confirm:text-is('确认导入 39 行')")
    assert page.input_value("#data-recipe") == "县局警情"
    assert "张三" not in page.inner_text("#data-result")


def import_and_look(page: Page) -> None:
    page.click("#data-confirm")
    page.wait_for_selector("a[href$='quarantine.csv']")
    assert "已导入，隔离 1 行" in page.inner_text("#data-result")
    with page.expect_download() as given:
        page.click("a[href$='quarantine.csv']")
    aside = pd.read_csv(given.value.path())
    assert aside["code"].tolist() == ["Q04"]
    assert "张三" not in given.value.path().read_text("utf-8")


def take_back(page: Page) -> None:
    page.wait_for_selector("#data-lists td:text-is('三月.csv · 县局警情')")
    page.click("tr:has-text('三月.csv') .link[id*='data-undo']")
    page.wait_for_selector("#data-undo-text:has-text('39 条记录')")
    page.click("#data-undo-yes")
    page.wait_for_selector(".verdict-line:has-text('批次 2 已撤销')")
