"""F05: points that fit their stated villages only after undoing GCJ-02 or BD-09."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import bd09_from_wgs84, gcj02_from_wgs84
from geo.errors import RefusedFile
from geo.intake.datum_check import datum_fits, refuse_wrong_datum

if TYPE_CHECKING:
    from collections.abc import Callable

METRIC = "EPSG:4547"
SHIFTS: dict[str, Callable[..., Any]] = {"gcj02": gcj02_from_wgs84, "bd09": bd09_from_wgs84}
NAMES = {"gcj02": "GCJ-02", "bd09": "BD-09"}


def check(points: pd.DataFrame, areas: gpd.GeoDataFrame, crs: str = "wgs84") -> None:
    refuse_wrong_datum(
        points["lon"].to_numpy(), points["lat"].to_numpy(), points["area_code"], areas,
        crs=crs, metric_crs=METRIC,
    )  # fmt: skip


def shifted(points: pd.DataFrame, datum: str) -> pd.DataFrame:
    lon, lat = SHIFTS[datum](points["lon"], points["lat"])
    return points.assign(lon=lon, lat=lat)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("count", [100, 300, 3000])
def test_shifted_points_declared_as_wgs84_are_refused_and_the_datum_is_named(
    datum: str, count: int, grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    for seed in range(5):
        points = shifted(scattered(grid_villages, count, seed=seed), datum)
        with pytest.raises(RefusedFile, match=NAMES[datum]) as refused:
            check(points, grid_villages)
        assert refused.value.code == "F05"
        assert NAMES[datum] in refused.value.text("zh")


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_most_gcj02_points_stay_inside_so_shares_and_not_single_points_decide(
    datum: str, grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    # A square of side a keeps (1 - |dx|/a)(1 - |dy|/a) of points shifted by (dx, dy). Measured
    # here the shift is about (600, 100) m for GCJ-02 and (1160, 780) m for BD-09, a = 3000 m.
    points = scattered(grid_villages, 3000)
    moved = shifted(points, datum)
    before, after = (
        gpd.GeoSeries(gpd.points_from_xy(p["lon"], p["lat"]), crs=4326).to_crs(METRIC)
        for p in (points, moved)
    )
    dx, dy = float((after.x - before.x).mean()), float((after.y - before.y).mean())
    expected = (1 - abs(dx) / 3000) * (1 - abs(dy) / 3000)
    declared, *_ = datum_fits(
        moved["lon"].to_numpy(), moved["lat"].to_numpy(), moved["area_code"], grid_villages,
        crs="wgs84", metric_crs=METRIC,
    )  # fmt: skip
    assert declared.share_inside == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_shifted_points_declared_as_what_they_are_pass(
    datum: str, grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    check(shifted(scattered(grid_villages, 500), datum), grid_villages, crs=datum)


def test_true_points_declared_as_gcj02_are_refused_too(
    grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    with pytest.raises(RefusedFile, match="WGS84"):
        check(scattered(grid_villages, 500), grid_villages, crs="gcj02")


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 1500),
    noise_m=st.sampled_from([0.0, 50.0, 300.0, 1500.0]),
    wrong=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)
def test_correctly_declared_points_never_trigger_however_dirty(
    seed: int,
    count: int,
    noise_m: float,
    wrong: float,
    grid_villages: gpd.GeoDataFrame,
    scattered: Any,
) -> None:
    rng = np.random.default_rng(seed)
    points = scattered(grid_villages, count, seed=seed)
    degrees = noise_m / 111_000.0
    points["lon"] += rng.normal(0, degrees, count) / 0.79
    points["lat"] += rng.normal(0, degrees, count)
    # Some state another village altogether: the reporter's own, or a slip of the pen.
    codes = grid_villages.index[grid_villages["level"] == "village"]
    other = rng.random(count) < wrong
    points.loc[other, "area_code"] = rng.choice(codes, int(other.sum()))
    check(points, grid_villages)


def test_a_default_address_just_outside_its_village_is_one_witness(
    grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    points = scattered(grid_villages, 300)
    box = grid_villages.geometry.iloc[1].bounds
    address = pd.DataFrame({"lon": [box[2] + 0.001], "lat": [box[1] + 0.01]})
    address["area_code"] = grid_villages.index[1]
    check(pd.concat([points, *[address] * 5000], ignore_index=True), grid_villages)


def test_villages_without_boundary_are_held_against_the_county_above(
    grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    points = scattered(grid_villages, 2000)
    listed = grid_villages.copy()
    listed.loc[listed["level"] == "village", "geometry"] = None
    check(points, listed)
    with pytest.raises(RefusedFile, match="BD-09"):
        check(shifted(points, "bd09"), listed)


def test_projected_points_that_were_shifted_first_are_found(
    grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    points = shifted(scattered(grid_villages, 400), "gcj02")
    metric = gpd.GeoSeries(gpd.points_from_xy(points["lon"], points["lat"]), crs=4326).to_crs(
        METRIC
    )
    with pytest.raises(RefusedFile, match="GCJ-02"):
        check(points.assign(lon=metric.x, lat=metric.y), grid_villages, crs=METRIC)


def test_nothing_is_said_without_stated_areas_or_geometry(
    grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    points = shifted(scattered(grid_villages, 400), "bd09")
    check(points.assign(area_code=pd.Series([None] * 400, dtype="str")), grid_villages)
    check(points, grid_villages.assign(geometry=gpd.GeoSeries([None] * 37, crs=4326).to_numpy()))


def test_outside_china_gcj02_is_no_other_reading(scattered: Any) -> None:
    area = gpd.GeoDataFrame(
        {"parent_code": [None], "level": ["city"]},
        geometry=[shapely.box(-88.0, 41.0, -87.0, 42.0)],
        index=pd.Index(["c"], name="area_code"),
        crs=4326,
    )
    fits = datum_fits(
        np.array([-87.5]), np.array([41.5]), pd.Series(["c"]), area,
        crs="wgs84", metric_crs="EPSG:26916",
    )  # fmt: skip
    assert [fit.datum for fit in fits if fit.datum == "gcj02"] == []
