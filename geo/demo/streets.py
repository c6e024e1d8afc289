"""Streets of the towns and lanes of the villages: irregular, bent grids."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.demo.draws import LAND_SEED, Bools, Floats, Ints, draws
from geo.demo.ways import Way

if TYPE_CHECKING:
    from geo.demo.land import Land
    from geo.demo.roads import Roads

__all__ = ["Streets", "lay_streets"]

MAIN_EVERY = 4
DROPPED = 0.16
"""Share of side streets that were never built."""


class _Plan(NamedTuple):
    """How one settlement lays out its streets; gaps in metres."""

    centre: Floats
    angle: float
    gaps: tuple[float, float]
    reach: float
    bend: float
    ground: shapely.Geometry | None


@dataclass(frozen=True)
class Streets:
    """Streets as a graph: `nodes` (k, 2) metres, `edges` (m, 2) node numbers.

    `line` (m,) numbers the street an edge belongs to, `main` (m,) marks main streets, `across`
    (m,) those that run across the town's main direction, `place` (m,) is 0..12 in a town and
    13 + n in the n-th area of the land.
    """

    nodes: Floats
    edges: Ints
    line: Ints
    main: Bools
    across: Bools
    place: Ints

    @cached_property
    def ways(self) -> list[Way]:
        """Join the edges of each street into lines as long as they run unbroken."""
        ends = self.nodes[self.edges]
        order = np.lexsort((self.edges[:, 0], self.line))
        broken = np.r_[True, self.edges[order[1:], 0] != self.edges[order[:-1], 1]]
        ways = []
        for run in np.split(order, np.flatnonzero(broken)[1:]):
            points = np.vstack([ends[run, 0], ends[run[-1:], 1]])
            ways.append(Way(self._kind(run[0]), int(self.line[run[0]]), shapely.LineString(points)))
        return ways

    def _kind(self, edge: int) -> str:
        if self.place[edge] >= len(TOWN_GAPS):
            return "lane"
        return "main_street" if self.main[edge] else "street"


TOWN_GAPS = ((95.0, 185.0), (85.0, 165.0), (85.0, 165.0), *(((65.0, 120.0),) * 10))
VILLAGE_GAPS = (48.0, 88.0)


def lay_streets(land: Land, roads: Roads, rivers: list[shapely.LineString]) -> Streets:
    """Lay the streets of 13 towns and the lanes of 258 villages, each along its road.

    Only main streets cross the `rivers`.
    """
    rng = draws(LAND_SEED, "streets")
    plans = [*_town_plans(land, roads), *_village_plans(land, roads, rng)]
    places = [*range(len(TOWN_GAPS)), *(13 + np.flatnonzero(~land.is_community)).tolist()]
    parts = [_grid(plan, place, rng) for plan, place in zip(plans, places, strict=True)]
    return _bridged(_joined(parts), rivers)


def _town_plans(land: Land, roads: Roads) -> list[_Plan]:
    lines = [way.line for way in roads.ways if way.kind != "village"]
    plans = []
    for centre, gaps, ground in zip(land.centres, TOWN_GAPS, land.built, strict=True):
        reach = float(np.abs(shapely.bounds(ground) - np.tile(centre, 2)).max())
        plans.append(_Plan(centre, _heading(lines, centre), gaps, reach, gaps[1] / 4, ground))
    return plans


def _village_plans(land: Land, roads: Roads, rng: np.random.Generator) -> list[_Plan]:
    lines = [way.line for way in roads.ways]
    hearts = roads.hearts[~land.is_community]
    sizes = rng.lognormal(np.log(150.0), 0.38, len(hearts)).clip(80.0, 380.0)
    return [
        _Plan(heart, _heading(lines, heart), VILLAGE_GAPS, float(size), 14.0, None)
        for heart, size in zip(hearts, sizes, strict=True)
    ]


def _heading(lines: list[shapely.LineString], at: Floats) -> float:
    """Give the direction (radians) of the nearest road."""
    point = shapely.Point(at)
    line = lines[int(np.argmin(shapely.distance(np.array(lines), point)))]
    along = line.project(point)
    one, other = line.interpolate(max(along - 120, 0)), line.interpolate(along + 120)
    return float(np.arctan2(other.y - one.y, other.x - one.x))


def _grid(plan: _Plan, place: int, rng: np.random.Generator) -> Streets:
    """Lay one settlement's grid: uneven gaps, bent lines, some side streets missing."""
    u, v = _lines(plan, rng), _lines(plan, rng)
    nodes = _bent(plan, u, v, rng)
    number = np.arange(len(u) * len(v)).reshape(len(u), len(v))
    along = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    edges = np.vstack([along, across])
    line = np.r_[along[:, 0] % len(v), len(v) + across[:, 0] // len(v)]
    middle = (int(np.argmin(np.abs(v))), len(v) + int(np.argmin(np.abs(u))))
    main = ((line - middle[0]) % MAIN_EVERY == 0) & (line < len(v))
    main |= ((line - middle[1]) % MAIN_EVERY == 0) & (line >= len(v))
    keep = _on_ground(plan, nodes, edges) & (main | (rng.random(len(edges)) > DROPPED))
    keep &= _largest(edges, keep, len(nodes))
    across_flag = line >= len(v)
    return Streets(
        nodes, edges[keep], line[keep], main[keep], across_flag[keep], np.full(keep.sum(), place)
    )


def _lines(plan: _Plan, rng: np.random.Generator) -> Floats:
    """Place the lines of one direction, the first through the centre."""
    most = int(plan.reach / plan.gaps[0]) + 2
    out, back = np.cumsum(rng.uniform(*plan.gaps, (2, most)), axis=1)
    both: Floats = np.r_[-back[::-1], 0.0, out]
    return both[np.abs(both) <= plan.reach]


def _bent(plan: _Plan, u: Floats, v: Floats, rng: np.random.Generator) -> Floats:
    """Turn the grid along the road and bend it gently; the centre stays where it is."""
    grid = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2)
    waves = rng.uniform(0.6, 1.6, (2, 2, 2)) / max(plan.reach, 250.0) * 2.2
    phase = rng.uniform(0, 2 * np.pi, (2, 2))
    swing = np.sin(np.einsum("kwd,nd->nkw", waves, grid) + phase) - np.sin(phase)
    shaken = rng.normal(0.0, 0.05 * plan.gaps[0], grid.shape)
    shaken[(grid == 0).all(axis=1)] = 0.0
    bent = grid + plan.bend * swing.sum(axis=2) + shaken
    cos, sin = np.cos(plan.angle), np.sin(plan.angle)
    return np.asarray(bent @ np.array([[cos, sin], [-sin, cos]]) + plan.centre)


def _on_ground(plan: _Plan, nodes: Floats, edges: Ints) -> Bools:
    """Keep edges on the built-up patch; in a village those near a ragged oval."""
    if plan.ground is None:
        local = nodes - plan.centre
        along = local @ np.array([np.cos(plan.angle), np.sin(plan.angle)])
        side = np.hypot(*local.T) ** 2 - along**2
        inside = np.sqrt(along**2 + 2.2 * np.maximum(side, 0)) <= plan.reach
    else:
        shapely.prepare(plan.ground)
        inside = shapely.contains_xy(plan.ground, nodes)
    return np.asarray(inside[edges].all(axis=1))


def _largest(edges: Ints, keep: Bools, size: int) -> Bools:
    """Keep only the edges that hang together with most others."""
    one, other = edges[keep].T
    graph = csr_array((np.ones(len(one)), (one, other)), shape=(size, size))
    piece = connected_components(graph, directed=False)[1]
    biggest = np.bincount(piece[one], minlength=1).argmax() if len(one) else -1
    return np.asarray(piece[edges[:, 0]] == biggest)


def _joined(parts: list[Streets]) -> Streets:
    """Put the settlements' streets into one graph; numbers of nodes and lines run on."""
    nodes = np.cumsum([0, *(len(part.nodes) for part in parts)])
    lines = np.cumsum([0, *(int(part.line.max(initial=0)) + 1 for part in parts)])
    return Streets(
        np.vstack([part.nodes for part in parts]),
        np.vstack([part.edges + nodes[number] for number, part in enumerate(parts)]),
        np.concatenate([part.line + lines[number] for number, part in enumerate(parts)]),
        np.concatenate([part.main for part in parts]),
        np.concatenate([part.across for part in parts]),
        np.concatenate([part.place for part in parts]),
    )


def _bridged(streets: Streets, rivers: list[shapely.LineString]) -> Streets:
    """Take away what would need a bridge, main streets excepted."""
    lines = np.asarray(shapely.linestrings(streets.nodes[streets.edges]))
    wet = shapely.STRtree(lines).query(np.array(rivers), predicate="intersects")[1]
    keep = np.ones(len(streets.edges), dtype=bool)
    keep[wet] = False
    keep |= streets.main & (streets.place < len(TOWN_GAPS))
    return Streets(
        streets.nodes,
        streets.edges[keep],
        streets.line[keep],
        streets.main[keep],
        streets.across[keep],
        streets.place[keep],
    )
