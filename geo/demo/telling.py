"""Incidents as they are first told: when, where, by whom, with what is not kept left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np
import pandas as pd

from geo.demo.categories import CASES, CATEGORIES, SENSITIVE
from geo.demo.harm import add_harm
from geo.demo.names import TOWNS
from geo.demo.placing import lonlat
from geo.demo.registers import TOWN_CODES

if TYPE_CHECKING:
    from geo.demo.draws import Floats
    from geo.demo.span import Span
    from geo.demo.story import Story
    from geo.demo.world import DemoWorld

__all__ = ["DAY", "first_told", "told_and_recorded"]

DAY: Final = 1440.0
"""Minutes."""

LATE: Final = 0.03
"""Share of incidents that somebody reports weeks later."""

MAJOR_IMPACT, IMPACT_UNKNOWN = 0.03, 0.01
"""Shares of cases of major impact, and of those of which nobody said."""

AREA_ONLY: Final = {"fraud": 0.35}
AREA_ONLY_ELSE: Final = 0.025
"""Share of incidents of which only the area is known."""

CLASSES: Final = {one.key: one.kind for one in CASES}
SPAN_MIN: Final = {one.key: one.span_h * 60 for one in CATEGORIES}
DELAY_MIN: Final = {one.key: one.delay_h * 60 for one in CATEGORIES}
DELAY_ELSE_MIN: Final = 25.0

_FOUND: Final = {
    "citizen_report": 0.74,
    "camera_review": 0.07,
    "patrol_discovered": 0.06,
    "transfer": 0.05,
    "inspection": 0.03,
    "other": 0.03,
    "unknown": 0.02,
}
_HUNTED: Final = {"patrol_discovered": 0.42, "inspection": 0.3, "citizen_report": 0.28}
_PATROLLED: Final = {"patrol_discovered": 0.25, "citizen_report": 0.68, "camera_review": 0.07}


def told_and_recorded(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add when it may have begun, was reported and was recorded, in minutes of the span."""
    delay = rows["category"].map(DELAY_MIN).fillna(DELAY_ELSE_MIN).to_numpy()
    spread = rows["category"].map(SPAN_MIN).fillna(0.0).to_numpy()
    count, minute = len(rows), rows["minute"].to_numpy()
    reported = minute + 2 + np.floor(rng.exponential(1.0, count) * delay + _late(rng, count, LATE))
    recorded = reported + 1.0 + rng.exponential(300.0, count) + _late(rng, count, LATE / 2)
    begun = np.maximum(minute - np.floor(rng.random(count) * spread), 0.0)
    return rows.assign(begun=begun, spread=spread, reported=reported, recorded=recorded)


def _late(rng: np.random.Generator, count: int, share: float) -> Floats:
    return np.where(rng.random(count) < share, rng.exponential(16 * DAY, count), 0.0)


def first_told(
    rows: pd.DataFrame, world: DemoWorld, span: Span, story: Story, rng: np.random.Generator
) -> pd.DataFrame:
    """Give the records of one stream, in the order of `rows`, by `incident_id`."""
    stream = str(rows["stream"].iloc[0])
    letter = stream[0].upper()
    index = pd.Index([f"{letter}{n:06d}" for n in range(1, len(rows) + 1)], name="incident_id")
    columns = {
        "stream": stream,
        "category": rows["category"].to_numpy(),
        **_when(rows, span),
        **_where(rows, rng),
        **_whose(rows, world),
        "review": "reported",
        "discovery_source": _found(rows, story, span, rng),
        "source_system": "demo",
    }
    frame = pd.DataFrame(columns, index=index)
    return add_harm(frame, rng) if stream == "accident" else _as_cases(frame)


def _when(rows: pd.DataFrame, span: Span) -> dict[str, object]:
    spread = rows["spread"].to_numpy()
    return {
        "occurred_from": span.moments(rows["begun"].to_numpy()).array,
        "occurred_to": span.moments(rows["minute"].to_numpy()).array,
        "reported_at": span.moments(rows["reported"].to_numpy()).array,
        "time_precision": np.select([spread == 0, spread <= 600], ["minute", "hour"], "day"),
    }


def _where(rows: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    """Place the incidents; of sensitive ones nothing but the area is kept."""
    sensitive = rows["category"].isin(SENSITIVE).to_numpy()
    share = rows["category"].map(AREA_ONLY).fillna(AREA_ONLY_ELSE).to_numpy()
    on_street = (rows["unit"] < 0).to_numpy()
    vague = (rng.random(len(rows)) < share) & ~sensitive & on_street
    shown = ~sensitive & ~vague
    degrees = lonlat(rows[["x", "y"]].to_numpy())
    return {
        "lon": np.where(shown, degrees[:, 0], np.nan),
        "lat": np.where(shown, degrees[:, 1], np.nan),
        "loc_precision": np.select([sensitive, vague], ["withheld", "area"], "point"),
        "sensitive_location": sensitive,
    }


def _whose(rows: pd.DataFrame, world: DemoWorld) -> dict[str, object]:
    """Attribute each incident: to the unit concerned once it is registered, else to the area."""
    area = np.array(world.codes)[rows["area"].to_numpy()]
    unit, day = rows["unit"].to_numpy(), rows["minute"].to_numpy() // DAY
    registered = (unit >= 0) & (world.registered_day[unit] <= day)
    unit_id = np.where(unit >= 0, world.units.index.to_numpy(dtype=object)[unit], None)
    return {
        "area_code": area,
        "unit_id": unit_id,
        "subject_id": np.where(registered, unit_id, area),
    }


def _found(rows: pd.DataFrame, story: Story, span: Span, rng: np.random.Generator) -> np.ndarray:
    """Say how each became known; where patrols are out, they find things."""
    since = (story.patrols_from - span.start).days * DAY
    patrolled = ((rows["area"] == story.area) & (rows["minute"] >= since)).to_numpy()
    hunted = rows["category"].isin(["gambling", "drugs"]).to_numpy()
    chance = rng.random(len(rows))
    return np.select(
        [hunted, patrolled],
        [_drawn(_HUNTED, chance), _drawn(_PATROLLED, chance)],
        _drawn(_FOUND, chance),
    )


def _drawn(shares: dict[str, float], chance: Floats) -> np.ndarray:
    bounds = np.cumsum(list(shares.values()))
    number = np.minimum(np.searchsorted(bounds, chance, side="right"), len(bounds) - 1)
    return np.array(list(shares))[number]


def _impact(ids: pd.Index) -> pd.Series:
    """Say of each case whether its impact was major; of some nobody said.

    Drawn from the id alone, so that a record keeps its impact and no other draw moves.
    """
    chance = np.array([crc32(str(one).encode()) % 1000 for one in ids]) / 1000
    impact = pd.array(chance < MAJOR_IMPACT, dtype="boolean")
    impact[chance >= 1 - IMPACT_UNKNOWN] = pd.NA
    return pd.Series(impact, index=ids)


def _as_cases(frame: pd.DataFrame) -> pd.DataFrame:
    stations = {code: f"{name.zh[:-1]}派出所" for code, name in zip(TOWN_CODES, TOWNS, strict=True)}
    never = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    return frame.assign(
        case_class=frame["category"].map(CLASSES).to_numpy(),
        major_impact=_impact(frame.index),
        station=frame["area_code"].str[:9].map(stations).to_numpy(),
        filed_on=never,
        cleared_on=never,
    )
