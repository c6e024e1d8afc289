"""Everything that stands on the made-up county's ground, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.demo.buildings import Buildings, raise_buildings
from geo.demo.land import Land, make_land
from geo.demo.rivers import make_rivers
from geo.demo.roads import Roads, make_roads
from geo.demo.streets import Streets, lay_streets
from geo.demo.terrain import make_terrain

if TYPE_CHECKING:
    from geo.demo.draws import Floats
    from geo.demo.ways import Way

__all__ = ["Ground", "make_ground"]

LANE_SIDE_M = 34.0
"""How far a village is built up on both sides of its lanes."""


@dataclass(frozen=True)
class Ground:
    """Land, water, roads, streets and buildings, in metres (EPSG:4547).

    `built` has the built-up patches: 13 towns, then the villages that have lanes.
    """

    land: Land
    rivers: list[Way]
    roads: list[Way]
    streets: Streets
    buildings: Buildings
    built: list[shapely.Geometry]


@cache
def make_ground() -> Ground:
    """Make the ground; it is the same in every demo, so once in a process is enough."""
    terrain = make_terrain()
    land = make_land(terrain)
    rivers = make_rivers(terrain, shapely.coverage_union_all(np.array(land.polygons)))
    broad = [way.line for way in rivers if way.kind == "river"]
    roads = make_roads(land)
    streets = lay_streets(land, roads, broad)
    return Ground(
        land=land,
        rivers=rivers,
        roads=_led_into_town(roads, land, streets),
        streets=streets,
        buildings=raise_buildings(streets, broad),
        built=[*land.built, *_hamlets(streets)],
    )


def _led_into_town(roads: Roads, land: Land, streets: Streets) -> list[Way]:
    """End every road at the town's edge, where it meets the nearest street corner."""
    town = shapely.union_all(np.array(land.built))
    shapely.prepare(town)
    corners = np.asarray(
        shapely.points(streets.nodes[np.unique(streets.edges[streets.place < 13])])
    )
    tree = shapely.STRtree(corners)
    ways = []
    for way in roads.ways:
        if not shapely.intersects(town, way.line):
            ways.append(way)
            continue
        outside = shapely.get_parts(shapely.difference(way.line, town))
        ways += [
            way._replace(line=_to_corner(part, town, tree)) for part in outside if part.length > 80
        ]
    return ways


def _to_corner(
    part: shapely.LineString, town: shapely.Geometry, tree: shapely.STRtree
) -> shapely.LineString:
    points: Floats = shapely.get_coordinates(part)
    for end in (0, -1):
        tip = shapely.Point(points[end])
        if shapely.distance(tip, town) < 1.0:
            corner = shapely.get_coordinates(tree.geometries[int(tree.nearest(tip))])
            points = np.vstack([corner, points] if end == 0 else [points, corner])
    return shapely.LineString(points)


def _hamlets(streets: Streets) -> list[shapely.Geometry]:
    """Draw each village's built-up patch around its lanes."""
    lines = np.asarray(shapely.linestrings(streets.nodes[streets.edges]))
    rural = streets.place >= 13
    number = np.unique(streets.place[rural], return_inverse=True)[1]
    lanes = shapely.multilinestrings(
        lines[rural][np.argsort(number, kind="stable")], indices=np.sort(number)
    )
    wide = shapely.buffer(lanes, LANE_SIDE_M, quad_segs=3)
    return list(np.asarray(shapely.simplify(wide, 3.0)))
