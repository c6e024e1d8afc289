"""The monthly bulletin in words: completeness first, then figures, then what was restated.

Areas stand in the order of their codes. Villages are not named here: they are in the annex.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dashboard.i18n import t
from dashboard.reports.bulletin_figures import changes_section, classes_section
from dashboard.reports.paper import Paper, Section, Table
from dashboard.services.naming import word
from models.zero.share import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.services.bulletin.content import Bulletin

__all__ = ["Setting", "paper_of"]

STREAMS: Final = ("case", "accident", "petition")
POSTS: Final = ("compiler", "checker", "approver")
OUTCOMES: Final = ("agreed", "failed_referred", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around the figures: the place, the names of areas and units, the moment."""

    place: str
    is_demo: bool
    names: Mapping[str, str]
    known_at: str

    def name(self, code: str, lang: str) -> str:
        """Name an area or a unit; its code where it has no name."""
        return self.names.get(code) or code or t("bulletin.no_town", lang)


def paper_of(bulletin: Bulletin, setting: Setting, lang: str) -> Paper:
    """Word a bulletin."""
    figures = bulletin.figures
    month = _month(figures["period"], lang)
    return Paper(
        masthead=t("bulletin.masthead", lang, place=setting.place),
        numbered=numbered(bulletin, lang),
        title=t("bulletin.title", lang, month=month),
        facts=_facts(bulletin, setting, lang),
        sections=(
            _completeness(figures["completeness"], setting, lang),
            classes_section(figures["classes"], bulletin.asked.rulebook, lang),
            changes_section(figures["changes"], lang),
            _hazards(figures, lang),
            _disputes(figures, lang),
            _restated(figures["restated"], setting, lang),
        ),
        posts=tuple(t(f"bulletin.post.{post}", lang) for post in POSTS),
        note=_note(bulletin, setting, lang),
    )


def numbered(bulletin: Bulletin, lang: str) -> str:
    """Give the bulletin's number within its year and month, or say that it is a draft."""
    year, month = bulletin.asked.period.split("-")
    key = "bulletin.draft" if bulletin.number is None else "bulletin.numbered"
    return t(key, lang, year=year, month=int(month), n=bulletin.number)


def _month(period: str, lang: str) -> str:
    year, month = period.split("-")
    return t("bulletin.month", lang, year=year, month=int(month))


def _facts(bulletin: Bulletin, setting: Setting, lang: str) -> tuple[tuple[str, str], ...]:
    asked, figures = bulletin.asked, bulletin.figures
    edition = t("bulletin.no_edition", lang) if bulletin.number is None else str(bulletin.number)
    rules = f"{asked.rulebook.title(lang)} ({asked.rulebook.id})"
    warning = asked.rulebook.warns((asked.window,), lang)
    span = f"{figures['start']} – {asked.last_day.isoformat()}"
    values = {
        "period": span,
        "rulebook": f"{rules} {asked.rulebook.says(lang)} {warning}".rstrip(),
        "edition": edition,
        "as_of": figures["as_of"],
        "known_at": setting.known_at,
        "digest": bulletin.digest,
    }
    return tuple((t(f"bulletin.fact.{name}", lang), value) for name, value in values.items())


def _note(bulletin: Bulletin, setting: Setting, lang: str) -> str:
    said = [t("bulletin.note", lang)]
    if bulletin.figures["reconstructed"]:
        said.append(t("bulletin.reconstructed", lang))
    if setting.is_demo:
        said.append(t("bulletin.demo", lang))
    return (" " if lang == "en" else "").join(said)


def _completeness(found: Mapping[str, Any], setting: Setting, lang: str) -> Section:
    heading = t("bulletin.completeness", lang)
    if found["state"]:
        return Section(heading, (t(f"bulletin.completeness_{found['state']}", lang),))
    rows = found["rows"]
    totals = {name: sum(row[name] for row in rows) for name in ("expected", "received", "missing")}
    late = totals["received"] - sum(row["on_time"] for row in rows)
    came = Share(totals["received"], totals["expected"]).printed()
    sentence = t("bulletin.received_said", lang, came=came, due=found["due"], late=late, **totals)
    towns = sorted({row["town"] for row in rows})
    lines = tuple(
        _town_line(town, [row for row in rows if row["town"] == town], setting, lang)
        for town in towns
    )
    head = (t("bulletin.town", lang), *(t(f"stream.{stream}", lang) for stream in STREAMS))
    head += (t("bulletin.missing", lang), t("bulletin.late", lang))
    table = Table(head, lines, (2, 1.4, 1.4, 1.4, 1, 1), t("bulletin.by_town", lang))
    return Section(heading, (sentence,), (table,))


def _town_line(
    town: str, rows: list[dict[str, Any]], setting: Setting, lang: str
) -> tuple[str, ...]:
    by_stream = {row["stream"]: row for row in rows}
    missing = sum(row["missing"] for row in rows)
    late = sum(row["received"] - row["on_time"] for row in rows)
    came = (f"{row['received']}/{row['expected']}" for row in map(by_stream.get, STREAMS) if row)
    return setting.name(town, lang), *came, str(missing), str(late)


def _hazards(figures: Mapping[str, Any], lang: str) -> Section:
    said = tuple(
        t(
            f"bulletin.hazards_{span}",
            lang,
            on_site_rate=Share(row["on_site"], row["found"]).printed(),
            rectified_rate=Share(row["rectified"], row["found"]).printed(),
            as_of=figures["as_of"],
            **row,
        )
        for span, row in figures["hazards"].items()
    )
    return Section(t("bulletin.hazards", lang), said)


def _disputes(figures: Mapping[str, Any], lang: str) -> Section:
    found = figures["disputes"]
    mobile, relapse = Share(*found["mobile"]), Share(*found["relapse"])
    sentence = t("bulletin.mediated", lang, mobile=mobile.printed(), relapse=relapse.printed())
    columns = ("requested", *OUTCOMES, "open")
    rows = tuple(
        (word("channel", row["channel"], lang), *(str(row[name]) for name in columns))
        for row in found["channels"]
    )
    head = (t("bulletin.channel", lang), *(t(f"bulletin.{name}", lang) for name in columns))
    tables = (Table(head, rows, (2.2, 1, 1, 1.2, 1, 1, 1)),) if rows else ()
    return Section(t("bulletin.disputes", lang), (sentence,), tables)


def _restated(found: Mapping[str, Any], setting: Setting, lang: str) -> Section:
    heading = t("bulletin.restated", lang)
    if not found["number"]:
        return Section(heading, (t("bulletin.first_edition", lang),))
    about = {"month": _month(found["period"], lang), "number": found["number"]}
    if not found["rows"]:
        return Section(heading, (t("bulletin.nothing_restated", lang, **about),))
    said = t("bulletin.restated_n", lang, n=len(found["rows"]), **about)
    lines = tuple(
        (
            setting.name(row["town"], lang),
            t(f"stream.{row['stream']}", lang),
            t(f"bulletin.reason.{row['reason']}", lang),
            str(row["n"]),
        )
        for row in found["towns"]
    )
    names = ("town", "stream", "reason", "count")
    head = tuple(t(f"bulletin.{name}", lang) for name in names)
    return Section(heading, (said,), (Table(head, lines, (2, 1.2, 3, 1)),))
