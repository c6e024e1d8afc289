"""Records merged by two people: one proposes, another approves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.decisions import Decision, approve, decisions_of, propose_merge, reject
from geo.errors import LedgerError, UsageError
from geo.vocabulary import DecisionState, Entity
from geo.window import Window
from models.zero.status import zero_status
from tests.geo.store_books import HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LATER = NOON + 5 * HOUR


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    made.add(cases("a", "b", "c", "d", subject_id="v1", review="confirmed"))
    yield made
    made.store.close()


def propose(books: Books, keep: str, *drops: str, **more: Any) -> Decision:
    said: dict[str, Any] = {"reason": "same theft", "by": "Li Na", "at": LATER} | more
    return propose_merge(books.store, about=Entity.CASE, keep=keep, drops=drops, **said)


def merge(books: Books, keep: str, *drops: str) -> Decision:
    made = propose(books, keep, *drops)
    return approve(books.store, made.decision_id, by="Wang Wei", at=LATER)


def kept_by(books: Books) -> dict[str, str]:
    cases = books.store.snapshot().cases
    merged = cases[cases["review"] == "duplicate"]
    return dict(zip(merged.index, merged["duplicate_of"], strict=True))


def test_a_proposal_changes_nothing_but_the_list_of_decisions(books: Books) -> None:
    made = propose(books, "a", "b")
    assert (made.decision_id, made.state) == ("D1", DecisionState.PROPOSED)
    assert decisions_of(books.store) == {"D1": made}
    assert kept_by(books) == {}


def test_another_persons_approval_makes_the_dropped_record_a_duplicate(books: Books) -> None:
    done = merge(books, "a", "b", "c")
    assert done.state is DecisionState.APPROVED
    assert kept_by(books) == {"b": "a", "c": "a"}
    assert decisions_of(books.store)["D1"] == done
    assert books.store.verify().ok


@pytest.mark.parametrize("alike", ["Li Na", " li  NA ", "ＬＩ Ｎａ"])
def test_nobody_approves_what_he_proposed_however_he_writes_his_name(
    books: Books, alike: str
) -> None:
    propose(books, "a", "b")
    with pytest.raises(UsageError, match="somebody else"):
        approve(books.store, "D1", by=alike, at=LATER)
    assert kept_by(books) == {}


def test_a_merge_is_counted_once_and_before_it_was_decided_twice(books: Books) -> None:
    assert books.counts() == {("2020-02", "case", "10"): 4}
    merge(books, "a", "b", "c")
    assert books.counts() == {("2020-02", "case", "10"): 2}
    before = books.store.snapshot(known_at=NOON + HOUR).cases
    assert before["review"].tolist() == ["confirmed"] * 4
    counted = books.store.month_count()
    books.store.rebuild()
    pd.testing.assert_frame_equal(books.store.month_count(), counted)


def test_the_subjects_zero_is_restated(books: Books, zero_world: Any) -> None:
    world = zero_world.assumed().subject("v1").subject("v2")
    books.add(cases("e", subject_id="v2", review="confirmed"), at=NOON + HOUR)
    merge(books, "e", "a", "b", "c", "d")
    window = Window(date(2020, 2, 1), date(2020, 3, 1))

    def status(snapshot: Any) -> dict[str, str]:
        asked = world.question("2020-08-01") | {"incidents": snapshot.incidents}
        said = zero_status(**asked, windows=(window,)).reset_index()
        said = said[said["stream"] == "case"]
        return dict(zip(said["subject_id"], said["status"], strict=True))

    assert status(books.store.snapshot(known_at=NOON + HOUR))["v1"] == "broken"
    assert status(books.store.snapshot())["v1"].startswith("zero")
    assert status(books.store.snapshot())["v2"] == "broken"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("a", "a"), "into itself"),
        (("a", "b", "b"), "into itself"),
        (("a",), "into itself"),
        (("a", "x"), "no case x"),
        (("x", "a"), "no case x"),
    ],
)
def test_a_merge_that_makes_no_sense_is_refused(
    books: Books, keys: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        propose(books, *keys)
    assert books.store.watermark == 4


def test_only_cases_and_accidents_are_merged(books: Books) -> None:
    with pytest.raises(UsageError, match="Only cases and accidents"):
        propose_merge(
            books.store, about=Entity.PETITION, keep="p", drops=["q"], reason="r", by="x", at=LATER
        )


@pytest.mark.parametrize("named", ["", "  ", "\u3000"])
def test_somebody_has_to_sign_and_to_say_why(books: Books, named: str) -> None:
    with pytest.raises(UsageError, match="Nobody"):
        propose(books, "a", "b", by=named)
    with pytest.raises(UsageError, match="reason"):
        propose(books, "a", "b", reason=named)


def test_nothing_is_merged_twice_nor_kept_once_it_was_dropped(books: Books) -> None:
    merge(books, "a", "b")
    with pytest.raises(UsageError, match="merged into a already"):
        propose(books, "c", "b")
    with pytest.raises(UsageError, match="merged into a already"):
        propose(books, "b", "c")


def test_what_waits_to_be_dropped_is_not_proposed_again(books: Books) -> None:
    propose(books, "a", "b")
    with pytest.raises(UsageError, match="waits to be merged in decision D1"):
        propose(books, "c", "b")


def test_a_chain_of_duplicates_ends_at_the_record_that_stands(books: Books) -> None:
    merge(books, "a", "b")
    merge(books, "c", "a")
    merge(books, "d", "c")
    assert kept_by(books) == {"a": "d", "b": "d", "c": "d"}
    assert books.counts() == {("2020-02", "case", "10"): 1}


def test_a_merge_that_became_impossible_while_it_waited_is_refused(books: Books) -> None:
    propose(books, "a", "b")
    propose(books, "c", "a")
    approve(books.store, "D2", by="Wang Wei", at=LATER)
    with pytest.raises(UsageError, match="merged into c already"):
        approve(books.store, "D1", by="Wang Wei", at=LATER)
    assert decisions_of(books.store)["D1"].open
    assert kept_by(books) == {"a": "c"}


def test_what_was_settled_is_settled(books: Books) -> None:
    propose(books, "a", "b")
    rejected = reject(books.store, "D1", by="Wang Wei", reason="another shop", at=LATER)
    assert (rejected.state, rejected.rejected_because) == (DecisionState.REJECTED, "another shop")
    with pytest.raises(UsageError, match="settled already"):
        approve(books.store, "D1", by="Zhao", at=LATER)
    with pytest.raises(UsageError, match="settled already"):
        reject(books.store, "D1", by="Zhao", reason="r", at=LATER)
    with pytest.raises(UsageError, match="no decision D9"):
        approve(books.store, "D9", by="Zhao", at=LATER)
    assert kept_by(books) == {}


def test_one_person_does_not_undo_what_two_decided(books: Books) -> None:
    merge(books, "a", "b")
    for batch_id in (2, 3):
        with pytest.raises(LedgerError, match="cannot be undone by one"):
            books.store.undo(batch_id, actor="Li Na", recorded_at=LATER)


def test_a_duplicate_whose_kept_record_goes_waits_for_a_review_again(books: Books) -> None:
    books.add(cases("e"), at=NOON + HOUR)
    merge(books, "e", "a")
    books.store.undo(2, actor="Li Na", recorded_at=LATER)
    shown = books.store.snapshot().cases
    assert shown["review"].to_dict()["a"] == "reported"
    assert not shown["duplicate_of"].notna().any()
    assert books.counts() == {("2020-02", "case", "10"): 4}


def test_a_duplicate_goes_with_the_delivery_it_came_by(books: Books) -> None:
    books.add(cases("e"), at=NOON + HOUR)
    merge(books, "a", "e")
    books.store.undo(2, actor="Li Na", recorded_at=LATER)
    assert books.store.snapshot().cases.index.tolist() == ["a", "b", "c", "d"]


def test_undoing_a_correction_leaves_the_merge_as_it_was_decided(books: Books) -> None:
    merge(books, "a", "b")
    merged = cases("b", area="11", review="duplicate", duplicate_of="a", subject_id="v1")
    books.correct(merged, at=LATER)
    books.store.undo(4, actor="Li Na", recorded_at=LATER)
    assert books.store.snapshot().cases.loc["b", "area_code"] == "10"
    assert kept_by(books) == {"b": "a"}
