"""Times as people write them, in any zone, on days of 23 and 25 hours."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.intake.times import parse_days, parse_moments

SHANGHAI, CHICAGO = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    "written",
    [
        "2020-04-03 08:05", "2020-04-03T08:05:00", "2020-4-3 8:05", "2020/4/3 8:05:00",
        "2020年4月3日 8时5分", "2020年4月3日8点05分", "２０２０年４月３日　０８：０５",
        "2020年4月3日 8时05分", "2020.4.3 8:05", "43924.3368055556",
        "４３９２４.３３６８０５５５５６",
        "2020-04-03T00:05:00Z", "2020-04-03T08:05+08:00", "20200403080500", " 2020-04-03 08:05 ",
    ],
)  # fmt: skip
def test_five_past_eight_in_shanghai_however_written(written: str) -> None:
    made = parse_moments(pd.Series([written]), zone=SHANGHAI)
    assert made.utc[0] == pd.Timestamp("2020-04-03 00:05", tz="UTC")
    assert not made.unreadable[0]
    assert not made.date_only[0]
    assert made.naive[0] == ("Z" not in written and "+" not in written)


@pytest.mark.parametrize(
    "written",
    [
        "2020-04-03", "2020年4月3日", "20200403", "2020.04.03", "2020.4.3", "2020/4/3", "43924",
        "43924.0", "２０２０／４／３",
    ],
)  # fmt: skip
def test_a_bare_date_is_local_midnight_and_says_so(written: str) -> None:
    made = parse_moments(pd.Series([written]), zone=SHANGHAI)
    assert made.utc[0] == pd.Timestamp("2020-04-02 16:00", tz="UTC")
    assert made.date_only[0]


@pytest.mark.parametrize(
    "written",
    ["yesterday", "2020-13-01", "2020-04", "2020", "31/31/2020", "19999", "80000", "143924"],
)
def test_what_names_no_day_is_unreadable(written: str) -> None:
    made = parse_moments(pd.Series([written, None]), zone=SHANGHAI)
    assert made.unreadable.tolist() == [True, False]
    assert made.utc.isna().all()


def test_month_first_dates_are_read_only_where_the_recipe_says_so() -> None:
    written = pd.Series(["11/02/2014 05:57:00 AM"])
    assert parse_moments(written, zone=CHICAGO).unreadable[0]
    made = parse_moments(written, zone=CHICAGO, formats=["%m/%d/%Y %I:%M:%S %p"])
    # 2 November 2014 is the day summer time ended: 05:57 is already standard time, UTC-6.
    assert made.utc[0] == pd.Timestamp("2014-11-02 11:57", tz="UTC")


def test_an_hour_that_occurs_twice_is_the_first_and_a_skipped_one_moves_forward() -> None:
    written = pd.Series(["2014-11-02 01:30", "2014-03-09 02:30"])
    made = parse_moments(written, zone=CHICAGO)
    assert made.utc.tolist() == [
        pd.Timestamp("2014-11-02 06:30", tz="UTC"),
        pd.Timestamp("2014-03-09 08:00", tz="UTC"),
    ]


def test_a_column_of_midnights_holds_dates_but_one_midnight_is_a_time() -> None:
    dates = pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02"]))
    assert parse_moments(dates, zone=SHANGHAI).date_only.all()
    times = pd.Series(pd.to_datetime(["2020-01-01 00:00", "2020-01-02 10:00"]))
    assert not parse_moments(times, zone=SHANGHAI).date_only.any()


def test_a_moment_with_zone_gives_the_local_day() -> None:
    days, unreadable = parse_days(pd.Series(["2020-04-03T20:00:00Z", "x-no-day"]), zone=SHANGHAI)
    assert days[0] == pd.Timestamp("2020-04-04")
    assert unreadable.tolist() == [False, True]


@given(st.datetimes(datetime(1992, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - no zone, as written
def test_iso_text_agrees_with_pythons_own_zone_arithmetic(moment: datetime) -> None:
    written = moment.isoformat(sep=" ", timespec="seconds")
    made = parse_moments(pd.Series([written]), zone=SHANGHAI).utc[0]
    assert made == pd.Timestamp(moment.replace(microsecond=0, tzinfo=SHANGHAI))


@given(st.integers(20_000, 79_999), st.integers(0, 86_399))
def test_a_spreadsheets_day_number_counts_from_the_end_of_1899(day: int, second: int) -> None:
    made = parse_moments(pd.Series([f"{day + second / 86_400:.10f}"]), zone=ZoneInfo("UTC"))
    begin = pd.Timestamp("1899-12-30", tz="UTC")
    assert made.utc[0] == begin + pd.Timedelta(days=day, seconds=second)
    assert made.date_only[0] == (second == 0)
