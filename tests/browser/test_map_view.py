"""The map in a real browser: painted, clicked, played, and drawn without WebGL."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from dash import Dash, Input, Output, dcc, html
from flask import Response

from dashboard.map_view import map_panel
from dashboard.map_view.vendor_files import has_vendor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, FloatRect, Page

COLUMNS, ROWS = 6, 4
N = COLUMNS * ROWS
WEST, SOUTH, SIDE = 113.0, 38.0, 0.1
ZERO, BROKEN, UNKNOWN = "#1c6b6d", "#e0843d", "#5b6b7a"
RAMP = [
    {"value": 0, "color": ZERO, "pattern": "", "label": "零"},
    {"value": 1, "color": BROKEN, "pattern": "", "label": "破零"},
    {"value": 2, "color": UNKNOWN, "pattern": "hatch", "label": "未评定"},
]
GROUND = "#0b1826"
SLOW_S = 4.0
SMALL = {"width": 1000, "height": 600}
"""Pixels; drawn in software, a small window saves most of the time."""
FILL = 0.88
CLEAR = 90.0
"""Red, green and blue together: a difference that no blurring of an edge makes."""

needs_packages = pytest.mark.skipif(
    not has_vendor(), reason="map packages missing: run python -m dashboard.map_view.vendoring"
)


def corner(number: int) -> tuple[float, float]:
    return WEST + SIDE * (number % COLUMNS), SOUTH + SIDE * (number // COLUMNS)


def middle(number: int) -> list[float]:
    west, south = corner(number)
    return [west + SIDE / 2, south + 0.3 * SIDE]  # below the name


def square(number: int, side: float = SIDE) -> dict[str, Any]:
    west, south = corner(number)
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(*features: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    rows = [
        {"type": "Feature", "id": i, "geometry": shape, "properties": told}
        for i, (shape, told) in enumerate(features)
    ]
    return {"type": "FeatureCollection", "features": rows}


def point(number: int) -> dict[str, Any]:
    return {"type": "Point", "coordinates": middle(number)}


def area(number: int) -> dict[str, Any]:
    return {"code": f"A{number}", "name": f"柳河{number}村", "name_en": f"Liuhe {number}"}


DATA = {
    "areas": collection(*((square(i), area(i)) for i in range(N))),
    "incidents": collection(*((point(i), {"id": f"I{i}", "stream": "case"}) for i in range(5))),
    "cameras": collection((point(20), {"id": "C1", "tip": "路口摄像头"})),
    "hotspots": collection((square(9, SIDE / 2), {"id": "H1", "rank": 1, "tip": "热点 1"})),
}
SERIES = np.stack([np.full(N, month % 2, dtype=np.uint8) for month in range(4)])


def encoded(values: Any) -> str:
    return base64.b64encode(np.asarray(values, dtype=np.uint8).tobytes()).decode()


def overlay(name: str, kind: str, *, visible: bool = True) -> dict[str, Any]:
    return {"id": name, "kind": kind, "url": f"/data/{name}", "visible": visible}


OVERLAYS = [
    overlay("incidents", "circle"),
    overlay("cameras", "dot"),
    overlay("hotspots", "hotspot"),
]


def make_app(**props: Any) -> Dash:
    """Make a page with one map; what the map reports stands as JSON below it."""
    app = Dash(__name__)
    app.server.add_url_rule("/data/<name>", "data", lambda name: _json(DATA[name]))
    app.server.add_url_rule("/slow", "slow", slow_hotspots)
    app.server.add_url_rule("/series", "series", lambda: Response(SERIES.tobytes()))
    given = {"areas": {"url": "/data/areas", "attribution": "示例"}, "ramp": RAMP} | props
    reports = ("clickData", "viewport", "webgl", "frame", "playing")
    app.layout = html.Div(
        [
            html.Div(map_panel("map", **given, style={"height": "460px"})),
            *(html.Pre(id=f"told-{name}") for name in reports),
            dcc.Store(id="unused"),
        ]
    )
    for name in reports:
        app.callback(Output(f"told-{name}", "children"), Input("map", name))(json.dumps)
    return app


def slow_hotspots() -> Response:
    time.sleep(SLOW_S)
    return _json(DATA["hotspots"])


def _json(data: dict[str, Any]) -> Response:
    return Response(json.dumps(data), mimetype="application/geo+json")


def give(page: Page, **props: Any) -> None:
    """Change props as a callback would, and wait until the map has drawn them."""
    drawn = page.evaluate("() => window.__mapview.map.__drawn")
    page.evaluate("props => dash_clientside.set_props('map', props)", props)
    page.wait_for_function(
        "n => { const m = window.__mapview.map;"
        " return m.__drawn > n && m.loaded() && m.areTilesLoaded(); }",
        arg=drawn,
    )
    page.wait_for_timeout(100)  # one more frame on the screen


def told(page: Page, name: str) -> Any:
    return json.loads(page.text_content(f"#told-{name}") or "null")


def wait_told(page: Page, name: str, value: str) -> None:
    page.wait_for_function(
        "([id, value]) => document.getElementById(id)?.textContent === value",
        arg=[f"told-{name}", value],
    )


def wait_click(page: Page, layer: str) -> None:
    page.wait_for_function(
        "word => document.getElementById('told-clickData')?.textContent.includes(word)",
        arg=f'"{layer}"',
    )


def on_screen(page: Page, lng_lat: list[float]) -> tuple[float, float]:
    x, y = page.evaluate(
        """([lng, lat]) => {
          const m = window.__mapview.map, box = m.getContainer().getBoundingClientRect();
          const leaflet = m.engine === 'leaflet';
          const p = leaflet ? m.latLngToContainerPoint([lat, lng]) : m.project([lng, lat]);
          return [box.x + p.x, box.y + p.y];
        }""",
        lng_lat,
    )
    return x, y


def colours_at(page: Page, lng_lat: list[float], side: int = 1) -> Any:
    """Give the (side, side, 3) pixels around a place, as they are on the screen."""
    x, y = on_screen(page, lng_lat)
    clip: FloatRect = {"x": x - side // 2, "y": y - side // 2, "width": side, "height": side}
    png = base64.b64encode(page.screenshot(clip=clip)).decode()
    flat = page.evaluate(
        """async png => {
          const data = await fetch('data:image/png;base64,' + png);
          const image = await createImageBitmap(await data.blob());
          const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
          pen.drawImage(image, 0, 0);
          return [...pen.getImageData(0, 0, image.width, image.height).data];
        }""",
        png,
    )
    return np.array(flat).reshape(side, side, 4)[..., :3]


def rgb(colour: str) -> Any:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def assert_painted(page: Page, number: int, colour: str) -> None:
    seen = colours_at(page, middle(number))[0, 0]
    expected = FILL * rgb(colour) + (1 - FILL) * rgb(GROUND)
    assert np.abs(seen - expected).max() <= 4, f"area {number}: {seen}, expected {expected}"


@pytest.fixture
def page(browser: Browser, watch: Callable[..., Page]) -> Page:
    return watch(browser, viewport=SMALL)


@pytest.fixture
def open_map(
    serve: Callable[[Dash], str],
    page: Page,
    dash_ready: Callable[..., None],
    map_ready: Callable[..., None],
) -> Callable[..., Page]:
    def start(on: Page | None = None, **props: Any) -> Page:
        shown = on or page
        shown.goto(serve(make_app(**props)))
        dash_ready(shown)
        map_ready(shown)
        wait_told(shown, "webgl", "false" if on else "true")
        return shown

    return start


@needs_packages
def test_every_area_has_the_colour_of_its_value(open_map: Callable[..., Page]) -> None:
    page = open_map(values=encoded([i % 2 for i in range(N)]))
    assert_painted(page, 0, ZERO)
    assert_painted(page, 1, BROKEN)


@needs_packages
def test_what_is_not_assessed_is_hatched_and_not_only_coloured(
    open_map: Callable[..., Page],
) -> None:
    page = open_map(values=encoded([2] + [0] * (N - 1)))
    hatched, plain = (colours_at(page, middle(i), 16).reshape(-1, 3).std(axis=0) for i in (0, 1))
    assert hatched.max() > 10
    assert plain.max() < 2


@needs_packages
@pytest.mark.parametrize("engine", ["auto", "leaflet"])
def test_the_border_of_an_approximate_area_is_dashed(
    open_map: Callable[..., Page], page: Page, engine: str
) -> None:
    DATA["some-approximate"] = collection(
        *((square(i), area(i) | ({"approximate": True} if i == 8 else {})) for i in range(N))
    )
    fallback = page if engine == "leaflet" else None
    open_map(fallback, engine=engine, areas={"url": "/data/some-approximate"}, labels=False)
    west, south = corner(8)
    assert runs_along(page, [west + SIDE / 2, south]) >= 5
    assert runs_along(page, [west + 2.5 * SIDE, south]) == 1


def runs_along(page: Page, lng_lat: list[float]) -> int:
    """Count the pieces, light and dark, of 31 pixels along a level border."""
    rows = np.asarray(colours_at(page, lng_lat, side=31), dtype=float).sum(axis=2)
    along = rows[13:18].max(axis=0)
    if np.ptp(along) < CLEAR:
        return 1
    light = along > (along.max() + along.min()) / 2
    return 1 + int((light[1:] != light[:-1]).sum())


@needs_packages
def test_new_values_repaint_without_moving_the_view(open_map: Callable[..., Page]) -> None:
    page = open_map(values=encoded([0] * N))
    page.evaluate("() => window.__mapview.map.jumpTo({center: [113.2, 38.2], zoom: 10.5})")
    page.wait_for_selector("#told-viewport:has-text('\"zoom\": 10.5')")
    give(page, values=encoded([1] * N), ramp=RAMP, overlays=OVERLAYS, selected="A8", labels=False)
    view = page.evaluate(
        "() => [window.__mapview.map.getCenter().lng, window.__mapview.map.getZoom()]"
    )
    assert view == pytest.approx([113.2, 10.5])
    assert_painted(page, 8, BROKEN)


@needs_packages
def test_switching_one_overlay_touches_no_other(open_map: Callable[..., Page]) -> None:
    page = open_map(overlays=OVERLAYS, labels=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    count = (
        "() => window.__mapview.map.queryRenderedFeatures({layers: ['overlay-incidents-0']}).length"
    )
    assert page.evaluate(count) == 5
    give(page, overlays=[overlay("incidents", "circle", visible=False), *OVERLAYS[1:]])
    assert page.evaluate(count) == 0
    give(page, overlays=OVERLAYS)
    assert page.evaluate(count) == 5
    assert not [url for url in asked if "/data/" in url]


@needs_packages
def test_a_slow_overlay_holds_up_nothing_but_itself(
    serve: Callable[[Dash], str], page: Page, map_ready: Callable[..., None]
) -> None:
    slow = {"id": "hotspots", "kind": "hotspot", "url": "/slow"}
    page.goto(serve(make_app(values=encoded([1] * N), overlays=[slow, OVERLAYS[0]])))
    wait_told(page, "webgl", "true")
    assert page.evaluate("() => window.__mapview.map.__values[0]") == 1
    assert page.evaluate("() => window.__mapview.map.__drawn") == 0
    map_ready(page)
    badges = "() => window.__mapview.map.queryRenderedFeatures({layers: ['overlay-hotspots-3']})"
    assert len(page.evaluate(badges)) == 1


@needs_packages
def test_an_overlay_that_is_not_shown_is_not_fetched(
    open_map: Callable[..., Page], page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_map(overlays=[overlay("cameras", "dot", visible=False)])
    assert not [url for url in asked if url.endswith("/data/cameras")]


@needs_packages
def test_a_click_tells_the_uppermost_feature(open_map: Callable[..., Page]) -> None:
    page = open_map(overlays=OVERLAYS, values=encoded([0] * N))
    for lng_lat, layer, found in (
        (middle(10), "areas", 10),
        (middle(2), "incidents", "I2"),
        (middle(20), "cameras", "C1"),
        ([corner(9)[0] + 0.01, corner(9)[1] + 0.01], "hotspots", "H1"),
    ):
        page.mouse.click(*on_screen(page, lng_lat))
        wait_click(page, layer)
        click = told(page, "clickData")
        assert (click["layer"], click["id"]) == (layer, found)
        assert click["lngLat"] == pytest.approx(lng_lat, abs=0.003)
        assert set(click) == {"layer", "id", "properties", "lngLat", "ts"}


@needs_packages
def test_hovering_names_the_area_and_its_value_in_the_chosen_language(
    open_map: Callable[..., Page],
) -> None:
    page = open_map(values=encoded([1] * N), overlays=OVERLAYS)
    page.mouse.move(*on_screen(page, middle(10)))
    page.wait_for_selector(".sanling-map__tip:has-text('柳河10村')")
    assert page.text_content(".sanling-map__tip") == "柳河10村\n破零"
    page.mouse.move(*on_screen(page, middle(20)))
    page.wait_for_selector(".sanling-map__tip:has-text('路口摄像头')")
    give(page, language="en")
    page.mouse.move(*on_screen(page, middle(11)))
    page.wait_for_selector(".sanling-map__tip:has-text('Liuhe 11')")


@needs_packages
def test_names_are_drawn_from_local_fonts(open_map: Callable[..., Page]) -> None:
    page = open_map()
    names = "() => window.__mapview.map.queryRenderedFeatures({layers: ['areas-names']}).length"
    assert page.evaluate(names) == N
    give(page, labels=False)
    assert page.evaluate(names) == 0


@needs_packages
def test_months_play_in_the_browser_from_one_download(
    open_map: Callable[..., Page], page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_map(series={"url": "/series", "months": 4, "n": N}, frame=0, values=encoded([2] * N))
    assert_painted(page, 3, ZERO)
    give(page, playing=True)
    wait_told(page, "playing", "false")
    wait_told(page, "frame", "3")
    assert_painted(page, 3, BROKEN)
    assert len([url for url in asked if url.endswith("/series")]) == 1


@needs_packages
def test_a_frame_can_be_chosen_and_left_again(open_map: Callable[..., Page]) -> None:
    series = {"b64": encoded(SERIES), "months": 4, "n": N}
    page = open_map(series=series, frame=1, values=encoded([0] * N))
    assert_painted(page, 5, BROKEN)
    give(page, frame=None)
    assert_painted(page, 5, ZERO)


@needs_packages
def test_the_map_flies_where_it_is_sent(open_map: Callable[..., Page]) -> None:
    page = open_map()
    give(page, flyTo={"bounds": [113.0, 38.0, 113.1, 38.1], "ts": 1})
    page.wait_for_function("() => Math.abs(window.__mapview.map.getCenter().lng - 113.05) < 1e-3")


@needs_packages
def test_the_map_is_reached_by_keyboard_and_its_buttons_have_names(
    open_map: Callable[..., Page],
) -> None:
    page = open_map()
    assert page.get_attribute(".maplibregl-canvas", "aria-label") == "地图"
    assert page.get_attribute(".maplibregl-ctrl-zoom-in", "aria-label") == "放大"
    before = page.evaluate("() => window.__mapview.map.getZoom()")
    page.focus(".maplibregl-canvas")
    page.keyboard.press("Equal")
    page.wait_for_function("z => window.__mapview.map.getZoom() > z + 0.9", arg=before)


@needs_packages
def test_the_light_theme_repaints_and_keeps_the_view(open_map: Callable[..., Page]) -> None:
    page = open_map(values=encoded([1] * N), overlays=OVERLAYS)
    before = page.evaluate("() => window.__mapview.map.getZoom()")
    give(page, theme="light")
    assert page.evaluate("() => window.__mapview.map.getZoom()") == before
    outside = colours_at(page, [WEST - 0.05, SOUTH])[0, 0]
    assert np.abs(outside - rgb("#eef3f7")).max() <= 2


@pytest.fixture(scope="module")
def blind_browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    started = launch("--disable-3d-apis")
    yield started
    started.close()


@pytest.fixture
def without_webgl(blind_browser: Browser, watch: Callable[..., Page]) -> Page:
    return watch(blind_browser, viewport=SMALL)


def test_without_webgl_the_same_map_is_drawn_by_leaflet(
    open_map: Callable[..., Page], without_webgl: Page
) -> None:
    page = open_map(without_webgl, values=encoded([i % 2 for i in range(N)]), overlays=OVERLAYS)
    assert page.locator(".leaflet-container").count() == 1
    assert_painted(page, 6, ZERO)
    assert_painted(page, 7, BROKEN)
    page.mouse.click(*on_screen(page, middle(10)))
    wait_click(page, "areas")
    assert told(page, "clickData")["properties"]["code"] == "A10"
    page.mouse.click(*on_screen(page, middle(2)))
    wait_click(page, "incidents")
    assert told(page, "clickData")["id"] == "I2"
    give(page, values=encoded([1] * N))
    assert_painted(page, 6, BROKEN)


def test_without_the_packages_leaflet_draws_at_once_and_plays_the_months(
    open_map: Callable[..., Page], without_webgl: Page
) -> None:
    series = {"url": "/series", "months": 4, "n": N}
    page = open_map(without_webgl, engine="leaflet", series=series, frame=0, overlays=OVERLAYS)
    assert_painted(page, 15, ZERO)
    give(page, playing=True)
    wait_told(page, "frame", "3")
    assert_painted(page, 15, BROKEN)
    assert page.locator(".sanling-map__names span").count() > 10
