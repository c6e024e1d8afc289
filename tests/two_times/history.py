"""Random histories of a ledger: chains of corrections, retractions, restatements, backfill.

Everything is drawn from few keys and few days, so that facts meet: the same record is stated,
corrected, taken back and stated again, and every list may be read by hand.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    import random

__all__ = ["LIVE", "Author", "Part", "Row", "Step"]

Row = dict[str, Any]
LIVE: Final = datetime(2020, 4, 1, 4, tzinfo=UTC)
"""When the ledger begins to keep its own record."""
START: Final = date(2020, 1, 1)
EDGES: Final = (0, 30, 31, 59, 60, 61, 90, 91, 120, 121)
"""Days of 2020 on which months and clocks begin and end."""
AREAS: Final = ("a", "b", "c")
UNITS: Final = ("u", "v")


@dataclass(frozen=True)
class Part:
    """What one batch says of one entity: an action and its rows by key."""

    entity: Entity
    action: Action
    rows: dict[str, Row]


@dataclass(frozen=True)
class Step:
    """One batch; `known_at` is given for a backfill alone."""

    recorded_at: datetime
    parts: tuple[Part, ...]
    known_at: datetime | None = None


@dataclass
class Author:
    """Draws steps that the ledger must accept, knowing what stands."""

    draw: random.Random
    keys: int = 4
    """Records of each entity that can ever stand."""
    at_once: int = 2
    """Most rows of one batch."""
    at: datetime = LIVE
    backfills: bool = True
    standing: dict[tuple[Entity, str], Row] = field(default_factory=dict)
    own: set[tuple[Entity, str]] = field(default_factory=set)
    """Keys that the ledger learned something of itself: no backfill may touch them."""

    def opening(self) -> Step:
        """Register everybody, so that there is somebody to be at zero."""
        rows = {code: self._subject(code) for code in (*AREAS, *UNITS)}
        areas = {code: {"level": "village", "name": code} for code in AREAS}
        return self._said(
            Part(Entity.AREA, Action.RECORDED, areas), Part(Entity.SUBJECT, Action.RECORDED, rows)
        )

    def step(self) -> Step:
        """Draw the next batch."""
        self.at += timedelta(hours=self.draw.choice((0, 1, 30)))
        kind = self.draw.random()
        if kind < 0.1 and self.backfills:
            return self._backfill()
        if kind < 0.2:
            return self._boundary()
        entity = self.draw.choice((*MAKERS, Entity.CASE, Entity.REPORT))
        return self._said(self._part(entity, self._some(entity)))

    def _some(self, entity: Entity) -> list[str]:
        keys = [*AREAS, *UNITS] if entity is Entity.SUBJECT else self._numbered(entity)
        return self.draw.sample(keys, min(self.draw.randint(1, self.at_once), len(keys)))

    def _numbered(self, entity: Entity) -> list[str]:
        return [f"{entity}{number}" for number in range(self.keys)]

    def _part(self, entity: Entity, keys: list[str]) -> Part:
        """State, correct or take back; all keys of a part stand, or none does."""
        stood = (entity, keys[0]) in self.standing
        alike = [key for key in keys if ((entity, key) in self.standing) == stood]
        if stood and self.draw.random() < 0.3:
            return Part(entity, Action.RETRACTED, {key: {} for key in alike})
        action = Action.CORRECTED if stood else Action.RECORDED
        return Part(entity, action, {key: self._row(entity, key) for key in alike})

    def _boundary(self) -> Step:
        """Correct a boundary: what stood on the ground that moved goes to the neighbour."""
        old, new = self.draw.sample(AREAS, 2)
        area = Part(Entity.AREA, Action.CORRECTED, {old: {"level": "village", "name": f"{old}*"}})
        moved = {
            key: {**row, "area_code": new, "subject_id": new}
            for (entity, key), row in self.standing.items()
            if entity is Entity.CASE and row["area_code"] == old and self.draw.random() < 0.5
        }
        cases = (Part(Entity.CASE, Action.CORRECTED, moved),) if moved else ()
        return self._said(area, *cases)

    def _backfill(self) -> Step:
        """Take over what another system knew; corrections may claim any day before the ledger."""
        entity = self.draw.choice(tuple(MAKERS))
        keys = [*self._numbered(entity), *(f"old-{key}" for key in self._numbered(entity))]
        free = [key for key in keys if (entity, key) not in self.own]
        if not free or entity is Entity.SUBJECT:
            return self._boundary()
        known_at = LIVE - timedelta(days=self.draw.choice((1, 2, 40, 80)))
        return self._said(self._part(entity, [self.draw.choice(free)]), known_at=known_at)

    def _said(self, *parts: Part, known_at: datetime | None = None) -> Step:
        for part in parts:
            for key, row in part.rows.items():
                if known_at is None:
                    self.own.add((part.entity, key))
                if part.action is Action.RETRACTED:
                    del self.standing[part.entity, key]
                else:
                    self.standing[part.entity, key] = row
        return Step(self.at, parts, known_at)

    def _row(self, entity: Entity, key: str) -> Row:
        return MAKERS[entity](self, key)

    def _day(self, shift: int = 0) -> str:
        number = self.draw.choice(EDGES) if self.draw.random() < 0.6 else self.draw.randint(0, 150)
        return (START + timedelta(days=number + shift)).isoformat()

    def _subject(self, key: str) -> Row:
        unit = key in UNITS
        row = {
            "subject_class": "enterprise" if unit else "village",
            "area_code": "a" if unit else key,
            "unit_id": key if unit else None,
            "body": self.draw.choice((None, "town")),
            "registered_on": self._day(-90),
            "deregistered_on": None,
        }
        if self.draw.random() < 0.2:
            row["deregistered_on"] = self._day(40)
        return row

    def _incident(self, key: str) -> Row:
        pick = self.draw.choice
        moment = pd.Timestamp(f"{self._day()} {pick(('00:00', '07:59', '23:59'))}")
        row: Row = {
            "occurred_from": moment.tz_localize("Asia/Shanghai").tz_convert("UTC"),
            "area_code": pick((*AREAS, "nowhere")),
            "unit_id": pick((None, None, *UNITS)),
            "subject_id": pick((None, None, "a", "u", "elsewhere")),
            "review": pick(("confirmed", "confirmed", "reported", "rejected")),
        }
        if "case" in key:
            kind = pick(("criminal", "public_security"))
            return row | {"stream": "case", "case_class": kind, "major_impact": pick((True, False))}
        harm = {"deaths": pick((None, 0, 1)), "serious_injuries": pick((None, 0))}
        return row | {"stream": "accident", "accident_kind": pick(("road", "fire")), **harm}

    def _petition(self, _: str) -> Row:
        accepted = date.fromisoformat(self._day(-60))
        took = self.draw.choice((None, 60, 61, 90, 91))
        row: Row = {
            "area_code": self.draw.choice(AREAS),
            "subject_id": self.draw.choice((None, "u")),
            "accepted_on": accepted.isoformat(),
            "closed_on": None if took is None else (accepted + timedelta(days=took)).isoformat(),
            "extended": self.draw.random() < 0.3,
        }
        if self.draw.random() < 0.4:
            approver = self.draw.choice(("another", "same"))
            row |= {"requires_higher_authority": True, "exemption_reason": "law"}
            row |= {"exemption_proposer": "same", "exemption_approver": approver}
        return row

    def _report(self, _: str) -> Row:
        stream = self.draw.choice(("case", "accident", "petition"))
        kind = self.draw.choice(("nil", "nil", "nil", "exceptions", "confirmation"))
        first = self.draw.randint(1, 4)
        bodies = ("a", "b", "u", "town", "town")
        named = self.draw.sample((*AREAS, *UNITS), 2) if self.draw.random() < 0.3 else None
        return {
            "body": f"owner:{stream}" if kind == "confirmation" else self.draw.choice(bodies),
            "stream": stream,
            "window_start": date(2020, first, 1).isoformat(),
            "window_end": date(2020, first + self.draw.randint(1, 3), 1).isoformat(),
            "kind": kind,
            "subjects": None if named is None else json.dumps(named),
        }


MAKERS: Final = {
    Entity.CASE: Author._incident,
    Entity.ACCIDENT: Author._incident,
    Entity.PETITION: Author._petition,
    Entity.REPORT: Author._report,
    Entity.SUBJECT: Author._subject,
}
