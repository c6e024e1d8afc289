"""The central figures of a bulletin in words: one table per class, and what changed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from dashboard.i18n import t
from dashboard.reports.paper import Section, Table
from dashboard.services.bulletin.classes import TOGETHER
from dashboard.services.naming import word
from models.zero.comparison import ChangeKind, count_change, rate_change
from models.zero.rates import print_ratio
from models.zero.share import Share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.zero.comparison import Change
    from models.zero.rulebook import Rulebook

__all__ = ["changes_section", "class_label", "classes_section"]

COUNTS: Final = ("verified", "reported", "broken", "pending", "exempt", "not_assessed")
CLASS_WIDTHS: Final = (1.8, 3.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 2.4, 1.8)
INDICATORS: Final = {"three_zero": "three_zero_rate"}
"""Stream -> the rulebook's name of its indicator; the others are zero rates."""


def classes_section(rows: Sequence[Mapping[str, Any]], rulebook: Rulebook, lang: str) -> Section:
    """Give one table per class: at zero with n/N, every state, bounds, target and gap."""
    heading = t("bulletin.classes", lang)
    if not rows:
        return Section(heading, (t("bulletin.no_subjects", lang),))
    names = ("indicator", "rate", *COUNTS, "bounds", "gap")
    head = tuple(t(f"bulletin.{name}", lang) for name in names)
    tables = tuple(
        Table(
            head,
            tuple(_class_line(row, rulebook, lang) for row in own),
            CLASS_WIDTHS,
            _class_title(own[0], lang),
        )
        for own in (list(group) for _, group in groupby(rows, key=lambda row: row["class"]))
    )
    return Section(heading, (t("bulletin.classes_lead", lang),), tables)


def changes_section(rows: Sequence[Mapping[str, Any]], lang: str) -> Section:
    """Put each rate beside last month's and last year's, and say whether chance explains it."""
    together = [row for row in rows if row["class"] == TOGETHER and row["stream"] != "three_zero"]
    said = tuple(
        t(
            "bulletin.breaks",
            lang,
            stream=t(f"stream.{row['stream']}", lang),
            month=_count_text(row["breaks"], "month", lang),
            year=_count_text(row["breaks"], "year", lang),
        )
        for row in together
    )
    lines = tuple(
        (
            class_label(row["class"], lang),
            t(f"stream.{row['stream']}", lang),
            _rate_text(row["rate"], "month", lang),
            _rate_text(row["rate"], "year", lang),
        )
        for row in rows
    )
    head = tuple(t(f"bulletin.{n}", lang) for n in ("class", "indicator", "month_ago", "year_ago"))
    tables = (Table(head, lines, (1.2, 1.2, 4, 4)),) if lines else ()
    return Section(t("bulletin.changes", lang), said, tables)


def class_label(group: str, lang: str) -> str:
    """Word a class; all subjects together are one."""
    return t("bulletin.together", lang) if group == TOGETHER else word("class", group, lang)


def _class_title(row: Mapping[str, Any], lang: str) -> str:
    label, registered = class_label(row["class"], lang), row["registered"]
    if row["target"] is None:
        return t("bulletin.class_title", lang, label=label, n=registered)
    target = f"{row['target']:.0%}"
    return t("bulletin.class_title_target", lang, label=label, n=registered, target=target)


def _class_line(row: Mapping[str, Any], rulebook: Rulebook, lang: str) -> tuple[str, ...]:
    places = rulebook.places(INDICATORS.get(row["stream"], "zero_rate"))
    rate = Share(row["zero"], row["assessed"]).printed(decimals=places)
    return (
        t(f"stream.{row['stream']}", lang),
        rate,
        *(str(row[name]) for name in COUNTS),
        _bounds_text(row, lang),
        _gap_text(row, lang),
    )


def _bounds_text(row: Mapping[str, Any], lang: str) -> str:
    """Say between which shares of the register the rate lies once everything is told."""
    zero, registered = row["zero"], row["registered"]
    still_open = row["pending"] + row["not_assessed"]
    if not still_open:
        return t("bulletin.complete", lang)
    ends = (print_ratio(n, registered, decimals=1) for n in (zero, zero + still_open))
    return "–".join(ends)


def _gap_text(row: Mapping[str, Any], lang: str) -> str:
    if row["met"] is None:
        return "–"
    return t("bulletin.met", lang) if row["met"] else t("bulletin.more", lang, n=row["more"])


def _rate_text(rates: Mapping[str, Sequence[int]], side: str, lang: str) -> str:
    now, before = Share(*rates["now"]), Share(*rates[side])
    if not now.whole or not before.whole:
        return t("bulletin.nothing_before", lang)
    return _told(rate_change(now, before, kind=ChangeKind.RATE_PP), lang)


def _count_text(breaks: Mapping[str, int], side: str, lang: str) -> str:
    return _told(count_change(breaks["now"], breaks[side]), lang)


def _told(change: Change, lang: str) -> str:
    """Print a change with its kind and the verdict, without the test's own figures."""
    says = change.chance.says(lang)
    verdict = says.split("（" if lang == "zh" else " (")[0]
    kind = t(f"bulletin.kind.{change.kind.name.lower()}", lang)
    return change.printed(lang).removesuffix(says).replace(f"[{change.kind}]", kind) + verdict
