"""Permission is asked where the deed is done: a mark on each service method."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from dashboard.access import Permission, require

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.access import Actor

__all__ = ["needs", "permission_of"]

P = ParamSpec("P")
R = TypeVar("R")
MARK: Final = "__needs__"


class _World(Protocol):
    @property
    def actor(self) -> Actor:
        """Whose question this is."""
        ...


class _Acting(Protocol):
    @property
    def _world(self) -> _World: ...


S = TypeVar("S", bound=_Acting)


def needs(
    permission: Permission,
) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Let a method answer only an actor who holds `permission`; else AccessError."""

    def guard(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        @wraps(method)
        def asked(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(self._world.actor, permission)
            return method(self, *args, **kwargs)

        setattr(asked, MARK, permission)
        return cast("Callable[Concatenate[S, P], R]", asked)

    return guard


def permission_of(method: Any) -> Permission | None:
    """Give the permission a method asks for, None where it asks for none."""
    found: Permission | None = getattr(method, MARK, None)
    return found
