"""Changes recomputed: against last year's figure, or against every whole number it may have been.

A change of a share has three readings, and the words name the one that fits: `count %`, `rate pp`
(percentage points) and `rate relative %`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final

from dashboard.services.adds_up.findings import Said, Tried, Verdict
from dashboard.services.adds_up.quantities import Kind
from dashboard.services.adds_up.rounding import (
    ENDLESS,
    decimals_of,
    histories,
    number_text,
    rounded,
)
from models.zero.comparison import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboard.services.adds_up.changes import Change
    from dashboard.services.adds_up.quantities import Quantity

__all__ = ["LastYear", "judge_alone", "judge_change"]

COUNT, PP, RELATIVE = ChangeKind.COUNT, ChangeKind.RATE_PP, ChangeKind.RATE_RELATIVE
BOTH_RATES: Final = (PP, RELATIVE)


@dataclass(slots=True)
class LastYear:
    """What the counts of a text were before, as far as the text settles it."""

    known: list[tuple[Quantity, Fraction]] = field(default_factory=list)

    @classmethod
    def of(cls, changes: Iterable[Change]) -> LastYear:
        """Gather what is stated, follows from a difference, or is the only whole number."""
        settled = cls()
        for order in (_stated, _by_difference, _only_whole):
            for one in changes:
                before = order(one) if one.now.kind is Kind.COUNT else None
                if before is not None and before > 0:
                    settled.known.append((one.now, before))
        return settled

    def of_count(self, count: Quantity) -> Fraction | None:
        """Give what a count was before; None where the text does not settle it."""
        for one, before in self.known:
            if one.value == count.value and _same_unit(one, count):
                return before
        return None

    def larger_wholes(self, count: Quantity) -> list[tuple[Fraction, Fraction]]:
        """Give the counts of the same unit, larger than `count`, with what they were before."""
        return [
            (one.value, before)
            for one, before in self.known
            if one.value > count.value and _same_unit(one, count)
        ]


def _same_unit(one: Quantity, other: Quantity) -> bool:
    """Tell whether two counts may be of the same things: units agree or one has none."""
    return one.unit == other.unit or not (one.unit and other.unit)


def _stated(change: Change) -> Fraction | None:
    return change.before.value if change.before is not None else None


def _by_difference(change: Change) -> Fraction | None:
    return change.now.value - change.signed if change.change.kind is Kind.COUNT else None


def _only_whole(change: Change) -> Fraction | None:
    if change.change.kind is not Kind.PERCENT:
        return None
    fits = histories(change.now.value, change.signed, change.change.step)
    return Fraction(fits[0]) if len(fits) == 1 else None


def judge_change(stated: Change, last_year: LastYear) -> Said:
    """Recompute a change; the words name its kind."""
    figures = [one for one in (stated.change, stated.now, stated.before) if one is not None]
    if not all(one.is_exact for one in figures):
        return _said(stated, Verdict.UNCHECKED, "change.bound")
    if stated.change.kind is Kind.COUNT:
        return _judge_difference(stated)
    if stated.now.kind is Kind.PERCENT or stated.change.kind is Kind.POINTS:
        return _judge_rate(stated, last_year)
    before = _stated(stated) or last_year.of_count(stated.now)
    if before and not _is_derived(stated, before):
        return _judge_count(stated, before)
    return _judge_history(stated, last_year)


def _is_derived(stated: Change, before: Fraction) -> bool:
    """Tell whether last year's count is only what this very change leaves."""
    return stated.before is None and _only_whole(stated) == before


def _judge_difference(stated: Change) -> Said:
    """Check `down by 30` against last year's count, or say what it leaves."""
    implied = stated.now.value - stated.signed
    if stated.before is None:
        verdict = Verdict.DIFFERS if implied < 0 else Verdict.UNCHECKED
        return _said(stated, verdict, "difference.implied", before=number_text(implied))
    fits = implied == stated.before.value
    exact = number_text(stated.now.value - stated.before.value, signed=True)
    key = "difference.fits" if fits else "difference.differs"
    verdict = Verdict.RECONCILES if fits else Verdict.DIFFERS
    return _said(stated, verdict, key, before=number_text(stated.before.value), exact=exact)


def _judge_count(stated: Change, before: Fraction) -> Said:
    exact = 100 * (stated.now.value / before - 1)
    fits = rounded(exact, stated.change.step) == stated.signed
    return _said(
        stated,
        Verdict.RECONCILES if fits else Verdict.DIFFERS,
        "change.fits" if fits else "change.differs",
        before=number_text(before),
        exact=_percent(exact, stated),
        kind=COUNT,
    )


def _judge_history(stated: Change, last_year: LastYear) -> Said:
    """Look for the whole numbers of last year that give the stated change."""
    if stated.now.value == 0 or stated.now.step > 1:
        return _said(stated, Verdict.UNCHECKED, "change.no_history")
    fits = histories(stated.now.value, stated.signed, stated.change.step)
    if len(fits):
        key = "change.only" if len(fits) == 1 else "change.several"
        key = "change.or_more" if fits[-1] >= ENDLESS else key
        first, last = number_text(Fraction(fits[0])), number_text(Fraction(fits[-1]))
        exact = _percent(100 * (stated.now.value / fits[0] - 1), stated)
        return _said(stated, Verdict.RECONCILES, key, before=first, last=last, exact=exact)
    return _judge_wholes(stated, last_year.larger_wholes(stated.now))


def _judge_wholes(stated: Change, wholes: list[tuple[Fraction, Fraction]]) -> Said:
    """Try a change as that of a share of counts whose last year is known, then give up."""
    part, tried = stated.now.value, [_nearest_count(stated, stated.now.value)]
    for whole, before in wholes:
        for kind in BOTH_RATES:
            told, exact = _nearest_rate(stated, part / whole, before, kind)
            if rounded(exact, stated.change.step) == stated.signed:
                return _said(stated, Verdict.RECONCILES, "change.rate", kind=kind, tried=told)
            tried.append(told)
    return _said(stated, Verdict.DIFFERS, "change.none", tried=tuple(tried))


def _judge_rate(stated: Change, last_year: LastYear) -> Said:
    """Check the change of a share: against last year's share, or its possible counts."""
    if stated.before is not None and stated.now.kind is Kind.PERCENT:
        return _judge_two_rates(stated, stated.before)
    share = stated.share
    before = last_year.of_count(share.whole) if share and share.whole else None
    if share is None or share.part is None or share.whole is None or before is None:
        return _said(stated, Verdict.UNCHECKED, "change.no_history")
    kinds = (PP,) if stated.change.kind is Kind.POINTS else BOTH_RATES
    rate, tried = share.part.value / share.whole.value, []
    for kind in kinds:
        told, exact = _nearest_rate(stated, rate, before, kind)
        if rounded(exact, stated.change.step) == stated.signed:
            return _said(stated, Verdict.RECONCILES, "change.rate", kind=kind, tried=told)
        tried.append(told)
    if stated.change.kind is Kind.PERCENT:
        tried.append(_nearest_count(stated, share.part.value))
    return _said(stated, Verdict.DIFFERS, "change.none", tried=tuple(tried))


def _judge_two_rates(stated: Change, before: Quantity) -> Said:
    """Check a change between two printed shares, each known to half its last digit."""
    now, half = stated.now, (stated.now.step + before.step + stated.change.step) / 2
    difference = now.value - before.value
    values = {"before": _share(before), "now": _share(now)}
    if abs(difference - stated.signed) <= half:
        exact = number_text(difference, decimals_of(stated.change.step), signed=True)
        return _said(stated, Verdict.RECONCILES, "change.two_rates", kind=PP, exact=exact, **values)
    low = 100 * ((now.value - now.step / 2) / (before.value + before.step / 2) - 1)
    high = 100 * ((now.value + now.step / 2) / max(before.value - before.step / 2, EPSILON) - 1)
    relative = 100 * (now.value / max(before.value, EPSILON) - 1)
    room = stated.change.step / 2
    if stated.change.kind is Kind.PERCENT and low - room <= stated.signed <= high + room:
        exact = _percent(relative, stated)
        return _said(
            stated, Verdict.RECONCILES, "change.two_rates", kind=RELATIVE, exact=exact, **values
        )
    exact = number_text(difference, decimals_of(stated.change.step), signed=True)
    both = {"exact": exact, "relative": _percent(relative, stated)}
    return _said(stated, Verdict.DIFFERS, "change.two_rates_differ", **both, **values)


EPSILON: Final = Fraction(1, 10**6)
"""Per cent; keeps a share of 0 from dividing."""


def _nearest_rate(
    stated: Change, rate: Fraction, before: Fraction, kind: ChangeKind
) -> tuple[Tried, Fraction]:
    """Give the part of last year's whole whose share comes nearest to the stated change."""
    change = stated.signed / 100
    aim = rate - change if kind is PP else rate / max(1 + change, EPSILON)
    place = floor(min(max(aim, Fraction(0)), Fraction(1)) * before)
    exacts = {
        part: 100 * (rate - part / before) if kind is PP else 100 * (rate * before / part - 1)
        for part in (place, place + 1)
        if 0 < part <= before
    }
    part = min(exacts, key=lambda one: abs(exacts[one] - stated.signed))
    exact = exacts[part]
    counts = f"{number_text(Fraction(part))}/{number_text(before)}"
    return Tried(kind, f"{counts} → {_printed(exact, stated)}"), exact


def _nearest_count(stated: Change, now: Fraction) -> Tried:
    aim = floor(now / max(1 + stated.signed / 100, EPSILON))
    exacts = {one: 100 * (now / one - 1) for one in (aim, aim + 1) if one > 0}
    before = min(exacts, key=lambda one: abs(exacts[one] - stated.signed))
    return Tried(COUNT, f"{number_text(Fraction(before))} → {_printed(exacts[before], stated)}")


def _percent(exact: Fraction, stated: Change) -> str:
    return f"{_printed(exact, stated)} %"


def _printed(exact: Fraction, stated: Change) -> str:
    return number_text(exact, max(2, decimals_of(stated.change.step) + 1), signed=True)


def _share(quantity: Quantity) -> str:
    return f"{number_text(quantity.value, decimals_of(quantity.step))} %"


def judge_alone(change: Quantity, sign: int) -> Said:
    """Say of a change that the text gives no figure it speaks of."""
    values: dict[str, object] = {"change": _change_text(change, sign)}
    kind = _kind_of(change)
    return Said(kind, Verdict.UNCHECKED, change.start, change.end, "change.alone", values)


def _kind_of(change: Quantity) -> str:
    return "difference" if change.kind is Kind.COUNT else "change"


def _change_text(change: Quantity, sign: int) -> str:
    unit = {Kind.PERCENT: " %", Kind.POINTS: " pp", Kind.COUNT: ""}[change.kind]
    return f"{number_text(sign * change.value, decimals_of(change.step), signed=True)}{unit}"


def _said(stated: Change, verdict: Verdict, key: str, **values: object) -> Said:
    figures = [one for one in (stated.change, stated.now, stated.before) if one is not None]
    now = number_text(stated.now.value, decimals_of(stated.now.step))
    level = f"{now} %" if stated.now.kind is Kind.PERCENT else now
    start, end = min(one.start for one in figures), max(one.end for one in figures)
    values = {"change": _change_text(stated.change, stated.sign), "now": level, **values}
    return Said(_kind_of(stated.change), verdict, start, end, key, values)
