"""`zero`: statuses, rates and streaks as of a day, as known at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer

from dashboard.commands.common import (
    AsJson,
    Db,
    console,
    language,
    parse_day,
    parse_moment,
    print_json,
    services_of,
)
from dashboard.i18n import t
from dashboard.services.records import records
from dashboard.services.restating import restated_line
from dashboard.services.rulebooks import difference_line, difference_rows
from dashboard.services.standpoint import Standpoint
from dashboard.services.zero import ratio_text
from geo.errors import UsageError
from geo.window import Window, month_windows, parse_window
from models.zero.rates import zero_rates
from models.zero.rulebook import Rulebook

if TYPE_CHECKING:
    from dashboard.services.composition import Services

__all__ = ["zero"]


@dataclass(frozen=True)
class _Asked:
    windows: tuple[Window, ...]
    as_of: date
    known_at: datetime | None
    rulebook: Rulebook
    by: str


def zero(
    *,
    db: Db = "",
    as_of: Annotated[str, typer.Option("--as-of", help="The day the figures speak of.")] = "",
    known_at: Annotated[
        str, typer.Option("--known-at", help="The moment whose knowledge counts.")
    ] = "",
    window: Annotated[str, typer.Option(help="month, quarter, year or START..END.")] = "month",
    start: Annotated[str, typer.Option("--from", help="First day of a series of windows.")] = "",
    end: Annotated[str, typer.Option("--to", help="The day after a series of windows.")] = "",
    by: Annotated[str, typer.Option(help="A level, class or subject.")] = "class",
    rulebook: Annotated[str, typer.Option(help="Another rulebook than the store's.")] = "",
    compare_rulebooks: Annotated[
        tuple[str, str] | None,
        typer.Option("--compare-rulebooks", help="Two rulebooks: list whose status differs, why."),
    ] = None,
    restated_since: Annotated[
        str,
        typer.Option("--restated-since", help="A moment: list whose status changed since, why."),
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Write the rows: .csv, .xlsx or .json.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print zero rates with n/N and bounds; with --json the rows too."""
    services = services_of(db)
    if compare_rulebooks is not None:
        rulebook = compare_rulebooks[0]
    asked = _asked(
        services,
        as_of=as_of,
        known_at=known_at,
        window=window,
        start=start,
        end=end,
        by=by,
        rulebook=rulebook,
    )
    if compare_rulebooks is not None:
        _compare(services, asked, compare_rulebooks[1], out, as_json=as_json)
        return
    if then := parse_moment(restated_since):
        _restated(services, asked, then, out, as_json=as_json)
        return
    answer = _answer(services, asked)
    if out is not None:
        _write(services, asked, answer, out, window)
    if as_json:
        print_json(answer)
        return
    _print_rates(asked, answer)


def _print_rates(asked: _Asked, answer: dict[str, Any]) -> None:
    for sentence in (
        asked.rulebook.says(language()),
        asked.rulebook.warns(asked.windows, language()),
    ):
        if sentence:
            console.print(sentence, highlight=False)
    for rate in answer["rates"]:
        console.print(
            f"{rate['window']}  {rate['class']:<12} {rate['stream']:<11} "
            f"{ratio_text(rate['zero'], rate['assessed'])}",
            highlight=False,
        )


def _asked(
    services: Services,
    *,
    as_of: str,
    known_at: str,
    window: str,
    start: str,
    end: str,
    by: str,
    rulebook: str,
) -> _Asked:
    first, last = parse_day(start), parse_day(end)
    if (first is None) != (last is None):
        raise UsageError(
            "A series of windows needs both --from and --to.", "需要同时给出 --from 和 --to。"
        )
    day = parse_day(as_of) or services.world.as_of
    if first is not None and last is not None:
        windows = tuple(month_windows(first, last, kind=window))
        day = parse_day(as_of) or last - timedelta(days=1)
    else:
        windows = (parse_window(window, as_of=day),)
    book = services.world.rulebook_named(rulebook) if rulebook else services.world.rulebook
    return _Asked(windows, day, parse_moment(known_at), book, by)


def _answer(services: Services, asked: _Asked) -> dict[str, Any]:
    level = _level(services, asked.by)
    about: dict[str, Any] = {
        "as_of": asked.as_of,
        "known_at": asked.known_at,
        "rulebook": asked.rulebook,
        "level": level,
    }
    status = services.board.status(asked.windows, **about)
    status = _of_class(status, asked.by)
    streaks = services.board.streaks(**about)
    rows = status.merge(streaks, on=["subject_id", "stream"], how="left")
    rates = zero_rates(status, by=("subject_class",)).rename(columns={"subject_class": "class"})
    known = asked.known_at or services.world.now
    return {
        "as_of": asked.as_of.isoformat(),
        "known_at": known.isoformat(),
        "rulebook": asked.rulebook.id,
        "says": asked.rulebook.says("en"),
        "warning": asked.rulebook.warns(asked.windows),
        "reconstructed": services.world.snapshot(asked.known_at).reconstructed,
        "rates": _records(
            rates,
            [
                "window",
                "class",
                "stream",
                "zero",
                "assessed",
                "registered",
                "pending",
                "not_assessed",
                "rate",
                "lower",
                "upper",
            ],
        ),
        "rows": _records(
            rows.rename(columns={"subject_id": "code"}),
            ["code", "window", "stream", "status", "breaking", "streak_days", "open_ended"],
        ),
    }


def _compare(
    services: Services, asked: _Asked, second: str, out: Path | None, *, as_json: bool
) -> None:
    """List whose status differs under two rulebooks, in the order of codes."""
    first, other = asked.rulebook, services.world.rulebook_named(second)
    diff = services.board.compare(
        first,
        other,
        asked.windows,
        as_of=asked.as_of,
        known_at=asked.known_at,
        level=_level(services, asked.by),
    )
    rows = difference_rows(diff, first, other)
    known = asked.known_at or services.world.now
    answer = {
        "as_of": asked.as_of.isoformat(),
        "known_at": known.isoformat(),
        "rulebooks": [first.id, other.id],
        "warnings": [said for book in (first, other) if (said := book.warns(asked.windows))],
        "rows": rows,
    }
    if out is not None:
        _write_json(answer, out)
    if as_json:
        print_json(answer)
        return
    for book in (first, other):
        if said := book.warns(asked.windows, language()):
            console.print(said, highlight=False)
    for row in rows:
        console.print(difference_line(row, language()), highlight=False)
    counted = {"n": len(rows), "first": first.id, "second": other.id}
    key = "rulebooks.count" if rows else "rulebooks.none"
    console.print(t(key, language(), **counted), highlight=False)


def _restated(
    services: Services, asked: _Asked, then: datetime, out: Path | None, *, as_json: bool
) -> None:
    """List whose status is not what it was when less was known, in the order of codes."""
    at = Standpoint(asked.as_of, asked.known_at, asked.rulebook)
    level = _level(services, asked.by)
    rows = services.restating.since(asked.windows, at, then, level=level)
    known = asked.known_at or services.world.now
    answer = {
        "as_of": asked.as_of.isoformat(),
        "then": then.isoformat(),
        "known_at": known.isoformat(),
        "rulebook": asked.rulebook.id,
        "rows": rows,
    }
    if out is not None:
        _write_json(answer, out)
    if as_json:
        print_json(answer)
        return
    for row in rows:
        console.print(restated_line(row, language()), highlight=False)
    console.print(t("restated.total", language(), n=len(rows)), highlight=False)


def _level(services: Services, by: str) -> str | None:
    """Give the level to judge areas of; None where the register itself is asked for."""
    snapshot = services.world.snapshot()
    if by in ("class", "subject") or len(snapshot.subjects):
        return None
    return by if by in set(snapshot.areas["level"]) else None


def _of_class(status: pd.DataFrame, by: str) -> pd.DataFrame:
    """Keep the subjects of one class; `class` and `subject` keep all."""
    if by in ("class", "subject"):
        return status
    kept = status[status["subject_class"].astype(str) == by]
    if kept.empty:
        known = ", ".join(sorted(status["subject_class"].astype(str).unique()))
        raise UsageError(
            f"No subject is of level or class {by!r}; there are: {known}.",
            f"没有级别或类别为 {by!r} 的主体；现有：{known}。",
        )
    return kept


def _records(frame: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    plain = frame[columns].astype(object)
    return records(plain.where(plain.notna(), None))


def _write(
    services: Services, asked: _Asked, answer: dict[str, Any], out: Path, window: str
) -> None:
    fmt = out.suffix.removeprefix(".")
    if fmt == "json":
        _write_json(answer, out)
        return
    _, _, body = services.zero.export(
        fmt,
        "subject",
        window,
        language(),
        at=Standpoint(asked.as_of, asked.known_at, asked.rulebook),
    )
    out.write_bytes(body)


def _write_json(answer: dict[str, Any], out: Path) -> None:
    import orjson

    out.write_bytes(orjson.dumps(answer, default=str, option=orjson.OPT_INDENT_2))
