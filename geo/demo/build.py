"""Building the made-up county into a store: one delivery, in the order things became known."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.disputes import dispute_entries
from geo.demo.entries import Entry
from geo.demo.hazards import hazard_entries
from geo.demo.intensity import VOLUMES
from geo.demo.lives import incident_entries
from geo.demo.names import COUNTY
from geo.demo.occurrences import Hidden, hide, occurrences
from geo.demo.petitions import petition_entries
from geo.demo.placing import METRIC_CRS
from geo.demo.registers import COUNTY_CODE
from geo.demo.reports import report_entries
from geo.demo.rounds import inspection_entries, step_entries
from geo.demo.span import Span
from geo.demo.truth import truth_path, write_truth
from geo.demo.world import DemoWorld, make_world
from geo.errors import UsageError
from geo.store.interleaved import Part, append_in_order
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.demo.story import Story
    from geo.store.store import Store

__all__ = ["SEED", "Demo", "DemoSummary", "build_demo", "make_demo"]

SEED: Final = 20200818
ACTOR: Final = "demo"
RULEBOOK: Final = "shanxi-2020"


@dataclass(frozen=True)
class Demo:
    """A demo before it is written: the county, what the ledger shall learn, and the truth."""

    world: DemoWorld
    span: Span
    entries: list[Entry]
    story: Story
    hidden: Hidden


@dataclass(frozen=True)
class DemoSummary:
    """What was built; `hash` is the head of the chain in hex, `seconds` the time it took."""

    areas: int
    towns: int
    units: int
    incidents: int
    seed: int
    hash: str
    seconds: float


def make_demo(
    *,
    seed: int = SEED,
    until: date,
    volume: str = "county",
    conceal: float = 0.0,
    thin: float = 0.0,
) -> Demo:
    """Make the county and six years of facts up to 06:00 on `until`, without any store.

    The same arguments give the same demo everywhere. `volume` is sparse, county or busy: about
    300, 1,500 or 6,000 cases a year. `conceal` and `thin` are shares of the villages in which
    something happened that report nothing, or only two fifths.
    """
    _refuse_unknown(volume, conceal, thin)
    span = Span(until)
    world = make_world(span, seed=seed, volume=volume)
    rows, story = occurrences(world, span, seed=seed)
    rows, hidden = hide(rows, world.ground.land.is_community, conceal=conceal, thin=thin, seed=seed)
    told = incident_entries(rows, world, span, story, seed=seed)
    petitions = petition_entries(world, span, seed=seed)
    told += petitions
    disputes = dispute_entries(world, span, petitions, seed=seed)
    hazards = hazard_entries(world, span, seed=seed)
    entries = [
        *_registers(world, span),
        *told,
        *disputes,
        *hazards,
        *inspection_entries(world, span, hazards, seed=seed),
        *step_entries(span, petitions, disputes, seed=seed),
        *report_entries(world, span, told, seed=seed),
    ]
    return Demo(world, span, entries, story, hidden)


def build_demo(
    store: Store,
    *,
    seed: int = SEED,
    until: date,
    volume: str = "county",
    conceal: float = 0.0,
    thin: float = 0.0,
    progress: Callable[[float, str], None] | None = None,
) -> DemoSummary:
    """Build the made-up county into an empty `store`; see `make_demo`.

    `progress` is told the share done so far and the stage: world, facts or ledger. Beside a
    database that is a file the truth is kept, see `geo.demo.truth`. Raises UsageError when the
    store is not empty.
    """
    started = time.perf_counter()
    say = progress or (lambda _share, _stage: None)
    if store.watermark:
        raise UsageError(
            f"The store already holds {store.watermark} events; a demo needs an empty one.",
            f"数据库中已有 {store.watermark} 个事件；演示数据需要空的数据库。",
        )
    say(0.0, "facts")
    demo = make_demo(seed=seed, until=until, volume=volume, conceal=conceal, thin=thin)
    say(0.5, "ledger")
    head = _write(store, demo, seed=seed, volume=volume)
    say(1.0, "ledger")
    seconds = time.perf_counter() - started
    return _summary(demo, seed=seed, head=head, seconds=round(seconds, 2))


def _refuse_unknown(volume: str, conceal: float, thin: float) -> None:
    if volume not in VOLUMES:
        raise UsageError(
            f"Unknown volume {volume!r}; use {', '.join(VOLUMES)}.",
            f"未知的规模 {volume!r}；可用 {'、'.join(VOLUMES)}。",
        )
    if not (0 <= conceal <= 1 and 0 <= thin <= 1 and conceal + thin <= 1):
        raise UsageError(
            f"conceal={conceal} and thin={thin} must be shares whose sum is at most 1.",
            f"conceal={conceal} 与 thin={thin} 必须为比例，且合计不超过 1。",
        )


def _registers(world: DemoWorld, span: Span) -> list[Entry]:
    """Enter areas, units and cameras at the start, subjects on the day they join."""
    start = pd.Timestamp(span.start)
    joined = ((world.subjects["registered_on"] - start) / pd.Timedelta(minutes=1)).to_numpy()
    frames = (
        (Entity.AREA, world.areas),
        (Entity.UNIT, world.units),
        (Entity.CAMERA, world.cameras),
    )
    entered = [
        Entry(entity, Action.RECORDED, frame, np.zeros(len(frame))) for entity, frame in frames
    ]
    return [*entered, Entry(Entity.SUBJECT, Action.RECORDED, world.subjects, joined)]


def _write(store: Store, demo: Demo, *, seed: int, volume: str) -> str:
    """Write the demo as one batch and the truth beside it; give the head of the chain."""
    span = demo.span
    store.set_meta(
        time_zone="Asia/Shanghai",
        metric_crs=METRIC_CRS,
        live_since=span.begin.astimezone(UTC),
        is_demo=True,
        demo_until=span.until,
        title_zh=f"{COUNTY.zh}（示例县）",
        title_en=f"{COUNTY.en} (made up)",
        rulebook=RULEBOOK,
        root_area=COUNTY_CODE,
    )
    recipe = f"demo seed={seed} until={span.until} volume={volume}"
    with store.batch(
        Entity.AREA,
        source="demo",
        content_hash=sha256(recipe.encode()).hexdigest(),
        recipe=None,
        actor=ACTOR,
        recorded_at=span.begin.astimezone(UTC),
    ) as batch:
        for name, layer in demo.world.layers.items():
            batch.put_ground(name, layer)
        append_in_order(batch, [_part(entry, span) for entry in demo.entries])
        head = batch.appender.prev_hash.hex()
        database = batch.connection.engine.url.database
    if database and Path(database).exists():
        hidden, story = demo.hidden, demo.story
        write_truth(truth_path(database), demo.world, span, story, hidden, seed=seed)
    return head


def _part(entry: Entry, span: Span) -> Part:
    return Part(entry.entity, entry.action, entry.frame, span.moments(entry.minute))


def _summary(demo: Demo, *, seed: int, head: str, seconds: float) -> DemoSummary:
    level = demo.world.areas["level"]
    incidents = sum(
        len(entry.frame)
        for entry in demo.entries
        if entry.entity in {Entity.CASE, Entity.ACCIDENT} and entry.action is Action.RECORDED
    )
    return DemoSummary(
        areas=int(level.isin(["village", "community"]).sum()),
        towns=int((level == "township").sum()),
        units=len(demo.world.units),
        incidents=incidents,
        seed=seed,
        hash=head,
        seconds=seconds,
    )
