"""Browser tests: Playwright with the distribution's Chromium, on a loopback server.

`CHROMIUM` names the browser (default: found on PATH); `PW_SHOTS` a folder for the pictures of
failed tests. Without Playwright or a browser the tests here are skipped.
"""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dash import Dash
    from playwright.sync_api import Browser, Page, Playwright, Route

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # containers run as root
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",  # WebGL2 without a graphics card
    "--enable-unsafe-swiftshader",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)
HERE = ("http://127.0.0.1:", "data:", "blob:", "about:", "file:")
PATIENCE_MS = 60_000


def chromium() -> str | None:
    """Find the browser."""
    found = (shutil.which(name) for name in NAMES)
    return os.environ.get("CHROMIUM") or next((path for path in found if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def launch(playwright: Playwright) -> Callable[..., Browser]:
    """Start a browser, with more flags if asked; the caller closes it."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine; set CHROMIUM")

    def start(*flags: str) -> Browser:
        return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])

    return start


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    started = launch()
    yield started
    started.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Dash], str]]:
    """Serve an app on a free loopback port and give its address."""
    running = []

    def start(app: Dash) -> str:
        server = make_server("127.0.0.1", 0, app.server, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join(5)
        server.server_close()


class Watched:
    """A page that lets nothing leave loopback and remembers what went wrong."""

    def __init__(self, browser: Browser, *, tolerated: tuple[str, ...], **options: Any) -> None:
        settings: dict[str, Any] = {
            "viewport": {"width": 1600, "height": 900},
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
        }
        self.context = browser.new_context(**settings | options)
        self.leaks: list[str] = []
        self.errors: list[str] = []
        self.context.route("**/*", self._gate)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.tolerated = tolerated
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on(
            "console", lambda line: self._note(line.text) if line.type == "error" else None
        )

    def _note(self, error: str) -> None:
        if not any(words in error for words in self.tolerated):
            self.errors.append(error)

    def _gate(self, route: Route) -> None:
        if route.request.url.startswith(HERE):
            route.continue_()
        else:
            self.leaks.append(route.request.url)
            route.abort()

    def close(self) -> None:
        self.context.close()
        assert not self.leaks, f"requests left this machine: {self.leaks}"
        assert not self.errors, f"the page complained: {self.errors}"


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open watched pages: `watch(browser, **context_options) -> page`.

    `tolerated` are words of errors a test brings about on purpose.
    """
    opened: list[Watched] = []

    def start(browser: Browser, *, tolerated: tuple[str, ...] = (), **options: Any) -> Page:
        opened.append(Watched(browser, tolerated=tolerated, **options))
        return opened[-1].page

    yield start
    if getattr(request.node, "failed", False):
        _keep_pictures(opened, request.node.name)
    for watched in opened:
        watched.close()


@pytest.fixture
def page(browser: Browser, watch: Callable[..., Page]) -> Page:
    """Open one watched page in the shared browser."""
    return watch(browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]  # read by `watch` above
    return report


@pytest.fixture
def dash_ready() -> Callable[[Page], None]:
    """Wait until Dash has rendered and no callback is under way."""

    def wait(page: Page) -> None:
        page.wait_for_selector("#react-entry-point > *")
        page.wait_for_function(
            "() => !document.querySelector('[data-dash-is-loading=true], ._dash-loading-callback')"
        )

    return wait


@pytest.fixture
def map_ready() -> Callable[..., None]:
    """Wait until the map has drawn all it has to draw."""

    def wait(page: Page, map_id: str = "map") -> None:
        page.wait_for_function(
            "id => { const m = (window.__mapview || {})[id];"
            " return m && m.__drawn && m.loaded() && m.areTilesLoaded(); }",
            arg=map_id,
        )

    return wait


def _keep_pictures(opened: list[Watched], name: str) -> None:
    folder = os.environ.get("PW_SHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for number, watched in enumerate(opened):
        watched.page.screenshot(path=Path(folder) / f"{name}-{number}.png")
