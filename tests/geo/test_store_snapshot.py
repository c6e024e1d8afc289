"""Answers are shared, lazy and nobody's to spoil."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from geo.errors import UsageError
from geo.schemas import columns_of, key_of
from geo.store.reading import Reader
from geo.vocabulary import Entity
from tests.geo.store_books import HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

PROVENANCE = ["seq", "known_at", "recorded_at"]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    made.add(cases("c1", "c2"))
    yield made
    made.store.close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which entities are read."""
    noted: list[str] = []
    frame = Reader.frame

    def noting(
        reader: Reader, entity: Entity, watermark: int, known_at: datetime | None
    ) -> pd.DataFrame:
        noted.append(entity.value)
        return frame(reader, entity, watermark, known_at)

    monkeypatch.setattr(Reader, "frame", noting)
    return noted


def test_an_entity_is_read_when_it_is_asked_for_and_once(books: Books, read: list[str]) -> None:
    snapshot = books.store.snapshot()
    assert read == []
    assert snapshot.areas.empty
    assert snapshot.units.empty
    assert read == ["area", "unit"]
    assert len(snapshot.cases) == len(snapshot.cases) == 2
    assert read == ["area", "unit", "case"]


def test_a_snapshot_is_kept_until_something_is_appended(books: Books) -> None:
    first = books.store.snapshot()
    assert books.store.snapshot() is first
    assert books.store.snapshot(known_at=NOON) is not first
    books.add(cases("c3"))
    assert books.store.snapshot() is not first
    assert len(first.cases) == 2
    assert len(books.store.snapshot().cases) == 3


def test_what_one_caller_does_to_a_frame_reaches_no_other(books: Books) -> None:
    mine = books.store.snapshot().cases
    mine["area_code"] = "99"
    mine.loc["c1", "lon"] = 1.0
    theirs = books.store.snapshot().cases
    assert theirs["area_code"].tolist() == ["10", "10"]
    assert theirs["lon"].isna().all()


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("areas", Entity.AREA),
        ("units", Entity.UNIT),
        ("subjects", Entity.SUBJECT),
        ("cases", Entity.CASE),
        ("accidents", Entity.ACCIDENT),
        ("petitions", Entity.PETITION),
        ("reports", Entity.REPORT),
        ("hazards", Entity.HAZARD),
        ("cameras", Entity.CAMERA),
    ],
)
def test_every_frame_has_the_columns_and_types_of_its_table_even_when_empty(
    books: Books, name: str, entity: Entity
) -> None:
    frame = getattr(books.store.snapshot(), name)
    assert frame.index.name == key_of(entity)
    dtypes = frame.dtypes.to_dict()
    assert [str(dtypes.pop(column)) for column in PROVENANCE] == [
        "int64",
        "datetime64[us, UTC]",
        "datetime64[us, UTC]",
    ]
    assert {k: str(v) for k, v in dtypes.items()} == {
        k: str(v) for k, v in columns_of(entity).items()
    }


def test_incidents_are_cases_and_accidents_with_the_columns_of_both(books: Books) -> None:
    empty_half = books.store.snapshot().incidents
    assert {"case_class", "deaths"} <= set(empty_half.columns)
    accident = pd.DataFrame(
        {"stream": "accident", "deaths": [1.0], "area_code": "10"},
        index=pd.Index(["a1"], name="incident_id"),
    )
    books.add(accident, entity=Entity.ACCIDENT, at=NOON + HOUR)
    incidents = books.store.snapshot().incidents
    assert incidents["stream"].to_dict() == {"c1": "case", "c2": "case", "a1": "accident"}
    assert incidents["deaths"].isna().tolist() == [True, True, False]
    assert incidents.dtypes.to_dict() == empty_half.dtypes.to_dict()


def test_without_a_moment_asked_for_knowledge_is_that_of_the_last_event(books: Books) -> None:
    books.add(cases("c3"), at=NOON + HOUR)
    assert books.store.snapshot().known_at == NOON + HOUR
    assert books.store.snapshot(known_at=NOON).known_at == NOON


def test_one_moment_in_two_time_zones_is_one_question(books: Books) -> None:
    local = NOON.astimezone(ZoneInfo("Asia/Shanghai"))
    assert books.store.snapshot(known_at=local) is books.store.snapshot(known_at=NOON)
    with pytest.raises(UsageError, match="no time zone"):
        books.store.snapshot(known_at=NOON.replace(tzinfo=None))


def test_many_threads_get_the_same_answer_from_one_reading(books: Books, read: list[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        snapshots = list(pool.map(lambda _: books.store.snapshot(), range(24)))
        lengths = list(pool.map(lambda snapshot: len(snapshot.cases), snapshots))
    assert lengths == [2] * 24
    assert len({id(snapshot) for snapshot in snapshots}) == 1
    assert read == ["case"]


def test_the_tail_of_events_can_be_followed(books: Books) -> None:
    books.add(cases("c3"), at=NOON + HOUR)
    tail = books.store.events(2)
    assert tail[["seq", "entity", "action", "key"]].to_numpy().tolist() == [
        [3, "case", "recorded", "c3"]
    ]
    assert tail["recorded_at"].tolist() == [pd.Timestamp(NOON + HOUR)]
    assert len(books.store.events(limit=2)) == 2
    assert books.store.events(3).empty


def test_the_last_fact_of_each_entity_has_its_moment(books: Books) -> None:
    unit = pd.DataFrame({"name": ["盐厂"]}, index=pd.Index(["u1"], name="unit_id"))
    books.add(unit, entity=Entity.UNIT, at=NOON + HOUR)
    assert books.store.last_recorded() == {"case": NOON, "unit": NOON + HOUR}
