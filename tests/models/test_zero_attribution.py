"""Whose incident it is: the registered unit's first, the area's only if there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from models.zero.attribution import attribute
from models.zero.register import find, subjects_from_areas

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld


def attributed(world: ZeroWorld) -> list[Any]:
    frames = world.frames()
    found = attribute(frames["incidents"], frames["subjects"], zone=world.zone)
    assert found.index.equals(frames["incidents"].index)
    return [None if pd.isna(name) else name for name in found]


def test_where_nobody_is_registered_an_incident_is_nobodys(zero_world: type[ZeroWorld]) -> None:
    assert attributed(zero_world().incident("case", "2020-06-10", area_code="a")) == [None]


@pytest.mark.parametrize(
    ("unit", "area", "owner"),
    [
        ("u", "a", "u"),
        ("u", None, "u"),
        (None, "a", "a"),
        ("unregistered", "a", "a"),
        ("u", "b", "u"),  # the unit's own incident, wherever it happened
        (None, "nowhere", None),
        (None, None, None),
    ],
)
def test_the_registered_unit_comes_first_and_the_area_second(
    zero_world: type[ZeroWorld], unit: str | None, area: str | None, owner: str | None
) -> None:
    world = zero_world().subject("a").subject("b").unit("u", "a")
    world.incident("case", "2020-06-10", unit_id=unit, area_code=area)
    assert attributed(world) == [owner]


def test_a_unit_owns_incidents_only_while_it_is_registered(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().subject("a")
    span = {"registered_on": "2020-06-10", "deregistered_on": "2020-06-20"}
    world.subject("u", "enterprise", area_code="a", unit_id="u", **span)
    for day in ("2020-06-09", "2020-06-10", "2020-06-19", "2020-06-20"):
        world.incident("accident", day, hour="00:10", unit_id="u", area_code="a")
    assert attributed(world) == ["a", "u", "u", "a"]


def test_an_area_without_a_subject_owns_nothing(zero_world: type[ZeroWorld]) -> None:
    world = zero_world().unit("u", "a").incident("case", "2020-06-10", area_code="a")
    world.incident("case", "2020-06-10", area_code="u")
    assert attributed(world) == [None, None]


def test_nothing_to_attribute_gives_nothing(zero_world: type[ZeroWorld]) -> None:
    frames = zero_world().subject("a").frames()
    found = attribute(frames["incidents"], frames["subjects"], zone=ZoneInfo("UTC"))
    assert found.empty
    assert found.name == "subject_id"


def test_finding_looks_up_every_value_and_marks_what_is_missing() -> None:
    values = pd.Series(["b", None, "x", "a", "b"], dtype="str")
    assert find(values, pd.Index(["a", "b"])).tolist() == [1, -1, -1, 0, 1]
    assert find(values[:0], pd.Index(["a"])).tolist() == []


def test_areas_of_a_level_become_subjects_of_that_class() -> None:
    areas = pd.DataFrame(
        {
            "level": ["city", "beat", "beat"],
            "valid_from": pd.to_datetime(["NaT", "NaT", "2015-01-01"]),
            "valid_to": pd.to_datetime(["NaT", "NaT", "NaT"]),
        },
        index=pd.Index(["C", "1", "2"], name="area_code"),
    )
    made = subjects_from_areas(areas, "beat")
    assert made.index.tolist() == made["area_code"].tolist() == ["1", "2"]
    assert set(made["subject_class"]) == {"beat"}
    assert made["registered_on"].isna().tolist() == [True, False]
    assert made["unit_id"].isna().all()
    assert subjects_from_areas(areas, "village").empty
