"""The relief of the made-up county: heights, and where water runs on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.demo.draws import LAND_SEED, Floats, Ints, draws, fractal

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CENTRE_E", "CENTRE_N", "STREAM_KM2", "Terrain", "make_terrain"]

CENTRE_E, CENTRE_N = 447_600.0, 4_218_400.0
"""Metres in EPSG:4547: near 113.40 E, 38.10 N."""

CELL_M = 300.0
"""Metres. Fine enough for a side valley, coarse enough to route water in a fraction of a second."""

SHAPE = (270, 330)
STREAM_KM2 = 5.0
"""A stream begins where this much land drains into it."""

LOWEST_M = 420.0
SLOPE_AT_1_KM2 = 0.045


@dataclass(frozen=True)
class Terrain:
    """Heights on a square grid, and the drainage over them.

    `height_m` has shape (rows, cols), row 0 in the south. `downstream` gives for each flat cell
    the flat cell its water runs to (-1 leaves the map); `upstream_km2` the area drained through it.
    """

    height_m: Floats
    downstream: Ints
    upstream_km2: Floats

    def cell_of(self, xy: Floats) -> Ints:
        """Give the flat cell of each point `(n, 2)` in metres; points outside go to the edge."""
        rows, cols = self.height_m.shape
        col = np.clip(((xy[:, 0] - _WEST) / CELL_M).astype(np.int64), 0, cols - 1)
        row = np.clip(((xy[:, 1] - _SOUTH) / CELL_M).astype(np.int64), 0, rows - 1)
        return np.asarray(row * cols + col)

    def centres(self, cells: Ints) -> Floats:
        """Give the centre of each flat cell as `(n, 2)` metres."""
        row, col = np.divmod(cells, self.height_m.shape[1])
        return np.column_stack([_WEST + (col + 0.5) * CELL_M, _SOUTH + (row + 0.5) * CELL_M])

    def height_at(self, xy: Floats) -> Floats:
        """Interpolate heights (metres) at points `(n, 2)`."""
        row = (xy[:, 1] - _SOUTH) / CELL_M - 0.5
        col = (xy[:, 0] - _WEST) / CELL_M - 0.5
        heights: Floats = ndimage.map_coordinates(
            self.height_m, [row, col], order=1, mode="nearest"
        )
        return heights

    def above_stream_m(self) -> Floats:
        """Give each flat cell's height above the stream it drains to, in metres.

        Source: height above nearest drainage, Renno et al. (2008), Remote Sensing of Environment.
        """
        height = self.height_m.ravel()
        stream = (self.upstream_km2 >= STREAM_KM2) | (self.downstream < 0)
        jump = np.where(stream, np.arange(len(height)), self.downstream)
        while (jump[jump] != jump).any():
            jump = jump[jump]
        return height - height[jump]


_WEST = CENTRE_E - SHAPE[1] * CELL_M / 2
_SOUTH = CENTRE_N - SHAPE[0] * CELL_M / 2


def make_terrain() -> Terrain:
    """Let water find its way off the map, then raise the land between the rivers."""
    rng = draws(LAND_SEED, "terrain")
    order, downstream = _drainage(_resistance(rng))
    drained = _accumulate(order, downstream) * (CELL_M / 1000) ** 2
    return Terrain(_heights(order, downstream, drained), downstream, drained)


def _resistance(rng: np.random.Generator) -> Floats:
    """Say how hard the ground is to cut a valley into: hard and soft rock, and one soft belt."""
    padded = (SHAPE[0] * 3 // 2, SHAPE[1] * 3 // 2)  # the surface wraps around; cut the seam off
    rock = fractal(padded, roughness=1.1, rng=rng)[: SHAPE[0], : SHAPE[1]]
    northing, easting = np.mgrid[-1 : 1 : SHAPE[0] * 1j, -1 : 1 : SHAPE[1] * 1j]
    belt = 0.16 * np.sin(2.6 * easting + 0.6) + 0.06 * np.sin(7 * easting)
    soft = 0.7 * np.exp(-(((northing - belt) / 0.07) ** 2))
    return np.asarray(np.exp(1.2 * rock - 1.5 * soft))


def _drainage(resistance: Floats) -> tuple[Ints, Ints]:
    """Grow the river network upstream from its outlets, along the least resistance.

    Returns the flat cells in the order they were reached, and for each flat cell the one it
    drains to. Every cell drains, nothing flows in a ring, and no cell is a hollow.
    Source: least-cost channel networks, Rinaldo et al. (1992), Water Resources Research 28.
    """
    number = np.arange(resistance.size).reshape(resistance.shape)
    start, end, length = (np.concatenate(parts) for parts in zip(*_steps(number), strict=True))
    graph = csr_array(
        (length * resistance.ravel()[end], (start, end)), shape=(resistance.size,) * 2
    )
    mouths = [int(number[place]) for place in _outlets(*resistance.shape)]
    reached, before, _ = dijkstra(graph, indices=mouths, min_only=True, return_predecessors=True)
    order = np.argsort(reached, kind="stable")
    return order, np.where(before < 0, -1, before).astype(np.int64)


def _steps(number: Ints) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Give the steps to all eight neighbours: from which cell, to which, how long."""
    for rows, cols in ((0, 1), (1, 0), (1, 1), (1, -1)):
        one = number[: len(number) - rows, max(-cols, 0) : number.shape[1] - max(cols, 0)]
        other = number[rows:, max(cols, 0) : number.shape[1] + min(cols, 0)]
        length = np.full(one.size, float(np.hypot(rows, cols)))
        yield one.ravel(), other.ravel(), length
        yield other.ravel(), one.ravel(), length


def _outlets(rows: int, cols: int) -> list[tuple[int, int]]:
    """Place the mouths of the rivers on the rim: one in the east, two small ones elsewhere."""
    return [(int(rows * 0.53), cols - 1), (rows - 1, int(cols * 0.72)), (0, int(cols * 0.36))]


def _accumulate(order: Ints, downstream: Ints) -> Floats:
    """Count the cells that drain through each cell, itself included."""
    count = [1] * len(order)
    below = downstream.tolist()
    for cell in order[::-1].tolist():
        if below[cell] >= 0:
            count[below[cell]] += count[cell]
    return np.array(count, dtype=np.float64)


def _heights(order: Ints, downstream: Ints, upstream_km2: Floats) -> Floats:
    """Climb from the outlets: the less water a reach carries, the steeper it is.

    Source: Flint's law (1974), Water Resources Research 10: slope falls with drained area.
    """
    rise = (SLOPE_AT_1_KM2 * CELL_M * np.maximum(upstream_km2, 0.15) ** -0.5).tolist()
    below = downstream.tolist()
    height = [LOWEST_M] * len(rise)
    for cell in order.tolist():
        if below[cell] >= 0:
            height[cell] = height[below[cell]] + rise[cell]
    return np.array(height).reshape(SHAPE)
