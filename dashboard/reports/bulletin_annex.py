"""The annex of a bulletin: every subject's statuses, what is missing and what was restated.

It holds village-level zeros and is restricted: for the offices that sign, not for the public.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dashboard.i18n import t
from dashboard.reports.bulletin import numbered
from dashboard.reports.bulletin_figures import class_label
from dashboard.reports.paper import Sheet
from dashboard.services.restating import status_word

if TYPE_CHECKING:
    from dashboard.reports.bulletin import Setting
    from dashboard.services.bulletin.content import Bulletin

__all__ = ["annex_of"]

STREAMS: Final = ("case", "accident", "petition")
COUNTED: Final = (
    "registered", "assessed", "zero", "verified", "reported", "broken", "pending", "exempt",
    "not_assessed",
)  # fmt: skip
RECEIVED: Final = ("expected", "received", "on_time", "missing")


def annex_of(bulletin: Bulletin, setting: Setting, lang: str) -> list[Sheet]:
    """Give the sheets: completeness, classes, statuses of every subject, restated statuses."""
    note = t(
        "bulletin.annex_note",
        lang,
        numbered=numbered(bulletin, lang),
        rulebook=bulletin.asked.rulebook.id,
        as_of=bulletin.figures["as_of"],
        known_at=setting.known_at,
        digest=bulletin.digest,
    )
    figures = bulletin.figures
    return [
        _completeness(figures, setting, note, lang),
        _classes(figures, note, lang),
        _statuses(figures, setting, note, lang),
        _restated(figures, setting, note, lang),
    ]


def _completeness(figures: dict[str, Any], setting: Setting, note: str, lang: str) -> Sheet:
    rows = tuple(
        (
            row["town"],
            setting.name(row["town"], lang),
            t(f"stream.{row['stream']}", lang),
            *(row[name] for name in RECEIVED),
        )
        for row in figures["completeness"]["rows"]
    )
    head = _head(("code", "town", "stream", *RECEIVED), lang)
    return Sheet(t("bulletin.sheet.completeness", lang), note, head, rows, (14, 18, 10, *(10,) * 4))


def _classes(figures: dict[str, Any], note: str, lang: str) -> Sheet:
    rows = tuple(
        (
            class_label(row["class"], lang),
            t(f"stream.{row['stream']}", lang),
            *(row[name] for name in COUNTED),
            "" if row["target"] is None else row["target"],
            "" if row["more"] is None else row["more"],
        )
        for row in figures["classes"]
    )
    head = _head(("class", "indicator", *COUNTED, "target", "gap"), lang)
    return Sheet(t("bulletin.sheet.classes", lang), note, head, rows, (14, 12, *(11,) * 11))


def _statuses(figures: dict[str, Any], setting: Setting, note: str, lang: str) -> Sheet:
    rows = tuple(
        (
            row["code"],
            setting.name(row["code"], lang),
            class_label(row["subject_class"], lang),
            setting.name(row["town"], lang),
            *(status_word(row[stream], lang) for stream in STREAMS),
            *(row[f"breaking_{stream}"] for stream in STREAMS),
            *(row[f"streak_{stream}"] for stream in STREAMS),
            *(t(f"bulletin.came_{str(row[f'reported_{s}']).lower()}", lang) for s in STREAMS),
        )
        for row in figures["statuses"]
    )
    by_stream = [
        t(f"bulletin.{about}_of", lang, stream=t(f"stream.{stream}", lang))
        for about in ("status", "breaking", "streak", "report")
        for stream in STREAMS
    ]
    head = (*_head(("code", "name", "class", "town"), lang), *by_stream)
    widths = (18, 22, 10, 16, *(16,) * 3, *(9,) * 9)
    return Sheet(t("bulletin.sheet.statuses", lang), note, head, rows, widths)


def _restated(figures: dict[str, Any], setting: Setting, note: str, lang: str) -> Sheet:
    rows = tuple(
        (
            row["code"],
            setting.name(row["code"], lang),
            class_label(row["class"], lang),
            setting.name(row["town"], lang),
            t(f"stream.{row['stream']}", lang),
            status_word(row["then"] or None, lang),
            status_word(row["now"] or None, lang),
            t(f"bulletin.reason.{row['reason']}", lang),
            " ".join(row["facts"]),
        )
        for row in figures["restated"]["rows"]
    )
    names = ("code", "name", "class", "town", "stream", "then", "now", "reason", "facts")
    widths = (18, 22, 10, 16, 10, 16, 16, 30, 40)
    return Sheet(t("bulletin.sheet.restated", lang), note, _head(names, lang), rows, widths)


def _head(names: tuple[str, ...], lang: str) -> tuple[str, ...]:
    return tuple(t(f"bulletin.{name}", lang) for name in names)
