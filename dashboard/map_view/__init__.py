"""The map: a Dash component around MapLibre GL, with Leaflet where WebGL2 is missing.

`map_panel` is what a page puts in its layout; `MapView` is the component in it;
`python -m dashboard.map_view.vendoring` fetches the packages it draws with.
"""

from __future__ import annotations

from typing import Any, Final

from dash.development.base_component import ComponentRegistry

from dashboard.map_view.component import MapView
from dashboard.map_view.panel import map_panel, overlay

__all__ = ["MapView", "map_panel", "overlay"]

__version__: Final = "0.1.0-maplibre6.17.0"
"""Part of every file's address: browsers keep the files until it changes."""

_SCRIPTS: Final = (
    "looks.js",
    "overlay_looks.js",
    "maplibre_engine.js",
    "leaflet_engine.js",
    "map_view.js",
)
_LOADED_WHEN_NEEDED: Final = (
    "vendor/maplibre-gl.mjs",
    "vendor/maplibre-gl-worker.mjs",
    "vendor/maplibre-gl.css",
)

_js_dist: list[dict[str, Any]] = [
    {"relative_package_path": name, "namespace": __name__} for name in _SCRIPTS
] + [
    {"relative_package_path": name, "namespace": __name__, "dynamic": True}
    for name in _LOADED_WHEN_NEEDED
]
_css_dist: list[dict[str, Any]] = [{"relative_package_path": "map_view.css", "namespace": __name__}]

# Dash looks for a component's files in the top package only; this one lives deeper.
ComponentRegistry.registry.add(__name__)
