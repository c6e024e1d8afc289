"""However a source cuts its facts into files, and whichever comes first: the same stands."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.store import Store
from tests.geo.conftest import Office, villages

if TYPE_CHECKING:
    from collections.abc import Sequence

RECIPE = """
entities:
  cases:
    - name: counted
      columns: {incident_id: id, category: kind, occurred_from: at, area_code: area}
      retract: {source: Count, values: ["-1"]}
"""
AREAS = [f"140322100{200 + number}" for number in range(3)]
KEYS = "abcd"

Fact = dict[str, Any]


@st.composite
def histories(draw: Any) -> dict[str, list[Fact]]:
    """Give each key what is said of it, one after the other; some are taken back in the end."""
    said = st.fixed_dictionaries(
        {"area": st.sampled_from(AREAS), "kind": st.sampled_from(["theft", "fight"])}
    )
    facts: dict[str, list[Fact]] = {}
    for key in KEYS[: draw(st.integers(1, len(KEYS)))]:
        stated = draw(st.lists(said, min_size=1, max_size=2))
        rows = [fact | {"id": key, "at": "2025-03-01 08:30", "Count": 1} for fact in stated]
        taken_back = [rows[-1] | {"Count": -1}] if draw(st.booleans()) else []
        facts[key] = rows + taken_back
    return facts


@st.composite
def orders(draw: Any, facts: dict[str, list[Fact]]) -> list[Fact]:
    """Mix the facts of all keys; those of one key keep their order."""
    keys = draw(st.permutations([key for key, said in facts.items() for _ in said]))
    left = {key: iter(said) for key, said in facts.items()}
    return [next(left[key]) for key in keys]


@st.composite
def cuts(draw: Any, facts: Sequence[Fact]) -> list[list[Fact]]:
    """Cut facts into files; a file states a key once and takes it back once, nothing after."""
    files: list[list[Fact]] = [[]]
    for fact in facts:
        there = [row["Count"] for row in files[-1] if row["id"] == fact["id"]]
        if files[-1] and (fact["Count"] in there or -1 in there or draw(st.booleans())):
            files.append([])
        files[-1].append(fact)
    return files


def standing(files: Sequence[Sequence[Fact]]) -> pd.DataFrame:
    """Import the files into a new store; give what stands in the end, and the counts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with Store.open(f"sqlite:///{path / 'store.db'}") as store:
            office = Office(store, path).load(villages(2))
            recipe = office.write("counted.yaml", RECIPE)
            for number, rows in enumerate(files):
                table = pd.DataFrame(rows).assign(file=number)
                file = office.write(f"{number}.csv", table)
                report = office.bring("cases", file, recipe=str(recipe))
                assert (report.refused, report.kept) == (None, len(rows))
            cases = store.snapshot().cases.sort_index()
            counted = store.month_count().set_index("area_code")["n"]
            assert counted.to_dict() == cases["area_code"].value_counts().to_dict()
    return cases.drop(columns=["seq", "known_at", "recorded_at"])


@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_any_cut_and_any_order_of_independent_facts_leave_the_same(data: st.DataObject) -> None:
    facts = data.draw(histories())
    one_by_one = [[fact] for said in facts.values() for fact in said]
    files = data.draw(cuts(data.draw(orders(facts))))
    pd.testing.assert_frame_equal(standing(files), standing(one_by_one))


def test_the_builder_can_fail() -> None:
    """Facts of one key in another order do not leave the same."""
    one, two = (
        {"id": "a", "at": "2025-03-01 08:30", "area": area, "kind": "theft", "Count": 1}
        for area in AREAS[:2]
    )
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(standing([[one], [two]]), standing([[two], [one]]))
