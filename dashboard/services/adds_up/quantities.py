"""The quantities of a text: what is counted, in which unit, how exactly, and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from dashboard.services.adds_up.masks import plain, without_non_quantities
from dashboard.services.adds_up.numerals import HAN, MULTIPLIERS, arabic, han

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

__all__ = ["Bound", "Kind", "Quantity", "Sentence", "sentences_of"]


class Kind(StrEnum):
    """What a quantity is."""

    COUNT = "count"
    PERCENT = "percent"
    POINTS = "points"


class Bound(StrEnum):
    """How exactly a quantity is stated."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text, at the characters `[start, end)`.

    A percentage has the value of its figure (88 for 88 %); `step` is one of its last digit.
    `unit` is the measure word or the noun behind a count, empty where there is none.
    """

    kind: Kind
    value: Fraction
    step: Fraction
    start: int
    end: int
    unit: str
    bound: Bound = Bound.EXACT

    @property
    def is_exact(self) -> bool:
        """Tell whether the figure is stated as it is, not as a bound."""
        return self.bound is Bound.EXACT


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of text that is read together, with its quantities in order.

    `text` is the whole plain text, blanked where it holds no quantity; the sentence is its
    characters `[start, end)`.
    """

    text: str
    start: int
    end: int
    quantities: tuple[Quantity, ...]

    def before(self, quantity: Quantity) -> str:
        """Give the text between the quantity before (or the start) and this one."""
        ends = [one.end for one in self.quantities if one.end <= quantity.start]
        return self.text[max([self.start, *ends]) : quantity.start]

    def after(self, quantity: Quantity) -> str:
        """Give the text between this quantity and the next (or the end)."""
        starts = [one.start for one in self.quantities if one.start >= quantity.end]
        return self.text[quantity.end : min([self.end, *starts])]


MEASURES: Final = (
    "个起件处家户人名次宗例条项村社所支套台路辆批份栋座张对组场元亩吨米公处间类种班队对艘架枚部篇册"
)
CLOCK: Final = (
    r"(?:年|月|日|天|周|小时|分钟|秒|岁|度|days?\b|hours?\b|minutes?\b|months?\b|years?\b|weeks?\b)"
)
_TIMES: Final = "|".join(sorted(MULTIPLIERS, key=len, reverse=True))
_PERCENT: Final = r"\s*(?:%|per\s?cent\b|percent\b)"
_POINTS: Final = (
    r"\s*(?:个?百分点|%\s*points?\b|(?:percentage|per\s?cent|percent)[\s-]points?\b|pp\b)"
)
ARABIC: Final = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![A-Za-z0-9_]|[.,]\d)"
    rf"(?P<odd>[余多])?(?:\s?(?P<times>{_TIMES}))?(?P<more>余|多(?=[{MEASURES}]))?"
)
HUNDREDTHS: Final = re.compile(rf"百分之(?P<han>[{HAN}]+|\d+(?:\.\d+)?)")
COUNTED: Final = re.compile(rf"(?<![{HAN}第])(?P<han>[{HAN}]+)(?P<more>余|多)?(?=[{MEASURES}])")
NOUN: Final = re.compile(
    r"\s+(?!(?:of|and|or|in|on|were|was|are|is|to|out|per|from|have|has|had|by|at|with|for)\b)"
    r"([A-Za-z][A-Za-z-]*)"
)
SENTENCE_END: Final = re.compile(r"[。！？；;\n]+|(?<=[a-z0-9%)])[.!?]+(?=\s+[A-Z(]|\s*$)")
GOES_ON: Final = re.compile(r"\s*(?:其中|Of (?:these|them|which|whom)\b)")

AT_LEAST: Final = re.compile(
    r"(?:超过?|逾|不少于|不低于|至少|突破|over|more than|at least|above|exceed(?:s|ed|ing)?)\s*$",
    re.IGNORECASE,
)
AT_MOST: Final = re.compile(
    r"(?:不足|不到|低于|至多|不超过|under|fewer than|less than|below)\s*$", re.IGNORECASE
)
ABOUT: Final = re.compile(
    r"(?:约|近|将近|大约|about|around|nearly|almost|some|approximately|roughly)\s*$", re.IGNORECASE
)
AT_LEAST_AFTER: Final = re.compile(r"[^\s，、,]?(?:以上|or more)")
ABOUT_AFTER: Final = re.compile(r"[^\s，、,]?(?:左右|上下)")


def sentences_of(text: str) -> list[Sentence]:
    """Cut a text into sentences with their quantities; "其中" goes on with the one before."""
    readable = without_non_quantities(plain(text))
    quantities = sorted(_quantities(readable), key=lambda one: one.start)
    return [
        Sentence(readable, start, end, tuple(q for q in quantities if start <= q.start < end))
        for start, end in _spans(readable)
    ]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in SENTENCE_END.finditer(text):
        if not GOES_ON.match(text, mark.end()):
            yield start, mark.end()
            start = mark.end()
    yield start, len(text)


def _quantities(text: str) -> Iterator[Quantity]:
    taken: set[int] = set()
    for pattern in (HUNDREDTHS, ARABIC, COUNTED):
        for found in pattern.finditer(text):
            if found.start() in taken:
                continue
            quantity = _quantity(text, found)
            if quantity is not None:
                taken.update(range(found.start(), found.end()))
                yield quantity


def _quantity(text: str, found: re.Match[str]) -> Quantity | None:
    """Make a quantity of a number; None where it counts time or cannot be read."""
    groups = found.groupdict()
    read = (
        han(groups["han"]) if groups.get("han") else arabic(groups["digits"], groups["times"] or "")
    )
    if read is None and groups["han"].replace(".", "").isdigit():
        read = arabic(groups["han"])
    if read is None or re.match(rf"\s?{CLOCK}", text[found.end() :]):
        return None
    kind, end, unit = _kind(text, found)
    more = bool(groups.get("more") or groups.get("odd"))
    bound = Bound.AT_LEAST if more else _bound(text, found.start(), end)
    return Quantity(kind, read[0], read[1], found.start(), end, unit, bound)


def _kind(text: str, found: re.Match[str]) -> tuple[Kind, int, str]:
    """Tell what a number is, where it ends with its sign, and its unit."""
    for kind, pattern in ((Kind.POINTS, _POINTS), (Kind.PERCENT, _PERCENT)):
        sign = re.compile(pattern, re.IGNORECASE).match(text, found.end())
        if sign:
            return kind, sign.end(), ""
    if found.re is HUNDREDTHS:
        return Kind.PERCENT, found.end(), ""
    following = text[found.end() : found.end() + 1]
    if following and following in MEASURES:
        return Kind.COUNT, found.end() + 1, following
    noun = NOUN.match(text, found.end())
    return Kind.COUNT, found.end(), noun[1].lower().removesuffix("s") if noun else ""


def _bound(text: str, start: int, end: int) -> Bound:
    lead, tail = text[max(0, start - 16) : start], text[end : end + 10]
    if AT_MOST.search(lead):
        return Bound.AT_MOST
    if AT_LEAST.search(lead) or AT_LEAST_AFTER.match(tail):
        return Bound.AT_LEAST
    if ABOUT.search(lead) or ABOUT_AFTER.match(tail):
        return Bound.ABOUT
    return Bound.EXACT
