"""Several writers, many readers, one chain."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from geo.errors import LedgerError
from geo.store import Store
from geo.store.sqlite import PRAGMAS
from geo.store.tables import event, metadata
from geo.vocabulary import Entity
from tests.geo.store_books import DELIVERY, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KILLED_WHILE_WRITING = """
import os, sys
from geo.vocabulary import Entity
from tests.geo.store_books import Books, DELIVERY, NOON, cases
from pathlib import Path
books = Books.at(Path(sys.argv[1]))
books.add(cases("acknowledged"))
with books.store.batch(Entity.CASE, recorded_at=NOON, **DELIVERY) as batch:
    batch.append(Entity.CASE, cases(*map(str, range(2000))))
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    yield made
    made.store.close()


def test_writers_with_stores_of_their_own_make_one_unbroken_chain(books: Books) -> None:
    def write(writer: int) -> None:
        with Store.open(books.url) as store:
            mine = Books(store, books.path)
            for number in range(4):
                mine.add(cases(f"{writer}-{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert books.store.verify().events == 16
    assert books.store.verify().ok
    assert books.counts() == {("2020-02", "case", "10"): 16}


def test_threads_that_share_a_store_wait_for_each_other(books: Books) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: books.add(cases(f"c{number}")), range(12)))
    assert books.store.verify().ok
    assert books.store.watermark == 12


def test_readers_see_the_state_before_an_open_batch_and_never_wait(books: Books) -> None:
    books.add(cases("c1"))
    with books.store.batch(Entity.CASE, recorded_at=NOON, **DELIVERY) as batch:
        batch.append(Entity.CASE, cases("c2"))
        with ThreadPoolExecutor(2) as pool:
            seen = list(pool.map(lambda _: len(books.store.snapshot().cases), range(4)))
    assert seen == [1, 1, 1, 1]
    assert len(books.store.snapshot().cases) == 2


def test_a_store_that_another_program_holds_is_told_with_a_sentence(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = ("PRAGMA busy_timeout=30000", "PRAGMA busy_timeout=50")
    hasty = tuple(patient[1] if pragma == patient[0] else pragma for pragma in PRAGMAS)
    monkeypatch.setattr("geo.store.sqlite.PRAGMAS", hasty)
    with (
        Store.open(books.url) as other,
        books.store.batch(Entity.CASE, recorded_at=NOON, **DELIVERY),
        pytest.raises(LedgerError, match="Another program"),
    ):
        other.set_meta(title_en="beside")


def test_a_writer_killed_in_the_middle_leaves_what_was_acknowledged(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -9
    books = Books.at(tmp_path)
    assert books.store.verify().ok
    assert books.store.snapshot().cases.index.tolist() == ["acknowledged"]
    books.store.close()


@pytest.mark.parametrize("dialect", [postgresql.dialect(), sqlite.dialect()])  # type: ignore[no-untyped-call]  # untyped upstream
def test_one_schema_can_be_written_for_both_databases(dialect: sa.Dialect) -> None:
    for table in metadata.sorted_tables:
        assert str(sa.schema.CreateTable(table).compile(dialect=dialect))
    query = sa.select(event).where(event.c.key.in_(["c1"])).order_by(event.c.seq.desc()).limit(1)
    assert "LIMIT" in str(query.compile(dialect=dialect))
