"""Reports that were to come: in time, late, awaited, missing; counted a second way."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.window import month_windows
from models.zero.completeness import REPORT_STATES, expected_reports

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

MONTHS = tuple(month_windows(date(2021, 4, 1), date(2021, 7, 1)))


def listed(world: ZeroWorld, as_of: str, **how: Any) -> pd.DataFrame:
    question = world.question(as_of)
    names = ("subjects", "reports", "as_of", "rulebook", "zone")
    return expected_reports(months=MONTHS, **{name: question[name] for name in names}, **how)


def states(world: ZeroWorld, as_of: str, body: str, stream: str = "case") -> list[str]:
    rows = listed(world, as_of)
    mine = rows[(rows["body"] == body) & (rows["stream"] == stream)]
    found: list[str] = mine["state"].tolist()
    return found


def at(world: ZeroWorld, moment: str) -> None:
    """Date the last report given."""
    for row in world.reports[-3:]:
        row["reported_at"] = pd.Timestamp(moment).tz_localize(world.zone).tz_convert("UTC")


def test_a_report_is_in_time_until_the_end_of_the_fifth_and_late_from_the_sixth(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a")
    for month, moment in (("04", "2021-05-05 23:59"), ("05", "2021-06-06 00:01")):
        world.report("a", f"2021-{month}-01", f"2021-{int(month) + 1:02d}-01")
        at(world, moment)
    assert states(world, "2021-07-15", "a") == ["on_time", "late", "missing"]


def test_a_report_may_still_come_until_its_last_day_and_a_running_month_is_not_asked_for(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a")
    assert states(world, "2021-06-05", "a") == ["missing", "awaited"]
    assert states(world, "2021-06-06", "a") == ["missing", "missing"]


def test_a_report_without_a_moment_came_but_nobody_knows_when(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a").report("a", "2021-04-01", "2021-07-01")
    assert states(world, "2021-07-15", "a") == ["undated"] * 3


def test_a_body_has_reported_once_all_its_subjects_are_spoken_for(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a", body="office").unit("u", "a")
    world.subjects[-1]["body"] = "office"
    world.report("office", "2021-04-01", "2021-05-01", subjects=["a"])
    at(world, "2021-05-02 09:00")
    assert states(world, "2021-07-15", "office")[0] == "missing"
    world.report("office", "2021-04-01", "2021-05-01", subjects=["u"])
    at(world, "2021-05-09 09:00")
    assert states(world, "2021-07-15", "office")[0] == "late"
    rows = listed(world, "2021-07-15")
    assert set(rows["n_subjects"]) == {2}


def test_nothing_is_expected_under_assumed_coverage_nor_of_who_is_not_registered(
    zero_world: type[ZeroWorld],
) -> None:
    assert listed(zero_world.assumed().subject("a"), "2021-07-15").empty
    world = zero_world().subject("a", registered_on="2021-05-20", deregistered_on="2021-06-01")
    rows = listed(world, "2021-07-15")
    assert rows["month_start"].astype(str).unique().tolist() == ["2021-05-01"]
    assert rows["due_on"].astype(str).unique().tolist() == ["2021-06-05"]


@settings(max_examples=30)
@given(data=st.data())
def test_every_expected_report_is_counted_once_and_came_where_a_plain_loop_finds_it(
    zero_world: type[ZeroWorld], data: st.DataObject
) -> None:
    world = zero_world()
    names = ["a", "b", "c"]
    for name in names:
        world.subject(name, body=data.draw(st.sampled_from(["x", "y"])))
    for _ in range(data.draw(st.integers(0, 5))):
        start, end = sorted(data.draw(st.lists(st.integers(4, 7), min_size=2, max_size=2)))
        subjects = data.draw(st.sampled_from([None, ["a"], ["b", "c"]]))
        body = data.draw(st.sampled_from(["x", "y"]))
        world.report(body, f"2021-{start:02d}-01", f"2021-{end + 1:02d}-01", subjects=subjects)
    rows = listed(world, "2021-08-15")
    assert set(rows["state"]) <= {"undated", "missing"}
    assert set(REPORT_STATES) >= set(rows["state"])
    found = {
        (row["body"], row["stream"], row["month_start"].month)
        for row in rows.to_dict("records")
        if row["state"] == "undated"
    }
    bodies = {row["body"] for row in world.subjects}
    assert len(rows) == len(bodies) * 3 * len(MONTHS)
    assert found == {
        (body, stream, month)
        for body in bodies
        for stream in ("case", "accident", "petition")
        for month in (4, 5, 6)
        if all(
            _spoken_for(world, row["subject_id"], body, stream, month)
            for row in world.subjects
            if row["body"] == body
        )
    }


def _spoken_for(world: ZeroWorld, subject: str, body: str, stream: str, month: int) -> bool:
    start, end = f"2021-{month:02d}-01", f"2021-{month + 1:02d}-01"
    return any(
        report["stream"] == stream
        and report["window_start"] <= start
        and report["window_end"] >= end
        and (f'"{subject}"' in report["subjects"] if report["subjects"] else report["body"] == body)
        for report in world.reports
    )
