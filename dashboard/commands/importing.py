"""`import`: files from outside become checked facts, or a sentence says why not."""

from __future__ import annotations

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
    store_of,
)

if TYPE_CHECKING:
    from geo.intake import ImportReport

__all__ = ["import_"]


def import_(
    entity: Annotated[
        str,
        typer.Argument(
            help="areas, lineage, units, subjects, cases, accidents, petitions, disputes, "
            "hazards, cameras, reports, roads, buildings, feeds"
        ),
    ],
    files: Annotated[list[Path], typer.Argument(help="One file or several.")],
    *,
    db: Db = "",
    recipe: Annotated[str, typer.Option(help="Recipe: a name or a file.")] = "sanling",
    crs: Annotated[str, typer.Option(help="wgs84, cgcs2000, gcj02, bd09, EPSG:… or ESRI:…")] = "",
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
    quarantine: Annotated[Path | None, typer.Option(help="Write the rows set aside here.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report here, as JSON.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import files of one entity; every row is kept or set aside with its reason."""
    from dashboard.wiring import utc_now
    from geo.intake import import_files

    store = store_of(db)
    with progress_bar(f"Importing {entity}") as progress:
        told = import_files(
            store,
            entity,
            files,
            recipe=recipe,
            crs=crs or None,
            backfill=backfill,
            to_area=to_area,
            layer=layer or None,
            from_points=from_points,
            actor="command",
            now=utc_now(),
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
