"""The tree of areas, drawn small enough to check by eye."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import SchemaError, UsageError
from geo.hierarchy import (
    ancestor_at,
    areas_on,
    children_of,
    descendants,
    holds,
    leaf_codes,
    leaf_level,
    level_order,
    parent_positions,
    roll_up,
    with_paths,
)


def county() -> pd.DataFrame:
    """Build a county `1` with towns `11`, `12`, three villages, a community and a police beat.

    A second county `10` without anything in it begins with the first one's code.
    """
    rows = [
        ("1", "county", None, False),
        ("10", "county", None, False),
        ("11", "town", "1", False),
        ("12", "town", "1", False),
        ("111", "village", "11", False),
        ("112", "village", "11", False),
        ("121", "village", "12", False),
        ("122", "community", "12", False),
        ("B7", "beat", "1", True),
    ]
    frame = pd.DataFrame(rows, columns=["area_code", "level", "parent_code", "grouping"])
    return with_paths(
        frame.astype({"area_code": "str", "parent_code": "str"}).set_index("area_code")
    )


def chain(depth: int) -> pd.DataFrame:
    """Build areas `0` to `depth - 1`, each in the one before, in shuffled order."""
    codes = [str(i) for i in range(depth)]
    frame = pd.DataFrame({"parent_code": [None, *codes[:-1]]}, index=pd.Index(codes))
    return frame.sample(frac=1.0, random_state=7)


def test_a_path_names_every_area_from_the_top_down() -> None:
    paths = county()["path"]
    assert paths["111"] == "/1/11/111/"
    assert paths["1"] == "/1/"


@given(depth=st.integers(1, 60))
@settings(deadline=None)
def test_a_hierarchy_may_be_of_any_depth(depth: int) -> None:
    paths = with_paths(chain(depth))["path"]
    assert paths[str(depth - 1)] == "/" + "".join(f"{i}/" for i in range(depth))


def test_area_one_does_not_hold_area_ten() -> None:
    areas = county()
    assert "10" not in descendants(areas, "1").index
    assert holds("/1/", areas["path"]).sum() == 8
    assert not holds("/1/", pd.Series(["/10/", None, "/2/1/"])).any()


def test_a_parent_that_is_not_loaded_is_no_part_of_the_path() -> None:
    towns = county().drop(index=["1"])
    assert with_paths(towns)["path"]["111"] == "/11/111/"


@pytest.mark.parametrize("parents", [["b", "a"], ["a", None], ["c", "a", "b"]])
def test_areas_that_are_their_own_ancestors_are_refused(parents: list[Any]) -> None:
    index = pd.Index(list("abc")[: len(parents)])
    with pytest.raises(SchemaError, match="their own ancestors") as caught:
        with_paths(pd.DataFrame({"parent_code": parents}, index=index))
    assert "循环" in caught.value.text("zh")


@pytest.mark.parametrize("codes", [["a", "a"], ["a", "b/c"]])
def test_a_code_stands_once_and_holds_no_slash(codes: list[str]) -> None:
    with pytest.raises(SchemaError, match="stand once and hold no slash"):
        with_paths(pd.DataFrame({"parent_code": [None, None]}, index=pd.Index(codes)))


def test_children_are_direct_and_descendants_are_all() -> None:
    areas = county()
    assert list(children_of(areas, "1").index) == ["11", "12"]
    assert list(children_of(areas, "111").index) == []
    assert list(descendants(areas, "12").index) == ["121", "122"]
    assert list(descendants(areas, "12", itself=True).index) == ["12", "121", "122"]


def test_descendants_of_an_unknown_area_are_refused() -> None:
    with pytest.raises(UsageError, match="No area 'nowhere'"):
        descendants(county(), "nowhere")


def test_a_beat_stands_beside_the_tree() -> None:
    areas = county()
    assert "B7" not in descendants(areas, "1").index
    assert "B7" not in leaf_codes(areas)
    assert "beat" not in level_order(areas)
    assert areas["path"]["B7"] == "/1/B7/"


def test_an_area_below_a_beat_stands_at_the_top() -> None:
    areas = county()
    areas.loc["112", "parent_code"] = "B7"
    assert parent_positions(areas)[areas.index.get_loc("112")] == -1


def test_levels_run_from_coarse_to_fine() -> None:
    assert level_order(county()) == ["county", "town", "community", "village"]
    assert leaf_level(county()) == "village"


def test_leaves_are_the_areas_nothing_lies_under() -> None:
    assert leaf_codes(county()) == ["10", "111", "112", "121", "122"]


def test_without_levels_there_is_no_finest_one() -> None:
    with pytest.raises(UsageError, match="No area has a level"):
        leaf_level(county().iloc[:0])


def test_an_area_is_in_force_from_its_first_day_to_the_day_before_its_last() -> None:
    areas = county()
    areas["valid_from"] = pd.Series({"111": pd.Timestamp(2020, 1, 1)}, dtype="datetime64[us]")
    areas["valid_to"] = pd.Series({"111": pd.Timestamp(2021, 3, 1)}, dtype="datetime64[us]")
    on = {day: "111" in areas_on(areas, day).index for day in DAYS}
    assert list(on.values()) == [False, True, True, False]
    assert "112" in areas_on(areas, DAYS[0]).index


DAYS = [date(2019, 12, 31), date(2020, 1, 1), date(2021, 2, 28), date(2021, 3, 1)]


def test_the_ancestor_at_a_level_is_the_area_itself_or_one_above() -> None:
    codes = pd.Series(["111", "12", "1", "nowhere", None])
    found = ancestor_at(codes, county(), level="town")
    assert found.iloc[:2].tolist() == ["11", "12"]
    assert found.iloc[2:].isna().all()


def test_counts_rolled_up_by_hand() -> None:
    counts = pd.Series({"111": 2, "112": 3, "122": 5})
    assert roll_up(counts, county(), level="town").to_dict() == {"11": 5, "12": 5}
    assert roll_up(counts, county(), level="county")["1"] == 10


def test_a_town_nothing_is_known_of_is_missing_not_zero() -> None:
    rolled = roll_up(pd.Series({"111": 2.0}), county(), level="town")
    assert rolled["11"] == 2
    assert np.isnan(rolled["12"])


@given(st.lists(st.sampled_from(["1", "11", "111", "112", "121", "122", "gone"]), min_size=1))
@settings(deadline=None)
def test_rolling_up_loses_nothing(codes: list[str]) -> None:
    counts = pd.Series(1, index=pd.Index(codes)).groupby(level=0).sum()
    for level in ("county", "town", "village"):
        assert roll_up(counts, county(), level=level).sum() == len(codes)


def test_frames_roll_up_column_by_column() -> None:
    table = pd.DataFrame({"case": [1, 2], "accident": [0, 4]}, index=["111", "112"])
    rolled = roll_up(table, county(), level="town")
    assert rolled.loc[["11"]].to_numpy().tolist() == [[3, 4]]
    assert rolled.index.name == "area_code"
