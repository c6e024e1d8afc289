"""Changes from one year to another: given with last year's figure, or to be derived from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dashboard.services.adds_up.quantities import Kind
from dashboard.services.adds_up.roles import Role, Told

if TYPE_CHECKING:
    from fractions import Fraction

    from dashboard.services.adds_up.quantities import Quantity, Sentence
    from dashboard.services.adds_up.ratios import Share

__all__ = ["Change", "changes_of"]

PAUSE: Final = re.compile(r"[，,；;。、]")


@dataclass(frozen=True, slots=True)
class Change:
    """A stated change of a value, with its sign; `before` where the text states it.

    `share` is the share a changing percentage was computed from, or the one a changing count is
    the part of.
    """

    change: Quantity
    sign: int
    now: Quantity
    before: Quantity | None = None
    share: Share | None = None

    @property
    def signed(self) -> Fraction:
        """Give the change with its sign."""
        return self.sign * self.change.value


def changes_of(sentence: Sentence, roles: list[Told], shares: list[Share]) -> list[Change]:
    """Give every change a sentence states of a value it states as well."""
    found = []
    for place, one in enumerate(roles):
        if not one.is_change:
            continue
        now, before = _subject(sentence, roles, place)
        if now is not None:
            now = _share_of_brackets(now, shares)
            found.append(Change(one.quantity, one.sign, now, before, _share(now, shares)))
    return found


def _subject(
    sentence: Sentence, roles: list[Told], place: int
) -> tuple[Quantity | None, Quantity | None]:
    """Find what changed and, where it stands beside it, what it was before."""
    change = roles[place].quantity
    levels = [one for one in roles if not one.is_change and _may_change(one.quantity, change)]
    now = _now(sentence, levels, change)
    if now is None:
        return None, None
    at = levels.index(now)
    beside = [*levels[max(at - 1, 0) : at], *levels[at + 1 : at + 2]]
    before = [one.quantity for one in beside if one.role is Role.FROM]
    fitting = [one for one in before if one.kind is now.quantity.kind]
    return now.quantity, fitting[0] if fitting else None


def _share_of_brackets(now: Quantity, shares: list[Share]) -> Quantity:
    """Give the share itself for one of its counts in brackets: `83 % (45 of 54), up 2 %`."""
    for share in shares:
        counts = [one for one in (share.part, share.whole) if one is not None]
        if now in counts and all(share.percent.start < one.start for one in counts):
            return share.percent
    return now


def _now(sentence: Sentence, levels: list[Told], change: Quantity) -> Told | None:
    """Find the level a change led to: "down 35 % to 54", else the last before, else the next."""
    behind = [one for one in levels if one.quantity.start > change.start and one.role is Role.TO]
    before = [
        one for one in levels if one.quantity.start < change.start and one.role is not Role.FROM
    ]
    at_once = [
        one for one in behind if not PAUSE.search(sentence.text[change.end : one.quantity.start])
    ]
    chosen = at_once or before[-1:] or behind
    return chosen[0] if chosen else None


def _may_change(level: Quantity, change: Quantity) -> bool:
    """Tell whether a change of one kind can be that of a level of another."""
    return ALLOWED[change.kind](level.kind)


ALLOWED: Final = {
    Kind.COUNT: lambda level: level is Kind.COUNT,
    Kind.PERCENT: lambda level: level is not Kind.POINTS,
    Kind.POINTS: lambda level: level is not Kind.POINTS,
}


def _share(now: Quantity, shares: list[Share]) -> Share | None:
    """Find the share whose percentage or part a quantity is."""
    for share in shares:
        if share.part is not None and now in (share.percent, share.part):
            return share
    return None
