"""The one-file map: complete, small, and asking nobody for anything."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import WGS84
from geo.draw import Drawing, LeafletAssets, Table, draw, folium_map, leaflet_assets
from geo.errors import NotReadyError
from geo.layers import areas, cameras, ground, hotspots, incidents, patrol, units

if TYPE_CHECKING:
    from pathlib import Path

    from geo.layer import Layer

ASSETS = LeafletAssets(js="/* leaflet */", css="/* style */")
RAMP = [
    {"value": 0, "color": "#1c6b6d", "pattern": "", "label": "零"},
    {"value": 1, "color": "#5b6b7a", "pattern": "hatch", "label": "未评定"},
]


def frame(geometry: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    table = pd.DataFrame(columns, index=range(len(geometry)))
    return gpd.GeoDataFrame(table, geometry=geometry, crs=WGS84)


def square(x: float, side: float = 0.1) -> shapely.Polygon:
    return shapely.box(113 + x, 38, 113 + x + side, 38 + side)


def three_areas() -> Drawing:
    """Give three squares in a row, the middle one known by code only."""
    shown = frame([square(0), None, square(0.1)], code=["a", "b", "c"], name=["甲", "乙", None])
    values = np.array([0, 0, 1], dtype=np.uint8)
    return Drawing(areas.LAYER, shown, values=values, ramp=RAMP, title="三零")


def one_of(layer: Layer) -> Drawing:
    point, line = shapely.Point(113, 38), shapely.LineString([(113, 38), (113.1, 38)])
    made = {
        "incidents": frame([point], stream="case", tip="盗窃"),
        "cameras": frame([point], online=True, tip="路口"),
        "sectors": frame([square(0, 0.001)], id="C1"),
        "units": frame([point], status="broken", tip="学校"),
        "hotspots": frame([square(0, 0.01)], rank=[7], tip="热点 7"),
        "route": frame([line, point], crew=0, stop=[np.nan, 3], tip=[None, "20:00"]),
        "roads": frame([line], kind="primary", name="主街"),
    }
    return Drawing(layer, made[layer.name])


def everything() -> list[Drawing]:
    layers = (incidents.LAYER, cameras.LAYER, cameras.SECTORS, units.LAYER, hotspots.LAYER)
    return [three_areas(), *(one_of(lay) for lay in (*layers, patrol.LAYER, ground.LAYER))]


def page(drawings: list[Drawing], **options: Any) -> str:
    given: dict[str, Any] = {"title": "示例县", "leaflet_assets": ASSETS}
    return draw(drawings, **given | options)


def test_the_file_names_no_address_outside_itself() -> None:
    links = re.findall(r'(?:src|href)\s*=\s*"([^"]*)"', page(everything()))
    assert links
    assert all(link.startswith("data:") for link in links)


def test_the_file_says_title_notes_table_and_footer_as_text() -> None:
    html = page(
        [],
        title="甲 & 乙",
        notes=["截至 2026-06-30", "<b>草案</b>"],
        tables=[Table("今晚", ["站"], [["<1>"]])],
        footer="内部资料",
    )
    for text in (
        "甲 &amp; 乙",
        "截至 2026-06-30",
        "&lt;b&gt;草案",
        "<td>&lt;1&gt;</td>",
        "内部资料",
    ):
        assert text in html


def test_no_text_of_the_data_can_end_the_script_it_stands_in() -> None:
    evil = Drawing(incidents.LAYER, frame([shapely.Point(113, 38)], stream="case", tip="</script>"))
    html = page([evil])
    assert html.count("</script>") == page([one_of(incidents.LAYER)]).count("</script>")


def test_an_area_has_the_style_of_its_value_and_its_words() -> None:
    data = json.loads(_first(r"L\.geoJSON\((\{.*?\}), \{\s*interactive", page([three_areas()])))
    told = [feature["properties"] for feature in data["features"]]
    assert told == [{"s": 1, "t": "甲\n零"}, {"s": 2, "t": "c\n未评定"}]
    styles = json.loads(_first(r"sanlingStyle\((\[\{.*?\}\])\)", page([three_areas()])))
    assert [style["fillColor"] for style in styles[1:]] == ["#1c6b6d", "#5b6b7a"]
    assert styles[2]["pattern"] == "hatch"


def test_approximate_boundaries_are_dashed_and_told_of_only_where_there_are_some() -> None:
    plain, vague = three_areas(), three_areas()
    vague.features["approximate"] = pd.array([True, True, None], dtype="boolean")
    assert '"dashArray": "4 3"' not in page([plain])
    html = page([vague])
    assert '"dashArray": "4 3"' in html
    assert "近似边界" in html
    assert "approximate boundary" in page([vague], language="en")
    assert "近似边界" not in page([plain])


def test_hotspots_and_stops_carry_their_numbers() -> None:
    html = page([one_of(hotspots.LAYER), one_of(patrol.LAYER)])
    assert '7,"#c2185b","热点 7"' in html
    assert '3,"#4cc9f0","20:00"' in html


def test_counts_are_larger_than_single_incidents_but_never_huge() -> None:
    points = [shapely.Point(113, 38)] * 3
    html = page([Drawing(incidents.LAYER, frame(points, stream="case", n=[1, 9, 10_000]))])
    rows = json.loads(_first(r"of (\[\[113.*?\]\])\)", html))
    assert [row[3] for row in rows] == [2.4, 9.1, 24.0]


def test_the_legend_speaks_the_asked_language() -> None:
    drawings = [one_of(incidents.LAYER)]
    assert "事故" in page(drawings)
    assert "Accident" in page(drawings, language="en")


def test_areas_lie_below_and_numbers_above_whatever_the_order_given() -> None:
    html = page(everything()[::-1])
    assert html.index("甲") < html.index("盗窃") < html.index('3,"#4cc9f0"')


def test_drawing_nothing_still_gives_a_page() -> None:
    empty = frame([], stream=[], tip=[])
    assert "示例县" in page([Drawing(incidents.LAYER, empty)])


def test_a_notebook_gets_a_folium_map_and_other_maps_keep_their_links() -> None:
    before = list(folium.Map.default_js)
    shown = folium_map([three_areas()], title="示例县", leaflet_assets=ASSETS)
    assert isinstance(shown, folium.Map)
    assert "示例县" in shown.get_root().render()
    assert folium.Map.default_js == before


def test_leaflet_is_read_without_its_pictures_and_source_map(tmp_path: Path) -> None:
    (tmp_path / "leaflet.js").write_text("let L;\n//# sourceMappingURL=leaflet.js.map")
    (tmp_path / "leaflet.css").write_text(".x { background: url(images/layers.png) }")
    read = leaflet_assets(tmp_path)
    assert "sourceMappingURL" not in read.js
    assert "url(" not in read.css


def test_without_the_map_packages_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match=r"dashboard\.map_view\.vendoring"):
        leaflet_assets(tmp_path)


def _first(pattern: str, html: str) -> str:
    found = re.search(pattern, html, flags=re.DOTALL)
    assert found
    return found.group(1)
