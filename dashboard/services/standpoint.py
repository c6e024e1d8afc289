"""From where a figure looks: the day it speaks of, whose knowledge it uses, by which rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self, TypedDict

from geo.errors import UsageError
from geo.resources import names

if TYPE_CHECKING:
    from dashboard.services.world import World
    from models.zero.rulebook import Rulebook

__all__ = ["About", "Standpoint", "parse_day", "parse_moment", "rulebook_names"]


class About(TypedDict):
    """What every question to the board rests on."""

    as_of: date
    known_at: datetime | None
    rulebook: Rulebook


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A civil day, a moment of knowledge (None: all that is known) and the rules."""

    as_of: date
    known_at: datetime | None
    rulebook: Rulebook

    @classmethod
    def of(cls, world: World, *, as_of: str = "", known_at: str = "", rulebook: str = "") -> Self:
        """Read the three as an address or a form gives them; what is missing is the present.

        `known_at` is a moment, or a day: then the end of that day, in the store's zone.
        Raises UsageError for a day, a moment or a rulebook nobody can read.
        """
        book = world.rulebook_named(rulebook) if rulebook else world.rulebook
        return cls(parse_day(as_of) or world.as_of, _known(world, known_at), book)

    @property
    def about(self) -> About:
        """Give the three as the board's methods take them."""
        return {"as_of": self.as_of, "known_at": self.known_at, "rulebook": self.rulebook}

    def knew(self, moment: datetime | None) -> Standpoint:
        """Give the same question asked with another knowledge."""
        return Standpoint(self.as_of, moment, self.rulebook)


def rulebook_names() -> list[str]:
    """List the rulebooks there are.

    >>> rulebook_names()
    ['henan-2021', 'open-data', 'shanxi-2020']
    """
    return [name.removesuffix(".yaml") for name in names("rulebooks")]


def parse_day(text: str | None) -> date | None:
    """Read a civil day, `2026-06-30`. Raises UsageError."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"Cannot read the day {text!r}; write it as 2026-06-30.",
            f"无法识别日期 {text!r}；请写成 2026-06-30。",
        ) from error


def parse_moment(text: str | None) -> datetime | None:
    """Read a moment, `2026-06-30T08:00:00+08:00`; one without an offset is UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"Cannot read the moment {text!r}; write it as 2026-06-30T08:00:00+08:00.",
            f"无法识别时刻 {text!r}；请写成 2026-06-30T08:00:00+08:00。",
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _known(world: World, text: str) -> datetime | None:
    if len(text) == len("2026-06-30"):
        day = parse_day(text)
        return None if day is None else world.start_of(day + timedelta(days=1))
    return parse_moment(text)
