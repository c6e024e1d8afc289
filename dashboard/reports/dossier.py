"""The dossier of one status in words: status, rule, facts in the order they became known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.i18n import t
from dashboard.reports.paper import Paper, Section, Table
from dashboard.services.naming import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.zero.rulebook import Rulebook

__all__ = ["dossier_paper"]

POSTS = ("compiler", "checker", "approver")


def dossier_paper(found: Mapping[str, Any], name: str, rulebook: Rulebook, lang: str) -> Paper:
    """Word a dossier; `found` is what `DossierService.dossier` gave."""
    subject = f"{name} ({found['subject']})" if name else str(found["subject"])
    values = {
        "subject": subject,
        "stream": t(f"stream.{found['stream']}", lang),
        "period": found["period"],
        "status": t(f"status.{found['status']}", lang),
        "rulebook": f"{rulebook.title(lang)} ({rulebook.id}) {rulebook.says(lang)}",
        "clause": _clause(found["stream"], rulebook, lang),
        "as_of": found["as_of"],
        "known_at": found["known_text"],
    }
    return Paper(
        masthead=t("dossier.masthead", lang),
        numbered=f"{found['subject']} · {found['stream']} · {found['period']}",
        title=t("dossier.title", lang, subject=name or found["subject"], period=found["period"]),
        facts=tuple((t(f"dossier.fact.{key}", lang), value) for key, value in values.items()),
        sections=(_facts(found, lang), _reports(found, lang), _editions(found, lang)),
        posts=tuple(t(f"bulletin.post.{post}", lang) for post in POSTS),
        note=t("dossier.note", lang),
    )


def _clause(stream: str, rulebook: Rulebook, lang: str) -> str:
    """Say what breaks the stream's zero under the rules."""
    if stream == "petition":
        return t(
            "dossier.clause_petition",
            lang,
            days=rulebook.resolve_days,
            more=rulebook.extension_days,
        )
    kinds = next((kinds for name, kinds in rulebook.counting.items() if name == stream), None)
    if kinds is None:
        return t("dossier.clause_any", lang)
    named = [t(f"dossier.counts.{kind}", lang) for kind in sorted(kinds)]
    return t("dossier.clause_kinds", lang, kinds=("、" if lang == "zh" else ", ").join(named))


def _facts(found: Mapping[str, Any], lang: str) -> Section:
    rows = tuple(
        (
            row["fact_id"],
            row["happened"],
            row["reported"],
            row["known"],
            t(f"dossier.what.{row['what']}", lang),
            ", ".join(_said(name, value, lang) for name, value in row["stated"].items()) or "–",
        )
        for row in found["facts"]
    )
    names = ("fact_id", "happened", "reported", "known", "what", "stated")
    return _listed("facts", names, rows, (2, 2, 2, 2, 1.2, 3.4), lang)


def _said(name: str, value: str, lang: str) -> str:
    if name in ("category", "review"):
        return word(name, value, lang)
    return value


def _reports(found: Mapping[str, Any], lang: str) -> Section:
    names = ("body", "kind", "reported", "known")
    rows = tuple(
        (row["body"], t(f"dossier.kind.{row['kind']}", lang), row["reported"], row["known"])
        for row in found["reports"]
    )
    return _listed("reports", names, rows, (3, 2, 2, 2), lang)


def _editions(found: Mapping[str, Any], lang: str) -> Section:
    names = ("number", "known", "status", "digest")
    rows = tuple(
        (
            str(row["number"]),
            row["known_at"],
            t(f"status.{row['status']}", lang),
            row["digest"][:16],
        )
        for row in found["editions"]
    )
    return _listed("editions", names, rows, (1, 2, 2, 3), lang)


def _listed(
    about: str,
    names: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    widths: tuple[float, ...],
    lang: str,
) -> Section:
    heading = t(f"dossier.section.{about}", lang)
    if not rows:
        return Section(heading, (t(f"dossier.none.{about}", lang),))
    head = tuple(t(f"dossier.{name}", lang) for name in names)
    return Section(heading, (), (Table(head, rows, widths),))
