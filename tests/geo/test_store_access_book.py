"""Accounts and the audit log: locked after wrong passwords, and nobody edits what was done."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from geo.errors import UsageError
from geo.store.access_book import MOST_FAILURES, RESTS, AccessBook

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 30, 8, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "county.access.db"


@pytest.fixture
def book(path: Path) -> AccessBook:
    return AccessBook(path)


def with_wang(book: AccessBook) -> AccessBook:
    book.add("wang", password="hash", roles=["reporter"], scope="140322101", now=NOW)  # noqa: S106
    return book


def test_a_book_without_accounts_makes_no_file(book: AccessBook, path: Path) -> None:
    assert book.is_empty()
    assert book.entries() == []
    assert book.first_broken() is None
    assert not path.exists()


def test_an_account_keeps_its_roles_and_its_area(book: AccessBook) -> None:
    wang = with_wang(book).account("wang")
    assert wang is not None
    assert (wang.roles, wang.scope, wang.disabled) == (("reporter",), "140322101", False)
    book.change("wang", roles=["viewer", "planner"], disabled=True)
    changed = book.accounts()[0]
    assert (changed.roles, changed.disabled) == (("viewer", "planner"), True)


def test_a_name_is_taken_once_and_a_strange_one_cannot_change(book: AccessBook) -> None:
    with_wang(book)
    with pytest.raises(UsageError, match="already"):
        with_wang(book)
    with pytest.raises(UsageError, match="no account"):
        book.change("li", disabled=True)


def test_wrong_passwords_in_a_row_close_an_account_for_a_while(book: AccessBook) -> None:
    with_wang(book)
    for _ in range(MOST_FAILURES - 1):
        book.note_failure("wang", now=NOW)
    assert not book.accounts()[0].rests(NOW)
    book.note_failure("wang", now=NOW)
    assert book.accounts()[0].rests(NOW + RESTS - timedelta(seconds=1))
    assert not book.accounts()[0].rests(NOW + RESTS)


def test_a_right_password_forgets_the_wrong_ones(book: AccessBook) -> None:
    with_wang(book)
    for _ in range(MOST_FAILURES - 1):
        book.note_failure("wang", now=NOW)
    book.note_success("wang")
    book.note_failure("wang", now=NOW)
    assert not book.accounts()[0].rests(NOW)


def test_the_log_lists_the_newest_first_and_pages(book: AccessBook) -> None:
    for number in range(5):
        book.log("wang", "look", f"page {number}", now=NOW)
    assert [entry.about for entry in book.entries(limit=2)] == ["page 4", "page 3"]
    assert [entry.about for entry in book.entries(before=3)] == ["page 1", "page 0"]


def test_an_entry_cannot_be_changed_and_a_forged_one_is_found(book: AccessBook, path: Path) -> None:
    for number in range(3):
        book.log("wang", "look", f"page {number}", now=NOW)
    with sqlite3.connect(path) as plain:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            plain.execute("UPDATE log SET actor = 'li' WHERE seq = 2")
        plain.execute("DROP TRIGGER log_no_UPDATE")
        plain.execute("UPDATE log SET actor = 'li' WHERE seq = 2")
    assert book.first_broken() == 2


def test_many_hands_write_one_chain(book: AccessBook) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: book.log("p", "look", str(n), now=NOW), range(40)))
    assert sorted(int(entry.about) for entry in book.entries()) == list(range(40))
    assert book.first_broken() is None
