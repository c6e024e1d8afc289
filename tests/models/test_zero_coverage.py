"""Which silence is believed: expected months, the running month, and whose report counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from geo.errors import SchemaError
from geo.window import Window

if TYPE_CHECKING:
    import pandas as pd

    from tests.conftest import ZeroWorld

JULY = Window(date(2020, 7, 1), date(2020, 8, 1))
AUGUST = Window(date(2020, 8, 1), date(2020, 9, 1))
YEAR = Window(date(2020, 1, 1), date(2021, 1, 1))


def case_of(status: pd.DataFrame, subject: str = "a") -> tuple[str, float]:
    chosen = status[(status["subject_id"] == subject) & (status["stream"] == "case")]
    ((word, share),) = chosen[["status", "coverage"]].itertuples(index=False)
    return str(word), float(share)


def test_months_that_are_not_over_are_not_expected(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").report("a", "2020-01-01", "2020-08-01")
    assert case_of(world.status(YEAR, as_of="2020-08-18")) == ("zero_reported", 1.0)
    assert case_of(world.status(YEAR, as_of="2020-09-18")) == ("not_assessed", 7 / 8)


def test_a_share_at_the_minimum_is_enough(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").report("a", "2020-01-01", "2020-08-01")
    world.rules = replace(world.rules, min_coverage=7 / 8)
    assert case_of(world.status(YEAR, as_of="2020-09-18")) == ("zero_reported", 7 / 8)


def test_eleven_of_twelve_reports_are_enough_for_a_year(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").report("a", "2020-02-01", "2021-01-01")
    word, share = case_of(world.status(YEAR, as_of="2021-02-01"))
    assert word == "zero_reported"
    assert share == pytest.approx(11 / 12)


def test_a_running_month_is_judged_on_the_last_complete_month(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a").subject("b").report("a", "2020-07-01", "2020-08-01")
    world.report("b", "2020-06-01", "2020-07-01")
    status = world.status(AUGUST, as_of="2020-08-18")
    assert case_of(status, "a") == ("zero_reported", 1.0)
    assert case_of(status, "b") == ("not_assessed", 0.0)


def test_a_report_is_waited_for_until_the_fifth_of_the_next_month(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a").report("a", "2020-06-01", "2020-07-01")
    for window in (JULY, AUGUST):
        assert case_of(world.status(window, as_of="2020-08-05"))[0] == "zero_reported"
        assert case_of(world.status(window, as_of="2020-08-06"))[0] == "not_assessed"


def test_a_report_that_came_early_counts_at_once(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").report("a", "2020-07-01", "2020-08-01")
    assert case_of(world.status(JULY, as_of="2020-08-01")) == ("zero_reported", 1.0)
    assert case_of(world.status(JULY, as_of="2020-07-31")) == ("not_assessed", 0.0)


def test_nothing_is_expected_before_a_subject_is_registered(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a", registered_on="2020-06-15")
    world.report("a", "2020-06-01", "2020-08-01")
    assert case_of(world.status(YEAR, as_of="2020-08-18")) == ("zero_reported", 1.0)


def test_a_subject_registered_this_month_is_not_assessed_before_its_first_report(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a", registered_on="2020-08-03")
    world.report("a", "2020-01-01", "2020-08-01")
    assert case_of(world.status(AUGUST, as_of="2020-08-18")) == ("not_assessed", 0.0)


def test_a_report_covers_only_whole_months(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").report("a", "2020-07-02", "2020-08-01")
    assert case_of(world.status(JULY, as_of="2020-08-18")) == ("not_assessed", 0.0)


def test_a_report_counts_for_its_own_stream(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").report("a", "2020-07-01", "2020-08-01", streams=["case"])
    status = world.status(JULY, as_of="2020-08-18").set_index("stream")["status"]
    assert status.to_dict() == {
        "case": "zero_reported",
        "accident": "not_assessed",
        "petition": "not_assessed",
    }


def test_a_body_speaks_for_all_its_subjects_unless_it_lists_them(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a", body="town").subject("b", body="town").subject("c")
    world.report("town", "2020-07-01", "2020-08-01")
    june = Window(date(2020, 6, 1), date(2020, 7, 1))
    world.report("town", "2020-06-01", "2020-07-01", kind="exceptions", subjects=["b", "c"])
    status = world.status(june, JULY, as_of="2020-08-18")
    first, second = (status[status["window"] == month] for month in ("2020-06", "2020-07"))
    assert [case_of(first, s)[1] for s in "abc"] == [0, 1, 1]
    assert [case_of(second, s)[1] for s in "abc"] == [1, 1, 0]


def test_a_list_of_subjects_that_is_no_list_is_refused_with_a_sentence(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a").report("a", "2020-07-01", "2020-08-01", subjects=[])
    world.reports[0]["subjects"] = "a, b"
    with pytest.raises(SchemaError, match="needed a JSON list of subject ids") as refused:
        world.status(JULY, as_of="2020-08-18")
    assert "JSON 列表" in refused.value.text("zh")


def test_assumed_coverage_is_missing_not_full(zero_world: type[ZeroWorld]) -> None:
    status = zero_world.assumed().subject("a").status(JULY, as_of="2020-08-18")
    assert status["coverage"].isna().all()
    assert set(status["status"]) == {"zero_reported"}
