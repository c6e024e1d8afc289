"""What became of an area: followed forward and back, by hand and against a second method."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geo.lineage import ancestors_of, successor_of

Step = tuple[str, str, str]


def lineage_of(*steps: Step) -> pd.DataFrame:
    """Make a lineage of (old, new, day)."""
    frame = pd.DataFrame(steps, columns=["old", "new", "date"]).astype("str")
    return frame.assign(date=pd.to_datetime(frame["date"]))


def successor(lineage: pd.DataFrame, code: str, day: str) -> str | None:
    found = successor_of(lineage, pd.Series([code]), pd.Timestamp(day).date()).iloc[0]
    return None if pd.isna(found) else str(found)


def test_a_recoded_area_is_followed_from_the_day_it_was_recoded() -> None:
    lineage = lineage_of(("a", "b", "2021-01-01"), ("b", "c", "2023-01-01"))
    days = ("2020-12-31", "2021-01-01", "2022-12-31", "2023-01-01")
    assert [successor(lineage, "a", day) for day in days] == [None, "b", "b", "c"]


def test_a_merged_area_has_one_successor_and_a_split_one_has_none() -> None:
    lineage = lineage_of(
        ("a", "c", "2021-01-01"), ("b", "c", "2021-01-01"),
        ("d", "e", "2021-01-01"), ("d", "f", "2021-01-01"),
    )  # fmt: skip
    day = "2022-01-01"
    assert [successor(lineage, code, day) for code in "abcd"] == ["c", "c", None, None]


def test_an_area_that_gives_a_part_away_and_stays_is_followed_nowhere() -> None:
    lineage = lineage_of(("a", "a", "2021-01-01"), ("a", "b", "2021-01-01"))
    assert successor(lineage, "a", "2022-01-01") is None


def test_an_area_that_takes_another_one_in_stays_itself_and_has_no_ancestor() -> None:
    lineage = lineage_of(("c", "c", "2021-01-01"), ("a", "c", "2021-01-01"))
    assert successor(lineage, "a", "2022-01-01") == "c"
    assert successor(lineage, "c", "2022-01-01") is None
    assert ancestors_of(lineage, "c") == []


def test_two_codes_exchanged_on_one_day_are_each_followed_one_step() -> None:
    lineage = lineage_of(("a", "b", "2021-01-01"), ("b", "a", "2021-01-01"))
    assert successor(lineage, "a", "2021-01-01") == "b"
    assert successor(lineage, "b", "2021-01-01") == "a"


def test_a_code_given_back_later_leads_to_itself() -> None:
    lineage = lineage_of(("a", "b", "2021-01-01"), ("b", "a", "2022-01-01"))
    assert successor(lineage, "a", "2022-06-01") == "a"
    assert ancestors_of(lineage, "a") == [
        ("b", pd.Timestamp("2022-01-01")), ("a", pd.Timestamp("2021-01-01"))
    ]  # fmt: skip


def test_the_chain_back_stops_at_a_split() -> None:
    lineage = lineage_of(
        ("a", "b", "2019-01-01"), ("b", "c", "2020-01-01"), ("b", "d", "2020-01-01"),
        ("c", "e", "2021-01-01"), ("e", "f", "2022-01-01"),
    )  # fmt: skip
    assert [code for code, _ in ancestors_of(lineage, "f")] == ["e", "c"]


def test_without_any_lineage_nothing_has_a_successor() -> None:
    assert successor(lineage_of(), "a", "2022-01-01") is None
    assert ancestors_of(lineage_of(), "a") == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from("abcd"),
        st.sampled_from(["2020-01-01", "2021-01-01", "2022-01-01"]),
    ),
    max_size=6,
)  # fmt: skip


def walked(steps: list[Step], code: str, day: str) -> str | None:
    """Walk day by day: a second method."""
    at: str | None = code
    moved = False
    for today in ("2020-01-01", "2021-01-01", "2022-01-01"):
        ways = {new for old, new, when in steps if old == at and when == today}
        if today > day or not ways or ways == {at}:
            continue
        at, moved = (ways.pop() if len(ways) == 1 else None), True
    return at if moved else None


@given(steps=STEPS, code=st.sampled_from("abcd"), day=st.sampled_from(["2020-06-01", "2022-01-01"]))
def test_following_all_at_once_is_walking_day_by_day(
    steps: list[Step], code: str, day: str
) -> None:
    assert successor(lineage_of(*steps), code, day) == walked(steps, code, day)


@given(steps=STEPS, code=st.sampled_from("abcd"))
def test_who_is_an_ancestor_has_this_area_as_successor_on_the_day_it_ended(
    steps: list[Step], code: str
) -> None:
    lineage = lineage_of(*steps)
    chain = ancestors_of(lineage, code)
    younger = [code, *(old for old, _ in chain)]
    for (old, ended), new in zip(chain, younger, strict=False):
        on_that_day = lineage[lineage["date"] == ended]
        assert set(on_that_day.loc[on_that_day["old"] == old, "new"]) == {new}
        assert set(on_that_day.loc[on_that_day["new"] == new, "old"]) == {old}
