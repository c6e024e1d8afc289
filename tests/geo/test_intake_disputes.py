"""Disputes from files: steps in their order, consent, no place nearer than an area, no parties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.vocabulary import Entity
from tests.geo.demo_county import county, standing

if TYPE_CHECKING:
    import geopandas as gpd

Office = Any
HEADERS = {
    "dispute_id": "纠纷编号", "area_code": "区划代码", "topic": "纠纷类别", "channel": "受理渠道",
    "both_parties_consent": "双方是否同意", "requested_at": "申请时间",
    "forms_filled_at": "填写信息时间", "registered_at": "登记时间", "in_session_at": "沟通时间",
    "ended_at": "结束时间", "outcome": "调解结果",
}  # fmt: skip
WORDS = {
    "outcome": {"agreed": "调解成功", "failed_referred": "移送", "refused": "拒绝",
                "withdrawn": "撤回"},
    "channel": {"mobile_station": "掌上派出所", "mediation_room": "调解室", "visit": "来访",
                "hotline": "热线", "gov_grid": "网格"},
}  # fmt: skip


@pytest.fixture
def ready(office: Office, grid_villages: gpd.GeoDataFrame) -> Office:
    return office.load(grid_villages)


def disputes(grid: gpd.GeoDataFrame, count: int = 20, **first: Any) -> pd.DataFrame:
    """Make agreed disputes by the mobile station; `first` changes the first of them."""
    table = pd.DataFrame(
        {
            "纠纷编号": [f"D{n}" for n in range(count)],
            "区划代码": grid.index[1],
            "纠纷类别": "邻里",
            "受理渠道": "掌上派出所",
            "双方是否同意": "是",
            "申请时间": "2025-05-01 09:00",
            "填写信息时间": "2025-05-01 09:10",
            "登记时间": "2025-05-01 10:00",
            "沟通时间": "2025-05-02 15:00",
            "结束时间": "2025-05-02 16:00",
            "调解结果": "调解成功",
        }
    )
    for name, value in first.items():
        table.loc[0, name] = value
    return table


def bring(office: Office, table: pd.DataFrame, name: str = "disputes.csv", **how: Any) -> Any:
    return office.bring("disputes", office.write(name, table), **how)


def test_a_month_of_mediations_is_kept_with_its_steps(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    report = bring(ready, disputes(grid_villages))
    assert (report.kept, report.quarantined) == (20, 0)
    stored = ready.store.snapshot().disputes
    assert set(stored["channel"]) == {"mobile_station"}
    assert set(stored["outcome"]) == {"agreed"}
    assert stored["both_parties_consent"].all()
    assert stored.loc["D3", "in_session_at"] == pd.Timestamp("2025-05-02 07:00", tz="UTC")


@pytest.mark.parametrize(
    ("step", "moment"),
    [
        ("填写信息时间", "2025-05-01 08:59"),
        ("登记时间", "2025-05-01 09:05"),
        ("沟通时间", "2025-05-01 09:30"),
        ("结束时间", "2025-05-02 14:59"),
    ],
)
def test_a_step_before_the_one_before_it_keeps_the_row_out(
    ready: Office, grid_villages: gpd.GeoDataFrame, step: str, moment: str
) -> None:
    changed: dict[str, Any] = {step: moment}
    report = bring(ready, disputes(grid_villages, **changed))
    assert dict(report.reasons) == {"Q05": 1}


def test_what_a_party_refused_was_not_agreed(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    report = bring(ready, disputes(grid_villages, 双方是否同意="否"))
    assert dict(report.reasons) == {"Q12": 1}
    assert "refused was not agreed" in report.sentence("en")


def test_a_refused_dispute_stays_refused_in_the_next_delivery(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    refused: dict[str, Any] = {"双方是否同意": "否", "调解结果": "拒绝", "沟通时间": None}
    assert bring(ready, disputes(grid_villages, **refused)).kept == 20
    report = bring(ready, disputes(grid_villages), "june.csv")
    assert (dict(report.reasons), report.unchanged) == ({"Q12": 1}, 19)
    without = disputes(grid_villages).drop(columns="双方是否同意")
    assert dict(bring(ready, without, "july.csv").reasons) == {"Q12": 1}
    assert ready.store.snapshot().disputes.loc["D0", "outcome"] == "refused"


def test_an_open_dispute_may_end_and_an_ended_one_does_not_open_again(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    still_open: dict[str, Any] = {"结束时间": None, "调解结果": None, "沟通时间": None}
    assert bring(ready, disputes(grid_villages, **still_open)).kept == 20
    assert bring(ready, disputes(grid_villages), "june.csv").corrected == 1
    report = bring(ready, disputes(grid_villages, 21, **still_open), "late.csv")
    assert dict(report.reasons) == {"Q12": 1}


def test_coordinates_are_refused_or_find_the_area_and_go(
    ready: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    at = grid_villages.geometry.iloc[2].centroid
    table = disputes(grid_villages).assign(经度=at.x, 纬度=at.y).drop(columns="区划代码")
    assert bring(ready, table, crs="wgs84").refused == "F09"
    assert bring(ready, table, crs="wgs84", to_area=True).kept == 20
    stored = ready.store.snapshot().disputes
    assert set(stored["area_code"]) == {grid_villages.index[2]}
    assert not {"lon", "lat"} & set(stored.columns)


@pytest.mark.parametrize("header", ["当事人", "申请人", "联系电话", "姓名"])
def test_parties_have_no_column_to_enter_by(
    ready: Office, grid_villages: gpd.GeoDataFrame, header: str
) -> None:
    assert bring(ready, disputes(grid_villages).assign(**{header: "x"})).refused == "F03"


def test_the_county_s_own_disputes_go_out_and_come_in_again(office: Office) -> None:
    demo = county()
    told = standing(demo, Entity.DISPUTE).reset_index()[list(HEADERS)]
    for name, words in WORDS.items():
        told[name] = told[name].map(words)
    office.load(demo.world.areas)
    report = bring(office, told.rename(columns=HEADERS), backfill=True)
    assert (report.kept, report.quarantined) == (len(told), 0)
    stored = office.store.snapshot().disputes
    same = standing(demo, Entity.DISPUTE).loc[stored.index]
    for name in ("requested_at", "ended_at", "outcome", "channel", "area_code"):
        assert (stored[name].eq(same[name]) | same[name].isna()).all()
