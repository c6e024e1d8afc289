"""Every real file there is, read by its recipe: each row is kept or has its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet as pq

from geo.intake import ImportReport, import_files
from geo.intake.default_address import FEWEST, SHARE
from geo.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.real

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
LARGE_ROWS, SAMPLE_ROWS = 15_000, 2_500
HISTORY = {"backfill": True}
TO_AREA = {"to_area": True, "backfill": True}
GCJ02 = {"crs": "gcj02"}
READ_BY_NOBODY = {"chicago/iucr_codes.csv"}
"""A list of offence codes is no entity."""


@dataclass(frozen=True)
class Told:
    """What one file comes to; `merged` of the kept rows went into other records.

    `retracted` of them take a record back or are taken back by the same file.
    """

    rows: int
    reasons: dict[str, int] = field(default_factory=dict)
    merged: int = 0
    retracted: int = 0
    refused: str | None = None

    @property
    def kept(self) -> int:
        return self.rows - sum(self.reasons.values())


@dataclass(frozen=True)
class Step:
    """One file of a city, and what comes of it."""

    file: str
    entity: str
    told: Told
    how: dict[str, Any] = field(default_factory=dict)


BALTIMORE = (
    Step("neighborhoods.geojson", "areas", Told(278)),
    Step("community_statistical_areas.geojson", "areas", Told(56)),
    Step("police_districts_pre2023.geojson", "areas", Told(9)),
    Step("city_boundary.geojson", "areas", Told(1)),
    Step("cctv_cameras.csv", "cameras", Told(614)),
    Step("streets.parquet", "roads", Told(48_473)),
    Step(
        "incidents_2014_2021_block_geocoded.parquet", "cases",
        Told(340_300, {"Q04": 152, "Q19": 341}), HISTORY,
    ),
)  # fmt: skip
BOSTON = (
    Step("neighborhoods.geojson", "areas", Told(26)),
    Step("requests_311_2015.parquet", "petitions", Told(121_145, {"Q19": 25}), TO_AREA),
)
TORONTO = (
    Step("neighbourhoods.geojson", "areas", Told(158)),
    Step("red_light_cameras.geojson", "cameras", Told(154, {"Q01": 9, "Q19": 1})),
    Step("ksi_collisions.csv.gz", "accidents", Told(12_991, {"Q19": 91}, merged=7_781), HISTORY),
)
PORTLAND = (
    Step("burglary_mvt_2012-03_2017-02.parquet", "cases", Told(14_133), HISTORY),
    Step("all_calls_2016-08_2016-11.parquet", "cases", Told(72_343, {"Q09": 1}), HISTORY),
    Step("Portland_Police_Districts_epsg2913.gpkg", "areas", Told(60)),
)
ST_LOUIS = (
    Step("January2008.csv.gz", "cases", Told(5_516, {"Q21": 29}, retracted=396), HISTORY),
    Step("March2013.CSV.gz", "cases", Told(4_010, {"Q21": 30}, retracted=60), HISTORY),
    Step(
        "july2015.csv.gz", "cases", Told(4_826, {"Q21": 26}, merged=139, retracted=46), HISTORY
    ),
    Step(
        "may2017.csv.gz", "cases",
        Told(4_548, {"Q04": 1, "Q21": 22}, merged=146, retracted=54), HISTORY,
    ),
)  # fmt: skip
CHICAGO = (
    Step("community_areas.geojson", "areas", Told(77)),
    Step("police_beats.geojson", "areas", Told(277, merged=2)),
    Step("police_districts.geojson", "areas", Told(25, merged=2)),
    Step("city_boundary.geojson", "areas", Told(1)),
    Step("neighborhoods.geojson", "areas", Told(98)),
    Step("police_stations.csv", "units", Told(23)),
    Step("red_light_cameras.csv", "cameras", Told(149)),
    Step("speed_cameras.csv", "cameras", Told(160)),
    Step("crashes_ped_cyclist_2009_2017.parquet", "accidents", Told(38_997, {"Q19": 248}), HISTORY),
    Step(
        "complaints_311_2017_undated.parquet", "petitions",
        Told(37_973, {"F02": 37_973}, refused="F02"), TO_AREA,
    ),
    Step("raw_sample/crimes_2014-11-02.csv.gz", "cases", Told(726), HISTORY),
    Step("raw_sample/crimes_2015-03-08.csv.gz", "cases", Told(625), HISTORY),
    Step("raw_sample/crimes_2016-02-29.csv.gz", "cases", Told(646), HISTORY),
    Step("raw_sample/crimes_2017-01-01.csv.gz", "cases", Told(1_099), HISTORY),
    Step("crimes_2014.parquet", "cases", Told(275_200, {"Q06": 5, "Q08": 88, "Q19": 1}), HISTORY),
    Step("crimes_2015.parquet", "cases", Told(263_929, {"Q08": 31, "Q19": 2}), HISTORY),
    Step("crimes_2016.parquet", "cases", Told(268_813, {"Q08": 8, "Q19": 11}), HISTORY),
    Step("crimes_2017.parquet", "cases", Told(267_792, {"Q08": 31, "Q19": 3}), HISTORY),
)  # fmt: skip
SHANXI = (
    Step("cities_14.csv", "areas", Told(11)),
    Step("areas_14.csv", "areas", Told(121)),
    Step("streets_14.csv", "areas", Told(1_352)),
    Step("areacity_level4_14.csv", "areas", Told(1_374)),
    Step("villages_140322.csv", "areas", Told(288)),
    Step("villages_14.csv.gz", "areas", Told(21_895)),
    Step("boundaries_datav_gcj02/140000_full.json", "areas", Told(11), GCJ02),
    Step("boundaries_datav_gcj02/140300_full.json", "areas", Told(5), GCJ02),
    Step("boundaries_datav_gcj02/140322.json", "areas", Told(1), GCJ02),
    Step("boundaries_datav_gcj02/shanxi_counties.geojson", "areas", Told(117), GCJ02),
    Step("boundaries_alt/14.json", "areas", Told(11)),
    Step("boundaries_alt/140300.json", "areas", Told(5)),
)
CITIES = {
    "baltimore": BALTIMORE,
    "boston_311": BOSTON,
    "toronto_ksi": TORONTO,
    "nij_portland": PORTLAND,
    "stlouis": ST_LOUIS,
    "chicago": CHICAGO,
    "china_shanxi": SHANXI,
}
FOLDERS = {"stlouis": "stlouis_raw_sample"}
"""Where the files of a recipe lie, if not in a folder of its name."""

EVERY = [(city, step) for city, steps in CITIES.items() for step in steps]


@dataclass
class City:
    """A city whose files are brought in one after the other, when they are asked for."""

    name: str
    store: Store
    source: Path
    samples: Path
    reports: dict[str, ImportReport] = field(default_factory=dict)

    def report(self, file: str) -> ImportReport:
        """Import the files up to this one, of large tables evenly spread rows; give its report."""
        for step in CITIES[self.name]:
            if step.file not in self.reports:
                path = sampled(self.source / step.file, self.samples)
                how: dict[str, Any] = {"recipe": self.name, "actor": "t", "now": NOW, **step.how}
                self.reports[step.file] = import_files(self.store, step.entity, [path], **how)
            if step.file == file:
                break
        return self.reports[file]


def sampled(path: Path, folder: Path) -> Path:
    """Give the file itself, or one with evenly spread rows where a table is large."""
    if path.suffix != ".parquet" or pq.read_metadata(path).num_rows <= LARGE_ROWS:
        return path
    table = pq.read_table(path)
    rows = np.linspace(0, table.num_rows - 1, SAMPLE_ROWS).astype(int)
    small = folder / path.name
    pq.write_table(table.take(rows), small)
    return small


@pytest.fixture(scope="module")
def cities(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, City]]:
    folder = tmp_path_factory.mktemp("cities")
    made = {}
    for name in CITIES:
        (folder / name).mkdir()
        store = Store.open(f"sqlite:///{folder}/{name}.db")
        made[name] = City(name, store, shared / FOLDERS.get(name, name), folder / name)
    yield made
    for city in made.values():
        city.store.close()


@pytest.mark.parametrize(("name", "step"), EVERY, ids=[f"{c}/{s.file}" for c, s in EVERY])
def test_the_rows_of_every_file_are_kept_or_have_their_reason(
    cities: dict[str, City], name: str, step: Step
) -> None:
    report, told = cities[name].report(step.file), step.told
    assert report.kept + report.quarantined == report.rows_read
    assert report.refused == told.refused
    if report.rows_read == told.rows:
        assert (report.kept, report.merged, report.retracted) == (
            told.kept, told.merged, told.retracted,
        )  # fmt: skip
        assert dict(report.reasons) == told.reasons
    else:
        assert report.rows_read == SAMPLE_ROWS
        assert set(report.reasons) <= set(told.reasons)
        share = sum(told.reasons.values()) / told.rows
        assert report.quarantined / SAMPLE_ROWS == pytest.approx(share, abs=0.004)


def test_every_real_file_is_read_by_a_recipe(shared: Path) -> None:
    found = {
        str(path.relative_to(shared))
        for path in shared.rglob("*.*")
        if path.is_file() and path.name != "README.md" and "validation" not in path.parts
    }
    read = {f"{FOLDERS.get(city, city)}/{step.file}" for city, step in EVERY}
    assert found == read | READ_BY_NOBODY


def test_toronto_has_one_accident_for_each_of_its_5150_collisions(
    cities: dict[str, City],
) -> None:
    city = cities["toronto_ksi"]
    report = city.report("ksi_collisions.csv.gz")
    rows = pd.read_csv(city.source / "ksi_collisions.csv.gz", keep_default_na=False)
    of_collision = ["DATE", "LATITUDE", "LONGITUDE"]
    assert len(rows.drop_duplicates(of_collision)) == 5_150
    out = report.quarantine.drop_duplicates(of_collision)
    stored = city.store.snapshot().accidents
    assert len(stored) + len(out) == 5_150
    kept = rows[~rows["ID"].astype(str).isin(report.quarantine["ID"])]
    assert stored["deaths"].sum() == (kept["INJURY"] == "Fatal").sum() == 689
    assert stored["serious_injuries"].sum() == (kept["INJURY"] == "Major").sum()
    assert set(stored["time_precision"]) == {"day"}
    local = stored["occurred_from"].dt.tz_convert("America/Toronto")
    assert (local.dt.hour == 0).all()
    # "None" says that somebody was not hurt; read as a gap, these counts would be unknown.
    assert stored["deaths"].notna().all()


def test_requests_at_city_hall_stay_with_the_city(cities: dict[str, City]) -> None:
    city = cities["boston_311"]
    report = city.report("requests_311_2015.parquet")
    rows = pd.read_parquet(city.samples / "requests_311_2015.parquet")
    nowhere = (rows["LATITUDE"] == 42.3594) & (rows["LONGITUDE"] == -71.0587)
    assert report.warnings["W10"] == nowhere.sum() > 0.1 * SAMPLE_ROWS
    stored = city.store.snapshot().petitions
    area = stored["area_code"].reindex(rows["CASE_ENQUIRY_ID"])
    assert set(area[nowhere.to_numpy()]) == {"boston"}
    assert "boston" not in set(area[~nowhere.to_numpy()])
    assert set(stored["channel"]) == {"hotline", "online", "staff"}
    still_open = stored["outcome"].isna()
    assert (rows["CASE_STATUS"] == "Open").sum() == pytest.approx(still_open.sum(), abs=25)


def test_no_place_of_a_city_is_taken_for_a_default_address(cities: dict[str, City]) -> None:
    for name, steps in CITIES.items():
        for step in steps:
            if name != "boston_311":
                assert "W10" not in cities[name].report(step.file).warnings


def test_city_hall_is_found_without_being_declared_and_an_airport_is_not(shared: Path) -> None:
    def share(path: str, *columns: str) -> float:
        points = pd.read_parquet(shared / path, columns=list(columns)).dropna()
        return float(points.value_counts().iloc[0] / len(points))

    boston = share("boston_311/requests_311_2015.parquet", "LONGITUDE", "LATITUDE")
    chicago = share("chicago/crimes_2017.parquet", "Longitude", "Latitude")
    thefts = "nij_portland/burglary_mvt_2012-03_2017-02.parquet"
    portland = share(thefts, "x_coordina", "y_coordina")
    assert chicago < portland < SHARE / 5 < SHARE < boston / 2
    assert FEWEST > 1


def test_crimes_without_a_block_lie_in_the_city_as_a_whole(cities: dict[str, City]) -> None:
    city = cities["baltimore"]
    city.report("incidents_2014_2021_block_geocoded.parquet")
    stored = city.store.snapshot().cases
    whole = stored["loc_precision"] == "area"
    assert set(stored.loc[whole, "area_code"]) == {"baltimore"}
    assert whole.mean() == pytest.approx(0.222, abs=0.01)
    assert (stored["occurred_from"] < pd.Timestamp("2014-01-01", tz="America/New_York")).any()
    withheld = stored["loc_precision"] == "withheld"
    assert set(stored.loc[withheld, "category"]) == {"RAPE"}
    assert stored.loc[withheld, "lon"].isna().all()
    at_point = stored[stored["loc_precision"] == "point"]
    assert at_point["beat_code"].str.startswith("BPD-").mean() > 0.99


def test_the_cameras_are_where_the_columns_say_not_the_swapped_text(
    cities: dict[str, City],
) -> None:
    city = cities["baltimore"]
    city.report("cctv_cameras.csv")
    cameras = city.store.snapshot().cameras
    assert cameras["lon"].between(-76.8, -76.5).all()
    assert cameras["area_code"].notna().all()


def test_calls_told_in_two_files_are_one_call(cities: dict[str, City]) -> None:
    city = cities["nij_portland"]
    report = city.report("all_calls_2016-08_2016-11.parquet")
    assert report.unchanged > 0
    stored = city.store.snapshot().cases
    assert len(stored) == 14_133 + report.kept - report.unchanged
    assert stored["lon"].between(-123, -122.3).all()


def test_points_of_a_source_without_boundaries_stay_and_find_the_districts_that_come_later(
    cities: dict[str, City],
) -> None:
    city = cities["nij_portland"]
    assert city.report("burglary_mvt_2012-03_2017-02.parquet").implied == 1
    calls = len(city.store.snapshot().cases)
    report = city.report("Portland_Police_Districts_epsg2913.gpkg")
    snapshot = city.store.snapshot()
    assert snapshot.areas.groupby("level").size().to_dict() == {"city": 1, "police_district": 60}
    assert set(snapshot.cases["loc_precision"]) == {"point"}
    assert 0.99 * calls < report.reattributed < calls
    left = snapshot.cases["area_code"] == "portland"
    assert left.sum() == calls - report.reattributed


def test_a_month_of_st_louis_holds_one_record_per_complaint_and_offence_that_stands(
    cities: dict[str, City],
) -> None:
    city = cities["stlouis"]
    city.report("may2017.csv.gz")
    cases = city.store.snapshot().cases
    told = pd.read_csv(city.source / "july2015.csv.gz", dtype=str, keep_default_na=False)
    told["key"] = told["Complaint"] + "-" + told["Crime"].str.strip()
    stated = set(told.loc[told["Count"] == "1", "key"])
    taken_back = set(told.loc[told["Count"] == "-1", "key"])
    mine = cases[cases.index.str.startswith(("14-", "15-"))]
    assert stated - taken_back <= set(mine.index)
    assert not set(mine.index) & taken_back
    place = told.drop_duplicates("key").set_index("key")["XCoord"].reindex(mine.index)
    unplaced = (place == "0").to_numpy() & (mine["loc_precision"] != "withheld")
    assert set(mine.loc[unplaced, "loc_precision"]) == {"area"}
    assert mine["lon"].dropna().between(-90.33, -90.15).all()
    assert set(cases["area_code"]) == {"stlouis"}


def test_what_happens_to_children_and_at_home_has_no_point(cities: dict[str, City]) -> None:
    city = cities["stlouis"]
    told = pd.read_csv(city.source / "may2017.csv.gz", dtype=str, keep_default_na=False)
    city.report("may2017.csv.gz")
    key = told["Complaint"] + "-" + told["Crime"].str.strip()
    hidden = set(key[told["Description"].str.contains("DOMESTIC|CHILD")])
    cases = city.store.snapshot().cases
    mine = cases[cases.index.isin(hidden)]
    assert len(mine) > 100
    assert set(mine["loc_precision"]) == {"withheld"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("baltimore", "incidents_2014_2021_block_geocoded.parquet"),
        ("boston_311", "requests_311_2015.parquet"),
        ("nij_portland", "all_calls_2016-08_2016-11.parquet"),
    ],
)
def test_the_whole_file_comes_to_the_same(
    shared: Path, tmp_path: Path, name: str, file: str
) -> None:
    with Store.open(f"sqlite:///{tmp_path}/whole.db") as store:
        for step in CITIES[name]:
            report = import_files(
                store, step.entity, [shared / name / step.file], actor="t", now=NOW, recipe=name,
                **step.how,
            )  # fmt: skip
            assert dict(report.reasons) == step.told.reasons
            assert report.kept == step.told.kept
            if step.file == file:
                return
