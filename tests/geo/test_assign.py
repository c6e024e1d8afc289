"""Points into areas: one each, the same as by hand, and every reason why not."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.assign import Verdict, area_of, place_in_areas
from geo.crs import wgs84_from_gcj02
from geo.errors import CRSError, UsageError
from geo.hierarchy import areas_on

METRIC = "EPSG:4547"
ELLIPSOID = Geod(ellps="WGS84")
EDGE = 113.40
"""Degrees. The border between the villages `a` (west) and `b` (east)."""


def village(west: float, east: float) -> shapely.Polygon:
    """Draw a village between two meridians."""
    return shapely.box(west, 38.00, east, 38.02)


def villages() -> gpd.GeoDataFrame:
    """Build town `t` with villages `a` and `b` side by side, and `c`, known by its code alone."""
    frame = pd.DataFrame(
        {"parent_code": [None, "t", "t", None], "grouping": False},
        index=pd.Index(["t", "a", "b", "c"], name="area_code"),
    )
    shapes = [None, village(113.38, EDGE), village(EDGE, 113.42), None]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)


def east_of_edge(metres: float) -> float:
    """Give the longitude that many metres east of the border, measured on the ellipsoid."""
    return float(ELLIPSOID.fwd(EDGE, 38.01, 90.0, metres)[0])


def placed(lon: Any, lat: Any, stated: Any, **options: Any) -> tuple[Any, Any]:
    """Place one record and give its area, None where it has none, and the verdict."""
    found = place_in_areas([lon], [lat], stated, villages(), metric_crs=METRIC, **options)
    code, verdict = found.astype(object).iloc[0].tolist()
    return (None if pd.isna(code) else code), verdict


points_about = st.lists(
    st.tuples(st.floats(113.36, 113.44), st.floats(37.99, 38.03)), min_size=1, max_size=30
)


@given(points_about)
@settings(deadline=None)
def test_every_point_lands_where_asking_each_area_in_turn_puts_it(
    places: list[tuple[float, float]],
) -> None:
    areas = villages()
    lon, lat = np.array(places).T
    found = area_of((lon, lat), areas)
    drawn = areas.geometry.dropna().sort_index()
    for place, code in zip(places, found, strict=True):
        holding = [name for name, shape in drawn.items() if shape.covers(shapely.Point(place))]
        assert (code == holding[0]) if holding else pd.isna(code)


@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 10**6))
@settings(deadline=None, max_examples=20)
def test_a_mosaic_shares_its_points_out_without_remainder(
    columns: int, rows: int, seed: int
) -> None:
    squares = [shapely.box(i, j, i + 1, j + 1) for i in range(columns) for j in range(rows)]
    codes = pd.Index([f"{n:02d}" for n in range(len(squares))], name="area_code")
    areas = gpd.GeoDataFrame(geometry=squares, index=codes, crs=4326)
    random = np.random.default_rng(seed)
    # Half of the coordinates are whole, so that many points lie on sides and corners.
    xy = random.integers(0, 2 * np.array([columns, rows]) + 1, size=(200, 2)) / 2
    found = area_of((xy[:, 0], xy[:, 1]), areas)
    assert found.notna().all()
    assert found.value_counts().sum() == len(xy)


def test_a_border_point_belongs_to_the_first_code_whatever_the_order_of_the_areas() -> None:
    for areas in (villages(), villages().iloc[::-1]):
        assert area_of(([EDGE], [38.01]), areas).tolist() == ["a"]


def test_the_finest_of_nested_areas_holds_the_point() -> None:
    areas = villages()
    areas.loc["t", "geometry"] = shapely.box(113.30, 37.90, 113.50, 38.10)
    assert area_of(([113.39, 113.31], [38.01, 38.01]), areas).tolist() == ["a", "t"]


def test_a_beat_counts_only_among_beats() -> None:
    beat = gpd.GeoDataFrame(
        {"parent_code": [None], "grouping": [True]},
        geometry=[village(113.38, 113.42)],
        index=pd.Index(["A1"], name="area_code"),
        crs=4326,
    )
    both = gpd.GeoDataFrame(pd.concat([beat, villages()]))
    assert area_of(([113.41], [38.01]), both).tolist() == ["b"]
    assert area_of(([113.41], [38.01]), beat).tolist() == ["A1"]


def test_the_answer_keeps_the_index_of_the_points() -> None:
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([113.41, 113.39], [38.01, 38.01]), index=[7, 3], crs=4326
    )
    for given_as in (points, points.geometry):
        found = area_of(given_as, villages())
        assert found.to_dict() == {7: "b", 3: "a"}
        assert found.name == "area_code"
        assert found.dtype == "str"


def test_missing_coordinates_and_no_points_at_all_are_in_no_area() -> None:
    assert area_of(([np.nan, 113.39], [38.01, np.nan]), villages()).isna().all()
    assert len(area_of(([], []), villages())) == 0
    assert area_of(([113.39], [38.01]), villages().loc[["t", "c"]]).isna().all()


def test_points_and_areas_in_two_systems_are_refused() -> None:
    points = gpd.GeoSeries(gpd.points_from_xy([448_242], [4_217_652]), crs=METRIC)
    with pytest.raises(CRSError, match="points are in EPSG:4547, the areas in EPSG:4326"):
        area_of(points, villages())
    with pytest.raises(CRSError, match="no CRS"):
        area_of(gpd.GeoSeries(gpd.points_from_xy([1], [1])), villages())


def test_another_border_rule_is_refused() -> None:
    with pytest.raises(UsageError, match="border rule 'last'"):
        area_of(([1.0], [1.0]), villages(), border="last")


def test_a_point_in_its_stated_village_agrees() -> None:
    assert placed(113.39, 38.01, ["a"]) == ("a", Verdict.AGREES)


def test_a_point_without_a_stated_village_is_placed_by_its_coordinates() -> None:
    assert placed(113.39, 38.01, None) == ("a", Verdict.INSIDE)
    assert placed(113.39, 38.01, [None]) == ("a", Verdict.INSIDE)


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        (1, ("b", Verdict.GEOMETRY_WINS)),
        (199, ("b", Verdict.GEOMETRY_WINS)),
        (201, (None, Verdict.FAR_FROM_STATED)),
    ],
)
def test_the_geometry_wins_within_two_hundred_metres_of_the_stated_village(
    metres: float, expected: tuple[Any, str]
) -> None:
    assert placed(east_of_edge(metres), 38.01, ["a"]) == expected


def test_a_point_in_no_village_keeps_its_stated_one_when_near() -> None:
    north = [float(ELLIPSOID.fwd(113.39, 38.02, 0.0, metres)[1]) for metres in (199, 201)]
    assert placed(113.39, north[0], ["a"]) == ("a", Verdict.NEAR_STATED)
    assert placed(113.39, north[1], ["a"]) == (None, Verdict.NOWHERE)
    assert placed(113.39, north[1], ["a"], tolerance_m=202.0) == ("a", Verdict.NEAR_STATED)


def test_a_point_in_no_village_and_none_stated_is_nowhere() -> None:
    assert placed(113.5, 38.01, None, root_code="t") == (None, Verdict.NOWHERE)


def test_a_stated_village_without_coordinates_is_kept() -> None:
    assert placed(np.nan, np.nan, ["a"]) == ("a", Verdict.STATED_ONLY)
    assert placed(113.39, np.nan, ["c"]) == ("c", Verdict.STATED_ONLY)


def test_an_unknown_code_is_reported_whatever_the_point_says() -> None:
    for lon in (113.39, np.nan, 113.5):
        assert placed(lon, 38.01, ["zz"], root_code="t") == (None, Verdict.UNKNOWN_CODE)


def test_a_record_without_any_place_goes_to_the_root_or_nowhere() -> None:
    assert placed(np.nan, np.nan, [None], root_code="t") == ("t", Verdict.ROOT)
    assert placed(np.nan, np.nan, None) == (None, Verdict.NO_PLACE)


def test_a_stated_town_agrees_with_a_point_in_its_village() -> None:
    assert placed(113.39, 38.01, ["t"]) == ("a", Verdict.AGREES)


def test_an_undrawn_village_is_held_against_the_county_that_is_drawn() -> None:
    areas = villages().drop(columns="geometry").loc[["t", "a"]]
    county = gpd.GeoDataFrame(areas, geometry=[village(113.38, 113.42), None], crs=4326)
    near = float(ELLIPSOID.fwd(113.42, 38.01, 90.0, 150.0)[0])
    found = place_in_areas([113.39, near, 113.5], [38.01] * 3, ["a"] * 3, county, metric_crs=METRIC)
    assert found["verdict"].tolist() == [Verdict.AGREES, Verdict.NEAR_STATED, Verdict.NOWHERE]
    assert found["area_code"].iloc[:2].tolist() == ["a", "a"]


def test_a_village_no_boundary_speaks_of_cannot_contradict_the_point() -> None:
    assert placed(113.39, 38.01, ["c"]) == ("a", Verdict.GEOMETRY_WINS)
    assert placed(113.5, 38.01, ["c"]) == ("c", Verdict.STATED_ONLY)


def test_each_record_is_decided_alone_whatever_stands_beside_it() -> None:
    lon = pd.Series([113.39, np.nan, 113.41, 113.5], index=list("wxyz"))
    stated = ["a", None, "a", "b"]
    together = place_in_areas(lon, [38.01] * 4, stated, villages(), metric_crs=METRIC)
    assert together.index.tolist() == list("wxyz")
    for (name, x), code in zip(lon.items(), stated, strict=True):
        alone = place_in_areas([x], [38.01], [code], villages(), metric_crs=METRIC)
        assert alone.equals(together.loc[[str(name)]].reset_index(drop=True))


@given(places=points_about, codes=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_distances_agree_with_measuring_each_on_the_ellipsoid(
    places: list[tuple[float, float]], codes: Any
) -> None:
    stated = [codes.choice(["a", "b"]) for _ in places]
    lon, lat = np.array(places).T
    found = place_in_areas(lon, lat, stated, villages(), metric_crs=METRIC)
    shapes = villages().geometry
    for place, code, verdict in zip(places, stated, found["verdict"], strict=True):
        nearest = shapely.shortest_line(shapes[code], shapely.Point(place)).coords
        metres = ELLIPSOID.inv(*nearest[0], *nearest[1])[2]
        if abs(metres - 200) > 5:  # the nearest point in degrees is not quite that in metres
            far = {Verdict.FAR_FROM_STATED, Verdict.NOWHERE}
            assert (verdict in far) == (metres > 200)


def test_points_read_in_the_wrong_datum_lie_far_from_their_village() -> None:
    lon, lat = wgs84_from_gcj02([113.3825], [38.01])
    assert placed(float(lon[0]), float(lat[0]), ["a"])[1] == Verdict.NOWHERE
    assert placed(113.3825, 38.01, ["a"])[1] == Verdict.AGREES


def test_distances_are_measured_in_metres_only() -> None:
    with pytest.raises(CRSError, match="metric_crs is in EPSG:4326"):
        place_in_areas([113.39], [38.01], ["a"], villages(), metric_crs="EPSG:4326")


# Areas come and go


def recoded() -> gpd.GeoDataFrame:
    """Build village `a`, which became `b` on one day, and `c` beside it, which nobody dated."""
    frame = pd.DataFrame(
        {
            "valid_from": pd.to_datetime(["", "2021-01-01", ""]),
            "valid_to": pd.to_datetime(["2021-01-01", "", ""]),
        },
        index=pd.Index(["a", "b", "c"], name="area_code"),
    )
    shapes = [village(113.38, EDGE), village(113.38, EDGE), village(EDGE, 113.42)]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)


def test_a_point_is_placed_among_the_areas_in_force_on_its_day() -> None:
    days = pd.to_datetime(pd.Series(["2020-12-31", "2021-01-01", None, "2020-01-01"]))
    lon = [113.39, 113.39, 113.39, 113.41]
    found = area_of((lon, [38.01] * 4), recoded(), day=days)
    assert found.tolist() == ["a", "b", "b", "c"]


def test_a_point_stated_under_a_retired_code_goes_to_the_area_in_force_around_it() -> None:
    day = pd.to_datetime(pd.Series(["2020-12-31", "2021-01-01"]))
    found = place_in_areas(
        [113.39] * 2, [38.01] * 2, ["a", "a"], recoded(), metric_crs=METRIC, day=day
    )
    assert found["area_code"].tolist() == ["a", "b"]
    assert found["verdict"].tolist() == [Verdict.AGREES, Verdict.GEOMETRY_WINS]


@given(points_about, st.lists(st.integers(-3, 3), min_size=30, max_size=30))
@settings(deadline=None, max_examples=30)
def test_placing_all_days_at_once_is_placing_each_day_among_its_own_areas(
    places: list[tuple[float, float]], offsets: list[int]
) -> None:
    lon, lat = np.array(places).T
    day = pd.Series(pd.Timestamp("2021-01-01") + pd.to_timedelta(offsets[: len(lon)], unit="D"))
    together = area_of((lon, lat), recoded(), day=day)
    for x, y, when, code in zip(lon, lat, day, together, strict=True):
        alone = area_of(([x], [y]), areas_on(recoded(), when)).iloc[0]
        assert (pd.isna(code) and pd.isna(alone)) or code == alone
