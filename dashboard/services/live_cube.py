"""The statuses of the present, put together from parts that last until a fact of theirs moves.

A new incident changes neither whom the reports speak for nor which petitions are late; only
its own stream's facts are gathered again. Each part is kept under the last event of the
entities it was made of, never under the ledger's watermark.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd

from dashboard.services.cache import Cache
from geo.vocabulary import Entity
from models.zero.coverage import belief_of
from models.zero.facts import Facts, incident_facts, petition_facts
from models.zero.register import Register
from models.zero.status import cube_of, whole_span

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import date

    from dashboard.services.world import World
    from geo.store import Snapshot
    from geo.window import Window
    from models.zero.coverage import Belief
    from models.zero.rulebook import Rulebook
    from models.zero.status import StatusCube

__all__ = ["LiveCube"]

STREAMS: Final = (Entity.CASE, Entity.ACCIDENT, Entity.PETITION)
REGISTER: Final = (Entity.AREA, Entity.SUBJECT)
KEPT: Final = 12
"""Two days asked of, each with a register, a belief and the facts of three streams, and room."""


class LiveCube:
    """`models.zero.status.status_cube` of all that is known, a part at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._parts = Cache(size=KEPT)

    def of(self, windows: Sequence[Window], *, as_of: date, subjects: Sequence[str]) -> StatusCube:
        """Judge windows that have begun on `as_of`, under the store's rulebook.

        Of `subjects` alone, in this order; those who are in no register are left out.
        """
        now = _Present(
            self._world, self._world.snapshot(), self._world.rulebook, tuple(windows), as_of
        )
        register = self._parts.get(now.key(), now.register)
        facts = [
            self._parts.get(now.key(stream), partial(now.facts, stream, register))
            for stream in STREAMS
        ]
        belief = self._parts.get(now.key(Entity.REPORT), partial(now.belief, register))
        places = register.positions(pd.Series(list(subjects), dtype="str"))
        places = places[places >= 0]
        mine = Facts.joined([part.taken(places, register.size) for part in facts])
        shown, believed = register.taken(places), belief.taken(places)
        return cube_of(shown, mine, believed, windows, as_of, now.rulebook)


@dataclass(frozen=True, slots=True)
class _Present:
    """One state of the ledger, asked of some windows."""

    world: World
    snapshot: Snapshot
    rulebook: Rulebook
    windows: tuple[Window, ...]
    as_of: date

    def key(self, entity: Entity | None = None) -> tuple[Hashable, ...]:
        """Name a part by all it rests on: the register, and the entity it is read from."""
        if entity is None:
            return self.snapshot.mark(*REGISTER)
        mark = self.snapshot.mark(*REGISTER, entity)
        return (entity, *mark, self.rulebook.id, self.as_of, *self.windows)

    def register(self) -> Register:
        return Register.of(self.world.subjects(self.snapshot))

    def belief(self, register: Register) -> Belief:
        reports, book = self.snapshot.reports, self.rulebook
        return belief_of(register, reports, self.windows, as_of=self.as_of, rulebook=book)

    def facts(self, stream: Entity, register: Register) -> Facts:
        snapshot, book = self.snapshot, self.rulebook
        span = whole_span(self.windows, self.as_of)
        if stream is Entity.PETITION:
            return petition_facts(snapshot.petitions, register, window=span, rulebook=book)
        incidents = snapshot.cases if stream is Entity.CASE else snapshot.accidents
        mine, zone = self.world.attributed(snapshot, incidents), snapshot.time_zone
        return incident_facts(mine, register, window=span, rulebook=book, zone=zone)
