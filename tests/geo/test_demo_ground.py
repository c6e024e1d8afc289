"""Roads, streets, buildings, units and cameras of the made-up county."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.demo.cameras import CAMERAS
from geo.demo.sampling import along
from geo.demo.span import Span
from geo.demo.stretches import STRETCH_KINDS, Stretches, area_at
from geo.demo.units import kinds
from geo.schemas import validate
from tests.geo.demo_county import UNTIL, county


def test_every_register_fits_its_table() -> None:
    world = county().world
    frames = {"area": world.areas, "unit": world.units, "subject": world.subjects}
    for entity, frame in (frames | {"camera": world.cameras}).items():
        assert len(validate(frame, entity)) == len(frame)
    for layer in world.layers.values():
        assert len(validate(layer, "ground")) == len(layer)


def test_every_village_is_reached_by_a_road_or_a_street() -> None:
    world = county().world
    reached = np.bincount(world.stretches.area, minlength=288)
    assert (reached > 0).all()


def test_roads_hang_together() -> None:
    world = county().world
    lines = np.array([way.line for way in world.ground.roads])
    near = shapely.STRtree(lines).query(shapely.buffer(lines, 5.0), predicate="intersects")
    towns = shapely.STRtree(lines).query(
        shapely.buffer(np.array(world.ground.land.built), 5.0), predicate="intersects"
    )
    piece = np.arange(len(lines))
    for _ in range(len(lines)):
        merged = piece.copy()
        np.minimum.at(merged, near[0], piece[near[1]])
        for town in range(13):  # inside a town its streets join what the roads leave open
            mine = towns[1][towns[0] == town]
            merged[mine] = merged[mine].min()
        if (merged == piece).all():
            break
        piece = merged
    length = shapely.length(lines)
    assert np.bincount(piece, weights=length).max() > 0.97 * length.sum()


def test_stretches_are_short_and_lie_in_the_area_they_name() -> None:
    world = county().world
    stretches = world.stretches
    assert stretches.length_m.max() <= 160.0
    middle = (stretches.start + stretches.end) / 2
    assert (area_at(middle, world.ground) == stretches.area).all()
    assert set(np.unique(stretches.kind)) == set(range(len(STRETCH_KINDS)))


def test_a_place_beside_a_stretch_is_as_far_aside_as_asked() -> None:
    # One stretch from west to east: its left is the north.
    one = np.zeros(1, dtype=np.int64)
    road = Stretches(np.array([[0.0, 0.0]]), np.array([[100.0, 0.0]]), one, one, one)
    assert road.at(one, np.array([0.25]), np.array([7.0])).tolist() == [[25.0, 7.0]]


@given(st.floats(0, 1), st.floats(-500, 500))
def test_a_walk_along_a_street_stays_on_it(share: float, shift: float) -> None:
    # Street 0 has two stretches of 100 m in a row, street 1 begins where it ends.
    start = np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]])
    numbers = np.zeros(3, dtype=np.int64)
    road = Stretches(start, start + np.array([100.0, 0.0]), numbers, numbers, np.array([0, 0, 1]))
    stretch, along_it = along(road, np.array([1]), np.array([share]), np.array([shift]))
    walked = stretch[0] * 100 + along_it[0] * 100
    assert stretch[0] in {0, 1}
    assert np.isclose(walked, np.clip(100 + share * 100 + shift, 0, 200), atol=1e-3)


def test_buildings_stand_apart_from_streets_and_from_each_other() -> None:
    ground = county().world.ground
    shapes = np.array(ground.buildings.shapes)
    assert 3_000 < len(shapes) < 9_000
    streets = np.array([way.line for way in ground.streets.ways])
    assert not len(shapely.STRtree(shapes).query(streets, predicate="intersects")[0])
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (one == other).mean() > 0.99


def test_units_stand_in_the_area_they_name_and_mostly_by_a_street() -> None:
    world = county().world
    assert (np.array(world.codes)[world.places.area] == world.units["area_code"]).all()
    assert (area_at(world.places.xy, world.ground) == world.places.area).all()
    middle = (world.stretches.start + world.stretches.end) / 2
    gap = shapely.STRtree(np.asarray(shapely.points(middle))).query_nearest(
        np.asarray(shapely.points(world.places.xy)), return_distance=True, all_matches=False
    )[1]
    assert np.quantile(gap, 0.9) < 110.0


def test_most_units_are_enterprises_and_every_kind_of_the_programme_is_there() -> None:
    units = county().world.units
    assert (units["unit_class"] == "enterprise").mean() > 0.9
    named = {"school", "kindergarten", "hospital", "scenic_area", "mall", "market", "factory"}
    named |= {"mine", "station", "religious_site", "outlet"}
    assert named <= set(units["kind"])
    counts = units["kind"].value_counts()
    assert {kind.key: kind.number for kind in kinds()} == counts.to_dict()


def test_the_register_grows_over_the_years_and_every_subject_has_a_body() -> None:
    subjects = county().world.subjects
    assert subjects["body"].notna().all()
    years = [pd.Timestamp(date(year, 6, 30)) for year in range(2020, 2027)]
    registered = [int((subjects["registered_on"] <= year).sum()) for year in years]
    assert registered == sorted(registered)
    assert registered[0] < 0.85 * registered[-1]
    assert registered[-1] == 288 + 4419


def test_a_village_office_reports_for_its_village_and_its_small_units() -> None:
    world = county().world
    subjects = world.subjects
    area = subjects[subjects["unit_id"].isna()]
    assert (area["body"] == "office:" + area.index).all()
    outlets = subjects.loc[world.units.index[world.units["kind"] == "outlet"]]
    assert (outlets["body"] == "office:" + outlets["area_code"]).all()
    mines = subjects.loc[world.units.index[world.units["kind"] == "mine"]]
    assert (mines["body"] == "dept:" + mines["area_code"].str[:9] + ":emergency").all()


def test_cameras_stand_at_corners_and_look_along_a_street() -> None:
    world = county().world
    cameras = world.cameras
    assert len(cameras) == sum(CAMERAS) == 280
    assert cameras.index.str.fullmatch(r"99000101" r"01" r"13[12]" r"0" r"\d{6}").all()
    assert 0.88 < cameras["online"].astype(float).mean() < 0.995
    assert (cameras["in_use_since"] <= pd.Timestamp(UNTIL)).all()
    assert cameras["fov_deg"].between(40, 130).all()
    assert cameras["name"].str.contains("路口").all()


def test_cameras_look_where_the_street_goes() -> None:
    world = county().world
    streets = world.ground.streets
    towns = streets.place < 13
    step = np.diff(streets.nodes[streets.edges[towns]], axis=1)[:, 0]
    both = np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 180
    look = world.cameras["azimuth_deg"].to_numpy() % 180
    turn = np.abs(look[:, None] - both)
    assert (np.minimum(turn, 180 - turn).min(axis=1) < 1.0).mean() > 0.95


def test_the_span_is_six_years_and_ends_at_six_in_the_morning() -> None:
    span = Span(date(2026, 6, 30))
    assert span.start == date(2020, 6, 30)
    assert span.end.isoformat() == "2026-06-30T06:00:00+08:00"
    # 2,191 days, among them the 29 February 2024.
    assert span.end_minute == 2_191 * 1_440 + 360
    assert Span(date(2024, 2, 29)).start == date(2018, 2, 28)


def test_minutes_of_the_span_are_local_time() -> None:
    moment = Span(date(2026, 6, 30)).moments(np.array([90.0])).iloc[0]
    assert moment.isoformat() == "2020-06-29T17:30:00+00:00"
