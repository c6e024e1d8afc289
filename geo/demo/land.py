"""The made-up county's ground plan: outline, towns, villages and communities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage
from scipy.spatial import KDTree

from geo.demo.county import TOWNS, county_cells, town_centres
from geo.demo.draws import LAND_SEED, Bools, Floats, Ints, draws, fractal
from geo.demo.mosaic import Mosaic, grown, largest_piece, lay_mosaic, outlines
from geo.demo.terrain import CENTRE_E, CENTRE_N, Terrain
from geo.demo.villages import place_hearts

__all__ = ["TOWN_RADIUS_M", "Land", "make_land"]

TOWN_RADIUS_M = (2_100.0, 1_250.0, 1_050.0, *(520.0,) * 10)
"""About how far a town is built up; the first three are the urban ones."""

TOWN_RADII = np.array(TOWN_RADIUS_M)
TILE_M = 340.0
TOWN_TILE_M = 95.0
HILL_M = 45.0
"""Metres above the stream at which a step costs double: borders meet on the ridges."""

FORD_M = 900.0
"""Metres of way that crossing a river costs: borders like to follow it."""

RIVER_KM2 = 150.0
"""A stream that drains this much is a river: hard to cross."""


@dataclass(frozen=True)
class Land:
    """The ground plan on its mosaic, in metres (EPSG:4547).

    Areas are numbered 0..287, communities first, towns 0..12, the county seat first. `cost` (m,)
    prices a step between two tiles; `inside` (n,) marks the county's tiles; `centres` (13, 2)
    and `hearts` (288, 2) are where towns and areas have their middle; `polygons` has one polygon
    per area and `built` one built-up patch per town.
    """

    terrain: Terrain
    mosaic: Mosaic
    cost: Floats
    inside: Bools
    centres: Floats
    hearts: Floats
    town_of: Ints
    is_community: Bools
    polygons: list[shapely.Geometry]
    built: list[shapely.Geometry]


def make_land(terrain: Terrain) -> Land:
    """Draw the county, its towns and its villages on `terrain`."""
    county = county_cells(terrain)
    centres = town_centres(terrain, county)
    mosaic = lay_mosaic(*_sites(terrain, county, centres))
    cost = _cost(terrain, mosaic)
    inside = largest_piece(mosaic, county[terrain.cell_of(mosaic.sites)])
    town = _towns(mosaic, cost, inside, centres)
    hearts, town_of, is_community = place_hearts(terrain, mosaic, town, centres)
    return Land(
        terrain=terrain,
        mosaic=mosaic,
        cost=cost,
        inside=inside,
        centres=centres,
        hearts=hearts,
        town_of=town_of,
        is_community=is_community,
        polygons=outlines(mosaic, _areas(mosaic, cost, town, hearts, town_of)),
        built=_built_up(terrain, mosaic, centres),
    )


def _sites(terrain: Terrain, county: Bools, centres: Floats) -> tuple[Floats, Floats]:
    """Scatter tile sites: a shaken triangular grid, much finer around the towns."""
    rng = draws(LAND_SEED, "tiles")
    sites = _shaken_grid(np.array([[CENTRE_E, CENTRE_N]]), 47_000.0, TILE_M, rng)
    around = ndimage.binary_dilation(county.reshape(terrain.height_m.shape), iterations=6)
    sites = sites[around.ravel()[terrain.cell_of(sites)]]
    for centre, radius in zip(centres, TOWN_RADIUS_M, strict=True):
        sites = sites[np.hypot(*(sites - centre).T) > 1.5 * radius]
        fine = _shaken_grid(centre[None, :], 1.5 * radius, TOWN_TILE_M, rng)
        sites = np.vstack([sites, fine])
    near = np.hypot(*(sites[:, None, :] - centres).transpose(2, 0, 1)) <= 1.5 * TOWN_RADII
    return sites, np.where(near.any(axis=1), TOWN_TILE_M**2, TILE_M**2)


def _shaken_grid(centre: Floats, radius: float, spacing: float, rng: np.random.Generator) -> Floats:
    steps = int(radius / spacing) + 1
    row, col = np.mgrid[-steps : steps + 1, -steps : steps + 1].reshape(2, -1)
    grid = np.column_stack([col + 0.5 * (row % 2), row * 0.866]) * spacing
    grid = grid + rng.uniform(-0.36, 0.36, grid.shape) * spacing
    kept: Floats = grid[np.hypot(*grid.T) <= radius] + centre
    return kept


def _cost(terrain: Terrain, mosaic: Mosaic) -> Floats:
    """Price each step between tiles in metres of easy way: hills, scrub and fords cost more."""
    cell = terrain.cell_of(mosaic.sites[mosaic.pairs].mean(axis=1))
    rng = draws(LAND_SEED, "scrub")
    scrub = np.exp(0.55 * fractal(terrain.height_m.shape, roughness=1.6, rng=rng)).ravel()
    hill = 1.0 + terrain.above_stream_m()[cell] / HILL_M
    ford = FORD_M * (terrain.upstream_km2[cell] > RIVER_KM2)
    return np.asarray(mosaic.lengths() * scrub[cell] * hill + ford)


def _towns(mosaic: Mosaic, cost: Floats, inside: Bools, centres: Floats) -> Ints:
    """Grow the towns from their centres; some grow stronger than others."""
    rng = draws(LAND_SEED, "town sizes")
    strength = rng.uniform(0.0, 5_000.0, TOWNS)
    strength[:3] += np.array([3_500.0, 1_500.0, 500.0])
    graph = mosaic.graph(cost, keep=mosaic.within(inside))
    return grown(graph, mosaic.nearest(centres), head_start=strength)


def _areas(mosaic: Mosaic, cost: Floats, town: Ints, hearts: Floats, town_of: Ints) -> Ints:
    """Grow every village and community inside its own town."""
    same = town[mosaic.pairs[:, 0]] == town[mosaic.pairs[:, 1]]
    graph = mosaic.graph(cost, keep=same & mosaic.within(town >= 0))
    return grown(graph, _own_tiles(mosaic, town, hearts, town_of))


def _own_tiles(mosaic: Mosaic, town: Ints, hearts: Floats, town_of: Ints) -> Ints:
    """Find each heart's tile among those of its town."""
    tiles = np.empty(len(hearts), dtype=np.int64)
    for number in range(TOWNS):
        own = np.flatnonzero(town == number)
        mine = town_of == number
        tiles[mine] = own[KDTree(mosaic.sites[own]).query(hearts[mine])[1]]
    return tiles


def _built_up(terrain: Terrain, mosaic: Mosaic, centres: Floats) -> list[shapely.Geometry]:
    """Draw each town's built-up patch: ragged, and reluctant to climb."""
    ragged = draws(LAND_SEED, "built").standard_normal(len(mosaic.sites)) * 0.06
    hill = terrain.above_stream_m()[terrain.cell_of(mosaic.sites)] / 260.0
    patch = np.full(len(mosaic.sites), -1, dtype=np.int64)
    for number, radius in enumerate(TOWN_RADIUS_M):
        away = np.hypot(*(mosaic.sites - centres[number]).T) / radius
        patch[largest_piece(mosaic, away + ragged + hill < 1.0)] = number
    return [_smoothed(shape) for shape in outlines(mosaic, patch)]


def _smoothed(patch: shapely.Geometry) -> shapely.Geometry:
    """Close bays and courts, cut off tongues, and keep the one town that is left."""
    closed = shapely.buffer(shapely.buffer(patch, 120.0), -180.0)
    parts = shapely.get_parts(shapely.buffer(closed, 60.0))
    largest = parts[int(np.argmax(shapely.area(parts)))]
    return shapely.simplify(shapely.Polygon(shapely.get_exterior_ring(largest)), 3.0)
