"""The dossier of one status: every version of its facts, when it became known, where it stood."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.access import Actor, Role
from geo.errors import AccessError, UsageError
from geo.vocabulary import Action, Entity
from tests.dashboard.test_bulletin import (
    SEPTEMBER_6,
    Office,
    accident,
    freeze,
    small,
    texts_of,
)
from tests.dashboard.test_bulletin import office as office

VILLAGE = "140322100200"


@pytest.fixture
def told(office: Office) -> Office:
    """Sign an accident as a village's in edition 1, then learn that it is an enterprise's."""
    small(office).put(Entity.ACCIDENT, accident("a1", VILLAGE)).later(SEPTEMBER_6)
    freeze(office)
    office.later(SEPTEMBER_6 + timedelta(days=3))
    return office.put(Entity.ACCIDENT, accident("a1", "E1"), action=Action.CORRECTED)


def test_a_fact_that_was_moved_away_stays_in_the_time_line(told: Office) -> None:
    found = told.services().dossier.dossier(VILLAGE, "accident", "2020-08")
    assert (found["status"], found["breaking"]) == ("zero_reported", 0)
    assert [
        (row["fact_id"], row["what"], row["stated"]["subject_id"]) for row in found["facts"]
    ] == [
        ("a1", "recorded", VILLAGE),
        ("a1", "corrected", "E1"),
    ]
    first, second = found["facts"]
    assert first["happened"] == "2020-08-10 12:00"
    assert first["known"] < second["known"]
    ((number, status),) = [(row["number"], row["status"]) for row in found["editions"]]
    assert (number, status) == (1, "broken")
    assert [row["kind"] for row in found["reports"]] == ["nil"]


def test_a_fact_taken_back_says_so_and_nothing_else(told: Office) -> None:
    told.put(Entity.ACCIDENT, accident("a1", "E1"), action=Action.RETRACTED)
    last = told.services().dossier.dossier(VILLAGE, "accident", "2020-08")["facts"][-1]
    assert (last["what"], last["stated"]) == ("retracted", {})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_tells_the_same_and_is_logged(told: Office, lang: str) -> None:
    desk = told.services().dossier
    found = desk.dossier(VILLAGE, "accident", "2020-08")
    said = texts_of(desk.file(VILLAGE, "accident", "2020-08", lang, by="clerk")[2])
    for row in found["facts"]:
        assert all(row[name] in said for name in ("fact_id", "happened", "known"))
    assert {"zh": "更正", "en": "corrected"}[lang] in said
    assert told.log is not None
    assert told.log[-1] == ("clerk", "took dossier away", f"{VILLAGE} accident 2020-08")


def test_petitions_are_shown_to_mediators_alone(told: Office) -> None:
    viewer = told.services(Actor.of("v", frozenset({Role.VIEWER}))).dossier
    with pytest.raises(AccessError):
        viewer.dossier(VILLAGE, "petition", "2020-08")
    assert viewer.dossier(VILLAGE, "case", "2020-08")["facts"] == []
    assert told.services().dossier.dossier(VILLAGE, "petition", "2020-08")["facts"] == []


def test_what_is_not_there_is_refused_in_a_sentence(told: Office) -> None:
    desk = told.services().dossier
    with pytest.raises(UsageError, match="No stream"):
        desk.dossier(VILLAGE, "fire", "2020-08")
    with pytest.raises(UsageError, match="No subject"):
        desk.dossier("nowhere", "case", "2020-08")
