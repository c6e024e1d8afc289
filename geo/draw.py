"""Layers become one offline HTML file, or a map in a notebook.

The file holds everything it needs: Leaflet itself, the data, the styles. It asks nobody for
anything, so it can be carried on a stick and opened where there is no network.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element

from geo.draw_elements import Helpers, Numbers, Points, Shapes
from geo.draw_page import STYLE, Table, foot, head, legend, tables_html
from geo.draw_styles import (
    DASHED,
    HOTSPOT,
    Drawing,
    area_tips,
    heading,
    is_approximate,
    path_styles,
    steps,
    tips,
)
from geo.errors import NotReadyError
from geo.layer import geojson_bytes
from geo.layers.areas import approximate_borders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from branca.element import Figure

    from geo.layer import Layer

__all__ = ["Drawing", "LeafletAssets", "Table", "draw", "folium_map", "leaflet_assets"]

FILE_DECIMALS: Final = 5
"""Digits after the point of a degree in a file: 1 m, enough to find a place."""

AREA_TOLERANCE_DEG: Final = 5e-4
LINE_TOLERANCE_DEG: Final = 5e-5
"""Degrees, about 50 m and 5 m: for the eye only, nothing is measured on these shapes."""

POINT_KINDS: Final = ("circle", "dot", "unit")
BACK_TO_FRONT: Final = (
    *("fill", "area", "line", "sector", "hotspot", "dot", "unit", "circle", "route"),
)
DOT_PX: Final = 2.4
"""Pixels; small enough that a county of incidents stays a pattern."""
INK: Final = "#14202b"


@dataclass(frozen=True, slots=True)
class LeafletAssets:
    """Leaflet's script and style as text."""

    js: str
    css: str


def leaflet_assets(folder: Path) -> LeafletAssets:
    """Read leaflet.js and leaflet.css from the folder of the installed map packages.

    Raises NotReadyError where they are not installed.
    """
    files = [folder / "leaflet.js", folder / "leaflet.css"]
    if not all(path.is_file() for path in files):
        raise NotReadyError(
            "The map packages are not installed, so no map file can be written. "
            "Install Node.js and run: python -m dashboard.map_view.vendoring",
            "地图组件尚未安装，无法生成地图文件。请安装 Node.js 后运行："
            "python -m dashboard.map_view.vendoring",
        )
    js, css = (path.read_text(encoding="utf-8") for path in files)
    # The file never shows Leaflet's own pictures; left in, they would be looked for.
    return LeafletAssets(_without_source_map(js), re.sub(r"url\([^)]*\)", "none", css))


def draw(
    drawings: Sequence[Drawing],
    *,
    title: str,
    leaflet_assets: LeafletAssets,
    notes: Sequence[str] = (),
    tables: Sequence[Table] = (),
    footer: str = "",
    language: str = "zh",
) -> str:
    """Write one HTML file that draws the layers without any request; see `folium_map`."""
    page = folium_map(
        drawings,
        title=title,
        leaflet_assets=leaflet_assets,
        notes=notes,
        tables=tables,
        footer=footer,
        language=language,
    )
    html: str = page.get_root().render()
    return html


def folium_map(
    drawings: Sequence[Drawing],
    *,
    title: str,
    leaflet_assets: LeafletAssets,
    notes: Sequence[str] = (),
    tables: Sequence[Table] = (),
    footer: str = "",
    language: str = "zh",
) -> folium.Map:
    """Give the layers as a folium map, which a notebook shows by itself.

    Parameters
    ----------
    drawings
        In any order; areas lie at the bottom, points on top, numbers above all.
    title, notes
        Heading and the lines below it: as of, known at, source, what may not be concluded.
    tables
        Below the map.
    footer
        Last line, such as who may see the file.
    language
        Of the legend ("zh" or "en").
    """
    page = _offline_map(leaflet_assets)
    root = cast("Figure", page.get_root())
    root.title = title
    root.header.add_child(Element(STYLE))
    root.html.add_child(Element(head(title, notes)))
    ordered = sorted(drawings, key=lambda drawing: BACK_TO_FRONT.index(drawing.layer.kind))
    page.add_child(Helpers())  # first: the others call its functions
    for drawing in ordered:
        _add(page, drawing)
    _fit(page, ordered)
    groups = [(heading(d, language), steps(d, language)) for d in ordered]
    for html in (legend(groups, language), tables_html(tables), foot(footer)):
        root.html.add_child(Element(html))
    return page


class _OfflineMap(folium.Map):
    """A folium map that brings its own Leaflet."""


def _offline_map(assets: LeafletAssets) -> folium.Map:
    page = _OfflineMap(tiles=None, prefer_canvas=True, attribution_control=False, zoom_snap=0.25)
    # On the instance: lists of the class would change every other map of the process.
    page.default_js = [("leaflet", _data_uri(assets.js, "text/javascript"))]
    page.default_css = [("leaflet_css", _data_uri(assets.css, "text/css"))]
    return page


def _data_uri(text: str, mimetype: str) -> str:
    return f"data:{mimetype};base64," + base64.b64encode(text.encode()).decode("ascii")


def _without_source_map(js: str) -> str:
    return re.sub(r"//# sourceMappingURL=.*", "", js)


def _fit(page: folium.Map, drawings: Sequence[Drawing]) -> None:
    drawn = [d.features for d in drawings if len(d.features) and d.features.geometry.notna().any()]
    if not drawn:
        return
    areas = [d.features for d in drawings if d.layer.kind == "area" and len(d.features)]
    boxes = np.array([features.total_bounds for features in areas or drawn])
    west, south = np.nanmin(boxes[:, :2], axis=0)
    east, north = np.nanmax(boxes[:, 2:], axis=0)
    page.fit_bounds([[float(south), float(west)], [float(north), float(east)]])


def _add(page: folium.Map, drawing: Drawing) -> None:
    shown = drawing.features[drawing.features.geometry.notna()]
    if shown.empty:
        return
    if drawing.layer.kind in POINT_KINDS:
        page.add_child(_points(drawing.layer, shown))
        return
    is_point = shown.geometry.geom_type == "Point"
    if not is_point.all():
        page.add_child(_shapes(replace(drawing, features=shown[~is_point])))
    if is_approximate(drawing):
        page.add_child(_dashes(shown))
    if drawing.layer.kind in ("hotspot", "route"):
        page.add_child(_numbers(drawing.layer, shown, is_point))


def _points(layer: Layer, shown: gpd.GeoDataFrame) -> Points:
    colors = dict(layer.style.get("colors", {})) or {"": layer.legend[0].color}
    key = shown.get(layer.style.get("color_by", ""), shown.geometry.map(lambda _: ""))
    places = key.map({name: i for i, name in enumerate(colors)}).fillna(0).astype(int)
    counts = shown["n"] if "n" in shown else key.map(lambda _: 1)
    radius = np.where(counts > 1, np.minimum(24, 4 + 1.7 * np.sqrt(counts)), DOT_PX).round(1)
    xy = shapely.get_coordinates(shown.geometry.to_numpy()).round(FILE_DECIMALS)
    columns = [xy[:, 0].tolist(), xy[:, 1].tolist(), places.tolist(), radius.tolist()]
    rows = [list(row) for row in zip(*columns, tips(shown), strict=True)]
    return Points(rows, list(colors.values()))


def _shapes(drawing: Drawing) -> Shapes:
    shown, kind = drawing.features, drawing.layer.kind
    places, styles = path_styles(drawing)
    shapes = _generalised(shown.geometry, together=kind == "area")
    table = gpd.GeoDataFrame({"s": places}, geometry=shapes, index=shown.index)
    if kind == "area":
        table["t"] = area_tips(drawing)
    elif "tip" in shown:
        table["t"] = shown["tip"]
    elif kind == "line":
        table = table.dissolve("s", as_index=False)  # lines say nothing of themselves
    data = geojson_bytes(table, decimals=FILE_DECIMALS).decode()
    return Shapes(data, styles, speaks=kind in ("area", "hotspot", "route"))


def _dashes(shown: gpd.GeoDataFrame) -> Shapes:
    """Draw the borders of approximate areas once more, dashed."""
    plain = shown.set_geometry(_generalised(shown.geometry, together=True))
    lines = gpd.GeoDataFrame(geometry=approximate_borders(plain)).assign(s=0)
    return Shapes(geojson_bytes(lines, decimals=FILE_DECIMALS).decode(), [DASHED], speaks=False)


def _generalised(shapes: gpd.GeoSeries, *, together: bool) -> gpd.GeoSeries:
    """Leave out what a page cannot show; neighbours keep one border."""
    raw = shapes.to_numpy()
    if together:
        plain = shapely.coverage_simplify(raw, AREA_TOLERANCE_DEG)
    else:
        plain = shapely.simplify(raw, LINE_TOLERANCE_DEG)
    return gpd.GeoSeries(plain, index=shapes.index, crs=shapes.crs)


def _numbers(layer: Layer, shown: gpd.GeoDataFrame, is_point: pd.Series[bool]) -> Numbers:
    if layer.kind == "hotspot":
        places = shown.geometry.representative_point()
        colors = [HOTSPOT] * len(shown)
        return Numbers(
            _number_rows(shown, places, shown["rank"], colors), ink="#ffffff", beside=False
        )
    stops = shown[is_point]
    palette = list(layer.style["colors"])
    colors = [palette[crew % len(palette)] for crew in stops["crew"]]
    rows = _number_rows(stops, stops.geometry, stops["stop"], colors)
    return Numbers(rows, ink=INK, beside=True)


def _number_rows(
    shown: gpd.GeoDataFrame, places: gpd.GeoSeries, labels: pd.Series[int], colors: list[str]
) -> list[list[object]]:
    xy = shapely.get_coordinates(places.to_numpy()).round(FILE_DECIMALS)
    columns = [
        xy[:, 0].tolist(),
        xy[:, 1].tolist(),
        labels.astype("int64").tolist(),
        colors,
        tips(shown),
    ]
    return [list(row) for row in zip(*columns, strict=True)]
