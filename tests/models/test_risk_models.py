"""Every risk model keeps its promises; counts and kernels keep their mass."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NotReadyError
from geo.grid import Grid
from models.cells import Cells
from models.checks import PromiseBrokenError, check_risk_model
from models.risk.all_counts import AllCounts
from models.risk.kde import Kde, linear_bins, smooth_on_ground
from models.risk.past_counts import PastCounts
from models.risk_model import RiskModel, risk_models

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.arrays import Floats
    from models.risk_incidents import RiskIncidents

AS_OF = date(2020, 8, 18)


@pytest.fixture(scope="module")
def town(make_town: Callable[..., RiskIncidents]) -> RiskIncidents:
    return make_town(until=AS_OF, days=800, n=600)


@pytest.fixture(scope="module")
def lake_shore(square_grid: Grid) -> Cells:
    """Take all cells but a lake with a ragged shore."""
    x, y = square_grid.centres(square_grid.cells).T
    return Cells.over(square_grid, np.hypot(x - 1300, y - 900) > 420)


def test_the_models_are_found_by_their_file_names() -> None:
    assert set(risk_models()) >= {"past_counts", "all_counts", "kde"}


@pytest.mark.parametrize("name", sorted(risk_models()))
def test_every_model_keeps_its_promises(name: str, town: RiskIncidents, lake_shore: Cells) -> None:
    check_risk_model(risk_models()[name], town, lake_shore, as_of=date(2020, 6, 1))


class Forward(PastCounts):
    """A model that peeks at what comes after."""

    def fit(self, incidents: RiskIncidents, cells: Cells, *, as_of: date) -> Forward:
        super().fit(incidents, cells, as_of=as_of)
        self.daily_ = cells.count(incidents) / 365
        return self


class Sloppy(PastCounts):
    """A model that changes its own parameters."""

    def _daily(self, seen: RiskIncidents, cells: Cells, *, as_of: date) -> Floats:
        self.days = 7
        return super()._daily(seen, cells, as_of=as_of)


@pytest.mark.parametrize(
    ("model", "complaint"),
    [(Forward(), "after as_of"), (Sloppy(), "changed the parameters|other parameters")],
)
def test_the_checks_catch_a_model_that_breaks_a_promise(
    model: RiskModel, complaint: str, town: RiskIncidents, square: Cells
) -> None:
    with pytest.raises(PromiseBrokenError, match=complaint):
        check_risk_model(model, town, square, as_of=date(2020, 6, 1))


def test_an_unfitted_model_says_so() -> None:
    with pytest.raises(NotReadyError, match="call fit first"):
        PastCounts().expected(28)


def test_past_counts_are_last_year_s_incidents_per_cell_and_day(
    make_incidents: Callable[..., RiskIncidents], square: Cells
) -> None:
    # Two in the first cell, one of them 365 days old at the end of 18 August 2020 and so too
    # old; one in the last cell; one off the grid.
    rows = [
        (50.0, 50.0, "2019-08-18 23:59"),
        (50.0, 50.0, "2019-08-20 00:00"),
        (1950.0, 1950.0, "2020-08-18 23:59"),
        (-50.0, 50.0, "2020-01-01"),
    ]
    expected = PastCounts().fit(make_incidents(rows), square, as_of=AS_OF).expected(365)
    assert expected.iloc[[0, -1]].tolist() == pytest.approx([1.0, 1.0])
    assert expected.sum() == pytest.approx(2.0)


def test_a_young_record_is_spread_over_its_own_days(
    make_incidents: Callable[..., RiskIncidents], square: Cells
) -> None:
    # The record begins 100 days before the end of the day: 10 in 100 days are 2.8 in 28.
    rows = [(50.0, 50.0, "2020-05-11")] * 10
    model = PastCounts().fit(make_incidents(rows), square, as_of=AS_OF)
    assert model.basis_days_ == 100
    assert model.expected(28).iloc[0] == pytest.approx(2.8)


def test_a_record_of_a_day_is_not_spread_over_less_than_four_weeks(
    make_incidents: Callable[..., RiskIncidents], square: Cells
) -> None:
    rows = [(50.0, 50.0, "2020-08-18 12:00")]
    model = PastCounts().fit(make_incidents(rows), square, as_of=AS_OF)
    assert model.expected(28).sum() == pytest.approx(1.0)


def test_all_counts_reach_back_to_the_first_day(
    make_incidents: Callable[..., RiskIncidents], square: Cells
) -> None:
    # 18 August 2018 to 18 August 2020, both included: 732 days.
    rows = [(50.0, 50.0, "2018-08-18"), (50.0, 50.0, "2020-08-18")]
    model = AllCounts().fit(make_incidents(rows), square, as_of=AS_OF)
    assert model.basis_days_ == 732
    assert model.expected(732).sum() == pytest.approx(2.0)


@pytest.mark.parametrize("model", [PastCounts(), AllCounts(), Kde(), Kde(bandwidth_m=500, days=90)])
def test_expected_counts_sum_to_the_incidents_on_the_ground(
    model: Any, town: RiskIncidents, lake_shore: Cells
) -> None:
    model.fit(town, lake_shore, as_of=AS_OF)
    past = town.last(model.basis_days_, as_of=AS_OF)
    on_ground = int((lake_shore.positions(past) >= 0).sum())
    assert 0 < on_ground < len(past)
    assert model.expected(model.basis_days_).sum() == pytest.approx(on_ground)


@settings(max_examples=40, deadline=None)
@given(
    width=st.floats(20, 900),
    points=st.lists(st.tuples(st.floats(0, 1999), st.floats(0, 1999)), min_size=1, max_size=20),
    keep=st.integers(0, 2**32 - 1),
)
def test_a_kernel_keeps_all_mass_on_any_ground(
    width: float, points: list[tuple[float, float]], keep: int, square_grid: Grid
) -> None:
    mask = np.random.default_rng(keep).random(len(square_grid)) < 0.6
    cells = Cells.over(square_grid, mask)
    x, y = np.array(points).T
    on_ground = cells.locate(x, y) >= 0
    if not on_ground.any():
        return
    bins = linear_bins(cells, x[on_ground], y[on_ground])
    smooth = smooth_on_ground(cells, bins, bandwidth_m=width)
    assert bins.sum() == pytest.approx(on_ground.sum())
    assert smooth.sum() == pytest.approx(on_ground.sum())
    assert (smooth >= 0).all()


def test_a_point_in_the_middle_of_a_cell_stays_in_it_and_one_on_a_corner_is_shared_by_four(
    square: Cells,
) -> None:
    middle = square.gather(linear_bins(square, np.array([550.0]), np.array([550.0])))
    corner = square.gather(linear_bins(square, np.array([600.0]), np.array([600.0])))
    assert middle[square.locate(np.array([550.0]), np.array([550.0]))].tolist() == [1.0]
    assert sorted(corner)[-5:] == [0.0, 0.25, 0.25, 0.25, 0.25]


def test_a_kernel_far_from_any_edge_is_the_gaussian_itself() -> None:
    # One incident at a cell's centre, cells of 50 m, 150 m wide: compare with the density
    # times the cell's area, integrated over each cell.
    from math import erf, sqrt

    grid = Grid.over(shapely.box(0, 0, 4050, 4050), 50.0, "EPSG:32650")
    cells = Cells.over(grid, np.ones(len(grid), dtype=bool))
    x = y = np.array([2025.0])
    smooth = smooth_on_ground(cells, linear_bins(cells, x, y), bandwidth_m=150.0)

    def share(low: float) -> float:
        return (erf((low + 50) / 150 / sqrt(2)) - erf(low / 150 / sqrt(2))) / 2

    for east, north in [(0, 0), (50, 0), (100, 150), (300, 300)]:
        position = cells.locate(x + east, y + north)[0]
        exact = share(east - 25) * share(north - 25)
        assert smooth[position] == pytest.approx(exact, abs=0.01 * share(-25) ** 2)


def test_the_rectangle_gives_back_what_was_spread(lake_shore: Cells) -> None:
    values = np.arange(len(lake_shore), dtype=float)
    assert (lake_shore.gather(lake_shore.spread(values)) == values).all()
    assert lake_shore.mask.sum() == len(lake_shore)
    assert lake_shore.area_km2 == pytest.approx(len(lake_shore) * 0.01)


def test_points_are_found_in_their_cells_and_nowhere_else(lake_shore: Cells) -> None:
    positions = lake_shore.locate(lake_shore.x_m, lake_shore.y_m)
    assert (positions == np.arange(len(lake_shore))).all()
    in_the_lake, off_the_grid, unknown = lake_shore.locate(
        np.array([1300.0, 9000.0, np.nan]), np.array([900.0, 50.0, 50.0])
    )
    assert in_the_lake == off_the_grid == unknown == -1


def test_ground_without_a_cell_gives_no_answer_and_no_error(
    town: RiskIncidents, square_grid: Grid
) -> None:
    nothing = Cells.over(square_grid, np.zeros(len(square_grid), dtype=bool))
    for model in risk_models().values():
        assert model.fit(town, nothing, as_of=AS_OF).expected(28).empty
