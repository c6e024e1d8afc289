"""The roads between the towns and villages of the made-up county."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra

from geo.demo.draws import Floats, Ints, rounded_corners
from geo.demo.mosaic import Mosaic, chains
from geo.demo.ways import Way

if TYPE_CHECKING:
    from geo.demo.land import Land

__all__ = ["ROAD_KINDS", "Roads", "make_roads"]

ROAD_KINDS = ("provincial", "county", "village")
WORN = 0.3
"""What a step along an existing road costs beside open ground: ways come together."""

EXTRA_LINKS = 5


class Roads(NamedTuple):
    """The roads, and where on its road each area has its heart `(288, 2)`, in metres."""

    ways: list[Way]
    hearts: Floats


def make_roads(land: Land) -> Roads:
    """Lay provincial roads through the valleys, county roads between towns, roads to villages."""
    laying = _Laying(land)
    for one, other in _crossings(land):
        laying.lay([laying.path(one, other)], 0)
    towns = land.mosaic.nearest(land.centres)
    for one, other in _links(land.centres):
        laying.lay([laying.path(int(towns[one]), int(towns[other]))], 1)
    laying.lay(laying.feeders(land.mosaic.nearest(land.hearts[~land.is_community])), 2)
    place = _eased(land.mosaic, laying.rank)
    return Roads(_drawn(land.mosaic, laying.rank, place), place[land.mosaic.nearest(land.hearts)])


class _Laying:
    """The steps between tiles that have become road so far; what is laid draws others on."""

    def __init__(self, land: Land) -> None:
        self._mosaic, self._cost = land.mosaic, land.cost
        self._within = land.mosaic.within(land.inside)
        self._size = len(land.mosaic.sites)
        key = self._keys(land.mosaic.pairs)
        self._order = np.argsort(key, kind="stable")
        self._sorted = key[self._order]
        self.rank = np.full(len(land.mosaic.pairs), len(ROAD_KINDS), dtype=np.int64)

    def path(self, start: int, end: int) -> list[int]:
        """Find the cheapest way between two tiles inside the county."""
        before = self._searched(np.array([start]))
        path = [end]
        while before[path[-1]] >= 0:
            path.append(before[path[-1]])
        return path

    def feeders(self, tiles: Ints) -> list[list[int]]:
        """Find the way from each of `tiles` to the nearest road."""
        before = self._searched(np.unique(self._mosaic.pairs[self.rank < len(ROAD_KINDS)]))
        paths = []
        for tile in tiles.tolist():
            path = [tile]
            while before[path[-1]] >= 0:
                path.append(before[path[-1]])
            paths.append(path)
        return paths

    def lay(self, paths: list[list[int]], kind: int) -> None:
        """Make road of class `kind` along `paths`, unless a better one lies there."""
        steps = np.array([step for path in paths for step in pairwise(path)])
        hit = self._order[np.searchsorted(self._sorted, self._keys(steps))]
        self.rank[hit] = np.minimum(self.rank[hit], kind)

    def _keys(self, pairs: Ints) -> Ints:
        return np.asarray(pairs.min(axis=1) * self._size + pairs.max(axis=1))

    def _searched(self, sources: Ints) -> list[int]:
        cost = self._cost * np.where(self.rank < len(ROAD_KINDS), WORN, 1.0)
        graph = self._mosaic.graph(cost, keep=self._within)
        found = dijkstra(graph, indices=sources, min_only=True, return_predecessors=True)
        return list(found[1].tolist())


def _crossings(land: Land) -> list[tuple[int, int]]:
    """Name the ends of the provincial roads: across by the urban towns, and out to the south."""
    sites, inside = land.mosaic.sites, np.flatnonzero(land.inside)
    west, east, south = (
        int(inside[int(np.argmax(sites[inside] @ np.array(way)))])
        for way in ((-1.0, -0.2), (1.0, 0.25), (-0.25, -1.0))
    )
    seats = land.mosaic.nearest(land.centres[:3])
    eastward = seats[np.argsort(sites[seats, 0], kind="stable")].tolist()
    return [*pairwise([west, *eastward, east]), (int(seats[0]), south)]


def _links(centres: Floats) -> list[tuple[int, int]]:
    """Join every town to the nearest one already joined, then add the shortest links missing."""
    gap = np.hypot(*(centres[:, None] - centres).transpose(2, 0, 1))
    joined, links = [0], []
    while len(joined) < len(centres):
        free = [town for town in range(len(centres)) if town not in joined]
        nearest = gap[np.ix_(joined, free)]
        row, col = np.unravel_index(int(nearest.argmin()), nearest.shape)
        links.append((joined[int(row)], free[int(col)]))
        joined.append(free[int(col)])
    pairs = [(one, other) for one in range(len(centres)) for other in range(one)]
    missing = [pair for pair in pairs if pair not in links and pair[::-1] not in links]
    return links + sorted(missing, key=lambda pair: float(gap[pair]))[:EXTRA_LINKS]


def _drawn(mosaic: Mosaic, rank: Ints, place: Floats) -> list[Way]:
    laid = rank < len(ROAD_KINDS)
    stops = _changes(mosaic.pairs[laid], rank[laid])
    return [
        Way(kind, -1, shapely.LineString(_thinned(rounded_corners(place[chain], rounds=3))))
        for number, kind in enumerate(ROAD_KINDS)
        for chain in chains(mosaic.pairs[rank == number], stops=stops)
    ]


def _thinned(line: Floats) -> Floats:
    """Drop corners that nobody sees."""
    return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.LineString(line), 2.0)))


def _changes(pairs: Ints, rank: Ints) -> frozenset[int]:
    """Find the tiles where roads meet or change their class: lines must break there."""
    tiles = pairs.ravel()
    degree = np.bincount(tiles)
    low, high = (np.bincount(tiles, weights=np.repeat(rank**p, 2)) for p in (1, 2))
    mean = low / np.maximum(degree, 1)
    mixed = high / np.maximum(degree, 1) - mean**2 > 1e-9
    return frozenset(np.flatnonzero((degree > 2) | mixed).tolist())


def _eased(mosaic: Mosaic, rank: Ints, *, rounds: int = 5) -> Floats:
    """Move road tiles towards their neighbours on the road, so that roads swing and not jag."""
    place = mosaic.sites.copy()
    laid = rank < len(ROAD_KINDS)
    one, other = mosaic.pairs[laid].T
    pull = np.array([25.0, 5.0, 1.0])[rank[laid]]
    size = len(place)
    total = np.bincount(one, pull, size) + np.bincount(other, pull, size)
    free = np.bincount(np.concatenate([one, other]), minlength=size) > 1
    for _ in range(rounds):
        for axis in (0, 1):
            at = place[:, axis]
            drawn = np.bincount(one, pull * at[other], size) + np.bincount(
                other, pull * at[one], size
            )
            at[free] = 0.4 * at[free] + 0.6 * drawn[free] / total[free]
    return place
