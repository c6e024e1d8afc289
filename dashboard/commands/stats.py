"""`stats`: the figures of a window beside last year's, each change with its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands.common import AsJson, Db, console, language, print_json, services_of
from dashboard.i18n import t
from dashboard.services.naming import word
from dashboard.services.standpoint import Standpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["period", "stats"]

period = typer.Typer(help="Key periods: named windows declared before they begin.")


def stats(
    *,
    db: Db = "",
    window: Annotated[
        str, typer.Option(help="month, quarter, year or START..END; cut at the as-of day.")
    ] = "year",
    period: Annotated[str, typer.Option(help="A key period that was declared.")] = "",
    by: Annotated[str, typer.Option(help="Tell cases by a level, station or category.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", help="The day the figures speak of.")] = "",
    known_at: Annotated[
        str, typer.Option("--known-at", help="The moment whose knowledge counts.")
    ] = "",
    rulebook: Annotated[str, typer.Option(help="Another rulebook than the store's.")] = "",
    as_json: AsJson = False,
) -> None:
    """Print cases, accidents, hazards, disputes and petitions of a window; nothing ranked."""
    services = services_of(db)
    at = Standpoint.of(services.world, as_of=as_of, known_at=known_at, rulebook=rulebook)
    key_period = services.key_periods.named(period) if period else None
    span = key_period.window if key_period else services.zero.window(window, as_of=at.as_of)
    figures = services.stats.of(span, at, by=by, period=key_period)
    if as_json:
        print_json(figures)
        return
    for line in _lines(figures, language()):
        console.print(line, highlight=False, markup=False)


@period.command("declare")
def declare(
    key: Annotated[str, typer.Argument(help="A short name, as spring-festival-2027.")],
    span: Annotated[str, typer.Argument(help="START..END, both days included.")],
    zh: Annotated[str, typer.Option(help="The name in Chinese.")],
    en: Annotated[str, typer.Option(help="The name in English.")],
    db: Db = "",
) -> None:
    """Declare a key period; it must begin after today, and stands as it was declared."""
    made = services_of(db).key_periods.declare(key, span, zh=zh, en=en)
    console.print(
        t("period.declared", language(), name=made.title(language()), window=made.window.label)
    )


@period.command("list")
def list_periods(*, db: Db = "", as_json: AsJson = False) -> None:
    """List the declared key periods, by their first day."""
    every = services_of(db).key_periods.every()
    if as_json:
        print_json(
            {
                "periods": [
                    {
                        "id": each.id,
                        "window": each.window.label,
                        "zh": each.zh,
                        "en": each.en,
                        "declared_at": each.declared_at.isoformat(),
                    }
                    for each in every
                ]
            }
        )
        return
    for each in every:
        console.print(f"{each.id}  {each.window.label}  {each.title(language())}", highlight=False)


def _lines(figures: dict[str, Any], lang: str) -> Iterator[str]:
    """Word the figures, one fact a line."""
    yield t("stats.head", lang, **{k: figures[k] for k in ("window", "before", "as_of")})
    cases, accidents = figures["cases"], figures["accidents"]
    yield t("stats.filed", lang, text=cases["filed"]["text"][lang])
    for key in ("cleared_cohort", "cleared_period"):
        yield t(f"stats.{key}", lang, text=cases[key]["text"])
    for change in cases["clearance_changes"]:
        yield t("stats.clearance_change", lang, text=change["text"][lang])
    yield t("stats.cleared", lang, text=cases["cleared"]["text"][lang])
    for row in figures["by"]:
        yield f"  {row['key']}  {row['label'][lang]}  {row['text']}"
    yield t("stats.accidents", lang, text=accidents["confirmed"]["text"][lang])
    hazards = figures["hazards"]
    shares = {k: hazards[k]["text"] for k in ("on_site", "rectified")}
    counts = {k: hazards[k] for k in ("found", "major", "overdue")}
    yield t("stats.hazards", lang, as_of=figures["as_of"], **shares, **counts)
    yield from _grievances(figures, lang)


def _grievances(figures: dict[str, Any], lang: str) -> Iterator[str]:
    disputes, petitions = figures["disputes"], figures["petitions"]
    comma = "、" if lang == "zh" else ", "
    channels = comma.join(
        f"{word('stats.channel', channel, lang)} {n}" for channel, n in disputes["channels"].items()
    )
    shares = {k: disputes[k]["text"] for k in ("mobile", "relapse")}
    yield t("stats.disputes", lang, n=disputes["ended"], channels=channels or "–", **shares)
    told = comma.join(f"{t(f'stats.petition.{name}', lang)} {n}" for name, n in petitions.items())
    yield t("stats.petitions", lang, text=told)
    if figures["key_period"]:
        yield t("stats.key_period", lang)
