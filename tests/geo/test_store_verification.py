"""The chain tells when somebody was at it."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.store import verification
from geo.vocabulary import Entity
from tests.geo.store_books import DELIVERY, HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    for number in range(1, 8):
        made.add(cases(f"c{number}"), at=NOON + number * HOUR)
    yield made
    made.store.close()


def tamper(books: Books, *statements: str) -> None:
    """Do what only somebody with the file and without the triggers can do."""
    with contextlib.closing(sqlite3.connect(books.path)) as connection:
        for table in ("event", "batch", "asset"):
            for verb in ("UPDATE", "DELETE"):
                connection.execute(f"DROP TRIGGER {table}_no_{verb}")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0
        connection.commit()


@pytest.fixture(autouse=True, params=[3, 20_000])
def portion(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the chain three events at once, too, to show that the seams hold."""
    monkeypatch.setattr(verification, "AT_ONCE", request.param)


def first_broken(books: Books) -> int | None:
    found = books.store.verify()
    assert found.ok == (found.first_broken is None)
    return found.first_broken


def test_an_untouched_chain_is_whole(books: Books) -> None:
    assert books.store.verify() == verification.Verification(7, ok=True, first_broken=None)


def test_one_flipped_byte_in_a_payload_is_found(books: Books) -> None:
    tamper(
        books,
        "UPDATE payload SET body = CAST(replace(body, 'reported', 'rejected') AS BLOB) WHERE seq=4",
    )
    assert first_broken(books) == 4


def test_an_erased_payload_is_found(books: Books) -> None:
    tamper(books, "DELETE FROM payload WHERE seq = 5")
    assert first_broken(books) == 5


@pytest.mark.parametrize(
    "change",
    [
        "recorded_at = recorded_at - 1",
        "known_at = known_at - 1",
        "entity = 'accident'",
        "action = 'corrected'",
        "key = 'c9'",
        "payload_hash = zeroblob(32)",
        "prev_hash = zeroblob(32)",
        "hash = zeroblob(32)",
    ],
)
def test_every_column_of_an_event_is_sealed(books: Books, change: str) -> None:
    tamper(books, f"UPDATE event SET {change} WHERE seq = 4")  # noqa: S608  (our own words)
    assert first_broken(books) == 4


def test_a_removed_event_is_found(books: Books) -> None:
    tamper(books, "DELETE FROM event WHERE seq = 4")
    assert first_broken(books) == 4


def test_two_events_in_each_others_place_are_found(books: Books) -> None:
    swap = "UPDATE event SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE seq IN (3, 4)"
    tamper(books, swap, "UPDATE event SET seq = -seq WHERE seq < 0")
    assert first_broken(books) == 3


def test_events_cut_off_at_the_end_are_found_by_the_batch_that_names_them(books: Books) -> None:
    tamper(books, "DELETE FROM event WHERE seq = 7", "DELETE FROM payload WHERE seq = 7")
    assert first_broken(books) == 7


def test_a_changed_ground_layer_is_found(books: Books) -> None:
    line = shapely.LineString([(113.0, 38.0), (113.1, 38.1)])
    index = pd.Index(["r1"], name="ground_id")
    roads = gpd.GeoDataFrame({"kind": ["track"]}, index=index, geometry=[line], crs="EPSG:4326")
    with books.store.batch(Entity.GROUND, recorded_at=NOON + 8 * HOUR, **DELIVERY) as batch:
        batch.put_ground("roads", roads)
    assert first_broken(books) is None
    tamper(books, "UPDATE asset SET body = CAST(replace(body, 'track', 'trick') AS BLOB)")
    assert first_broken(books) == 8
