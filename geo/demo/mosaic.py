"""A mosaic of small tiles that areas are grown on: neighbours share their border exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import shapely
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree, Voronoi

from geo.demo.draws import Bools, Floats, Ints, rounded_corners

__all__ = ["Mosaic", "chains", "grown", "largest_piece", "lay_mosaic", "outlines"]


Graph: TypeAlias = Any
"""A scipy CSR array of costs; scipy's stubs do not accept its own arrays in csgraph."""


@dataclass(frozen=True)
class Mosaic:
    """Voronoi tiles and their neighbourhood.

    `sites` (n, 2) metres; `tile_m2` (n,) about how large each tile is; `pairs` (m, 2) tiles that
    touch; `edges` (m, 2) the corner numbers of the edge between them; `corners` (k, 2) metres.
    """

    sites: Floats
    tile_m2: Floats
    pairs: Ints
    edges: Ints
    corners: Floats

    def nearest(self, xy: Floats) -> Ints:
        """Give the tile that holds each point `(n, 2)`."""
        return np.asarray(KDTree(self.sites).query(xy)[1], dtype=np.int64)

    def within(self, inside: Bools) -> Bools:
        """Say of each pair (m,) whether both tiles are `inside` (n,)."""
        return np.asarray(inside[self.pairs].all(axis=1))

    def graph(self, cost: Floats, *, keep: Bools) -> Graph:
        """Make the symmetric graph of the pairs to `keep` (m,), with `cost` (m,) per pair."""
        one, other = self.pairs[keep].T
        both = (np.concatenate([one, other]), np.concatenate([other, one]))
        size = len(self.sites)
        return csr_array((np.tile(cost[keep], 2), both), shape=(size, size))

    def lengths(self) -> Floats:
        """Give the distance between the sites of each pair, in metres."""
        step = self.sites[self.pairs[:, 0]] - self.sites[self.pairs[:, 1]]
        return np.hypot(step[:, 0], step[:, 1])


def lay_mosaic(sites: Floats, tile_m2: Floats) -> Mosaic:
    """Cut the plane into the Voronoi tiles of `sites` (n, 2); unbounded edges are left out."""
    cut = Voronoi(sites)
    edges = np.array(cut.ridge_vertices, dtype=np.int64)
    bounded = (edges >= 0).all(axis=1)
    pairs = cut.ridge_points[bounded].astype(np.int64)
    return Mosaic(sites, tile_m2, pairs, edges[bounded], np.array(cut.vertices))


def grown(graph: Graph, seeds: Ints, *, head_start: Floats | None = None) -> Ints:
    """Grow one region from each seed tile at equal speed.

    `head_start` (n_seeds,) in units of the graph's cost lets a region begin earlier. Returns
    for each tile the number of its region, -1 where no region arrives.
    """
    size = graph.shape[0]
    ahead = np.zeros(len(seeds)) if head_start is None else head_start
    source = csr_array(
        (ahead.max() - ahead + 1.0, (np.zeros(len(seeds), dtype=np.int64), seeds)), shape=(1, size)
    )
    whole = block_array([[graph, None], [source, csr_array((1, 1))]], format="csr")
    _, before = dijkstra(whole, indices=size, return_predecessors=True)
    region = np.full(size + 1, -1, dtype=np.int64)
    region[seeds] = np.arange(len(seeds))
    return region[_roots(np.asarray(before, dtype=np.int64), size)][:size]


def _roots(before: Ints, source: int) -> Ints:
    """Follow predecessors back to the tile next to the source, for all tiles at once."""
    at = np.arange(len(before))
    reached = (before >= 0) & (before != source)
    jump = np.where(reached, before, at).astype(np.int64)
    while (jump[jump] != jump).any():
        jump = jump[jump]
    return jump


def largest_piece(mosaic: Mosaic, inside: Bools) -> Bools:
    """Keep the largest connected piece of the tiles `inside`, and fill its holes."""
    ones = np.ones(len(mosaic.pairs))
    pieces = connected_components(mosaic.graph(ones, keep=mosaic.within(inside)), directed=False)[1]
    body = pieces == np.bincount(pieces[inside]).argmax()
    around = connected_components(mosaic.graph(ones, keep=mosaic.within(~body)), directed=False)[1]
    outer = around == np.bincount(around[~body]).argmax()
    return np.asarray(~outer | body)


def outlines(mosaic: Mosaic, region: Ints) -> list[shapely.Geometry]:
    """Draw the polygon of every region 0, 1, ...; neighbours share smooth borders exactly.

    Corners are cut, which keeps every border inside the tiles it runs along: no gap or overlap
    can arise. Tiles of region -1 stay outside.
    """
    border = region[mosaic.pairs[:, 0]] != region[mosaic.pairs[:, 1]]
    lines = [
        shapely.LineString(rounded_corners(mosaic.corners[chain]))
        for chain in chains(mosaic.edges[border])
    ]
    faces = shapely.get_parts(shapely.polygonize(lines))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    owner = region[mosaic.nearest(inner)]
    return [shapely.union_all(faces[owner == number]) for number in range(int(region.max()) + 1)]


def chains(edges: Ints, *, stops: frozenset[int] = frozenset()) -> list[list[int]]:
    """Join edges (m, 2) into chains that run from junction to junction or close in a ring.

    Chains also end at `stops`. Every edge is in exactly one chain.

    >>> chains(np.array([[0, 1], [1, 2], [2, 0]]))
    [[0, 1, 2, 0]]
    """
    beside: dict[int, list[int]] = {}
    for one, other in edges.tolist():
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    ends = {corner for corner, near in beside.items() if len(near) != 2} | (stops & beside.keys())
    used: set[tuple[int, int]] = set()
    return [
        _walk((corner, step), beside, ends, used)
        for corner in sorted(ends) + sorted(beside)
        for step in beside[corner]
        if (corner, step) not in used
    ]


def _walk(
    first: tuple[int, int],
    beside: dict[int, list[int]],
    ends: set[int],
    used: set[tuple[int, int]],
) -> list[int]:
    chain = list(first)
    used.update({first, first[::-1]})
    while chain[-1] != chain[0] and chain[-1] not in ends:
        one, other = beside[chain[-1]]
        onward = other if one == chain[-2] else one
        used.update({(chain[-1], onward), (onward, chain[-1])})
        chain.append(onward)
    return chain
