"""Hazards found in the last twelve months: the published 3,165 on site and 21 by deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.draws import draws
from geo.demo.entries import Entry, entry_until
from geo.demo.units import kinds
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from geo.demo.draws import Ints
    from geo.demo.span import Span
    from geo.demo.world import DemoWorld

__all__ = ["BY_DEADLINE", "MAJOR", "ON_SITE", "hazard_entries"]

ON_SITE, BY_DEADLINE, MAJOR = 3_165, 21, 3
WINDOW_DAYS: Final = 365
_RISKY: Final = {"mine": 14, "factory": 5, "gas_station": 5, "warehouse": 3, "workshop": 1.5}
CATEGORIES: Final = ("fire_exit", "wiring", "gas", "machine_guard", "roof", "storage", "signage")


def hazard_entries(world: DemoWorld, span: Span, *, seed: int) -> list[Entry]:
    """Draw the hazards: those on site are put right at once, those by deadline are still open."""
    rng = draws(seed, "hazards")
    count = ON_SITE + BY_DEADLINE
    end = len(span.days()) - 1
    found = np.sort(rng.integers(end - WINDOW_DAYS + 1, end, count))
    deadline = np.zeros(count, dtype=bool)
    late = np.flatnonzero(found >= end - 200)
    deadline[rng.choice(late, BY_DEADLINE, replace=False)] = True
    frame = _frame(found, deadline, world, span, rng)
    recorded = found * 1440.0 + np.floor(rng.uniform(570, 1080, count))
    return [entry_until(span.end_minute, Entity.HAZARD, Action.RECORDED, frame, recorded)]


def _frame(
    found: Ints,
    deadline: np.ndarray,
    world: DemoWorld,
    span: Span,
    rng: np.random.Generator,
) -> pd.DataFrame:
    count = len(found)
    risk = np.array([_RISKY.get(kind.key, 0.35) for kind in kinds()])[world.places.kind]
    unit = rng.choice(len(risk), count, p=risk / risk.sum())
    major = np.zeros(count, dtype=bool)
    major[np.flatnonzero(deadline)[:MAJOR]] = True
    never = np.datetime64("NaT", "us")
    day = span.day(found).to_numpy()
    due = span.day(found + rng.integers(60, 260, count)).to_numpy()
    return pd.DataFrame(
        {
            "unit_id": world.units.index.to_numpy()[unit],
            "area_code": world.units["area_code"].to_numpy()[unit],
            "category": rng.choice(CATEGORIES, count),
            "severity": np.where(major, "major", "general"),
            "mode": np.where(deadline, "deadline", "on_site"),
            "found_on": day,
            "due_on": np.where(deadline, due, never),
            "closed_on": np.where(deadline, never, day),
            "verified_on": np.where(deadline, never, day),
        },
        index=pd.Index([f"H{n:05d}" for n in range(1, count + 1)], name="hazard_id"),
    )
