"""Standing records follow the ground: whose area is now another is corrected in the same batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.attribution import attribute
from geo.intake.days import placing_days
from geo.intake.delivery import differs
from geo.intake.ground_change import GroundChange, areas_after
from geo.intake.succession import succeeded
from geo.vocabulary import Action, Entity, LocationPrecision

if TYPE_CHECKING:
    from geo.intake.delivery import Delivery
    from geo.intake.faults import Mask
    from geo.intake.task import Task
    from geo.store import Batch

__all__ = ["reattribute"]

FOLLOWING: Final = {
    Entity.UNIT: "units",
    Entity.CAMERA: "cameras",
    Entity.CASE: "cases",
    Entity.ACCIDENT: "accidents",
    Entity.PETITION: "petitions",
    Entity.DISPUTE: "disputes",
    Entity.HAZARD: "hazards",
    Entity.INSPECTION: "inspections",
}
"""Entities with an area of their own, and where a snapshot holds them."""

GRIEVANCES: Final = frozenset({Entity.PETITION, Entity.DISPUTE})
"""Their subject may be stated by the source itself; such a statement is kept."""

SETTLED: Final = ("area_code", "beat_code", "subject_id")
"""What a change of the ground can change in a record."""


def reattribute(task: Task, batch: Batch, delivery: Delivery, *, implied: pd.DataFrame) -> int:
    """Correct, within `batch`, every standing record whose area, beat or subject is now another.

    A delivery of areas or of lineage moves records; of lineage, the areas themselves first.
    Gives the number of records corrected. Those with a point follow the point; those without
    keep their code, unless it went into one other by the day they speak of. A correction counts
    from its recording: what was known before stays as it was.
    """
    entity = task.spec.stored
    if entity not in {Entity.AREA, Entity.LINEAGE} or task.snapshot.areas.empty:
        return 0
    change = (
        _told(task, batch, delivery)
        if entity is Entity.LINEAGE
        else _drawn(task, delivery, implied)
    )
    return _follow(task, batch, change) if change.is_any else 0


def _drawn(task: Task, delivery: Delivery, implied: pd.DataFrame) -> GroundChange:
    known = task.snapshot
    after = areas_after(known.areas, implied, delivery.new, delivery.changed, gone=delivery.gone)
    return GroundChange(known.areas, after, known.lineage, known.subjects)


def _told(task: Task, batch: Batch, delivery: Delivery) -> GroundChange:
    """Let happen to the areas what the lineage says, within `batch`."""
    known = task.snapshot
    said = pd.concat(
        [part for part in (delivery.new, delivery.changed) if len(part)] or [delivery.new]
    )
    older = known.lineage[~known.lineage.index.isin(said.index.union(delivery.gone))]
    lineage = pd.concat([part for part in (older[said.columns], said) if len(part)] or [said])
    changed = succeeded(known.areas, said)
    _correct(task, batch, Entity.AREA, changed)
    after = areas_after(known.areas, changed)
    return GroundChange(known.areas, after, lineage, known.subjects, told=len(said) > 0)


def _follow(task: Task, batch: Batch, change: GroundChange) -> int:
    corrected = 0
    for entity, name in FOLLOWING.items():
        records = getattr(task.snapshot, name)
        if records.empty:
            continue
        moved = _moved(records, entity, change, task)
        corrected += _correct(task, batch, entity, moved)
        if entity is Entity.UNIT:
            of_units = _of_units(task.snapshot.subjects, records, moved)
            corrected += _correct(task, batch, Entity.SUBJECT, of_units)
    return corrected


def _correct(task: Task, batch: Batch, entity: Entity, moved: pd.DataFrame) -> int:
    known_at = pd.Series(pd.Timestamp(task.now), index=moved.index) if task.backfill else None
    return batch.append(entity, moved, action=Action.CORRECTED, known_at=known_at)


def _moved(records: pd.DataFrame, entity: Entity, change: GroundChange, task: Task) -> pd.DataFrame:
    """Give the records that change, whole, as they are to stand."""
    day = placing_days(records, entity, zone=task.zone, now=task.now)
    now = records.copy(deep=False)
    if "lon" in records:
        near = change.can_concern(records["lon"], records["lat"]) & _has_place(records)
        if near.any():
            points, days = records[near], day[near]
            now.loc[near, "area_code"] = change.moved_areas(points, days)
            if "beat_code" in now:
                now.loc[near, "beat_code"] = change.moved_beats(points, days)
    now["area_code"] = change.successors(now["area_code"], day)
    if "subject_id" in records:
        asked = differs(now["area_code"], records["area_code"])
        asked |= now["area_code"].isin(change.regrouped).to_numpy()
        if entity in GRIEVANCES:
            asked &= ~_stated(records, day, change)
        now.loc[asked, "subject_id"] = _subjects(now[asked], day[asked], change, change.after)
    names = [name for name in SETTLED if name in records]
    return now[np.any([differs(now[name], records[name]) for name in names], axis=0)]


def _has_place(records: pd.DataFrame) -> Mask:
    """Say whose point is where it happened: a default address is no witness of any area."""
    if "loc_precision" not in records:
        return np.ones(len(records), dtype=bool)
    default = records["loc_precision"] == LocationPrecision.DEFAULT_ADDRESS
    return ~default.to_numpy(dtype=bool)


def _stated(records: pd.DataFrame, day: pd.Series, change: GroundChange) -> Mask:
    """Say whose subject the source stated itself: it is not the one its area leads to."""
    led_to = _subjects(records, day, change, change.before)
    stated: Mask = records["subject_id"].notna().to_numpy() & differs(records["subject_id"], led_to)
    return stated


def _subjects(
    records: pd.DataFrame, day: pd.Series, change: GroundChange, areas: pd.DataFrame
) -> pd.Series:
    nobody = pd.Series(np.nan, index=records.index, dtype="str")
    unit_id = records.get("unit_id", nobody)
    return attribute(unit_id, records["area_code"], day, subjects=change.subjects, areas=areas)


def _of_units(subjects: pd.DataFrame, units: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Give the subjects that stand where their unit stood, moved along with it."""
    stood = subjects["unit_id"].map(units["area_code"]) == subjects["area_code"]
    follow = subjects[stood & subjects["unit_id"].isin(moved.index)]
    return follow.assign(area_code=follow["unit_id"].map(moved["area_code"]))
