"""History taken over from elsewhere: known since then, and nothing of the ledger's own time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.errors import LedgerError
from geo.vocabulary import Action
from tests.geo.store_books import HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORTED = pd.Timestamp("2015-03-01T00:00:00Z")
ENDED = pd.Timestamp("2015-02-10T06:00:00Z")
STARTED = pd.Timestamp("2015-02-10T04:00:00Z")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    yield made
    made.store.close()


def test_knowledge_counts_from_the_report_else_the_end_else_the_start(books: Books) -> None:
    frame = cases(
        "all",
        "ended",
        "started",
        occurred_from=STARTED,
        occurred_to=[ENDED, ENDED, pd.NaT],
        reported_at=[REPORTED, pd.NaT, pd.NaT],
    )
    books.add(frame, backfill=True)
    known = books.store.snapshot().cases["known_at"]
    assert known.tolist() == [REPORTED, ENDED, STARTED]


def test_a_row_given_its_own_moment_of_knowledge_keeps_it(books: Books) -> None:
    moment = pd.Series([REPORTED + HOUR])
    books.add(cases("c1", day="2015-02-10"), backfill=True, known_at=moment)
    assert books.store.snapshot().cases["known_at"].tolist() == [REPORTED + HOUR]


def test_what_nobody_dated_counts_from_its_recording(books: Books) -> None:
    books.add(
        cases("c1", occurred_from=pd.Series([pd.NaT], dtype="datetime64[us, UTC]").array),
        backfill=True,
    )
    assert books.store.snapshot().cases["known_at"].tolist() == [pd.Timestamp(NOON)]
    assert not books.store.snapshot().reconstructed


def test_a_moment_of_knowledge_without_backfill_is_refused(books: Books) -> None:
    with pytest.raises(LedgerError, match="backfill=True"):
        books.add(cases("c1"), known_at=pd.Series([REPORTED]))


def test_history_may_be_asked_as_known_then_and_says_it_is_reconstructed(books: Books) -> None:
    books.add(cases("c1", reported_at=REPORTED, occurred_from=STARTED), backfill=True)
    before = books.store.snapshot(known_at=(REPORTED - HOUR).to_pydatetime())
    after = books.store.snapshot(known_at=REPORTED.to_pydatetime())
    assert before.cases.empty
    assert not before.reconstructed
    assert after.cases.index.tolist() == ["c1"]
    assert after.reconstructed


def test_a_ledger_without_backfill_reconstructs_nothing(books: Books) -> None:
    books.add(cases("c1"))
    assert not books.store.snapshot().reconstructed


@pytest.mark.parametrize("late", [timedelta(0), HOUR])
def test_what_was_known_once_the_ledger_was_live_cannot_be_backfilled(
    books: Books, late: timedelta
) -> None:
    books.add(cases("c1"), at=NOON)
    known = pd.Series([pd.Timestamp(NOON + late)])
    with pytest.raises(LedgerError, match="1 rows were known at or after 2020-08-18"):
        books.add(cases("c2"), at=NOON + 2 * HOUR, backfill=True, known_at=known)
    assert books.store.watermark == 1


def test_a_backfill_cannot_rewrite_what_the_ledger_learned_itself(books: Books) -> None:
    """Else a correction "known in 2015" would change what was answered last month."""
    books.add(cases("c1"), at=NOON)
    changed = cases("c1", area="11", reported_at=REPORTED, occurred_from=STARTED)
    with pytest.raises(LedgerError, match="learned itself"):
        books.correct(changed, at=NOON + HOUR, backfill=True)
    assert books.store.snapshot(known_at=NOON).cases["area_code"].tolist() == ["10"]


def test_a_second_delivery_of_history_may_correct_the_first(books: Books) -> None:
    facts: dict[str, Any] = {"reported_at": REPORTED, "occurred_from": STARTED}
    books.add(cases("c1", **facts), backfill=True)
    books.correct(cases("c1", area="11", **facts), at=NOON + HOUR, backfill=True)
    known = books.store.snapshot(known_at=REPORTED.to_pydatetime())
    assert known.cases["area_code"].tolist() == ["11"]
    assert known.reconstructed


def test_live_knowledge_of_old_facts_does_not_reach_back(books: Books) -> None:
    old = cases("c1", reported_at=REPORTED, occurred_from=STARTED)
    books.add(old, at=NOON, action=Action.RECORDED)
    assert books.store.snapshot(known_at=NOON - HOUR).cases.empty
