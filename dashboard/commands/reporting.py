"""`report`: documents to sign: the month's bulletin, its editions, the file of one status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.commands.common import AsJson, Db, console, language, print_json, services_of
from dashboard.i18n import LANGUAGES, t
from geo.errors import UsageError

if TYPE_CHECKING:
    from dashboard.services.bulletin.content import Bulletin

__all__ = ["report"]

report = typer.Typer(help="Documents to sign: the monthly bulletin, its editions.")

Language = Annotated[str, typer.Option("--lang", help="zh or en; else the terminal's language.")]


@report.command()
def bulletin(
    *,
    period: Annotated[str, typer.Option(help="A month, 2026-06; else the last that is over.")] = "",
    edition: Annotated[
        int | None, typer.Option(help="Number of a frozen edition; else a draft of now.")
    ] = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Freeze the draft as an edition.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write it: .docx, or .xlsx (annex).")] = None,
    lang: Language = "",
    db: Db = "",
    as_json: AsJson = False,
) -> None:
    """Print, freeze or write the bulletin of a month; --json gives every figure."""
    from dashboard.access import LOCAL

    if freeze and edition is not None:
        raise UsageError(
            "An edition is frozen already; give --edition or --freeze, not both.",
            "已定稿的版次不能再次定稿；--edition 与 --freeze 只能给出一个。",
        )
    desk, told = services_of(db).bulletin, _language(lang)
    month, number = period or desk.usual_month(), edition
    if freeze:
        seen = desk.bulletin(month)
        number = desk.freeze(month, by=LOCAL.name, digest=seen.digest).number
    found = desk.bulletin(month, number)
    if out is not None:
        fmt = out.suffix.removeprefix(".")
        _, _, body = desk.file(fmt, month, number, told, by=LOCAL.name)
        out.write_bytes(body)
    if as_json:
        print_json(_plain(found))
        return
    paper = desk.paper(found, told)
    for line in (paper.masthead, paper.numbered, paper.title):
        console.print(line, highlight=False, markup=False)
    for section in paper.sections:
        for line in (section.heading, *section.sentences):
            console.print(line, highlight=False, markup=False)
    console.print(t("bulletin.digest_line", told, digest=found.digest), highlight=False)


@report.command()
def editions(*, db: Db = "", as_json: AsJson = False) -> None:
    """List the frozen editions with their digests."""
    listed = services_of(db).bulletin.editions(language())
    if as_json:
        print_json({"editions": listed})
        return
    for row in listed:
        console.print("  ".join(row.values()), highlight=False, markup=False)


@report.command()
def dossier(
    subject: Annotated[str, typer.Argument(help="Code of an area or a unit in the register.")],
    *,
    stream: Annotated[str, typer.Option(help="case, accident or petition.")],
    window: Annotated[str, typer.Option(help="A month, 2026-06.")],
    out: Annotated[Path | None, typer.Option(help="Write it as .docx.")] = None,
    lang: Language = "",
    db: Db = "",
    as_json: AsJson = False,
) -> None:
    """Tell what one status rests on: its facts as they became known, reports and editions."""
    from dashboard.access import LOCAL

    desk, told = services_of(db).dossier, _language(lang)
    found = desk.dossier(subject, stream, window)
    if out is not None:
        _, _, body = desk.file(subject, stream, window, told, by=LOCAL.name)
        out.write_bytes(body)
    if as_json:
        print_json(found)
        return
    console.print(t(f"status.{found['status']}", told), highlight=False)
    for row in found["facts"]:
        line = (row["known"], row["fact_id"], t(f"dossier.what.{row['what']}", told))
        console.print("  ".join(line), highlight=False, markup=False)


def _plain(found: Bulletin) -> dict[str, Any]:
    return {
        "number": found.number,
        "known_at": found.asked.known_at.isoformat(),
        "digest": found.digest,
        "figures": found.figures,
    }


def _language(lang: str) -> str:
    if lang and lang not in LANGUAGES:
        raise UsageError(
            f"No language {lang!r}; use {' or '.join(LANGUAGES)}.",
            f"没有语言 {lang!r}；可用：{'、'.join(LANGUAGES)}。",
        )
    return lang or language()
