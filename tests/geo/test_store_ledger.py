"""What may be appended, and what a batch leaves behind."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa

from geo.errors import LedgerError, SchemaError
from geo.store.tables import event, payload
from geo.vocabulary import Action, Entity
from tests.geo.store_books import DELIVERY, HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geo.store import Store


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def store(books: Books) -> Store:
    return books.store


def test_a_new_store_is_empty_and_whole(store: Store) -> None:
    assert store.watermark == 0
    assert store.verify().ok
    assert store.verify().events == 0
    assert store.snapshot().cases.empty
    assert store.snapshot().known_at is None


def test_events_are_numbered_from_one_without_gaps(books: Books, store: Store) -> None:
    books.add(cases("c1", "c2"))
    books.add(cases("c3"), at=NOON + HOUR)
    assert store.events()["seq"].tolist() == [1, 2, 3]
    assert store.watermark == 3


def test_an_exception_inside_a_batch_leaves_nothing(books: Books, store: Store) -> None:
    def fail_half_way() -> None:
        with store.batch(Entity.CASE, recorded_at=NOON, **DELIVERY) as batch:
            batch.append(Entity.CASE, cases("c2"))
            batch.set_meta(title_en="never")
            raise RuntimeError

    books.add(cases("c1"))
    with pytest.raises(RuntimeError):
        fail_half_way()
    assert store.watermark == 1
    assert len(store.batches()) == 1
    assert store.meta.title_en is None
    assert store.month_count()["n"].tolist() == [1]


def test_the_clock_of_the_ledger_never_runs_back_but_may_stand_still(
    books: Books, store: Store
) -> None:
    books.add(cases("c1"))
    books.add(cases("c2"))
    with pytest.raises(LedgerError, match="never runs back"):
        books.add(cases("c3"), at=NOON - timedelta(microseconds=1))
    assert store.watermark == 2


def test_moments_given_row_by_row_may_not_run_back_either(store: Store) -> None:
    falling = pd.Series(pd.to_datetime([NOON, NOON - HOUR]))
    with (
        pytest.raises(LedgerError, match="never runs back"),
        store.batch(Entity.CASE, recorded_at=NOON, **DELIVERY) as batch,
    ):
        batch.append(Entity.CASE, cases("c1", "c2"), recorded_at=falling)


def test_a_record_that_stands_is_corrected_not_recorded_again(books: Books, store: Store) -> None:
    books.add(cases("c1"))
    with pytest.raises(LedgerError, match="stands already"):
        books.add(cases("c1"))
    books.add(cases("c1", category="theft"), action=Action.CORRECTED)
    assert store.snapshot().cases["category"].tolist() == ["theft"]


@pytest.mark.parametrize("action", [Action.CORRECTED, Action.RETRACTED])
def test_what_does_not_stand_can_be_neither_corrected_nor_retracted(
    books: Books, action: Action
) -> None:
    with pytest.raises(LedgerError, match="does not stand"):
        books.add(cases("c1"), action=action)


def test_a_retracted_record_may_be_recorded_anew(books: Books, store: Store) -> None:
    books.add(cases("c1"))
    books.retract("c1")
    assert store.snapshot().cases.empty
    books.add(cases("c1", area="11"))
    assert store.snapshot().cases["area_code"].tolist() == ["11"]


def test_a_key_comes_once_in_an_append(books: Books) -> None:
    with pytest.raises(LedgerError, match="comes twice"):
        books.add(cases("c1", "c1"))


def test_a_column_that_the_entity_does_not_know_is_refused(books: Books) -> None:
    with pytest.raises(SchemaError, match="suspect"):
        books.add(cases("c1", suspect="somebody"))


def test_the_database_itself_refuses_to_change_or_delete_an_event(
    books: Books, store: Store, tmp_path: Path
) -> None:
    books.add(cases("c1"))
    engine = sa.create_engine(f"sqlite:///{tmp_path}/store.db")
    for statement in (sa.update(event).values(key="c9"), sa.delete(event)):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), engine.begin() as link:
            link.execute(statement)
    engine.dispose()


def test_a_payload_is_canonical_and_its_hash_is_in_the_chain(
    books: Books, store: Store, tmp_path: Path
) -> None:
    books.add(cases("c1", lon=113.4, category=None))
    engine = sa.create_engine(f"sqlite:///{tmp_path}/store.db")
    with engine.begin() as link:
        row = link.execute(sa.select(event)).one()
        body = link.execute(sa.select(payload.c.body)).scalar_one()
    engine.dispose()
    facts = {
        "area_code": "10",
        "lon": 113.4,
        "occurred_from": "2020-02-10T04:00:00Z",
        "review": "reported",
        "sensitive_location": False,
        "stream": "case",
    }
    assert body == json.dumps(facts, separators=(",", ":"), sort_keys=True).encode()
    assert row.payload_hash == hashlib.sha256(body).digest()
    us = int(NOON.timestamp()) * 1_000_000
    sealed = ["0" * 64, 1, us, us, "case", "recorded", "c1", row.payload_hash.hex()]
    text = json.dumps(sealed, separators=(",", ":")).encode()
    assert row.hash == hashlib.sha256(text).digest()


def test_one_batch_may_append_several_entities(store: Store) -> None:
    units = pd.DataFrame({"name": ["盐厂"]}, index=pd.Index(["u1"], name="unit_id"))
    with store.batch(Entity.UNIT, recorded_at=NOON, **DELIVERY) as batch:
        batch.append(Entity.UNIT, units)
        batch.append(Entity.CASE, cases("c1"))
    snapshot = store.snapshot()
    assert snapshot.units.index.tolist() == ["u1"]
    assert snapshot.cases.index.tolist() == ["c1"]
    assert len(store.batches()) == 1


def test_geometry_comes_back_as_it_went_in_and_missing_stays_missing(store: Store) -> None:
    box = shapely.box(113.0, 38.0, 113.5, 38.5)
    index = pd.Index(["14", "1403"], name="area_code")
    facts = {"level": ["province", "county"], "parent_code": [None, "14"]}
    areas = gpd.GeoDataFrame(facts, index=index, geometry=[box, None], crs="EPSG:4326")
    with store.batch(Entity.AREA, recorded_at=NOON, **DELIVERY) as batch:
        batch.append(Entity.AREA, areas)
    known = store.snapshot().areas
    assert known.crs.to_epsg() == 4326
    assert known.geometry.iloc[0].equals_exact(box, 0)
    assert known.geometry.isna().tolist() == [False, True]
    assert known["path"].tolist() == ["/14/", "/14/1403/"]


def test_a_ground_layer_is_replaced_but_the_older_one_stays_known(store: Store) -> None:
    def roads(kind: str) -> gpd.GeoDataFrame:
        line = shapely.LineString([(113.0, 38.0), (113.1, 38.1)])
        index = pd.Index(["r1"], name="ground_id")
        return gpd.GeoDataFrame({"kind": [kind]}, index=index, geometry=[line], crs="EPSG:4326")

    for hours, kind in enumerate(("track", "street")):
        at = NOON + hours * HOUR
        with store.batch(Entity.GROUND, recorded_at=at, **DELIVERY) as batch:
            batch.put_ground("roads", roads(kind))
    assert store.snapshot().ground("roads")["kind"].tolist() == ["street"]
    assert store.snapshot(known_at=NOON).ground("roads")["kind"].tolist() == ["track"]
    assert store.snapshot().ground("rivers").empty
    assert store.events()["action"].tolist() == ["recorded", "corrected"]


def test_the_same_content_entity_and_recipe_is_found_while_it_stands(
    books: Books, store: Store
) -> None:
    books.add(cases("c1"))
    found = store.find_batch("0" * 64, Entity.CASE, None)
    assert found is not None
    assert (found.batch_id, found.events, found.recorded_at) == (1, 1, NOON)
    assert store.find_batch("1" * 64, Entity.CASE, None) is None
    assert store.find_batch("0" * 64, Entity.ACCIDENT, None) is None
    assert store.find_batch("0" * 64, Entity.CASE, "chicago") is None


def test_writing_beside_an_open_batch_is_refused_instead_of_waiting_for_itself(
    store: Store,
) -> None:
    with store.batch(Entity.CASE, recorded_at=NOON, **DELIVERY):
        with pytest.raises(LedgerError, match="batch is open"):
            store.set_meta(title_en="beside")
        assert store.watermark == 0
