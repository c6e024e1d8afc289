"""Layers: what reaches the map, and nothing else."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geo.layers
from geo.crs import WGS84
from geo.discover import discover
from geo.errors import CRSError
from geo.layer import Layer, geojson_bytes, geojson_dict
from geo.layers import areas, cameras, ground, hotspots, incidents, patrol, units

ZONE = ZoneInfo("Asia/Shanghai")
METRIC = "EPSG:32649"


def incident_frame(n: int, **columns: Any) -> pd.DataFrame:
    """Make `n` thefts on a line of 0.001 degrees, all exact, at 20:30 local time."""
    table = {
        "stream": "case",
        "category": "theft",
        "occurred_from": pd.Timestamp("2026-06-01 12:30", tz="UTC"),
        "time_precision": "minute",
        "lon": 113.0 + 0.001 * np.arange(n),
        "lat": 38.0,
        "loc_precision": "point",
        "sensitive_location": False,
        "station": "S1",
        "unit_id": "U1",
    } | columns
    return pd.DataFrame(table, index=pd.Index([f"I{i}" for i in range(n)], name="incident_id"))


def drawn(frame: pd.DataFrame, **options: Any) -> gpd.GeoDataFrame:
    return incidents.features(frame, metric_crs=METRIC, zone=ZONE, **options)


def camera_frame(**columns: Any) -> pd.DataFrame:
    table = {
        "name": ["Gate"],
        "lon": [113.0],
        "lat": [38.0],
        "azimuth_deg": [0.0],
        "fov_deg": [90.0],
        "range_m": [100.0],
        "online": pd.array([True], dtype="boolean"),
    } | columns
    return pd.DataFrame(table, index=pd.Index(["C1"], name="camera_id"))


def test_every_plug_in_of_the_folder_exports_a_layer() -> None:
    found = discover(geo.layers, "LAYER", Layer)
    assert {"areas", "incidents", "cameras", "units", "hotspots", "patrol", "ground"} <= set(found)


def test_layers_with_exact_places_of_incidents_are_for_staff() -> None:
    assert incidents.LAYER.sensitive
    assert cameras.LAYER.sensitive
    assert not areas.LAYER.sensitive


def test_every_legend_entry_has_words_in_both_languages() -> None:
    for layer in discover(geo.layers, "LAYER", Layer).values():
        for words in (layer.title, *(entry.words for entry in layer.legend)):
            assert words.text("zh")
            assert words.text("en")


def test_only_incidents_with_an_exact_place_become_points() -> None:
    frame = incident_frame(4, loc_precision=["point", "area", "withheld", "point"])
    assert drawn(frame)["id"].tolist() == ["I0", "I3"]


def test_a_sensitive_incident_is_never_a_point_even_if_it_kept_coordinates() -> None:
    frame = incident_frame(3, sensitive_location=[False, True, False])
    assert drawn(frame)["id"].tolist() == ["I0", "I2"]


def test_withheld_incidents_do_not_come_back_as_counts() -> None:
    frame = incident_frame(30, loc_precision=["point", "withheld", "area"] * 10)
    counted = drawn(frame, limit=3)
    assert counted["n"].sum() == 10


def test_an_incident_carries_id_stream_category_and_tip_and_nothing_more() -> None:
    feature = geojson_dict(drawn(incident_frame(1), categories={"theft": "盗窃"}))["features"][0]
    assert feature["properties"] == {
        "id": "I0",
        "stream": "case",
        "category": "theft",
        "tip": "盗窃\n2026-06-01 20:30",
    }


def test_a_time_known_to_the_day_is_told_to_the_day() -> None:
    tip = drawn(incident_frame(1, time_precision="day"))["tip"].iloc[0]
    assert tip == "theft\n2026-06-01"


def test_fewer_counts_may_be_asked_for_than_points() -> None:
    frame = incident_frame(60)
    places = drawn(frame, limit=20, counts=5)
    assert len(places) <= 5
    assert places["n"].sum() == 60


@settings(max_examples=40)
@given(n=st.integers(1, 60), limit=st.integers(1, 20))
def test_counts_add_up_to_the_incidents_and_keep_to_the_limit(n: int, limit: int) -> None:
    places = drawn(incident_frame(n), limit=limit)
    assert len(places) <= max(limit, 1)
    assert (places["n"].sum() if n > limit else len(places)) == n


def test_cases_and_accidents_are_never_counted_together() -> None:
    frame = incident_frame(10, lon=113.0, stream=["case"] * 7 + ["accident"] * 3)
    places = drawn(frame, limit=2).set_index("stream")["n"]
    assert places.to_dict() == {"case": 7, "accident": 3}


def test_a_count_lies_at_the_mean_place_of_what_it_counts() -> None:
    places = drawn(incident_frame(3, lon=[113.0, 113.0002, 113.0004]), limit=1)
    assert places.geometry.x.iloc[0] == pytest.approx(113.0002)


def test_no_incident_gives_an_empty_layer() -> None:
    assert geojson_dict(drawn(incident_frame(0)))["features"] == []


def test_a_sector_opens_to_the_side_the_camera_looks() -> None:
    view = cameras.sectors(camera_frame(azimuth_deg=[90.0])).geometry.iloc[0]
    assert view.centroid.x > 113.0
    assert view.centroid.y == pytest.approx(38.0, abs=1e-6)


def test_the_edge_of_a_sector_lies_at_its_range_in_metres() -> None:
    view = cameras.sectors(camera_frame()).geometry.iloc[0]
    lon, lat = shapely.get_coordinates(view)[1:-1].T
    apex = np.full_like(lon, 113.0), np.full_like(lat, 38.0)
    _, _, metres = pyproj.Geod(ellps="GRS80").inv(*apex, lon, lat)
    np.testing.assert_allclose(metres, 100.0, atol=1e-3)


@given(azimuth=st.floats(0, 360), fov=st.floats(5, 359), reach=st.floats(10, 300))
@settings(max_examples=25)
def test_the_area_of_a_sector_is_that_of_twelve_triangles(
    azimuth: float, fov: float, reach: float
) -> None:
    frame = camera_frame(azimuth_deg=[azimuth], fov_deg=[fov], range_m=[reach])
    area = cameras.sectors(frame).to_crs("EPSG:6933").area.iloc[0]  # equal-area, metres
    triangles = 12 * reach**2 / 2 * np.sin(np.radians(fov / 12))
    assert area == pytest.approx(triangles, rel=1e-3)


def test_a_camera_that_sees_all_round_has_a_circle_and_needs_no_azimuth() -> None:
    frame = camera_frame(azimuth_deg=[np.nan], fov_deg=[360.0])
    view = cameras.sectors(frame).geometry.iloc[0]
    assert view.is_valid
    assert view.contains(shapely.Point(113.0, 38.0))


@pytest.mark.parametrize("missing", ["azimuth_deg", "fov_deg", "range_m", "lon"])
def test_a_camera_without_one_of_the_numbers_has_no_sector(missing: str) -> None:
    assert cameras.sectors(camera_frame(**{missing: [np.nan]})).empty


def test_a_camera_of_unknown_state_is_not_said_to_be_off() -> None:
    frame = camera_frame(online=pd.array([None], dtype="boolean"))
    assert "online" not in geojson_dict(cameras.features(frame))["features"][0]["properties"]


def test_a_unit_without_a_status_is_not_assessed_rather_than_zero() -> None:
    table = {"name": ["School", "Mine"], "kind": "school", "lon": 113.0, "lat": 38.0}
    frame = pd.DataFrame(table, index=pd.Index(["U1", "U2"], name="unit_id"))
    shown = units.features(frame, status=pd.Series({"U1": "broken"}), words={"broken": "已破零"})
    assert shown["status"].tolist() == ["broken", "not_assessed"]
    assert shown["tip"].iloc[0] == "School\n已破零"


def test_areas_keep_the_order_of_their_values_and_the_place_of_those_without_a_shape() -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["甲", "乙", "丙"], "name_en": ["A", None, "C"], "level": "village"},
        geometry=[shapely.box(0, 0, 1, 1), None, shapely.box(1, 0, 2, 1)],
        index=pd.Index(["a", "b", "c"], name="area_code"),
        crs=WGS84,
    )
    told = geojson_dict(areas.features(frame, codes=["c", "b", "a"]))["features"]
    assert [f["properties"]["code"] for f in told] == ["c", "b", "a"]
    assert [f["id"] for f in told] == [0, 1, 2]
    assert told[1]["geometry"] is None
    assert "name_en" not in told[1]["properties"]


def in_a_row(*approximate: bool) -> gpd.GeoDataFrame:
    """Draw unit squares side by side, some of them approximate."""
    count = len(approximate)
    return gpd.GeoDataFrame(
        {"name": "村", "name_en": None, "level": "village", "approximate": approximate},
        geometry=[shapely.box(x, 0, x + 1, 1) for x in range(count)],
        index=pd.Index([f"v{x}" for x in range(count)], name="area_code"),
        crs=WGS84,
    )


def test_only_approximate_areas_say_so_and_the_border_between_two_of_them_is_drawn_once() -> None:
    row = in_a_row(True, True, False)
    drawn = areas.features(row, codes=list(row.index))
    told = [f["properties"].get("approximate") for f in geojson_dict(drawn)["features"]]
    assert told == [True, True, None]
    borders = areas.approximate_borders(drawn)
    assert (
        shapely.length(borders.to_numpy()).sum() == 7.0
    )  # six outer sides and one between the two
    assert areas.approximate_borders(drawn[2:]).empty


def test_hotspots_come_by_rank_in_degrees_with_their_interval_in_the_tip() -> None:
    frame = gpd.GeoDataFrame(
        {
            "hotspot_id": ["H2", "H1"],
            "rank": [2, 1],
            "expected": [1.234, 4.0],
            "lower": [0.0, 1.0],
            "upper": [4.0, 8.0],
            "state": ["new", "steady"],
        },
        geometry=[shapely.box(500_000, 4_200_000, 500_150, 4_200_150)] * 2,
        crs=METRIC,
    )
    shown = hotspots.features(frame, names={"H1": "柳河村"})
    assert shown["rank"].tolist() == [1, 2]
    assert shown.crs == WGS84
    assert shown["tip"].iloc[0] == "热点 1 柳河村\n未来 28 天预期 4.0 起（1.0–8.0）"


def route_frame() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "unit": "A",
            "crew": 0,
            "kind": ["leg", "stop", "stop"],
            "order": [np.nan, 1, 2],
            "post": [None, "H1", "H2"],
            "arrive": [None, "20:00", "20:20"],
        },
        geometry=[
            shapely.LineString([(113, 38), (113.1, 38)]),
            shapely.Point(113, 38),
            shapely.Point(113.1, 38),
        ],
        crs=WGS84,
    )


def test_the_route_numbers_its_stops_and_leaves_its_legs_without_number() -> None:
    told = geojson_dict(patrol.features(route_frame(), names={"H1": "柳河村"}))["features"]
    assert "stop" not in told[0]["properties"]
    assert [f["properties"]["stop"] for f in told[1:]] == [1, 2]
    assert told[1]["properties"]["tip"] == "A 第 1 站\n20:00 柳河村"


def test_ground_carries_its_class_and_name_only() -> None:
    frame = gpd.GeoDataFrame(
        {"kind": ["primary"], "name": ["Main"], "known_at": [1], "recorded_at": [2]},
        geometry=[shapely.LineString([(113, 38), (113.1, 38)])],
        crs=WGS84,
    )
    assert set(ground.features(frame).columns) == {"kind", "name", "geometry"}


def test_coordinates_are_rounded_to_a_tenth_of_a_metre() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(113.123456789, 38.0)], crs=WGS84)
    place = geojson_dict(frame)["features"][0]["geometry"]["coordinates"]
    assert place == [113.123457, 38.0]


def test_what_is_written_is_json_whatever_the_texts_hold() -> None:
    frame = gpd.GeoDataFrame({"tip": ['"\\\n</script>']}, geometry=[shapely.Point(0, 0)], crs=WGS84)
    assert json.loads(geojson_bytes(frame))["features"][0]["properties"]["tip"] == '"\\\n</script>'


def test_metres_are_refused_where_degrees_are_needed() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(5e5, 4e6)], crs=METRIC)
    with pytest.raises(CRSError, match="EPSG:32649"):
        geojson_bytes(frame)
