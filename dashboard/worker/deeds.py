"""What each kind of job does: from what was asked to what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dashboard.services.previews import plain_preview, quarantine_csv
from geo.intake import check_files, import_files
from geo.intake.entities import entity_spec
from geo.intake.reading import content_hash
from geo.vocabulary import JobKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from dashboard.services.recipes import RecipeShelf
    from geo.errors import RefusedFile
    from geo.progress import Progress
    from geo.store import Job, Store

__all__ = ["Desk", "Outcome", "perform"]

HOW: Final = ("crs", "backfill", "to_area", "from_points", "layer")
"""What a request may say about a delivery, by the names `import_files` takes."""


@dataclass(frozen=True)
class Desk:
    """What every deed needs: the store, its clock, the recipes."""

    store: Store
    clock: Callable[[], datetime]
    recipes: RecipeShelf


@dataclass(frozen=True)
class Outcome:
    """What came of a job; a failed one holds the sentences that say why."""

    result: Mapping[str, Any] = field(default_factory=dict)
    attachment: bytes | None = None
    failed: bool = False


def perform(job: Job, desk: Desk, progress: Progress) -> Outcome:
    """Do what the job asks for; raises what the deed itself raises."""
    return _DEEDS[job.kind](job, desk, progress)


def _import(job: Job, desk: Desk, progress: Progress) -> Outcome:
    path, entity = Path(job.request["path"]), job.request["entity"]
    report = import_files(
        desk.store, entity, [path], actor=job.actor, now=desk.clock(), progress=progress,
        **_how(job, desk),
    )  # fmt: skip
    if report.refused == "F06" and job.starts > 1:
        # The worker died after the commit and before it could say so.
        return _stood_already(desk.store, path, entity)
    result: dict[str, Any] = {"report": report.to_dict()}
    if report.refusal is not None:
        result |= _sentences(report.refusal)
    attachment = quarantine_csv(report) if len(report.quarantine) else None
    return Outcome(result, attachment, failed=report.refusal is not None)


def _check(job: Job, desk: Desk, progress: Progress) -> Outcome:
    preview = check_files(
        desk.store, job.request["entity"], [Path(job.request["path"])], actor=job.actor,
        now=desk.clock(), progress=progress, **_how(job, desk),
    )  # fmt: skip
    attachment = quarantine_csv(preview.report) if len(preview.report.quarantine) else None
    return Outcome({"preview": plain_preview(preview)}, attachment)


def _undo(job: Job, desk: Desk, progress: Progress) -> Outcome:
    number = int(job.request["batch"])
    batches = desk.store.batches()
    expected = max(int(batches["events"].get(number, 1)), 1)
    done = desk.store.undo(
        number,
        actor=job.actor,
        recorded_at=desk.clock(),
        told=lambda events: progress(min(events / expected, 1.0), "undoing"),
    )
    return Outcome({"batch": done.batch_id, "undone": number, "events": done.events})


def _rebuild(_: Job, desk: Desk, progress: Progress) -> Outcome:
    progress(0.0, "rebuilding")
    made = desk.store.rebuild()
    return Outcome({"rows": {str(table): rows for table, rows in made.items()}})


_DEEDS: Final[dict[JobKind, Callable[[Job, Desk, Progress], Outcome]]] = {
    JobKind.IMPORT: _import,
    JobKind.CHECK: _check,
    JobKind.UNDO: _undo,
    JobKind.REBUILD: _rebuild,
}


def _how(job: Job, desk: Desk) -> dict[str, Any]:
    said = {name: job.request[name] for name in HOW if job.request.get(name)}
    recipe = job.request.get("recipe")
    return said | {"recipe": desk.recipes.source(recipe) if recipe else None}


def _stood_already(store: Store, path: Path, entity: str) -> Outcome:
    batches = store.batches()
    same = batches["standing"] & (batches["content_hash"] == content_hash(path))
    number = int(batches.index[same & (batches["entity"] == entity_spec(entity).stored)][-1])
    return Outcome(
        {
            "batch": number,
            "sentence_en": f"The work broke off after the import was done; batch {number} stands.",
            "sentence_zh": f"导入已完成，任务随后中断；批次 {number} 有效。",
        }
    )


def _sentences(error: RefusedFile) -> dict[str, str]:
    return {"sentence_en": error.text("en"), "sentence_zh": error.text("zh")}
