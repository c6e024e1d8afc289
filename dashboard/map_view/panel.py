"""What pages put in their layout: the map in its place, and overlays made from layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from dashboard.i18n import t
from dashboard.map_view.component import MapView
from dashboard.map_view.vendor_files import has_vendor

if TYPE_CHECKING:
    from geo.layer import Layer

__all__ = ["map_panel", "overlay"]


def map_panel(map_id: str, **props: Any) -> html.Div:
    """Give a `MapView` in a labelled region.

    Where the front-end packages are not installed the map is drawn by Leaflet at once; where
    they are but the browser has no WebGL2, the component notices by itself. Either way the props
    and the reports are the same.
    """
    title = t("map.region", props.get("language", "zh"))
    engine = props.pop("engine", "auto" if has_vendor() else "leaflet")
    view = MapView(id=map_id, engine=engine, **props)
    return html.Div(view, className="map-panel", role="region", **{"aria-label": title})


def overlay(
    layer: Layer,
    *,
    url: str | None = None,
    data: dict[str, Any] | None = None,
    visible: bool = True,
    name: str | None = None,
) -> dict[str, Any]:
    """Give the entry of `MapView.overlays` for a layer; features by address or in place."""
    entry: dict[str, Any] = {
        "id": name or layer.name,
        "kind": layer.kind,
        "visible": visible,
        "style": dict(layer.style),
    }
    return entry | ({"url": url} if url is not None else {"data": data})
