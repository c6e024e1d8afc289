"""A store of the version before opens, whole; every other version stays refused."""

from __future__ import annotations

import contextlib
import sqlite3
from io import BytesIO
from typing import TYPE_CHECKING
from unittest.mock import patch

import pandas as pd
import pyarrow.parquet as pq
import pytest

from geo.errors import UnsupportedSchema
from geo.store import Store, upgrading
from tests.geo.store_books import HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from pathlib import Path

ADDED = "duplicate_of"
"""A column that version 1 did not have."""


def run(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        for statement, values in statements:
            raw.execute(statement, values)
        raw.commit()


def look(path: Path, question: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        return raw.execute(question).fetchall()


def without_column(body: bytes) -> bytes:
    sink = BytesIO()
    pq.write_table(pq.read_table(BytesIO(body)).drop_columns([ADDED]), sink)
    return sink.getvalue()


@pytest.fixture
def old(tmp_path: Path) -> Books:
    """Make a store as version 1 made it: segments without later columns."""
    books = Books.at(tmp_path)
    books.add(cases(*map(str, range(700))))
    books.add(cases("late", area="11"), at=NOON + HOUR)
    books.store.close()
    bodies = look(books.path, "SELECT segment_id, body FROM segment")
    assert bodies
    run(
        books.path,
        ("DELETE FROM meta WHERE name = 'generation'", ()),
        ("UPDATE meta SET value = '1' WHERE name = 'schema_version'", ()),
        *(
            ("UPDATE segment SET body = ? WHERE segment_id = ?", (without_column(body), number))
            for number, body in bodies
            if isinstance(body, bytes)
        ),
    )
    return books


def test_a_store_of_version_1_opens_with_every_fact_and_the_new_columns(old: Books) -> None:
    chain = look(old.path, "SELECT seq, hash FROM event")
    with Store.open(old.url, create=False) as store:
        shown = store.snapshot().cases
        assert len(shown) == 701
        assert shown[ADDED].isna().all()
        assert len(store.snapshot(known_at=NOON).cases) == 700
        assert store.verify().ok
        assert store.month_count()["n"].tolist() == [700, 1]
    assert look(old.path, "SELECT value FROM meta WHERE name = 'schema_version'") == [("2",)]
    assert look(old.path, "SELECT seq, hash FROM event") == chain
    bodies = look(old.path, "SELECT body FROM segment")
    assert all(ADDED in pq.read_schema(BytesIO(b)).names for (b,) in bodies if isinstance(b, bytes))


def test_an_upgraded_store_is_the_same_as_one_made_today(old: Books, tmp_path: Path) -> None:
    books = Books.at(tmp_path / "new")
    books.add(cases(*map(str, range(700))))
    books.add(cases("late", area="11"), at=NOON + HOUR)
    with Store.open(old.url) as upgraded:
        pd.testing.assert_frame_equal(upgraded.snapshot().cases, books.store.snapshot().cases)
    books.store.close()


def test_an_upgrade_that_fails_halfway_leaves_the_old_store(old: Books) -> None:
    before = look(old.path, "SELECT segment_id, body FROM segment")
    with (
        patch.object(upgrading, "rebuild", side_effect=RuntimeError("the power went")),
        pytest.raises(RuntimeError),
    ):
        Store.open(old.url)
    assert look(old.path, "SELECT value FROM meta WHERE name = 'schema_version'") == [("1",)]
    assert look(old.path, "SELECT segment_id, body FROM segment") == before
    with Store.open(old.url) as store:
        assert len(store.snapshot().cases) == 701


@pytest.mark.parametrize("version", ["0", "3", "99", "one"])
def test_every_other_version_stays_refused(old: Books, version: str) -> None:
    run(old.path, ("UPDATE meta SET value = ? WHERE name = 'schema_version'", (version,)))
    with pytest.raises(UnsupportedSchema, match=f"schema {version}, needed 2"):
        Store.open(old.url)
