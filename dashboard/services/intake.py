"""Bringing data in from a screen: look, check, import, follow, take back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import EVERYWHERE, Permission, require
from dashboard.services import mapping
from dashboard.services.naming import moment_text
from dashboard.services.permitted import needs
from dashboard.services.previews import plain_preview
from dashboard.services.recipes import RecipeShelf
from dashboard.services.staging import Staging
from geo.errors import AccessError
from geo.intake import check_files, look_at
from geo.intake.entities import ENTITIES, entity_spec
from geo.intake.preview import distinct_values
from geo.intake.spec import Kind, Placing
from geo.store import Jobs
from geo.vocabulary import Entity, JobKind, JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from dashboard.services.world import World
    from geo.store import Job

__all__ = ["BY_HAND", "DATUMS", "IntakeDesk", "IntakeService", "idle_desk"]

BY_HAND: Final = "="
"""Stands where a recipe's name stands: the columns are matched by hand. No recipe is called so."""
DATUMS: Final = ("wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4547", "EPSG:4546", "EPSG:4548")
"""Offered by name; any other EPSG or ESRI code may be written."""
CHECKED_AT_ONCE: Final = 2_000_000
"""Bytes, about 20,000 rows. Larger files are checked by the worker, with progress."""
FLAGS: Final = ("backfill", "to_area", "from_points")
"""What a person may say of a delivery with yes or no."""
LISTED: Final = 50
WAITS_S: Final = 20
"""Seconds after which a job that nobody began tells of a missing worker."""


@dataclass(frozen=True)
class IntakeDesk:
    """What an installation brings data in with; `now` is the queue's clock."""

    jobs: Jobs
    recipes: RecipeShelf
    staging: Staging
    now: Callable[[], datetime]


def idle_desk(now: Callable[[], datetime]) -> IntakeDesk:
    """Give a desk in the local folder, for an app that nobody brings data to."""
    local = Path(".sanling")
    queue = Jobs(local / "idle.jobs.db")
    return IntakeDesk(queue, RecipeShelf(local / "recipes"), Staging(local / "staging", now), now)


class IntakeService:
    """Everything the page Data does; the worker does what takes long."""

    def __init__(self, world: World, desk: IntakeDesk) -> None:
        self._world = world
        self._desk = desk

    @property
    def staging(self) -> Staging:
        """The files brought to this page; raises AccessError for who may not bring any."""
        return self._allowed().staging

    @property
    def refusal(self) -> AccessError | None:
        """Say why who asks may not bring data in; None for who may."""
        try:
            self._allowed()
        except AccessError as error:
            return error
        return None

    @property
    def entities(self) -> list[str]:
        """Name what can be imported, in the order of the command line."""
        return list(ENTITIES)

    @needs(Permission.IMPORT)
    def recipes(self, entity: str) -> list[str]:
        """Name the recipes that read files of an entity."""
        return self._desk.recipes.serving(entity)

    @needs(Permission.IMPORT)
    def options(self, entity: str) -> dict[str, bool]:
        """Say which remarks make sense for an entity, by the names an order has for them."""
        spec = entity_spec(entity)
        return {
            "crs": spec.placing is not Placing.NONE,
            "backfill": bool(spec.known_by),
            "to_area": spec.placing is Placing.AREA_ONLY,
            "from_points": spec.stored is Entity.AREA,
        }

    # ---- a file, before it is imported -------------------------------------------------------

    @needs(Permission.IMPORT)
    def mapping(self, token: str, entity: str, layer: str | None = None) -> dict[str, Any]:
        """Give what matching by hand begins with: `fields`, `columns`, a `guess` for each field.

        `personal` names the columns that a recipe made from it drops unread.
        """
        seen = look_at(self.staging.find(token), entity, layer=layer or None)
        every = [asdict(column) for column in seen]
        columns = [one for one in every if not one["personal"] and not one["dropped"]]
        fields = [
            {
                "name": field.name,
                "kind": str(field.kind),
                "required": field.required,
                "choices": sorted(map(str, field.choices)),
            }
            for field in mapping.fields_of(entity)
        ]
        names = [column["name"] for column in columns]
        return {
            "fields": fields,
            "columns": columns,
            "guess": mapping.guessed(entity, names),
            "personal": [column["name"] for column in every if column["personal"]],
        }

    @needs(Permission.IMPORT)
    def values(
        self, token: str, entity: str, matched: Mapping[str, str], layer: str | None = None
    ) -> dict[str, Any]:
        """Give the distinct words of the columns that feed closed fields, and the words allowed."""
        closed = {
            field.name: sorted(map(str, field.choices))
            for field in entity_spec(entity).fields
            if field.kind is Kind.CHOICE and field.name in matched
        }
        if not closed:
            return {}
        path, columns = self.staging.find(token), [matched[name] for name in closed]
        found = distinct_values(path, columns, layer=layer or None)
        return {
            name: {"choices": choices, "words": found.get(matched[name], [])}
            for name, choices in closed.items()
        }

    @needs(Permission.IMPORT)
    def save_recipe(self, /, name: str, entity: str, **said: Any) -> str:
        """Keep columns matched by hand as a recipe; see `mapping.recipe_content`."""
        return self._allowed().recipes.save(name, mapping.recipe_content(entity, **said))

    @needs(Permission.IMPORT)
    def check(self, order: Mapping[str, Any], *, actor: str) -> dict[str, Any]:
        """Rehearse an import: `preview` at once, or for a large file the number of a `job`."""
        request = self._request(order)
        path = self.staging.find(order["token"])
        if path.stat().st_size > CHECKED_AT_ONCE:
            return {"job": self._queue(JobKind.CHECK, request, actor)}
        how = {name: request[name] for name in ("crs", "layer", *FLAGS)}
        recipe = self._desk.recipes.source(request["recipe"])
        preview = check_files(
            self._world.store, request["entity"], [path], actor=actor, now=self._world.now,
            recipe=recipe, **how,
        )  # fmt: skip
        return {"preview": plain_preview(preview)}

    # ---- work --------------------------------------------------------------------------------

    @needs(Permission.IMPORT)
    def start(self, order: Mapping[str, Any], *, actor: str) -> int:
        """Queue an import and give the number of its job."""
        return self._queue(JobKind.IMPORT, self._request(order), actor)

    @needs(Permission.IMPORT)
    def undo(self, batch: int, *, actor: str) -> int:
        """Queue the taking back of a batch and give the number of its job."""
        return self._queue(JobKind.UNDO, {"batch": batch}, actor)

    @needs(Permission.IMPORT)
    def cancel(self, number: int) -> None:
        """Ask a job to stop."""
        self._allowed().jobs.ask_cancel(number, now=self._desk.now())

    @needs(Permission.IMPORT)
    def job(self, number: int) -> dict[str, Any]:
        """Give one job with all that came of it."""
        return self._plain(self._allowed().jobs.get(number))

    @needs(Permission.IMPORT)
    def quarantine(self, number: int) -> bytes:
        """Give the rows a job set aside, as CSV; raises NotReadyError where there are none."""
        return self._allowed().jobs.attachment(number)

    # ---- lists -------------------------------------------------------------------------------

    @needs(Permission.IMPORT)
    def jobs(self) -> list[dict[str, Any]]:
        """List the newest jobs."""
        return [self._plain(job) for job in self._allowed().jobs.newest(LISTED)]

    @needs(Permission.IMPORT)
    def mark(self) -> str:
        """Give a text that changes when one of the lists does."""
        newest = self._allowed().jobs.newest(LISTED)
        states = ",".join(f"{job.job_id}{job.state}{job.share:.2f}" for job in newest)
        return f"{self._world.store.watermark}|{states}"

    @needs(Permission.IMPORT)
    def batches(self) -> list[dict[str, Any]]:
        """List the newest batches: when, what, from where, by whom, and whether they stand."""
        self._allowed()
        frame = self._world.store.batches()
        names = ("entity", "source", "recipe", "actor", "events", "standing", "undoes")
        newest = frame.iloc[::-1].iloc[:LISTED]
        columns = {name: newest[name].astype(object).tolist() for name in names}
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return [
            row
            | {"batch": int(number), "at": moment_text(at.to_pydatetime(), self._world.zone)}
            | {"undoes": None if pd.isna(row["undoes"]) else int(row["undoes"])}
            | {"undone": not row["standing"] and pd.isna(row["undoes"])}
            for number, at, row in zip(newest.index, newest["recorded_at"], rows, strict=True)
        ]

    def _allowed(self) -> IntakeDesk:
        """Give the desk to who may import; a delivery is never bound to one area."""
        actor = self._world.actor
        require(actor, Permission.IMPORT)
        if actor.scope != EVERYWHERE:
            raise AccessError(
                f"{actor.name} is bound to the area {actor.scope}; files are brought in by "
                "somebody who may see the whole store.",
                f"{actor.name} 的权限限于区域 {actor.scope}；导入须由可查看全部数据的人员进行。",
            )
        return self._desk

    def _request(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Take what was said on the page, and leave out what makes no sense for the entity."""
        entity, path = str(order["entity"]), self.staging.find(str(order["token"]))
        allowed = self.options(entity)
        return {
            "entity": entity,
            "path": str(path),
            "name": path.name,
            "recipe": str(order["recipe"]),
            "crs": (order.get("crs") or None) if allowed["crs"] else None,
            "layer": (order.get("layer") or "").strip() or None,
            **{name: allowed[name] and bool(order.get(name)) for name in FLAGS},
        }

    def _queue(self, kind: JobKind, request: Mapping[str, Any], actor: str) -> int:
        return self._allowed().jobs.enqueue(kind, request, actor=actor, now=self._desk.now())

    def _plain(self, job: Job) -> dict[str, Any]:
        zone = self._world.zone
        waited_s = (self._desk.now() - job.queued_at).total_seconds()
        alone = job.state is JobState.QUEUED and waited_s > WAITS_S
        return {
            "job": job.job_id,
            "kind": str(job.kind),
            "state": str(job.state),
            "ended": job.ended,
            "share": job.share,
            "step": job.step,
            "cancel": job.cancel,
            "actor": job.actor,
            "request": {k: v for k, v in job.request.items() if k != "path"},
            "result": dict(job.result),
            "queued_at": moment_text(job.queued_at, zone),
            "finished_at": moment_text(job.finished_at, zone),
            "no_worker": alone and not self._anyone_works(),
        }

    def _anyone_works(self) -> bool:
        return any(job.state is JobState.RUNNING for job in self._desk.jobs.waiting())
