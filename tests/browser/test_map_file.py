"""The one-file map, opened from a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from dashboard.map_view.vendor_files import VENDOR, has_vendor
from geo.crs import WGS84
from geo.draw import Drawing, draw, leaflet_assets
from geo.layers import areas, hotspots, incidents

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(not has_vendor(), reason="map packages missing")


def made_up() -> list[Drawing]:
    """Give four squares, a thousand incidents and two numbered hotspots."""
    squares = [shapely.box(113 + i / 10, 38, 113.1 + i / 10, 38.1) for i in range(4)]
    shown = gpd.GeoDataFrame({"code": list("abcd"), "name": list("甲乙丙丁")}, geometry=squares)
    ramp = [{"value": 0, "color": "#1c6b6d", "pattern": "hatch", "label": "零"}]
    places = np.random.default_rng(7).uniform([113, 38], [113.4, 38.1], (1000, 2))
    points = gpd.GeoDataFrame(
        {"stream": ["case"] * 1000, "tip": "盗窃"}, geometry=shapely.points(places)
    )
    flags = [shapely.box(x, 38.01, x + 0.01, 38.02) for x in (113.01, 113.21)]
    spots = gpd.GeoDataFrame({"rank": [1, 2], "tip": ["热点 1", "热点 2"]}, geometry=flags)
    return [
        Drawing(areas.LAYER, shown.set_crs(WGS84), np.zeros(4, np.uint8), ramp),
        Drawing(incidents.LAYER, points.set_crs(WGS84)),
        Drawing(hotspots.LAYER, spots.set_crs(WGS84)),
    ]


def test_the_file_is_drawn_with_no_request_at_all(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    html = draw(made_up(), title="示例县", leaflet_assets=leaflet_assets(VENDOR))
    file.write_text(html, encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector(".leaflet-overlay-pane canvas")
    assert page.locator(".number").all_text_contents() == ["1", "2"]
    inked = page.evaluate(
        """() => {
          const canvas = document.querySelector('.leaflet-overlay-pane canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((_, i) => i % 4 === 3 && data[i] > 0).length;
        }"""
    )
    assert inked > 50_000
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
