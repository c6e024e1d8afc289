"""A standing record corrected by two people: one proposes, another approves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.decisions import CORRECTABLE, Decision, approve, decisions_of, propose_correction, reject
from geo.errors import UsageError
from geo.references import document_reference
from geo.resources import read_text
from geo.schemas import columns_of
from geo.vocabulary import DecisionState, Entity
from geo.window import Window
from models.zero.rulebook import rulebook_from_yaml
from models.zero.status import zero_status
from tests.geo.store_books import HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LATER = NOON + 5 * HOUR


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    made.add(cases("a", "b", subject_id="v1", area="v1", review="confirmed"))
    yield made
    made.store.close()


def propose(books: Books, changes: dict[str, str], key: str = "a", **more: Any) -> Decision:
    said: dict[str, Any] = {"reason": "not proved", "by": "Li Na", "at": LATER} | more
    return propose_correction(books.store, about=Entity.CASE, key=key, changes=changes, **said)


def review(books: Books, key: str = "a") -> str:
    return str(books.store.snapshot().cases.loc[key, "review"])


def test_a_proposal_changes_nothing_until_somebody_else_approves_it(books: Books) -> None:
    made = propose(books, {"review": "rejected"}, reference="2026-12")
    assert review(books) == "confirmed"
    with pytest.raises(UsageError, match="somebody else"):
        approve(books.store, made.decision_id, by="li  na", at=LATER)
    assert review(books) == "confirmed"
    done = approve(books.store, made.decision_id, by="Wang Wei", at=LATER)
    assert (done.state, done.reference) == (DecisionState.APPROVED, "2026-12")
    assert review(books) == "rejected"
    assert decisions_of(books.store)["D1"] == done


def test_a_rejected_proposal_keeps_the_record(books: Books) -> None:
    made = propose(books, {"review": "rejected"})
    reject(books.store, made.decision_id, by="Wang Wei", reason="it was proved", at=LATER)
    assert review(books) == "confirmed"
    with pytest.raises(UsageError, match="settled"):
        approve(books.store, made.decision_id, by="Wang Wei", at=LATER)


def test_what_was_known_before_the_correction_stays_as_it_was(books: Books) -> None:
    made = propose(books, {"review": "rejected"})
    approve(books.store, made.decision_id, by="Wang Wei", at=LATER + HOUR)
    earlier = books.store.snapshot(known_at=LATER)
    assert earlier.cases.loc["a", "review"] == "confirmed"
    assert books.store.verify().ok


def test_the_status_follows_the_correction(books: Books) -> None:
    before, after = status(books), None
    for key in ("a", "b"):
        made = propose(books, {"review": "rejected"}, key)
        approve(books.store, made.decision_id, by="Wang Wei", at=LATER)
        after = status(books)
    assert (before, after) == ("broken", "not_assessed")


def test_the_same_proposal_twice_is_one(books: Books) -> None:
    first, again = (propose(books, {"review": "rejected"}) for _ in range(2))
    assert first == again
    other = propose(books, {"review": "rejected"}, by="Zhao")
    assert other.decision_id != first.decision_id


def test_a_record_that_changed_since_is_not_corrected(books: Books) -> None:
    first = propose(books, {"review": "rejected"})
    second = propose(books, {"case_class": "criminal"})
    approve(books.store, second.decision_id, by="Wang Wei", at=LATER)
    with pytest.raises(UsageError, match="has changed since"):
        approve(books.store, first.decision_id, by="Wang Wei", at=LATER)
    assert review(books) == "confirmed"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "can be corrected"),
        ({"lon": "113.4"}, "can be corrected"),
        ({"station": "Zhang San"}, "can be corrected"),
        ({"review": "confirmed"}, "says so already"),
        ({"review": "duplicate"}, "by a merge"),
        ({"occurred_from": "yesterday"}, "write days as"),
        ({"occurred_from": ""}, "cannot be without"),
        ({"occurred_from": "2099-01-01 08:00"}, "lie after|future"),
        ({"unit_id": "U-9"}, "no unit U-9"),
    ],
)
def test_what_makes_no_sound_record_is_refused(
    books: Books, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        propose(books, changes)
    assert not decisions_of(books.store)


def test_a_moment_is_read_in_the_zone_of_the_store(books: Books) -> None:
    made = propose(
        books, {"occurred_from": "2020-01-01 08:00", "occurred_to": "", "reported_at": ""}
    )
    approve(books.store, made.decision_id, by="Wang Wei", at=LATER)
    moment = books.store.snapshot().cases.loc["a", "occurred_from"]
    assert moment == pd.Timestamp("2020-01-01 00:00", tz="UTC")


def test_what_can_be_corrected_are_fields_of_the_table() -> None:
    for entity, fields in CORRECTABLE.items():
        assert set(fields) <= set(columns_of(entity))


@pytest.mark.parametrize("text", ["", "见附件", "13912345678", "14032219800101123X", "x1" * 30])
def test_a_story_or_a_persons_number_is_no_reference(text: str) -> None:
    with pytest.raises(UsageError):
        document_reference(text)


def status(books: Books) -> str:
    known = books.store.snapshot()
    month = known.cases["occurred_from"].iloc[0].date().replace(day=1)
    subjects = pd.DataFrame(
        {"subject_class": ["village"], "area_code": ["v1"]}, index=pd.Index(["v1"])
    )
    rows = zero_status(
        subjects=subjects,
        incidents=known.incidents,
        petitions=known.petitions,
        reports=known.reports,
        windows=[Window.month(month)],
        as_of=date(2030, 1, 1),
        rulebook=rulebook_from_yaml(read_text("rulebooks", "shanxi-2020.yaml")),
        zone=known.time_zone,
    )
    return str(rows[rows["stream"] == "case"]["status"].iloc[0])
