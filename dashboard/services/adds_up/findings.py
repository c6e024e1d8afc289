"""What was found about one statement of a text, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dashboard.i18n import t
from models.zero.comparison import ChangeKind

__all__ = ["Finding", "Said", "Tried", "Verdict", "finding_at"]


class Verdict(StrEnum):
    """What recomputing a statement came to."""

    RECONCILES = "reconciles"
    DIFFERS = "does_not_reconcile"
    UNCHECKED = "cannot_be_checked"


@dataclass(frozen=True, slots=True)
class Said:
    """A judged statement: the characters `[start, end)` it stands on, and the words for it."""

    kind: str
    verdict: Verdict
    start: int
    end: int
    key: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Tried:
    """One reading of a change that was tried: its kind and the figures it gives."""

    kind: ChangeKind
    figures: str

    def text(self, lang: str) -> str:
        """Word the reading in "en" or "zh"."""
        colon = "：" if lang == "zh" else ": "
        return f"{self.kind.text(lang)}{colon}{self.figures} {self.kind.unit(lang)}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of a text, recomputed.

    `kind` is ratio, sum, difference or change; `start` and `end` are characters of the text,
    `line` and `column` count from 1; `quote` is the statement and `says` the arithmetic.
    """

    kind: str
    verdict: Verdict
    start: int
    end: int
    line: int
    column: int
    quote: str
    says: str


def finding_at(text: str, said: Said, lang: str) -> Finding:
    """Place what was said in the text and word it."""
    head = text[: said.start]
    return Finding(
        kind=said.kind,
        verdict=said.verdict,
        start=said.start,
        end=said.end,
        line=head.count("\n") + 1,
        column=said.start - (head.rfind("\n") + 1) + 1,
        quote=" ".join(text[said.start : said.end].split()),
        says=t(
            f"adds_up.{said.key}",
            lang,
            **{name: _worded(value, lang) for name, value in said.values.items()},
        ),
    )


def _worded(value: object, lang: str) -> str:
    if isinstance(value, tuple):
        return ("；" if lang == "zh" else "; ").join(_worded(one, lang) for one in value)
    return value.text(lang) if isinstance(value, Tried | ChangeKind) else str(value)
