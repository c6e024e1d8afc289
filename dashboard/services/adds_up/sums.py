"""Parts and totals, and sums written out: `12 + 18 = 30`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dashboard.services.adds_up.findings import Said, Verdict
from dashboard.services.adds_up.pairs import AMONG, like
from dashboard.services.adds_up.quantities import Bound, Kind
from dashboard.services.adds_up.rounding import number_text

if TYPE_CHECKING:
    from dashboard.services.adds_up.quantities import Quantity, Sentence
    from dashboard.services.adds_up.roles import Told

__all__ = ["Sum", "judge_sum", "sums_of"]

WHOLLY: Final = re.compile(
    r"(?i)分别[为是有]|分为|由.{0,4}组成|全部为|包括以下|:\s*$"
    r"|\b(?:comprising|consisting of|made up of|namely)\b"
)
"""Words after which all parts are named."""
IN_ALL_ZH: Final = re.compile(r"(?:[合总共]计|一共|总共|共)(?:为|有|达|是)?\s*$")
IN_ALL_EN: Final = re.compile(
    r"(?i)\b(?:in all|in total|altogether|totall?ing|a total of|adding up to|making|together)"
    r"\s*,?\s*$"
)
IN_ALL_AFTER: Final = re.compile(r"(?i)[^,.;，。；]{0,24}?\b(?:in all|in total|altogether)\b")
OVERLAPPING: Final = re.compile(
    r"(?i)女|男|党员|少数民族|青年|退役|\b(?:women|men|female|male|members)\b"
)
PLUS: Final = re.compile(r"\s*\+\s*")
MINUS: Final = re.compile(r"\s*-\s*")
EQUALS: Final = re.compile(r"\s*=\s*")
NEXT: Final = re.compile(r"[^。；;]{0,24}")
ENOUGH: Final = 2
"""Parts a list needs before its total can be checked."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A total with its parts; `wholly` where the text says that these are all of them."""

    total: Quantity
    parts: tuple[Quantity, ...]
    signs: tuple[int, ...]
    wholly: bool
    overlapping: bool = False


def sums_of(sentence: Sentence, roles: list[Told]) -> list[Sum]:
    """Give the sums a sentence states: totals before, behind and equations."""
    counts = [one.quantity for one in roles if _is_part(one)]
    equations = _equations(sentence, list(sentence.quantities))
    written = {one for made in equations for one in (made.total, *made.parts)}
    counts = [one for one in counts if one not in written]
    return [*equations, *_totals_first(sentence, counts), *_totals_last(sentence, counts)]


def _is_part(one: Told) -> bool:
    return one.quantity.kind is Kind.COUNT and one.role.value == "value"


def _equations(sentence: Sentence, quantities: list[Quantity]) -> list[Sum]:
    """Read `a + b - c = d`."""
    made, run, signs = [], quantities[:1], [1]
    for first, second in pairwise(quantities):
        gap = sentence.text[first.end : second.start]
        if PLUS.fullmatch(gap) or MINUS.fullmatch(gap):
            run, signs = [*run, second], [*signs, 1 if "+" in gap else -1]
            continue
        if EQUALS.fullmatch(gap) and len(run) >= ENOUGH:
            made.append(Sum(second, tuple(run), tuple(signs), wholly=True))
        run, signs = [second], [1]
    return made


def _totals_first(sentence: Sentence, counts: list[Quantity]) -> list[Sum]:
    """Read `23 on duty, of which 11 ... and 12 ...`; a second "其中" divides what precedes it."""
    made = []
    for place, total in enumerate(counts[:-1]):
        gap = sentence.text[total.end : counts[place + 1].start]
        if not (AMONG.search(gap) or WHOLLY.search(gap)):
            continue
        parts = _parts(sentence, total, counts[place + 1 :])
        if parts:
            said = sentence.text[total.end : parts[-1].end + 8]
            overlapping = bool(OVERLAPPING.search(said))
            signs = (1,) * len(parts)
            wholly = bool(WHOLLY.search(gap))
            made.append(Sum(total, tuple(parts), signs, wholly, overlapping))
    return made


def _parts(sentence: Sentence, total: Quantity, following: list[Quantity]) -> list[Quantity]:
    """Take the counts that follow a total until another one is divided."""
    parts: list[Quantity] = []
    for one in following:
        gap = sentence.text[parts[-1].end : one.start] if parts else ""
        if AMONG.search(gap) or not like(one, total) or _is_total(sentence, one):
            break
        parts.append(one)
    return parts


def _totals_last(sentence: Sentence, counts: list[Quantity]) -> list[Sum]:
    """Read `12 fires and 18 crashes, 30 in all`."""
    made = []
    for place, total in enumerate(counts):
        if place < ENOUGH or not _is_total(sentence, total):
            continue
        parts: list[Quantity] = []
        for one in reversed(counts[:place]):
            gap = sentence.text[one.end : (parts[0] if parts else total).start]
            if not like(one, total) or AMONG.search(gap) or not NEXT.fullmatch(gap):
                break
            parts.insert(0, one)
        if len(parts) >= ENOUGH:
            made.append(Sum(total, tuple(parts), (1,) * len(parts), wholly=True))
    return made


def _is_total(sentence: Sentence, quantity: Quantity) -> bool:
    lead, tail = sentence.before(quantity), sentence.after(quantity)
    return bool(IN_ALL_ZH.search(lead) or IN_ALL_EN.search(lead) or IN_ALL_AFTER.match(tail))


def judge_sum(stated: Sum) -> Said | None:
    """Add the parts up; None where a single part leaves nothing to add."""
    parts = list(zip(stated.parts, stated.signs, strict=True))
    added = sum((one.value * sign for one, sign in parts), Fraction(0))
    figures = (stated.total, *stated.parts)
    values: dict[str, object] = {
        "sum": _written(stated),
        "added": number_text(added),
        "total": number_text(stated.total.value),
        "gap": number_text(abs(stated.total.value - added)),
    }
    start, end = min(one.start for one in figures), max(one.end for one in figures)
    verdict, key = _verdict(stated, added)
    if len(parts) == 1 and verdict is not Verdict.DIFFERS:
        return None
    return Said("sum", verdict, start, end, key, values)


def _verdict(stated: Sum, added: Fraction) -> tuple[Verdict, str]:
    total = stated.total.value
    figures = (stated.total, *stated.parts)
    if not all(one.is_exact for one in figures):
        return _bounded(stated, added)
    if added == total or (len(set(_steps(figures))) > 1 and _agrees_rounded(stated, added)):
        return Verdict.RECONCILES, "sum.fits"
    if stated.wholly:
        return Verdict.DIFFERS, "sum.differs"
    if added < total:
        return Verdict.UNCHECKED, "sum.rest"
    if stated.overlapping and max(one.value for one in stated.parts) <= total:
        return Verdict.UNCHECKED, "sum.overlaps"
    return Verdict.DIFFERS, "sum.exceeds"


def _steps(figures: tuple[Quantity, ...]) -> list[Fraction]:
    return [one.step for one in figures]


def _agrees_rounded(stated: Sum, added: Fraction) -> bool:
    """Tell whether figures of different last digits agree within half of each."""
    room = sum(_steps((stated.total, *stated.parts)), Fraction(0)) / 2
    return abs(added - stated.total.value) <= room


def _bounded(stated: Sum, added: Fraction) -> tuple[Verdict, str]:
    """Judge where a figure is a bound: parts of "at least" cannot exceed an exact total."""
    least = all(one.bound in (Bound.EXACT, Bound.AT_LEAST) for one in stated.parts)
    if stated.total.is_exact and least and added > stated.total.value and not stated.overlapping:
        return Verdict.DIFFERS, "sum.exceeds"
    return Verdict.UNCHECKED, "sum.bound"


def _written(stated: Sum) -> str:
    """Write the sum out."""
    words: list[str] = []
    for one, sign in zip(stated.parts, stated.signs, strict=True):
        mark = (" + " if sign > 0 else " − ") if words else ""
        words.append(f"{mark}{number_text(one.value)}")
    return "".join(words)
