"""Short straight stretches of street and road: where units stand and incidents happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from geo.demo.draws import Floats, Ints
    from geo.demo.ground import Ground

__all__ = ["STRETCH_KINDS", "Stretches", "area_at", "cut_stretches"]

STRETCH_KINDS: Final = ("main_street", "street", "lane", "provincial", "county", "village")
LONGEST_M: Final = 160.0


@dataclass(frozen=True)
class Stretches:
    """Stretches in metres (EPSG:4547), each inside one area.

    `start` and `end` (n, 2); `kind` (n,) counts through `STRETCH_KINDS`; `area` (n,) is the
    number of the area on the land; `way` (n,) numbers the street or road, along which
    neighbouring stretches follow each other.
    """

    start: Floats
    end: Floats
    kind: Ints
    area: Ints
    way: Ints

    @property
    def length_m(self) -> Floats:
        """Give the length of each stretch."""
        return np.asarray(np.hypot(*(self.end - self.start).T))

    @property
    def heading(self) -> Floats:
        """Give the direction of each stretch as a unit vector `(n, 2)`."""
        return (self.end - self.start) / self.length_m[:, None]

    def at(self, number: Ints, share: Floats, aside_m: Floats) -> Floats:
        """Give points `(k, 2)`: on stretch `number`, `share` along it, `aside_m` to its left."""
        along, step = self.start[number], (self.end - self.start)[number]
        left = self.heading[number][:, ::-1] * np.array([-1.0, 1.0])
        return np.asarray(along + step * share[:, None] + left * aside_m[:, None])


def cut_stretches(ground: Ground) -> Stretches:
    """Cut all streets, lanes and roads into stretches of at most 160 m."""
    ways = [*ground.streets.ways, *ground.roads]
    lines = shapely.segmentize(np.array([way.line for way in ways]), LONGEST_M)
    points, number = shapely.get_coordinates(lines, return_index=True)
    same = number[1:] == number[:-1]
    start, end = points[:-1][same], points[1:][same]
    way = number[1:][same].astype(np.int64)
    kind = np.array([STRETCH_KINDS.index(way.kind) for way in ways])[way]
    area = area_at((start + end) / 2, ground)
    known = (area >= 0) & (np.hypot(*(end - start).T) > 5.0)
    return Stretches(start[known], end[known], kind[known], area[known], way[known])


def area_at(xy: Floats, ground: Ground) -> Ints:
    """Give the number of the area that holds each point `(n, 2)`, -1 outside the county."""
    found = np.full(len(xy), -1, dtype=np.int64)
    tree = shapely.STRtree(np.array(ground.land.polygons))
    point, area = tree.query(np.asarray(shapely.points(xy)), predicate="within")
    found[point] = area
    return found
