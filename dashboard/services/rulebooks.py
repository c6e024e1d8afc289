"""Two rulebooks side by side: whose status differs, with the reason in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dashboard.i18n import LANGUAGES, t
from dashboard.services.records import records

if TYPE_CHECKING:
    from models.zero.rulebook import Rulebook
    from models.zero.rulebook_diff import RulebookDiff

__all__ = ["difference_line", "difference_rows"]

FACTS_NAMED: Final = 3
"""Facts a sentence names; the others it counts. All of them are in the answer's `facts`."""


def difference_rows(diff: RulebookDiff, first: Rulebook, second: Rulebook) -> list[dict[str, Any]]:
    """Give one record per differing status, in the order of codes.

    Each has code, class, window, stream, status_first, status_second, reason (facts, coverage
    or confirmation), `why` in each language and `facts`: what counts under one alone.
    """
    witnesses: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for fact in records(diff.facts):
        key = (fact["subject_id"], fact["stream"], fact["window_start"], fact["window_end"])
        named = {name: fact[name] for name in ("fact_id", "counts_under", "because")}
        witnesses.setdefault(key, []).append(named)
    told = []
    for row in records(diff.rows):
        key = (row["subject_id"], row["stream"], row["window_start"], row["window_end"])
        facts = witnesses.get(key, [])
        told.append(
            {
                "code": row["subject_id"],
                "class": row["subject_class"],
                "window": row["window"],
                "stream": row["stream"],
                "status_first": row["status_first"],
                "status_second": row["status_second"],
                "reason": row["reason"],
                "why": {lang: _why(row, facts, (first, second), lang) for lang in LANGUAGES},
                "facts": facts,
            }
        )
    return told


def difference_line(row: dict[str, Any], lang: str) -> str:
    """Say one difference in one line."""
    return t(
        "rulebooks.row",
        lang,
        code=row["code"],
        window=row["window"],
        stream=t(f"stream.{row['stream']}", lang),
        first=t(f"status.{row['status_first']}", lang),
        second=t(f"status.{row['status_second']}", lang),
        why=row["why"][lang].rstrip("。."),
    )


def _why(
    row: dict[str, Any],
    facts: list[dict[str, Any]],
    books: tuple[Rulebook, Rulebook],
    lang: str,
) -> str:
    if facts:
        return _why_facts(facts, books, lang)
    first, second = books
    if row["reason"] == "coverage":
        silent = first if row["status_first"] == "not_assessed" else second
        return t("rulebooks.coverage", lang, book=silent.id, says=silent.says(lang))
    if row["status_first"] != "zero_verified":
        first, second = second, first
    return t(
        "rulebooks.confirmation",
        lang,
        book=first.id,
        days=first.correction_days,
        other=second.id,
        other_days=second.correction_days,
    )


def _why_facts(facts: list[dict[str, Any]], books: tuple[Rulebook, Rulebook], lang: str) -> str:
    """Name the facts of each cause together."""
    other = {books[0].id: books[1].id, books[1].id: books[0].id}
    causes: dict[tuple[str, str], list[str]] = {}
    for fact in facts:
        causes.setdefault((fact["counts_under"], fact["because"]), []).append(fact["fact_id"])
    said = [
        t(
            "rulebooks.facts",
            lang,
            facts=_named(ids, lang),
            book=book,
            other=other[book],
            because=t(f"rulebooks.because.{because}", lang),
        )
        for (book, because), ids in causes.items()
    ]
    return ("；" if lang == "zh" else "; ").join(said)


def _named(ids: list[str], lang: str) -> str:
    """Name the first facts and count the others."""
    named = ("、" if lang == "zh" else ", ").join(ids[:FACTS_NAMED])
    rest = len(ids) - FACTS_NAMED
    return t("rulebooks.more", lang, named=named, n=rest) if rest > 0 else named
