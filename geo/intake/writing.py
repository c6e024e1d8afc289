"""Checked rows become events: one transaction per file, all of it or nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from geo.crs import WGS84
from geo.intake.decided import keep_decided
from geo.intake.delivery import Delivery, deliver
from geo.intake.reattribution import reattribute
from geo.intake.registers import left_out
from geo.intake.spec import Kind
from geo.schemas import columns_of, conform, validate
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from geo.intake.checking import FileCheck
    from geo.intake.spec import EntitySpec
    from geo.intake.task import Task
    from geo.store import Batch

__all__ = ["Written", "write"]

WRITING_AT: Final = 0.6
WRITTEN_AT: Final = 0.95
"""Shares of a file's time; what is left after the rows are counts and segments."""


@dataclass(frozen=True)
class Written:
    """What the ledger took: the batch, and how the kept rows divide."""

    batch: int | None
    """None where the writing was only rehearsed."""
    corrected: int
    unchanged: int
    retracted: int
    reattributed: int
    """Standing records whose area is another one since this delivery."""
    leaving: int
    """Standing records that a complete register does not name any more."""


def write(task: Task, check: FileCheck, *, content_hash: str) -> Written:
    """Append the kept rows of a checked file, and what the store has to know about itself.

    A file that was checked while somebody else wrote is checked again, now that nobody can. A
    rehearsal goes the same way to the end, and leaves nothing behind.
    """
    table = _table(check)
    task.progress(WRITING_AT, f"writing {check.raw.file}")
    with (
        suppress(_Rehearsed),
        task.store.batch(
            task.spec.stored,
            source=check.raw.file,
            content_hash=content_hash,
            recipe=task.recipe_label,
            actor=task.actor,
            recorded_at=task.now,
            backfill=task.backfill,
        ) as batch,
    ):
        if batch.first_seq - 1 != task.snapshot.watermark:
            check.again()
            task, table = check.task, _table(check)
        _tell_portions(task, check, batch)
        delivery = _delivery(check, table)
        _settle(task, batch)
        if task.spec.stored is Entity.GROUND:
            _put_ground(task, batch, table)
        else:
            _append(task, batch, check, delivery)
        leaving = _close(task, batch, check)
        reattributed = reattribute(task, batch, delivery, implied=check.implied)
        if task.rehearsal:
            raise _Rehearsed
    return Written(
        None if task.rehearsal else batch.batch_id,
        len(delivery.changed),
        delivery.unchanged,
        delivery.retracted,
        reattributed,
        leaving,
    )


class _Rehearsed(Exception):
    """Everything went well, and none of it shall stay."""


def _tell_portions(task: Task, check: FileCheck, batch: Batch) -> None:
    expected = max(int(check.verdicts.kept.sum()) + len(check.implied), 1)

    def told(events: int) -> None:
        share = WRITING_AT + (WRITTEN_AT - WRITING_AT) * min(events / expected, 1.0)
        task.progress(share, f"writing {check.raw.file}")

    batch.tell(told)


def _table(check: FileCheck) -> pd.DataFrame:
    """Give the kept rows as the entity's table, keyed."""
    spec = check.task.spec
    whole = check.typed.frame
    names = [name for name in columns_of(spec.stored) if name in whole.columns]
    kept = whole.loc[check.verdicts.stating & ~check.merged, [spec.key, *names]]
    frame = kept.set_index(spec.key)
    return conform(_shaped(frame), spec.stored)


def _shaped(frame: pd.DataFrame) -> pd.DataFrame:
    if "geometry" not in frame.columns:
        return frame
    shaped: pd.DataFrame = gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84)
    return shaped


def _delivery(check: FileCheck, table: pd.DataFrame) -> Delivery:
    """Hold the rows against what stands; ground layers are put as a whole."""
    if check.known is None:
        return Delivery(validate(table, check.task.spec.stored), table.iloc[:0], 0)
    task, records = check.task, check.known.standing.records
    table = keep_decided(table, task.spec.stored, task.store, records)
    keys = check.typed.frame[task.spec.key]
    back = pd.Index(keys[check.verdicts.kept & check.verdicts.spared])
    at = check.known.positions[check.verdicts.stating & ~check.merged]
    delivery = deliver(table, back, check.known.standing, fed=check.typed.fed, at=at)
    # What is unchanged was valid when it was written.
    new, changed = (
        validate(rows, check.task.spec.stored) if len(rows) else rows
        for rows in (delivery.new, delivery.changed)
    )
    return replace(delivery, new=new, changed=changed)


def _settle(task: Task, batch: Batch) -> None:
    """Set once what every later answer rests on: time zone, metric CRS, rulebook, root."""
    recipe, meta = task.recipe, batch.meta
    wanted = {
        "time_zone": task.zone.key,
        "metric_crs": task.metric_crs,
        "rulebook": recipe.rulebook,
        "root_area": recipe.root_area.code if recipe.root_area else None,
        "title_zh": recipe.title_zh or None,
        "title_en": recipe.title_en or None,
    }
    new = {n: v for n, v in wanted.items() if v is not None and getattr(meta, n) is None}
    if new:
        batch.set_meta(**new)


def _append(task: Task, batch: Batch, check: FileCheck, delivery: Delivery) -> None:
    if len(check.implied):
        batch.append(Entity.AREA, check.implied.set_index("area_code"))
    known_at = _known_at(task, batch, delivery.new) if task.backfill else None
    batch.append(task.spec.stored, delivery.new, known_at=known_at)
    # A correction counts from its recording: what was known before stays as it was.
    recorded = pd.Series(pd.Timestamp(task.now), index=delivery.changed.index)
    batch.append(
        task.spec.stored,
        delivery.changed,
        action=Action.CORRECTED,
        known_at=recorded if task.backfill else None,
        stood=None if check.known is None else check.known.records_of(delivery.changed.index),
    )
    gone = pd.DataFrame(index=delivery.gone.rename(task.spec.key))
    recorded = pd.Series(pd.Timestamp(task.now), index=gone.index)
    batch.append(
        task.spec.stored,
        gone,
        action=Action.RETRACTED,
        known_at=recorded if task.backfill else None,
    )


def _close(task: Task, batch: Batch, check: FileCheck) -> int:
    """Let those leave the register whom a complete one does not name; give their number."""
    if task.complete_on is None:
        return 0
    register: pd.DataFrame = getattr(task.snapshot, task.spec.name)
    named = check.typed.frame[task.spec.key]
    closed = left_out(register, named, task.spec.stored, task.complete_on)
    recorded = pd.Series(pd.Timestamp(task.now), index=closed.index)
    return batch.append(
        task.spec.stored,
        closed,
        action=Action.CORRECTED,
        known_at=recorded if task.backfill else None,
    )


def _put_ground(task: Task, batch: Batch, table: pd.DataFrame) -> None:
    """Add the shapes to the layer; one that is already there is not doubled."""
    older = task.snapshot.ground(task.spec.name)
    if len(older):
        held = older[~older.index.isin(table.index)]
        table = gpd.GeoDataFrame(pd.concat([held[table.columns], table]), crs=WGS84)
    batch.put_ground(task.spec.name, table)


def _known_at(task: Task, batch: Batch, rows: pd.DataFrame) -> pd.Series:
    """Give since when each row was known where it came from.

    A civil day is known when it is over. What became known only after this ledger went live,
    or nobody knows when, counts from its recording.
    """
    now = pd.Timestamp(task.now).tz_convert("UTC").as_unit("us")
    known = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
    for name in task.spec.known_by:
        known = known.fillna(_moment(task, task.spec, rows[name], name))
    live = batch.meta.live_since
    bound = min(now, pd.Timestamp(live)) if live is not None else now
    return known.where(known < bound, now)


def _moment(task: Task, spec: EntitySpec, values: pd.Series, name: str) -> pd.Series:
    if spec.field(name).kind is Kind.TIME:
        return values
    after = (values + pd.Timedelta(days=1)).dt.tz_localize(task.zone, nonexistent="shift_forward")
    return after.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
