"""Columns and payloads say the same, down to the types."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa

from geo.store import Store, pending
from geo.store.tables import segment
from geo.vocabulary import Action, Entity
from tests.geo.store_books import DELIVERY, HOUR, NOON, Books, cases, keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY = [f"c{number:03d}" for number in range(600)]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    yield made
    made.store.close()


def segments(books: Books) -> list[tuple[str, int, int, int]]:
    c = segment.c
    engine = sa.create_engine(books.url)
    with engine.begin() as connection:
        rows = connection.execute(
            sa.select(c.entity, c.first_seq, c.last_seq, c.events).order_by(c.first_seq)
        )
        found = [tuple(row) for row in rows]
    engine.dispose()
    return found


def varied(ids: list[str]) -> pd.DataFrame:
    """Give cases with every kind of column, some of it missing, some to the microsecond."""
    count = len(ids)
    start = pd.Timestamp("2020-02-10T04:00:00Z") + pd.to_timedelta(np.arange(count), unit="h")
    fine = start + timedelta(microseconds=1)
    facts: dict[str, Any] = {
        "category": ["theft" if n % 3 else None for n in range(count)],
        "lon": [113.0 + n / 7 if n % 2 else None for n in range(count)],
        "occurred_from": start,
        "occurred_to": pd.Series(fine).where(np.arange(count) % 5 > 0).array,
        "sensitive_location": [n % 4 == 0 for n in range(count)],
        "filed_on": [f"2020-03-{n % 28 + 1:02d}" if n % 3 else None for n in range(count)],
    }
    return cases(*ids, **facts)


def test_a_few_events_stay_a_tail_and_many_become_a_segment(books: Books) -> None:
    books.add(cases(*MANY[:499]))
    assert segments(books) == []
    books.add(cases("last"))
    assert segments(books) == [("case", 1, 500, 500)]


def test_a_tail_of_small_batches_becomes_a_segment_in_its_time(books: Books) -> None:
    books.add(cases("first"))
    books.add(cases(*MANY))
    assert segments(books) == [("case", 1, 601, 601)]
    assert len(books.store.snapshot().cases) == 601


def test_large_appends_are_cut_into_portions(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "SEGMENT_ROWS", 250)
    books.add(varied(MANY))
    assert [rows for *_, rows in segments(books)] == [250, 250, 100]
    assert books.store.snapshot().cases.index.tolist() == MANY


def test_columns_and_payloads_give_equal_frames(tmp_path: Path, monkeypatch: Any) -> None:
    in_columns = Books.at(tmp_path / "columns")
    in_columns.add(varied(MANY))
    monkeypatch.setattr(pending, "SEGMENT_FROM_ROWS", 10_000)
    in_payloads = Books.at(tmp_path / "payloads")
    in_payloads.add(varied(MANY))
    assert len(segments(in_columns)) == 1
    assert len(segments(in_payloads)) == 0
    left, right = in_columns.store.snapshot().cases, in_payloads.store.snapshot().cases
    pd.testing.assert_frame_equal(left, right)
    assert left.dtypes.to_dict() == right.dtypes.to_dict()
    in_columns.store.close()
    in_payloads.store.close()


def test_corrections_and_retractions_within_a_segment_hold(books: Books) -> None:
    with books.store.batch(Entity.CASE, recorded_at=NOON, **DELIVERY) as batch:
        batch.append(Entity.CASE, cases(*MANY))
        later: dict[str, Any] = {"recorded_at": NOON + HOUR}
        batch.append(Entity.CASE, cases("c000", area="11"), action=Action.CORRECTED, **later)
        batch.append(Entity.CASE, keys("c001", "c002"), action=Action.RETRACTED, **later)
    assert [rows for *_, rows in segments(books)] == [603]
    now = books.store.snapshot().cases
    assert len(now) == 598
    assert now.loc["c000", "area_code"] == "11"
    assert len(books.store.snapshot(known_at=NOON).cases) == 600


def test_polygons_pass_through_a_segment_and_missing_ones_stay_missing(books: Books) -> None:
    west = np.arange(600) / 1000
    south = np.full(600, 38.0)
    shapes = shapely.box(113 + west, south, 113.001 + west, south + 0.001)
    shapes[::2] = None
    index = pd.Index([f"a{number:03d}" for number in range(600)], name="area_code")
    areas = gpd.GeoDataFrame({"level": "village"}, index=index, geometry=shapes, crs="EPSG:4326")
    books.add(areas, entity=Entity.AREA)
    assert [rows for *_, rows in segments(books)] == [600]
    known = books.store.snapshot().areas
    assert known.geometry.isna().tolist() == [True, False] * 300
    assert shapely.equals_exact(known.geometry.to_numpy()[1::2], shapes[1::2], 0).all()
    books.store.rebuild()
    with Store.open(books.url) as fresh:
        again = fresh.snapshot().areas
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(known))


def test_a_rebuild_joins_small_segments_into_large_ones(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(pending, "SEGMENT_ROWS", 200)
        books.add(varied(MANY))
    before = books.store.snapshot().cases
    assert books.store.rebuild() == {"month_count": 2, "segment": 1}  # February, March
    assert segments(books) == [("case", 1, 600, 600)]
    pd.testing.assert_frame_equal(books.store.snapshot().cases, before)


def test_a_reader_from_before_a_rebuild_reads_on_correctly_after_it(books: Books) -> None:
    books.add(cases(*MANY[:500]))
    with Store.open(books.url) as reader:
        assert len(reader.snapshot().cases) == 500
        books.add(cases(*MANY[500:]), at=NOON + HOUR)
        books.store.rebuild()
        assert segments(books) == [("case", 1, 600, 600)]
        assert reader.snapshot().cases.index.tolist() == MANY


def test_records_behind_all_segments_can_be_corrected_many_at_once(books: Books) -> None:
    """A delivery that asks for so many keys that columns are read, none of which holds them."""
    early, late = ([f"{name}{n:03d}" for n in range(500)] for name in ("early", "late"))
    books.add(cases(*early))
    books.add(cases(*late[:100]))
    books.correct(cases(*late[:50], area="11"))
    books.retract(*late[50:100])
    areas = books.store.snapshot().cases["area_code"]
    assert areas.value_counts().to_dict() == {"10": 500, "11": 50}
