"""Cases and accidents as the ledger follows them: reported, decided, corrected, cleared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.demo.draws import Bools, Floats, draws
from geo.demo.entries import Entry, entry_until
from geo.demo.harm import revised
from geo.demo.telling import CLASSES, DAY, first_told, told_and_recorded
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    import pandas as pd

    from geo.demo.span import Span
    from geo.demo.story import Story
    from geo.demo.world import DemoWorld

__all__ = ["incident_entries"]

VERDICTS: Final = ("confirmed", "rejected", "duplicate")
VERDICT_SHARES: Final = (0.935, 0.052, 0.013)
CORRECTED, CLEARED, RETRACTED = 0.035, 0.6, 0.004
DECISION_DAYS, CORRECTION_DAYS, CLEARANCE_DAYS = 5.0, 12.0, 34.0
"""Mean days from recording to decision, and from the decision to what follows."""

_INSTEAD: Final = {
    "theft": "vehicle_theft",
    "vehicle_theft": "theft",
    "burglary": "theft",
    "basement_theft": "burglary",
    "fight": "disorder",
    "disorder": "fight",
    "damage": "disorder",
    "robbery": "theft",
    "fraud": "theft",
    "gambling": "disorder",
    "drugs": "disorder",
    "domestic": "domestic",
    "sexual": "sexual",
    "juvenile": "juvenile",
    "medical": "medical",
}
"""What a category turns out to have been; a sensitive one stays what it is."""


@dataclass(frozen=True)
class _Lives:
    """Minutes at which each record changes, infinite for never, and what was decided."""

    verdict: np.ndarray
    decided: Floats
    corrected: Floats
    cleared: Floats
    retracted: Floats


def incident_entries(
    rows: pd.DataFrame, world: DemoWorld, span: Span, story: Story, *, seed: int
) -> list[Entry]:
    """Turn occurrences into the ledger's entries of both streams, corrections included."""
    entries: list[Entry] = []
    for entity in (Entity.CASE, Entity.ACCIDENT):
        rng = draws(seed, f"records {entity}")
        told = told_and_recorded(rows[rows["stream"] == str(entity)], rng)
        told = told[told["recorded"] < span.end_minute].sort_values("recorded", kind="stable")
        frame = first_told(told, world, span, story, rng)
        recorded = told["recorded"].to_numpy()
        entries.append(Entry(entity, Action.RECORDED, frame, recorded))
        entries += _followed(frame, _lives(frame, recorded, rng), span, entity)
    return entries


def _lives(frame: pd.DataFrame, recorded: Floats, rng: np.random.Generator) -> _Lives:
    count = len(frame)
    verdict = rng.choice(VERDICTS, count, p=VERDICT_SHARES)
    decided = recorded + 240.0 + rng.exponential(DECISION_DAYS * DAY, count)
    stands = verdict == "confirmed"
    may_change = stands if "case_class" in frame else stands & _hurt(frame)
    corrected = _perhaps(decided, may_change, CORRECTED, CORRECTION_DAYS, rng)
    before = np.where(np.isfinite(corrected), corrected, decided)
    clears = stands & ("case_class" in frame)
    cleared = _perhaps(before, clears, CLEARED, CLEARANCE_DAYS, rng)
    unsettled = ~np.isfinite(corrected) & ~np.isfinite(cleared)
    retracted = _perhaps(decided, unsettled, RETRACTED * 2.5, CORRECTION_DAYS, rng)
    return _Lives(verdict, decided, corrected, cleared, retracted)


def _hurt(frame: pd.DataFrame) -> Bools:
    return np.asarray(frame["serious_injuries"] > 0)


def _perhaps(
    after: Floats, may: Bools, share: float, days: float, rng: np.random.Generator
) -> Floats:
    """Draw when something happens to some of those to whom it may happen."""
    minute = after + 30.0 + rng.exponential(days * DAY, len(after))
    return np.where(may & (rng.random(len(after)) < share), minute, np.inf)


def _followed(frame: pd.DataFrame, lives: _Lives, span: Span, entity: Entity) -> list[Entry]:
    """Give the later states, each a whole record again, and the retractions."""
    end = span.end_minute
    decided = frame.assign(review=lives.verdict)
    if entity is Entity.CASE:
        filed = frame["reported_at"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None)
        stands = lives.verdict == "confirmed"
        decided["filed_on"] = filed.dt.normalize().where(stands).astype("datetime64[us]")
    corrected = _put_right(decided)
    changed = np.isfinite(lives.corrected)
    latest = decided.copy()
    latest.loc[changed] = corrected.loc[changed]
    entries = [
        _stage(end, entity, decided, lives.decided),
        _stage(end, entity, corrected, lives.corrected),
    ]
    if entity is Entity.CASE:
        ends = np.where(np.isfinite(lives.cleared), lives.cleared, 0.0)
        cleared = latest.assign(cleared_on=span.day((ends // DAY).astype(np.int64)).to_numpy())
        entries.append(_stage(end, entity, cleared, lives.cleared))
    return [*entries, _stage(end, entity, latest, lives.retracted, action=Action.RETRACTED)]


def _put_right(frame: pd.DataFrame) -> pd.DataFrame:
    """Correct every record: another category of a case, other casualties of an accident."""
    if "case_class" not in frame:
        return revised(frame)
    category = frame["category"].map(_INSTEAD)
    return frame.assign(category=category, case_class=category.map(CLASSES))


def _stage(
    end: float,
    entity: Entity,
    frame: pd.DataFrame,
    minute: Floats,
    *,
    action: Action = Action.CORRECTED,
) -> Entry:
    return entry_until(end, entity, action, frame, minute)
