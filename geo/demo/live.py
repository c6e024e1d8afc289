"""The made-up county going on: one more incident at every step, now and then a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.categories import CATEGORIES, day_weights, hours_of
from geo.demo.draws import draws
from geo.demo.intensity import YEARS
from geo.demo.span import ZONE, Span
from geo.demo.story import story_of
from geo.demo.stretches import area_at
from geo.demo.telling import first_told
from geo.demo.world import DemoWorld, make_world
from geo.errors import UsageError
from geo.vocabulary import Action, Entity, Review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from geo.demo.draws import Floats
    from geo.store.store import Store

__all__ = ["LiveStep", "live_events"]

DECIDED: Final = 0.35
"""Share of the steps at which an older report is confirmed as well."""

YOUNGEST_DECIDED: Final = timedelta(hours=2)


@dataclass(frozen=True)
class LiveStep:
    """What one step appended: the new incident and, perhaps, the one that was confirmed."""

    incident_id: str
    stream: str
    category: str
    area_code: str
    recorded_at: datetime
    confirmed_id: str | None

    def __str__(self) -> str:
        """Say it in one line."""
        also = f", {self.confirmed_id} confirmed" if self.confirmed_id else ""
        at = self.recorded_at.astimezone(ZONE)
        return f"{at:%H:%M:%S} {self.stream} {self.category} in {self.area_code}{also}"


def live_events(store: Store, *, seed: int, now: Callable[[], datetime]) -> Iterator[LiveStep]:
    """Append one incident at every step, drawn from the intensity of the hour that `now` says.

    Endless; the caller decides how long to wait between steps. The ledger's clock never runs
    back: where `now` lies before the last event, the step is recorded a second after it. Raises
    UsageError where the store holds no demo.
    """
    until = store.meta.demo_until
    if not store.meta.is_demo or until is None:
        raise UsageError(
            "Live events are made up; they go into a demo store only.",
            "实时事件均为虚构，只能写入演示库。",
        )
    span = Span(until)
    world = make_world(span, seed=seed, volume="county")
    while True:
        last = store.events(store.watermark - 1)["recorded_at"].iloc[-1].to_pydatetime()
        yield _step(store, world, span, seed, max(now(), last + timedelta(seconds=1)))


def _step(store: Store, world: DemoWorld, span: Span, seed: int, at: datetime) -> LiveStep:
    rng = draws(seed, f"live {store.watermark}")
    frame = _new_incident(world, span, at, store.watermark + 1, rng)
    entity = Entity(str(frame["stream"].iloc[0]))
    older = _undecided(store, entity, at) if rng.random() < DECIDED else None
    key = str(frame.index[0])
    with store.batch(
        entity,
        source="demo live",
        content_hash=sha256(key.encode()).hexdigest(),
        recipe=None,
        actor="demo",
        recorded_at=at,
    ) as batch:
        batch.append(entity, frame, recorded_at=at)
        if older is not None:
            batch.append(entity, older, action=Action.CORRECTED, recorded_at=at)
    return LiveStep(
        incident_id=key,
        stream=str(entity),
        category=str(frame["category"].iloc[0]),
        area_code=str(frame["area_code"].iloc[0]),
        recorded_at=at,
        confirmed_id=None if older is None else str(older.index[0]),
    )


def _new_incident(
    world: DemoWorld, span: Span, at: datetime, number: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw one incident of the last minutes, as it is first told."""
    minute = (at - span.begin).total_seconds() / 60
    happened = minute - float(rng.uniform(3.0, 18.0))
    rates = _rates_now(world, at)
    total = np.cumsum(rates)
    category = int(np.searchsorted(total, rng.random() * total[-1], side="right"))
    per_stretch = np.cumsum(world.intensity.in_year(category, YEARS))
    stretch = np.searchsorted(per_stretch, rng.random(1) * per_stretch[-1], side="right")
    xy = world.stretches.at(stretch, rng.random(1), rng.uniform(-9.0, 9.0, 1))
    rows = pd.DataFrame(
        {
            "category": [CATEGORIES[category].key],
            "stream": [CATEGORIES[category].stream],
            "x": xy[:, 0],
            "y": xy[:, 1],
            "minute": np.floor([happened]),
            "area": area_at(xy, world.ground),
            "unit": [-1],
            "begun": np.floor([happened]),
            "spread": [0.0],
            "reported": np.floor([minute - 1.0]),
        }
    )
    frame = first_told(rows, world, span, story_of(world.intensity, span), rng)
    letter = str(frame.index[0])[0]
    frame.index = pd.Index([f"{letter}L{number:07d}"], name=frame.index.name)
    return frame


def _rates_now(world: DemoWorld, at: datetime) -> Floats:
    """Give the rate of each category at this hour of this day."""
    local = at.astimezone(ZONE)
    weekday = np.array([local.weekday()], dtype=float)
    day = np.array([local.timetuple().tm_yday], dtype=float)
    base = world.intensity.base.sum(axis=1)
    now = [hours_of(one)[local.hour] * day_weights(one, weekday, day)[0] for one in CATEGORIES]
    return np.asarray(base * np.array(now))


def _undecided(store: Store, entity: Entity, at: datetime) -> pd.DataFrame | None:
    """Give the oldest report that nobody has decided on, as confirmed; None when there is none."""
    snapshot = store.snapshot()
    records = snapshot.cases if entity is Entity.CASE else snapshot.accidents
    old = records["recorded_at"] <= pd.Timestamp(at - YOUNGEST_DECIDED)
    waiting = records[(records["review"] == Review.REPORTED.value) & old]
    if waiting.empty:
        return None
    first = waiting.sort_values("recorded_at", kind="stable").iloc[:1]
    confirmed = first.assign(review=Review.CONFIRMED.value)
    if entity is Entity.CASE:
        reported = confirmed["reported_at"].dt.tz_convert(ZONE).dt.tz_localize(None)
        confirmed["filed_on"] = reported.dt.normalize().astype("datetime64[us]")
    return confirmed
