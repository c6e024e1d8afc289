"""Half-open windows of local days, `[start, end)`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

__all__ = ["Window", "month_windows", "parse_window", "year_before", "year_to_date"]

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """A span of whole local days, `[start, end)`.

    >>> Window.month(date(2020, 2, 10)).label
    '2020-02'
    >>> Window.last(days=28, as_of=date(2020, 3, 1))
    Window(start=datetime.date(2020, 2, 3), end=datetime.date(2020, 3, 2))
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a window that ends before it starts."""
        if self.end <= self.start:
            raise UsageError(
                f"The window {self.start}..{self.end} is empty; its end must lie after its start.",
                f"时间窗口 {self.start}..{self.end} 为空；结束日期必须晚于开始日期。",
            )

    @classmethod
    def last(cls, *, days: int, as_of: date) -> Self:
        """Give the `days` days up to and including `as_of`."""
        end = as_of + timedelta(days=1)
        return cls(end - timedelta(days=days), end)

    @classmethod
    def month(cls, day: date) -> Self:
        """Give the calendar month that holds `day`."""
        return cls.calendar("month", day)

    @classmethod
    def calendar(cls, kind: str, day: date) -> Self:
        """Give the calendar month, quarter or year that holds `day`."""
        if kind not in MONTHS_IN:
            raise UsageError(
                f"Unknown window {kind!r}; use month, quarter, year or START..END.",
                f"未知的时间窗口 {kind!r}；请使用 month、quarter、year 或 起..止。",
            )
        months = MONTHS_IN[kind]
        first = (day.month - 1) // months * months
        start = date(day.year, first + 1, 1)
        return cls(start, add_months(start, months))

    @property
    def days(self) -> int:
        """Give the number of days."""
        return (self.end - self.start).days

    @property
    def label(self) -> str:
        """Name the window: `2020`, `2020-Q1`, `2020-02` or `2020-01-01..2020-08-18` (last day)."""
        for kind in ("month", "quarter", "year"):
            if self == Window.calendar(kind, self.start):
                return _calendar_label(kind, self.start)
        return f"{self.start}..{self.end - timedelta(days=1)}"

    def until(self, as_of: date) -> Window | None:
        """Cut the window after the day `as_of`; None when nothing of it has begun."""
        end = min(self.end, as_of + timedelta(days=1))
        return Window(self.start, end) if end > self.start else None

    def utc(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Give both bounds as moments in UTC."""
        bounds = (datetime(d.year, d.month, d.day, tzinfo=zone) for d in (self.start, self.end))
        start, end = (moment.astimezone(UTC) for moment in bounds)
        return start, end


def add_months(day: date, months: int) -> date:
    """Move the first of a month by whole months."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def year_before(day: date) -> date:
    """Give the same calendar day of the year before; 28 February for a 29th.

    >>> year_before(date(2024, 2, 29))
    datetime.date(2023, 2, 28)
    """
    leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if leap_day else day.day)


def year_to_date(as_of: date) -> tuple[Window, Window]:
    """Give 1 January to `as_of`, and to the same calendar day of the year before.

    The two may differ by a day: who compares counts passes the days as exposure.

    >>> [window.label for window in year_to_date(date(2024, 2, 29))]
    ['2024-01-01..2024-02-29', '2023-01-01..2023-02-28']
    """
    days = (as_of, year_before(as_of))
    now, before = (Window(date(day.year, 1, 1), day + timedelta(days=1)) for day in days)
    return now, before


def month_windows(start: date, end: date, *, kind: str = "month") -> Sequence[Window]:
    """List the calendar windows of `kind` that begin in `[start, end)`, oldest first.

    >>> [w.label for w in month_windows(date(2020, 1, 1), date(2020, 4, 1))]
    ['2020-01', '2020-02', '2020-03']
    """
    windows = []
    window = Window.calendar(kind, start)
    while window.start < end:
        windows.append(window)
        window = Window.calendar(kind, window.end)
    return windows


def parse_window(text: str, *, as_of: date) -> Window:
    """Read `month`, `quarter`, `year` (holding `as_of`) or `2020-01-01..2020-08-18` (inclusive).

    >>> parse_window("2020-01-01..2020-08-18", as_of=date(2020, 8, 18)).days
    231
    """
    if ".." not in text:
        return Window.calendar(text, as_of)
    first, _, last = text.partition("..")
    try:
        return Window(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))
    except ValueError as error:
        raise UsageError(
            f"Cannot read the window {text!r}; write it as 2020-01-01..2020-08-18.",
            f"无法识别时间窗口 {text!r}；请写成 2020-01-01..2020-08-18。",
        ) from error


def _calendar_label(kind: str, start: date) -> str:
    if kind == "year":
        return f"{start.year}"
    if kind == "quarter":
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return f"{start.year}-{start.month:02d}"
