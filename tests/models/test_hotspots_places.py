"""Flagged cells that touch are one place, and a place stays a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.patterns.places import LARGEST_PLACE, cell_order, flag_places, flag_places_each

if TYPE_CHECKING:
    from models.arrays import Floats
    from models.cells import Cells

SIDE = 20


def sheet_of(**cells: float) -> Floats:
    """Make values on 20 by 20 cells from c<column>_<row>=value."""
    values = np.zeros((SIDE, SIDE))
    for name, value in cells.items():
        column, row = (int(part) for part in name[1:].split("_"))
        values[row, column] = value
    return values.ravel()  # ids ascend by row, then by column


def cells_of(place: np.ndarray) -> set[tuple[int, int]]:
    return {(int(position) % SIDE, int(position) // SIDE) for position in place}


def test_cells_that_touch_at_a_side_or_a_corner_are_one_place(square: Cells) -> None:
    found = flag_places(sheet_of(c3_3=5, c4_3=2, c5_4=1, c10_10=4), square, count=5)
    assert [cells_of(place) for place in found.members] == [{(3, 3), (4, 3), (5, 4)}, {(10, 10)}]


def test_a_gap_of_one_cell_makes_two_places(square: Cells) -> None:
    found = flag_places(sheet_of(c3_3=5, c5_3=4), square, count=5)
    assert [cells_of(place) for place in found.members] == [{(3, 3)}, {(5, 3)}]


def test_places_are_ranked_by_what_is_expected_in_all_their_cells(square: Cells) -> None:
    found = flag_places(sheet_of(c3_3=3, c4_3=3, c10_10=5), square, count=5)
    assert cells_of(found.members[0]) == {(3, 3), (4, 3)}


def test_a_district_is_cut_into_places_around_its_peaks(square: Cells) -> None:
    values = np.zeros((SIDE, SIDE))
    values[4:10, 4:10] = 1.0
    values[5, 5], values[8, 8] = 9.0, 8.0
    found = flag_places(values.ravel(), square, count=20)
    assert max(len(place) for place in found.members) <= LARGEST_PLACE
    assert cells_of(found.members[0]) == {(c, r) for c in (4, 5, 6) for r in (4, 5, 6)}
    assert cells_of(found.members[1]) == {(c, r) for c in (7, 8, 9) for r in (7, 8, 9)}


def test_nothing_is_flagged_where_all_cells_expect_the_same(square: Cells) -> None:
    assert len(flag_places(np.ones(SIDE * SIDE), square, count=5)) == 0
    assert len(flag_places(np.zeros(SIDE * SIDE), square, count=5)) == 0


def test_equal_cells_are_ordered_by_the_cells_around_them(square: Cells) -> None:
    order = cell_order(sheet_of(c1_1=1, c10_10=1, c11_10=1, c18_18=1), square)
    assert [cells_of(order[i : i + 1]).pop() for i in range(4)] == [
        *[(10, 10), (11, 10)],
        *[(1, 1), (18, 18)],
    ]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 25), mean=st.floats(0.01, 2))
def test_places_never_share_a_cell_never_outgrow_and_come_in_rank_order(
    seed: int, count: int, mean: float, square: Cells
) -> None:
    values = np.random.default_rng(seed).poisson(mean, SIDE * SIDE).astype(float)
    found = flag_places(values, square, count=count)
    strength = [values[place].sum() for place in found.members]
    assert len(found) <= count
    assert len(set(found.cells.tolist())) == len(found.cells)
    assert strength == sorted(strength, reverse=True)
    assert all(1 <= len(place) <= LARGEST_PLACE for place in found.members)
    assert all(values[place[0]] == values[place].max() for place in found.members)
    assert set(found.cells) <= set(found.flagged)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_as_many_places_as_asked_for_are_found_where_the_ground_has_them(
    seed: int, square: Cells
) -> None:
    values = np.zeros((SIDE, SIDE))
    values[::2, ::2] = np.random.default_rng(seed).uniform(1, 2, (10, 10))
    assert len(flag_places(values.ravel(), square, count=25)) == 25


@pytest.mark.parametrize("count", [1, 3, 10])
def test_a_place_is_in_one_piece(count: int, square: Cells) -> None:
    values = np.random.default_rng(3).gamma(0.5, 1, SIDE * SIDE)
    for place in flag_places(values, square, count=count).members:
        pieces = _reach(cells_of(place))
        assert pieces == cells_of(place)


def _reach(cells: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Walk from one cell over sides and corners as far as the set goes."""
    seen, edge = set(), [min(cells)]
    while edge:
        column, row = edge.pop()
        seen.add((column, row))
        around = {(column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
        edge.extend((around & cells) - seen)
    return seen


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 6), count=st.integers(1, 30))
def test_many_surfaces_at_once_give_the_places_of_each_alone(
    seed: int, n: int, count: int, square: Cells
) -> None:
    rng = np.random.default_rng(seed)
    surfaces = [rng.poisson(mean, SIDE * SIDE).astype(float) for mean in rng.gamma(0.5, 1, n)]
    together = flag_places_each(surfaces, square, count=count)
    alone = [flag_places(surface, square, count=count) for surface in surfaces]
    for one, other in zip(together, alone, strict=True):
        assert [place.tolist() for place in one.members] == [p.tolist() for p in other.members]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_places_are_the_connected_pieces_of_the_flagged_cells(seed: int, square: Cells) -> None:
    """A second method: label the sheet of flagged cells with eight neighbours."""
    from scipy.ndimage import label

    values = (np.random.default_rng(seed).random(SIDE * SIDE) < 0.15).astype(float)
    found = flag_places(values, square, count=SIDE * SIDE)
    pieces, n = label(values.reshape(SIDE, SIDE), structure=np.ones((3, 3)))
    small = {i for i in range(1, n + 1) if (pieces == i).sum() <= LARGEST_PLACE}
    wanted = {frozenset(np.flatnonzero((pieces == i).ravel()).tolist()) for i in small}
    got = {frozenset(place.tolist()) for place in found.members}
    assert wanted <= got
