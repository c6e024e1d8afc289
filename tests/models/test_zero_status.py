"""The five statuses: the published examples, precedence, registration, and what is known when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from geo.errors import SchemaError
from geo.vocabulary import AccidentLevel, RiskStream, Stream
from geo.window import Window, month_windows
from models.zero.rates import print_rate, zero_rates
from models.zero.status import CODES, monthly_codes

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

JUNE = Window(date(2020, 6, 1), date(2020, 7, 1))
JULY = Window(date(2020, 7, 1), date(2020, 8, 1))
YEAR_TO_DATE = Window(date(2020, 1, 1), date(2020, 8, 19))


def word(status: pd.DataFrame, subject: str, stream: str, window: str | None = None) -> str:
    chosen = status[(status["subject_id"] == subject) & (status["stream"] == stream)]
    if window is not None:
        chosen = chosen[chosen["window"] == window]
    (found,) = chosen["status"]
    return str(found)


def only(rates: pd.DataFrame, **wanted: str) -> dict[str, Any]:
    for name, value in wanted.items():
        rates = rates[rates[name] == value]
    (row,) = rates.to_dict("records")
    return {str(name): value for name, value in row.items()}


def reported(world: ZeroWorld, *bodies: str) -> ZeroWorld:
    for body in bodies:
        world.report(body, "2020-01-01", "2020-08-01")
    return world


def yuxian(world: ZeroWorld) -> ZeroWorld:
    """Give 288 villages and communities and 4,419 units, one of which had one accident."""
    for number in range(288):
        kind = "community" if number % 10 == 0 else "village"
        world.subject(f"v{number}", kind, body="town")
    for number in range(4419):
        kind = "institution" if number % 4 == 0 else "enterprise"
        world.subject(f"u{number}", kind, area_code="v7", unit_id=f"u{number}", body="town")
    world.incident(
        "accident", "2020-05-20", area_code="v7", unit_id="u9", level="ordinary", deaths=1
    )
    return reported(world, "town")


@pytest.fixture(scope="module")
def county(zero_world: type[ZeroWorld]) -> pd.DataFrame:
    status = yuxian(zero_world()).status(YEAR_TO_DATE, as_of="2020-08-18")
    group = status["unit_id"].notna().map({True: "unit", False: "area"})
    return zero_rates(status.assign(group=group), by=["group"])


def test_an_accident_at_an_enterprise_leaves_all_288_villages_and_communities_at_zero(
    county: pd.DataFrame,
) -> None:
    row = only(county, group="area", stream="accident")
    assert (row["zero"], row["assessed"], row["registered"], row["broken"]) == (288, 288, 288, 0)
    assert print_rate(row) == "100.00 % (288/288, 2020-01-01..2020-08-18, zero accident)"


def test_one_broken_unit_of_4419_is_99_98_percent_and_never_100(county: pd.DataFrame) -> None:
    row = only(county, group="unit", stream="accident")
    assert (row["zero"], row["assessed"], row["broken"]) == (4418, 4419, 1)
    assert print_rate(row) == "99.98 % (4418/4419, 2020-01-01..2020-08-18, zero accident)"
    assert print_rate(row, "zh") == "99.98 %（4418/4419，2020-01-01..2020-08-18，零事故）"


def test_the_one_accident_is_ordinary_and_none_is_larger(zero_world: type[ZeroWorld]) -> None:
    frames = yuxian(zero_world()).frames()
    levels = frames["incidents"]["level"]
    assert levels.value_counts().to_dict() == {"ordinary": 1}


def test_a_towns_register_of_27_3_7_and_88_holds_125_subjects(zero_world: type[ZeroWorld]) -> None:
    world = zero_world()
    for kind, count in {"village": 27, "community": 3, "institution": 7, "enterprise": 88}.items():
        for number in range(count):
            world.subject(f"{kind}{number}", kind)
    rates = zero_rates(world.status(JUNE, as_of="2020-08-18"), by=())
    assert set(rates["registered"]) == {125}


def test_a_subject_that_never_reported_is_not_assessed_and_outside_the_denominator(
    zero_world: type[ZeroWorld],
) -> None:
    world = reported(zero_world().subject("silent").subject("heard"), "heard")
    status = world.status(JULY, as_of="2020-08-18")
    assert word(status, "silent", "case") == "not_assessed"
    assert word(status, "heard", "case") == "zero_reported"
    row = only(zero_rates(status), stream="case")
    assert (row["zero"], row["assessed"], row["registered"], row["not_assessed"]) == (1, 1, 2, 1)
    assert (row["rate"], row["lower"], row["upper"]) == (1.0, 0.5, 1.0)


@pytest.mark.parametrize(
    ("reviews", "is_reported", "is_confirmed", "expected"),
    [
        (["confirmed", "reported"], False, False, "broken"),
        (["confirmed"], True, True, "broken"),
        (["reported"], False, True, "pending_review"),
        (["under_review"], True, True, "pending_review"),
        ([None], True, True, "pending_review"),
        ([], False, True, "not_assessed"),
        (["rejected", "duplicate"], True, False, "zero_reported"),
        (["rejected"], True, True, "zero_verified"),
    ],
)
def test_the_first_status_that_applies_holds(
    zero_world: type[ZeroWorld],
    reviews: list[str | None],
    is_reported: bool,
    is_confirmed: bool,
    expected: str,
) -> None:
    world = zero_world().subject("a")
    for review in reviews:
        world.incident("case", "2020-06-10", area_code="a", review=review)
    if is_reported:
        world.report("a", "2020-06-01", "2020-07-01")
    if is_confirmed:
        world.confirmation("2020-06-01", "2020-07-01")
    assert word(world.status(JUNE, as_of="2020-08-18"), "a", "case") == expected


def test_a_zero_is_verified_only_when_the_correction_time_is_over(
    zero_world: type[ZeroWorld],
) -> None:
    world = reported(zero_world().subject("a"), "a").confirmation("2020-06-01", "2020-07-01")
    # 30 days after 1 July is 31 July.
    assert word(world.status(JUNE, as_of="2020-07-30"), "a", "case") == "zero_reported"
    assert word(world.status(JUNE, as_of="2020-07-31"), "a", "case") == "zero_verified"


def test_a_zero_is_verified_only_when_every_day_of_the_window_is_confirmed(
    zero_world: type[ZeroWorld],
) -> None:
    world = reported(zero_world().subject("a"), "a").confirmation("2020-06-01", "2020-06-30")
    assert word(world.status(JUNE, as_of="2020-08-18"), "a", "case") == "zero_reported"
    world.confirmation("2020-06-20", "2020-07-05", subjects=["a"])
    assert word(world.status(JUNE, as_of="2020-08-18"), "a", "case") == "zero_verified"


def test_only_the_stream_owner_can_confirm(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world().subject("a"), "a")
    world.report("a", "2020-06-01", "2020-07-01", kind="confirmation")
    assert word(world.status(JUNE, as_of="2020-08-18"), "a", "case") == "zero_reported"


def test_a_confirmation_that_lists_subjects_confirms_those_alone(
    zero_world: type[ZeroWorld],
) -> None:
    world = reported(zero_world().subject("a").subject("b"), "a", "b")
    world.confirmation("2020-06-01", "2020-07-01", subjects=["b", "unknown"], streams=["case"])
    status = world.status(JUNE, as_of="2020-08-18")
    assert word(status, "a", "case") == "zero_reported"
    assert word(status, "b", "case") == "zero_verified"
    assert word(status, "b", "accident") == "zero_reported"


def test_a_window_is_made_of_local_days(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world().subject("a"), "a")
    world.incident("case", "2020-07-01", hour="00:30", area_code="a")  # 30 June, 16:30 in UTC
    status = world.status(JUNE, JULY, as_of="2020-08-18")
    assert word(status, "a", "case", "2020-06") == "zero_reported"
    assert word(status, "a", "case", "2020-07") == "broken"


def test_the_day_as_of_counts_and_the_day_after_does_not(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a").incident("case", "2020-06-10", area_code="a")
    assert word(world.status(JUNE, as_of="2020-06-09"), "a", "case") == "zero_reported"
    assert word(world.status(JUNE, as_of="2020-06-10"), "a", "case") == "broken"


def test_a_window_that_has_not_begun_gives_no_rows(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a")
    assert set(world.status(JUNE, JULY, as_of="2020-06-30")["window"]) == {"2020-06"}
    assert world.status(JULY, as_of="2020-06-30").empty


def test_a_subject_counts_from_its_registration_to_the_day_before_its_end(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world.assumed()
    world.subject("a", registered_on="2020-06-10", deregistered_on="2020-06-20")
    for day in ("2020-06-09", "2020-06-10", "2020-06-19", "2020-06-20"):
        world.incident("case", day, area_code="a", subject_id="a")
    row = only(world.status(JUNE, as_of="2020-08-18"), stream="case")
    assert row["breaking"] == 2
    assert world.status(JULY, as_of="2020-08-18").empty


def test_a_stored_attribution_is_kept(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a").subject("b")
    world.incident("case", "2020-06-10", area_code="a", subject_id="b")
    world.incident("accident", "2020-06-10", area_code="a", subject_id="gone")
    status = world.status(JUNE, as_of="2020-08-18")
    assert word(status, "a", "case") == "zero_reported"
    assert word(status, "b", "case") == "broken"
    assert word(status, "a", "accident") == "zero_reported"


def test_road_crashes_known_to_have_hurt_nobody_do_not_count(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world().subject("a").subject("b").subject("c"), "a", "b", "c")
    harmless: dict[str, Any] = {"accident_kind": "road", "deaths": 0, "serious_injuries": 0}
    world.incident("accident", "2020-06-10", area_code="a", **harmless)
    world.incident("accident", "2020-06-10", area_code="b", accident_kind="road", deaths=0)
    world.incident("accident", "2020-06-10", area_code="c", **{**harmless, "accident_kind": "fire"})
    status = world.status(JUNE, as_of="2020-08-18")
    found = [word(status, subject, "accident") for subject in "abc"]
    assert found == ["zero_reported", "broken", "broken"]


def test_what_counts_is_the_rulebooks_decision(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world().subject("a"), "a")
    world.incident("case", "2020-06-10", area_code="a", case_class="public_security")
    world.incident("accident", "2020-06-10", area_code="a", level="ordinary")
    strict = world.status(JUNE, as_of="2020-08-18")
    assert [word(strict, "a", s) for s in ("case", "accident")] == ["broken", "broken"]
    counting = MappingProxyType(
        {RiskStream.CASE: frozenset({"criminal"}), RiskStream.ACCIDENT: None}
    )
    world.rules = replace(world.rules, counting=counting, minimum_level=AccidentLevel.LARGER)
    mild = world.status(JUNE, as_of="2020-08-18")
    assert [word(mild, "a", s) for s in ("case", "accident")] == ["zero_reported"] * 2


def test_registering_a_petition_never_breaks_a_zero(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world().subject("a"), "a")
    quiet = world.status(JUNE, as_of="2020-06-30")
    for day in range(1, 31):
        world.petition("a", f"2020-06-{day:02d}")
    busy = world.status(JUNE, as_of="2020-06-30")
    pd.testing.assert_frame_equal(quiet, busy)


def test_a_late_petition_breaks_the_window_of_the_day_after_its_clock(
    zero_world: type[ZeroWorld],
) -> None:
    world = reported(zero_world().subject("a"), "a")
    world.petition("a", "2020-05-01")  # 60 days later is 30 June: due; broken on 1 July
    status = world.status(JUNE, JULY, as_of="2020-08-18")
    assert word(status, "a", "petition", "2020-06") == "zero_reported"
    assert word(status, "a", "petition", "2020-07") == "broken"


def test_a_stream_without_a_source_is_not_assessed_even_where_coverage_is_assumed(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world.assumed().subject("a")
    world.rules = replace(world.rules, unobserved=frozenset({Stream.PETITION}))
    status = world.status(JUNE, as_of="2020-08-18")
    assert word(status, "a", "petition") == "not_assessed"
    assert word(status, "a", "case") == "zero_reported"


def test_the_order_of_the_rows_does_not_matter(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world().subject("a").subject("b"), "a")
    for day in range(1, 20):
        world.incident("case", f"2020-06-{day:02d}", area_code="ab"[day % 2])
    forward = world.status(JUNE, as_of="2020-08-18")
    world.incidents.reverse()
    world.reports.reverse()
    pd.testing.assert_frame_equal(forward, world.status(JUNE, as_of="2020-08-18"))


def test_the_codes_of_the_map_say_what_the_rows_say(zero_world: type[ZeroWorld]) -> None:
    world = reported(zero_world().subject("a").subject("b", registered_on="2020-07-05"), "a", "b")
    world.incident("case", "2020-06-10", area_code="a")
    windows = month_windows(date(2020, 6, 1), date(2020, 11, 1))
    asked = {**world.question("2020-08-18"), "windows": windows, "area_codes": ["b", "x", "a"]}
    codes, labels = monthly_codes(**asked, stream=Stream.CASE)
    assert labels == ["2020-06", "2020-07", "2020-08", "2020-09", "2020-10"]
    assert codes.dtype == np.uint8
    words = [[str(CODES[code]) for code in row] for row in codes]
    none = "not_assessed"
    assert words == [
        [none, none, "broken"],  # b is not registered yet
        ["zero_reported", none, "zero_reported"],
        ["zero_reported", none, "zero_reported"],
        [none, none, none],  # not begun on 18 August
        [none, none, none],
    ]


def test_joined_codes_take_the_strongest_stream(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").subject("b").subject("c").subject("d")
    for body in "abc":
        world.report(body, "2020-06-01", "2020-07-01")
    world.incident("case", "2020-06-10", area_code="a", review="reported")
    world.incident("accident", "2020-06-10", area_code="b")
    world.confirmation("2020-06-01", "2020-07-01", subjects=["c"])
    asked = {**world.question("2020-08-18"), "windows": [JUNE], "area_codes": list("abcd")}
    codes, _ = monthly_codes(**asked)
    assert [str(CODES[code]) for code in codes[0]] == [
        "pending_review",
        "broken",
        "zero_verified",
        "not_assessed",
    ]


def test_a_subject_that_stands_twice_is_refused_with_a_sentence(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a").subject("a")
    with pytest.raises(SchemaError, match="'a' stands twice"):
        world.status(JUNE, as_of="2020-08-18")
