"""Processes as data: what may follow what, and what a file of steps may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import SchemaError, UsageError
from geo.intake.stepping import out_of_turn
from geo.process import POSTS, process_from_yaml, process_named, processes
from geo.resources import read_text
from geo.schemas import conform, validate
from geo.vocabulary import Entity
from tests.geo.demo_county import county, entries, standing

if TYPE_CHECKING:
    import geopandas as gpd

    from tests.geo.conftest import Office

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
LOOP = tuple(process_named("closed_loop").steps)


def steps(*taken: str, key: str = "P1", start: int = 0, stating: bool = True) -> pd.DataFrame:
    """Give steps of the loop taken on one day after the other, in a row."""
    rows = [
        {
            "step_id": f"{key}-{start + n}",
            "about": "petition",
            "about_key": key,
            "process": "closed_loop",
            "from_step": (taken[n - 1] if n else None) if stating else None,
            "to_step": step,
            "taken_at": NOON + timedelta(days=start + n),
        }
        for n, step in enumerate(taken)
    ]
    columns = ["step_id", "about", "about_key", "process", "from_step", "to_step", "taken_at"]
    return pd.DataFrame(rows, columns=columns)


def stood(frame: pd.DataFrame) -> pd.DataFrame:
    return conform(frame, "step")


# ---- the files ------------------------------------------------------------------------------


def test_the_steps_are_those_of_the_programme_and_only_the_loop_is_the_projects_own() -> None:
    own = {process.id: process.project_default for process in processes()}
    assert own == {"closed_loop": True, "mediation": False, "review": False}
    assert LOOP == (
        "discover", "register", "assign", "handle", "report_back", "verify", "archive",
    )  # fmt: skip
    ends = {step for step in process_named("mediation").steps
            if process_named("mediation").is_end(step)}  # fmt: skip
    assert ends == {"agreed", "failed_referred", "refused", "withdrawn"}
    assert process_named("review").next_after("stream_owner") == ("confirmed", "rejected")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("first: requested", "first: begun", "begun"),
        ("next: [forms_filled, refused, withdrawn]", "next: [nowhere]", "nowhere"),
        (
            "agreed: {zh: 调解成功, en: Agreed, next: []}",
            "agreed: {zh: 成, en: '', next: []}",
            "en",
        ),
        ("project_default: false", "project_default: perhaps", "true or false"),
        ("about: [dispute]", "about: [person]", "person"),
        ("posts: [police_station,", "posts: [officer_wang,", "officer_wang"),
        ("id: mediation", "id: mediation\nreward: 5", "reward"),
        ("next: [agreed, failed_referred, withdrawn]", "next: [in_session]", "leads to"),
        ("id: mediation", "id: [", "not YAML"),
    ],
)
def test_a_process_that_cannot_be_is_refused_with_what_came_and_what_is_needed(
    old: str, new: str, said: str
) -> None:
    text = read_text("processes", "mediation.yaml")
    assert old in text
    with pytest.raises(SchemaError, match=said) as told:
        process_from_yaml(text.replace(old, new))
    assert "needed" in str(told.value)


def test_an_illegal_step_gets_one_sentence_in_both_languages() -> None:
    mediation = process_named("mediation")
    mediation.require("in_session", "agreed")
    with pytest.raises(UsageError) as told:
        mediation.require("registered", "agreed")
    assert str(told.value) == (
        "Mediation: 'Agreed' may not follow 'Registered'; "
        "what may is In session, Refused, Withdrawn."
    )
    assert told.value.text("zh") == (
        "掌上派出所调解：“登记”之后不能是“调解成功”；可以是：沟通、一方拒绝、已撤回。"
    )
    with pytest.raises(UsageError, match="has ended"):
        mediation.require("agreed", "in_session")
    with pytest.raises(UsageError, match="the beginning"):
        mediation.require(None, "agreed")


def test_an_owner_is_a_post_and_no_person() -> None:
    for process in processes():
        assert set(process.posts) <= set(POSTS)
    assert not {"name", "staff", "remark", "note"} & set(conform(steps(), "step").columns)


# ---- steps that follow ----------------------------------------------------------------------


@given(st.lists(st.sampled_from(LOOP), max_size=9), st.integers(0, 9))
def test_what_is_kept_of_any_steps_is_a_way_through_the_process(taken: list[str], cut: int) -> None:
    loop = process_named("closed_loop")
    early, late = steps(*taken[:cut], stating=False), steps(*taken[cut:], start=cut, stating=False)
    first = early[~out_of_turn(early, stood(steps()))]
    kept = late[~out_of_turn(late, stood(first))]
    way: list[str] = [*first["to_step"], *kept["to_step"]]
    assert all(loop.may(a, b) for a, b in zip([None, *way], way, strict=False))
    naive: list[str] = []
    for step in taken:
        if loop.may(naive[-1] if naive else None, step):
            naive.append(step)
    assert way == naive


def test_a_step_that_names_another_one_before_it_does_not_follow() -> None:
    told = steps("discover", "register")
    told["from_step"] = [None, "assign"]
    assert out_of_turn(told, stood(steps())).tolist() == [False, True]


def test_a_step_between_two_that_stand_is_out_of_turn_and_the_same_again_is_not() -> None:
    there = steps("discover", "register", "assign")
    again = steps("discover", "register", "assign")
    assert not out_of_turn(again, stood(there)).any()
    between = steps("register", start=1).assign(step_id="new", taken_at=NOON + timedelta(hours=30))
    assert out_of_turn(between, stood(there)).tolist() == [True]


def test_a_correction_must_leave_a_way_to_what_stands_after_it() -> None:
    there = stood(steps("discover", "register", "assign"))
    changed = steps("discover", "register", "assign").iloc[[1]].assign(to_step="archive")
    assert out_of_turn(changed, there).tolist() == [True]


# ---- a file ---------------------------------------------------------------------------------


def test_a_file_of_steps_is_taken_in_and_what_does_not_fit_says_why(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    office.load(grid_villages)
    village = grid_villages.index[1]
    matters = [f"P{n},2026-05-01,{village}" for n in range(1, 9)] + [
        f"P{n},2026-05-01,{village}" for n in range(10, 40)
    ]
    petitions = "信访编号,受理日期,区划代码\n" + "\n".join(matters)
    office.bring("petitions", office.write("p.csv", petitions))
    head = "步骤编号,事项类型,事项编号,流程,步骤,办理时间,责任岗位,到期日期,文号\n"
    rows = [
        "1,信访,P1,七步闭环,discover,2026-05-01 09:00,村委会,,",
        "2,信访,P1,七步闭环,register,2026-05-01 10:00,信访办,2026-06-30,盂信访〔2026〕12号",
        "3,信访,P1,七步闭环,archive,2026-05-02 10:00,信访办,,",
        "4,信访,P9,七步闭环,discover,2026-05-01 09:00,村委会,,",
        "5,信访,P2,调解,requested,2026-05-01 09:00,派出所,,",
        "6,信访,P2,七步闭环,discover,2026-05-01 09:00,王某某,,",
        "7,信访,P2,七步闭环,discover,2026-05-01 09:00,村委会,,与王某谈话",
        *[f"{n},信访,P{n},七步闭环,discover,2026-05-01 09:00,村委会,," for n in range(10, 40)],
    ]
    report = office.bring("steps", office.write("s.csv", head + "\n".join(rows)))
    assert dict(report.reasons) == {"Q12": 1, "Q02": 1, "Q09": 3}
    kept = office.store.snapshot().steps.iloc[:2]
    assert kept["to_step"].tolist() == ["discover", "register"]
    assert kept["post"].tolist() == ["village_office", "petition_office"]


def test_inspections_that_found_nothing_are_taken_in(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    office.load(grid_villages)
    rows = f"检查日期,区划代码,检查表,发现隐患数\n2026-05-01,{grid_villages.index[1]},AQ-1,0\n"
    assert office.bring("inspections", office.write("i.csv", rows)).kept == 1
    assert office.store.snapshot().inspections["hazards_found"].tolist() == [0.0]


# ---- the made-up county ---------------------------------------------------------------------


def test_the_countys_steps_follow_each_other_and_its_inspections_find_its_hazards() -> None:
    demo = county()
    told = standing(demo, Entity.STEP)
    fresh = told.drop(columns=["minute", "gone"])
    assert len(validate(fresh, "step")) > 1_000
    assert not out_of_turn(fresh.reset_index(), stood(steps())).any()
    assert set(told["process"]) == {"closed_loop", "mediation"}
    for entity in (Entity.PETITION, Entity.DISPUTE):
        first = entries(demo, entity)[0]
        known = pd.Series(first.minute, first.frame.index)
        own = told[told["about"] == entity]
        assert (own["minute"].to_numpy() > known.loc[own["about_key"]].to_numpy()).all()
    inspections = standing(demo, Entity.INSPECTION)
    assert inspections["hazards_found"].sum() == len(standing(demo, Entity.HAZARD))
    assert (inspections["hazards_found"] == 0).mean() > 0.2
    assert entries(demo, Entity.INSPECTION)
