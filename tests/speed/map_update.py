"""How much browser CPU one change of all values costs: our map beside plotly's, the same areas.

Both draw the made-up county's 288 areas and change every value 20 times; the figure is CPU time
of the browser's renderer process, read from the operating system, so that it does not depend on
how busy the machine is.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash import Dash

UPDATES = 20


UNTIL = date(2026, 6, 30)


def measure() -> None:
    """Print CPU milliseconds per update for both, and their ratio."""
    import shutil

    if shutil.which("chromium") is None:
        print("  left out: no Chromium on this machine")
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    areas, n = _areas()
    spent = {}
    for name, build in (("MapView", _our_app), ("plotly Choroplethmap", _plotly_app)):
        spent[name] = _cpu_per_update(build(areas, n))
        print(f"  {name:<48}{spent[name]:8.1f} ms CPU per update ({n} areas)")
    ratio = spent["plotly Choroplethmap"] / max(spent["MapView"], 0.1)
    print(f"  {'plotly / MapView':<48}{ratio:8.1f}")


def _areas() -> tuple[dict[str, Any], int]:
    import tempfile

    from dashboard.settings import Settings
    from dashboard.wiring import build_services
    from geo.demo.build import build_demo
    from geo.store import Store

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/county.db"
        with Store.open(url) as store:
            build_demo(store, until=UNTIL)
        body = build_services(Settings(db=url)).situation.areas_geojson("en", as_of=UNTIL)
    areas: dict[str, Any] = json.loads(body)
    return areas, len(areas["features"])


def _values(tick: int, n: int) -> np.ndarray:
    return np.random.default_rng(tick).integers(0, 5, n).astype(np.uint8)


def _our_app(areas: dict[str, Any], n: int) -> Dash:
    from dash import Dash, Input, Output, html

    from dashboard.map_view import map_panel

    app = Dash(__name__, serve_locally=True)
    colours = ["#174f54", "#23736f", "#5b6b7a", "#8f86d8", "#e0843d"]
    ramp = [{"value": i, "color": c, "pattern": "", "label": str(i)} for i, c in enumerate(colours)]
    app.server.add_url_rule("/areas.geojson", "areas", lambda: areas)
    panel = map_panel("map", areas={"url": "/areas.geojson"}, ramp=ramp, labels=False)
    app.layout = html.Div([html.Div(panel, style={"height": "90vh"}), html.Button("go", id="go")])

    def update(clicks: int | None) -> str:
        return base64.b64encode(_values(clicks or 0, n).tobytes()).decode()

    app.callback(Output("map", "values"), Input("go", "n_clicks"))(update)
    return app


def _plotly_app(areas: dict[str, Any], n: int) -> Dash:
    import plotly.graph_objects as go
    from dash import Dash, Input, Output, Patch, dcc, html

    app = Dash(__name__, serve_locally=True)
    trace = go.Choroplethmap(
        geojson=areas, locations=list(range(n)), z=_values(0, n), zmin=0, zmax=4
    )
    figure = go.Figure(trace).update_layout(map_style="white-bg", margin=dict.fromkeys("lrtb", 0))
    graph = dcc.Graph(id="map", figure=figure, style={"height": "90vh"})
    app.layout = html.Div([graph, html.Button("go", id="go")])

    def update(clicks: int) -> Patch:
        patch = Patch()
        patch["data"][0]["z"] = _values(clicks, n).tolist()
        return patch

    go_on = Input("go", "n_clicks")
    app.callback(Output("map", "figure"), go_on, prevent_initial_call=True)(update)
    return app


def _cpu_per_update(app: Dash) -> float:
    from playwright.sync_api import sync_playwright

    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_selector("canvas", timeout=90_000)
        page.wait_for_timeout(8_000)
        spent = _renderer_cpu(browser.new_browser_cdp_session().send, lambda: _click(page))
        browser.close()
    server.shutdown()
    return spent / UPDATES * 1000


def _click(page: Any) -> None:
    for _ in range(UPDATES):
        page.click("#go")
        page.wait_for_timeout(1_000)


def _renderer_cpu(send: Callable[[str], dict[str, Any]], act: Callable[[], None]) -> float:
    def total() -> float:
        listed = send("SystemInfo.getProcessInfo")["processInfo"]
        return float(sum(one["cpuTime"] for one in listed if one["type"] == "renderer"))

    before = total()
    act()
    return total() - before


if __name__ == "__main__":
    measure()
