"""Entities mixed as they became known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.errors import LedgerError
from geo.store import Store
from geo.store.interleaved import Part, append_in_order
from geo.vocabulary import Action, Entity
from tests.geo.store_books import DELIVERY, HOUR, NOON, Books, cases, keys, same

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path / "mixed")
    yield made
    made.store.close()


def petitions(*ids: str, **columns: Any) -> pd.DataFrame:
    facts = {"area_code": "10", "accepted_on": "2020-02-03"}
    return pd.DataFrame(facts | columns, index=pd.Index(ids, name="petition_id"))


def part(entity: Entity, action: Action, frame: pd.DataFrame, *hours: int) -> Part:
    return Part(entity, action, frame, pd.Series([pd.Timestamp(NOON + h * HOUR) for h in hours]))


def put(books: Books, *parts: Part, at: int = 9) -> int:
    with books.store.batch(Entity.CASE, recorded_at=NOON + at * HOUR, **DELIVERY) as batch:
        return append_in_order(batch, parts)


LIFE = (
    part(Entity.CASE, Action.RECORDED, cases("c1", "c2"), 1, 4),
    part(Entity.PETITION, Action.RECORDED, petitions("p1", "p2"), 2, 4),
    part(Entity.CASE, Action.CORRECTED, cases("c1", area="11"), 3),
    part(Entity.CASE, Action.RETRACTED, keys("c2"), 5),
)


def test_events_lie_in_the_chain_as_they_became_known(books: Books) -> None:
    assert put(books, *LIFE) == 6
    events = books.store.events()
    assert events["key"].tolist() == ["c1", "p1", "c1", "c2", "p2", "c2"]
    assert events["recorded_at"].is_monotonic_increasing
    assert books.store.verify().ok


def test_mixed_parts_say_the_same_as_one_event_after_another(books: Books, tmp_path: Path) -> None:
    put(books, *LIFE)
    single = Books.at(tmp_path / "single")
    single.add(cases("c1"), at=NOON + HOUR)
    single.add(petitions("p1"), at=NOON + 2 * HOUR, entity=Entity.PETITION)
    single.correct(cases("c1", area="11"), at=NOON + 3 * HOUR)
    single.add(cases("c2"), at=NOON + 4 * HOUR)
    single.add(petitions("p2"), at=NOON + 4 * HOUR, entity=Entity.PETITION)
    single.retract("c2", at=NOON + 5 * HOUR)
    assert books.counts() == single.counts()
    for hour in range(7):
        moment = NOON + hour * HOUR
        same(books.store.snapshot(known_at=moment), single.store.snapshot(known_at=moment))
    single.store.close()


def test_a_rebuild_of_mixed_parts_changes_nothing(books: Books) -> None:
    put(books, *LIFE)
    counted, shown = books.counts(), books.store.snapshot()
    cases_before = shown.cases
    books.store.rebuild()
    assert books.counts() == counted
    with Store.open(books.url) as fresh:
        pd.testing.assert_frame_equal(fresh.snapshot().cases, cases_before)


def test_records_that_stood_before_may_be_corrected_among_others(books: Books) -> None:
    put(books, part(Entity.CASE, Action.RECORDED, cases("c1"), 1))
    put(books, part(Entity.CASE, Action.CORRECTED, cases("c1", area="11"), 2))
    assert books.counts() == {("2020-02", "case", "11"): 1}


@pytest.mark.parametrize(
    "parts",
    [
        [part(Entity.CASE, Action.CORRECTED, cases("c1"), 1)],
        [
            part(Entity.CASE, Action.RECORDED, cases("c1"), 2),
            part(Entity.CASE, Action.CORRECTED, cases("c1"), 1),
        ],
        [
            part(Entity.CASE, Action.RECORDED, cases("c1"), 1),
            part(Entity.CASE, Action.RECORDED, cases("c1"), 2),
        ],
    ],
    ids=["corrected without a record", "corrected before it is recorded", "recorded twice"],
)
def test_an_order_that_cannot_be_is_refused_and_nothing_is_stored(
    books: Books, parts: list[Part]
) -> None:
    with pytest.raises(LedgerError):
        put(books, *parts)
    assert books.store.watermark == 0


def test_moments_before_the_last_event_are_refused(books: Books) -> None:
    put(books, part(Entity.CASE, Action.RECORDED, cases("c1"), 3))
    with pytest.raises(LedgerError, match="never runs back"):
        put(books, part(Entity.CASE, Action.RECORDED, cases("c2"), 2))
