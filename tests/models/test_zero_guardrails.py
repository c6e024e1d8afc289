"""What the zero model must never do, whatever the figures."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import models.zero
from geo.errors import SchemaError
from geo.schemas import columns_of, conform, validate
from models.zero.rates import zero_rates

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

MODULES = [
    importlib.import_module(f"models.zero.{found.name}")
    for found in pkgutil.iter_modules(models.zero.__path__)
]
STATUSES = ["zero_reported", "zero_verified", "pending_review", "broken", "not_assessed"]


def test_nothing_here_ranks_areas_or_offices() -> None:
    public = [name.lower() for module in MODULES for name in module.__all__]
    league = ("rank", "top", "worst", "best", "league", "score", "veto")
    assert [name for name in public if any(word in name for word in league)] == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=4), max_size=6))
def test_areas_keep_the_order_they_came_in_whatever_their_rates(towns: list[list[str]]) -> None:
    row = {"window": "2020", "stream": "case", "breaking": 0, "pending": 0, "coverage": 1.0}
    rows = [
        {**row, "subject_id": f"{town}-{n}", "town": f"t{town}", "status": status}
        for town, statuses in enumerate(towns)
        for n, status in enumerate(statuses)
    ]
    columns = [*row, "subject_id", "town", "status"]
    rates = zero_rates(pd.DataFrame(rows, columns=columns), by=["town"])
    cases = rates[rates["stream"] == "case"]
    assert cases["town"].tolist() == [f"t{town}" for town in range(len(towns))]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 29), max_size=30))
def test_no_number_of_registrations_changes_any_status(
    zero_world: type[ZeroWorld], days: list[int]
) -> None:
    world = zero_world().subject("a").report("a", "2020-01-01", "2020-06-01")
    quiet = world.months("2020-05-01", "2020-07-01", as_of="2020-06-30")
    for day in days:
        world.petition("a", f"2020-06-{day + 1:02d}", channel="visit")
    pd.testing.assert_frame_equal(
        quiet, world.months("2020-05-01", "2020-07-01", as_of="2020-06-30")
    )


def test_no_data_is_never_zero(zero_world: type[ZeroWorld]) -> None:
    status = zero_world().subject("a").months("2020-01-01", "2020-07-01", as_of="2020-06-30")
    assert set(status["status"]) == {"not_assessed"}


@pytest.mark.parametrize(
    "column", ["lon", "lat", "geometry", "x", "姓名", "petitioner", "name", "phone", "address"]
)
def test_a_petition_has_no_place_but_its_area_and_no_party(column: str) -> None:
    assert column not in columns_of("petition")
    frame = pd.DataFrame({"petition_id": ["p"], "area_code": ["a"], column: ["x"]})
    with pytest.raises(SchemaError, match=column):
        conform(frame, "petition")


@pytest.mark.parametrize("column", ["area_code", "accepted_on"])
def test_a_petition_needs_an_area_and_the_day_its_clock_starts(column: str) -> None:
    row = {"petition_id": ["p"], "area_code": ["a"], "accepted_on": ["2020-01-01"]}
    assert len(validate(pd.DataFrame(row), "petition")) == 1
    with pytest.raises(SchemaError, match=column):
        validate(pd.DataFrame(row).drop(columns=column), "petition")
