"""Accounts: the right password opens, wrong ones close, and every step is in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from dashboard.access import LOCAL, Actor, Permission, Role
from dashboard.services.people import SHORTEST_PASSWORD, People
from geo.errors import AccessError, UsageError
from geo.store.access_book import MOST_FAILURES, RESTS, AccessBook

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "correct horse battery"  # noqa: S105


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 6, 30, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> People:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return People(AccessBook(tmp_path / "county.access.db"), clock, hasher=cheap)


def with_wang(people: People) -> People:
    people.add(LOCAL, "wang", password=PASSWORD, roles=["reporter"], scope="140322101")
    return people


def test_the_right_password_gives_the_actor_with_role_and_area(people: People) -> None:
    actor = with_wang(people).sign_in("wang", PASSWORD)
    assert actor == Actor.of("wang", frozenset({Role.REPORTER}), "140322101")
    assert actor.may(Permission.REPORT)
    assert not actor.may(Permission.PLAN)


@pytest.mark.parametrize(("name", "password"), [("wang", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_read_the_same(
    people: People, name: str, password: str
) -> None:
    with pytest.raises(AccessError, match="Name or password is wrong"):
        with_wang(people).sign_in(name, password)


def test_after_wrong_passwords_even_the_right_one_waits(people: People, clock: Clock) -> None:
    with_wang(people)
    for _ in range(MOST_FAILURES):
        with pytest.raises(AccessError):
            people.sign_in("wang", "wrong")
    with pytest.raises(AccessError, match="rests"):
        people.sign_in("wang", PASSWORD)
    clock.now += RESTS + timedelta(seconds=1)
    assert people.sign_in("wang", PASSWORD).name == "wang"


def test_a_closed_account_neither_signs_in_nor_acts_on(people: People) -> None:
    with_wang(people).change(LOCAL, "wang", disabled=True)
    with pytest.raises(AccessError):
        people.sign_in("wang", PASSWORD)
    assert people.actor_of("wang") is None


def test_a_changed_password_is_the_only_one(people: People) -> None:
    with_wang(people).change(LOCAL, "wang", password="another long one")  # noqa: S106
    with pytest.raises(AccessError):
        people.sign_in("wang", PASSWORD)
    assert people.sign_in("wang", "another long one").name == "wang"


def test_only_who_manages_users_adds_changes_and_lists(people: People) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        actor = Actor.of("x", frozenset({role}))
        with pytest.raises(AccessError):
            people.add(actor, "li", password=PASSWORD, roles=["viewer"])
        with pytest.raises(AccessError):
            people.change(actor, "wang", disabled=True)
        with pytest.raises(AccessError):
            people.accounts(actor)


@pytest.mark.parametrize(
    ("name", "password", "roles"),
    [
        ("a b", PASSWORD, ["viewer"]),
        ("", PASSWORD, ["viewer"]),
        ("li", "x" * (SHORTEST_PASSWORD - 1), ["viewer"]),
        ("li", PASSWORD, ["king"]),
        ("li", PASSWORD, []),
    ],
)
def test_an_unsound_account_is_refused_with_a_sentence(
    people: People, name: str, password: str, roles: list[str]
) -> None:
    with pytest.raises(UsageError) as refused:
        people.add(LOCAL, name, password=password, roles=roles)
    assert refused.value.text("zh") != refused.value.text("en")
    assert people.is_single_user


def test_the_consoles_token_makes_one_administrator_once(people: People) -> None:
    with pytest.raises(AccessError):
        people.add_first("guess", "zhao", password=PASSWORD)
    people.add_first(people.first_token, "zhao", password=PASSWORD)
    assert people.sign_in("zhao", PASSWORD).may(Permission.MANAGE_USERS)
    with pytest.raises(AccessError):
        people.add_first(people.first_token, "qian", password=PASSWORD)


def test_the_log_holds_who_did_what_and_no_password(people: People, tmp_path: Path) -> None:
    with_wang(people).sign_in("wang", PASSWORD)
    with pytest.raises(AccessError):
        people.sign_in("wang", "a wrong guess")
    deeds = [(entry.actor, entry.deed) for entry in people.logged(LOCAL)]
    assert deeds == [("wang", "sign-in refused"), ("wang", "signed in"), ("local", "added account")]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in kept
    assert b"a wrong guess" not in kept
