"""Petition matters of the made-up county: areas and topics, never places or people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.draws import Bools, Floats, Ints, draws
from geo.demo.entries import Entry, entry_until
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from geo.demo.span import Span
    from geo.demo.world import DemoWorld

__all__ = ["petition_entries"]

PER_YEAR: Final = 1_060.0
"""With the disputes (`geo.demo.disputes.PER_YEAR`) four fifths of the cases."""

CLOCK_DAYS, EXTENSION_DAYS = 60, 30
AT_UNITS: Final = 0.06
"""Share of matters that concern a unit, such as wages owed."""

OVERDUE_BUSY, OVERDUE_QUIET = 0.0294, 0.0025
EXTENDED, HIGHER, UNRESOLVED = 0.06, 0.035, 0.02
CHANNELS: Final = ("visit", "letter", "online", "hotline", "mediation_room")
CHANNEL_SHARES: Final = (0.27, 0.09, 0.24, 0.26, 0.14)
TOPICS: Final = (
    "land",
    "housing",
    "wages",
    "subsidies",
    "roads",
    "water",
    "noise",
    "property_management",
    "neighbours",
    "village_affairs",
)
REASONS: Final = ("pending provincial land policy", "historic pension scheme", "court judgment")
OFFICERS: Final = tuple(f"staff-{number:03d}" for number in range(101, 131))


def petition_entries(world: DemoWorld, span: Span, *, seed: int) -> list[Entry]:
    """Draw the petition matters: accepted, perhaps extended, resolved in time or not."""
    rng = draws(seed, "petitions")
    days = len(span.days()) - 1
    count = int(rng.poisson(PER_YEAR * world.intensity.volume * days / 365.25))
    accepted = np.sort(rng.integers(0, days, count))
    area = _areas(world, count, rng)
    higher = rng.random(count) < HIGHER
    length, extended = _lengths(world.intensity.breaks[area] > 2.0, higher, rng)
    frame = _frame(accepted, area, world, span, higher, rng)
    recorded = accepted * 1440.0 + np.floor(rng.uniform(8.5 * 60, 17.5 * 60, count))
    order = np.argsort(recorded, kind="stable")
    frame, recorded = frame.iloc[order], recorded[order]
    frame.index = pd.Index([f"P{n:06d}" for n in range(1, count + 1)], name="petition_id")
    closed = (accepted + length)[order]
    return [
        entry_until(span.end_minute, Entity.PETITION, Action.RECORDED, frame, recorded),
        *_followed(frame, recorded, closed, extended[order], span, rng),
    ]


def _areas(world: DemoWorld, count: int, rng: np.random.Generator) -> Ints:
    """Spread matters by people and, less evenly than people, by how much happens there."""
    people = world.areas["population"].loc[world.codes].to_numpy()
    weights = people * np.sqrt(world.intensity.breaks + 1.0)
    return rng.choice(len(weights), count, p=weights / weights.sum()).astype(np.int64)


def _lengths(busy: Bools, higher: Bools, rng: np.random.Generator) -> tuple[Ints, Bools]:
    """Draw the days until each matter is closed, and whether its clock was extended."""
    count = len(busy)
    plain = np.clip(rng.lognormal(np.log(23.0), 0.7, count), 1, CLOCK_DAYS)
    extended = rng.random(count) < EXTENDED
    longer = rng.uniform(CLOCK_DAYS + 1, CLOCK_DAYS + EXTENSION_DAYS, count)
    overdue = rng.random(count) < np.where(busy, OVERDUE_BUSY, OVERDUE_QUIET)
    late = np.where(extended, CLOCK_DAYS + EXTENSION_DAYS, CLOCK_DAYS) + 1
    length = np.where(extended, longer, plain)
    length = np.where(overdue, late + rng.exponential(35.0, count), length)
    length = np.where(higher, rng.uniform(90, 700, count), length)
    return np.floor(length).astype(np.int64), extended & ~higher


def _frame(
    accepted: Ints,
    area: Ints,
    world: DemoWorld,
    span: Span,
    higher: Bools,
    rng: np.random.Generator,
) -> pd.DataFrame:
    count = len(accepted)
    code = np.array(world.codes)[area]
    approver = rng.integers(0, len(OFFICERS), count)
    proposer = (approver + rng.integers(1, len(OFFICERS), count)) % len(OFFICERS)
    officers, reasons = np.array(OFFICERS, dtype=object), np.array(REASONS, dtype=object)
    return pd.DataFrame(
        {
            "area_code": code,
            "subject_id": _subjects(world, area, accepted, rng),
            "channel": rng.choice(CHANNELS, count, p=CHANNEL_SHARES),
            "topic": rng.choice(TOPICS, count),
            "accepted_on": span.day(accepted).to_numpy(),
            "due_on": span.day(accepted + CLOCK_DAYS).to_numpy(),
            "closed_on": np.full(count, np.datetime64("NaT"), dtype="datetime64[us]"),
            "outcome": None,
            "extended": False,
            "remit_level": np.where(higher, "province", "county"),
            "requires_higher_authority": higher,
            "exemption_reason": pd.Series(rng.choice(reasons, count)).where(higher),
            "exemption_proposer": pd.Series(officers[proposer]).where(higher),
            "exemption_approver": pd.Series(officers[approver]).where(higher),
        }
    )


def _subjects(world: DemoWorld, area: Ints, day: Ints, rng: np.random.Generator) -> np.ndarray:
    """Name the subject: the area, now and then a unit in it that is registered by then."""
    first = np.searchsorted(np.sort(world.places.area), np.arange(len(world.codes)))
    by_area = np.argsort(world.places.area, kind="stable")
    size = np.bincount(world.places.area, minlength=len(world.codes))
    pick = first[area] + np.floor(rng.random(len(area)) * size[area]).astype(np.int64)
    unit = by_area[np.minimum(pick, len(by_area) - 1)]
    chosen = (rng.random(len(area)) < AT_UNITS) & (size[area] > 0)
    chosen &= world.registered_day[unit] <= day
    codes, ids = np.array(world.codes, dtype=object), world.units.index.to_numpy(dtype=object)
    return np.where(chosen, ids[unit], codes[area])


def _followed(
    frame: pd.DataFrame,
    recorded: Floats,
    closed: Ints,
    extended: Bools,
    span: Span,
    rng: np.random.Generator,
) -> list[Entry]:
    """Give the extensions and the closings, each a whole record again."""
    accepted = recorded // 1440
    asked = np.where(extended, (accepted + 52) * 1440 + rng.uniform(540, 1020, len(frame)), np.inf)
    due = frame["due_on"] + pd.Timedelta(days=EXTENSION_DAYS)
    prolonged = frame.assign(extended=True, due_on=due)
    latest = frame.copy()
    latest.loc[extended] = prolonged.loc[extended]
    outcome = np.where(rng.random(len(frame)) < UNRESOLVED, "withdrawn", "resolved")
    done = latest.assign(closed_on=span.day(closed).to_numpy(), outcome=outcome)
    minute = np.maximum(closed * 1440 + rng.uniform(540, 1050, len(frame)), recorded + 1)
    minute = np.where(np.isfinite(asked), np.maximum(minute, asked + 1), minute)
    return [
        entry_until(span.end_minute, Entity.PETITION, Action.CORRECTED, prolonged, asked),
        entry_until(span.end_minute, Entity.PETITION, Action.CORRECTED, done, minute),
    ]
