"""Hotspots are where the incidents are, keep their names, and never end in an error."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import GrievanceError, UsageError
from models.patterns.hotspots import Hotspots, find_hotspots

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.grid import Grid
    from models.risk_incidents import RiskIncidents

AS_OF = date(2020, 8, 18)
SPOTS = np.array([[450.0, 450.0], [1250.0, 650.0], [850.0, 1550.0], [1650.0, 1450.0]])


@pytest.fixture(scope="module")
def town(make_town: Callable[..., RiskIncidents]) -> RiskIncidents:
    return make_town(until=AS_OF, days=1100, n=1500, seed=11)


@pytest.fixture(scope="module")
def found(town: RiskIncidents, square_grid: Grid, everywhere: Any) -> Hotspots:
    return find_hotspots(town, square_grid, everywhere, as_of=AS_OF, count=10)


def test_the_four_spots_of_the_town_are_the_first_four_places(found: Hotspots) -> None:
    first = found.frame.geometry.iloc[:4].union_all()
    assert shapely.contains_xy(first, SPOTS).all()
    assert found.grade == "tested"


def test_places_are_numbered_from_one_by_what_is_expected(found: Hotspots) -> None:
    assert found.frame["rank"].tolist() == list(range(1, 11))
    assert found.frame["expected"].is_monotonic_decreasing
    assert found.frame["hotspot_id"].is_unique
    assert (found.frame["lower"] <= found.frame["upper"]).all()
    assert found.frame["expected"].between(found.frame["lower"], found.frame["upper"]).all()


def test_counts_are_those_of_the_incidents_inside_the_place(
    found: Hotspots, town: RiskIncidents
) -> None:
    year = town.last(365, as_of=AS_OF).frame
    month = town.last(28, as_of=AS_OF).frame
    for row in found.frame.itertuples():
        inside_year = year[shapely.contains_xy(row.geometry, year["x_m"], year["y_m"])]
        inside_month = shapely.contains_xy(row.geometry, month["x_m"], month["y_m"])
        assert row.n_365 == len(inside_year)
        assert row.n_28 == inside_month.sum()
        assert row.share_top_category == pytest.approx(
            inside_year["category"].value_counts(normalize=True).iloc[0]
        )
        assert row.x_m == pytest.approx(inside_year["x_m"].mean())
        assert f"{row.n_365} incident" in row.why_en


def test_a_place_keeps_its_id_when_asked_a_day_or_a_month_later(
    make_town: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    long = make_town(until=date(2020, 12, 31), days=1300, n=1800, seed=11)
    names = []
    for later in (0, 1, 28, 31, 90):
        day = AS_OF + timedelta(days=later)
        frame = find_hotspots(long, square_grid, everywhere, as_of=day, count=10).frame
        holds = [shapely.contains_xy(frame.geometry, *spot).argmax() for spot in SPOTS]
        names.append(frame["hotspot_id"].iloc[holds].tolist())
    assert len(set(names[0])) == 4
    assert all(later == names[0] for later in names)


def test_the_ids_do_not_depend_on_the_number_of_places_or_the_horizon(
    town: RiskIncidents, square_grid: Grid, everywhere: Any, found: Hotspots
) -> None:
    few = find_hotspots(
        town, square_grid, everywhere, as_of=AS_OF, count=4, horizon_days=7, model="past_counts"
    )
    assert set(few.frame["hotspot_id"]) <= set(found.frame["hotspot_id"])


def test_the_frame_is_in_the_grid_s_metric_crs_and_cells_add_up(
    found: Hotspots, square_grid: Grid
) -> None:
    assert found.frame.crs == square_grid.crs
    assert found.frame.geometry.area.to_list() == pytest.approx(
        (found.frame["n_cells"] * 100.0**2).to_list()
    )


def test_hours_are_read_from_incidents_whose_hour_is_known_and_only_from_them(
    make_incidents: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    evening = [(450.0, 450.0, f"2020-0{m}-1{d} 21:{d}5") for m in range(1, 9) for d in range(5)]
    midnight = [(450.0, 450.0, f"2020-0{m}-2{d} 00:00") for m in range(1, 8) for d in range(8)]
    both = make_incidents(
        evening + midnight, time_precision=["minute"] * len(evening) + ["day"] * len(midnight)
    )
    frame = find_hotspots(both, square_grid, everywhere, as_of=AS_OF).frame
    start, end = (int(hour) for hour in frame.loc[0, "peak_hours"].split("–"))
    assert start <= 21 < end
    by_day = make_incidents(evening + midnight, time_precision="day")
    frame = find_hotspots(by_day, square_grid, everywhere, as_of=AS_OF).frame
    assert frame["peak_hours"].isna().all()
    assert " h" not in frame.loc[0, "why_en"]


def test_categories_are_named_in_the_words_given(
    town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    named = find_hotspots(
        town,
        square_grid,
        everywhere,
        as_of=AS_OF,
        count=1,
        category_names={"theft": ("theft of goods", "盗窃")},
    ).frame
    assert "mostly theft of goods" in named.loc[0, "why_en"]
    assert "以盗窃为主" in named.loc[0, "why_zh"]
    assert named.loc[0, "category"] == "theft"


def test_a_named_model_that_loses_against_last_year_s_counts_is_not_used(
    town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    asked = find_hotspots(town, square_grid, everywhere, as_of=AS_OF, count=4, model="kde")
    assert asked.card.beats_naive == (asked.card.model == "kde")
    assert (asked.frame["model"] == asked.card.model).all()
    if not asked.card.beats_naive:
        assert "no other model did better (the kernel density:" in asked.sentence()


def test_seven_incidents_give_counts_and_a_sentence(
    make_town: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    few = find_hotspots(make_town(until=AS_OF, days=700, n=7), square_grid, everywhere, as_of=AS_OF)
    n = few.n_incidents
    assert few.grade == "counts_only"
    assert f"Too few: needs at least 30 incidents in 12 months on patrollable ground, has {n};" in (
        few.sentence()
    )
    assert few.sentence("zh").startswith("数据过少：至少需要 30 起")


def test_no_incidents_give_an_empty_list_and_a_sentence(
    make_incidents: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    none = find_hotspots(make_incidents([]), square_grid, everywhere, as_of=AS_OF)
    assert len(none.frame) == 0
    assert none.grade == "counts_only"
    assert "has 0" in none.sentence()


def test_all_incidents_at_one_address_give_one_place(
    make_incidents: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    days = pd.date_range("2018-08-18", "2020-08-18", freq="3D").astype(str)
    one = make_incidents([(450.0, 450.0, day) for day in days])
    frame = find_hotspots(one, square_grid, everywhere, as_of=AS_OF).frame
    assert frame["n_cells"].tolist() == [1]
    assert frame[["x_m", "y_m"]].to_numpy().tolist() == [[450.0, 450.0]]


@pytest.mark.parametrize("n_cells", [0, 1])
def test_ground_of_a_single_cell_or_none_gives_no_error(
    n_cells: int, town: RiskIncidents, square_grid: Grid
) -> None:
    mask = np.zeros(len(square_grid), dtype=bool)
    mask[:n_cells] = True
    hotspots = find_hotspots(town, square_grid, mask, as_of=AS_OF)
    assert len(hotspots.frame) == 0
    assert hotspots.sentence()
    assert hotspots.sentence("zh")


def test_a_record_of_less_than_eleven_months_is_provisional(
    make_town: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    young = make_town(until=AS_OF, days=270, n=300)
    hotspots = find_hotspots(young, square_grid, everywhere, as_of=AS_OF)
    # 270 days less 182 before the first origin leave 3 horizons of 28 days.
    assert hotspots.grade == "provisional"
    assert len(hotspots.card.origins) == 3
    assert hotspots.sentence().startswith("Over the last 3 × 28 days")


@pytest.mark.parametrize("wrong", [{"model": "oracle"}, {"count": 0}, {"horizon_days": 0}])
def test_a_question_that_makes_no_sense_is_refused(
    wrong: dict[str, Any], town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    with pytest.raises(UsageError):
        find_hotspots(town, square_grid, everywhere, as_of=AS_OF, **wrong)


def test_petitions_cannot_become_hotspots(
    town: RiskIncidents, make_incidents: Callable[..., RiskIncidents]
) -> None:
    with pytest.raises(GrievanceError):
        make_incidents([(0, 0, "2020-01-01")], stream="petition")
