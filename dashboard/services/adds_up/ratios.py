"""Shares: a part, a whole and the percentage a text gives for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from dashboard.services.adds_up.findings import Said, Verdict
from dashboard.services.adds_up.pairs import has_own_base, tied_pairs
from dashboard.services.adds_up.quantities import Bound, Kind
from dashboard.services.adds_up.rounding import decimals_of, number_text, rounded, wholes_near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.services.adds_up.pairs import Pair
    from dashboard.services.adds_up.quantities import Quantity, Sentence
    from dashboard.services.adds_up.roles import Told

__all__ = ["Share", "judge_share", "shares_of"]

NEAR: Final = Fraction(1)
"""Percentage points. A share nobody tied to two counts is taken to be theirs within these."""
FAR: Final = Fraction(5)
"""Percentage points. Beyond these a share with a name of its own is not that of two counts."""

OPENS: Final = re.compile(r"\s*[,，]?\s*(?:\(|=|：|:)\s*$")
NAMED: Final = re.compile(r"(?P<stem>[\u4e00-\u9fff]{2,8})(?:率|度|指数)[^，,。；]{0,6}$")
SHARE: Final = re.compile(r"(?:占比?|比例|比重|总数的|总量的)[^，,。；]{0,10}$")
SURVEY: Final = re.compile(r"(?i)满意|知晓|参与率|测评|安全感|satisf|survey|poll|turnout")


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage with the counts it is made of, where the text lets them be found."""

    percent: Quantity
    part: Quantity | None = None
    whole: Quantity | None = None


def shares_of(
    sentence: Sentence, roles: list[Told], earlier: Sequence[Quantity] = ()
) -> list[Share]:
    """Give every percentage of a sentence that is no change, with its counts where it has any.

    `earlier` are counts told before: one of them is the whole of a share only where that fits.
    """
    levels = [one.quantity for one in roles if not one.is_change]
    counts = [one for one in levels if one.kind is Kind.COUNT]
    percents = [one for one in levels if one.kind is Kind.PERCENT]
    found = [_share(sentence, percent, counts) for percent in percents]
    return [one if one.part else _of_earlier(one, counts, earlier) for one in found]


def _of_earlier(share: Share, counts: list[Quantity], earlier: Sequence[Quantity]) -> Share:
    """Find the whole of a lone percentage among earlier counts: one that gives it as printed."""
    percent = share.percent
    for part in counts:
        for whole in earlier:
            fits = part.unit == whole.unit and 0 < part.value < whole.value
            if fits and rounded(100 * part.value / whole.value, percent.step) == percent.value:
                return Share(percent, part, whole)
    return share


def _share(sentence: Sentence, percent: Quantity, counts: list[Quantity]) -> Share:
    lead = sentence.before(percent)
    if SURVEY.search(lead):
        return Share(percent)
    pairs = tied_pairs(sentence, counts)
    for part, whole in pairs:
        if _beside(sentence, percent, min(part.start, whole.start)):
            return Share(percent, part, whole)
    before = [pair for pair in pairs if max(pair[0].start, pair[1].start) < percent.start]
    pair = _chosen(sentence, percent, before)
    if pair is not None:
        return Share(percent, *pair)
    return _guessed(sentence, percent, [one for one in counts if one.start < percent.start])


def _beside(sentence: Sentence, percent: Quantity, start: int) -> bool:
    """Tell whether a percentage stands before its counts, as in `88 % (98/111)`."""
    return percent.end <= start and bool(OPENS.fullmatch(sentence.text[percent.end : start]))


def _chosen(sentence: Sentence, percent: Quantity, pairs: list[Pair]) -> Pair | None:
    """Choose the tied pair a percentage speaks of: by its name, or the last before it.

    A percentage with a name or a base of its own that no count shares is none of theirs unless
    it lies close to one.
    """
    name = NAMED.search(sentence.before(percent))
    if not pairs:
        return None
    if name is None and not has_own_base(sentence, percent):
        return pairs[-1]
    stem = name["stem"] if name else ""
    sharing = [pair for pair in pairs if _shares_word(stem, sentence.before(pair[0]))]
    nearest = min(sharing or pairs, key=lambda pair: _distance(percent, pair))
    return nearest if sharing or _distance(percent, nearest) <= FAR else None


def _guessed(sentence: Sentence, percent: Quantity, counts: list[Quantity]) -> Share:
    """Find the counts of a percentage by its name, or by their lying close."""
    pairs = [
        (part, whole)
        for whole in counts
        for part in counts
        if part.unit == whole.unit and 0 < part.value < whole.value
    ]
    if not pairs:
        return Share(percent)
    nearest = min(pairs, key=lambda pair: _distance(percent, pair))
    lead = sentence.before(percent)
    name = NAMED.search(lead)
    named = name is not None and _shares_word(name["stem"], sentence.before(nearest[0]))
    only = len(pairs) == 1 and (named or SHARE.search(lead))
    if only or _distance(percent, nearest) <= NEAR:
        return Share(percent, *nearest)
    return Share(percent)


def _distance(percent: Quantity, pair: Pair) -> Fraction:
    return abs(100 * pair[0].value / pair[1].value - percent.value)


def _shares_word(stem: str, text: str) -> bool:
    """Tell whether two neighbouring characters of a name stand in a text too."""
    return any(stem[i : i + 2] in text for i in range(len(stem) - 1))


def judge_share(share: Share) -> Said:
    """Recompute a percentage from its counts."""
    percent, part, whole = share.percent, share.part, share.whole
    if part is None or whole is None:
        values: dict[str, object] = {"percent": _printed(percent)}
        return Said("ratio", Verdict.UNCHECKED, percent.start, percent.end, "ratio.alone", values)
    exact = 100 * part.value / whole.value
    decimals = decimals_of(percent.step)
    values = {
        "part": number_text(part.value),
        "whole": number_text(whole.value),
        "exact": number_text(exact, max(2, decimals + 1)),
        "percent": _printed(percent),
    }
    start = min(part.start, whole.start, percent.start)
    end = max(part.end, whole.end, percent.end)
    verdict, key = _verdict(percent, part, whole)
    if key == "ratio.differs":
        values["rounded"] = number_text(rounded(exact, percent.step), decimals)
        values["needed"] = _needed(percent, whole)
        key = "ratio.differs" if values["needed"] else "ratio.differs_always"
    return Said("ratio", verdict, start, end, key, values)


def _verdict(percent: Quantity, part: Quantity, whole: Quantity) -> tuple[Verdict, str]:
    exact = 100 * part.value / whole.value
    printed = rounded(exact, percent.step) if percent.is_exact else exact
    if Bound.ABOUT in (percent.bound, part.bound, whole.bound):
        return Verdict.UNCHECKED, "ratio.about"
    # A count that is a bound leaves the share open on one side; so does a share that is one.
    open_above = part.bound is Bound.AT_LEAST or whole.bound is Bound.AT_MOST
    open_below = part.bound is Bound.AT_MOST or whole.bound is Bound.AT_LEAST
    too_low = printed < percent.value and not open_above and percent.bound is not Bound.AT_MOST
    too_high = printed > percent.value and not open_below and percent.bound is not Bound.AT_LEAST
    if too_low or too_high:
        return Verdict.DIFFERS, "ratio.differs"
    whole_figures = part.is_exact and whole.is_exact
    return (
        (Verdict.RECONCILES, "ratio.fits") if whole_figures else (Verdict.UNCHECKED, "ratio.bound")
    )


def _needed(percent: Quantity, whole: Quantity) -> str:
    """Name the whole parts that would be printed as stated; empty where none would."""
    fits = wholes_near(whole.value, percent.value, percent.step)
    if not fits:
        return ""
    first, last = number_text(Fraction(fits[0])), number_text(Fraction(fits[-1]))
    return first if first == last else f"{first}–{last}"


def _printed(percent: Quantity) -> str:
    return f"{number_text(percent.value, decimals_of(percent.step))} %"
