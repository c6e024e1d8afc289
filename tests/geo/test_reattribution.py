"""A corrected boundary moves what stands on it, in the same batch, and what was known stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.assign import area_of
from geo.intake.reattribution import FOLLOWING
from geo.schemas import columns_of
from geo.store import Snapshot, Store
from geo.vocabulary import Entity
from tests.geo.conftest import Office

if TYPE_CHECKING:
    from pathlib import Path

COUNTY = "140322"
TOWN = "140322100"
EDGE = 113.40
"""Degrees. The first border between the villages WEST and EAST."""
WEST, EAST, BEYOND = f"{TOWN}201", f"{TOWN}202", f"{TOWN}203"


def box(west: float, east: float) -> shapely.Polygon:
    return shapely.box(west, 38.0, east, 38.1)


def two_villages(edge: float = EDGE) -> gpd.GeoDataFrame:
    """Draw a town with two villages that meet at the meridian `edge`."""
    return gpd.GeoDataFrame(
        {
            "area_code": [COUNTY, TOWN, WEST, EAST],
            "level": ["county", "township", "village", "village"],
            "name": ["县", "镇", "西村", "东村"],
            "parent_code": [None, COUNTY, TOWN, TOWN],
        },
        geometry=[None, box(113.3, 113.5), box(113.3, edge), box(edge, 113.5)],
        crs=4326,
    )


def bring_areas(office: Office, areas: gpd.GeoDataFrame, name: str = "areas", **how: Any) -> Any:
    office.now += timedelta(minutes=1)
    path = office.write(f"{name}-{office.now:%H%M}.geojson", areas.to_json())
    return office.bring("areas", path, crs="wgs84", **how)


def incidents(lon: Any, key: str = "c", **columns: Any) -> pd.DataFrame:
    made = pd.DataFrame({"lon": lon})
    made["lat"] = made["lon"].notna().map({True: 38.05})
    made["incident_id"] = [f"{key}{number}" for number in range(len(made))]
    made = made.assign(
        category="theft", occurred_from="2025-03-01 08:30", review="confirmed",
        discovery_source="citizen_report",
    )  # fmt: skip
    return made.assign(**columns)


def bring(office: Office, entity: str, table: pd.DataFrame) -> Any:
    office.now += timedelta(minutes=1)
    return office.bring(entity, office.write(f"{entity}-{office.now:%H%M}.csv", table), crs="wgs84")


def at(office: Office, name: str) -> dict[str, str]:
    """Give where each record stands now."""
    codes: dict[str, str] = getattr(office.store.snapshot(), name)["area_code"].to_dict()
    return codes


@pytest.fixture
def ready(office: Office) -> Office:
    """Give two villages, both registered, with four cases, a unit and a camera on them."""
    bring_areas(office, two_villages())
    bring(office, "units", pd.DataFrame({
        "unit_id": ["u1"], "name": ["厂"], "kind": ["factory"], "lon": [113.41], "lat": [38.05],
    }))  # fmt: skip
    bring(office, "subjects", pd.DataFrame({
        "subject_id": [WEST, EAST, "u1"], "subject_class": ["village", "village", "enterprise"],
        "area_code": [WEST, EAST, EAST], "unit_id": [None, None, "u1"],
    }))  # fmt: skip
    bring(office, "cases", incidents([113.35, 113.39, 113.41, 113.45], case_class="criminal"))
    bring(office, "cameras", pd.DataFrame({
        "camera_id": ["k1", "k2"], "lon": [113.41, 113.45], "lat": [38.05, 38.05],
    }))  # fmt: skip
    return office


def test_a_corrected_boundary_moves_every_record_with_a_point_between_the_old_and_the_new_one(
    ready: Office,
) -> None:
    before = ready.store.snapshot(known_at=ready.now)
    report = bring_areas(ready, two_villages(edge=113.42))
    assert (report.corrected, report.reattributed) == (2, 4)  # a case, unit, subject and camera
    assert at(ready, "cases") == {"c0": WEST, "c1": WEST, "c2": WEST, "c3": EAST}
    assert at(ready, "units") == {"u1": WEST}
    assert at(ready, "cameras") == {"k1": WEST, "k2": EAST}
    assert at(ready, "subjects") == {WEST: WEST, EAST: EAST, "u1": WEST}
    subjects = ready.store.snapshot().cases["subject_id"].to_dict()
    assert subjects == {"c0": WEST, "c1": WEST, "c2": WEST, "c3": EAST}
    assert before.cases["area_code"].to_dict()["c2"] == EAST
    assert "4 known records" in report.sentence("en")


def test_what_was_known_before_the_correction_still_gives_the_old_attribution(
    ready: Office,
) -> None:
    learned = ready.now
    bring_areas(ready, two_villages(edge=113.42))
    then = ready.store.snapshot(known_at=learned)
    case = then.cases.loc["c2"]
    assert (case["area_code"], case["subject_id"]) == (EAST, EAST)
    assert then.units.loc["u1", "area_code"] == EAST


def test_the_same_boundary_again_moves_nobody(ready: Office) -> None:
    bring_areas(ready, two_villages(edge=113.42))
    again = bring_areas(ready, two_villages(edge=113.42).assign(population=100))
    assert (again.corrected, again.reattributed) == (4, 0)


def test_undoing_the_delivery_takes_the_reattribution_back_too(ready: Office) -> None:
    names = ("cases", "units", "cameras", "subjects")
    stood = {name: at(ready, name) for name in names}
    month_count = ready.store.month_count()
    report = bring_areas(ready, two_villages(edge=113.42))
    assert not ready.store.month_count().equals(month_count)
    ready.now += timedelta(minutes=1)
    ready.store.undo(report.batch, actor="t", recorded_at=ready.now)
    assert {name: at(ready, name) for name in names} == stood
    assert ready.store.month_count().equals(month_count)
    drawn = ready.store.snapshot().areas.geometry
    assert shapely.equals(drawn.loc[WEST], box(113.3, EDGE))
    assert ready.store.verify().ok


def test_what_stood_in_a_village_that_is_taken_back_goes_to_its_town(ready: Office) -> None:
    recipe = ready.write("back.yaml", BACK)
    gone = ready.write("gone.csv", pd.DataFrame({"area_code": [EAST], "state": ["gone"]}))
    ready.now += timedelta(minutes=1)
    report = ready.bring("areas", gone, recipe=str(recipe))
    assert (report.retracted, report.reattributed) == (1, 6)
    assert at(ready, "cases") == {"c0": WEST, "c1": WEST, "c2": TOWN, "c3": TOWN}


BACK = """
entities:
  areas:
    - name: taken back
      retract: {source: state, values: [gone]}
      columns: {area_code: area_code}
      constants: {level: village}
"""


def test_the_first_boundaries_of_villages_take_what_stood_in_their_town(office: Office) -> None:
    town = two_villages().iloc[:2]
    bring_areas(office, town)
    bring(office, "cases", incidents([113.35, 113.45, 113.6, None],
        area_code=[None, None, None, TOWN], case_class="criminal").iloc[[0, 1, 3]])  # fmt: skip
    assert set(at(office, "cases").values()) == {TOWN}
    report = bring_areas(office, two_villages().iloc[2:])
    assert report.reattributed == 2
    assert at(office, "cases") == {"c0": WEST, "c1": EAST, "c3": TOWN}


def test_a_finer_code_without_a_boundary_is_kept_inside_its_town(office: Office) -> None:
    listed = two_villages()
    listed.loc[[2, 3], "geometry"] = None
    bring_areas(office, listed)
    bring(office, "cases", incidents([113.35], area_code=WEST, case_class="criminal"))
    wider = listed.copy()
    wider.loc[1, "geometry"] = box(113.2, 113.6)
    assert bring_areas(office, wider).reattributed == 0
    assert at(office, "cases") == {"c0": WEST}


def test_a_place_that_lies_in_no_area_any_more_keeps_its_code(office: Office) -> None:
    alone = two_villages().iloc[2:].assign(parent_code=None)
    bring_areas(office, alone)
    bring(office, "cases", incidents([113.45], case_class="criminal"))
    assert bring_areas(office, alone.assign(geometry=[box(113.3, 113.4), box(113.4, 113.42)]))
    assert at(office, "cases") == {"c0": EAST}


def test_a_village_that_goes_to_another_town_takes_its_subject_from_there(office: Office) -> None:
    other = "140322101"
    areas = two_villages()
    areas.loc[len(areas)] = [other, "township", "别镇", COUNTY, None]
    bring_areas(office, areas)
    bring(office, "subjects", pd.DataFrame({
        "subject_id": [TOWN, other], "subject_class": "village", "area_code": [TOWN, other],
    }))  # fmt: skip
    bring(office, "cases", incidents([113.35, 113.45], case_class="criminal"))
    bring(office, "petitions", pd.DataFrame({
        "petition_id": ["p1", "p2"], "area_code": WEST, "subject_id": [None, other],
        "accepted_on": "2025-03-01",
    }))  # fmt: skip
    moved = areas.copy()
    moved.loc[moved["area_code"] == WEST, "parent_code"] = other
    assert bring_areas(office, moved).reattributed == 2
    known = office.store.snapshot()
    assert known.cases["subject_id"].to_dict() == {"c0": other, "c1": TOWN}
    assert known.petitions["subject_id"].to_dict() == {"p1": other, "p2": other}


def test_a_beat_found_by_the_point_moves_and_one_stated_by_the_source_stays(
    office: Office,
) -> None:
    bring_areas(office, two_villages())
    beats = gpd.GeoDataFrame(
        {"area_code": ["B1", "B2"], "level": "beat", "name": ["一", "二"], "grouping": True},
        geometry=[box(113.3, 113.40), box(113.40, 113.5)], crs=4326,
    )  # fmt: skip
    bring_beats = office.write("beats.geojson", beats.to_json())
    recipe = office.write("plain.yaml", PLAIN)
    office.bring("areas", bring_beats, crs="wgs84", recipe=str(recipe))
    table = incidents([113.41, 113.41], case_class="criminal", beat_code=["", "B1"])
    bring(office, "cases", table)
    assert office.store.snapshot().cases["beat_code"].tolist() == ["B2", "B1"]
    beats["geometry"] = [box(113.3, 113.405), box(113.42, 113.5)]
    office.now += timedelta(minutes=1)
    path = office.write("beats2.geojson", beats.to_json())
    assert office.bring("areas", path, crs="wgs84", recipe=str(recipe)).reattributed == 1
    assert office.store.snapshot().cases["beat_code"].fillna("none").to_dict() == {
        "c0": "none", "c1": "B1",
    }  # fmt: skip


PLAIN = """
entities:
  areas:
    - name: beats
      columns: {area_code: area_code, level: level, name: name, grouping: grouping}
"""


def test_a_first_delivery_of_areas_looks_at_no_record(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> pd.DataFrame:
        raise AssertionError("records were read")

    for name in ("cases", "units", "cameras"):
        monkeypatch.setattr(Snapshot, name, property(never))
    assert bring_areas(office, two_villages()).reattributed == 0


def test_a_new_name_looks_at_no_record_either(
    ready: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> pd.DataFrame:
        raise AssertionError("records were read")

    monkeypatch.setattr(Snapshot, "cases", property(never))
    renamed = two_villages()
    renamed["name"] = ["县", "镇", "新西村", "东村"]
    report = bring_areas(ready, renamed)
    assert (report.corrected, report.reattributed) == (1, 0)


@given(
    edges=st.lists(st.floats(113.31, 113.49), min_size=1, max_size=3),
    lon=st.lists(st.floats(113.3, 113.5), min_size=1, max_size=25),
)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_corrections_every_point_stands_where_a_first_delivery_would_put_it(
    edges: list[float], lon: list[float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder: Path = tmp_path_factory.mktemp("moves")
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
        office = Office(store, folder)
        bring_areas(office, two_villages())
        bring(office, "cases", incidents(lon, case_class="criminal"))
        for edge in edges:
            bring_areas(office, two_villages(edge=edge))
        cases = store.snapshot().cases
        fresh = area_of((cases["lon"], cases["lat"]), store.snapshot().areas)
        assert cases["area_code"].tolist() == fresh.tolist()


def test_the_kinds_that_follow_are_all_that_have_an_area_of_their_own() -> None:
    with_area = {entity for entity in Entity if "area_code" in columns_of(entity)}
    assert with_area - set(FOLLOWING) == {Entity.SUBJECT}
