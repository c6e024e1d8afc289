"""W03: a row that may tell of an event the ledger knows already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.vocabulary import Entity
from tests.geo.conftest import Office, points_in

if TYPE_CHECKING:
    import geopandas as gpd

MANY = 700
"""More than become a segment."""


@pytest.fixture
def delivered(office: Office, grid_villages: gpd.GeoDataFrame) -> Office:
    office.load(grid_villages)
    old = points_in(grid_villages, MANY).assign(
        incident_id=[f"old{n}" for n in range(MANY)],
        category="theft",
        occurred_from=[f"2026-0{1 + n // 140}-01 10:00" for n in range(MANY)],
    )
    assert office.bring("cases", office.write("old.csv", old), crs="wgs84").kept == MANY
    office.files = [office.write("table.csv", old)]
    return office


def deliver(office: Office, row: int, **changed: str) -> int:
    """Deliver a case like an old one but for what is changed; give the rows with W03."""
    frame = pd.read_csv(office.files[0], dtype={"area_code": str}).iloc[[row]]
    frame = frame.assign(**({"incident_id": "new"} | changed))
    report = office.bring("cases", office.write("new.csv", frame), crs="wgs84")
    assert report.kept == 1
    return report.warnings.get("W03", 0)


def test_a_row_beside_a_standing_record_is_remarked(delivered: Office) -> None:
    assert deliver(delivered, 300) == 1
    shown = delivered.store.snapshot().cases
    assert len(shown) == MANY + 1


@pytest.mark.parametrize(
    "changed",
    [
        {"occurred_from": "2026-03-01 10:31"},
        {"category": "burglary"},
        {"occurred_from": "2026-01-01 10:00"},
        {"incident_id": "old300"},
    ],
)
def test_later_elsewhere_or_the_same_record_is_none(
    delivered: Office, changed: dict[str, str]
) -> None:
    assert deliver(delivered, 300, **changed) == 0


def test_half_an_hour_is_still_near(delivered: Office) -> None:
    assert deliver(delivered, 300, occurred_from="2026-03-01 10:30") == 1


def test_a_record_taken_back_is_nobodys_double(delivered: Office) -> None:
    delivered.store.undo(2, actor="t", recorded_at=delivered.now)
    assert deliver(delivered, 300) == 0


def test_a_record_behind_the_segments_is_seen_too(delivered: Office) -> None:
    deliver(delivered, 300)
    again = delivered.write("again.csv", pd.read_csv(delivered.folder / "new.csv", dtype=str))
    frame = pd.read_csv(again, dtype=str).assign(incident_id="newer", category="theft")
    report = delivered.bring("cases", delivered.write("newer.csv", frame), crs="wgs84")
    assert report.warnings["W03"] == 1


def test_only_the_asked_span_is_given(delivered: Office) -> None:
    first, last = (pd.Timestamp(f"2026-03-{day}T00:00Z") for day in ("01", "02"))
    none = pd.Series([], dtype="str")
    found = delivered.store.standing_between(Entity.CASE, first, last, besides=none)
    assert len(found) == 140
    fewer = delivered.store.standing_between(
        Entity.CASE, first, last, besides=pd.Series(found.index[:40])
    )
    assert len(fewer) == 100


def test_of_what_was_told_before_nothing_is_told_again(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    """Two cases at one place: told once. A third beside them is told, and so is what it is near."""
    office.load(grid_villages)
    spot = points_in(grid_villages, 1).iloc[[0, 0, 0]].reset_index(drop=True)
    made = spot.assign(
        incident_id=["a", "b", "c"], category="theft", occurred_from="2026-03-01 10:00"
    )
    warned = []
    for number, table in enumerate([made[:2], made[:2].assign(x=1), made, made.assign(x=1)]):
        report = office.bring("cases", office.write(f"{number}.csv", table), crs="wgs84")
        warned.append((report.unchanged, report.warnings.get("W03", 0)))
    assert warned == [(0, 2), (2, 0), (2, 3), (3, 0)]
