"""What becomes a store, what is refused, and what a store knows about itself."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from geo.errors import LedgerError, NotReadyError, UnsupportedSchema, UsageError
from geo.store import Meta, Store
from tests.geo.store_books import NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path / "folder")
    yield made
    made.store.close()


def run(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_opening_makes_the_folder_and_the_file(books: Books) -> None:
    assert books.path.exists()


def test_without_leave_to_create_a_missing_store_is_not_ready(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="no store at"):
        Store.open(f"sqlite:///{tmp_path}/absent.db", create=False)
    assert not (tmp_path / "absent.db").exists()


def test_a_store_opened_again_holds_what_was_put_in(books: Books) -> None:
    books.add(cases("c1"))
    with Store.open(books.url, create=False) as again:
        assert again.snapshot().cases.index.tolist() == ["c1"]


def test_a_store_of_another_version_is_refused_with_a_sentence(books: Books) -> None:
    run(books.path, "UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    with pytest.raises(UnsupportedSchema, match="another version") as refusal:
        Store.open(books.url)
    assert "其他版本" in refusal.value.text("zh")


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    run(tmp_path / "other.db", "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(UnsupportedSchema, match="not a Sanling store"):
        Store.open(f"sqlite:///{tmp_path}/other.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("recipes",)]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database at all, only words, but enough of them")
    with pytest.raises(UnsupportedSchema, match="not a Sanling store"):
        Store.open(f"sqlite:///{tmp_path}/notes.db")


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "oracle://host/db"])
def test_an_address_of_no_file_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="name a file"):
        Store.open(url)


def test_a_new_store_has_no_settings_and_the_programmes_own_time_zone(books: Books) -> None:
    assert books.store.meta == Meta()
    assert books.store.snapshot().time_zone == ZoneInfo("Asia/Shanghai")


def test_settings_come_back_with_their_types(books: Books) -> None:
    given: dict[str, Any] = {
        "time_zone": "America/Chicago",
        "is_demo": True,
        "demo_until": date(2026, 6, 30),
    }
    books.store.set_meta(**given)
    assert books.store.meta == Meta(**given)
    assert books.store.set_meta(title_zh="县") == Meta(**given, title_zh="县")


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("time_zone", "Asia/Shanghai", "America/Chicago"),
        ("metric_crs", "EPSG:4547", "EPSG:26971"),
    ],
)
def test_time_zone_and_metric_crs_are_set_once(
    books: Books, name: str, first: str, second: str
) -> None:
    books.store.set_meta(**{name: first})
    books.store.set_meta(**{name: first})
    with pytest.raises(LedgerError, match=second):
        books.store.set_meta(**{name: second})
    assert getattr(books.store.meta, name) == first


def test_the_first_counted_incident_fixes_the_time_zone_its_month_rests_on(books: Books) -> None:
    books.add(cases("c1"))
    assert books.store.meta.time_zone == "Asia/Shanghai"
    with pytest.raises(LedgerError):
        books.store.set_meta(time_zone="America/Chicago")


def test_the_ledger_is_live_since_its_first_event(books: Books) -> None:
    books.add(cases("c1"), at=NOON)
    assert books.store.meta.live_since == NOON


def test_unknown_settings_and_time_zones_are_refused(books: Books) -> None:
    with pytest.raises(UsageError, match="no setting colour"):
        books.store.set_meta(colour="red")
    with pytest.raises(UsageError, match="Unknown time zone"):
        books.store.set_meta(time_zone="Mars/Base")
