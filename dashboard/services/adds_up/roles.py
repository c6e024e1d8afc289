"""What each quantity of a sentence does there: a value, a change, or the value of last year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from dashboard.services.adds_up.quantities import Kind

if TYPE_CHECKING:
    from dashboard.services.adds_up.quantities import Quantity, Sentence

__all__ = ["Role", "Told", "told"]


class Role(StrEnum):
    """What a quantity does in its sentence."""

    VALUE = "value"
    UP = "up"
    DOWN = "down"
    FROM = "from"
    TO = "to"


@dataclass(frozen=True, slots=True)
class Told:
    """A quantity with its role; a signed change carries its own sign in `role`."""

    quantity: Quantity
    role: Role

    @property
    def is_change(self) -> bool:
        """Tell whether the quantity is a change."""
        return self.role in (Role.UP, Role.DOWN)

    @property
    def sign(self) -> int:
        """Give the sign of a change."""
        return -1 if self.role is Role.DOWN else 1


_DOWN: Final = r"(?:下降|减少|降低|回落|下滑|减低|少|降)"
_UP: Final = r"(?:上升|增长|增加|提高|提升|上涨|增多|多|增|升)"
_THAN: Final = r"(?:同比|环比|(?:较|比)(?:上|去|前)[年月]?(?:同期|度)?)"
_LINK: Final = r"(?:了|幅度?[为达]?|率[为达]|达|约|近|:)?"
DOWN_ZH: Final = re.compile(rf"{_DOWN}{_LINK}\s*$")
UP_ZH: Final = re.compile(rf"{_UP}{_LINK}\s*$")
SIGNED_ZH: Final = re.compile(rf"{_THAN}[为:]?\s*(?P<sign>[+-])\s*$")
TO_ZH: Final = re.compile(rf"(?:{_DOWN}|{_UP})(?:到了?|至|为)\s*$|(?<=[\w%])[到至]\s*$")
FROM_ZH: Final = re.compile(r"[由从自][^，,。；、]{0,12}$")
LAST_ZH: Final = re.compile(r"(?:去年|上年|上月|前年)(?:同期|同月)?[^，,。；\d]{0,8}$")

_DOWN_EN: Final = (
    "(?:down|fell|fallen|dropp?ed|decreased|declined|fall|drop|decrease|decline|reduction|reduced"
    "|lower)"
)
_UP_EN: Final = (
    "(?:up|rose|risen|increased|grew|grown|gained|increase|rise|growth|improved|improvement|higher)"
)
_BY: Final = r"(?:\s+(?:by|of|some|about|again))*\s*$"
DOWN_EN: Final = re.compile(rf"(?i)\b{_DOWN_EN}{_BY}")
UP_EN: Final = re.compile(rf"(?i)\b{_UP_EN}{_BY}")
_THEN: Final = r"(?i)\s*[,-]?\s*(?:year[\s-]on[\s-]year\s+)?"
DOWN_AFTER_EN: Final = re.compile(
    rf"{_THEN}(?:drop|fall|decrease|decline|reduction|fewer|lower|less)\b"
)
UP_AFTER_EN: Final = re.compile(rf"{_THEN}(?:increase|rise|growth|more|higher)\b")
FROM_EN: Final = re.compile(r"(?i)\bfrom\s+(?:last year's\s+)?$")
TO_EN: Final = re.compile(r"(?i)\bto\s+$")
LAST_EN: Final = re.compile(
    r"(?i)\b(?:last year's|the (?:previous|last|prior) year's|compared with|against)\s+(?:the\s+)?$"
)
LAST_AFTER_EN: Final = re.compile(
    r"(?i)(?!.{0,24}?\b(?:from|than|on|over|against|with)\b)[^,.;]{0,24}?"
    r"\b(?:last year|the (?:previous|last) year|the year before|a year (?:earlier|before))\b"
)


def told(sentence: Sentence) -> list[Told]:
    """Give every quantity of a sentence with its role, in order.

    A percentage in brackets behind a change is the same change: `a drop of 30 (35.7 %)`.
    """
    found: list[Told] = []
    for one in sentence.quantities:
        role = _role(sentence, one)
        if found and found[-1].is_change and one.kind is Kind.PERCENT:
            gap = sentence.text[found[-1].quantity.end : one.start]
            role = found[-1].role if gap.strip() == "(" else role
        found.append(Told(one, role))
    return found


def _role(sentence: Sentence, quantity: Quantity) -> Role:
    lead, tail = sentence.before(quantity), sentence.after(quantity)
    signed = SIGNED_ZH.search(lead)
    if signed:
        return Role.DOWN if signed["sign"] == "-" else Role.UP
    if TO_ZH.search(lead) or TO_EN.search(lead):
        return Role.TO
    return _direction(lead, tail) or _before(lead, tail, quantity) or Role.VALUE


def _before(lead: str, tail: str, quantity: Quantity) -> Role | None:
    """Tell whether a quantity is what something was before."""
    if FROM_EN.search(lead) or FROM_ZH.search(lead) or LAST_ZH.search(lead):
        return Role.FROM
    is_last = LAST_EN.search(lead) or LAST_AFTER_EN.match(tail)
    return Role.FROM if is_last and quantity.kind is Kind.COUNT else None


def _direction(lead: str, tail: str) -> Role | None:
    if DOWN_ZH.search(lead) or DOWN_EN.search(lead) or DOWN_AFTER_EN.match(tail):
        return Role.DOWN
    if UP_ZH.search(lead) or UP_EN.search(lead) or UP_AFTER_EN.match(tail):
        return Role.UP
    return None
