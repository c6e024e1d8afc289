"""Two rulebooks side by side: whose status differs, and which fact is the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.services.rulebooks import difference_line, difference_rows
from geo.resources import read_text
from geo.window import Window, month_windows
from models.zero.rulebook import Rulebook, rulebook_from_yaml
from models.zero.rulebook_diff import RulebookDiff, compare_rulebooks
from models.zero.status import zero_status

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

JUNE = Window(date(2021, 6, 1), date(2021, 7, 1))


def book(name: str) -> Rulebook:
    return rulebook_from_yaml(read_text("rulebooks", f"{name}.yaml"))


SHANXI, HENAN, OPEN = book("shanxi-2020"), book("henan-2021"), book("open-data")
BOOKS = (SHANXI, HENAN, OPEN, replace(SHANXI, id="patient", resolve_days=90, correction_days=365))


def diff_of(
    world: ZeroWorld, first: Rulebook, second: Rulebook, *windows: Window, as_of: str = "2021-08-15"
) -> RulebookDiff:
    question: Any = {**world.question(as_of), "windows": windows or (JUNE,), "rulebook": first}
    return compare_rulebooks(question, second)


def reported(world: ZeroWorld, *subjects: str) -> ZeroWorld:
    for name in subjects:
        world.subject(name).report(name, "2021-01-01", "2021-09-01")
    return world


def test_a_minor_public_security_case_breaks_shanxis_zero_and_not_henans(
    zero_world: type[ZeroWorld],
) -> None:
    world = reported(zero_world(), "a", "b")
    minor: dict[str, Any] = {"case_class": "public_security", "major_impact": False}
    world.incident("case", "2021-06-10", area_code="b", **minor)
    world.incident("case", "2021-06-11", area_code="a", case_class="criminal")
    diff = diff_of(world, SHANXI, HENAN)
    (row,) = difference_rows(diff, SHANXI, HENAN)
    assert (row["code"], row["stream"], row["window"]) == ("b", "case", "2021-06")
    assert (row["status_first"], row["status_second"]) == ("broken", "zero_reported")
    assert row["facts"] == [{"fact_id": "i0", "counts_under": "shanxi-2020", "because": "impact"}]
    assert difference_line(row, "en") == (
        "b  2021-06  Cases: zero broken → zero, reported. i0: counted under shanxi-2020 alone, "
        "not under henan-2021 (a public-security case counts only when of major impact)."
    )
    assert "i0：仅按 shanxi-2020 计入，按 henan-2021 不计" in difference_line(row, "zh")


def test_a_crash_that_hurt_nobody_is_told_apart_from_a_fire_that_hurt_nobody(
    zero_world: type[ZeroWorld],
) -> None:
    world = reported(zero_world(), "a", "b")
    unhurt: dict[str, Any] = {"deaths": 0, "serious_injuries": 0}
    world.incident("accident", "2021-06-10", area_code="a", accident_kind="fire", **unhurt)
    world.incident("accident", "2021-06-10", area_code="b", accident_kind="road", **unhurt)
    diff = diff_of(world, SHANXI, HENAN)
    assert diff.rows["subject_id"].tolist() == ["a"]
    assert diff.facts["because"].tolist() == ["harmless"]


def test_a_longer_clock_is_named_with_the_matter_it_saves(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world(), "a").petition("a", "2021-04-05")
    patient = BOOKS[-1]
    diff = diff_of(world, SHANXI, patient)
    (row,) = diff.rows.to_dict("records")
    assert (row["stream"], row["status_first"], row["reason"]) == ("petition", "broken", "facts")
    assert diff.facts[["fact_id", "counts_under", "because"]].to_numpy().tolist() == [
        ["p0", "shanxi-2020", "clock"]
    ]


def test_a_silence_is_named_where_no_fact_is_the_reason(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a")
    diff = diff_of(world, SHANXI, OPEN)
    assert diff.rows["reason"].unique().tolist() == ["coverage"]
    assert diff.rows["stream"].tolist() == ["accident", "case"]  # petitions: assessed under neither
    (row, *_) = difference_rows(diff, SHANXI, OPEN)
    assert row["why"]["en"].startswith("not assessed under shanxi-2020. Assessed only where")


def test_a_longer_correction_time_is_named_where_only_the_proof_differs(
    zero_world: type[ZeroWorld],
) -> None:
    world = reported(zero_world(), "a").confirmation("2021-06-01", "2021-07-01")
    diff = diff_of(world, SHANXI, BOOKS[-1])
    assert set(diff.rows["reason"]) == {"confirmation"}
    (row, *_) = difference_rows(diff, SHANXI, BOOKS[-1])
    assert row["why"]["en"] == (
        "verified under shanxi-2020 alone: zeros settle after 30 days there, "
        "after 365 days under patient"
    )


def test_many_facts_of_one_cause_are_named_three_and_counted(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world(), "a")
    for day in range(1, 6):
        minor: dict[str, Any] = {"case_class": "public_security", "major_impact": False}
        world.incident("case", f"2021-06-{day:02d}", area_code="a", **minor)
    (row,) = difference_rows(diff_of(world, SHANXI, HENAN), SHANXI, HENAN)
    assert row["why"]["en"].startswith("i0, i1, i2 and 2 more: counted under shanxi-2020 alone")
    assert row["why"]["zh"].startswith("i0、i1、i2，另 2 件：仅按 shanxi-2020 计入")


facts = st.fixed_dictionaries(
    {
        "stream": st.sampled_from(["case", "accident"]),
        "day": st.integers(1, 28).map(lambda n: f"2021-06-{n:02d}"),
        "area_code": st.sampled_from(["a", "b", "c", "nowhere"]),
        "review": st.sampled_from(["confirmed", "confirmed", "reported", "rejected"]),
        "case_class": st.sampled_from(["criminal", "public_security", None]),
        "major_impact": st.sampled_from([True, False, None]),
        "accident_kind": st.sampled_from(["road", "fire", "other", None]),
        "deaths": st.sampled_from([0, 1, None]),
        "serious_injuries": st.sampled_from([0, 0, 2]),
    }
)
OF_THE_OTHER = {
    "case": ("accident_kind", "deaths", "serious_injuries"),
    "accident": ("case_class", "major_impact"),
}


def world_with(make: type[ZeroWorld], drawn: list[dict[str, Any]], late: list[int]) -> ZeroWorld:
    world = reported(make(), "a", "b").subject("c")
    for fact in drawn:
        more = {k: v for k, v in fact.items() if k not in OF_THE_OTHER[fact["stream"]]}
        world.incident(more.pop("stream"), more.pop("day"), **more)
    for day in late:
        world.petition("a", f"2021-03-{day:02d}")
    return world


@settings(max_examples=40, deadline=None)
@given(
    st.lists(facts, max_size=6),
    st.lists(st.integers(1, 28), max_size=2),
    st.sampled_from(BOOKS),
    st.sampled_from(BOOKS),
)
def test_what_differs_is_what_two_answers_differ_in_and_every_break_has_its_fact(
    zero_world: type[ZeroWorld],
    drawn: list[dict[str, Any]],
    late: list[int],
    first: Rulebook,
    second: Rulebook,
) -> None:
    world = world_with(zero_world, drawn, late)
    windows = tuple(month_windows(date(2021, 5, 1), date(2021, 8, 1)))
    there = diff_of(world, first, second, *windows)
    back = diff_of(world, second, first, *windows)
    question = {**world.question("2021-08-15"), "windows": windows}
    keys = ["subject_id", "stream", "window"]
    one, other = (
        zero_status(**{**question, "rulebook": rules}).set_index(keys)["status"]
        for rules in (first, second)
    )
    expected = one.index[one != other]
    assert set(expected) == set(map(tuple, there.rows[keys].to_numpy().tolist()))
    assert there.rows["subject_id"].is_monotonic_increasing
    pd.testing.assert_frame_equal(there.facts, back.facts)
    pd.testing.assert_series_equal(
        there.rows["status_first"], back.rows["status_second"], check_names=False
    )
    assert not there.facts["because"].isin(["", "settled"]).any()
    # A break that only one of the two sees rests on a fact that counts there alone.
    broken = there.rows[["status_first", "status_second"]] == "broken"
    assert (there.rows.loc[broken.any(axis=1), "reason"] == "facts").all()


@pytest.mark.parametrize("rules", BOOKS, ids=lambda rules: rules.id)
def test_nothing_differs_from_itself(zero_world: type[ZeroWorld], rules: Rulebook) -> None:
    world = reported(zero_world(), "a").incident("case", "2021-06-10", area_code="a")
    diff = diff_of(world, rules, rules)
    assert (len(diff.rows), len(diff.facts)) == (0, 0)
    assert difference_rows(diff, rules, rules) == []


def test_a_register_without_subjects_differs_in_nothing(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().incident("case", "2021-06-10", area_code="a")
    assert difference_rows(diff_of(world, SHANXI, OPEN), SHANXI, OPEN) == []
