"""The six years of the demo: where they begin, where each year ends, what "now" is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geo.demo.intensity import YEARS

if TYPE_CHECKING:
    from geo.demo.draws import Floats, Ints

__all__ = ["ENDS_AT", "ZONE", "Span"]

ZONE: Final = ZoneInfo("Asia/Shanghai")
ENDS_AT: Final = time(6, 0)
"""Local time on the last day at which facts end."""


@dataclass(frozen=True)
class Span:
    """The six years up to 06:00 of `until`.

    >>> Span(date(2026, 6, 30)).start
    datetime.date(2020, 6, 30)
    """

    until: date

    @property
    def start(self) -> date:
        """Give the first day."""
        return _years_later(self.until, -YEARS)

    @property
    def begin(self) -> datetime:
        """Give the first moment."""
        return datetime.combine(self.start, time(0), ZONE)

    @property
    def end(self) -> datetime:
        """Give the moment at which facts end."""
        return datetime.combine(self.until, ENDS_AT, ZONE)

    @property
    def end_minute(self) -> int:
        """Give the minutes from begin to end."""
        return int((self.end - self.begin).total_seconds() // 60)

    def days(self) -> pd.DatetimeIndex:
        """List all days, the last one included."""
        return pd.date_range(self.start, self.until, freq="D")

    def year_of_day(self) -> Ints:
        """Give the number 0..5 of the demo's year for each day; the last day belongs to year 6."""
        edges = [_years_later(self.until, year - YEARS) for year in range(1, YEARS + 1)]
        offsets = np.array([(edge - self.start).days for edge in edges])
        return np.searchsorted(offsets, np.arange(len(self.days())), side="right").astype(np.int64)

    def moments(self, minutes: Ints | Floats) -> pd.Series:
        """Turn minutes since begin into moments in UTC."""
        steps = np.asarray(np.rint(np.asarray(minutes) * 60)).astype("timedelta64[s]")
        begin = np.datetime64(self.begin.astimezone(ZoneInfo("UTC")).replace(tzinfo=None), "us")
        moments = pd.DatetimeIndex(begin + steps.astype("timedelta64[us]"))
        return pd.Series(moments.tz_localize("UTC"))

    def day(self, number: Ints) -> pd.Series:
        """Turn days since start into civil days."""
        first = np.datetime64(self.start, "D")
        return pd.Series((first + np.asarray(number, dtype=np.int64)).astype("datetime64[us]"))


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)
