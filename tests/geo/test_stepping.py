"""Leading a matter on by hand: in turn, by a post, once, and the dispute's record goes along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.errors import UsageError
from geo.intake.stepping import out_of_turn
from geo.schemas import conform
from geo.stepping import StepTaken, take_step
from geo.vocabulary import Entity
from tests.geo.conftest import NOW

if TYPE_CHECKING:
    from geo.store import Store
    from tests.geo.conftest import Office

FIRST = StepTaken(
    about=Entity.DISPUTE, about_key="D1", process="mediation", before="requested",
    step="forms_filled", post="police_station", due_on=date(2026, 7, 3),
    document_ref="调〔2026〕7号",
)  # fmt: skip


@pytest.fixture
def store(office: Office) -> Store:
    rows = [
        {"dispute_id": key, "area_code": "v", "requested_at": "2026-06-20T00:00:00Z",
         "both_parties_consent": consent}
        for key, consent in (("D1", True), ("D2", False))
    ]  # fmt: skip
    with office.store.batch(
        Entity.DISPUTE, source="t", content_hash="0", recipe=None, actor="t", recorded_at=NOW
    ) as batch:
        batch.append(Entity.DISPUTE, conform(pd.DataFrame(rows), "dispute"))
    return office.store


def lead(store: Store, *steps: str, key: str = "D1") -> None:
    before = "requested"
    for n, step in enumerate(steps, 1):
        taken = replace(FIRST, about_key=key, before=before, step=step)
        take_step(store, taken, at=NOW + timedelta(minutes=n))
        before = step


def test_a_dispute_is_led_to_its_end_and_its_record_tells_the_same(store: Store) -> None:
    lead(store, "forms_filled", "registered", "in_session", "agreed")
    snapshot = store.snapshot()
    assert snapshot.steps["to_step"].tolist() == [
        "forms_filled", "registered", "in_session", "agreed",
    ]  # fmt: skip
    record = snapshot.disputes.loc["D1"]
    assert record["outcome"] == "agreed"
    assert record["ended_at"] == pd.Timestamp(NOW) + pd.Timedelta(minutes=4)
    assert record["registered_at"] < record["in_session_at"] < record["ended_at"]
    again = snapshot.steps.reset_index().iloc[[1]].assign(to_step="agreed")
    assert out_of_turn(again, snapshot.steps).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": "agreed"}, "may not follow"),
        ({"post": "王某某"}, "no post"),
        ({"document_ref": "spoke with Wang"}, "digit"),
        ({"document_ref": "王某某"}, "digit"),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_nothing_is_stored(
    store: Store, change: dict[str, Any], said: str
) -> None:
    before = store.watermark
    with pytest.raises(UsageError, match=said) as told:
        take_step(store, replace(FIRST, **change), at=NOW)
    assert told.value.text("zh") != str(told.value)
    assert store.watermark == before


def test_a_second_click_and_a_stale_page_store_nothing(store: Store) -> None:
    take_step(store, FIRST, at=NOW)
    before = store.watermark
    with pytest.raises(UsageError, match="in the meantime"):
        take_step(store, FIRST, at=NOW)
    assert store.watermark == before


def test_what_a_party_did_not_consent_to_is_not_agreed(store: Store) -> None:
    with pytest.raises(UsageError, match="did not consent"):
        lead(store, "forms_filled", "registered", "in_session", "agreed", key="D2")
    assert store.snapshot().steps["to_step"].tolist()[-1] == "in_session"
    assert store.snapshot().disputes["outcome"].isna().all()
