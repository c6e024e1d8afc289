"""Files from outside become checked facts, or a sentence says why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from geo.errors import RefusedFile, UsageError
from geo.intake.checking import FileCheck
from geo.intake.entities import entity_spec
from geo.intake.entities import from_points as spec_from_points
from geo.intake.quarantine import quarantine_frame
from geo.intake.reading import content_hash, read_table
from geo.intake.recipe import DEFAULT_RECIPE, load_recipe
from geo.intake.registers import note_of, refuse_incomplete
from geo.intake.report import ImportReport, merged
from geo.intake.sentences import refusal
from geo.intake.spec import Placing
from geo.intake.task import Task
from geo.intake.writing import Written, write
from geo.progress import silent, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from os import PathLike

    import pandas as pd

    from geo.progress import Progress
    from geo.store import Store

__all__ = ["import_files"]


def import_files(  # noqa: PLR0913 - what a person may say about a delivery
    store: Store,
    entity: str,
    paths: Sequence[str | PathLike[str]],
    *,
    actor: str,
    now: datetime,
    recipe: str | None = None,
    crs: str | None = None,
    backfill: bool = False,
    to_area: bool = False,
    layer: str | None = None,
    from_points: bool = False,
    complete_on: date | None = None,
    progress: Progress | None = None,
    witness: Callable[[FileCheck], None] | None = None,
) -> ImportReport:
    """Import files of one entity, each in a transaction of its own, and account for every row.

    Parameters
    ----------
    entity
        The plural of the command line, one of `geo.intake.entities.ENTITIES`.
    paths
        What `geo.intake.reading.read_table` reads. The first refused file ends the import; what
        was imported before it stays.
    actor, now
        Who is responsible, and the moment at which the ledger learns it.
    recipe
        Name of a recipe in data/recipes or a YAML file; None takes the project's own columns.
    crs
        The datum or EPSG code of the coordinates; goes before the recipe's, which goes before
        what a GeoPackage or Shapefile states of itself.
    backfill
        History taken over from another system: knowledge counts from when it was reported.
    to_area
        Petitions may come with coordinates: the area is found, then they are dropped.
    layer
        The sheet, layer or file within an archive to read, where there are several.
    from_points
        Areas come as points: approximate boundaries are drawn around them.
    complete_on
        The one file is the whole register of subjects or units of that day: who stands and is
        not named left it then, which counts among the corrected and is noted.
    progress
        Called with the share done, 0 to 1, and the step at work, such as "checking cases.csv".
        When it raises `Cancelled`, nothing of the file at work is stored.
    witness
        Makes the import a rehearsal: everything is done, nothing is kept, and the witness gets
        the check of each file that could be read.

    Returns
    -------
    ImportReport
        The files together; kept + quarantined = rows_read. `refused` holds the F-rule of a
        refused file, of which nothing was stored.

    Raises
    ------
    UsageError, CRSError, DataError, NotReadyError, Cancelled
        For an unknown entity, recipe or CRS, a damaged file, no areas to place things in, or
        because `progress` said so.
    """
    if not paths:
        raise UsageError("No file was given; name at least one.", "未指定文件；请至少指定一个。")
    spec, how = entity_spec(entity), load_recipe(recipe or DEFAULT_RECIPE)
    spec = spec_from_points(spec) if from_points else spec
    task = Task(
        store, spec, how, crs, backfill, to_area, actor, now,
        rehearsal=witness is not None, layer=layer, complete_on=complete_on,
    )  # fmt: skip
    if complete_on is not None:
        today = now.astimezone(task.zone).date()
        refuse_incomplete(spec, len(paths), complete_on, today)
    reports: list[ImportReport] = []
    for done, path in enumerate(map(Path, paths)):
        told = within(progress or silent, done / len(paths), (done + 1) / len(paths))
        report, check = _import_file(replace(task, progress=told), path)
        reports.append(report)
        if witness is not None and check is not None:
            witness(check)
        if reports[-1].refused:
            break
    (progress or silent)(1.0, "")
    return merged(reports)


def _import_file(task: Task, path: Path) -> tuple[ImportReport, FileCheck | None]:
    """Import one file; a refusal becomes a report, every other error goes on.

    The check tells what was read and how; None when the file could not even be read.
    """
    started = perf_counter()
    check: FileCheck | None = None
    task.progress(0.0, f"reading {path.name}")
    try:
        digest = content_hash(path, layer=task.layer)
        _refuse_same(task, digest)
        check = FileCheck(task, read_table(path, layer=task.layer))
        check.run()
        report = _account(task, check, write(task, check, content_hash=digest))
    except RefusedFile as error:
        report = _refused(task, path, check, error)
    return replace(report, seconds=perf_counter() - started), check


def _refuse_same(task: Task, digest: str) -> None:
    """F06: the same content, entity and recipe as a batch that stands.

    The same points may come again: what they are drawn into may have changed.
    """
    if task.spec.placing is Placing.CELLS:
        return
    batch = task.store.find_batch(digest, task.spec.stored, task.recipe_label)
    if batch is not None:
        raise refusal("F06", id=batch.batch_id)


def _account(task: Task, check: FileCheck, written: Written) -> ImportReport:
    verdicts = check.verdicts
    kept, stated = int(verdicts.kept.sum()), int(verdicts.stating.sum())
    return ImportReport(
        entity=task.spec.name,
        files=(check.raw.file,),
        batch=written.batch,
        rows_read=check.raw.rows,
        kept=kept,
        quarantined=check.raw.rows - kept,
        unchanged=written.unchanged,
        corrected=written.corrected + written.leaving,
        retracted=written.retracted,
        merged=int((check.merged & verdicts.stating).sum()),
        implied=len(check.implied),
        reattributed=written.reattributed,
        warned=verdicts.warned(),
        reasons=verdicts.reasons(),
        warnings=verdicts.warnings(),
        unknown=check.typed.unknown(verdicts.stating & ~check.merged),
        constants={n: {v: stated} for n, v in check.typed.constants.items()},
        notes=(*check.raw.notes, *check.variant.notes, *_leaving(task, written)),
        encoding=check.raw.encoding,
        zone=task.zone.key,
        quarantine=_quarantine(check),
    )


def _leaving(task: Task, written: Written) -> tuple[str, ...]:
    if task.complete_on is None or not written.leaving:
        return ()
    return (note_of(written.leaving, task.complete_on),)


def _refused(task: Task, path: Path, check: FileCheck | None, error: RefusedFile) -> ImportReport:
    """Account for a refused file: every row is out, by its own fault or by the file's."""
    if check is None:
        return ImportReport(entity=task.spec.name, files=(path.name,), refusal=error)
    reasons = check.verdicts.reasons()
    left = check.raw.rows - sum(reasons.values())
    return ImportReport(
        entity=task.spec.name,
        files=(path.name,),
        rows_read=check.raw.rows,
        quarantined=check.raw.rows,
        reasons=reasons | ({error.code: left} if left else {}),
        refusal=error,
        quarantine=_quarantine(check),
    )


def _quarantine(check: FileCheck) -> pd.DataFrame:
    return quarantine_frame(
        check.shown,
        check.verdicts,
        file=check.raw.file,
        withheld=check.withheld,
        placeless=check.task.spec.placing is Placing.AREA_ONLY,
    )
