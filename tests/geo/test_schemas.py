"""Tables: exact in names and types, lenient about missing, and no person fits in."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import CRSError, SchemaError
from geo.schemas import TABLES, columns_of, conform, entity_schema, key_of, validate
from geo.schemas.base import PROVENANCE
from geo.schemas.personal import personal_columns
from geo.vocabulary import Entity

ENTITIES = list(Entity)
NAMED = {Entity.AREA, Entity.UNIT, Entity.CAMERA, Entity.GROUND, Entity.FEED}
TEXT = pd.StringDtype(na_value=np.nan)


def bare(entity: str, rows: int = 2) -> pd.DataFrame:
    """Build a frame that has nothing but its keys."""
    return pd.DataFrame({key_of(entity): [f"k{i}" for i in range(rows)]})


def with_gap(value: Any) -> pd.Series:
    """Build a column of one value and one missing."""
    return pd.Series([value, None], dtype=object)


def test_every_entity_of_the_ledger_has_a_table() -> None:
    assert set(TABLES) == set(Entity)
    assert entity_schema("case").__name__ == "Cases"


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_table_can_hold_a_natural_person(entity: Entity) -> None:
    assert personal_columns([key_of(entity), *columns_of(entity)], entity) == []


@pytest.mark.parametrize("entity", sorted(set(ENTITIES) - NAMED))
def test_only_places_and_feeds_have_a_name(entity: Entity) -> None:
    assert not {"name", "address", "名称"} & set(columns_of(entity))


def test_a_petition_has_no_coordinates_and_no_parties() -> None:
    columns = set(columns_of("petition"))
    assert not columns & {"lon", "lat", "x_m", "y_m", "geometry", "unit_id", "petitioner"}
    with pytest.raises(SchemaError, match="knows no column lat, lon"):
        conform(bare("petition").assign(lon=113.4, lat=38.0), "petition")


@pytest.mark.parametrize("entity", ENTITIES)
def test_keys_alone_become_a_whole_valid_table(entity: Entity) -> None:
    for rows in (0, 2):
        made = conform(bare(entity, rows), entity)
        assert made.dtypes.to_dict() == columns_of(entity)
        assert made.index.name == key_of(entity)
        assert made.index.dtype == "str"
        assert not set(made.columns) & set(PROVENANCE)
    flags = [name for name, dtype in columns_of(entity).items() if str(dtype) == "bool"]
    assert not made[flags].any(axis=None)
    assert made.drop(columns=flags).isna().all(axis=None)


@pytest.mark.parametrize("entity", ENTITIES)
def test_conforming_twice_changes_nothing(entity: Entity) -> None:
    once = conform(bare(entity), entity)
    pd.testing.assert_frame_equal(conform(once, entity), once)


def test_columns_come_in_the_order_of_the_table_with_their_origin_last() -> None:
    moments = pd.to_datetime(["2020-01-01T00:00Z", "2020-01-02T00:00Z"])
    frame = bare("unit").assign(seq=[1, 2], known_at=moments, lat=1.0, name="x", lon=2.0)
    made = conform(frame, "unit")
    assert list(made.columns) == [*columns_of("unit"), "seq", "known_at"]
    assert made["seq"].dtype == np.int64
    assert str(made["known_at"].dtype) == "datetime64[us, UTC]"


def test_what_a_ledger_writes_as_text_comes_back_as_days_and_moments() -> None:
    frame = bare("case").assign(
        filed_on=with_gap("2020-04-03"),
        occurred_from=["2020-04-03T07:30:00+08:00", "2020-04-03T00:00:00Z"],
    )
    made = conform(frame, "case")
    assert made["filed_on"].iloc[0] == pd.Timestamp(2020, 4, 3)
    assert pd.isna(made["filed_on"].iloc[1])
    assert made["occurred_from"].tolist() == [
        pd.Timestamp("2020-04-02T23:30Z"),
        pd.Timestamp("2020-04-03T00:00Z"),
    ]


def test_an_unstated_flag_is_no_but_an_unknown_state_stays_unknown() -> None:
    petition = conform(bare("petition").assign(extended=with_gap(True)), "petition")
    assert petition["extended"].tolist() == [True, False]
    camera = conform(bare("camera").assign(online=with_gap(False)), "camera")
    assert camera["online"].tolist() == [False, pd.NA]


@pytest.mark.parametrize(
    ("entity", "column", "values", "said"),
    [
        ("case", "area_code", [32.0, 33.0], "32.0 is no code"),
        ("case", "occurred_from", pd.to_datetime(["2020-01-01"] * 2), "without a time zone"),
        ("case", "occurred_from", ["2020-01-01 10:00"] * 2, "without a time zone"),
        ("case", "filed_on", pd.to_datetime(["2020-01-01T20:00Z"] * 2), "civil days are needed"),
        ("unit", "lon", ["east", "west"], "cannot become float64"),
        ("case", "filed_on", ["2020-13-01", "x"], "cannot become"),
        ("camera", "online", ["yes", "no"], "cannot become boolean"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_column(
    entity: str, column: str, values: Any, said: str
) -> None:
    with pytest.raises(SchemaError, match=said) as caught:
        conform(bare(entity).assign(**{column: values}), entity)
    assert column in str(caught.value)
    assert column in caught.value.text("zh")


def test_a_table_without_its_key_or_with_a_gap_in_it_is_refused() -> None:
    with pytest.raises(SchemaError, match="key unit_id is missing"):
        conform(pd.DataFrame({"name": ["x"]}), "unit")
    with pytest.raises(SchemaError, match="1 rows have no unit_id"):
        conform(pd.DataFrame({"unit_id": ["a", None]}), "unit")


def test_geometry_is_kept_in_wgs84_and_refused_in_anything_else() -> None:
    squares = [shapely.box(0, 0, 1, 1), None]
    made = conform(gpd.GeoDataFrame(bare("area"), geometry=squares, crs=4326), "area")
    assert isinstance(made, gpd.GeoDataFrame)
    assert made.crs.to_epsg() == 4326
    assert made.geometry.iloc[1] is None
    for crs in (None, "EPSG:4547"):
        with pytest.raises(CRSError, match="geometry_to_wgs84"):
            conform(gpd.GeoDataFrame(bare("area"), geometry=squares, crs=crs), "area")


@pytest.mark.parametrize(
    ("entity", "column", "value"),
    [
        ("case", "lat", 91.0),
        ("case", "review", "maybe"),
        ("case", "loc_precision", "roughly"),
        ("accident", "deaths", -1.0),
        ("camera", "azimuth_deg", 361.0),
        ("hazard", "severity", "huge"),
        ("report", "stream", "murder"),
        ("area", "path", "140322"),
    ],
)
def test_a_value_out_of_range_is_named_by_column_and_never_shown(
    entity: str, column: str, value: Any
) -> None:
    with pytest.raises(SchemaError) as caught:
        validate(bare(entity).assign(**{column: [value, None]}), entity)
    assert f"{column} (1)" in str(caught.value)
    assert str(value) not in str(caught.value)


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_key_stands_once(entity: Entity) -> None:
    twice = pd.concat([bare(entity, 1), bare(entity, 1)])
    with pytest.raises(SchemaError, match="keys repeated"):
        validate(twice, entity)


def test_headers_are_compared_whole_without_case_spaces_and_punctuation() -> None:
    headers = ["Phone Number", "ＩＭＥＩ", "home-address", "身份证 号", "phone box", "station name"]
    assert personal_columns(headers, "case") == headers[:4]


def test_a_unit_may_have_a_name_an_incident_may_not() -> None:
    headers = ["name", "名称", "Address", "姓名"]
    assert personal_columns(headers, "unit") == ["姓名"]
    assert personal_columns(headers, "case") == headers


@pytest.mark.parametrize(
    "header",
    [
        "姓名",
        "身份证",
        "电话",
        "住址",
        "车牌",
        "人脸",
        "民族",
        "宗教",
        "病史",
        "IMEI",
        "MAC",
        "微信",
    ],
)
@pytest.mark.parametrize("entity", ENTITIES)
def test_the_forbidden_headers_are_forbidden_everywhere(entity: Entity, header: str) -> None:
    assert personal_columns([header], entity) == [header]
