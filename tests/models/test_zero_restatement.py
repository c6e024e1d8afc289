"""Restated statuses: what was said then, what holds now, and the fact that moved it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import UsageError
from geo.window import Window, month_windows
from models.zero.restatement import CAUSES, Restatement, restated
from models.zero.status import zero_status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ZeroWorld

JUNE = Window(date(2021, 6, 1), date(2021, 7, 1))
AS_OF = "2021-08-15"
KEYS = ["subject_id", "stream", "window_start", "window_end"]


@dataclass
class Told:
    """The two worlds of one test: as known then, as known now."""

    then: ZeroWorld
    now: ZeroWorld

    def restated(self, *windows: Window, as_of: str = AS_OF) -> Restatement:
        return restated(self.question(self.then, *windows, as_of=as_of),
                        self.question(self.now, *windows, as_of=as_of))  # fmt: skip

    @staticmethod
    def question(world: ZeroWorld, *windows: Window, as_of: str = AS_OF) -> Any:
        return {**world.question(as_of), "windows": windows or (JUNE,)}

    def only(self) -> tuple[Any, Any]:
        """Give the one restated row and its one fact."""
        answer = self.restated()
        (row,) = answer.rows.to_dict("records")
        (fact,) = answer.facts.to_dict("records")
        return row, fact


@pytest.fixture
def pair(zero_world: type[ZeroWorld]) -> Told:
    """Give two equal worlds of two villages and a factory, all reported on."""

    def world() -> ZeroWorld:
        made = zero_world()
        for name in ("a", "b"):
            made.subject(name).report(name, "2021-01-01", "2021-09-01")
        return made.unit("factory", "a").report("factory", "2021-01-01", "2021-09-01")

    return Told(world(), world())


def told(row: Any) -> tuple[str, str, str, str, str]:
    return tuple(
        str(row[name]) for name in ("subject_id", "stream", "status_then", "status_now", "cause")
    )  # type: ignore[return-value]  # five names


def test_equal_knowledge_restates_nothing(pair: Told) -> None:
    for world in (pair.then, pair.now):
        world.incident("case", "2021-06-10", area_code="a")
    assert pair.restated().rows.empty
    assert pair.restated().facts.empty


def test_a_case_told_afterwards_is_late_and_is_named_with_its_day(pair: Told) -> None:
    pair.now.incident("case", "2021-06-10", area_code="a")
    row, fact = pair.only()
    assert told(row) == ("a", "case", "zero_reported", "broken", "late")
    assert (fact["entity"], fact["fact_id"], fact["cause"]) == ("case", "i0", "late")
    assert fact["happened_on"] == pd.Timestamp("2021-06-10")


def test_an_accident_taken_back_gives_the_zero_back(pair: Told) -> None:
    pair.then.incident("accident", "2021-06-10", area_code="b")
    row, fact = pair.only()
    assert told(row) == ("b", "accident", "broken", "zero_reported", "retracted")
    assert pd.isna(fact["learned_at"])


def test_a_case_moved_to_another_month_is_corrected(pair: Told) -> None:
    pair.then.incident("case", "2021-06-10", area_code="a")
    pair.now.incident("case", "2021-07-10", area_code="a")
    assert told(pair.only()[0]) == ("a", "case", "broken", "zero_reported", "corrected")


def test_a_confirmed_report_is_reviewed_not_corrected(pair: Told) -> None:
    pair.then.incident("case", "2021-06-10", area_code="a", review="under_review")
    pair.now.incident("case", "2021-06-10", area_code="a")
    assert told(pair.only()[0]) == ("a", "case", "pending_review", "broken", "reviewed")


def test_an_incident_given_to_the_unit_restates_both_village_and_unit(pair: Told) -> None:
    pair.then.incident("accident", "2021-06-10", area_code="a")
    pair.now.incident("accident", "2021-06-10", area_code="a", unit_id="factory")
    answer = pair.restated()
    assert [told(row) for row in answer.rows.to_dict("records")] == [
        ("a", "accident", "broken", "zero_reported", "reattributed"),
        ("factory", "accident", "zero_reported", "broken", "reattributed"),
    ]
    assert answer.facts["fact_id"].tolist() == ["i0", "i0"]


def test_an_approved_exemption_restates_a_late_matter(pair: Told) -> None:
    reasons = {
        "requires_higher_authority": True,
        "exemption_reason": "land",
        "exemption_proposer": "town",
        "exemption_approver": "county",
    }
    pair.then.petition("b", "2021-04-10")
    pair.now.petition("b", "2021-04-10", **reasons)
    row, fact = pair.only()
    assert told(row) == ("b", "petition", "broken", "zero_reported", "exemption")
    assert (fact["entity"], fact["happened_on"]) == ("petition", pd.Timestamp("2021-04-10"))


def test_a_subject_that_joined_afterwards_had_no_status_then(pair: Told) -> None:
    pair.now.subject("c").report("c", "2021-01-01", "2021-09-01")
    rows = pair.restated().rows
    assert rows["status_then"].isna().all()
    assert set(rows["status_now"]) == {"zero_reported"}
    assert set(rows["cause"]) == {"register"}


def test_a_nil_return_that_came_afterwards_turns_silence_into_a_zero(pair: Told) -> None:
    for world in (pair.then, pair.now):
        world.subject("c")
    pair.now.report("c", "2021-06-01", "2021-07-01", streams=["case"])
    row, fact = pair.only()
    assert told(row) == ("c", "case", "not_assessed", "zero_reported", "late")
    assert fact["entity"] == "report"


def test_a_confirmation_that_came_afterwards_verifies_and_is_the_fact(pair: Told) -> None:
    pair.now.confirmation("2021-06-01", "2021-07-01", streams=["case"], subjects=["b"])
    row, fact = pair.only()
    assert told(row) == ("b", "case", "zero_reported", "zero_verified", "late")
    assert fact["fact_id"].startswith("r")


def test_a_break_outweighs_the_report_that_came_with_it(pair: Told) -> None:
    for world in (pair.then, pair.now):
        world.subject("c")
    pair.now.incident("case", "2021-06-10", area_code="c", review="rejected")
    pair.then.incident("case", "2021-06-10", area_code="c")
    pair.now.report("c", "2021-06-01", "2021-07-01", streams=["case"])
    answer = pair.restated()
    assert [told(row)[2:] for row in answer.rows.to_dict("records")] == [
        ("broken", "zero_reported", "reviewed")
    ]
    assert set(answer.facts["cause"]) == {"reviewed", "late"}


def test_other_days_or_rules_are_refused(pair: Told) -> None:
    then, now = pair.question(pair.then), pair.question(pair.now)
    with pytest.raises(UsageError, match="two states of knowledge"):
        restated(then, now | {"as_of": date(2021, 8, 16)})
    with pytest.raises(UsageError, match="two states of knowledge"):
        restated(then, now | {"windows": ()})
    with pytest.raises(UsageError, match="two states of knowledge"):
        restated(then, now | {"rulebook": replace(now["rulebook"], id="other")})


DEEDS = st.sampled_from(["incident", "petition", "report", "confirmation", "subject"])


@settings(max_examples=25)
@given(data=st.data())
def test_every_restated_status_has_a_fact_and_no_other_status_differs(
    zero_world: type[ZeroWorld], data: st.DataObject
) -> None:
    """Two random worlds with shared keys: some rows lost, some changed, some new."""
    worlds = [zero_world(), zero_world()]
    for world in worlds:
        world.subject("a").report("a", "2021-01-01", "2021-08-01")
        world.unit("u", "a")
    for number, deed in enumerate(data.draw(st.lists(DEEDS, max_size=8))):
        for world in worlds:
            if data.draw(st.booleans(), label="known here"):
                _do(world, deed, number, data.draw)
    windows = tuple(month_windows(date(2021, 5, 1), date(2021, 8, 1)))
    as_of = data.draw(st.sampled_from(["2021-06-20", "2021-07-31", "2021-10-15"]))
    answer = Told(*worlds).restated(*windows, as_of=as_of)
    expected = _differences(worlds, windows, as_of)
    rows = answer.rows
    assert list(zip(*(rows[name] for name in KEYS), strict=True)) == sorted(expected)
    assert set(rows["cause"]) <= set(CAUSES), rows[rows["cause"].isna()]


def _do(world: ZeroWorld, deed: str, number: int, draw: Callable[..., Any]) -> None:
    place = draw(st.sampled_from(["a", "b", "c"]))
    day = draw(st.sampled_from(["2021-05-03", "2021-06-10", "2021-07-20"]))
    if deed == "incident":
        review = draw(st.sampled_from(["confirmed", "reported", "rejected"]))
        unit = draw(st.sampled_from([None, "u"]))
        stream = draw(st.sampled_from(["case", "accident"]))
        world.incident(
            stream, day, incident_id=f"{stream}{number}", area_code=place, unit_id=unit,
            review=review,
        )  # fmt: skip
    elif deed == "petition":
        late = draw(st.sampled_from([None, "2021-05-10", "2021-09-01"]))
        world.petition(place, "2021-03-20", petition_id=f"x{number}", closed_on=late)
    elif deed == "subject" and place not in [row["subject_id"] for row in world.subjects]:
        world.subject(place, registered_on=draw(st.sampled_from(["2010-01-01", "2021-06-15"])))
    elif deed == "report":
        world.report(place, f"{day[:7]}-01", "2021-08-01", streams=["case"])
        world.reports[-1]["report_id"] = f"n{number}"
    elif deed == "confirmation":
        listed = draw(st.sampled_from([None, ["a"], ["b", "u"]]))
        world.confirmation("2021-05-01", "2021-08-01", streams=["case"], subjects=listed)
        world.reports[-1]["report_id"] = f"n{number}"


def _differences(
    worlds: list[ZeroWorld], windows: tuple[Window, ...], as_of: str
) -> set[tuple[Any, ...]]:
    """Compare the two answers row by row as plain dictionaries."""
    answers = []
    for world in worlds:
        rows = zero_status(**Told.question(world, *windows, as_of=as_of)).to_dict("records")
        answers.append({tuple(row[name] for name in KEYS): row["status"] for row in rows})
    one, other = answers
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
