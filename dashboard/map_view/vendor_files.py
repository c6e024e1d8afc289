"""Which files of the front-end packages are served, and where they lie."""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["FILES", "HERE", "VENDOR", "has_vendor"]

HERE: Final = Path(__file__).parent
VENDOR: Final = HERE / "vendor"

FILES: Final = {
    "maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "maplibre-gl.LICENSE.txt": "maplibre-gl/LICENSE.txt",
    "pmtiles.js": "pmtiles/dist/pmtiles.js",
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet.LICENSE.txt": "leaflet/LICENSE",
}
"""Served name -> path inside node_modules."""


def has_vendor(vendor: Path = VENDOR) -> bool:
    """Tell whether every file is there."""
    return all((vendor / name).is_file() for name in FILES)
