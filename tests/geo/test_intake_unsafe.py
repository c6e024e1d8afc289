"""Files made to harm: bombs, paths that lead out, entities, depths; each is one sentence."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import DataError, SanlingError
from geo.intake.reading import limits, read_table
from geo.intake.reading.kinds import READERS
from geo.intake.reading.source import Source

if TYPE_CHECKING:
    from pathlib import Path

Office = Any

CSV = b"a,b\n1,2\n"
ENDINGS = [*READERS, ".zip", ".csv.gz", ".gpkg.gz"]


def packed(path: Path, parts: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def parts_of_workbook() -> dict[str, bytes]:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].append(["a", "b"])
    book.worksheets[0].append(["1", "2"])
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refused(path: Path, match: str, zh: str) -> None:
    with pytest.raises(DataError, match=match) as told:
        read_table(path)
    assert zh in told.value.text("zh")
    assert path.name in str(told.value)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("content", [b"", bytes(100), bytes(range(256)) * 8, b"\xff" * 99, b"\n\n"])
def test_nothing_and_junk_under_every_ending_are_told_in_both_languages(
    tmp_path: Path, ending: str, content: bytes
) -> None:
    path = tmp_path / f"t{ending}"
    path.write_bytes(content)
    with pytest.raises(DataError) as told:
        read_table(path)
    assert told.value.text("zh") != str(told.value)


@given(content=st.binary(max_size=400), kind=st.sampled_from(sorted(READERS)))
def test_any_bytes_are_a_table_or_a_sentence(content: bytes, kind: str) -> None:
    starts = {".parquet": b"PAR1", ".xlsx": b"PK\x03\x04", ".gpkg": b"SQLite format 3\0"}
    for given_bytes in (content, starts.get(kind, b"{") + content):
        with suppress(SanlingError):
            READERS[kind](Source(f"t{kind}", given_bytes))


# Bombs


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("archive", "source"):
        monkeypatch.setattr(f"geo.intake.reading.{module}.RATIO_FLOOR", 100_000)
    blank = b"a\n" + b"\n" * 10_000_000
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(blank))
    refused(tmp_path / "t.csv.gz", "unfolds into far more", "展开后远超")
    refused(packed(tmp_path / "t.zip", {"t.csv": blank}), "unfolds into far more", "展开后远超")
    sheet = parts_of_workbook() | {"xl/media/image1.png": bytes(10_000_000)}
    refused(packed(tmp_path / "t.xlsx", sheet), "unfolds into far more", "展开后远超")


def test_a_table_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    text = b"a,b\n" + b"140322100200,\n" * 500_000
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text))
    assert (tmp_path / "t.csv.gz").stat().st_size * limits.MOST_RATIO < len(text)
    assert read_table(tmp_path / "t.csv.gz").rows == 500_000


def test_too_many_files_in_an_archive_are_refused(tmp_path: Path) -> None:
    many = {f"{n}.md": b"" for n in range(limits.MOST_MEMBERS)}
    refused(packed(tmp_path / "t.zip", many | {"t.csv": CSV}), "unfolds into", "远超正常")


def test_a_header_of_a_million_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a," * 1_000_000 + b"z\n1\n")
    refused(path, "unfolds into", "远超正常")


def test_very_many_rows_in_very_few_bytes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [None] * 10_001}).to_parquet(path)
    monkeypatch.setattr("geo.intake.reading.table.MOST_CELLS", 10_000)
    refused(path, "unfolds into", "远超正常")


def test_a_sheet_whose_rows_have_no_end_is_refused(tmp_path: Path) -> None:
    parts = parts_of_workbook()
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b'<row r="2">', b'<row r="99999999999">')
    parts[name] = parts[name].replace(b'r="A2"', b"").replace(b'r="B2"', b"")
    refused(packed(tmp_path / "t.xlsx", parts), "unfolds into", "远超正常")


def test_a_text_in_parquet_that_is_no_text_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": ["140322100200"]}).to_parquet(path, compression=None, use_dictionary=False)
    path.write_bytes(path.read_bytes().replace(b"140322100200", b"140322\xff00200"))
    refused(path, "damaged", "已损坏")


# Archives


@pytest.mark.parametrize(
    "name",
    [
        "../t.csv",
        "a/../../t.csv",
        "/etc/t.csv",
        "C:/t.csv",
        "C:\\t.csv",
        "..\\t.csv",
        "\\\\host\\t.csv",
    ],
)
def test_paths_that_lead_out_of_an_archive_are_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "t.zip", {name: CSV, "good.csv": CSV})
    refused(path, "paths that lead out", "路径")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.zip"]


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("t.csv")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(tmp_path / "t.zip", "symbolic links", "符号链接")


def test_a_file_without_a_name_in_an_archive_is_damage(tmp_path: Path) -> None:
    path = packed(tmp_path / "t.zip", {"a.csv": CSV})
    path.write_bytes(path.read_bytes().replace(b"a.csv", b"\0.csv"))
    refused(path, "without a name", "损坏")


@pytest.mark.parametrize("inner", ["u.zip", "u.csv.gz", "u.7z", "u.tar"])
def test_archives_within_archives_are_refused(tmp_path: Path, inner: str) -> None:
    refused(
        packed(tmp_path / "t.zip", {"t.csv": CSV, inner: b"x"}), "archives inside", "还有压缩包"
    )


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "t.zip", {"t.csv": CSV}, how=zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    refused(path, "locked with a password", "密码")


def test_names_that_chinese_packers_wrote_are_readable(tmp_path: Path) -> None:
    path = packed(tmp_path / "t.zip", {"aaaa.csv": CSV, "b.csv": CSV})
    name = "村表".encode("gb18030")
    path.write_bytes(path.read_bytes().replace(b"aaaa", name))
    assert read_table(path, layer="村表").rows == 1


# Entities


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "_rels/.rels"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_a_workbook_are_refused_before_they_are_read(
    tmp_path: Path, part: str, encoding: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    parts = parts_of_workbook()
    text = parts[part].decode()
    text = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{text}'.encode(encoding)
    refused(packed(tmp_path / "t.xlsx", parts), "document type or entities", "实体")


# GeoJSON


@pytest.mark.parametrize(
    "text",
    [
        '{"features":' + "[" * 10_000,
        '{"features":[{"properties":' + '{"a":' * 10_000 + "1" + "}" * 10_000 + "}]}",
        '{"features":[{"geometry":{"type":"Point","coordinates":' + "[" * 500 + "]" * 500 + "}}]}",
        '{"features":[{"geometry":{"type":"Point","coordinates":[NaN,1]}}]}',
        '{"features":[{"geometry":{"type":"Point","coordinates":[1e999,1]}}]}',
        '{"features":[{"geometry":{"type":"Polygon","coordinates":[[[0,0]]]}}]}',
        '{"features":[{"geometry":{"type":"Circle"}}]}',
        '{"features":[1, null, "x"]}',
        '{"features":{"a":1}}',
        "[]",
    ],
)
def test_geojson_that_is_none_is_damaged(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.geojson"
    path.write_text(text)
    refused(path, "damaged", "已损坏")


def test_deep_properties_and_huge_numbers_are_texts(tmp_path: Path) -> None:
    deep = '{"a":' * 100 + "1" + "}" * 100
    path = tmp_path / "t.geojson"
    properties = f'{{"deep": {deep}, "id": 12345678901234567}}'
    path.write_text(f'{{"features":[{{"properties":{properties},"geometry":null}}]}}')
    frame = read_table(path).frame
    assert frame.shape == (1, 2)
    assert frame["id"].tolist() == ["12345678901234567"]


# Nothing is stored


@pytest.mark.parametrize("value", ["NaN", "inf", "-Infinity", "1e400", "9" * 400])
def test_coordinates_that_are_no_place_keep_their_row_out(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Any, value: str
) -> None:
    office.load(grid_villages)
    points = scattered(grid_villages, 10)
    table = points.astype(str).assign(unit_id=np.arange(10).astype(str), name="u", kind="school")
    table.loc[3, "lon"] = value
    report = office.bring("units", office.write("u.csv", table), crs="wgs84")
    assert report.reasons == {"Q06": 1}
    assert "3" not in office.store.snapshot().units.index


def test_of_a_file_that_cannot_be_read_nothing_is_stored(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    office.load(grid_villages)
    before = office.store.watermark
    shapes = gpd.GeoDataFrame({"a": ["1"]}, geometry=[shapely.Point(1, 2)], crs=4326)
    shapes.to_file(office.folder / "t.gpkg", driver="GPKG")
    content = (office.folder / "t.gpkg").read_bytes()
    for name, damaged in (
        ("t.gpkg", content[:-5000]),
        ("t.xlsx", b"PK\x03\x04"),
        ("t.parquet", pd.DataFrame({"a": [1]}).to_parquet()[:-9]),
    ):
        path = office.write(name, damaged)
        with pytest.raises(DataError, match="damaged"):
            office.bring("units", path, crs="wgs84")
    assert office.store.watermark == before
