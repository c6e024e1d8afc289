"""Smaller parts of the import by hand and by property: persons, keys, deliveries, whose it is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import RefusedFile
from geo.intake.attribution import attribute
from geo.intake.casualties import accident_level
from geo.intake.codes import nearest_of
from geo.intake.delivery import compare
from geo.intake.entities import ENTITIES
from geo.intake.faults import Verdicts
from geo.intake.keys import made_keys
from geo.intake.personal import personal_text
from geo.intake.quarantine import quarantine_frame
from geo.intake.report import ImportReport, merged
from geo.intake.sentences import REFUSED, ROW, WARNED
from geo.intake.shapes import join_parts, polygonal
from geo.schemas import columns_of, conform


def texts(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="str")


# Persons


@pytest.mark.parametrize(
    "text",
    ["14032219900307123X", "身份证140322199003071234。", "13812345678", "+86 138-1234-5678",
     "晋C12345", "京A·D12345", "１３８００１３８０００", "车号晋C·1234学", "手机:+8613800138000"],
)  # fmt: skip
def test_numbers_of_persons_are_recognised(text: str) -> None:
    assert personal_text(texts(text)).all()


@pytest.mark.parametrize(
    "text",
    ["140322100101", "14032202011320000123", "8502938", "2020-04-03", "盗窃", "113.41,38.09",
     "140322199913071234", "-87.13912345678", "1700000000000", "晋A座3楼", "HX274534"],
)  # fmt: skip
def test_codes_times_and_coordinates_are_not_taken_for_persons(text: str) -> None:
    assert not personal_text(texts(text)).any()


# Rules and sentences


def test_every_rule_has_a_sentence_in_both_languages() -> None:
    for code, pair in (REFUSED | ROW | WARNED).items():
        assert all(pair), code
        assert pair[0] != pair[1]


def test_the_first_fault_of_a_row_is_its_reason() -> None:
    verdicts = Verdicts(3)
    verdicts.keep_out("Q01", np.array([True, False, False]))
    verdicts.keep_out("Q09", np.array([True, True, False]), "category")
    verdicts.remark("W01", np.array([True, True, True]))
    assert verdicts.reasons() == {"Q01": 1, "Q09": 1}
    assert verdicts.warnings() == {"W01": 1}
    assert (verdicts.warned(), verdicts.kept.tolist()) == (1, [False, False, True])


@pytest.mark.parametrize(("deaths", "level"), [(0, "ordinary"), (2, "ordinary"), (3, "larger"),
                                               (9, "larger"), (10, "major"), (29, "major"),
                                               (30, "exceptional")])  # fmt: skip
def test_the_lower_bounds_of_the_levels_are_inclusive(deaths: int, level: str) -> None:
    unknown = pd.Series([np.nan])
    assert accident_level(pd.Series([float(deaths)]), unknown, unknown).tolist() == [level]


def test_the_highest_of_the_three_criteria_decides_and_none_is_unknown() -> None:
    levels = accident_level(
        pd.Series([0.0, 1.0, np.nan]),
        pd.Series([50.0, 1.0, np.nan]),
        pd.Series([0.0, 100e6, np.nan]),
    )
    assert levels[:2].tolist() == ["major", "exceptional"]
    assert levels.isna().tolist() == [False, False, True]


def test_what_a_table_takes_from_a_file_is_what_its_entity_stores() -> None:
    made_later = {"lon", "lat", "geometry", "path", "stream", "subject_id", "loc_precision"}
    made_later |= {"duplicate_of"}
    for spec in ENTITIES.values():
        taken = {field.name for field in spec.fields} - {spec.key}
        stored = set(columns_of(spec.stored))
        assert taken - stored <= {"lon", "lat", "place_kind", "is_classified"}, spec.name
        assert stored - taken <= made_later, spec.name


# Quarantine


def test_a_column_called_code_keeps_its_value_beside_the_rule() -> None:
    verdicts = Verdicts(2)
    verdicts.keep_out("Q02", np.array([False, True]), "area_code")
    frame = pd.DataFrame({"code": ["1", "2"], "note": ["+1", "-87.6"], "Latitude": ["41", "42"]})
    shown = quarantine_frame(frame, verdicts, file="a.csv", withheld=np.array([False, True]))
    assert shown[["row", "code", "code (file)", "note"]].to_numpy().tolist() == [
        [2, "Q02", "2", "-87.6"],
    ]
    assert shown["Latitude"].isna().all()


def test_the_report_refuses_parts_that_do_not_add_up() -> None:
    with pytest.raises(AssertionError, match="3"):
        ImportReport(entity="cases", rows_read=3, kept=1, quarantined=1, reasons={"Q01": 1})


def test_reports_add_up_over_files() -> None:
    one = ImportReport(
        entity="cases", files=("a",), batch=1, rows_read=3, kept=2, quarantined=1,
        reasons={"Q01": 1}, constants={"review": {"confirmed": 2}},
    )  # fmt: skip
    two = ImportReport(
        entity="cases", files=("b",), rows_read=2, quarantined=2, reasons={"Q01": 1, "F10": 1},
        refusal=RefusedFile("F10", "too many", "过多"),
    )  # fmt: skip
    both = merged([one, two])
    assert (both.rows_read, both.kept, both.quarantined, both.batch) == (5, 2, 3, 1)
    assert both.reasons == {"F10": 1, "Q01": 2}
    assert both.refused == "F10"
    assert both.constants == {"review": {"confirmed": 2}}


# Keys and deliveries


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b"])), min_size=1))
def test_made_keys_are_unique_and_the_same_again(rows: list[tuple[int, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["x", "y"])
    keys = made_keys(frame, ["x", "y"], source="city")
    assert keys.is_unique
    assert keys.equals(made_keys(frame, ["x", "y"], source="city"))
    assert not set(keys) & set(made_keys(frame, ["x", "y"], source="other city"))


def test_a_delivery_is_new_changed_or_unchanged_by_what_it_speaks_of() -> None:
    known = pd.DataFrame(
        {"name": texts("one", "two"), "population": [1.0, np.nan], "x": [0.1, 0.2]}
    ).set_axis(["a", "b"])
    said = pd.DataFrame(
        {"name": texts("one", "zwei", "three"), "population": np.nan, "x": [0.1 + 1e-12, 0.2, 0.3]}
    ).set_axis(["a", "b", "c"])
    delivery = compare(said, known, fed={"name", "x"})
    assert delivery.new.index.tolist() == ["c"]
    assert delivery.changed.index.tolist() == ["b"]
    assert delivery.unchanged == 1
    silent = compare(said, known, fed={"x"})
    assert (len(silent.changed), silent.unchanged) == (0, 2)
    speaking = compare(said, known, fed={"population"})
    assert speaking.changed.index.tolist() == ["a"]
    assert speaking.changed.loc["a", "name"] == "one"


def test_a_geometry_that_was_missing_is_a_change_and_the_same_one_is_none() -> None:
    box = shapely.box(0, 0, 1, 1)
    none = gpd.GeoDataFrame({"geometry": [None]}, index=["a"], crs=4326)
    drawn = gpd.GeoDataFrame({"geometry": [box]}, index=["a"], crs=4326)
    assert len(compare(drawn, none, fed={"geometry"}).changed) == 1
    assert compare(drawn, drawn, fed={"geometry"}).unchanged == 1
    assert compare(none, none, fed={"geometry"}).unchanged == 1


# Whose it is


def test_a_unit_answers_only_while_it_is_on_the_register() -> None:
    register = pd.DataFrame(
        {
            "unit_id": ["u", None],
            "registered_on": [pd.Timestamp("2020-01-01"), pd.NaT],
            "deregistered_on": [pd.Timestamp("2021-01-01"), pd.NaT],
        },
        index=["u", "v"],
    )
    areas = pd.DataFrame({"parent_code": [None]}, index=["v"])
    days = pd.Series(pd.to_datetime(["2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01"]))
    found = attribute(texts(*"uuuu"), texts(*"vvvv"), days, subjects=register, areas=areas)
    assert found.tolist() == ["v", "u", "u", "v"]


def test_without_a_register_nobody_is_answerable() -> None:
    register = conform(pd.DataFrame({"subject_id": []}, dtype="str"), "subject")
    areas = pd.DataFrame({"parent_code": [None]}, index=["v"])
    day = pd.Series(pd.to_datetime(["2020-01-01"]))
    assert attribute(texts("u"), texts("v"), day, subjects=register, areas=areas).isna().all()


@given(st.integers(1, 30), st.data())
def test_the_nearest_area_above_agrees_with_climbing_by_hand(n: int, data: st.DataObject) -> None:
    codes = [str(number) for number in range(n)]
    parent = {
        code: data.draw(st.sampled_from([None, *codes[:number]]))
        for number, code in enumerate(codes)
    }
    chosen = data.draw(st.sets(st.sampled_from(codes)))
    areas = pd.DataFrame({"parent_code": pd.Series(parent, dtype="str")})
    found = nearest_of(pd.Index(sorted(chosen), dtype="str"), areas)
    for code in codes:
        at: str | None = code
        while at is not None and at not in chosen:
            at = parent[at]
        assert (None if pd.isna(found[code]) else found[code]) == at


# Shapes


def test_what_a_repair_leaves_of_lines_and_points_is_dropped() -> None:
    mixed = shapely.GeometryCollection(
        [shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (2, 2)]), shapely.Point(5, 5)]
    )
    only_line = shapely.GeometryCollection([shapely.LineString([(0, 0), (2, 2)])])
    made = polygonal(np.array([mixed, only_line], dtype=object))
    assert made[0].area == 1.0
    assert made[1] is None


def test_pieces_with_one_code_become_one_shape_in_the_first_row() -> None:
    shapes = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(9, 9, 10, 10)] * 2, crs=4326)
    joined = join_parts(shapes, texts("a", "b", "c", "b"))
    assert shapely.area(joined.to_numpy()).tolist() == [1.0, 1.0, 1.0, 1.0]
    far = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(9, 9, 10, 10)], crs=4326)
    assert shapely.area(join_parts(far, texts("a", "a")).to_numpy()).tolist() == [2.0, 1.0]
