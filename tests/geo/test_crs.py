"""Datums against the published vectors, their inverses, and the metric check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod
from scipy.optimize import root

from geo.crs import (
    CGCS2000,
    WGS84,
    Datum,
    bd09_from_gcj02,
    bd09_from_wgs84,
    crs_name,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    geometry_to_wgs84,
    parse_crs,
    require_metric,
    suggest_metric_crs,
    to_wgs84,
    wgs84_from_bd09,
    wgs84_from_gcj02,
)
from geo.errors import CRSError

if TYPE_CHECKING:
    from collections.abc import Callable

MILLIMETRE = 0.001
ELLIPSOID = Geod(ellps="WGS84")
YUXIAN = np.meshgrid(np.linspace(112.92, 113.80, 40), np.linspace(37.90, 38.50, 40))

in_china = st.tuples(st.floats(73.5, 135.1), st.floats(18.1, 53.6))
outside_china = st.one_of(
    st.tuples(st.floats(-180, 71.9), st.floats(-85, 85)),
    st.tuples(st.floats(138, 180), st.floats(-85, 85)),
    st.tuples(st.floats(-180, 180), st.floats(-85, 0.8)),
)


def metres_between(one: Any, other: Any) -> Any:
    """Measure on the ellipsoid, by a method that knows nothing of the shift."""
    return ELLIPSOID.inv(*one, *other)[2]


def test_the_published_vector_of_the_gcj02_formula_is_met() -> None:
    lon, lat = gcj02_from_wgs84(128.543, 37.065)
    assert (lon[0], lat[0]) == pytest.approx((128.54820547949757, 37.065651049489816), abs=1e-12)


def test_the_county_town_is_shifted_as_the_domain_guide_says() -> None:
    gcj = gcj02_from_wgs84(113.41, 38.09)
    assert (gcj[0][0], gcj[1][0]) == pytest.approx((113.4169324459, 38.0908138288), abs=5e-11)
    bd = bd09_from_wgs84(113.41, 38.09)
    assert (bd[0][0], bd[1][0]) == pytest.approx((113.4233689897, 38.0970318354), abs=5e-11)
    assert np.array_equal(bd, bd09_from_gcj02(*gcj))


def test_the_shift_in_yuxian_is_some_hundred_metres_in_gcj02_and_twice_that_in_bd09() -> None:
    wgs = tuple(part.ravel() for part in YUXIAN)
    gcj = metres_between(wgs, gcj02_from_wgs84(*wgs))
    assert gcj.min() > 540
    assert gcj.max() < 620
    bd = metres_between(wgs, bd09_from_wgs84(*wgs))
    assert bd.min() > 1300
    assert bd.max() < 1430


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (gcj02_from_wgs84, wgs84_from_gcj02),
        (bd09_from_gcj02, gcj02_from_bd09),
        (bd09_from_wgs84, wgs84_from_bd09),
    ],
)
@given(place=in_china)
@settings(deadline=None)
def test_shifting_there_and_back_stays_within_a_millimetre(
    there: Callable[..., Any], back: Callable[..., Any], place: tuple[float, float]
) -> None:
    lon, lat = (np.array([part]) for part in place)
    assert metres_between((lon, lat), back(*there(lon, lat)))[0] <= MILLIMETRE
    assert metres_between((lon, lat), there(*back(lon, lat)))[0] <= MILLIMETRE


@given(place=outside_china)
@settings(deadline=None)
def test_nothing_is_shifted_outside_china(place: tuple[float, float]) -> None:
    for shift in (gcj02_from_wgs84, wgs84_from_gcj02):
        lon, lat = shift(*place)
        assert (lon[0], lat[0]) == place


@pytest.mark.parametrize("place", [(113.41, 38.09), (121.47, 31.23), (87.6, 43.8), (110.3, 20.0)])
def test_the_iterated_inverse_agrees_with_a_root_finder(place: tuple[float, float]) -> None:
    def miss(guess: Any) -> Any:
        return np.ravel(gcj02_from_wgs84(guess[0], guess[1])) - np.array(place)

    solved = root(miss, np.array(place), tol=1e-13)
    lon, lat = wgs84_from_gcj02(*place)
    assert metres_between((lon[0], lat[0]), solved.x) <= MILLIMETRE


def test_many_points_give_what_each_gives_alone() -> None:
    lon, lat = (part.ravel()[:50] for part in YUXIAN)
    together = np.column_stack(wgs84_from_bd09(lon, lat))
    alone = [np.ravel(wgs84_from_bd09(x, y)) for x, y in zip(lon, lat, strict=True)]
    assert np.array_equal(together, alone)


def test_missing_coordinates_stay_missing_and_their_neighbours_do_not() -> None:
    for crs in ("gcj02", "bd09", "wgs84", "EPSG:4547"):
        lon, lat = to_wgs84([np.nan, 113.41], [38.09, 38.09], crs)
        assert np.isnan(lon[0])
        assert np.isfinite([lon[1], lat[1]]).all()


def test_gauss_krueger_eastings_are_read_with_and_without_their_zone() -> None:
    plain = to_wgs84([448242.023], [4217652.178], "EPSG:4547")
    zoned = to_wgs84([38448242.023], [4217652.178], "EPSG:4526")
    for lon, lat in (plain, zoned):
        assert metres_between((lon, lat), ([113.41], [38.09]))[0] <= MILLIMETRE


def test_feet_of_illinois_become_degrees_near_the_loop() -> None:
    lon, lat = to_wgs84([1_176_096.0], [1_900_000.0], "EPSG:3435")
    assert (lon[0], lat[0]) == pytest.approx((-87.63, 41.88), abs=0.01)


def test_coordinates_beyond_the_range_of_their_system_are_missing() -> None:
    lon, lat = to_wgs84([1e9], [0.0], "EPSG:4547")
    assert np.isnan(lon[0])
    assert np.isnan(lat[0])


def test_cgcs2000_is_taken_as_wgs84() -> None:
    for name in ("cgcs2000", CGCS2000, Datum.CGCS2000, "CGCS-2000"):
        lon, lat = to_wgs84([113.41], [38.09], name)
        assert (lon[0], lat[0]) == (113.41, 38.09)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GCJ-02", "gcj02"),
        ("bd_09", "bd09"),
        ("WGS84", "wgs84"),
        ("epsg:4547", "EPSG:4547"),
        ("ESRI:102025", "ESRI:102025"),
        (4526, "EPSG:4526"),
    ],
)
def test_a_system_is_known_by_its_usual_names(text: str, name: str) -> None:
    assert crs_name(parse_crs(text)) == name


def test_an_unknown_system_is_refused_in_both_languages_with_what_to_declare() -> None:
    with pytest.raises(CRSError, match="Declare wgs84") as caught:
        to_wgs84([0.0], [0.0], "beijing-secret")
    assert "请声明" in caught.value.text("zh")


def test_shapes_are_converted_corner_by_corner_and_keep_their_columns() -> None:
    corners = np.array([[113.40, 38.08], [113.42, 38.08], [113.42, 38.10], [113.40, 38.08]])
    shifted = shapely.Polygon(np.column_stack(gcj02_from_wgs84(*corners.T)))
    frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[shifted, None], crs=WGS84)
    moved = geometry_to_wgs84(frame, "gcj02")
    assert moved.crs == WGS84
    assert moved["name"].tolist() == ["a", "b"]
    assert moved.geometry.iloc[1] is None
    found = shapely.get_coordinates(moved.geometry.iloc[0])
    assert metres_between(tuple(found.T), tuple(corners.T)).max() <= MILLIMETRE
    assert frame.geometry.iloc[0] == shifted


def test_the_declared_system_wins_over_the_one_the_reader_wrote() -> None:
    series = gpd.GeoSeries([shapely.Point(448242.023, 4217652.178)], crs=WGS84)
    moved = geometry_to_wgs84(series, "EPSG:4547")
    assert moved.iloc[0].distance(shapely.Point(113.41, 38.09)) < 1e-8


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:32616", "EPSG:26971", CRS("EPSG:4546")])
def test_projected_metres_may_be_measured(crs: str | CRS) -> None:
    require_metric(crs, "roads")
    require_metric(gpd.GeoSeries([], crs=crs), "roads")


@pytest.mark.parametrize(
    ("crs", "came"),
    [
        (None, "has no CRS"),
        ("EPSG:4326", "EPSG:4326 (degree)"),
        ("gcj02", "gcj02 (degree)"),
        ("EPSG:3435", "EPSG:3435 (US survey foot)"),
        ("EPSG:2913", "EPSG:2913 (foot)"),
        ("EPSG:3857", "EPSG:3857, a Mercator map"),
        ("ESRI:102100", "a Mercator map"),
        ("EPSG:3395", "EPSG:3395, a Mercator map"),
    ],
)
def test_nothing_is_measured_elsewhere_and_the_message_says_why(crs: str | None, came: str) -> None:
    with pytest.raises(CRSError) as caught:
        require_metric(crs, "roads")
    said = str(caught.value)
    assert said.startswith("roads ")
    assert came in said
    assert "need metres" in said
    assert "roads.to_crs(" in said
    assert "米" in caught.value.text("zh")


def test_a_frame_without_a_system_is_not_measured() -> None:
    with pytest.raises(CRSError, match="cameras has no CRS"):
        require_metric(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), "cameras")


@given(place=in_china)
@settings(deadline=None)
def test_the_suggested_system_measures_and_its_meridian_is_near(place: tuple[float, float]) -> None:
    crs = CRS(suggest_metric_crs(*place))
    require_metric(crs, "land")
    operation = crs.coordinate_operation
    assert operation is not None
    meridian = next(float(p.value) for p in operation.params if "Longitude" in p.name)
    assert abs(meridian - place[0]) <= 1.5


def test_beyond_china_the_utm_zone_is_suggested() -> None:
    assert suggest_metric_crs(-87.63, 41.88) == "EPSG:32616"
    assert suggest_metric_crs(151.2, -33.87) == "EPSG:32756"
