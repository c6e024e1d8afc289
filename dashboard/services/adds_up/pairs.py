"""Which two counts of a sentence are a part and its whole, by the words between them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from dashboard.services.adds_up.quantities import Quantity, Sentence

__all__ = ["AMONG", "Pair", "has_own_base", "like", "tied_pairs"]

Pair: TypeAlias = "tuple[Quantity, Quantity]"
"""A part and its whole."""

_OF: Final = r"(?:out\s+)?of\s+(?:the\s+|all\s+|these\s+|its\s+|our\s+)?"
OUT_OF: Final = re.compile(rf"\s*[/÷]\s*|(?:\s+[A-Za-z-]+)?\s+{_OF}", re.IGNORECASE)
OF_FIRST: Final = re.compile(rf"\b{_OF}$", re.IGNORECASE)
AMONG: Final = re.compile(r"其中|\bof (?:which|whom|them|these)\b|\bincluding\b", re.IGNORECASE)
INSIDE: Final = re.compile(r"(?<![集其])[当之]?[中里](?![心小学央国型介])")
OWN_BASE: Final = re.compile(r"\s*of\s+(?!the\s+(?:total|whole)|all\s+\d|\d)[a-z]", re.IGNORECASE)


def tied_pairs(sentence: Sentence, counts: list[Quantity]) -> list[Pair]:
    """Give the pairs (part, whole) that the text itself ties together, in order of the parts."""
    pairs: list[Pair] = []
    whole: Quantity | None = None
    for first, second in pairwise(counts):
        gap = sentence.text[first.end : second.start]
        is_told = any(first is told for _, told in pairs)
        opens = OF_FIRST.search(sentence.before(first)) and not is_told
        if AMONG.search(gap) or INSIDE.search(gap) or opens:
            whole = first
        if OUT_OF.fullmatch(gap):
            pairs.append((first, second))
        elif whole is not None and like(second, whole):
            pairs.append((second, whole))
    return [(part, whole) for part, whole in pairs if 0 <= part.value <= whole.value != 0]


def like(one: Quantity, other: Quantity) -> bool:
    """Tell whether two counts may count the same things: measure words must agree."""
    measured = [unit for unit in (one.unit, other.unit) if unit and not unit.isascii()]
    return len(set(measured)) <= 1


def has_own_base(sentence: Sentence, percent: Quantity) -> bool:
    """Tell whether a percentage says itself what it is of, as in `95 % of residents`."""
    return bool(OWN_BASE.match(sentence.after(percent)))
