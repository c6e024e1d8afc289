"""Counts per month go with the ledger, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.vocabulary import Action, Entity
from tests.geo.store_books import HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    yield made
    made.store.close()


def test_a_record_counts_one_in_its_month_stream_and_area(books: Books) -> None:
    books.add(cases("c1", "c2"))
    books.add(cases("c3", area="11", day="2020-03-01"))
    assert books.counts() == {("2020-02", "case", "10"): 2, ("2020-03", "case", "11"): 1}


def test_a_correction_moves_the_count_and_a_retraction_takes_it_away(books: Books) -> None:
    books.add(cases("c1", "c2"))
    books.correct(cases("c1", area="11", day="2020-01-31"))
    assert books.counts() == {("2020-01", "case", "11"): 1, ("2020-02", "case", "10"): 1}
    books.retract("c2")
    assert books.counts() == {("2020-01", "case", "11"): 1}


def test_rejected_and_duplicate_incidents_do_not_count(books: Books) -> None:
    review = ["reported", "confirmed", "under_review", "rejected", "duplicate", None]
    books.add(cases(*"abcdef", review=review))
    assert books.counts() == {("2020-02", "case", "10"): 4}
    books.correct(cases("a", review="duplicate"))
    assert books.counts() == {("2020-02", "case", "10"): 3}


def test_the_month_is_the_local_one(books: Books) -> None:
    """16:00 UTC on the 31st of January is midnight in Shanxi: already February."""
    ends = pd.to_datetime(["2020-01-31T15:59:59Z", "2020-01-31T16:00:00Z"])
    books.add(cases("c1", "c2", occurred_from=ends))
    assert books.counts() == {("2020-01", "case", "10"): 1, ("2020-02", "case", "10"): 1}


def test_petitions_count_in_the_month_they_were_accepted(books: Books) -> None:
    index = pd.Index(["p1", "p2"], name="petition_id")
    petitions = pd.DataFrame({"area_code": "10", "accepted_on": ["2020-02-29", None]}, index=index)
    books.add(petitions, entity=Entity.PETITION)
    assert books.counts() == {("2020-02", "petition", "10"): 1}


def test_an_incident_without_an_area_counts_nowhere_but_counts(books: Books) -> None:
    books.add(cases("c1", area_code=None))
    assert books.counts() == {("2020-02", "case", ""): 1}


def test_correcting_twice_within_one_batch_leaves_the_last_word(books: Books) -> None:
    with books.store.batch(
        Entity.CASE, source="t", content_hash="1", recipe=None, actor="a", recorded_at=NOON
    ) as batch:
        batch.append(Entity.CASE, cases("c1"))
        for area in ("11", "12"):
            batch.append(Entity.CASE, cases("c1", area=area), action=Action.CORRECTED)
    assert books.counts() == {("2020-02", "case", "12"): 1}


def test_undoing_a_batch_brings_counts_and_records_back(books: Books) -> None:
    books.add(cases("c1", "c2", "c3"))
    before, counted = books.store.snapshot().cases, books.counts()
    books.correct(cases("c1", area="11"), at=NOON + HOUR)
    info = books.store.undo(2, actor="office", recorded_at=NOON + 2 * HOUR)
    assert (info.undoes, info.events) == (2, 1)
    assert books.counts() == counted
    assert sorted(books.store.snapshot().cases.index) == sorted(before.index)
    assert books.store.snapshot().cases["area_code"].tolist() == ["10", "10", "10"]
