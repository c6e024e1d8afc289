"""GeoPackages and zipped Shapefiles: layers, stated systems, encodings, cut characters."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import gcj02_from_wgs84
from geo.errors import DataError, UsageError
from geo.intake.reading import read_table
from geo.intake.reading.dbf import read_dbf
from geo.intake.reading.stated import crs_stated

if TYPE_CHECKING:
    from pathlib import Path

Office = Any

PLACES = gpd.GeoDataFrame(
    {"编号": ["007", "008"], "名称": ["盂县", None], "人数": pd.array([12, None], dtype="Int64")},
    geometry=[shapely.Point(440_000, 4_210_000), None],
    crs="EPSG:4547",
)


def zipped(path: Path, frame: gpd.GeoDataFrame, *, inside: str = "", **how: Any) -> Path:
    """Write a Shapefile by GDAL and zip its parts, perhaps in a folder."""
    folder = path.parent / f"{path.stem}_parts"
    folder.mkdir()
    frame.to_file(folder / "places.shp", **how)
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, f"{inside}{part.name}")
    return path


def rezipped(path: Path, **changed: bytes | None) -> Path:
    """Pack the archive anew with parts (by ending) changed or left out."""
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts[name] = changed.get(name.rsplit(".", 1)[1], archive.read(name))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def dbf(fields: list[tuple[str, str, int]], rows: list[bytes], *, language: int = 0) -> bytes:
    """Write a dBASE table by hand: fields as (name, kind, width), records as bytes."""
    width = 1 + sum(field[2] for field in fields)
    start = 33 + 32 * len(fields)
    head = b"\x03\x7a\x01\x01" + len(rows).to_bytes(4, "little") + start.to_bytes(2, "little")
    head += width.to_bytes(2, "little") + bytes(17) + bytes([language]) + bytes(2)
    entries = b"".join(
        name.encode("gb18030").ljust(11, b"\0")
        + kind.encode()
        + bytes(4)
        + bytes([size])
        + bytes(15)
        for name, kind, size in fields
    )
    return head + entries + b"\r" + b"".join(rows) + b"\x1a"


@pytest.mark.parametrize(
    ("how", "label"), [({}, "UTF-8 (.cpg)"), ({"encoding": "GB18030"}, "GB18030 (.cpg)")]
)
@pytest.mark.parametrize("inside", ["", "数据/2020/"])
def test_a_zipped_shapefile_gives_text_codes_shapes_and_its_own_system(
    tmp_path: Path, how: dict[str, Any], label: str, inside: str
) -> None:
    table = read_table(zipped(tmp_path / "t.zip", PLACES, inside=inside, **how))
    assert table.frame["编号"].tolist() == ["007", "008"]
    assert table.frame["名称"].iloc[0] == "盂县"
    assert table.frame["人数"].iloc[0] == "12"
    assert table.frame.isna().sum().to_dict() == {"编号": 0, "名称": 1, "人数": 1}
    assert table.geometry is not None
    assert table.geometry.tolist() == PLACES.geometry.tolist()
    assert (table.encoding, table.stated_crs) == (label, "EPSG:4547")


def test_without_a_cpg_the_encoding_is_tried_and_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", PLACES, encoding="GB18030")
    table = read_table(rezipped(path, cpg=None, prj=None))
    assert table.frame["名称"].iloc[0] == "盂县"
    assert (table.encoding, table.stated_crs) == ("GB18030 (tried)", None)


def test_a_cpg_that_is_wrong_gives_way(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", PLACES, encoding="GB18030")
    assert read_table(rezipped(path, cpg=b"UTF-8")).encoding == "GB18030 (tried)"


@pytest.mark.parametrize("ending", ["shx", "dbf"])
def test_a_missing_part_of_a_shapefile_is_named(tmp_path: Path, ending: str) -> None:
    path = rezipped(zipped(tmp_path / "t.zip", PLACES), **{ending: None})
    with pytest.raises(DataError, match=rf"places\.shp without its \.{ending}") as told:
        read_table(path)
    assert "缺少" in told.value.text("zh")


def test_of_several_shapefiles_one_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", PLACES)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("places", "other"), content)
    with pytest.raises(UsageError, match=r"holds the tables places\.shp, other\.shp"):
        read_table(path)
    assert read_table(path, layer="other").rows == 2


def test_shapes_and_rows_must_be_as_many(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", PLACES)
    path = rezipped(path, dbf=dbf([("a", "C", 1)], [b" 1"]), cpg=None)
    with pytest.raises(DataError, match="2 shapes, 1 rows"):
        read_table(path)


# dBASE tables, by hand


def test_long_codes_stars_decimals_and_struck_out_rows_of_a_dbase_table() -> None:
    fields = [("id", "N", 20), ("share", "N", 6), ("day", "D", 8), ("flag", "L", 1)]
    rows = [
        b" 14032202011320000123 12.50202004 3T",
        b"*                   7 13.00000000000?"[:36],
        b"                    8******20200403F",
    ]
    made = read_dbf(dbf(fields, rows), "", file="t")
    assert made.frame["id"].tolist() == ["14032202011320000123", "7", "8"]
    assert made.frame["share"].iloc[:2].tolist() == ["12.50", "13"]
    assert made.frame["share"].isna().tolist() == [False, False, True]
    assert made.frame["day"].iloc[2] == "20200403"
    assert made.standing.tolist() == [True, False, True]


def test_a_name_cut_within_a_character_loses_that_character_only() -> None:
    cut = "秀水镇".encode("gb18030")[:5]
    made = read_dbf(dbf([("名", "C", 5)], [b" " + cut, b" abc  "]), "", file="t")
    assert made.frame["名"].tolist() == ["秀水", "abc"]
    assert made.encoding == "GB18030 (tried)"


@given(st.text(st.sampled_from("盂县秀水镇abc１"), min_size=1, max_size=30), st.integers(1, 60))
def test_any_cut_of_any_name_gives_its_beginning(name: str, width: int) -> None:
    for codec, cpg in (("gb18030", "GBK"), ("utf-8", "UTF-8")):
        raw = name.encode(codec)[:width].ljust(width)
        text = read_dbf(dbf([("n", "C", width)], [b" " + raw]), cpg, file="t").frame["n"].iloc[0]
        assert name.startswith("" if pd.isna(text) else text)


def test_the_language_byte_speaks_where_no_cpg_does() -> None:
    table = dbf([("n", "C", 4)], [b" " + "盂县".encode("gb18030")], language=0x4D)
    assert read_dbf(table, "", file="t").encoding == "GB18030 (.dbf)"


def test_a_dbase_table_shorter_than_it_says_is_damaged() -> None:
    with pytest.raises(DataError, match="ends too early"):
        read_dbf(dbf([("n", "C", 4)], [b" abcd"] * 3)[:-8], "", file="t")


# GeoPackages


def geopackage(path: Path, **layers: pd.DataFrame) -> Path:
    for name, frame in layers.items():
        gpd.GeoDataFrame(frame).to_file(path, driver="GPKG", layer=name)
    return path


def test_a_geopackage_gives_attributes_shapes_and_its_own_system(tmp_path: Path) -> None:
    table = read_table(geopackage(tmp_path / "t.gpkg", places=PLACES))
    assert table.frame["编号"].tolist() == ["007", "008"]
    assert table.frame["人数"].iloc[0] == "12"
    assert table.frame.isna().sum().to_dict() == {"编号": 0, "名称": 1, "人数": 1}
    assert table.geometry is not None
    assert table.geometry.tolist() == PLACES.geometry.tolist()
    assert table.stated_crs == "EPSG:4547"


def test_of_several_layers_one_is_named(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "t.gpkg", 村=PLACES, 镇=PLACES.head(1))
    with pytest.raises(UsageError, match="layers 村, 镇"):
        read_table(path)
    assert read_table(path, layer="镇").rows == 1


def test_a_geopackage_left_open_by_another_program_is_read(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "t.gpkg", places=PLACES)
    content = bytearray(path.read_bytes())
    content[18:20] = b"\x02\x02"  # the write-ahead log was on when it was copied
    path.write_bytes(content)
    assert read_table(path).rows == 2
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["t.gpkg"]


def test_a_view_is_not_run_and_a_trigger_is_not_pulled(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "t.gpkg", places=PLACES)
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) "
            "SELECT x AS fid, x FROM c"
        )
        database.execute("CREATE TRIGGER t AFTER INSERT ON places BEGIN DELETE FROM places; END")
        database.execute(
            "INSERT INTO gpkg_contents(table_name, data_type, identifier) "
            "VALUES ('endless', 'attributes', 'endless')"
        )
    database.close()
    before = path.read_bytes()
    assert read_table(path).rows == 2
    with pytest.raises(DataError, match="has a view as layer 'endless'"):
        read_table(path, layer="endless")
    assert path.read_bytes() == before


def test_another_database_or_a_text_for_gdal_is_no_geopackage(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    told = f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{secret}</SrcDataSource>'
    path = tmp_path / "t.gpkg"
    path.write_text(told + "</OGRVRTLayer></OGRVRTDataSource>")
    with pytest.raises(DataError, match="no GeoPackage"):
        read_table(path)
    sqlite3.connect(tmp_path / "u.gpkg").execute("CREATE TABLE a(b)").connection.close()
    with pytest.raises(DataError, match="no GeoPackage"):
        read_table(tmp_path / "u.gpkg")


# What a file states of its system, in an import


@pytest.mark.parametrize("nothing", [None, "", "nonsense", 'LOCAL_CS["x"]'])
def test_no_system_is_stated_by_what_names_none(nothing: str | None) -> None:
    assert crs_stated(nothing) is None


def test_a_geopackage_states_its_system_and_geojson_states_none(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    areas = grid_villages.reset_index()[["area_code", "level", "name", "parent_code", "geometry"]]
    areas.to_file(office.folder / "a.geojson", driver="GeoJSON")
    assert office.bring("areas", office.folder / "a.geojson").refused == "F04"
    areas.to_crs("EPSG:4547").to_file(office.folder / "a.gpkg", driver="GPKG")
    assert office.bring("areas", office.folder / "a.gpkg").kept == len(areas)
    stored = office.store.snapshot().areas.geometry.loc[areas["area_code"]]
    assert shapely.hausdorff_distance(stored.to_numpy(), areas.geometry.to_numpy()).max() < 1e-8


def test_a_stated_system_is_still_held_against_the_villages(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    office.load(grid_villages)
    points = scattered(grid_villages, 400)
    at = gpd.points_from_xy(*gcj02_from_wgs84(points["lon"], points["lat"]))
    shifted = gpd.GeoDataFrame(
        {"unit_id": points.index.astype(str), "name": "u", "kind": "school",
         "area_code": points["area_code"]},
        geometry=at, crs="EPSG:4326",
    )  # fmt: skip
    shifted.to_file(office.folder / "u.gpkg", driver="GPKG")
    assert office.bring("units", office.folder / "u.gpkg").refused == "F05"
    assert office.bring("units", office.folder / "u.gpkg", crs="gcj02").kept == 400


def test_an_archive_with_one_table_reads_as_that_table(tmp_path: Path) -> None:
    inner = io.BytesIO()
    pd.DataFrame({"a": ["1"]}).to_excel(inner, sheet_name="甲", index=False)
    for name, content in (("t.csv", b"a\n1\n"), ("t.xlsx", inner.getvalue())):
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"资料/{name}", content)
            archive.writestr("资料/readme.txt", "read me")
            archive.writestr("__MACOSX/资料/._t.csv", "clutter")
        assert read_table(path).frame["a"].tolist() == ["1"]
        assert read_table(path).file == path.name
