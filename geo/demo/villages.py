"""Where the villages and communities of the made-up county have their hearts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from geo.demo.county import TOWNS
from geo.demo.draws import LAND_SEED, Bools, Floats, Ints, draws

if TYPE_CHECKING:
    from geo.demo.mosaic import Mosaic
    from geo.demo.terrain import Terrain

__all__ = ["COMMUNITIES", "SEAT_COMMUNITIES", "VILLAGES", "place_hearts"]

COMMUNITIES, VILLAGES = 30, 258
"""288 villages and communities: the published figure."""

SEAT_COMMUNITIES = (18, 7, 5)
"""The county seat and two more urban towns; the other towns have villages only."""

SEAT_RADIUS_M = (2_100.0, 1_250.0, 1_050.0)
FEWEST_VILLAGES = 8


def place_hearts(
    terrain: Terrain, mosaic: Mosaic, town: Ints, centres: Floats
) -> tuple[Floats, Ints, Bools]:
    """Place the 30 community hearts in the seats and the 258 village hearts in the valleys.

    Returns hearts `(288, 2)` in metres, the town of each, and whether each is a community.
    """
    rng = draws(LAND_SEED, "hearts")
    urban = [
        _spread_out(mosaic, _disc(mosaic, town, seat, centres[seat]), count, rng)
        for seat, count in enumerate(SEAT_COMMUNITIES)
    ]
    country = [_countryside(mosaic, town, number, centres) for number in range(TOWNS)]
    shares = _village_shares([float(mosaic.tile_m2[tiles].sum()) for tiles in country])
    rural = [
        _in_valleys(terrain, mosaic, tiles, _spread_out(mosaic, tiles, count, rng))
        for tiles, count in zip(country, shares.tolist(), strict=True)
    ]
    towns = np.concatenate([np.arange(len(urban)), np.arange(TOWNS)])
    town_of = np.repeat(towns, [len(part) for part in urban + rural])
    return np.vstack(urban + rural), town_of, np.arange(len(town_of)) < COMMUNITIES


def _disc(mosaic: Mosaic, town: Ints, seat: int, centre: Floats) -> Ints:
    """Take the tiles of the built-up heart of an urban seat."""
    away = np.hypot(*(mosaic.sites - centre).T)
    return np.flatnonzero((town == seat) & (away < SEAT_RADIUS_M[seat]))


def _countryside(mosaic: Mosaic, town: Ints, number: int, centres: Floats) -> Ints:
    """Take the tiles of a town outside the built-up seat."""
    radius = SEAT_RADIUS_M[number] * 1.25 if number < len(SEAT_RADIUS_M) else 0.0
    away = np.hypot(*(mosaic.sites - centres[number]).T)
    return np.flatnonzero((town == number) & (away > radius))


def _village_shares(land_m2: list[float]) -> Ints:
    """Share the 258 villages among the towns by their land, the largest remainders first."""
    land = np.array(land_m2) ** 0.85
    exact = land / land.sum() * (VILLAGES - TOWNS * FEWEST_VILLAGES)
    shares = np.floor(exact).astype(np.int64)
    rest = VILLAGES - TOWNS * FEWEST_VILLAGES - int(shares.sum())
    shares[np.argsort(shares - exact, kind="stable")[:rest]] += 1
    return np.asarray(shares + FEWEST_VILLAGES)


def _spread_out(mosaic: Mosaic, tiles: Ints, count: int, rng: np.random.Generator) -> Floats:
    """Pick `count` places about evenly, by a few rounds of moving to the middle (Lloyd)."""
    sites, weight = mosaic.sites[tiles], mosaic.tile_m2[tiles]
    hearts = sites[rng.choice(len(sites), count, replace=False, p=weight / weight.sum())]
    for _ in range(5):
        nearest = KDTree(hearts).query(sites)[1]
        land = np.bincount(nearest, weights=weight, minlength=count)
        middle = [np.bincount(nearest, weights=axis * weight, minlength=count) for axis in sites.T]
        hearts = np.column_stack(middle) / land[:, None]
    return hearts


def _in_valleys(terrain: Terrain, mosaic: Mosaic, tiles: Ints, hearts: Floats) -> Floats:
    """Let each village move to the lowest ground nearby that no other has taken."""
    sites = mosaic.sites[tiles]
    low = terrain.above_stream_m()[terrain.cell_of(sites)]
    near = np.asarray(KDTree(sites).query_ball_point(hearts, 800.0, return_sorted=True))
    taken: set[int] = set()
    for number, choice in enumerate(near.tolist()):
        free = [tile for tile in choice if tile not in taken]
        best = free[int(np.argmin(low[free]))]
        taken.add(best)
        hearts[number] = sites[best]
    return hearts
