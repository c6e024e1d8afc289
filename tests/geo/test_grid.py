"""Cells: anchored, counted by hand, and which of them a patrol can reach."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import CRSError, UsageError
from geo.grid import OUTSIDE, Grid, patrollable

CRS = "EPSG:4547"
LAND = shapely.box(0, 0, 400, 300)

# Below the smallest normal float a division rounds to zero; no coordinate is a 1e-308th of a metre.
metres = st.floats(-5000, 5000, allow_subnormal=False)


def grid(west: float = 0, south: float = 0, east: float = 400, north: float = 300) -> Grid:
    """Build a grid of 100 m cells over a rectangle."""
    return Grid.over(shapely.box(west, south, east, north), 100, CRS)


def lines(*coordinates: list[tuple[float, float]], crs: str = CRS) -> gpd.GeoDataFrame:
    """Build streets."""
    return gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in coordinates], crs=crs)


def test_a_rectangle_of_four_by_three_has_twelve_cells() -> None:
    made = grid()
    assert len(made) == 12
    assert len(made.cells) == 12
    assert made.centres(made.cells[:2]).tolist() == [[50, 50], [150, 50]]
    assert made.cells.dtype == np.int64
    assert (np.diff(made.cells) > 0).all()


def test_cells_stand_at_multiples_of_their_side_and_cover_the_land() -> None:
    made = grid(130, -20, 270, 55)
    squares = made.polygons(made.cells)
    assert squares.total_bounds.tolist() == [100, -100, 300, 100]
    assert squares.crs == made.crs
    assert squares.index.tolist() == made.cells.tolist()


@given(x=metres, y=metres, grown=st.floats(0, 3000))
@settings(deadline=None)
def test_a_cell_keeps_its_id_when_the_land_grows(x: float, y: float, grown: float) -> None:
    small = grid(-5000, -5000, 5001, 5001)
    large = grid(-5000 - grown, -5000 - grown, 5001, 5001 + grown)
    assert small.cell_of(x, y)[0] == large.cell_of(x, y)[0]


@given(x=metres, y=metres)
@settings(deadline=None)
def test_every_point_lies_in_the_square_of_its_cell(x: float, y: float) -> None:
    made = grid(-5000, -5000, 5001, 5001)
    cell = made.cell_of(x, y)
    assert made.polygons(cell).iloc[0].intersects(shapely.Point(x, y))
    assert made.cell_of(*made.centres(cell).T)[0] == cell[0]
    assert made.cells[made.position_of(cell)[0]] == cell[0]


def test_a_point_on_a_side_is_in_one_cell_only() -> None:
    made = grid()
    assert made.cell_of([100.0], [50.0])[0] == made.cells[1]


def test_a_point_off_the_grid_or_missing_is_in_no_cell() -> None:
    made = grid()
    assert (
        made.cell_of([-1.0, 400.0, np.nan, 10.0], [10.0, 10.0, 10.0, np.inf]).tolist()
        == [OUTSIDE] * 4
    )
    assert made.position_of([OUTSIDE]).tolist() == [OUTSIDE]


def test_positions_are_refused_where_ids_are_needed() -> None:
    with pytest.raises(UsageError, match="not positions"):
        grid().centres([0, 1])


def test_an_id_is_read_exactly_by_a_browser() -> None:
    far = Grid.over(shapely.box(39_500_000, 5_900_000, 39_500_100, 5_900_100), 10, "EPSG:4527")
    assert far.cells.max() < 2**53


def test_neighbours_of_the_corner_and_of_a_middle_cell() -> None:
    made = grid()
    corner, middle = made.cells[0], made.cells[5]
    around = made.neighbours([corner, middle])
    assert around.shape == (2, 8)
    assert sorted(around[0][around[0] != OUTSIDE]) == sorted(made.cells[[1, 4, 5]])
    assert sorted(around[1]) == sorted(made.cells[[0, 1, 2, 4, 6, 8, 9, 10]])
    straight = made.neighbours([middle], diagonal=False)
    assert straight.tolist() == [made.cells[[1, 4, 6, 9]].tolist()]


def test_neighbours_touch_and_nothing_else_does() -> None:
    made = grid()
    squares = made.polygons(made.cells)
    for cell, around in zip(made.cells, made.neighbours(made.cells), strict=True):
        touching = squares.index[squares.touches(squares[cell])]
        assert set(touching) == set(around) - {OUTSIDE}


def test_a_grid_needs_metres() -> None:
    for crs in ("EPSG:4326", "EPSG:3857", None):
        with pytest.raises(CRSError, match="metres"):
            Grid.over(LAND, 100, crs)


def test_a_grid_takes_the_system_of_its_land_and_refuses_another() -> None:
    land = gpd.GeoSeries([LAND], crs=CRS)
    assert Grid.over(land, 100) == Grid.over(LAND, 100, CRS)
    with pytest.raises(CRSError, match="EPSG:4546"):
        Grid.over(land, 100, "EPSG:4546")


@pytest.mark.parametrize(("shape", "side"), [(LAND, 0), (LAND, -5), (shapely.Point(), 100)])
def test_a_grid_needs_a_positive_side_and_something_to_cover(
    shape: shapely.Geometry, side: float
) -> None:
    with pytest.raises(UsageError, match="a positive side"):
        Grid.over(shape, side, CRS)


def test_cells_near_a_street_are_patrollable_those_beyond_reach_are_not() -> None:
    made = grid()
    street = lines([(0, 50), (400, 50)])
    # Row 0 holds the street; row 1 begins 50 m, row 2 150 m north of it.
    for reach, rows in ((10, 1), (50, 2), (149, 2), (150, 3)):
        mask = patrollable(made, roads=street, reach_m=reach)
        assert mask.reshape(3, 4).all(axis=1).tolist() == [True] * rows + [False] * (3 - rows)


def test_built_up_ground_counts_where_it_touches_a_cell() -> None:
    houses = gpd.GeoSeries([shapely.box(110, 110, 120, 120)], crs=CRS)
    mask = patrollable(grid(), built_up=houses, reach_m=0)
    assert np.flatnonzero(mask).tolist() == [5]


def test_a_street_beyond_the_border_makes_no_cell_patrollable() -> None:
    mask = patrollable(
        grid(), roads=lines([(0, 50), (400, 50)]), land=shapely.box(0, 0, 150, 300), reach_m=10
    )
    assert np.flatnonzero(mask).tolist() == [0, 1]


def test_without_streets_and_houses_the_land_decides_by_the_cells_centre() -> None:
    empty = gpd.GeoDataFrame(geometry=[], crs=CRS)
    land = gpd.GeoSeries([shapely.box(0, 0, 160, 140), None], crs=CRS)
    mask = patrollable(grid(), roads=empty, built_up=None, land=land)
    assert np.flatnonzero(mask).tolist() == [0, 1]


def test_without_anything_every_cell_is_patrollable() -> None:
    assert patrollable(grid()).all()


def test_streets_in_another_system_are_refused() -> None:
    with pytest.raises(CRSError, match="roads is in EPSG:4326, the grid in EPSG:4547"):
        patrollable(grid(), roads=lines([(113.4, 38.0), (113.5, 38.0)], crs="EPSG:4326"))
