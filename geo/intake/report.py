"""What became of the rows of a delivery; its parts add up to the rows read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.intake.quarantine import COLUMNS
from geo.intake.sentences import encoding_text, row_sentence, warning_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.errors import RefusedFile

__all__ = ["ImportReport", "merged"]


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS))


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """The account of one file, or of several taken together.

    Attributes
    ----------
    batch
        Number of the batch in the ledger, the last one where several files came; None when
        nothing was stored.
    kept, quarantined
        Rows; they add up to `rows_read`. Of the kept ones `unchanged` said nothing new and
        `corrected` changed a record that was known, `retracted` took one back and `merged`
        went into the record of an earlier row.
    implied
        Areas made because the rows name them as parents; beyond the rows read.
    reattributed
        Records already known that lie in another area, or count for another subject, since
        this delivery; beyond the rows read.
    encoding
        How the texts were read and how that is known, as "GB18030 (tried)"; empty where a
        format says so itself.
    warned
        Kept rows with at least one remark.
    reasons, warnings
        Rule -> rows.
    unknown
        Field -> rows stored without it.
    constants
        Field -> the value the recipe states -> the rows it stands in.
    refusal
        Why the file was refused as a whole, None when it was not. All its rows then count as
        quarantined under the rule that refused it (those with a fault of their own under that).
    quarantine
        The rows with a fault of their own, see `geo.intake.quarantine`.
    seconds
        Wall time.
    """

    entity: str
    files: tuple[str, ...] = ()
    batch: int | None = None
    rows_read: int = 0
    kept: int = 0
    quarantined: int = 0
    unchanged: int = 0
    corrected: int = 0
    retracted: int = 0
    merged: int = 0
    implied: int = 0
    reattributed: int = 0
    warned: int = 0
    refusal: RefusedFile | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    constants: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    encoding: str = ""
    zone: str = "Asia/Shanghai"
    quarantine: pd.DataFrame = field(default_factory=_no_rows, repr=False)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """Make sure that no row is lost on the way."""
        if self.kept + self.quarantined != self.rows_read:
            raise AssertionError(f"{self.kept} + {self.quarantined} rows of {self.rows_read}")
        if sum(self.reasons.values()) != self.quarantined:
            raise AssertionError(f"reasons for {sum(self.reasons.values())} rows")

    @property
    def refused(self) -> str | None:
        """Give the F-rule that refused the file, or None."""
        return None if self.refusal is None else self.refusal.code

    def sentence(self, language: str = "en") -> str:
        """Say in "en" or "zh" what became of the rows, reason by reason."""
        if self.refusal is not None:
            return self.refusal.text(language)
        lines = [_headline(self, language)]
        lines += [_count(c, n, row_sentence(c, language)) for c, n in self.reasons.items()]
        lines += [
            _count(c, n, warning_sentence(c, language, zone=self.zone))
            for c, n in self.warnings.items()
        ]
        lines += [*_unknown(self, language), *_constants(self, language)]
        return "\n".join([*lines, *_reading(self, language)])

    def to_dict(self) -> dict[str, Any]:
        """Give plain values for JSON, without the rows themselves."""
        names = (
            "entity", "batch", "rows_read", "kept", "quarantined", "warned", "refused", "seconds",
            "unchanged", "corrected", "retracted", "merged", "implied", "reattributed", "encoding",
        )  # fmt: skip
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        plain["seconds"] = round(self.seconds, 3)
        plain |= {"files": list(self.files), "notes": list(self.notes), "zone": self.zone}
        for name in ("reasons", "warnings", "unknown"):
            plain[name] = dict(getattr(self, name))
        plain["constants"] = {name: dict(value) for name, value in self.constants.items()}
        return plain | {"sentence_en": self.sentence("en"), "sentence_zh": self.sentence("zh")}


def merged(reports: Sequence[ImportReport]) -> ImportReport:
    """Add reports of one entity up; the last refusal, if any, stands."""
    first = reports[0]
    totals: dict[str, Any] = {
        name: sum(getattr(report, name) for report in reports)
        for name in (
            "rows_read", "kept", "quarantined", "unchanged", "corrected", "retracted", "merged",
            "implied", "reattributed", "warned",
        )
    }  # fmt: skip
    counted: dict[str, Any] = {
        name: dict(sorted(sum((Counter(getattr(r, name)) for r in reports), Counter()).items()))
        for name in ("reasons", "warnings", "unknown")
    }
    rows = [report.quarantine for report in reports if len(report.quarantine)]
    return ImportReport(
        entity=first.entity,
        zone=first.zone,
        encoding=", ".join(dict.fromkeys(r.encoding for r in reports if r.encoding)),
        files=tuple(name for report in reports for name in report.files),
        batch=next((r.batch for r in reversed(reports) if r.batch is not None), None),
        refusal=reports[-1].refusal,
        constants=reduce(_added, [report.constants for report in reports]),
        notes=tuple(dict.fromkeys(note for report in reports for note in report.notes)),
        quarantine=pd.concat(rows, ignore_index=True) if rows else _no_rows(),
        seconds=sum(report.seconds for report in reports),
        **totals,
        **counted,
    )


def _added(
    one: Mapping[str, Mapping[str, int]], other: Mapping[str, Mapping[str, int]]
) -> Mapping[str, Mapping[str, int]]:
    names = [*one, *(name for name in other if name not in one)]
    return {n: dict(Counter(one.get(n, {})) + Counter(other.get(n, {}))) for n in names}


def _headline(report: ImportReport, language: str) -> str:
    chinese = language == "zh"
    parts = "，".join if chinese else ", ".join
    said = parts(
        words[chinese].format(n=getattr(report, name))
        for name, words in _OF_THE_KEPT.items()
        if name in _ALWAYS or getattr(report, name)
    )
    beyond = "".join(
        words[chinese].format(n=getattr(report, name))
        for name, words in _BEYOND.items()
        if getattr(report, name)
    )
    if chinese:
        return (
            f"{report.entity}：读取 {report.rows_read:,} 行，保留 {report.kept:,} 行"
            f"（{said}），隔离 {report.quarantined:,} 行。{beyond}"
        )
    return (
        f"{report.entity}: {report.rows_read:,} rows read, {report.kept:,} kept "
        f"({said}), {report.quarantined:,} quarantined.{beyond}"
    )


_OF_THE_KEPT: Final = {
    "unchanged": ("{n:,} unchanged", "未变 {n:,}"),
    "corrected": ("{n:,} corrected", "更正 {n:,}"),
    "retracted": ("{n:,} retracted", "撤回 {n:,}"),
    "merged": ("{n:,} merged into others", "并入其他记录 {n:,}"),
}
_ALWAYS: Final = ("unchanged", "corrected")
_BEYOND: Final = {
    "implied": (" {n:,} areas above them were made.", "另按代码补建上级区域 {n:,} 个。"),
    "reattributed": (
        " {n:,} known records now lie in another area.",
        "另有 {n:,} 条既有记录改归其他区域。",
    ),
}


def _count(code: str, rows: int, sentence: str) -> str:
    return f"  {code} {rows:>9,}  {sentence}"


def _unknown(report: ImportReport, language: str) -> list[str]:
    if not report.unknown:
        return []
    listed = ", ".join(f"{name} {rows:,}" for name, rows in report.unknown.items())
    return [f"  按未知存储：{listed}" if language == "zh" else f"  Stored as unknown: {listed}"]


def _constants(report: ImportReport, language: str) -> list[str]:
    if not report.constants:
        return []
    said = [
        f"{name} = {value} ({rows:,})"
        for name, values in report.constants.items()
        for value, rows in values.items()
    ]
    start = "  配方常量：" if language == "zh" else "  Stated by the recipe: "
    return [start + ", ".join(said)]


def _reading(report: ImportReport, language: str) -> list[str]:
    """Say how the file was read; notes are in both languages as they are."""
    start = "  文本编码：" if language == "zh" else "  Texts read as "
    said = [start + encoding_text(report.encoding, language)] if report.encoding else []
    return [*said, *(f"  {note}" for note in report.notes)]
