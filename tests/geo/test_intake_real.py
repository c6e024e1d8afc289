"""The recipes on real data: Chicago's portal, Shanxi's codes and boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

Office = Any


@pytest.fixture
def chicago(office: Office, shared: Path) -> tuple[Office, Path]:
    folder = shared / "chicago"
    files = [folder / "community_areas.geojson", folder / "police_beats.geojson"]
    report = office.bring("areas", *files, recipe="chicago")
    assert (report.kept, report.quarantined, report.implied) == (77 + 277, 0, 1)
    return office, folder


@pytest.fixture
def shanxi(office: Office, shared: Path) -> tuple[Office, Path]:
    return office, shared / "china_shanxi"


def test_chicago_has_77_community_areas_and_275_beats_of_277_pieces(
    chicago: tuple[Office, Path],
) -> None:
    office, folder = chicago
    areas = office.store.snapshot().areas
    assert areas.groupby("level").size().to_dict() == {"beat": 275, "city": 1, "community_area": 77}
    tree = areas[areas["level"] == "community_area"]
    assert set(tree["parent_code"]) == {"chicago"}
    assert (tree.loc["1", "name"], tree.loc["1", "population"]) == ("Rogers Park", 54991)
    assert areas.loc["0713", "grouping"]
    pieces = gpd.read_file(folder / "police_beats.geojson").to_crs("EPSG:26916")
    joined = areas[areas["level"] == "beat"].to_crs("EPSG:26916")
    of_3100 = pieces[pieces["BEAT_NUM"] == "3100"].area.sum()
    assert joined.loc[["3100"]].area.iloc[0] == pytest.approx(of_3100, rel=1e-6)
    assert office.store.meta.time_zone == "America/Chicago"


def test_the_city_boundary_draws_the_root(chicago: tuple[Office, Path]) -> None:
    office, folder = chicago
    report = office.bring("areas", folder / "city_boundary.geojson", recipe="chicago")
    assert report.corrected == 1
    root = office.store.snapshot().areas.loc["chicago"]
    assert root["geometry"] is not None
    assert root["level"] == "city"


def test_a_day_of_raw_crimes_agrees_with_the_yearly_file(chicago: tuple[Office, Path]) -> None:
    office, folder = chicago
    raw = folder / "raw_sample" / "crimes_2014-11-02.csv.gz"
    report = office.bring("cases", raw, recipe="chicago", backfill=True)
    stored = office.store.snapshot().cases
    year = pd.read_parquet(folder / "crimes_2014.parquet")
    # The clock went back on that night: midnight is UTC-5, the next one UTC-6.
    day = year[year["Date"].dt.date == pd.Timestamp("2014-11-02").date()]
    same = day.assign(key=day["ID"].astype(str)).set_index("key")
    assert report.rows_read == len(day)
    assert set(stored.index) <= set(same.index)
    local = stored["occurred_from"].dt.tz_convert("America/Chicago").dt.tz_localize(None)
    assert (local == same["Date"].reindex(stored.index)).all()
    assert (stored["beat_code"] == same["Beat"].reindex(stored.index)).all()


def test_sensitive_crimes_have_an_area_and_no_point(chicago: tuple[Office, Path]) -> None:
    office, folder = chicago
    raw = folder / "raw_sample" / "crimes_2017-01-01.csv.gz"
    office.bring("cases", raw, recipe="chicago", backfill=True)
    stored = office.store.snapshot().cases
    told = pd.read_csv(raw, dtype=str).set_index("ID").reindex(stored.index)
    by_nature = ["CRIM SEXUAL ASSAULT", "SEX OFFENSE", "OFFENSE INVOLVING CHILDREN"]
    sensitive = (told["Domestic"] == "true") | told["Primary Type"].isin(by_nature)
    assert sensitive.sum() > 50
    assert (stored["loc_precision"] == "withheld").equals(sensitive)
    assert stored.loc[sensitive, ["lon", "lat"]].isna().all(axis=None)
    assert stored["area_code"].notna().all()


def test_cameras_get_ids_and_look_against_the_traffic(chicago: tuple[Office, Path]) -> None:
    office, folder = chicago
    files = [folder / "red_light_cameras.csv", folder / "speed_cameras.csv"]
    report = office.bring("cameras", *files, recipe="chicago")
    assert (report.kept, report.quarantined) == (149 + 160, 0)
    stored = office.store.snapshot().cameras
    first = stored[stored["name"] == "Damen-Fullerton"].iloc[0]
    assert first["azimuth_deg"] == 270.0  # first approach EB
    assert first["in_use_since"] == pd.Timestamp("2006-02-17")
    assert stored["area_code"].notna().all()
    assert stored["azimuth_deg"].notna().all()
    assert any("nominal" in note for note in report.notes)


def test_crashes_count_their_dead(chicago: tuple[Office, Path]) -> None:
    office, folder = chicago
    path = folder / "crashes_ped_cyclist_2009_2017.parquet"
    report = office.bring("accidents", path, recipe="chicago", backfill=True)
    assert report.rows_read == 38_997
    stored = office.store.snapshot().accidents
    told = pd.read_parquet(path).set_index("crash_record_id").reindex(stored.index)
    assert (stored["deaths"] == told["injuries_fatal"]).all()
    assert (stored["serious_injuries"] == told["injuries_incapacitating"]).all()
    assert set(report.reasons) == {"Q19"}
    # Three dead make an accident larger.
    assert (stored["level"] == "larger").sum() == (stored["deaths"] >= 3).sum() > 0


@pytest.mark.slow
def test_every_crime_row_of_four_years_is_kept_or_has_its_reason(
    chicago: tuple[Office, Path],
) -> None:
    office, folder = chicago
    files = [folder / f"crimes_{year}.parquet" for year in range(2014, 2018)]
    report = office.bring("cases", *files, recipe="chicago", backfill=True)
    assert report.rows_read == 1_075_734 == report.kept + report.quarantined
    assert len(report.quarantine) == report.quarantined
    assert report.quarantine["code"].notna().all()
    again = office.bring("cases", files[0], recipe="chicago", backfill=True)
    assert again.refused == "F06"


def test_boundaries_need_a_declared_datum(shanxi: tuple[Office, Path]) -> None:
    office, folder = shanxi
    path = folder / "boundaries_datav_gcj02" / "140322.json"
    assert office.bring("areas", path, recipe="china_shanxi").refused == "F04"
    assert office.store.watermark == 0


def test_gcj02_boundaries_come_out_where_the_older_ones_lie(shanxi: tuple[Office, Path]) -> None:
    office, folder = shanxi
    path = folder / "boundaries_datav_gcj02" / "140322.json"
    assert office.bring("areas", path, recipe="china_shanxi", crs="gcj02").kept == 1

    def centre(shape: Any) -> Any:
        return gpd.GeoSeries([shape], crs=4326).to_crs("EPSG:4547").centroid.iloc[0]

    converted = centre(office.store.snapshot().areas.loc["140322", "geometry"])
    raw = centre(gpd.read_file(path).geometry.iloc[0])
    older = gpd.read_file(folder / "boundaries_alt" / "140300.json").set_index("id")
    reference = centre(older.loc["140322", "geometry"])
    assert converted.distance(reference) <= 0.2 * raw.distance(reference)


@pytest.mark.parametrize("boundary_first", [True, False])
def test_288_villages_hang_under_13_towns_listed_though_not_drawn(
    shanxi: tuple[Office, Path], boundary_first: bool
) -> None:
    office, folder = shanxi
    boundary = folder / "boundaries_datav_gcj02" / "140322.json"
    steps = [(boundary, {"crs": "gcj02"}), (folder / "villages_140322.csv", {})]
    for path, how in steps if boundary_first else steps[::-1]:
        assert office.bring("areas", path, recipe="china_shanxi", **how).quarantined == 0
    areas = office.store.snapshot().areas
    villages = areas[areas["level"] == "village"]
    towns = areas[areas["level"] == "township"]
    assert (len(villages), len(towns)) == (288, 13)
    assert set(villages["parent_code"]) == set(towns.index)
    assert set(towns["parent_code"]) == {"140322"}
    assert villages.geometry.isna().all()
    assert areas.loc["140322", "geometry"] is not None
    assert areas.loc["140322", "name"] == "盂县"
    assert villages["path"].str.startswith("/14/1403/140322/").all()
    report = office.bring("areas", folder / "streets_14.csv", recipe="china_shanxi")
    assert report.corrected == 13
    assert office.store.snapshot().areas.loc["140322100", "name"] == "秀水镇"


def test_the_whole_province_keeps_every_code_as_text(shanxi: tuple[Office, Path]) -> None:
    office, folder = shanxi
    files = ["cities_14.csv", "areas_14.csv", "streets_14.csv", "villages_14.csv.gz"]
    report = office.bring("areas", *[folder / name for name in files], recipe="china_shanxi")
    assert (report.kept, report.quarantined, report.implied) == (23_379, 0, 1)
    counties = folder / "boundaries_datav_gcj02" / "shanxi_counties.geojson"
    report = office.bring("areas", counties, recipe="china_shanxi", crs="gcj02")
    assert (report.kept, report.corrected, report.warnings["W05"]) == (117, 117, 2)
    areas = office.store.snapshot().areas
    assert areas.index.str.len().value_counts().to_dict() == {
        2: 1, 4: 11, 6: 121, 9: 1352, 12: 21_895,
    }  # fmt: skip
    undrawn = areas[(areas["level"] == "county") & areas.geometry.isna()]
    assert sorted(undrawn.index) == ["140171", "140271", "140671", "140971"]
