"""Flagged cells joined into places: what a crew can be sent to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.cluster import DBSCAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.arrays import Floats, Ints
    from models.cells import Cells

__all__ = ["Places", "cell_order", "flag_places", "flag_places_each"]

JOIN_CELLS: Final = 1.5
"""Cell sides. Cells whose centres are no farther apart touch at a side or a corner."""

LARGEST_PLACE: Final = 9
"""Cells. More is a district, not a place: it is split around its peaks, 3 by 3 cells each."""

FAR_APART_M: Final = 1e7
"""Metres. No city is so wide."""

FIRST_CELLS_PER_PLACE: Final = 3
"""Cells flagged at first for each place wanted; more are flagged until there are enough places."""


@dataclass(frozen=True, eq=False)
class Places:
    """Places by rank, each the positions of its cells with the strongest cell first."""

    members: tuple[Ints, ...]
    flagged: Ints
    """Every cell that was flagged, those of places past the wanted count included."""

    def __len__(self) -> int:
        return len(self.members)

    @property
    def cells(self) -> Ints:
        """Positions of all cells of all places, by rank."""
        return np.concatenate([np.empty(0, dtype=np.int64), *self.members])


def cell_order(expected: Floats, cells: Cells) -> Ints:
    """Order the cells by expected count; ties by the cells around, then by id.

    Only cells above the mean of the ground are in the order: nothing is flagged that is not
    expected to see more than its share.
    """
    above = (
        np.flatnonzero(expected > expected.mean()) if len(expected) else np.empty(0, dtype=np.int64)
    )
    around = _around(expected, cells, above)
    order: Ints = above[np.lexsort((above, -around, -expected[above]))]
    return order


def flag_places(expected: Floats, cells: Cells, *, count: int) -> Places:
    """Flag the strongest cells, join those that touch, and keep the `count` strongest places.

    Cells are flagged in `cell_order`, more and more of them, until they form `count` places
    or no cell above the mean is left. Fewer places than asked for is an answer.
    """
    return flag_places_each([expected], cells, count=count)[0]


def flag_places_each(surfaces: Sequence[Floats], cells: Cells, *, count: int) -> list[Places]:
    """Flag the places of several surfaces, each as `flag_places` does."""
    orders = [cell_order(expected, cells) for expected in surfaces]
    found: dict[int, Places] = {}
    wanted = FIRST_CELLS_PER_PLACE * count
    while len(found) < len(surfaces):
        todo = [number for number in range(len(surfaces)) if number not in found]
        joined = _join([orders[number][:wanted] for number in todo], cells)
        for number, groups in zip(todo, joined, strict=True):
            places = _ranked(groups, surfaces[number], cells)
            if len(places) >= count or wanted >= len(orders[number]):
                found[number] = Places(tuple(places[:count]), orders[number][:wanted])
        wanted += max(count, wanted // 2)
    return [found[number] for number in range(len(surfaces))]


def _around(expected: Floats, cells: Cells, positions: Ints) -> Floats:
    """Sum the 3 by 3 cells around each of some cells."""
    sheet = cells.spread(expected)  # its margin of one cell is zero
    row, column = cells.row[positions], cells.column[positions]
    steps = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    # Rounded, for sums differ in the last digits with the order of summing.
    return np.round(sum((sheet[row + i, column + j] for i, j in steps), np.zeros(len(row))), 12)


def _join(flagged: Sequence[Ints], cells: Cells) -> list[list[Ints]]:
    """Join the touching cells of each surface into groups.

    All surfaces go through DBSCAN at once, set side by side too far apart to touch: a call
    costs more than its few hundred cells.
    """
    surface = np.repeat(np.arange(len(flagged)), [len(positions) for positions in flagged])
    place = np.concatenate([np.empty(0, dtype=np.int64), *flagged])
    if not len(place):
        return [[] for _ in flagged]
    xy = np.column_stack([cells.x_m[place] + surface * FAR_APART_M, cells.y_m[place]])
    labels = DBSCAN(eps=JOIN_CELLS * cells.cell_m, min_samples=1).fit(xy).labels_
    by_label = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[by_label])) + 1
    groups: list[list[Ints]] = [[] for _ in flagged]
    for rows in np.split(by_label, starts):
        groups[int(surface[rows[0]])].append(place[rows])
    return groups


def _ranked(groups: Sequence[Ints], expected: Floats, cells: Cells) -> list[Ints]:
    """Cut large groups and put the place first where most is expected."""
    places = [place for group in groups for place in _split(group, cells)]
    strength = np.array([expected[place].sum() for place in places])
    first = np.array([place[0] for place in places])
    return [places[index] for index in np.lexsort((first, -np.round(strength, 12)))]


def _split(group: Ints, cells: Cells) -> list[Ints]:
    """Leave a small group whole; cut a large one into the 3 by 3 cells around its peaks."""
    if len(group) <= LARGEST_PLACE:
        return [group]
    parts = []
    rest = group  # strongest first, as flagged
    while len(rest):
        peak = rest[0]
        near = (np.abs(cells.row[rest] - cells.row[peak]) <= 1) & (
            np.abs(cells.column[rest] - cells.column[peak]) <= 1
        )
        parts.append(rest[near])
        rest = rest[~near]
    return parts
