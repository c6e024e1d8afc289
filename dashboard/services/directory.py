"""Services for whoever asks: one set for each combination of rights and area."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.access import Actor, Permission
    from dashboard.services.composition import Services

__all__ = ["Directory"]

KEPT: Final = 24
"""Sets of services held ready; each keeps its own answers, since each sees other facts."""


class Directory:
    """Gives the services an actor may use; `make` builds them over what that actor sees."""

    def __init__(self, make: Callable[[Actor], Services]) -> None:
        self._make = make
        self._held: OrderedDict[tuple[frozenset[Permission], str], Services] = OrderedDict()
        self._lock = Lock()

    def of(self, actor: Actor) -> Services:
        """Give the services of an actor; those with the same rights and area share them."""
        key = (actor.permissions, actor.scope)
        with self._lock:
            if key not in self._held:
                self._held[key] = self._make(actor)
            self._held.move_to_end(key)
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
            return self._held[key]
