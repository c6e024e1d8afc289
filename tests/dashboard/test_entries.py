"""What a village enters itself: counted, stored once, and only within its own area."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from dashboard.access import EVERYWHERE, Actor, Role
from dashboard.services.composition import Services
from dashboard.wiring import LEAFLET
from geo.errors import AccessError, UsageError
from geo.schemas import conform
from geo.store import Store
from geo.vocabulary import Entity
from tests.geo.conftest import villages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 6, 20, 4, tzinfo=UTC)
HERE, THERE = "140322100200", "140322100201"


@dataclass
class County:
    """Two villages with an office each, a unit in the first, one theft in May."""

    store: Store
    log: list[tuple[str, str, str]] = field(default_factory=list)

    def desk(self, role: Role, scope: str = EVERYWHERE) -> Services:
        def note(name: str, deed: str, about: str) -> None:
            self.log.append((name, deed, about))

        actor = Actor.of("li", frozenset({role}), scope)
        return Services.over(self.store, clock=lambda: NOW, leaflet=LEAFLET, actor=actor, log=note)


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with Store.open(f"sqlite:///{tmp_path}/county.db") as store:
        store.set_meta(metric_crs="EPSG:4547", time_zone="Asia/Shanghai", rulebook="shanxi-2020")
        with store.batch(
            Entity.AREA, source="t", content_hash="0", recipe=None, actor="t",
            recorded_at=datetime(2026, 6, 1, tzinfo=UTC),
        ) as batch:  # fmt: skip
            batch.append(Entity.AREA, villages(2))
            unit = {"unit_id": "U1", "name": "盐厂", "area_code": HERE}
            batch.append(Entity.UNIT, conform(pd.DataFrame([unit]), "unit"))
            register = [
                {"subject_id": code, "subject_class": "village", "area_code": code,
                 "body": f"office:{code}", "registered_on": "2025-01-01"}
                for code in (HERE, THERE)
            ]  # fmt: skip
            of_unit = {"subject_id": "U1", "subject_class": "enterprise", "unit_id": "U1"}
            register.append(register[0] | of_unit)
            batch.append(Entity.SUBJECT, conform(pd.DataFrame(register), "subject"))
            theft = {"incident_id": "C1", "stream": "case", "area_code": HERE,
                     "subject_id": HERE, "category": "theft", "review": "confirmed",
                     "case_class": "criminal", "occurred_from": "2026-05-20T04:00:00Z"}  # fmt: skip
            batch.append(Entity.CASE, conform(pd.DataFrame([theft]), "case"))
        yield County(store)


def status(services: Services, code: str, stream: str, month: str = "2026-05") -> str:
    told = services.mine.page(code, "en")["months"]
    cells = next(one["cells"] for one in told if one["month"] == month)
    return str(cells[("case", "accident", "petition").index(stream)]["status"])


def test_a_nil_return_turns_not_assessed_into_a_reported_zero(county: County) -> None:
    desk = county.desk(Role.REPORTER, HERE)
    assert status(desk, HERE, "accident") == "not_assessed"
    assert desk.entries.nil_return(HERE, "accident", "2026-05", "nil", by="li")
    assert status(desk, HERE, "accident") == "zero_reported"
    assert status(county.desk(Role.VIEWER), HERE, "accident") == "zero_reported"


def test_a_double_click_stores_one_return(county: County) -> None:
    desk = county.desk(Role.REPORTER, HERE)
    sent = [desk.entries.nil_return(HERE, "accident", "2026-05", "nil", by="li") for _ in "ab"]
    assert sent == [True, False]
    assert len(county.store.snapshot().reports) == 1


def test_the_name_is_in_the_log_alone(county: County) -> None:
    desk = county.desk(Role.REPORTER, HERE)
    desk.entries.nil_return(HERE, "accident", "2026-05", "nil", by="li-of-the-village")
    assert [(name, deed) for name, deed, _ in county.log] == [
        ("li-of-the-village", "sent return nil")
    ]
    assert "li-of" not in county.store.snapshot().reports.to_csv()
    assert "li-of" not in county.store.batches().to_csv()


def test_nobody_reports_nothing_where_others_know_of_something(county: County) -> None:
    desk = county.desk(Role.REPORTER, HERE)
    with pytest.raises(UsageError, match="Other sources know of 1"):
        desk.entries.nil_return(HERE, "case", "2026-05", "nil", by="li")
    assert desk.entries.nil_return(HERE, "case", "2026-05", "exceptions", by="li")
    assert status(desk, HERE, "case") == "broken"


def test_a_pending_return_assesses_nothing_and_may_become_final(county: County) -> None:
    desk = county.desk(Role.REPORTER, HERE)
    assert desk.entries.nil_return(HERE, "petition", "2026-05", "pending", by="li")
    assert status(desk, HERE, "petition") == "not_assessed"
    assert desk.entries.nil_return(HERE, "petition", "2026-05", "nil", by="li")
    assert status(desk, HERE, "petition") == "zero_reported"
    with pytest.raises(UsageError, match="propose to correct"):
        desk.entries.nil_return(HERE, "petition", "2026-05", "exceptions", by="li")


@pytest.mark.parametrize("code", [THERE, "office:" + THERE, "nobody"])
def test_a_crafted_village_of_another_town_gets_one_sentence(county: County, code: str) -> None:
    desk = county.desk(Role.REPORTER, HERE)
    with pytest.raises(AccessError, match="not on the register of your area"):
        desk.entries.nil_return(code, "accident", "2026-05", "nil", by="li")
    with pytest.raises(AccessError):
        desk.mine.page(code, "zh")
    assert county.store.snapshot().reports.empty


def test_records_and_hazards_of_another_area_are_out_of_reach(county: County) -> None:
    everywhere = county.desk(Role.REPORTER)
    everywhere.entries.hazard(HERE, HAZARD, by="li")
    key = str(county.store.snapshot().hazards.index[0])
    stranger = county.desk(Role.REPORTER, THERE)
    with pytest.raises(AccessError, match="in your area"):
        stranger.entries.close_hazard(key, "2026-06-19", "2026-1", by="x")
    with pytest.raises(AccessError, match="in your area"):
        stranger.entries.propose(
            "case", "C1", {"review": "rejected"}, reason="r", reference="", by="x"
        )


def test_a_unit_speaks_for_itself_alone(county: County) -> None:
    desk = county.desk(Role.REPORTER, HERE)
    assert desk.entries.nil_return("U1", "accident", "2026-05", "nil", by="li")
    assert status(desk, "U1", "accident") == "zero_reported"
    assert status(desk, HERE, "accident") == "not_assessed"


@pytest.mark.parametrize(
    ("month", "said"), [("2026-06", "is not over"), ("May", "is no month"), ("2099-01", "not over")]
)
def test_a_month_that_is_not_over_cannot_be_reported(county: County, month: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        county.desk(Role.REPORTER).entries.nil_return(HERE, "accident", month, "nil", by="li")


HAZARD = {
    "category": "wiring", "severity": "general", "mode": "deadline", "found_on": "2026-06-10",
    "due_on": "2026-06-25", "reference": "应急〔2026〕7号",
}  # fmt: skip


def test_a_hazard_is_found_shown_and_closed_with_a_document(county: County) -> None:
    desk = county.desk(Role.REPORTER, HERE)
    assert [desk.entries.hazard(HERE, HAZARD, by="li") for _ in "ab"] == [True, False]
    shown = desk.mine.page(HERE, "en")["hazards"]
    assert [(one["due_text"], one["soon"]) for one in shown] == [("5 days left", True)]
    key = shown[0]["id"]
    with pytest.raises(UsageError, match="number of a document"):
        desk.entries.close_hazard(key, "2026-06-18", "see the photo", by="li")
    with pytest.raises(UsageError, match="before"):
        desk.entries.close_hazard(key, "2026-06-01", "2026-8", by="li")
    assert [desk.entries.close_hazard(key, "2026-06-18", "2026-8", by="li") for _ in "ab"] == [
        True, False,
    ]  # fmt: skip
    assert desk.mine.page(HERE, "en")["hazards"] == []
    with pytest.raises(UsageError, match="changed meanwhile"):
        desk.entries.close_hazard(key, "2026-06-17", "2026-9", by="li")


def test_a_proposal_is_approved_by_another_and_the_village_sees_it(county: County) -> None:
    village, assessor = county.desk(Role.REPORTER, HERE), county.desk(Role.ASSESSOR)
    assert status(village, HERE, "case") == "broken"
    number = village.entries.propose(
        "case", "C1", {"review": "rejected"}, reason="not proved", reference="2026-3", by="li"
    )
    assert [one["id"] for one in assessor.decisions.waiting("en", by="wang")] == [number]
    assert assessor.decisions.waiting("en", by="LI")[0]["mine"]
    with pytest.raises(UsageError, match="somebody else"):
        assessor.decisions.approve(number, by="li")
    assert assessor.decisions.approve(number, by="wang") == "approved"
    assert status(village, HERE, "case") == "not_assessed"
    told = village.mine.page(HERE, "en")["history"]
    assert [(one["id"], one["state"], one["changes"]) for one in told] == [
        (number, "approved", ["Review → Rejected"])
    ]


def test_decisions_of_another_area_are_not_listed_and_not_decided(county: County) -> None:
    number = county.desk(Role.REPORTER).entries.propose(
        "case", "C1", {"review": "rejected"}, reason="r", reference="", by="li"
    )
    stranger = county.desk(Role.ASSESSOR, THERE)
    assert stranger.decisions.waiting("en", by="x") == []
    for decide in (
        stranger.decisions.approve,
        lambda n, by: stranger.decisions.reject(n, "r", by=by),
    ):
        with pytest.raises(AccessError):
            decide(number, by="x")


def test_who_does_not_mediate_sees_disputes_as_a_number_and_no_petition(county: County) -> None:
    with county.store.batch(
        Entity.DISPUTE, source="t", content_hash="1", recipe=None, actor="t", recorded_at=NOW
    ) as batch:
        said = {"dispute_id": "D7", "area_code": HERE, "requested_at": "2026-06-01T00:00:00Z"}
        batch.append(Entity.DISPUTE, conform(pd.DataFrame([said]), "dispute"))
    told = county.desk(Role.REPORTER, HERE).mine.page(HERE, "en")["disputes"]
    assert told == {"count": 1, "rows": []}
    assert county.desk(Role.MEDIATOR, HERE).mine.page(HERE, "en")["disputes"]["rows"]
    with pytest.raises(AccessError, match="mediate"):
        county.desk(Role.REPORTER, HERE).entries.propose(
            "dispute", "D7", {"outcome": "agreed"}, reason="r", reference="", by="x"
        )
