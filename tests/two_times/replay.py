"""A second method: the history as a plain list, read from the first event to the asked moment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pandas as pd

from geo.schemas import key_of
from geo.vocabulary import Action, Entity
from models.zero.status import zero_status
from tests.conftest import ZeroWorld, rulebook
from tests.geo.store_books import DELIVERY
from tests.models.test_zero_reference import Reference, expected_statuses, records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from geo.store import Store
    from geo.window import Window
    from models.zero.rulebook import Rulebook
    from tests.two_times.history import Part, Row, Step

__all__ = ["RULEBOOKS", "Replay", "answer", "append", "asked_of", "naive"]

ZONE: Final = ZoneInfo("Asia/Shanghai")
RULEBOOKS: Final = (
    rulebook("shanxi-2020"),
    rulebook("henan-2021"),
    replace(rulebook("open-data"), unobserved=frozenset()),
)


@dataclass
class Replay:
    """Every event as a line: known when, of which record, what it says (None: taken back)."""

    lines: list[tuple[datetime, Entity, str, Row | None]] = field(default_factory=list)

    def note(self, step: Step) -> None:
        """Write down what a step says."""
        known_at = step.known_at or step.recorded_at
        for part in step.parts:
            gone = part.action is Action.RETRACTED
            for key, row in part.rows.items():
                self.lines.append((known_at, part.entity, key, None if gone else row))

    def known(self, moment: datetime | None, rules: Rulebook) -> ZeroWorld:
        """Give the world as known at a moment; None asks for all of it."""
        state: dict[Entity, dict[str, Row]] = defaultdict(dict)
        for known_at, entity, key, row in self.lines:
            if moment is not None and known_at > moment:
                continue
            if row is None:
                state[entity].pop(key, None)
            else:
                state[entity][key] = {key_of(entity): key, **row}
        names = (Entity.SUBJECT, Entity.CASE, Entity.ACCIDENT, Entity.PETITION, Entity.REPORT)
        subjects, cases, accidents, petitions, reports = ([*state[n].values()] for n in names)
        return ZeroWorld(rules, ZONE, subjects, [*cases, *accidents], petitions, reports)


def append(store: Store, step: Step) -> None:
    """Let the ledger learn a step as one batch."""
    entity, backfill = step.parts[0].entity, step.known_at is not None
    request: dict[str, Any] = {**DELIVERY, "backfill": backfill, "recorded_at": step.recorded_at}
    with store.batch(entity, **request) as batch:
        for part in step.parts:
            frame = _frame(part)
            known = None
            if step.known_at is not None:
                known = pd.Series(pd.Timestamp(step.known_at), frame.index)
            batch.append(part.entity, frame, action=part.action, known_at=known)


def _frame(part: Part) -> pd.DataFrame:
    index = pd.Index([*part.rows], name=key_of(part.entity), dtype="str")
    if part.action is Action.RETRACTED:
        return pd.DataFrame(index=index)
    return pd.DataFrame([*part.rows.values()], index=index)


def answer(
    store: Store, windows: Sequence[Window], as_of: date, known_at: datetime | None, rules: Rulebook
) -> pd.DataFrame:
    """Ask the ledger: rows of `zero_status`."""
    snapshot = store.snapshot(known_at=known_at)
    return zero_status(
        subjects=snapshot.subjects,
        incidents=snapshot.incidents,
        petitions=snapshot.petitions,
        reports=snapshot.reports,
        windows=windows,
        as_of=as_of,
        rulebook=rules,
        zone=ZONE,
    )


def asked_of(rows: pd.DataFrame) -> dict[Any, Any]:
    """Give the answer as (subject, start, end, stream): (status, breaking, pending)."""
    return {
        (r["subject_id"], r["window_start"].date(), r["window_end"].date(), r["stream"]): (
            r["status"],
            r["breaking"],
            r["pending"],
        )
        for r in records(rows)
    }


def naive(world: ZeroWorld, windows: Sequence[Window], as_of: date) -> dict[Any, Any]:
    """Give the same by the definitions read aloud; each incident is looked at once."""
    reference = Reference(world, as_of)
    days: dict[tuple[str | None, str, bool], list[date]] = defaultdict(list)
    for row in world.incidents:
        day = row["occurred_from"].tz_convert(world.zone).date()
        if reference.counts(row) and day <= as_of:
            owner = reference.owner_of(row, day)
            days[owner, row["stream"], row["review"] == "confirmed"].append(day)
    for subject in world.subjects:
        for stream in ("case", "accident"):
            for confirmed in (True, False):
                cell = (subject["subject_id"], stream, confirmed)
                reference.remembered[cell] = [
                    d for d in days[cell] if reference.lives(subject, d, d + timedelta(days=1))
                ]
    return expected_statuses(reference, list(windows))
