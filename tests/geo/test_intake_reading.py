"""Bytes become tables: encodings, gzip, GeoJSON, Parquet; text stays text."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import DataError, RefusedFile, UsageError
from geo.intake.reading import content_hash, read_table

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "编号,区划代码\n007,140322100101\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("zipped", [False, True])
def test_the_same_table_in_every_encoding_plain_or_gzipped(
    tmp_path: Path, encoding: str, zipped: bool
) -> None:
    content = TEXT.encode(encoding)
    path = tmp_path / ("t.csv.gz" if zipped else "t.csv")
    path.write_bytes(gzip.compress(content) if zipped else content)
    frame = read_table(path).frame
    assert frame.to_dict("list") == {"编号": ["007"], "区划代码": ["140322100101"]}


@pytest.mark.parametrize("content", [b"a,b\n\xff\xfe,1\n", b"a,b\n\x00,1\n"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(RefusedFile) as refused:
        read_table(path)
    assert refused.value.code == "F01"
    assert refused.value.text("zh") == "F01：无法识别文件编码。"


def test_words_that_look_missing_stay_words_and_only_the_empty_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\nNA,\nnull,x\n")
    frame = read_table(path).frame
    assert frame["a"].tolist() == ["NA", "null"]
    assert frame["b"].isna().tolist() == [True, False]


def test_geojson_properties_become_text_and_nested_ones_get_dotted_names(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    feature = {
        "type": "Feature",
        "properties": {"adcode": 140322, "beat": "0713", "parent": {"adcode": 140300}, "no": None},
        "geometry": {"type": "Point", "coordinates": [113.4, 38.1]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    table = read_table(path)
    assert [table.frame[name].iloc[0] for name in ("adcode", "beat", "parent.adcode")] == [
        "140322", "0713", "140300",
    ]  # fmt: skip
    assert table.frame["no"].isna().all()
    assert table.geometry is not None
    assert table.geometry[0] == shapely.Point(113.4, 38.1)


def test_a_feature_without_geometry_is_a_row_without_shape(tmp_path: Path) -> None:
    path = tmp_path / "t.geojson"
    features = [{"type": "Feature", "properties": {"code": "1"}, "geometry": None}]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    table = read_table(path)
    assert table.rows == 1
    assert table.geometry is not None
    assert shapely.is_missing(table.geometry).all()


def test_parquet_keeps_its_types_and_geoparquet_its_shapes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"code": ["007"], "when": pd.to_datetime(["2020-01-01 08:00"])})
    frame.to_parquet(tmp_path / "a.parquet")
    table = read_table(tmp_path / "a.parquet")
    assert table.frame["code"].tolist() == ["007"]
    assert table.frame["when"].dtype.kind == "M"
    shapes = gpd.GeoDataFrame(frame, geometry=[shapely.Point(1, 2)], crs=4326)
    shapes.to_parquet(tmp_path / "b.parquet")
    geometry = read_table(tmp_path / "b.parquet").geometry
    assert geometry is not None
    assert geometry[0] == shapely.Point(1, 2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.json", b"{not json"),
        ("t.json", b'{"type": "Feature"}'),
        ("t.parquet", b"PAR1 but no more"),
        ("t.csv.gz", b"not gzip"),
        ("t.csv", b"a,b\n1,2,3,4\n"),
    ],
)
def test_a_damaged_file_is_named_in_both_languages(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=name) as damaged:
        read_table(path)
    assert "已损坏" in damaged.value.text("zh")


def test_other_kinds_of_files_and_missing_ones_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not CSV, XLSX"):
        read_table(tmp_path / "a.xls")
    with pytest.raises(UsageError, match="Cannot open"):
        content_hash(tmp_path / "no.csv")


def test_the_content_hash_is_the_sha256_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    assert content_hash(path) == hashlib.sha256(b"abc").hexdigest()
