"""`patrol`: tonight's posts, what each crew adds, and who is left out and why."""

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
    from dashboard.services.composition import Services
    from models.planner import PatrolPlan

__all__ = ["patrol"]


def patrol(
    *,
    db: Db = "",
    units: Annotated[str, typer.Option(help="Number of crews.")] = "3",
    as_of: Annotated[str, typer.Option("--as-of", help="The day whose night is planned.")] = "",
    stream: Annotated[str, typer.Option(help="case, accident or all.")] = "all",
    out: Annotated[
        Path | None, typer.Option(help="Write the plan: .gpx, .csv, .geojson or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan tonight's posts from the hotspots: a DRAFT until a named role approves it."""
    services = services_of(db)
    day = parse_day(as_of) or services.world.as_of
    query = Query.parse({"stream": stream}, as_of=day)
    crews = _crews(units)
    answer = _answer(services.patrol.plan(crews, query))
    if out is not None:
        _write(services, crews, query, answer, out)
    if as_json:
        print_json(answer)
        return
    told = services.patrol.tonight(crews, query, language())
    console.print(told["draft"], style="bold")
    for unit in told["units"]:
        for stop in unit["stops"]:
            console.print(
                f"{unit['unit']}  {stop['arrive']}–{stop['leave']}  {stop['place']}",
                highlight=False,
            )
    for left in told["not_visited"]:
        console.print(f"–  {left['place']}: {left['sentence']}", highlight=False)
    console.print(told["note"], highlight=False)


def _crews(units: str) -> int:
    if not units.isdigit():
        raise UsageError(
            f"Cannot read the number of crews {units!r}; give a whole number.",
            f"无法识别巡逻组数 {units!r}；请填写整数。",
        )
    return int(units)


def _answer(plan: PatrolPlan) -> dict[str, Any]:
    """Give the plan under the keys other tools read."""
    left_out = plan.not_visited.rename(columns={"sentence_en": "sentence"})
    return {
        "draft": True,
        "units": [
            {
                "unit": unit.unit,
                "minutes": round(unit.minutes, 1),
                "stops": [
                    {
                        "post": stop.post,
                        "arrive": stop.arrive.isoformat(),
                        "leave": stop.leave.isoformat(),
                        "value": round(stop.value, 3),
                    }
                    for stop in unit.stops
                ],
            }
            for unit in plan.units
        ],
        "value_curve": [round(value, 3) for value in plan.value_curve],
        "not_visited": left_out[["post", "code", "sentence"]].to_dict("records"),
        "bound": round(plan.bound, 3),
        "gap": round(plan.gap, 4),
        "statement": plan.statement(language()),
    }


def _write(services: Services, crews: int, query: Query, answer: dict[str, Any], out: Path) -> None:
    kind = out.suffix.removeprefix(".")
    if kind == "json":
        out.write_bytes(orjson.dumps(answer, default=str, option=orjson.OPT_INDENT_2))
    elif kind == "geojson":
        services.patrol.route(crews, query).to_file(out, engine="pyogrio")
    else:
        out.write_bytes(services.patrol.export(kind, crews, query, language())[2])
