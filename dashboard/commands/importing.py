"""`import`: files from outside become checked facts, or a sentence says why not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.common import (
    AsJson,
    Db,
    console,
    language,
    print_json,
    progress_bar,
    settings_for,
    store_of,
)

if TYPE_CHECKING:
    from geo.intake import ImportReport
    from geo.store import Store

__all__ = ["import_"]


def import_(
    entity: Annotated[
        str,
        typer.Argument(
            help="areas, lineage, units, subjects, cases, accidents, petitions, disputes, "
            "hazards, inspections, steps, cameras, reports, roads, buildings, feeds"
        ),
    ],
    files: Annotated[list[Path] | None, typer.Argument(help="One file or several.")] = None,
    *,
    db: Db = "",
    recipe: Annotated[str, typer.Option(help="Recipe: a name or a file.")] = "sanling",
    crs: Annotated[
        str, typer.Option(help="wgs84, cgcs2000, cgcs2000-gk, gcj02, bd09, EPSG:… or ESRI:…")
    ] = "",
    backfill: Annotated[
        bool, typer.Option("--backfill", help="History: known since reported.")
    ] = False,
    to_area: Annotated[
        bool, typer.Option("--to-area", help="Find the area, drop coordinates.")
    ] = False,
    layer: Annotated[str, typer.Option(help="Sheet, layer or file inside, of several.")] = "",
    from_points: Annotated[
        bool,
        typer.Option("--from-points", help="Areas known by points: draw approximate boundaries."),
    ] = False,
    complete_on: Annotated[
        datetime | None,
        typer.Option(
            "--complete-on",
            formats=["%Y-%m-%d"],
            help="The file is the whole register of this day: who is missing left it.",
        ),
    ] = None,
    quarantine: Annotated[Path | None, typer.Option(help="Write the rows set aside here.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report here, as JSON.")] = None,
    undo: Annotated[int | None, typer.Option(help="Take this batch back; no file then.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who takes it back.")] = "command",
    as_json: AsJson = False,
) -> None:
    """Import files of one entity; every row is kept or set aside with its reason."""
    from dashboard.services.recipes import RecipeShelf
    from dashboard.wiring import ledger_clock
    from geo.intake import import_files

    store = store_of(db)
    if undo is not None:
        _undo(store, entity, undo, files=files or [], by=by, as_json=as_json)
        return
    with progress_bar(f"Importing {entity}") as progress:
        told = import_files(
            store,
            entity,
            files or [],
            recipe=RecipeShelf(Path(settings_for(db).recipes)).source(recipe),
            crs=crs or None,
            backfill=backfill,
            to_area=to_area,
            layer=layer or None,
            from_points=from_points,
            complete_on=complete_on.date() if complete_on else None,
            actor="command",
            now=ledger_clock(store)(),
            progress=progress,
        )
    _write(told, quarantine=quarantine, report=report)
    if as_json:
        print_json(told.to_dict())
    else:
        console.print(told.sentence(language()), highlight=False)
    if told.refused:
        if as_json:
            console.print(told.sentence(language()), style="red", highlight=False)
        raise typer.Exit(1)


def _write(told: ImportReport, *, quarantine: Path | None, report: Path | None) -> None:
    if quarantine is not None:
        told.quarantine.to_csv(quarantine, index=False, encoding="utf-8-sig")
    if report is not None:
        import orjson

        report.write_bytes(orjson.dumps(told.to_dict(), option=orjson.OPT_INDENT_2))


def _undo(
    store: Store, entity: str, batch: int, *, files: list[Path], by: str, as_json: bool
) -> None:
    """Take a batch back by events, and say what went."""
    from dashboard.wiring import ledger_clock
    from geo.errors import UsageError
    from geo.intake.entities import entity_spec

    if files:
        raise UsageError(
            "--undo takes a batch back; name no file with it.",
            "--undo 用于撤销批次，请勿同时指定文件。",
        )
    stored, batches = entity_spec(entity).stored, store.batches()
    if batch in batches.index and batches["entity"][batch] != stored:
        raise UsageError(
            f"Batch {batch} brought records of {batches['entity'][batch]}, not {entity}.",
            f"批次 {batch} 的内容是 {batches['entity'][batch]}，不是 {entity}。",
        )
    undone = store.undo(batch, actor=by, recorded_at=ledger_clock(store)())
    source = batches["source"][batch]
    if as_json:
        said = {"batch": undone.batch_id, "undoes": batch, "source": source}
        print_json(said | {"events": undone.events})
        return
    console.print(
        f"批次 {batch}（{source}）已由批次 {undone.batch_id} 撤销，写入 {undone.events:,} 个事件。"
        if language() == "zh"
        else f"Batch {batch} ({source}) is taken back by batch {undone.batch_id}, "
        f"{undone.events:,} events.",
        highlight=False,
    )
