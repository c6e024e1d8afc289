"""Only cases and accidents with a point may enter a risk model, and nothing about people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo.errors import CRSError, GrievanceError, SchemaError
from models.risk_incidents import COLUMNS, RiskIncidents, risk_incidents

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

METRIC = "EPSG:32650"


def records(n: int = 1, **columns: Any) -> pd.DataFrame:
    """Make incident records as a store hands them out, at 113.4° E 38.1° N."""
    moment = pd.Timestamp("2020-08-18 13:30", tz="UTC")
    defaults: dict[str, Any] = {
        "stream": "case",
        "category": "theft",
        "occurred_from": moment,
        "reported_at": moment,
        "time_precision": "minute",
        "lon": 113.4,
        "lat": 38.1,
        "loc_precision": "point",
        "discovery_source": "citizen_report",
        "review": "confirmed",
    }
    index = pd.Index([f"I{i}" for i in range(n)], name="incident_id")
    return pd.DataFrame(defaults | columns, index=index)


def taken(frame: pd.DataFrame, zone: ZoneInfo, **options: Any) -> RiskIncidents:
    return risk_incidents(frame, crs=METRIC, zone=zone, **options)


@pytest.mark.parametrize("stream", ["petition", "dispute", "any_other"])
def test_a_petition_or_dispute_among_the_rows_is_refused(stream: str, zone: ZoneInfo) -> None:
    with pytest.raises(GrievanceError, match=stream) as caught:
        taken(records(2, stream=["case", stream]), zone)
    assert "信访" in caught.value.text("zh")


@pytest.mark.parametrize("name", ["petition_id", "dispute_id"])
def test_a_frame_keyed_by_petitions_or_disputes_is_refused(name: str, zone: ZoneInfo) -> None:
    with pytest.raises(GrievanceError, match=name):
        taken(records().rename_axis(name), zone)


def test_a_frame_with_a_petition_s_columns_is_refused_though_it_calls_itself_cases(
    zone: ZoneInfo,
) -> None:
    with pytest.raises(GrievanceError, match="accepted_on"):
        taken(records(accepted_on=pd.Timestamp("2020-08-18")), zone)


def test_the_steps_that_lead_a_petition_on_are_refused(zone: ZoneInfo) -> None:
    with pytest.raises(GrievanceError, match="about_key"):
        taken(records(about="petition", about_key="P1"), zone)


def test_the_type_itself_refuses_a_petition(make_incidents: Callable[..., RiskIncidents]) -> None:
    with pytest.raises(GrievanceError):
        make_incidents([(0, 0, "2020-01-01")], stream="petition")


def test_the_type_refuses_any_further_column(make_incidents: Callable[..., RiskIncidents]) -> None:
    frame = make_incidents([(0, 0, "2020-01-01")]).frame.assign(ethnicity="x")
    with pytest.raises(SchemaError, match="nothing else"):
        RiskIncidents(frame, CRS(METRIC))


def test_rows_without_a_point_are_left_out_and_counted(zone: ZoneInfo) -> None:
    found = taken(
        records(
            6,
            loc_precision=["point", "area", "withheld", "point", "point", "point"],
            lon=[113.4, 113.4, 113.4, np.nan, 113.4, 113.4],
            review=["confirmed"] * 4 + ["rejected", "duplicate"],
        ),
        zone,
    )
    assert len(found) == 1
    assert found.left_out == {"no_point": 2, "review": 2, "withheld": 1}


def test_a_withheld_row_stays_out_even_with_coordinates(zone: ZoneInfo) -> None:
    assert len(taken(records(loc_precision="withheld", lon=113.4, lat=38.1), zone)) == 0


def test_what_patrols_and_cameras_found_stays_out_unless_asked_for(zone: ZoneInfo) -> None:
    sources = ["citizen_report", "patrol_discovered", "camera_review", "unknown"]
    frame = records(4, discovery_source=sources)
    by_default, all_of_them = taken(frame, zone), taken(frame, zone, include_discovered=True)
    assert by_default.left_out == {"discovered": 2}
    assert len(by_default) == 2
    assert len(all_of_them) == 4


def test_the_share_of_unknown_discovery_is_kept_and_printed(zone: ZoneInfo) -> None:
    found = taken(
        records(4, discovery_source=["unknown", None, "citizen_report", "transfer"]), zone
    )
    assert found.unknown_share == 0.5
    assert "for 50.0 % it is unknown" in found.note()
    assert "50.0% 的发现方式不明" in found.note("zh")


def test_times_are_local_and_places_metric(zone: ZoneInfo) -> None:
    row = taken(records(), zone).frame.iloc[0]
    assert row["occurred"] == pd.Timestamp("2020-08-18 21:30")  # 13:30 UTC in Shanghai
    # Zone 50 has its meridian at 117° E: 3.6° west of it, about 315 km from 500 km.
    assert row["x_m"] == pytest.approx(500_000 - 315_600, abs=1_000)


def test_degrees_and_feet_are_refused(zone: ZoneInfo) -> None:
    for crs in ("EPSG:4326", "EPSG:3435"):
        with pytest.raises(CRSError, match="metres"):
            risk_incidents(records(), crs=crs, zone=zone)


def test_a_missing_column_is_named(zone: ZoneInfo) -> None:
    with pytest.raises(SchemaError, match="loc_precision"):
        taken(records().drop(columns="loc_precision"), zone)


def test_an_empty_frame_gives_empty_incidents(zone: ZoneInfo) -> None:
    found = taken(records(0), zone)
    assert len(found) == 0
    assert found.begins is None
    assert "0 cases" in found.note()


def test_seen_holds_what_had_happened_and_been_reported_by_the_end_of_the_day(
    make_incidents: Callable[..., RiskIncidents],
) -> None:
    days = ["2020-01-01 23:59", "2020-01-02", "2020-01-01 12:00"]
    reported = pd.to_datetime([days[0], days[1], "2020-01-05"], format="ISO8601")
    found = make_incidents([(0, 0, day) for day in days], reported=reported)
    assert found.seen(date(2020, 1, 1)).frame["occurred"].tolist() == [pd.Timestamp(days[0])]
    assert len(found.seen(date(2020, 1, 5))) == 3


def test_a_filter_does_not_move_the_begin_of_the_record(
    make_incidents: Callable[..., RiskIncidents],
) -> None:
    rows = [(0.0, 0.0, "2020-01-01"), (0.0, 0.0, "2020-06-01")]
    found = make_incidents(rows, category=["theft", "fraud"])
    assert found.only(category="fraud").begins == date(2020, 1, 1)
    assert len(found.only(category="fraud", stream="case")) == 1
    assert len(found.only(stream="accident")) == 0


@settings(max_examples=30, deadline=None)
@given(
    days=st.lists(st.integers(0, 400), min_size=1, max_size=30),
    cut=st.integers(0, 400),
    length=st.integers(1, 100),
)
def test_a_window_holds_exactly_its_days(
    days: list[int], cut: int, length: int, make_incidents: Callable[..., RiskIncidents]
) -> None:
    first = np.datetime64("2020-01-01")
    rows = [(0.0, 0.0, str(first + day)) for day in days]
    as_of = (first + cut).astype(object)
    found = make_incidents(rows).last(length, as_of=as_of)
    assert len(found) == sum(cut - length < day <= cut for day in days)


def test_columns_hold_places_times_and_kinds_only() -> None:
    assert set(COLUMNS) == {
        *("x_m", "y_m", "occurred", "reported", "time_precision"),
        *("category", "stream", "discovery_source"),
    }
