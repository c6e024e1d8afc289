"""What a recipe may say of records: rows merged into one, addresses that are no place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import UsageError
from geo.intake.columns import Typed
from geo.intake.default_address import FEWEST, crowded
from geo.intake.merging import merge_rows
from geo.intake.recipe import Holds, Variant, load_recipe, recipe_from_yaml
from geo.layers.incidents import drawable
from models.risk_incidents import risk_incidents

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

Office = Any
ZONE = ZoneInfo("Asia/Shanghai")
COLLISIONS = """
root_area: {code: "140322", name: 盂县, level: county}
sensitive_categories: [medical]
entities:
  accidents:
    - name: persons
      crs: wgs84
      one_per: [incident_id]
      counts:
        deaths: {source: hurt, values: [Dead]}
        serious_injuries: {source: hurt, values: [badly]}
      columns: {incident_id: number, category: kind, occurred_from: at, lon: x, lat: y}
      constants: {accident_kind: road}
      sensitive: [{source: hurt, values: [child]}]
"""
DEFAULTS = """
root_area: {code: "140322", name: 盂县, level: county}
default_points: [[113.4, 38.1]]
entities:
  cases:
    - {name: c, crs: wgs84, columns: {incident_id: id, category: kind, occurred_from: at,
                                      lon: lon, lat: lat, area_code: area}}
  petitions:
    - {name: p, crs: wgs84, columns: {petition_id: id, accepted_on: at, lon: lon, lat: lat,
                                      area_code: area}}
"""


@pytest.fixture
def ready(office: Office, grid_villages: gpd.GeoDataFrame) -> Office:
    return office.load(grid_villages)


@pytest.fixture
def collisions(ready: Office) -> Path:
    path: Path = ready.write("collisions.yaml", COLLISIONS)
    return path


def persons(grid: gpd.GeoDataFrame, rows: list[tuple[str, str]]) -> pd.DataFrame:
    """Make one row per person: the collision's number and what became of the person."""
    at = grid.iloc[1].geometry.centroid
    numbers, hurt = zip(*rows, strict=True)
    return pd.DataFrame(
        {"number": numbers, "hurt": hurt, "kind": "collision", "at": "2025-03-01 08:30",
         "x": at.x, "y": at.y}
    )  # fmt: skip


def table(grid: gpd.GeoDataFrame, here: int, elsewhere: int) -> pd.DataFrame:
    """Make rows of which `here` lie at one point of the first village, the rest apart."""
    centre = grid.iloc[1].geometry.centroid
    spread = np.arange(elsewhere) * 1e-4
    count = here + elsewhere
    return pd.DataFrame(
        {"id": [f"r{n}" for n in range(count)], "kind": "theft", "at": "2025-03-01 08:30",
         "lon": np.r_[np.full(here, centre.x), centre.x - spread / 2 - 1e-5],
         "lat": np.r_[np.full(here, centre.y), centre.y - spread / 9 - 1e-5]}
    )  # fmt: skip


# Several rows, one record


def test_persons_of_one_collision_are_one_accident(
    ready: Office, collisions: Path, grid_villages: gpd.GeoDataFrame
) -> None:
    rows = [("a", "Dead"), ("b", "not"), ("a", "BADLY"), ("a", "dead"), ("b", "badly")]
    path = ready.write("persons.csv", persons(grid_villages, rows))
    report = ready.bring("accidents", path, recipe=str(collisions))
    assert (report.rows_read, report.kept, report.merged, report.quarantined) == (5, 5, 3, 0)
    stored = ready.store.snapshot().accidents
    assert stored["deaths"].to_dict() == {"a": 2, "b": 0}
    assert stored["serious_injuries"].to_dict() == {"a": 1, "b": 1}
    assert "3 merged into others" in report.sentence("en")
    assert "并入其他记录 3" in report.sentence("zh")


def test_a_record_whose_rows_say_nothing_has_an_unknown_count(
    ready: Office, collisions: Path, grid_villages: gpd.GeoDataFrame
) -> None:
    frame = persons(grid_villages, [("a", ""), ("a", ""), ("b", "Dead"), ("b", "")])
    report = ready.bring("accidents", ready.write("p.csv", frame), recipe=str(collisions))
    deaths = ready.store.snapshot().accidents["deaths"]
    assert np.isnan(deaths["a"])
    assert deaths["b"] == 1
    assert report.unknown["deaths"] == 1


def test_one_sensitive_person_withholds_the_place_of_all(
    ready: Office, collisions: Path, grid_villages: gpd.GeoDataFrame
) -> None:
    frame = persons(grid_villages, [("a", "not"), ("a", "child"), ("b", "not")])
    ready.bring("accidents", ready.write("p.csv", frame), recipe=str(collisions))
    stored = ready.store.snapshot().accidents
    assert stored["loc_precision"].to_dict() == {"a": "withheld", "b": "point"}
    assert stored.loc["a", ["lon", "lat"]].isna().all()


def test_what_keeps_a_record_out_keeps_out_all_its_rows(
    ready: Office, collisions: Path, grid_villages: gpd.GeoDataFrame
) -> None:
    rows = [(str(n % 10), "not") for n in range(20)]
    frame = persons(grid_villages, rows)
    frame.loc[frame["number"] == "7", ["x", "y"]] = [113.0, 38.9]
    report = ready.bring("accidents", ready.write("p.csv", frame), recipe=str(collisions))
    assert dict(report.reasons) == {"Q19": 2}
    assert report.quarantine["number"].tolist() == ["7", "7"]
    assert (report.kept, report.merged) == (18, 9)


def test_rows_without_what_makes_them_one_stay_alone(
    ready: Office, collisions: Path, grid_villages: gpd.GeoDataFrame
) -> None:
    rows = [(str(n), "not") for n in range(10)]
    frame = persons(grid_villages, [*rows, ("", "Dead"), ("", "Dead")])
    report = ready.bring("accidents", ready.write("p.csv", frame), recipe=str(collisions))
    assert (report.merged, dict(report.reasons)) == (0, {"Q01": 2})


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["Dead", "not"])), min_size=1),
    st.randoms(use_true_random=False),
)
def test_counts_add_up_to_the_rows_whatever_their_order(
    rows: list[tuple[str, str]], random: Any
) -> None:
    counts = {"deaths": Holds(source="hurt", values=("Dead",))}
    variant = Variant(name="v", one_per=("incident_id",), counts=counts)

    def deaths(order: list[tuple[str, str]]) -> dict[str, float]:
        raw = pd.DataFrame(order, columns=["incident_id", "hurt"])
        typed = Typed(raw[["incident_id"]].copy(), set(), {})
        speaker = merge_rows(typed, raw, variant, np.ones(len(raw), dtype=bool))
        first = speaker == np.arange(len(raw))
        assert not typed.frame.loc[first, "incident_id"].duplicated().any()
        own = typed.frame[first].set_index("incident_id")["deaths"]
        return {str(key): float(value) for key, value in own.items()}

    shuffled = rows.copy()
    random.shuffle(shuffled)
    expected = {
        key: float(sum(hurt == "Dead" for of, hurt in rows if of == key)) for key, _ in rows
    }
    assert deaths(rows) == deaths(shuffled) == expected


# Addresses that are no place


def test_many_cases_at_one_point_keep_it_and_stay_out_of_patterns(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    recipe = ready.write("city.yaml", DEFAULTS)
    path = ready.write("cases.csv", table(grid_villages, FEWEST, 100))
    report = ready.bring("cases", path, recipe=str(recipe))
    assert (report.kept, report.warnings["W10"]) == (120, FEWEST)
    stored = ready.store.snapshot().cases
    at_default = stored["loc_precision"] == "default_address"
    assert at_default.sum() == FEWEST
    assert stored.loc[at_default, "lon"].notna().all()
    assert set(stored.loc[at_default, "area_code"]) == {grid_villages.index[1]}
    assert not set(drawable(stored).index) & set(stored.index[at_default])
    learned = risk_incidents(stored, crs="EPSG:4547", zone=ZONE)
    assert len(learned) == 100
    assert learned.left_out == {"default_address": FEWEST}


@pytest.mark.parametrize(("here", "elsewhere"), [(FEWEST - 1, 30), (FEWEST, 381)])
def test_few_rows_or_a_small_share_are_just_a_busy_place(
    ready: Office, grid_villages: gpd.GeoDataFrame, here: int, elsewhere: int
) -> None:
    recipe = ready.write("city.yaml", DEFAULTS)
    path = ready.write("cases.csv", table(grid_villages, here, elsewhere))
    assert "W10" not in ready.bring("cases", path, recipe=str(recipe)).warnings


def test_a_declared_point_gives_no_area_but_the_stated_one(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    frame = table(grid_villages, 0, 8)
    frame.loc[:2, ["lon", "lat"]] = [113.4, 38.1]
    frame["area"] = None
    frame.loc[0, "area"] = grid_villages.index[3]
    recipe, path = ready.write("city.yaml", DEFAULTS), ready.write("cases.csv", frame)
    report = ready.bring("cases", path, recipe=str(recipe))
    assert report.warnings["W10"] == 3
    stored = ready.store.snapshot().cases
    assert stored.loc[["r0", "r1"], "area_code"].tolist() == [grid_villages.index[3], "140322"]
    assert stored.loc["r1", ["lon", "loc_precision"]].tolist() == [113.4, "default_address"]
    assert stored.loc["r3", "loc_precision"] == "point"


def test_boundaries_that_come_later_find_the_points_but_not_those_that_are_no_place(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    frame = table(grid_villages, 0, 8)
    frame.loc[:2, ["lon", "lat"]] = [113.4, 38.1]
    recipe = office.write("city.yaml", DEFAULTS)
    office.bring("cases", office.write("cases.csv", frame), recipe=str(recipe))
    assert set(office.store.snapshot().cases["area_code"]) == {"140322"}
    boundaries = office.write("areas.geojson", grid_villages.iloc[1:].reset_index().to_json())
    report = office.bring("areas", boundaries, crs="wgs84")
    assert report.reattributed == 5
    area = office.store.snapshot().cases["area_code"]
    assert area.tolist() == ["140322"] * 3 + [grid_villages.index[1]] * 5


@pytest.mark.parametrize("cuts", [1, 7])
def test_cutting_a_file_of_petitions_moves_none_into_another_area(
    ready: Office, grid_villages: gpd.GeoDataFrame, cuts: int
) -> None:
    frame = table(grid_villages, 40, 60)
    frame.loc[90:, ["lon", "lat"]] = [113.4, 38.1]
    frame = frame.sample(frac=1, random_state=3)
    recipe = ready.write("city.yaml", DEFAULTS)
    paths = [
        ready.write(f"p{n}.csv", frame.iloc[rows].drop(columns="kind"))
        for n, rows in enumerate(np.array_split(np.arange(100), cuts))
    ]
    report = ready.bring("petitions", *paths, recipe=str(recipe), to_area=True)
    assert report.kept == 100
    area = ready.store.snapshot().petitions["area_code"]
    declared = [f"r{n}" for n in range(90, 100)]
    assert set(area[declared]) == {"140322"}
    assert set(area.drop(declared)) == {grid_villages.index[1]}


@given(st.lists(st.integers(0, 3), max_size=80))
def test_rows_are_crowded_as_counting_one_by_one_says(places: list[int]) -> None:
    frame = pd.DataFrame({"lon": np.array(places, dtype=float), "lat": 1.0})
    found = crowded(frame, np.ones(len(frame), dtype=bool))
    for place, is_crowded in zip(places, found, strict=True):
        there = places.count(place)
        assert is_crowded == (there >= FEWEST and there / len(places) >= 0.05)


# Shapes, codes and roots


def test_shapes_beyond_the_reach_of_the_declared_projection_are_kept_out_not_a_crash(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    shapes = grid_villages.to_crs("EPSG:4526").reset_index()
    path = office.write("villages.geojson", shapes.to_json())
    wrong = office.bring("areas", path, crs="EPSG:4547")
    assert (wrong.refused, dict(wrong.reasons)) == ("F10", {"Q06": 37})
    assert office.bring("areas", path, crs="EPSG:4526").kept == 37


def test_a_code_with_a_slash_is_kept_out_instead_of_breaking_every_answer(office: Office) -> None:
    rows = [f"v{n},village,{n}" for n in range(9)]
    path = office.write("areas.csv", "\n".join(["area_code,level,name", *rows, "a/b,village,x"]))
    assert dict(office.bring("areas", path).reasons) == {"Q02": 1}
    assert len(office.store.snapshot().areas) == 9


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("{source: a, pattern: '^..'}", "one group"),
        ("{source: a, pattern: '(('}", "one group"),
    ],
)
def test_a_pattern_must_have_one_group(said: str, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        recipe_from_yaml(f"entities: {{areas: [{{name: x, columns: {{name: {said}}}}}]}}", name="r")


def test_what_makes_a_record_is_named_by_fields_of_the_entity() -> None:
    text = """
    entities:
      accidents: [{name: x, one_per: [colour], counts: {noise: {source: a, values: [b]}}}]
    """
    with pytest.raises(UsageError, match="no field colour, noise"):
        recipe_from_yaml(text, name="r")


def test_a_source_without_boundaries_has_its_root_area_and_keeps_its_points(office: Office) -> None:
    recipe = office.write("city.yaml", DEFAULTS)
    rows = [
        "id,kind,at,lon,lat,area",
        "a,theft,2025-03-01 08:30,113.5,38.2,",
        "b,theft,2025-03-01,,,",
    ]
    path = office.write("cases.csv", "\n".join(rows))
    report = office.bring("cases", path, recipe=str(recipe))
    assert (report.kept, report.implied) == (2, 1)
    snapshot = office.store.snapshot()
    assert snapshot.areas.loc["140322", "level"] == "county"
    assert snapshot.cases["area_code"].tolist() == ["140322", "140322"]
    assert snapshot.cases["loc_precision"].tolist() == ["point", "area"]
    again = office.bring(
        "cases",
        office.write("more.csv", "\n".join([*rows, "c,theft,2025-03-02,,,"])),
        recipe=str(recipe),
    )
    assert (again.unchanged, again.implied) == (2, 0)


@pytest.mark.parametrize(
    "name", ["baltimore", "boston_311", "nij_portland", "stlouis", "toronto_ksi"]
)
def test_the_cities_recipes_can_be_loaded(name: str) -> None:
    assert load_recipe(name).root_area is not None
