"""The wall in a real browser: it fills, it turns, it lives, and it says when the server is lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from dashboard.factory import create_app
from dashboard.services.composition import Services
from dashboard.wiring import LEAFLET
from geo.demo.live import live_events
from geo.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

TOPICS = ["Zero cases", "Zero accidents", "Zero petitions open late"]
WALL = {"width": 1920, "height": 1080}
NOON = datetime(2026, 6, 30, 4, tzinfo=UTC)
SEED = 20200818
LOST = ("net::", "fetch")


@pytest.fixture
def services(demo_copy: str) -> Services:
    return Services.over(Store.open(demo_copy), clock=lambda: NOON, leaflet=LEAFLET)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_wall_fills_and_changes_while_events_come_in(
    services: Services,
    lang: str,
    serve: Callable[..., str],
    watch: Callable[..., Page],
    browser: Browser,
) -> None:
    page = watch(browser, viewport=WALL)
    page.goto(f"{serve(create_app(services))}/wall?lang={lang}")
    page.wait_for_selector("#wall-hotspots li", timeout=90_000)
    assert page.locator("#wall-rates .rate").count() == 3
    assert page.locator("#wall-hotspots li").count() == 10
    page.wait_for_function("() => window.__mapview['wall-map'].__drawn > 0", timeout=90_000)

    before = page.inner_text("#wall-events")
    steps = live_events(services.world.store, seed=SEED, now=lambda: NOON)
    for _ in range(3):
        next(steps)
    page.wait_for_function(
        "told => document.querySelector('#wall-events').innerText !== told",
        arg=before,
        timeout=60_000,
    )


def test_an_arrow_turns_the_topic_and_with_it_every_panel(
    services: Services, serve: Callable[..., str], watch: Callable[..., Page], browser: Browser
) -> None:
    page = watch(browser, viewport=WALL)
    page.goto(f"{serve(create_app(services))}/wall?lang=en")
    page.wait_for_selector("#wall-topics .is-on", timeout=90_000)
    # Stopped, so that the topics do not turn by themselves on a slow machine.
    page.keyboard.press(" ")
    shown = page.inner_text("#wall-topics .is-on")
    later = TOPICS[(TOPICS.index(shown) + 1) % len(TOPICS)]
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "later => document.querySelector('#wall-topics .is-on').innerText === later",
        arg=later,
        timeout=60_000,
    )
    assert later.split()[1] in page.inner_text("#wall-rates .is-on h2")
    assert later in str(page.get_attribute("#wall-ribbon img", "alt"))


def test_a_lost_server_is_said_and_the_wall_heals(
    services: Services, watch: Callable[..., Page], browser: Browser
) -> None:
    app = create_app(services)
    server = _served(app.server, 0)
    port = server.server_port
    page = watch(browser, viewport=WALL, tolerated=LOST)
    page.goto(f"http://127.0.0.1:{port}/wall?lang=en")
    page.wait_for_selector("#wall-hotspots li", timeout=90_000)
    server.shutdown()
    server.server_close()
    page.wait_for_selector("#wall-lost:not([hidden])", timeout=60_000)
    assert "lost" in page.inner_text("#wall-lost")
    again = _served(app.server, port)
    page.wait_for_selector("#wall-lost", state="hidden", timeout=60_000)
    again.shutdown()


def _served(app: object, port: int):  # type: ignore[no-untyped-def]  # werkzeug's server has no public type
    server = make_server("127.0.0.1", port, app, threaded=True)  # type: ignore[arg-type]  # a WSGI app
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
