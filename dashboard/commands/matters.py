"""`hazards` and `mediation`: the figures of the two worklists, for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
from dashboard.i18n import t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["hazards", "mediation"]

AsOf = Annotated[str, typer.Option("--as-of", help="The day the figures speak of.")]


def hazards(
    *,
    db: Db = "",
    as_of: AsOf = "",
    window: Annotated[str, typer.Option(help="Found in: last12, year or all.")] = "last12",
    as_json: AsJson = False,
) -> None:
    """Print the figures of the hazards; with --json those still open, too."""
    service = services_of(db).hazards
    day = parse_day(as_of)
    figures = service.figures(window=window, as_of=day)
    if as_json:
        open_ones = service.rows(language(), window=window, as_of=day)
        print_json({"figures": figures, "rows": open_ones})
        return
    console.print(service.caption(language(), window=window, as_of=day), highlight=False)
    _print(figures)


def mediation(*, db: Db = "", as_of: AsOf = "", as_json: AsJson = False) -> None:
    """Print the counts of petitions and disputes; never one of them by itself."""
    service = services_of(db).mediation
    day = parse_day(as_of)
    figures = service.figures(as_of=day)
    if as_json:
        print_json(figures | {"by_month": service.series(as_of=day)})
        return
    console.print(service.caption(language(), as_of=day), highlight=False)
    for kind in ("petitions", "disputes"):
        console.print(f"{t(f'mediation.column.{kind}', language())}:", highlight=False)
        _print(figures[kind])


def _print(figures: Mapping[str, Any]) -> None:
    for name, value in _plain(figures):
        console.print(f"{name:<20} {value}", highlight=False)


def _plain(figures: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Give names and figures; a share is printed with both its counts."""
    for name, value in figures.items():
        yield name, value["text"] if isinstance(value, dict) and "text" in value else value
