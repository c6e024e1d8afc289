"""Buildings in the blocks between the streets of the towns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from geo.demo.draws import LAND_SEED, Bools, Floats, Ints, draws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.demo.streets import Streets

__all__ = ["BUILDING_KINDS", "Buildings", "raise_buildings"]

BUILDING_KINDS = ("residential", "shop", "workshop", "house", "public")

SHAPES = np.array(
    [
        [52.0, 13.0, 12.0, 19.0],
        [21.0, 14.0, 5.0, 13.0],
        [58.0, 30.0, 16.0, 18.0],
        [14.0, 9.5, 4.0, 9.0],
        [46.0, 20.0, 22.0, 30.0],
    ]
)
"""Metres per kind: length, depth, gap beside, gap behind."""

MIXES = {"urban": (0.46, 0.2, 0.13, 0.11, 0.1), "rural": (0.08, 0.27, 0.1, 0.47, 0.08)}
SIDEWALK_M = 8.0
KEPT = 0.86
"""Share of the building plots that are built on."""


class Buildings(NamedTuple):
    """Footprints in metres (EPSG:4547) and the number of each one's kind."""

    shapes: list[shapely.Geometry]
    kind: Ints


def raise_buildings(streets: Streets, rivers: Sequence[shapely.Geometry]) -> Buildings:
    """Fill the blocks of the 13 towns with rows of buildings; nothing stands in a river."""
    rng = draws(LAND_SEED, "buildings")
    shapes: list[shapely.Geometry] = []
    kinds: list[int] = []
    for town in range(13):
        mix = MIXES["urban" if town < 3 else "rural"]
        for block in _blocks(streets, town):
            kind = int(rng.choice(len(BUILDING_KINDS), p=mix))
            plots = _plots(block, SHAPES[kind] * rng.uniform(0.85, 1.15, 4), rng)
            shapes += plots
            kinds += [kind] * len(plots)
    free = _free(shapes, streets, rivers)
    kept = [shape for shape, is_free in zip(shapes, free, strict=True) if is_free]
    return Buildings(kept, np.array(kinds)[free])


def _blocks(streets: Streets, town: int) -> list[shapely.Geometry]:
    edges = streets.edges[streets.place == town]
    lines = shapely.linestrings(streets.nodes[edges])
    return list(
        shapely.get_parts(
            shapely.polygonize(shapely.get_parts(shapely.node(shapely.multilinestrings(lines))))
        )
    )


def _plots(
    block: shapely.Geometry, shape: Floats, rng: np.random.Generator
) -> list[shapely.Geometry]:
    """Put rows of equal plots into a block, along its longest side."""
    yard = shapely.buffer(block, -SIDEWALK_M, join_style="mitre")
    if shapely.area(yard) < shape[0] * shape[1]:
        return []
    turn, origin = _longest_side(block)
    local = (shapely.get_coordinates(yard) - origin) @ turn
    low, high = local.min(axis=0), local.max(axis=0)
    size, step = shape[:2], shape[:2] + shape[2:]
    starts = [np.arange(low[axis], high[axis] - size[axis] + 0.1, step[axis]) for axis in (0, 1)]
    corner = np.stack(np.meshgrid(*starts, indexing="ij"), axis=-1).reshape(-1, 1, 2)
    corner = corner[rng.random(len(corner)) < KEPT]
    stretch = size * rng.uniform([0.8, 0.95], [1.0, 1.05], (len(corner), 2))
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    rings = (corner + square * stretch[:, None, :]) @ turn.T + origin
    plots = np.asarray(shapely.polygons(rings))
    shapely.prepare(yard)
    return list(plots[shapely.contains(yard, plots)])


def _longest_side(block: shapely.Geometry) -> tuple[Floats, Floats]:
    """Give the rotation `(2, 2)` into the frame of the block's longest side, and its start."""
    ring = shapely.get_coordinates(block)
    steps = np.diff(ring, axis=0)
    longest = int(np.argmax(np.hypot(*steps.T)))
    unit = steps[longest] / np.hypot(*steps[longest])
    return np.array([[unit[0], -unit[1]], [unit[1], unit[0]]]), ring[longest]


def _free(
    shapes: list[shapely.Geometry], streets: Streets, rivers: Sequence[shapely.Geometry]
) -> Bools:
    """Mark what stands neither in a river nor on a street that ends inside a block."""
    lines = np.asarray(shapely.linestrings(streets.nodes[streets.edges]))
    barred = np.r_[shapely.buffer(np.array(rivers), 28.0), shapely.buffer(lines, 5.0)]
    hit = shapely.STRtree(np.array(shapes)).query(barred, predicate="intersects")[1]
    free = np.ones(len(shapes), dtype=bool)
    free[hit] = False
    return free
