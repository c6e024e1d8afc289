"""A streak follows an area through a new code, and stops where areas merge or split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.models.test_zero_streaks import streak

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

AS_OF = "2020-08-19"


@pytest.fixture
def recoded(zero_world: type[ZeroWorld]) -> ZeroWorld:
    """Give village "old", since 2010-08-19, that is "new" from 2019-08-19 on."""
    world = zero_world.assumed()
    world.subject("old", registered_on="2010-08-19", deregistered_on="2019-08-19")
    world.subject("new", registered_on="2019-08-19")
    return world.became("old", "new", "2019-08-19")


def test_a_new_code_does_not_begin_a_new_streak(recoded: ZeroWorld) -> None:
    assert streak(recoded.streaks(AS_OF), "new") == (3653, True)


def test_a_break_under_the_old_code_still_ends_the_streak(recoded: ZeroWorld) -> None:
    recoded.incident("case", "2019-08-09", area_code="old")
    streaks = recoded.streaks(AS_OF)
    assert streak(streaks, "new") == (376, False)
    assert streak(streaks, "new", "accident") == (3653, True)
    row = streaks[(streaks["subject_id"] == "new") & (streaks["stream"] == "case")]
    assert str(row["last_break"].iloc[0])[:10] == "2019-08-09"


@pytest.mark.parametrize(("day", "days"), [("2019-08-19", 366), ("2020-08-18", 1)])
def test_a_break_under_the_new_code_ends_it_there_even_on_the_first_day(
    recoded: ZeroWorld, day: str, days: int
) -> None:
    recoded.incident("case", day, area_code="new")
    recoded.incident("case", "2019-01-01", area_code="old")
    assert streak(recoded.streaks(AS_OF), "new") == (days, False)


def test_a_code_replaced_twice_is_followed_all_the_way_back(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed()
    world.subject("c", registered_on="2020-01-01")
    world.subject("b", registered_on="2015-01-01", deregistered_on="2020-01-01")
    world.subject("a", registered_on="2010-08-19", deregistered_on="2015-01-01")
    world.became("b", "c", "2020-01-01").became("a", "b", "2015-01-01", "rename")
    assert streak(world.streaks(AS_OF), "c") == (3653, True)


def test_a_streak_stops_at_a_merge_and_at_a_split(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed()
    for code in ("a", "b", "whole"):
        world.subject(code, registered_on="2010-08-19", deregistered_on="2019-08-19")
    for code in ("merged", "left", "right"):
        world.subject(code, registered_on="2019-08-19")
    world.became("a", "merged", "2019-08-19", "merge").became("b", "merged", "2019-08-19", "merge")
    world.became("whole", "left", "2019-08-19", "split")
    world.became("whole", "right", "2019-08-19", "split")
    streaks = world.streaks(AS_OF)
    assert [streak(streaks, code) for code in ("merged", "left", "right")] == [(366, True)] * 3


def test_a_streak_stops_where_nobody_was_registered_in_between(recoded: ZeroWorld) -> None:
    recoded.subjects[1]["registered_on"] = "2019-08-20"
    assert streak(recoded.streaks(AS_OF), "new") == (365, True)


def test_before_the_day_of_the_new_code_nothing_is_followed(recoded: ZeroWorld) -> None:
    streaks = recoded.streaks("2019-08-18")
    assert streaks["subject_id"].unique().tolist() == ["old"]
    assert streak(streaks, "old") == (3286, True)


@pytest.mark.parametrize(
    ("old_until", "new_from", "days"),
    [
        ("2020-02-01", "2020-02-01", 262),  # the new code reported for the month of the change
        ("2020-02-01", "2020-03-01", 171),  # nobody did: the streak begins in March
        ("2020-01-01", "2020-02-01", 200),  # under the old code January is missing
    ],
)
def test_reports_carry_a_streak_over_the_month_of_the_change(
    zero_world: type[ZeroWorld], old_until: str, new_from: str, days: int
) -> None:
    world = zero_world()
    world.subject("old", registered_on="2010-01-01", deregistered_on="2020-02-15")
    world.subject("new", registered_on="2020-02-15").became("old", "new", "2020-02-15")
    world.report("old", "2019-12-01", old_until, streams=["case"])
    world.report("new", new_from, "2020-08-01", streams=["case"])
    assert streak(world.streaks(AS_OF), "new")[0] == days
