"""What lies under everything: roads and rivers, or buildings."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from geo.crs import WGS84
from geo.layer import Layer, LegendEntry, Words

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["BUILDINGS", "LAYER", "RIVERS", "features"]

ROAD_COLOUR: Final = "#8496a5"
RIVER_COLOUR: Final = "#4f93cc"
BUILDING_COLOUR: Final = "#33485c"


def features(ground: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give roads, rivers or buildings with their class: `kind, name, geometry`."""
    placed = ground[ground.geometry.notna()].to_crs(WGS84)
    return placed[["kind", "name", placed.geometry.name]].reset_index(drop=True)


LAYER = Layer(
    name="roads",
    title_key="layer.roads",
    title=Words("道路", "Roads"),
    kind="line",
    features=features,
    legend=(LegendEntry("road", ROAD_COLOUR, "line", Words("道路", "Road")),),
)

RIVERS = Layer(
    name="rivers",
    title_key="layer.rivers",
    title=Words("河流", "Rivers"),
    kind="line",
    features=features,
    style=MappingProxyType({"color": RIVER_COLOUR}),
    legend=(LegendEntry("river", RIVER_COLOUR, "line", Words("河流", "River")),),
)

BUILDINGS = Layer(
    name="buildings",
    title_key="layer.buildings",
    title=Words("建筑", "Buildings"),
    kind="fill",
    features=features,
    style=MappingProxyType({"above": True, "opacity": 0.5, "minzoom": 12}),
    legend=(LegendEntry("building", BUILDING_COLOUR, "square", Words("建筑", "Building")),),
)
