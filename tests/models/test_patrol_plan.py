"""Tonight's plan: no stop twice, no shift exceeded, a reason for every post left out."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations, product
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import SchemaError, UsageError
from models.checks import check_planner
from models.patrol.bound import upper_bound
from models.patrol.greedy import PLANNER
from models.patrol.plan import plan_patrol
from models.patrol.posts import posts_from_hotspots
from models.planner import PatrolPlan, PatrolProblem, Planner, patrol_planners

START = datetime(2020, 8, 18, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ONE_KM_A_MINUTE = 60.0


def posts_at(*places: tuple[float, float, float]) -> pd.DataFrame:
    """Make posts from (x, y, value), in kilometres."""
    rows = [(f"P{i:02d}", f"H{i}", 1000 * x, 1000 * y, v) for i, (x, y, v) in enumerate(places, 1)]
    return pd.DataFrame(rows, columns=["post", "hotspot_id", "x_m", "y_m", "value"])


def planned(posts: pd.DataFrame, **changes: Any) -> PatrolPlan:
    """Plan with straight lines at a kilometre a minute, so that minutes are kilometres."""
    shift: dict[str, Any] = {
        "crews": 1,
        "shift_start": START,
        "shift_minutes": 60,
        "depot_xy": (0.0, 0.0),
        "speed_kmh": ONE_KM_A_MINUTE,
        "detour": 1.0,
        "dwell_min": 10,
    }
    return plan_patrol(posts, **(shift | changes))


def places(most: int) -> st.SearchStrategy[list[tuple[float, float, float]]]:
    """Draw posts on a 10 km square with values that add up without rounding."""
    at = st.integers(0, 40).map(lambda step: step / 4)
    return st.lists(st.tuples(at, at, st.integers(1, 64).map(float)), max_size=most)


def problem_of(
    posts: pd.DataFrame, *, shift_minutes: float, dwell_min: float = 10.0
) -> PatrolProblem:
    xy = np.vstack([[0.0, 0.0], posts[["x_m", "y_m"]].to_numpy(float)]) / 1000
    travel = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    value = np.concatenate([[0.0], posts["value"].to_numpy(float)])
    return PatrolProblem(value, travel, dwell_min, shift_minutes)


def best_value(problem: PatrolProblem, *, crews: int) -> float:
    """Find the optimum by trying every assignment of stops to crews and every order."""
    stops = range(1, len(problem.value))
    fits: dict[frozenset[int], bool] = {}
    for size in range(len(problem.value)):
        for route in permutations(stops, size):
            key = frozenset(route)
            fits[key] = fits.get(key, False) or (
                problem.minutes(list(route)) <= problem.shift_minutes + 1e-9
            )
    best = 0.0
    for crew_of in product(range(crews + 1), repeat=len(stops)):
        parts = [
            frozenset(s for s, c in zip(stops, crew_of, strict=True) if c == k)
            for k in range(1, crews + 1)
        ]
        if all(fits[part] for part in parts):
            best = max(best, sum(problem.value[list(part)].sum() for part in parts))
    return best


def test_two_posts_on_one_road_are_driven_to_and_back_with_their_times() -> None:
    # 10 min there, 10 min stay, 5 min on, 10 min stay, 15 min back: 50 of 60 minutes.
    plan = planned(posts_at((10, 0, 3), (15, 0, 2)))
    (crew,) = plan.units
    assert crew.minutes == 50
    assert crew.back == START + timedelta(minutes=50)
    assert [stop.post for stop in crew.stops] == ["P01", "P02"]  # the more valuable end first
    first, second = crew.stops
    assert second.arrive - first.leave == timedelta(minutes=5)
    assert all(stop.leave - stop.arrive == timedelta(minutes=10) for stop in crew.stops)
    assert plan.value == 5


def test_the_detour_lengthens_every_way() -> None:
    straight, winding = (
        planned(posts_at((10, 0, 1)), detour=detour).units[0].minutes for detour in (1.0, 1.3)
    )
    assert straight == pytest.approx(30)
    assert winding == pytest.approx(36)


def test_a_far_post_of_great_worth_is_not_lost_to_near_ones_of_little() -> None:
    # By value per minute the near post (1 per 12 min) wins over the far one (4 per 60 min).
    plan = planned(posts_at((1, 0, 1), (-25, 0, 4)))
    assert [stop.post for stop in plan.units[0].stops] == ["P02"]


def test_every_post_left_out_has_its_code_and_a_sentence_in_both_languages() -> None:
    posts = posts_at((1, 0, 9), (0, 1, 0), (40, 0, 5), (2, 0, 0.1), (3, 3, 1))
    posts.loc[4, "x_m"] = np.nan
    plan = planned(posts, shift_minutes=15)
    left = plan.not_visited.set_index("post")
    assert left["code"].to_dict() == {
        "P02": "no_value",
        "P03": "out_of_reach",
        "P04": "no_time",
        "P05": "bad_place",
    }
    # P03: 80 min of way and 10 of stay against 15. P04: 12 min are used, 2 + 10 more needed.
    assert left.loc["P03", "minutes_short"] == 75
    assert "75 min more" in str(left.loc["P03", "sentence_en"])
    assert left.loc["P04", "minutes_short"] == pytest.approx(9)
    assert "多出 9 分钟" in str(left.loc["P04", "sentence_zh"])
    assert left.loc["P05", ["minutes_short"]].isna().all()


def test_without_crews_there_is_still_a_plan_that_says_so() -> None:
    plan = planned(posts_at((1, 0, 1)), crews=0)
    assert plan.units == ()
    assert plan.value_curve == ()
    assert plan.not_visited["code"].tolist() == ["no_crews"]
    assert (plan.bound, plan.gap) == (0.0, 0.0)


def test_without_posts_there_is_still_a_plan() -> None:
    plan = planned(posts_at(), crews=2)
    assert [unit.stops for unit in plan.units] == [(), ()]
    assert plan.value_curve == (0.0, 0.0)
    assert plan.not_visited.empty


def test_the_statement_says_draft_and_how_minutes_were_reckoned() -> None:
    plan = planned(posts_at((1, 0, 1)), detour=1.3)
    assert plan.statement().startswith("DRAFT")
    assert "straight line × 1.3 at 60 km/h" in plan.statement()
    assert plan.statement("zh").startswith("草案")
    assert "直线距离 × 1.3" in plan.statement("zh")


def test_a_post_named_twice_is_refused() -> None:
    posts = posts_at((1, 0, 1), (2, 0, 1)).assign(post="P01")
    with pytest.raises(SchemaError, match="name a post twice"):
        planned(posts)


@pytest.mark.parametrize("wrong", [{"crews": -1}, {"shift_minutes": -5}, {"speed_kmh": 0}])
def test_a_shift_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        planned(posts_at((1, 0, 1)), **wrong)


@settings(max_examples=60, deadline=None)
@given(drawn=places(12), crews=st.integers(0, 4), shift=st.integers(0, 120))
def test_no_stop_comes_twice_no_shift_is_exceeded_and_every_post_is_accounted_for(
    drawn: list[tuple[float, float, float]], crews: int, shift: int
) -> None:
    plan = planned(posts_at(*drawn), crews=crews, shift_minutes=shift)
    stops = [stop.post for unit in plan.units for stop in unit.stops]
    assert len(stops) == len(set(stops))
    assert sorted([*stops, *plan.not_visited["post"]]) == sorted(posts_at(*drawn)["post"])
    end = START + timedelta(minutes=shift, seconds=1)
    assert all(unit.back <= end for unit in plan.units)
    assert sum(stop.value for unit in plan.units for stop in unit.stops) == plan.value


@settings(max_examples=40, deadline=None)
@given(drawn=places(12), shift=st.integers(20, 120))
def test_more_crews_are_never_worth_less_and_the_curve_ends_at_the_plan(
    drawn: list[tuple[float, float, float]], shift: int
) -> None:
    plan = planned(posts_at(*drawn), crews=4, shift_minutes=shift)
    assert list(plan.value_curve) == sorted(plan.value_curve)
    assert plan.value_curve[-1] == plan.value
    fewer = planned(posts_at(*drawn), crews=3, shift_minutes=shift)
    assert fewer.value_curve == plan.value_curve[:3]


@settings(max_examples=40, deadline=None)
@given(drawn=places(5), crews=st.integers(1, 2), shift=st.integers(15, 70))
def test_the_plan_reaches_half_the_optimum_and_the_bound_is_above_it(
    drawn: list[tuple[float, float, float]], crews: int, shift: int
) -> None:
    problem = problem_of(posts_at(*drawn), shift_minutes=shift)
    best = best_value(problem, crews=crews)
    plan = planned(posts_at(*drawn), crews=crews, shift_minutes=shift)
    assert plan.value <= best <= upper_bound(problem, crews=crews) + 1e-9
    assert plan.value >= best / 2
    assert plan.gap == pytest.approx((plan.bound - plan.value) / plan.bound if plan.bound else 0)


@settings(max_examples=30, deadline=None)
@given(drawn=places(10), seed=st.integers(0, 99))
def test_the_order_of_the_posts_does_not_matter(
    drawn: list[tuple[float, float, float]], seed: int
) -> None:
    posts = posts_at(*drawn)
    shuffled = posts.sample(frac=1, random_state=seed)
    assert planned(posts, crews=2).units == planned(shuffled, crews=2).units


def test_the_bound_of_one_post_that_just_fits_is_its_value() -> None:
    problem = problem_of(posts_at((10, 0, 7)), shift_minutes=30)
    assert upper_bound(problem, crews=1) == 7
    assert upper_bound(problem, crews=3) == 7


def test_a_post_out_of_reach_adds_nothing_to_the_bound() -> None:
    problem = problem_of(posts_at((10, 0, 7), (11, 0, 90)), shift_minutes=30)
    assert upper_bound(problem, crews=1) == 7


@pytest.mark.parametrize("name", sorted(patrol_planners()))
@pytest.mark.parametrize("crews", [1, 3])
def test_every_planner_keeps_its_promises(name: str, crews: int) -> None:
    rng = np.random.default_rng(4)
    posts = posts_at(*(tuple(row) for row in rng.uniform(0, 10, (40, 3))))
    check_planner(patrol_planners()[name], problem_of(posts, shift_minutes=120), crews=crews)


def test_the_greedy_planner_is_found_by_its_file_name() -> None:
    assert patrol_planners() == {"greedy": PLANNER}
    assert isinstance(PLANNER, Planner)


def hotspots_at(*xy: tuple[float, float]) -> gpd.GeoDataFrame:
    x, y = zip(*xy, strict=True)
    return gpd.GeoDataFrame(
        {
            "rank": range(1, len(xy) + 1),
            "hotspot_id": [f"H{i}" for i in range(len(xy))],
            "x_m": x,
            "y_m": y,
            "expected": 2.5,
        },
        geometry=shapely.points(np.array(xy)),
        crs="EPSG:32650",
    )


def test_a_post_stands_at_the_centre_of_its_hotspot_and_is_worth_what_is_expected_there() -> None:
    (post,) = posts_from_hotspots(hotspots_at((30.0, 40.0))).to_dict("records")
    assert post == {"post": "P01", "hotspot_id": "H0", "x_m": 30.0, "y_m": 40.0, "value": 2.5}


def test_a_post_moves_to_the_nearest_street_unless_that_is_far() -> None:
    street = gpd.GeoSeries([shapely.LineString([(0, 0), (100, 0)])], crs="EPSG:32650")
    posts = posts_from_hotspots(hotspots_at((30.0, 40.0), (30.0, 400.0)), streets=street)
    assert posts[["x_m", "y_m"]].to_numpy().tolist() == [[30.0, 0.0], [30.0, 400.0]]
