"""What a person asks for: one question moves every layer, count and table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from geo.errors import UsageError
from geo.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SHIFTS", "Query"]

SHIFTS = {"day": (8, 16), "evening": (16, 24), "night": (0, 8)}
"""Local hours `[from, to)` of the three shifts."""

DAY_HOURS = 24
STREAMS = ("all", "case", "accident")


@dataclass(frozen=True, slots=True)
class Query:
    """The filter bar as data; it travels in URLs as `params()` and comes back by `parse()`."""

    as_of: date
    """The civil day the answer speaks of; the facts of that day are included."""
    days: int = 90
    """How many days up to and including `as_of` the incidents come from."""
    stream: str = "all"
    categories: tuple[str, ...] = ()
    hours: tuple[int, int] | None = None
    """Local hours `[from, to)`; may run over midnight, as (22, 6)."""

    @property
    def window(self) -> Window:
        """Give the span of days the incidents come from."""
        return Window.last(days=self.days, as_of=self.as_of)

    @property
    def streams(self) -> tuple[str, ...]:
        """List the streams asked for."""
        return STREAMS[1:] if self.stream == "all" else (self.stream,)

    def params(self) -> dict[str, str]:
        """Write the query as URL parameters."""
        return {
            "as_of": self.as_of.isoformat(),
            "days": str(self.days),
            "stream": self.stream,
            "categories": ",".join(self.categories),
            "hours": f"{self.hours[0]}-{self.hours[1]}" if self.hours else "",
        }

    @classmethod
    def parse(cls, params: Mapping[str, str], *, as_of: date) -> Self:
        """Read URL parameters; what is missing keeps its default. Raises UsageError.

        >>> Query.parse({"hours": "22-6", "stream": "case"}, as_of=date(2026, 6, 30)).hours
        (22, 6)
        """
        try:
            query = cls(
                as_of=date.fromisoformat(params.get("as_of") or as_of.isoformat()),
                days=int(params.get("days") or 90),
                stream=params.get("stream") or "all",
                categories=tuple(filter(None, (params.get("categories") or "").split(","))),
                hours=_hours(params.get("hours") or ""),
            )
        except ValueError as error:
            raise UsageError(
                f"Cannot read the filter: {error}. Reset the filter bar.",
                f"无法识别筛选条件：{error}。请重置筛选栏。",
            ) from error
        return query._checked()

    def between(self, start: date, end: date) -> Self:
        """Ask for the days `start` to `end`, both included."""
        return replace(self, as_of=end, days=max(1, (end - start).days + 1))

    def over(self, days: int, *, stream: str) -> Self:
        """Ask the same of one stream over another number of days."""
        return replace(self, days=days, stream=stream)

    @property
    def start(self) -> date:
        """Give the first day."""
        return self.as_of - timedelta(days=self.days - 1)

    def _checked(self) -> Self:
        if self.stream not in STREAMS or self.days < 1:
            raise UsageError(
                f"The filter asks for stream {self.stream!r} over {self.days} days; "
                "use all, case or accident and at least one day.",
                f"筛选条件为类别 {self.stream!r}、{self.days} 天；"
                "请使用 all、case 或 accident，且至少一天。",
            )
        return self


def _hours(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    first, _, last = text.partition("-")
    hours = (int(first), int(last))
    if not all(0 <= hour <= DAY_HOURS for hour in hours):
        raise ValueError(f"hours {text!r} are not within 0-24")
    return hours
