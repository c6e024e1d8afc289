"""The next cumulative export says again what was decided otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.decisions import approve, propose_merge, propose_redaction
from geo.vocabulary import Entity
from tests.geo.conftest import NOW, Office

if TYPE_CHECKING:
    import geopandas as gpd

DATUM = "Zhang San's shop"


@pytest.fixture
def delivered(office: Office, grid_villages: gpd.GeoDataFrame) -> Office:
    office.load(grid_villages)
    report = office.bring("cases", office.write("june.csv", export()))
    assert report.kept == 3
    return office


def export(**changed: object) -> pd.DataFrame:
    """Give three cases of one village as an office exports them, again and again."""
    facts = {
        "incident_id": ["a", "b", "c"],
        "category": "theft",
        "occurred_from": "2026-06-01 10:00",
        "area_code": "140322100200",
        "review": "confirmed",
        "station": DATUM,
    }
    return pd.DataFrame(facts | changed)


def redact(office: Office, *keys: str, fields: tuple[str, ...] = ("station",)) -> None:
    made = propose_redaction(
        office.store, about=Entity.CASE, keys=keys, fields=fields, reason="r", by="Li", at=NOW
    )
    for name in ("Wang", "Zhao"):
        approve(office.store, made.decision_id, by=name, at=NOW)


def merge(office: Office, keep: str, drop: str) -> None:
    made = propose_merge(
        office.store, about=Entity.CASE, keep=keep, drops=[drop], reason="r", by="Li", at=NOW
    )
    approve(office.store, made.decision_id, by="Wang", at=NOW)


def stations(office: Office) -> dict[str, object]:
    said = office.store.snapshot().cases["station"].sort_index()
    return dict(said.astype(object).where(said.notna(), None))


def test_an_erased_datum_does_not_come_back_with_the_next_export(delivered: Office) -> None:
    redact(delivered, "a")
    again = delivered.write("july.csv", export(category="burglary"))
    report = delivered.bring("cases", again)
    assert report.corrected == 3
    assert stations(delivered) == {"a": None, "b": DATUM, "c": DATUM}
    assert delivered.store.snapshot().cases["category"].tolist() == ["burglary"] * 3


def test_an_export_that_differs_in_nothing_else_says_nothing_new(delivered: Office) -> None:
    redact(delivered, "a", "b")
    merge(delivered, "a", "c")
    report = delivered.bring("cases", delivered.write("july.csv", export(beat_code="")))
    assert (report.unchanged, report.corrected) == (3, 0)


def test_a_record_taken_back_comes_again_without_what_was_erased(delivered: Office) -> None:
    redact(delivered, "a")
    delivered.store.undo(2, actor="Li", recorded_at=NOW)
    assert delivered.store.snapshot().cases.empty
    delivered.bring("cases", delivered.write("july.csv", export()))
    assert stations(delivered) == {"a": None, "b": DATUM, "c": DATUM}


def test_an_erased_flag_stays_unstated(delivered: Office) -> None:
    redact(delivered, "a", fields=("sensitive_location",))
    delivered.bring("cases", delivered.write("july.csv", export(sensitive_location="yes")))
    shown = delivered.store.snapshot().cases["sensitive_location"].sort_index()
    assert shown.tolist() == [False, True, True]


def test_a_duplicate_stays_one_whatever_its_source_goes_on_saying(delivered: Office) -> None:
    merge(delivered, "a", "b")
    delivered.bring("cases", delivered.write("july.csv", export(category="burglary")))
    shown = delivered.store.snapshot().cases.sort_index()
    assert shown["review"].tolist() == ["confirmed", "duplicate", "confirmed"]
    assert shown["duplicate_of"].fillna("").tolist() == ["", "a", ""]
    assert shown["category"].tolist() == ["burglary"] * 3
    assert delivered.store.month_count()["n"].tolist() == [2]
