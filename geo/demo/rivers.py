"""The rivers of the made-up county: where its water runs, drawn as a river bends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.demo.draws import LAND_SEED, Floats, Ints, draws, rounded_corners
from geo.demo.mosaic import chains
from geo.demo.ways import Way

if TYPE_CHECKING:
    from geo.demo.terrain import Terrain

__all__ = ["DRAWN_KM2", "make_rivers"]

DRAWN_KM2 = 14.0
"""A stream is drawn from where this much land drains into it."""

RIVER_KM2 = 110.0
NAMED_RIVERS = 3
BEND_M = 130.0
"""How far a bend reaches to the side, about."""


def make_rivers(terrain: Terrain, county: shapely.Geometry) -> list[Way]:
    """Draw rivers and streams inside `county`; the three largest are numbered 0, 1, 2 by name.

    Each way runs downhill, from its source or a confluence to the next confluence.
    """
    cells = np.flatnonzero(terrain.upstream_km2 >= DRAWN_KM2)
    cells = cells[terrain.downstream[cells] >= 0]
    place = _bent(terrain, cells)
    number = _trunks(terrain, county)
    ways = []
    for chain in chains(np.column_stack([cells, terrain.downstream[cells]])):
        downhill = np.array(
            chain
            if terrain.upstream_km2[chain[-1]] > terrain.upstream_km2[chain[0]]
            else chain[::-1]
        )
        line = shapely.LineString(rounded_corners(place[downhill], rounds=3))
        inside = shapely.intersection(line, county)
        kind = "river" if terrain.upstream_km2[downhill[:-1]].max() >= RIVER_KM2 else "stream"
        ways += [Way(kind, int(number[downhill[0]]), part) for part in _lines(inside)]
    return ways


def _lines(shape: shapely.Geometry) -> list[shapely.LineString]:
    parts = shapely.get_parts(shapely.line_merge(shape)).tolist()
    return [part for part in parts if isinstance(part, shapely.LineString) and part.length > 60.0]


def _bent(terrain: Terrain, cells: Ints) -> Floats:
    """Give every cell a place `(all cells, 2)`: its centre, pushed aside as water meanders."""
    rng = draws(LAND_SEED, "bends")
    size = terrain.height_m.size
    place = terrain.centres(np.arange(size))
    push = rng.normal(0.0, BEND_M, (size, 2))
    place += np.clip(push, -2 * BEND_M, 2 * BEND_M)
    below = terrain.downstream[cells]
    place[cells] = 0.6 * place[cells] + 0.4 * place[below]
    return place


def _trunks(terrain: Terrain, county: shapely.Geometry) -> Ints:
    """Mark the cells of the largest rivers, from the lowest up the fullest feeder."""
    cells = np.flatnonzero(terrain.upstream_km2 >= DRAWN_KM2)
    cells = cells[shapely.contains_xy(county, terrain.centres(cells))]
    feeders: dict[int, list[int]] = {}
    for cell, below in zip(cells.tolist(), terrain.downstream[cells].tolist(), strict=True):
        feeders.setdefault(below, []).append(cell)
    number = np.full(terrain.height_m.size, -1, dtype=np.int64)
    by_water = cells[np.argsort(-terrain.upstream_km2[cells], kind="stable")].tolist()
    for name in range(NAMED_RIVERS):
        at = next(cell for cell in by_water if number[cell] < 0)
        while at >= 0:
            number[at] = name
            above = [cell for cell in feeders.get(at, []) if number[cell] < 0]
            at = max(above, key=lambda cell: float(terrain.upstream_km2[cell]), default=-1)
    return number
