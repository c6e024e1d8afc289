"""A store seen from one area: nothing of another one is in it, whatever is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.store import Store
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 6, 30, 8, tzinfo=UTC)
SEEN = ("areas", "units", "subjects", "cases", "accidents", "incidents", "petitions", "disputes",
        "reports", "hazards", "cameras", "lineage", "feeds", "decisions", "steps",
        "inspections")  # fmt: skip


def areas() -> gpd.GeoDataFrame:
    """Give a county `0` over the towns `1` and `10`, with a village each."""
    codes = ["0", "1", "10", "1v", "10v"]
    return gpd.GeoDataFrame(
        {"level": "x", "name": codes, "parent_code": [None, "0", "0", "1", "10"]},
        geometry=[shapely.box(113, 38, 113.1, 38.1)] * 5,
        index=pd.Index(codes, name="area_code"),
        crs="EPSG:4326",
    )  # fmt: skip


def records(town: str) -> dict[Entity, dict[str, Any]]:
    """Give one record of every entity in the village of a town, its texts marked with the town."""
    village, day = f"{town}v", "2026-06-01"
    placed = {"area_code": village}
    happened = {"occurred_from": f"{day}T00:00:00Z", "category": f"kind-{town}", **placed}
    return {
        Entity.UNIT: {"unit_id": f"unit-{town}", **placed},
        Entity.SUBJECT: {"subject_id": f"subject-{town}", **placed},
        Entity.CASE: {"incident_id": f"case-{town}", "stream": "case", **happened},
        Entity.ACCIDENT: {"incident_id": f"accident-{town}", "stream": "accident", **happened},
        Entity.PETITION: {"petition_id": f"petition-{town}", "accepted_on": day, **placed},
        Entity.DISPUTE: {"dispute_id": f"dispute-{town}", **placed},
        Entity.REPORT: {"report_id": f"report-{town}", "body": f"unit-{town}", "stream": "case"},
        Entity.HAZARD: {"hazard_id": f"hazard-{town}", "unit_id": f"unit-{town}"},
        Entity.CAMERA: {"camera_id": f"camera-{town}", **placed},
        Entity.LINEAGE: {"lineage_id": f"lineage-{town}", "old": f"old-{town}", "new": village},
        Entity.STEP: {
            "step_id": f"step-{town}",
            "about": "dispute",
            "about_key": f"dispute-{town}",
        },
        Entity.INSPECTION: {"inspection_id": f"inspection-{town}", "unit_id": f"unit-{town}"},
        Entity.FEED: {"feed_id": f"feed-{town}"},
        Entity.DECISION: {"decision_id": f"decision-{town}"},
    }


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("scoped")
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
        with store.batch(
            Entity.AREA, source="t", content_hash="0", recipe=None, actor="t", recorded_at=NOW
        ) as batch:
            batch.append(Entity.AREA, areas())
            for entity in records("1"):
                rows = [records(town)[entity] for town in ("1", "10")]
                batch.append(entity, pd.DataFrame(rows))
        yield store


def texts(frame: pd.DataFrame) -> set[str]:
    """Give every text of a frame, keys included."""
    flat = frame.drop(columns="geometry", errors="ignore").reset_index()
    return {value for name in flat for value in flat[name] if isinstance(value, str)}


@pytest.mark.parametrize("name", SEEN)
def test_nothing_of_another_town_is_in_what_one_town_sees(store: Store, name: str) -> None:
    seen = texts(getattr(store.snapshot(scope="1"), name))
    assert not {text for text in seen if text.endswith("-10") or text in {"10", "10v"}}


@pytest.mark.parametrize("name", [n for n in SEEN if n not in {"areas", "feeds", "decisions"}])
def test_everything_of_the_own_town_is(store: Store, name: str) -> None:
    whole = texts(getattr(store.snapshot(), name))
    own = {text for text in whole if text.endswith("-1")}
    assert own
    assert own <= texts(getattr(store.snapshot(scope="1"), name))


def test_the_area_a_person_is_bound_to_becomes_the_top(store: Store) -> None:
    assert store.snapshot(scope="1").areas["path"].tolist() == ["/0/1/", "/0/1/1v/"]


def test_the_county_sees_all_and_a_strange_area_nothing(store: Store) -> None:
    assert len(store.snapshot(scope="0").cases) == 2
    assert store.snapshot(scope="1v").cases.index.tolist() == ["case-1"]
    assert all(getattr(store.snapshot(scope="2"), name).empty for name in SEEN)


def test_confirmations_of_a_stream_owner_reach_every_town(store: Store) -> None:
    with store.batch(
        Entity.REPORT, source="t", content_hash="1", recipe=None, actor="t", recorded_at=NOW
    ) as batch:
        batch.append(
            Entity.REPORT,
            pd.DataFrame([{"report_id": "r", "body": "owner:case", "stream": "case"}]),
        )
    for town in ("1", "10"):
        assert "r" in store.snapshot(scope=town).reports.index


def test_the_returns_of_an_office_are_seen_by_those_it_reports_for(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        with store.batch(
            Entity.AREA, source="t", content_hash="0", recipe=None, actor="t", recorded_at=NOW
        ) as batch:
            batch.append(Entity.AREA, areas())
            register = [
                {"subject_id": code, "area_code": code, "body": f"office:{code}"}
                for code in ("1v", "10v")
            ]
            batch.append(Entity.SUBJECT, pd.DataFrame(register))
            sent = [{"report_id": f"r{c}", "body": f"office:{c}"} for c in ("1v", "10v")]
            batch.append(Entity.REPORT, pd.DataFrame(sent))
        assert store.snapshot(scope="1").reports.index.tolist() == ["r1v"]
