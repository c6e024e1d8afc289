"""Petitions and disputes as work: whose turn, until when, closed and resolved apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.resources import read_text
from geo.schemas import conform
from models.zero.rulebook import rulebook_from_yaml
from models.zero.worklist import dispute_work, exemption_use, new_and_outstanding, petition_work

if TYPE_CHECKING:
    from collections.abc import Sequence

ZONE = ZoneInfo("Asia/Shanghai")
BOOK = rulebook_from_yaml(read_text("rulebooks", "shanxi-2020.yaml"))
DAY0 = date(2026, 1, 1)


def table(rows: Sequence[dict[str, Any]], entity: str, key: str) -> pd.DataFrame:
    return conform(pd.DataFrame(rows) if rows else pd.DataFrame({key: []}, dtype="str"), entity)


def petitions(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {"area_code": "v1", "accepted_on": DAY0.isoformat()}
    return table(
        [{"petition_id": f"P{n}", **base, **row} for n, row in enumerate(rows, 1)],
        "petition",
        "petition_id",
    )


def steps(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Give steps as (about, key, step, day); the post is the village office."""
    told = [
        {
            "step_id": f"S{n}",
            "about": about,
            "about_key": key,
            "process": "closed_loop" if about == "petition" else "mediation",
            "to_step": step,
            "taken_at": f"{day}T02:00:00Z",
            "post": "village_office",
        }
        for n, (about, key, step, day) in enumerate(rows)
    ]
    return table(told, "step", "step_id")


def work(frame: pd.DataFrame, day: int, told: pd.DataFrame | None = None) -> pd.DataFrame:
    as_of = DAY0 + timedelta(days=day)
    return petition_work(frame, steps() if told is None else told, BOOK, as_of=as_of, zone=ZONE)


@pytest.mark.parametrize(
    ("day", "state", "broken"),
    [(59, "resolved", False), (60, "resolved", False), (61, "resolved_late", True)],
)
def test_a_petition_resolved_on_day_59_60_or_61_keeps_keeps_and_breaks_the_zero(
    day: int,
    state: str,
    broken: bool,
) -> None:
    closed = (DAY0 + timedelta(days=day)).isoformat()
    seen = work(petitions({"closed_on": closed, "outcome": "resolved"}), 100)
    assert seen["state"].tolist() == [state]
    assert seen["broken_on"].notna().tolist() == [broken]
    if broken:
        assert seen["broken_on"].tolist() == [pd.Timestamp(DAY0 + timedelta(days=61))]


def test_an_open_matter_says_how_many_days_are_left_and_when_it_is_to_be_passed_on() -> None:
    seen = work(petitions({}, {"extended": True}), 10)
    assert seen["days_left"].tolist() == [50, 80]
    assert seen["pass_on_by"].tolist() == [pd.Timestamp("2026-01-16")] * 2
    assert work(petitions({}), 61)["state"].tolist() == ["overdue"]


def test_closing_a_file_is_not_resolving_the_matter() -> None:
    closed = {"closed_on": "2026-01-20", "outcome": "unresolved"}
    seen = work(petitions(closed), 70)
    assert (seen["closed"].tolist(), seen["resolved"].tolist()) == ([True], [False])
    assert seen["state"].tolist() == ["overdue"]


def test_an_approved_exemption_is_left_out_and_its_use_is_counted_per_area() -> None:
    flag = {"requires_higher_authority": True, "exemption_reason": "policy"}
    two = {"exemption_proposer": "a", "exemption_approver": "b"}
    frame = petitions(flag | two, flag | {**two, "exemption_approver": "a"}, {})
    assert work(frame, 200)["state"].tolist() == ["excluded", "overdue", "overdue"]
    use = exemption_use(frame, as_of=DAY0 + timedelta(days=1)).to_dict("records")
    assert use == [{"area_code": "v1", "matters": 3, "flagged": 2, "excluded": 1}]
    assert exemption_use(frame, as_of=DAY0 - timedelta(days=1)).empty


def test_the_step_of_a_day_is_the_last_one_taken_by_then() -> None:
    told = steps(
        ("petition", "P1", "discover", "2026-01-01"), ("petition", "P1", "register", "2026-01-05")
    )
    assert work(petitions({}), 3, told)["step"].tolist() == ["discover"]
    assert work(petitions({}), 4, told)["step"].tolist() == ["register"]
    assert work(petitions({}), 4)["step"].isna().all()


def test_a_dispute_stands_where_its_moments_or_its_steps_say() -> None:
    row = {"dispute_id": "D1", "area_code": "v1", "requested_at": "2026-01-01T02:00:00Z",
           "registered_at": "2026-01-03T02:00:00Z", "ended_at": "2026-01-09T02:00:00Z",
           "outcome": "agreed"}  # fmt: skip
    frame = table([row], "dispute", "dispute_id")

    def at(day: int, told: pd.DataFrame | None = None) -> tuple[str, str]:
        seen = dispute_work(
            frame, steps() if told is None else told, as_of=date(2026, 1, day), zone=ZONE
        )
        return seen["step"].iloc[0], seen["state"].iloc[0]

    assert at(1) == ("requested", "open")
    assert at(4) == ("registered", "open")
    assert at(4, steps(("dispute", "D1", "in_session", "2026-01-04"))) == ("in_session", "open")
    assert at(9) == ("agreed", "ended")


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.none() | st.integers(0, 120), st.booleans()), max_size=12
    )
)
def test_new_matters_less_resolved_ones_are_the_change_of_the_outstanding(
    drawn: list[tuple[int, int | None, bool]],
) -> None:
    rows = []
    for start, took, solved in drawn:
        accepted = DAY0 + timedelta(days=start)
        closed = None if took is None else (accepted + timedelta(days=took)).isoformat()
        outcome = None if took is None else "resolved" if solved else "unresolved"
        rows.append({"accepted_on": accepted.isoformat(), "closed_on": closed, "outcome": outcome})
    frame = petitions(*rows)
    series = new_and_outstanding(frame, BOOK, as_of=date(2026, 12, 31), months=12)
    ended = [
        str(row["closed_on"])[:7]
        for row in rows
        if row["outcome"] == "resolved" and str(row["closed_on"]) <= "2026-12-31"
    ]
    before = 0
    for month, new, waiting in zip(
        series["month"], series["new"], series["outstanding"], strict=True
    ):
        assert waiting - before == new - ended.count(month)
        before = waiting
    assert series["new"].sum() == len(rows)
