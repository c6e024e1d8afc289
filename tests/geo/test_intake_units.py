"""Units and what stands above them: enterprise, work area, shift team; and areas likewise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.intake.attribution import attribute
from geo.intake.faults import Verdicts
from geo.intake.parents import check_parents

if TYPE_CHECKING:
    import geopandas as gpd

Office = Any
NOBODY = pd.Series([], index=pd.Index([], dtype="str"), dtype="str")


@pytest.fixture
def ready(office: Office, grid_villages: gpd.GeoDataFrame) -> Office:
    return office.load(grid_villages)


def register(area: str, parents: dict[str, str | None], **columns: Any) -> pd.DataFrame:
    """Make a register of units by their parents, in order."""
    return pd.DataFrame(
        {"单位编号": list(parents), "上级单位编号": list(parents.values()), "区划代码": area,
         "单位名称": list(parents), "单位类型": "作业区", "单位类别": "企业", "是否重点单位": "否"}
    ).assign(**columns)  # fmt: skip


def bring(office: Office, table: pd.DataFrame, name: str = "units.csv") -> Any:
    return office.bring("units", office.write(name, table))


def test_an_enterprise_has_work_areas_and_these_have_shift_teams(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    table = register(
        grid_villages.index[1],
        {"T1": "W1", "W1": "E", "E": None, "W2": "E"},
        单位类型=["班组", "作业区", "公司", "作业区"],
    )
    report = bring(ready, table)
    assert (report.kept, report.quarantined) == (4, 0)
    units = ready.store.snapshot().units
    assert units["kind"].to_dict() == {
        "T1": "shift_team", "W1": "work_area", "E": "company", "W2": "work_area",
    }  # fmt: skip
    assert units["parent_unit_id"].dropna().to_dict() == {"T1": "W1", "W1": "E", "W2": "E"}


def test_an_unknown_parent_keeps_out_the_unit_and_what_hangs_under_it(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    sound: dict[str, str | None] = {f"U{n}": None for n in range(12)}
    table = register(grid_villages.index[1], {"T": "W", "W": "nobody", **sound})
    report = bring(ready, table)
    assert dict(report.reasons) == {"Q02": 2}
    assert report.quarantine["column"].tolist() == ["parent_unit_id"] * 2


def test_a_parent_may_stand_in_the_ledger_alone(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    bring(ready, register(grid_villages.index[1], {"E": None}))
    report = bring(ready, register(grid_villages.index[1], {"W": "E"}), "more.csv")
    assert (report.kept, report.quarantined) == (1, 0)


def test_units_that_are_their_own_ancestors_are_kept_out(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    sound: dict[str, str | None] = {f"U{n}": None for n in range(20)}
    table = register(grid_villages.index[1], {"A": "B", "B": "C", "C": "A", "D": "D", **sound})
    assert dict(bring(ready, table).reasons) == {"Q02": 4}


def test_a_circle_that_a_correction_would_close_is_not_closed(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    code = grid_villages.index[1]
    sound: dict[str, str | None] = {f"U{n}": None for n in range(9)}
    bring(ready, register(code, {"A": None, "B": "A", **sound}))
    report = bring(ready, register(code, {"A": "B", "B": "A", **sound}), "again.csv")
    # Neither of the two is right by itself; the ledger's word stands.
    assert dict(report.reasons) == {"Q02": 2}
    assert report.quarantine["单位编号"].tolist() == ["A", "B"]
    assert ready.store.snapshot().units["parent_unit_id"].dropna().to_dict() == {"B": "A"}


def test_a_second_register_corrects_only_what_changed(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    names: dict[str, str | None] = {f"U{n}": None for n in range(30)}
    table = register(grid_villages.index[1], names)
    first = bring(ready, table)
    before = ready.store.watermark
    table.loc[3, "单位名称"] = "新名称"
    table.loc[7, "是否重点单位"] = "是"
    table.loc[8, "上级单位编号"] = "U7"
    second = bring(ready, table.sample(frac=1, random_state=1), "june.csv")
    assert (first.kept, second.corrected, second.unchanged) == (30, 3, 27)
    assert ready.store.watermark == before + 3
    units = ready.store.snapshot().units
    assert units.loc["U3", "name"] == "新名称"
    assert units["is_key_security_unit"].sum() == 1


def test_areas_in_a_circle_are_kept_out_instead_of_breaking_every_answer(office: Office) -> None:
    rows = ["area_code,level,name,parent_code", "a,village,a,b", "b,village,b,a", "c,village,c,a"]
    rows += [f"v{n},village,v{n}," for n in range(20)]
    report = office.bring("areas", office.write("areas.csv", "\n".join(rows)))
    assert dict(report.reasons) == {"Q02": 3}
    assert len(office.store.snapshot().areas) == 20


def test_areas_under_one_that_is_kept_out_are_kept_out_as_well(office: Office) -> None:
    rows = ["area_code,level,name,parent_code", "c,village,c,b", "b,town,b,a", "a,,a,"]
    rows += [f"v{n},village,v{n}," for n in range(20)]
    report = office.bring("areas", office.write("areas.csv", "\n".join(rows)))
    assert dict(report.reasons) == {"Q02": 2, "Q09": 1}
    assert len(office.store.snapshot().areas) == 20


@given(st.lists(st.one_of(st.none(), st.integers(0, 11)), min_size=1, max_size=10))
def test_what_is_kept_leads_to_the_top_and_nothing_else_is_kept_out(
    parents: list[int | None],
) -> None:
    frame = pd.DataFrame(
        {"key": [str(n) for n in range(len(parents))],
         "parent": pd.Series([None if p is None else str(p) for p in parents], dtype="str")}
    )  # fmt: skip
    verdicts = Verdicts(len(frame))
    check_parents(frame, verdicts, key="key", parent="parent", standing=NOBODY)

    def reaches_the_top(number: int) -> bool:
        seen: set[int] = set()
        at: int | None = number
        while at is not None and at < len(parents) and at not in seen:
            seen.add(at)
            at = parents[at]
        return at is None

    assert verdicts.kept.tolist() == [reaches_the_top(n) for n in range(len(parents))]


def test_a_unit_registered_anew_answers_under_the_number_of_the_day() -> None:
    subjects = pd.DataFrame(
        {"unit_id": ["u", "u", None],
         "registered_on": pd.to_datetime(["2020-01-01", "2022-01-01", "NaT"]),
         "deregistered_on": pd.to_datetime(["2021-07-01", "NaT", "NaT"])},
        index=pd.Index(["u-old", "u-new", "v"], dtype="str"),
    )  # fmt: skip
    areas = pd.DataFrame({"parent_code": [None]}, index=pd.Index(["v"], dtype="str"))
    days = pd.Series(pd.to_datetime(["2019-05-01", "2020-05-01", "2021-07-01", "2022-01-01"]))
    found = attribute(
        pd.Series(["u"] * 4), pd.Series(["v"] * 4), days, subjects=subjects, areas=areas
    )
    assert found.tolist() == ["v", "u-old", "v", "u-new"]
