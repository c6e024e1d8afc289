"""Since when: streaks counted by hand, and where they must stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from models.zero.streaks import print_streak

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld


def streak(streaks: pd.DataFrame, subject: str, stream: str = "case") -> tuple[int, bool]:
    chosen = streaks[(streaks["subject_id"] == subject) & (streaks["stream"] == stream)]
    ((days, open_ended),) = chosen[["streak_days", "open_ended"]].itertuples(index=False)
    return int(days), bool(open_ended)


def printed(streaks: pd.DataFrame, subject: str, language: str = "en") -> str:
    days, open_ended = streak(streaks, subject)
    return print_streak(days, open_ended=open_ended, language=language)


@pytest.mark.parametrize("assumed", [True, False])
def test_a_village_observed_for_ten_years_without_an_event_has_at_least_3653_days(
    zero_world: type[ZeroWorld], assumed: bool
) -> None:
    world = zero_world.assumed() if assumed else zero_world()
    world.subject("a", registered_on="2010-08-19").report("a", "2010-08-01", "2020-08-01")
    streaks = world.streaks("2020-08-19")
    assert printed(streaks, "a") == "≥ 3653 days"
    assert printed(streaks, "a", "zh") == "≥ 3653 天"


def test_a_break_ends_the_streak_and_its_sign(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a")
    for day in ("2020-05-01", "2020-06-10", "2020-03-03"):
        world.incident("case", day, area_code="a")
    streaks = world.streaks("2020-06-22")
    assert printed(streaks, "a") == "12 days"
    chosen = streaks[streaks["stream"] == "case"]
    assert chosen["last_break"].tolist() == [pd.Timestamp("2020-06-10")]
    assert streaks[streaks["stream"] == "accident"]["last_break"].isna().all()


def test_a_break_today_leaves_no_day(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a").incident("case", "2020-06-10", area_code="a")
    assert streak(world.streaks("2020-06-10"), "a") == (0, False)
    assert streak(world.streaks("2020-06-11"), "a") == (1, False)
    assert printed(world.streaks("2020-06-11"), "a") == "1 day"


def test_a_break_after_as_of_is_not_known_to_the_streak(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a", registered_on="2020-06-01")
    world.incident("case", "2020-06-10", area_code="a")
    assert streak(world.streaks("2020-06-09"), "a") == (8, True)


def test_a_month_nobody_reported_ends_the_streak_but_is_no_break(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a")
    world.report("a", "2020-01-01", "2020-05-01").report("a", "2020-06-01", "2020-08-01")
    # May is silent: from 1 June to 18 August are 78 days.
    assert streak(world.streaks("2020-08-18"), "a") == (78, True)


def test_a_break_after_the_silent_month_gives_exact_days(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").incident("case", "2020-06-01", area_code="a")
    world.report("a", "2020-06-01", "2020-08-01")
    assert streak(world.streaks("2020-08-18"), "a") == (78, False)


def test_a_broken_month_is_assessed_even_without_a_report(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").incident("case", "2020-05-31", area_code="a")
    world.report("a", "2020-06-01", "2020-08-01")
    assert streak(world.streaks("2020-08-18"), "a") == (79, False)


def test_a_running_month_that_is_not_assessed_leaves_no_streak(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a").report("a", "2020-01-01", "2020-07-01")
    assert streak(world.streaks("2020-08-18"), "a") == (0, True)


def test_an_open_question_does_not_stop_a_streak(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a", registered_on="2020-01-01")
    world.incident("case", "2020-01-05", area_code="a", review="reported")
    assert streak(world.streaks("2020-01-11"), "a") == (10, True)


def test_without_a_register_the_streak_begins_with_the_first_incident_anywhere(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world.assumed().subject("a", registered_on=None).subject("b", registered_on=None)
    world.incident("case", "2020-01-01", area_code="b")
    streaks = world.streaks("2020-01-31")
    assert streak(streaks, "a") == (30, True)
    assert streak(streaks, "b") == (30, False)
    assert streak(streaks, "a", "accident") == (0, True)  # no accident was ever heard of


def test_only_subjects_registered_on_the_day_have_a_streak(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a", deregistered_on="2020-06-01")
    world.subject("b", registered_on="2020-06-02")
    assert set(world.streaks("2020-05-31")["subject_id"]) == {"a"}
    assert world.streaks("2020-06-01").empty
    assert set(world.streaks("2020-06-02")["subject_id"]) == {"b"}
