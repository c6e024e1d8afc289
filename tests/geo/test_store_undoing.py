"""A delivery taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import LedgerError
from geo.vocabulary import Action, Entity
from tests.geo.store_books import DELIVERY, HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    made.add(cases("c1", "c2"), content_hash="a")
    yield made
    made.store.close()


def undo(books: Books, batch_id: int) -> None:
    books.store.undo(batch_id, actor="office", recorded_at=NOON + 9 * HOUR)


def known(books: Books) -> dict[str, str]:
    areas = books.store.snapshot().cases["area_code"].sort_index()
    return dict(zip(areas.index.tolist(), areas.tolist(), strict=True))


def test_records_that_came_with_a_batch_go_with_it(books: Books) -> None:
    books.add(cases("c3"), at=NOON + HOUR)
    undo(books, 2)
    assert known(books) == {"c1": "10", "c2": "10"}


def test_records_that_it_retracted_come_back(books: Books) -> None:
    books.retract("c1", at=NOON + HOUR)
    undo(books, 2)
    assert known(books) == {"c1": "10", "c2": "10"}


def test_records_changed_later_stay_as_they_are(books: Books) -> None:
    books.correct(cases("c1", "c2", area="11"), at=NOON + HOUR)
    books.correct(cases("c2", area="12"), at=NOON + 2 * HOUR)
    undo(books, 2)
    assert known(books) == {"c1": "10", "c2": "12"}


def test_batches_undone_one_after_another_leave_nothing_of_either(books: Books) -> None:
    books.correct(cases("c1", area="11"), at=NOON + HOUR)
    undo(books, 2)
    undo(books, 1)
    assert known(books) == {}


def test_an_older_batch_undone_under_a_newer_one_shows_when_the_newer_goes(books: Books) -> None:
    books.correct(cases("c1", area="11"), at=NOON + HOUR)
    books.correct(cases("c1", area="12"), at=NOON + 2 * HOUR)
    undo(books, 2)
    assert known(books)["c1"] == "12"
    undo(books, 3)
    assert known(books)["c1"] == "10"


def test_before_the_undoing_the_batch_is_still_known(books: Books) -> None:
    undo(books, 1)
    assert known(books) == {}
    assert len(books.store.snapshot(known_at=NOON + HOUR).cases) == 2


def test_an_undone_batch_no_longer_stands_and_may_be_delivered_again(books: Books) -> None:
    assert books.store.find_batch("a", Entity.CASE, None) is not None
    undo(books, 1)
    assert books.store.find_batch("a", Entity.CASE, None) is None
    assert books.store.batches()["standing"].tolist() == [False, False]
    books.add(cases("c1", "c2"), at=NOON + 10 * HOUR, content_hash="a")
    found = books.store.find_batch("a", Entity.CASE, None)
    assert found is not None
    assert found.batch_id == 3


@pytest.mark.parametrize("batch_id", [1, 2, 7])
def test_only_a_standing_delivery_can_be_undone(books: Books, batch_id: int) -> None:
    undo(books, 1)
    with pytest.raises(LedgerError):
        undo(books, batch_id)


def test_a_ground_layer_goes_back_to_the_one_before(books: Books) -> None:
    for hours, kind in enumerate(("track", "street"), start=1):
        line = gpd.GeoSeries([shapely.LineString([(113, 38), (113.1, 38)])], crs="EPSG:4326")
        roads = gpd.GeoDataFrame({"ground_id": ["r1"], "kind": [kind]}, geometry=line)
        at = NOON + hours * HOUR
        with books.store.batch(Entity.GROUND, recorded_at=at, **DELIVERY) as batch:
            batch.put_ground("roads", roads)
    undo(books, 3)
    assert books.store.snapshot().ground("roads")["kind"].tolist() == ["track"]
    undo(books, 2)
    assert books.store.snapshot().ground("roads").empty
    assert books.store.verify().ok


def test_a_batch_of_several_entities_is_undone_as_a_whole(books: Books) -> None:
    units = pd.DataFrame({"name": ["盐厂"]}, index=pd.Index(["u1"], name="unit_id"))
    with books.store.batch(Entity.UNIT, recorded_at=NOON + HOUR, **DELIVERY) as batch:
        batch.append(Entity.UNIT, units)
        batch.append(Entity.CASE, cases("c1", area="11"), action=Action.CORRECTED)
    undo(books, 2)
    assert books.store.snapshot().units.empty
    assert known(books)["c1"] == "10"
