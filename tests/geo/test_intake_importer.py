"""An import from file to ledger: refused whole, kept or quarantined row by row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.crs import bd09_from_wgs84, gcj02_from_wgs84
from geo.errors import NotReadyError, UsageError
from geo.intake.quarantine import COLUMNS
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from pathlib import Path

Office = Any


def cases(points: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Make a valid table of cases at `points`; `columns` replace or add."""
    made = points.assign(
        incident_id=[f"c{number}" for number in range(len(points))],
        category="theft",
        occurred_from="2025-03-01 08:30",
        case_class="public_security",
        review="confirmed",
        discovery_source="citizen_report",
    )
    return made.assign(**columns)


@pytest.fixture
def ready(office: Office, grid_villages: gpd.GeoDataFrame) -> Office:
    return office.load(grid_villages)


@pytest.fixture
def spots(grid_villages: gpd.GeoDataFrame, scattered: Any) -> pd.DataFrame:
    """Give ten points in known villages."""
    made: pd.DataFrame = scattered(grid_villages, 10)
    return made


def bring_cases(office: Office, table: pd.DataFrame, **how: Any) -> Any:
    path = office.write("cases.csv", table)
    return office.bring("cases", path, **{"crs": "wgs84", **how})


# Whole files


def test_a_valid_file_is_kept_whole_and_its_parts_add_up(ready: Office, spots: Any) -> None:
    report = bring_cases(ready, cases(spots))
    assert (report.rows_read, report.kept, report.quarantined) == (10, 10, 0)
    stored = ready.store.snapshot().cases
    assert stored["area_code"].tolist() == spots["area_code"].tolist()
    assert set(stored["loc_precision"]) == {"point"}
    assert stored["occurred_from"].iloc[0] == pd.Timestamp("2025-03-01 00:30", tz="UTC")
    assert ready.store.verify().ok


@pytest.mark.parametrize(
    ("code", "change", "how"),
    [
        ("F02", {"drop": "category"}, {}),
        ("F03", {"add": {"报案人": "某"}}, {}),
        ("F03", {"add": {"name": "x"}}, {}),
        ("F04", {}, {"crs": None}),
    ],
)
def test_a_file_is_refused_and_nothing_of_it_is_stored(
    ready: Office, spots: Any, code: str, change: dict[str, Any], how: dict[str, Any]
) -> None:
    table = cases(spots).assign(**change.get("add", {}))
    before = ready.store.watermark
    report = bring_cases(ready, table.drop(columns=change.get("drop", [])), **how)
    assert report.refused == code
    assert report.kept == 0
    assert (report.quarantined, report.reasons) == (10, {code: 10})
    assert report.sentence("zh").startswith(f"{code}：")
    assert ready.store.watermark == before


@pytest.mark.parametrize(
    ("shift", "name"), [(gcj02_from_wgs84, "GCJ-02"), (bd09_from_wgs84, "BD-09")]
)
def test_shifted_cases_declared_as_wgs84_are_refused_by_name(
    ready: Office, grid_villages: gpd.GeoDataFrame, scattered: Any, shift: Any, name: str
) -> None:
    points = scattered(grid_villages, 400)
    lon, lat = shift(points["lon"], points["lat"])
    report = bring_cases(ready, cases(points.assign(lon=lon, lat=lat)))
    assert report.refused == "F05"
    assert name in report.sentence("en")
    assert name in report.sentence("zh")
    assert ready.store.snapshot().cases.empty


def test_headers_that_name_the_datum_need_no_declaration(ready: Office, spots: Any) -> None:
    lon, lat = gcj02_from_wgs84(spots["lon"], spots["lat"])
    table = cases(spots).drop(columns=["lon", "lat"]).assign(lon_gcj02=lon, lat_gcj02=lat)
    assert bring_cases(ready, table, crs=None).kept == 10
    stored = ready.store.snapshot().cases
    assert stored["lon"].to_numpy() == pytest.approx(spots["lon"].to_numpy(), abs=1e-8)


def test_the_same_content_again_is_refused_until_it_differs(ready: Office, spots: Any) -> None:
    first = bring_cases(ready, cases(spots))
    before = ready.store.watermark
    again = bring_cases(ready, cases(spots))
    assert again.refused == "F06"
    assert str(first.batch) in again.sentence("en")
    assert (again.rows_read, ready.store.watermark) == (0, before)
    assert bring_cases(ready, cases(spots).assign(extra=1)).unchanged == 10


def test_too_many_invalid_rows_refuse_the_file_but_a_fifth_does_not(
    ready: Office, spots: Any
) -> None:
    bad = ["2031-01-01"] * 3 + ["2025-03-01"] * 7
    report = bring_cases(ready, cases(spots, occurred_from=bad))
    assert report.refused == "F10"
    assert report.reasons == {"Q04": 3, "F10": 7}
    assert report.quarantine["row"].tolist() == [1, 2, 3]
    assert ready.store.snapshot().cases.empty
    assert bring_cases(ready, cases(spots, occurred_from=[*bad[1:], "2025-03-02"])).kept == 8


def test_without_areas_there_is_nowhere_to_place_anything(office: Office, spots: Any) -> None:
    with pytest.raises(NotReadyError, match="import areas first"):
        bring_cases(office, cases(spots))


def test_several_files_stop_at_the_first_refused_one(ready: Office, spots: Any) -> None:
    good = ready.write("a.csv", cases(spots.head(4)))
    bad = ready.write("b.csv", cases(spots).drop(columns="category"))
    never = ready.write("c.csv", cases(spots.tail(2)))
    seen: list[tuple[float, str]] = []
    report = ready.bring(
        "cases",
        good,
        bad,
        never,
        crs="wgs84",
        progress=lambda share, what: seen.append((share, what)),
    )
    assert (report.refused, report.rows_read, report.kept) == ("F02", 14, 4)
    assert report.files == ("a.csv", "b.csv")
    assert seen == sorted(seen, key=lambda told: told[0])
    assert [what for _, what in seen if what.startswith("reading")] == [
        "reading a.csv",
        "reading b.csv",
    ]
    assert seen[-1] == (1.0, "")


def test_an_unknown_entity_or_no_file_is_wrong_usage(ready: Office) -> None:
    with pytest.raises(UsageError, match="Unknown entity"):
        ready.bring("people", ready.folder / "x.csv")
    with pytest.raises(UsageError, match="No file"):
        ready.bring("cases")


# Rows


def far(points: pd.DataFrame, villages: gpd.GeoDataFrame) -> str:
    """Name a village that is nowhere near the first point."""
    drawn = villages[villages["level"] == "village"]
    at = gpd.GeoSeries(gpd.points_from_xy(points["lon"][:1], points["lat"][:1]), crs=4326)
    away = drawn.to_crs("EPSG:4547").distance(at.to_crs("EPSG:4547").iloc[0])
    return str(away.idxmax())


def put(table: pd.DataFrame, row: int, column: str, value: Any) -> None:
    """Write one value into a table, whatever the type of its column."""
    values = table[column].tolist()
    values[row] = value
    table[column] = values


FAULTS: dict[str, list[dict[str, Any]]] = {
    "Q01": [{"incident_id": None}],
    "Q02": [{"area_code": "140322100999"}],
    "Q04": [
        {"occurred_from": "some day"},
        {"occurred_from": "2026-06-30 12:01"},
        {"occurred_from": None},
        {"reported_at": "soon"},
    ],
    "Q05": [{"occurred_to": "2025-02-28 08:00"}, {"reported_at": "2025-02-28"}],
    "Q06": [{"lon": 0.0, "lat": 0.0}, {"lon": None}, {"lon": "east"}],
    "Q07": [{"lon": "lat", "lat": "lon"}],
    "Q08": [{"area_code": "far"}],
    "Q09": [{"category": None}, {"case_class": "civil"}, {"review": "perhaps"}],
    "Q11": [{"station": "电话13812345678"}],
    "Q19": [{"lon": 114.9, "lat": 38.9, "area_code": None}],
}


def test_every_bad_row_is_kept_out_by_its_own_rule(
    ready: Office, grid_villages: Any, scattered: Any
) -> None:
    points = scattered(grid_villages, 110)
    table = cases(points, station="城关", occurred_to=None, reported_at=None).astype(object)
    faults = [(code, change) for code, changes in FAULTS.items() for change in changes]
    for row, (_, change) in enumerate(faults):
        words = {
            "far": far(points.iloc[[row]], grid_villages),
            "lon": points["lon"][row],
            "lat": points["lat"][row],
        }
        for name, value in change.items():
            put(table, row, name, words.get(value, value))
    report = bring_cases(ready, table)
    assert report.quarantine["row"].tolist() == list(range(1, len(faults) + 1))
    assert report.quarantine["code"].tolist() == [code for code, _ in faults]
    assert report.kept == 110 - len(faults)
    assert report.quarantine[["sentence_en", "sentence_zh"]].notna().all(axis=None)


def test_of_two_rows_with_one_number_the_second_is_kept_out(ready: Office, spots: Any) -> None:
    report = bring_cases(ready, cases(spots, incident_id=["a", "b", "a", *range(7)]))
    assert report.quarantine[["row", "code"]].to_numpy().tolist() == [[3, "Q01"]]


def test_a_retired_area_is_kept_out_by_the_day(
    office: Office, grid_villages: Any, spots: Any
) -> None:
    retired = grid_villages.assign(valid_to=pd.NaT)
    code = spots["area_code"][0]
    retired.loc[code, "valid_to"] = pd.Timestamp("2025-03-01")
    office.load(retired)
    n = int((spots["area_code"] == code).sum())
    day_before = cases(spots, occurred_from="2025-02-28 23:59")
    assert bring_cases(office, day_before).kept == 10
    assert bring_cases(office, cases(spots, incident_id=range(10))).reasons == {"Q03": n}


def test_what_looks_personal_is_neither_shown_nor_stored(ready: Office, spots: Any) -> None:
    table = cases(spots, station=["张某 14032219900307123X", *["城关"] * 9], 备注="=HYPERLINK(1)")
    report = bring_cases(ready, table)
    out = report.quarantine
    assert report.reasons == {"Q11": 1}
    assert out["station"].tolist() == ["***"]
    assert out["备注"].tolist() == ["'=HYPERLINK(1)"]
    assert "14032219900307123X" not in out.to_csv()


def test_rows_without_point_are_kept_at_area_precision_and_without_place_at_the_root(
    ready: Office, spots: Any
) -> None:
    table = cases(spots).astype(object)
    table.loc[0, ["lon", "lat"]] = None
    table.loc[1, ["lon", "lat", "area_code"]] = None
    assert bring_cases(ready, table).kept == 10
    stored = ready.store.snapshot().cases
    assert stored.loc["c0", ["loc_precision", "area_code"]].tolist() == ["area", spots.area_code[0]]
    assert stored.loc["c1", ["loc_precision", "area_code"]].tolist() == ["area", "140322"]


def test_missing_values_are_stored_as_unknown_and_counted(ready: Office, spots: Any) -> None:
    table = cases(spots).drop(columns=["review", "discovery_source", "case_class"])
    report = bring_cases(ready, table)
    assert report.unknown["case_class"] == 10
    assert report.unknown["discovery_source"] == 10
    assert report.warnings["W11"] == 10
    stored = ready.store.snapshot().cases
    assert stored["case_class"].isna().all()
    assert set(stored["discovery_source"]) == {"unknown"}
    assert set(stored["review"]) == {"reported"}


def test_remarks_count_rows_and_name_the_zone(ready: Office, spots: Any) -> None:
    table = cases(spots, occurred_from=["2025-03-01"] * 2 + ["2025-03-01 08:30"] * 8).astype(object)
    table.loc[9, ["lon", "lat", "area_code"]] = table.loc[8, ["lon", "lat", "area_code"]].to_numpy()
    table.loc[7, ["lon", "lat", "area_code"]] = [113.37, 38.05, None]
    report = bring_cases(ready, table)
    assert report.warnings == {"W01": 10, "W02": 2, "W03": 2, "W07": 1}
    assert report.warned == 10
    assert "Asia/Shanghai" in report.sentence("en")
    assert ready.store.snapshot().cases["time_precision"].value_counts().to_dict() == {
        "minute": 8, "day": 2,
    }  # fmt: skip


@pytest.mark.parametrize("how", ["category", "flag"])
def test_sensitive_incidents_lose_their_point_and_keep_their_area(
    ready: Office, spots: Any, how: str
) -> None:
    table = cases(spots).astype(object)
    if how == "category":
        table.loc[0, "category"] = "家庭暴力"
    else:
        table["敏感地点"] = ["是", *["否"] * 9]
    report = bring_cases(ready, table)
    stored = ready.store.snapshot().cases
    assert stored.loc["c0", "loc_precision"] == "withheld"
    assert stored.loc["c0", ["lon", "lat"]].isna().all()
    assert stored.loc["c0", "area_code"] == spots["area_code"][0]
    assert stored["sensitive_location"].sum() == 1
    assert "lon" not in report.unknown


def test_a_sensitive_row_that_is_kept_out_shows_no_coordinates(ready: Office, spots: Any) -> None:
    table = cases(spots).astype(object)
    table.loc[0, ["category", "occurred_from"]] = ["sexual", "never"]
    out = bring_cases(ready, table).quarantine
    assert out["code"].tolist() == ["Q04"]
    assert out[["lon", "lat"]].isna().all(axis=None)


def test_records_without_a_number_get_the_same_synthetic_one_again(
    ready: Office, spots: Any
) -> None:
    table = cases(spots).drop(columns="incident_id")
    twice = pd.concat([table, table.head(1)])
    bring_cases(ready, twice)
    keys = ready.store.snapshot().cases.index
    assert keys.str.startswith("syn-").all()
    assert keys.is_unique
    assert bring_cases(ready, table.assign(note="x")).unchanged == 10


def test_gb18030_chinese_headers_and_dates_are_read(ready: Office, spots: Any) -> None:
    table = pd.DataFrame(
        {
            "案件编号": ["001"], "案件类别": ["盗窃"], "发生时间": ["２０２５年３月１日 8时30分"],
            "经度": spots["lon"][:1], "纬度": spots["lat"][:1], "村代码": spots["area_code"][:1],
            "案件性质": ["刑事案件"],
        }
    )  # fmt: skip
    path = ready.write("案件.csv", table.to_csv(index=False).encode("gb18030"))
    assert ready.bring("cases", path, crs="wgs84").kept == 1
    stored = ready.store.snapshot().cases
    assert stored.loc["001", ["category", "case_class"]].tolist() == ["theft", "criminal"]
    assert stored["occurred_from"].iloc[0] == pd.Timestamp("2025-03-01 00:30", tz="UTC")


# Knowledge and second deliveries


def test_a_known_row_that_says_something_else_is_a_correction(ready: Office, spots: Any) -> None:
    bring_cases(ready, cases(spots))
    table = cases(spots, category=["fraud", *["theft"] * 9]).drop(columns="case_class")
    report = bring_cases(ready, table)
    assert (report.kept, report.corrected, report.unchanged) == (10, 1, 9)
    stored = ready.store.snapshot().cases
    assert stored.loc["c0", ["category", "case_class"]].tolist() == ["fraud", "public_security"]
    assert ready.store.events(limit=99)["action"].value_counts()["corrected"] == 1


def test_a_backfill_is_known_since_it_was_reported(ready: Office, spots: Any) -> None:
    table = cases(spots, reported_at=["2025-03-05 10:00", *[""] * 9])
    bring_cases(ready, table, backfill=True)
    known = ready.store.snapshot().cases["known_at"]
    assert known["c0"] == pd.Timestamp("2025-03-05 02:00", tz="UTC")
    assert known["c1"] == pd.Timestamp("2025-03-01 00:30", tz="UTC")
    early = ready.store.snapshot(known_at=pd.Timestamp("2025-03-02", tz="UTC").to_pydatetime())
    assert len(early.cases) == 9


def test_without_backfill_knowledge_begins_now(ready: Office, spots: Any) -> None:
    bring_cases(ready, cases(spots))
    assert (ready.store.snapshot().cases["known_at"] == pd.Timestamp(ready.now)).all()


# Units, subjects, accidents, cameras, reports, hazards, ground


def test_an_incident_at_a_registered_unit_belongs_to_the_unit(ready: Office, spots: Any) -> None:
    unit = spots.head(1).assign(unit_id="u1", name="盐厂", kind="factory", unit_class="企业")
    assert ready.bring("units", ready.write("u.csv", unit), crs="wgs84").kept == 1
    village = spots["area_code"][0]
    register = pd.DataFrame(
        {"subject_id": ["u1", village], "subject_class": ["企业", "村"],
         "area_code": [village, village], "unit_id": ["u1", None]}
    )  # fmt: skip
    assert ready.bring("subjects", ready.write("s.csv", register)).kept == 2
    table = cases(spots, unit_id=["u1", *[""] * 9]).astype(object)
    table.loc[0, ["lon", "lat", "area_code"]] = None
    assert bring_cases(ready, table).kept == 10
    stored = ready.store.snapshot().cases
    assert stored.loc["c0", ["subject_id", "area_code"]].tolist() == ["u1", village]
    elsewhere = stored[stored["area_code"] != village]
    assert elsewhere["subject_id"].isna().all()
    assert bring_cases(ready, cases(spots, unit_id=["u9", *[""] * 9])).reasons == {"Q02": 1}


def test_an_accidents_level_follows_from_its_casualties(ready: Office, spots: Any) -> None:
    table = spots.assign(
        incident_id=range(10),
        category="production_injury",
        occurred_from="2026-06-10 08:00",
        accident_kind=["火灾", *["production"] * 9],
        deaths=[2, 3, 9, 10, 29, 30, -1, 0.5, "many", 0],
        level=["", "", "", "", "", "", "", "", "", "较大"],
    )
    path = ready.write("a.parquet", table.astype({"deaths": str, "incident_id": str}))
    assert ready.bring("accidents", path, crs="wgs84").refused == "F10"
    path = ready.write("a.csv", table.drop(index=[7, 8]))
    report = ready.bring("accidents", path, crs="wgs84")
    assert report.refused == "F10"  # two of eight
    path = ready.write("a.csv", table.drop(index=[7, 8, 9]))
    report = ready.bring("accidents", path, crs="wgs84")
    assert report.reasons == {"Q10": 1}
    stored = ready.store.snapshot().accidents
    assert stored["level"].tolist() == [
        "ordinary", "larger", "larger", "major", "major", "exceptional",
    ]  # fmt: skip
    # Ten June plus 7 days for a fire is over on 30 June, plus 30 days for production is not.
    assert report.warnings["W08"] == 5


def test_impossible_cameras_are_kept_out(ready: Office, grid_villages: Any, scattered: Any) -> None:
    good = [f"140322020113200001{number:02d}" for number in range(40)]
    table = scattered(grid_villages, 40).assign(
        camera_id=good, azimuth_deg=90, fov_deg=60, range_m=100, 在线状态="在线", ip="10.0.0.1"
    )
    table = table.astype(object)
    faults = [
        ("camera_id", "14032202011180000123"),
        ("camera_id", "1403220201132000012"),
        ("azimuth_deg", 361),
        ("azimuth_deg", "north"),
        ("fov_deg", 0),
        ("range_m", -5),
    ]
    for row, (column, value) in enumerate(faults):
        put(table, row, column, value)
    report = ready.bring("cameras", ready.write("k.csv", table), crs="wgs84")
    assert report.reasons == {"Q14": 6}
    assert report.quarantine["row"].tolist() == [1, 2, 3, 4, 5, 6]
    assert "ip" not in report.quarantine.columns
    assert ready.store.snapshot().cameras["online"].all()


def test_petitions_come_without_coordinates_or_lose_them(ready: Office, spots: Any) -> None:
    table = spots.assign(petition_id=range(10), accepted_on="2025年3月1日", topic="wages")
    path = ready.write("p.csv", table)
    assert ready.bring("petitions", path, crs="wgs84").refused == "F09"
    report = ready.bring("petitions", path, crs="wgs84", to_area=True)
    assert report.kept == 10
    assert not {"lon", "lat"} & set(report.unknown)
    stored = ready.store.snapshot().petitions
    assert stored["area_code"].tolist() == spots["area_code"].tolist()
    assert not {"lon", "lat"} & set(stored.columns)


def test_a_petition_set_aside_shows_no_coordinates(ready: Office, spots: Any) -> None:
    table = spots.assign(petition_id=range(10), accepted_on=["x", *["2025-03-01"] * 9])
    report = ready.bring("petitions", ready.write("p.csv", table), crs="wgs84", to_area=True)
    assert report.reasons == {"Q04": 1}
    assert report.quarantine[["lon", "lat"]].isna().all(axis=None)


def test_nil_returns_hazards_and_their_rules(ready: Office, spots: Any) -> None:
    text = (
        "填报主体,类别,起始日期,截止日期,报告类型,上报时间\n"
        "甲村,案件,2025-03-01,2025-04-01,零报告,2025-04-02 09:00\n"
    )
    assert ready.bring("reports", ready.write("n.csv", text)).kept == 1
    stored = ready.store.snapshot().reports.iloc[0]
    assert (stored["kind"], stored["stream"], stored["body"]) == ("nil", "case", "甲村")
    hazards = pd.DataFrame(
        {"hazard_id": range(6), "area_code": spots["area_code"][:6], "category": "fire",
         "severity": "一般", "mode": ["限期整改", *["现场整改"] * 5], "found_on": "2025-03-01"}
    )  # fmt: skip
    assert ready.bring("hazards", ready.write("h.csv", hazards)).reasons == {"Q13": 1}


def shapes_file(office: Office, file: str, shapes: list[Any], **columns: Any) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)
    path: Path = office.write(file, frame.to_json())
    return path


def test_roads_are_added_to_the_roads_there_are(office: Office) -> None:
    line = shapely.LineString([(113.4, 38.0), (113.5, 38.1)])
    other = shapely.LineString([(113.4, 38.0), (113.3, 38.1)])
    one = shapes_file(office, "r.geojson", [line], name=["一"], kind=["primary"])
    two = shapes_file(office, "s.geojson", [line, other], name=["一", "二"], kind=["primary"] * 2)
    assert office.bring("roads", one, crs="wgs84").kept == 1
    assert office.bring("roads", two, crs="wgs84").kept == 2
    assert sorted(office.store.snapshot().ground("roads")["name"]) == ["一", "二"]
    assert office.bring("buildings", one, crs="wgs84").refused == "F07"


# Areas


def test_a_boundary_for_a_known_code_is_a_correction_that_adds_geometry(office: Office) -> None:
    listed = pd.DataFrame(
        {"area_code": ["14"], "level": ["省"], "name": ["山西省"], "人口": ["34915616"]}
    )
    assert office.bring("areas", office.write("a.csv", listed)).kept == 1
    box = shapely.box(110, 34, 114, 40)
    path = shapes_file(office, "b.geojson", [box], area_code=["14"], level=["省"])
    report = office.bring("areas", path, crs="wgs84")
    assert (report.corrected, report.unchanged) == (1, 0)
    stored = office.store.snapshot().areas.loc["14"]
    assert (stored["name"], stored["population"]) == ("山西省", 34915616)
    assert stored["geometry"].equals(box)


def test_neighbours_may_touch_but_not_overlap(office: Office) -> None:
    one, touching = shapely.box(113, 38, 113.1, 38.1), shapely.box(113.1, 38, 113.2, 38.1)
    over = shapely.box(113.05, 38, 113.15, 38.1)
    codes = {"area_code": ["a", "b"], "level": ["village"] * 2}
    path = shapes_file(office, "o.geojson", [one, over], **codes)
    assert office.bring("areas", path, crs="wgs84").refused == "F08"
    path = shapes_file(office, "t.geojson", [one, touching], **codes)
    assert office.bring("areas", path, crs="wgs84").kept == 2
    levels = {"area_code": ["a", "c"], "level": ["village", "town"]}
    nested = shapes_file(office, "n.geojson", [one, over], **levels)
    assert office.bring("areas", nested, crs="wgs84").kept == 2


def test_a_bow_tie_is_repaired_and_a_line_is_no_area(office: Office) -> None:
    tie = shapely.Polygon([(113, 38), (114, 39), (114, 38), (113, 39)])
    path = shapes_file(office, "t.geojson", [tie], area_code=["a"], level=["village"])
    report = office.bring("areas", path, crs="wgs84")
    assert report.warnings["W05"] == 1
    stored = office.store.snapshot().areas.geometry
    assert stored.is_valid.all()
    # Two triangles of base 1 and height 0.5.
    assert shapely.area(stored.iloc[0]) == pytest.approx(0.5)
    line = shapely.LineString([(113, 38), (114, 39)])
    path = shapes_file(office, "l.geojson", [line], area_code=["a"], level=["village"])
    assert office.bring("areas", path, crs="wgs84").refused == "F07"


def test_an_unknown_parent_keeps_the_area_out(office: Office) -> None:
    codes = [f"v{number}" for number in range(6)]
    table = pd.DataFrame({"area_code": codes, "level": "village", "parent_code": ["t", *[""] * 5]})
    report = office.bring("areas", office.write("a.csv", table))
    assert report.reasons == {"Q02": 1}


def test_codes_are_text_with_their_zeros_and_villages_make_their_parents(office: Office) -> None:
    text = "code,name,streetCode\n140322100101,富春园社区居委会,140322100\n"
    report = office.bring("areas", office.write("v.csv", text), recipe="china_shanxi")
    assert (report.kept, report.implied) == (1, 4)
    areas = office.store.snapshot().areas
    assert areas.loc["140322100101", "path"] == "/14/1403/140322/140322100/140322100101/"
    assert areas.loc["14", ["name", "level"]].tolist() == ["山西省", "province"]
    wrong = "code,name,streetCode\n14032210010,x,140322100\n"
    report = office.bring("areas", office.write("w.csv", wrong), recipe="china_shanxi")
    assert report.refused == "F10"
    assert report.reasons == {"Q02": 1}


def test_the_store_takes_its_zone_once_and_refuses_another(office: Office) -> None:
    text = "code,name,provinceCode\n1403,阳泉市,14\n"
    office.bring("areas", office.write("c.csv", text), recipe="china_shanxi")
    meta = office.store.meta
    assert (meta.time_zone, meta.metric_crs) == ("Asia/Shanghai", "EPSG:4547")
    assert (meta.root_area, meta.rulebook) == ("14", "shanxi-2020")
    box = shapely.box(-87.7, 41.8, -87.6, 41.9)
    path = shapes_file(office, "c.geojson", [box], area_numbe=["1"], community=["X"], pop10=["5"])
    with pytest.raises(UsageError, match="America/Chicago"):
        office.bring("areas", path, recipe="chicago")


# The report


def test_the_report_is_plain_json_in_both_languages(ready: Office, spots: Any) -> None:
    report = bring_cases(ready, cases(spots, occurred_from=["2031-01-01", *["2025-03-01"] * 9]))
    said = json.loads(json.dumps(report.to_dict()))
    assert said["entity"] == "cases"
    assert said["rows_read"] == said["kept"] + said["quarantined"] == 10
    assert said["refused"] is None
    assert said["reasons"] == {"Q04": 1}
    assert "quarantined" in said["sentence_en"]
    assert "隔离" in said["sentence_zh"]
    assert list(report.quarantine.columns[: len(COLUMNS)]) == list(COLUMNS)


def test_constants_of_the_recipe_are_listed_with_their_rows(office: Office) -> None:
    text = "code,name,provinceCode\n1403,阳泉市,14\n1404,长治市,14\n"
    report = office.bring("areas", office.write("c.csv", text), recipe="china_shanxi")
    assert report.constants == {"level": {"prefecture": 2}}


def test_every_event_of_a_file_stands_in_one_batch(ready: Office, spots: Any) -> None:
    report = bring_cases(ready, cases(spots))
    batches = ready.store.batches()
    assert batches.loc[report.batch, ["source", "entity", "events"]].tolist() == [
        "cases.csv", str(Entity.CASE), 10,
    ]  # fmt: skip
