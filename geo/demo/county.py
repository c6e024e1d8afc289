"""Where the made-up county ends and where its towns stand."""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.spatial import KDTree

from geo.demo.draws import LAND_SEED, Bools, Floats, Ints, draws, fractal
from geo.demo.terrain import CENTRE_E, CENTRE_N, STREAM_KM2, Terrain

__all__ = ["TOWNS", "county_cells", "town_centres"]

TOWNS = 13
COUNTY_KM2 = 2_460.0
CELL_KM2 = 0.09


def _basins(terrain: Terrain) -> Ints:
    """Give every cell its small catchment, numbered by the stretch of stream it drains to."""
    stream = terrain.upstream_km2 >= STREAM_KM2
    below = terrain.downstream
    feeders = np.bincount(below[(below >= 0) & stream], minlength=len(below))
    mouth = stream & ((below < 0) | (feeders[below] > 1))
    jump = np.where(mouth | (below < 0), np.arange(len(below)), below)
    while (jump[jump] != jump).any():
        jump = jump[jump]
    return jump


def county_cells(terrain: Terrain) -> Bools:
    """Take whole catchments near the centre until the county is large enough."""
    basins = _basins(terrain)
    rows, cols = terrain.height_m.shape
    xy = terrain.centres(np.arange(rows * cols))
    wobble = fractal((rows, cols), roughness=1.6, rng=draws(LAND_SEED, "outline")).ravel()
    away = np.hypot((xy[:, 0] - CENTRE_E) / 37_000, (xy[:, 1] - CENTRE_N) / 28_000)
    number = np.unique(basins, return_inverse=True)[1]
    cells = np.bincount(number)
    score = np.bincount(number, weights=away + 0.14 * wobble) / cells
    order = np.argsort(score, kind="stable")
    taken = order[np.cumsum(cells[order]) * CELL_KM2 <= COUNTY_KM2]
    county = np.isin(number, taken).reshape(rows, cols)
    return _without_fingers(county).ravel()


def _without_fingers(county: Bools) -> Bools:
    """Cut tongues of land and bays narrower than about two kilometres."""
    disc = np.hypot(*np.mgrid[-3:4, -3:4]) <= 3.2
    closed = ndimage.binary_closing(county, disc)
    opened: Bools = ndimage.binary_opening(closed, disc)
    return opened


def town_centres(terrain: Terrain, county: Bools) -> Floats:
    """Choose town sites in the wide valleys, the seat in the middle, the others well apart."""
    rng = draws(LAND_SEED, "towns")
    cells = np.flatnonzero(county & (terrain.upstream_km2 >= 18.0))
    xy = terrain.centres(cells)
    charm = np.log(terrain.upstream_km2[cells]) + 0.6 * rng.standard_normal(len(cells))
    edge = KDTree(terrain.centres(np.flatnonzero(~county))).query(xy)[0]
    charm[edge < 3_000] -= 5.0
    away = np.hypot(xy[:, 0] - CENTRE_E, xy[:, 1] - CENTRE_N)
    chosen = [int(np.argmax(charm - away / 4_000))]
    while len(chosen) < TOWNS:
        gap = KDTree(xy[chosen]).query(xy)[0]
        spread = np.where(gap > 7_500, 9.0 * np.minimum(gap / 12_500, 1.0), -np.inf)
        chosen.append(int(np.argmax(charm + spread)))
    return xy[chosen]
