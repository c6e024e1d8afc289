"""The made-up county, shifted and declared WGS84, is refused by name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from geo.crs import bd09_from_wgs84, gcj02_from_wgs84
from geo.demo.build import build_demo
from geo.intake import import_files
from geo.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("demo")
    with Store.open(f"sqlite:///{folder / 'demo.db'}") as store:
        build_demo(store, until=date(2026, 6, 30), volume="sparse")
        yield store


@pytest.mark.parametrize("entity", ["cases", "accidents", "units", "cameras"])
def test_shifted_records_are_told_apart_and_true_ones_pass(
    county: Store, tmp_path: Path, entity: str
) -> None:
    table = getattr(county.snapshot(), entity).reset_index()
    last = county.snapshot().known_at
    assert last is not None
    now = last + timedelta(hours=1)
    before = county.watermark

    def bring(name: str, shift: Any) -> Any:
        lon, lat = shift(table["lon"], table["lat"])
        path = tmp_path / f"{name}.csv"
        table.assign(lon=lon, lat=lat).to_csv(path, index=False)
        return import_files(county, entity, [path], actor="t", now=now, crs="wgs84")

    for title, shift in (("GCJ-02", gcj02_from_wgs84), ("BD-09", bd09_from_wgs84)):
        report = bring(title, shift)
        assert report.refused == "F05"
        assert title in report.sentence("en")
        assert title in report.sentence("zh")
    assert county.watermark == before
    report = bring("true", lambda lon, lat: (lon, lat))
    assert report.refused is None
    assert report.kept == len(table)
    # What the ledger gave out it takes back, but for points on a border between two areas.
    assert report.unchanged >= 0.99 * len(table)
