"""Every service method asks for a right; every role has exactly those it was given."""

from __future__ import annotations

import dataclasses
import inspect
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest

from dashboard.access import GRANTS, LOCAL, Actor, Permission, Role, require
from dashboard.services import composition
from dashboard.services.composition import Services
from dashboard.services.permitted import needs, permission_of
from geo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Callable

OPEN = {"World"}
"""The store and its clock: no answer by themselves, and every snapshot they give is scoped."""


def service_methods() -> list[tuple[str, Callable[..., Any]]]:
    """List every public method of every service, as `Service.method`."""
    hints = get_type_hints(Services, vars(composition))
    classes = [hints[field.name] for field in dataclasses.fields(Services)]
    return [
        (f"{cls.__name__}.{name}", method)
        for cls in classes
        if cls.__name__ not in OPEN
        for name, method in inspect.getmembers(cls, inspect.isfunction)
        if not name.startswith("_")
    ]


METHODS = service_methods()


def test_there_are_services_to_look_at() -> None:
    assert len(METHODS) > 30


@pytest.mark.parametrize(("name", "method"), METHODS, ids=[name for name, _ in METHODS])
def test_every_service_method_asks_for_a_right(name: str, method: Callable[..., Any]) -> None:
    assert permission_of(method) is not None, name


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("name", "method"), METHODS, ids=[name for name, _ in METHODS])
def test_a_role_is_answered_only_with_the_right_the_method_asks_for(
    role: Role, name: str, method: Callable[..., Any]
) -> None:
    service = SimpleNamespace(_world=SimpleNamespace(actor=Actor.of("x", frozenset({role}))))
    wanted = permission_of(method)
    if wanted in GRANTS[role]:
        # Let in, it goes on to a world that holds nothing.
        with pytest.raises((TypeError, AttributeError)):
            method(service)
    else:
        with pytest.raises(AccessError, match="may not"):
            method(service)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.VIEWER, {"read"}),
        (Role.REPORTER, {"read", "report", "export"}),
        (Role.MEDIATOR, {"read", "report", "mediate"}),
        (Role.PLANNER, {"read", "plan", "approve_plan", "export"}),
        (Role.ANALYST, {"read", "plan", "export", "import"}),
        (
            Role.ASSESSOR,
            {"read", "assess", "verify", "decide", "export", "import", "mediate", "show_wall"},
        ),
        (Role.AUDITOR, {"read", "audit", "verify", "export"}),
        (Role.ADMINISTRATOR, {"read", "manage_users", "import"}),
    ],
)
def test_the_table_of_rights(role: Role, may: set[str]) -> None:
    assert {str(permission) for permission in GRANTS[role]} == may


def test_who_plans_patrols_does_not_see_petitions_one_by_one() -> None:
    holders = {role for role in Role if Permission.MEDIATE in GRANTS[role]}
    assert not holders & {Role.PLANNER, Role.ANALYST}


def test_who_gives_rights_neither_decides_nor_audits() -> None:
    assert not GRANTS[Role.ADMINISTRATOR] & {Permission.DECIDE, Permission.AUDIT, Permission.ASSESS}


def test_several_roles_add_up_and_none_gives_nothing() -> None:
    both = Actor.of("x", frozenset({Role.VIEWER, Role.PLANNER}))
    assert both.permissions == GRANTS[Role.VIEWER] | GRANTS[Role.PLANNER]
    assert not Actor.of("x", frozenset()).permissions


def test_the_one_at_the_machine_may_do_everything() -> None:
    assert LOCAL.permissions == frozenset(Permission)


def test_a_refusal_names_the_right_in_both_languages() -> None:
    with pytest.raises(AccessError) as refused:
        require(Actor.of("wang", frozenset({Role.VIEWER})), Permission.EXPORT)
    assert "export" in refused.value.text("en")
    assert "无权" in refused.value.text("zh")


def test_a_marked_method_keeps_its_name_and_its_words() -> None:
    class Service:
        _world = SimpleNamespace(actor=LOCAL)

        @needs(Permission.READ)
        def answer(self, number: int) -> int:
            """Give the number."""
            return number

    assert Service().answer(7) == 7
    assert Service.answer.__doc__ == "Give the number."
