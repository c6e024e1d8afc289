"""The petition clock, day by day, and who may stand outside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.window import Window
from models.zero.petitions import broken_on, clocks, due_on, exclusions, is_excluded

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

DAY_0 = date(2020, 1, 1)
HIGHER = {
    "requires_higher_authority": True,
    "exemption_reason": "provincial land register",
    "exemption_proposer": "township office",
    "exemption_approver": "county commission",
}


def day(number: int) -> str:
    return (DAY_0 + timedelta(days=number)).isoformat()


def daily(world: ZeroWorld, start: int, end: int, *, as_of: int) -> list[str]:
    """Give the petition status of the days `[start, end)`, one window per day."""
    days = [DAY_0 + timedelta(days=number) for number in range(start, end)]
    windows = [Window(each, each + timedelta(days=1)) for each in days]
    status = world.status(*windows, as_of=day(as_of))
    return status[status["stream"] == "petition"]["status"].tolist()


@pytest.mark.parametrize(
    ("closed", "broken"), [(59, None), (60, None), (61, 61), (90, 61), (None, 61)]
)
def test_a_matter_resolved_by_day_60_keeps_the_zero_and_one_day_later_breaks_day_61(
    zero_world: type[ZeroWorld], closed: int | None, broken: int | None
) -> None:
    closed_on = None if closed is None else day(closed)
    world = zero_world.assumed().subject("a").petition("a", day(0), closed_on=closed_on)
    found = daily(world, 0, 100, as_of=100)
    assert [n for n, word in enumerate(found) if word == "broken"] == ([broken] if broken else [])
    assert set(found) <= {"zero_reported", "broken"}  # open inside its clock is never a question


def test_an_open_matter_breaks_on_day_61_and_not_before_it_is_there(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world.assumed().subject("a").petition("a", day(0))
    assert "broken" not in daily(world, 0, 61, as_of=60)
    assert daily(world, 61, 62, as_of=61) == ["broken"]


def test_an_approved_extension_adds_thirty_days(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a").petition("a", day(0), extended=True)
    found = daily(world, 0, 100, as_of=100)
    assert [n for n, word in enumerate(found) if word == "broken"] == [91]


def test_a_stated_due_day_may_shorten_the_clock_but_never_lengthen_it(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world.assumed().petition("a", day(0), due_on=day(15))
    world.petition("a", day(0), due_on=day(400))
    dues = due_on(world.frames()["petitions"], world.rules)
    assert dues.tolist() == [pd.Timestamp(day(15)), pd.Timestamp(day(60))]


def test_closing_a_file_unresolved_does_not_stop_the_clock(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().petition("a", day(0), closed_on=day(9), outcome="unresolved")
    breaks = broken_on(world.frames()["petitions"], world.rules)
    assert breaks.tolist() == [pd.Timestamp(day(61))]


def test_an_approved_higher_authority_matter_is_excluded_and_listed(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world.assumed().subject("a").petition("a", day(0), **HIGHER)
    assert "broken" not in daily(world, 0, 100, as_of=100)
    (row,) = exclusions(world.frames()["petitions"]).to_dict("records")
    assert (row["area_code"], row["excluded"], row["verdict"]) == ("a", True, "approved")
    assert (row["reason"], row["approver"]) == ("provincial land register", "county commission")


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"exemption_reason": " "}, "no_reason"),
        ({"exemption_approver": None}, "no_approver"),
        ({"exemption_proposer": None}, "no_proposer"),
        ({"exemption_approver": "township office "}, "same_person"),
    ],
)
def test_the_flag_alone_excludes_nothing_but_is_listed_with_its_fault(
    zero_world: type[ZeroWorld], changed: dict[str, Any], verdict: str
) -> None:
    world = zero_world.assumed().subject("a").petition("a", day(0), **{**HIGHER, **changed})
    assert daily(world, 61, 62, as_of=100) == ["broken"]
    listed = exclusions(world.frames()["petitions"])
    assert listed["verdict"].tolist() == [verdict]
    assert not listed["excluded"].any()


def test_a_matter_without_the_flag_is_not_listed(zero_world: type[ZeroWorld]) -> None:
    petitions = zero_world.assumed().petition("a", day(0)).frames()["petitions"]
    assert exclusions(petitions).empty
    assert not is_excluded(petitions).any()


def test_the_clock_says_where_each_matter_stands(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed()
    world.petition("open", day(30)).petition("late", day(0)).petition("future", day(71))
    world.petition("done", day(0), closed_on=day(60))
    world.petition("done late", day(0), closed_on=day(65))
    world.petition("higher", day(0), **HIGHER)
    table = clocks(world.frames()["petitions"], world.rules, as_of=date.fromisoformat(day(70)))
    assert table["state"].tolist() == ["open", "overdue", "resolved", "resolved_late", "excluded"]
    assert table["days_left"].tolist() == [20, -10, -10, -10, -10]
    assert table["broken_on"].isna().tolist() == [True, False, True, False, True]


@settings(max_examples=30, deadline=None)
@given(
    accepted=st.integers(0, 60),
    closed=st.none() | st.integers(0, 120),
    as_of=st.integers(0, 60),
)
def test_no_matter_breaks_before_its_sixty_days_have_passed(
    zero_world: type[ZeroWorld], accepted: int, closed: int | None, as_of: int
) -> None:
    world = zero_world.assumed().subject("a")
    closed_on = None if closed is None else day(max(closed, accepted))
    world.petition("a", day(accepted), closed_on=closed_on)
    assert "broken" not in daily(world, 0, as_of + 1, as_of=as_of)
