"""`MapView`, the Dash component."""

from __future__ import annotations

import mimetypes
from typing import Any, ClassVar

import dash_leaflet as _dash_leaflet  # noqa: F401  its script carries Leaflet for the fallback
from dash.development.base_component import Component

__all__ = ["MapView"]

# Windows takes the type of .mjs from its registry, which often lacks it.
mimetypes.add_type("text/javascript", ".mjs")


class MapView(Component):  # type: ignore[misc]  # Dash ships no types
    """One map of areas and overlays.

    Given to the browser:

    - `areas`: `{"url", "parents", "attribution"}`; GeoJSON whose features have an integer `id`
      0..n-1 and the properties `code, name, name_en`, and `approximate` where the boundary is
      (it is drawn dashed); `parents` (optional) is the address of
      coarser areas, drawn as outlines with larger names.
    - `values`: base64 of n bytes, the value of feature i; 255 is no value.
    - `ramp`: list of `{"value", "color", "pattern", "label"}`, pattern "", "hatch" or "dots".
    - `series`: `{"url" or "b64", "months", "n"}`, months x n bytes row by row; `frame` picks the
      row that is painted instead of `values`; `playing` advances it to the end.
    - `overlays`: list of `{"id", "kind", "url" or "data", "visible", "style"}` (see `overlay`).
    - `selected`: code (or feature id) of the outlined area.
    - `view`: the first view, `{"center": [lon, lat], "zoom"}` or `{"bounds": [w, s, e, n]}`;
      left out, all areas are shown. Later changes are ignored; `flyTo` moves the map:
      `{"bounds" or "center" with "zoom", "ts"}`.
    - `labels`, `language` ("zh", "en"), `theme` ("dark", "light"), `interactive`,
      `engine` ("auto", "leaflet").

    Reported back: `clickData` `{"layer", "id", "properties", "lngLat", "ts"}` (layer is "areas"
    or the overlay's id), `viewport` `{"center", "zoom", "bounds"}`, `ready`, `webgl` (False: drawn
    by Leaflet), `frame` and `playing`.
    """

    _children_props: ClassVar[list[str]] = []
    _base_nodes: ClassVar[list[str]] = ["children"]
    _namespace = "sanling_map_view"
    _type = "MapView"
    _prop_names: ClassVar[list[str]] = [
        "id",
        "className",
        "style",
        "areas",
        "values",
        "ramp",
        "series",
        "frame",
        "playing",
        "overlays",
        "selected",
        "view",
        "flyTo",
        "labels",
        "language",
        "theme",
        "interactive",
        "engine",
        "clickData",
        "viewport",
        "ready",
        "webgl",
    ]
    available_properties = _prop_names
    _valid_wildcard_attributes: ClassVar[list[str]] = []
    available_wildcard_properties: ClassVar[list[str]] = []

    def __init__(self, **props: Any) -> None:
        super().__init__(**props)
