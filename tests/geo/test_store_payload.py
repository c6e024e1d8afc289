"""Payloads are canonical: the same facts give the same bytes, whoever writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.schemas import conform
from geo.store import payload
from geo.store.moments import moment_of
from geo.store.payload import frame_from_payloads, payloads

MICROSECONDS = st.integers(-631_152_000_000_000, 4_070_908_800_000_000)  # 1950 to 2099
MOMENTS = st.none() | MICROSECONDS.map(moment_of)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "category": st.none() | st.text(max_size=5),
            "lon": st.none() | st.floats(-180, 180),
            "occurred_from": MOMENTS,
            "filed_on": st.none() | st.dates(),
            "sensitive_location": st.booleans(),
        }
    ),
    min_size=1,
    max_size=6,
)


def frame_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    columns["occurred_from"] = pd.Series(
        columns["occurred_from"], dtype="datetime64[us, UTC]"
    ).array
    columns["filed_on"] = [None if day is None else day.isoformat() for day in columns["filed_on"]]
    index = pd.Index([f"c{n}" for n in range(len(rows))], name="incident_id")
    return conform(pd.DataFrame(columns, index=index), "case")


def naive(row: dict[str, Any]) -> bytes:
    """Write one row with nothing but the standard library."""
    facts = {name: value for name, value in row.items() if value is not None}
    if "occurred_from" in facts:
        moment = facts["occurred_from"]
        fine = "%Y-%m-%dT%H:%M:%S.%fZ" if moment.microsecond else "%Y-%m-%dT%H:%M:%SZ"
        facts["occurred_from"] = moment.strftime(fine)
    if "filed_on" in facts:
        facts["filed_on"] = facts["filed_on"].isoformat()
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.fixture(autouse=True, scope="module")
def small_portions() -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(payload, "AT_ONCE", 4)
        yield


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_payloads_equal_what_the_standard_library_writes(rows: list[dict[str, Any]]) -> None:
    for written, row in zip(payloads(frame_of(rows)), rows, strict=True):
        if row["lon"] is None or abs(row["lon"]) > 1e-4 or row["lon"] == 0:
            assert written == naive(row)
        assert json.loads(written) == json.loads(naive(row))


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_payloads_read_back_are_the_frame_they_came_from(rows: list[dict[str, Any]]) -> None:
    frame = frame_of(rows)
    read = frame_from_payloads(list(payloads(frame)))
    read.index = frame.index
    pd.testing.assert_frame_equal(conform(read, "case"), frame)


def test_what_the_ledger_says_itself_is_not_part_of_a_payload() -> None:
    frame = pd.DataFrame({"seq": [1], "path": ["/1/"], "name": ["a"]})
    assert list(payloads(frame)) == [b'{"name":"a"}']


def test_a_row_of_which_nothing_is_known_is_an_empty_object() -> None:
    assert list(payloads(pd.DataFrame({"name": [None, "a"]}))) == [b"{}", b'{"name":"a"}']
    assert list(payloads(pd.DataFrame(index=["k1", "k2"]))) == [b"{}", b"{}"]


def test_geometry_is_little_endian_wkb_in_hex() -> None:
    shapes = gpd.GeoSeries([shapely.Point(1, 2), None], crs="EPSG:4326")
    frame = gpd.GeoDataFrame({"level": ["village", None]}, geometry=shapes)
    first, second = map(json.loads, payloads(frame))
    assert first["geometry"].lower() == "0101000000000000000000f03f0000000000000040"
    assert second == {}


def test_moments_of_one_column_may_differ_in_their_fineness() -> None:
    start = datetime(2020, 2, 10, 4, tzinfo=UTC)
    late = start + timedelta(microseconds=7)
    moments = pd.Series([start, late, None], dtype="datetime64[us, UTC]")
    read = [json.loads(body) for body in payloads(pd.DataFrame({"at": moments}))]
    assert read == [{"at": "2020-02-10T04:00:00Z"}, {"at": "2020-02-10T04:00:00.000007Z"}, {}]


def test_numbers_keep_every_digit_and_whole_ones_stay_whole() -> None:
    third = 1 / 3
    frame = pd.DataFrame({"f": [third, np.nan], "i": np.array([2**53 + 1, 0])})
    assert [json.loads(body) for body in payloads(frame)] == [
        {"f": third, "i": 2**53 + 1},
        {"i": 0},
    ]
