"""`hotspots`: numbered places with expected counts, reasons and their backtest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from dashboard.commands.common import (
    AsJson,
    Db,
    console,
    language,
    parse_day,
    print_json,
    services_of,
)
from dashboard.services.query import Query
from geo.errors import UsageError

if TYPE_CHECKING:
    import geopandas as gpd

    from dashboard.services.composition import Services

__all__ = ["hotspots"]

EXPORTED = [
    "hotspot_id",
    "rank",
    "expected",
    "lower",
    "upper",
    "state",
    "peak_hours",
    "n_28",
    "n_365",
    "category",
    "model",
    "area_code",
    "geometry",
]


def hotspots(
    *,
    db: Db = "",
    as_of: Annotated[str, typer.Option("--as-of", help="The day the forecast begins.")] = "",
    stream: Annotated[str, typer.Option(help="case, accident or all.")] = "all",
    category: Annotated[list[str] | None, typer.Option(help="Only these categories.")] = None,
    model: Annotated[str, typer.Option(help="auto, past_counts or kde.")] = "auto",
    count: Annotated[int, typer.Option(help="Places flagged at most.")] = 20,
    horizon: Annotated[str, typer.Option(help="Days ahead, as 28d.")] = "28d",
    out: Annotated[Path | None, typer.Option(help="Write them: .geojson, .gpkg or .csv.")] = None,
    as_json: AsJson = False,
) -> None:
    """Flag hotspots for patrol from cases and accidents; never without the backtest."""
    services = services_of(db)
    query = Query.parse(
        {"as_of": as_of, "stream": stream, "categories": ",".join(category or [])},
        as_of=parse_day(as_of) or services.world.as_of,
    )
    answer, frame = _answer(services, query, model=model, count=count, days=_days(horizon))
    if out is not None:
        _write(frame, out)
    if as_json:
        print_json(answer)
        return
    for place in answer["features"]:
        about = place["properties"]
        console.print(
            f"{about['rank']:>3}  {about['expected']:6.1f} "
            f"({about['lower']:.0f}–{about['upper']:.0f})  {about['reasons'][0]}",
            highlight=False,
        )
    console.print(answer["card"]["line"], highlight=False)


def _answer(
    services: Services, query: Query, *, model: str, count: int, days: int
) -> tuple[dict[str, Any], gpd.GeoDataFrame]:
    found = services.hotspots.find(query, model=model, count=count, horizon_days=days)
    frame = services.hotspots.located(found)
    reasons = frame[f"why_{language()}"] if len(frame) else []
    body = orjson.loads(frame[EXPORTED].to_json())
    for feature, why in zip(body["features"], reasons, strict=True):
        feature["properties"]["reasons"] = [why]
    body["card"] = found.card.to_dict() | {"grade": found.grade, "line": found.sentence(language())}
    body["as_of"] = query.as_of.isoformat()
    return body, frame


def _days(horizon: str) -> int:
    number = horizon.removesuffix("d")
    if not number.isdigit() or int(number) < 1:
        raise UsageError(
            f"Cannot read the horizon {horizon!r}; write it in days, as 28d.",
            f"无法识别预测期 {horizon!r}；请以天为单位，如 28d。",
        )
    return int(number)


def _write(frame: gpd.GeoDataFrame, out: Path) -> None:
    kept = frame[EXPORTED]
    if out.suffix == ".csv":
        kept.drop(columns="geometry").to_csv(out, index=False, encoding="utf-8-sig")
    elif out.suffix in (".geojson", ".gpkg"):
        kept.to_file(out, engine="pyogrio")
    else:
        raise UsageError(
            f"Cannot write hotspots as {out.suffix!r}; use .geojson, .gpkg or .csv.",
            f"无法将热点写为 {out.suffix!r}；请使用 .geojson、.gpkg 或 .csv。",
        )
