"""Civil days and calendar months as whole numbers, so that a million of them compare fast.

A day is its number since 1970-01-01, a month its number since 1970-01. `ALWAYS` and `NEVER`
stand for a missing start and a missing end.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from pandas.api.extensions import ExtensionArray

__all__ = [
    "ALWAYS",
    "NEVER",
    "Bools",
    "Ints",
    "civil_days",
    "column",
    "dates_from",
    "day_number",
    "flags",
    "local_days",
    "month_of",
    "month_start",
    "words_at",
]

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

ALWAYS: Final = -(10**9)
"""Day number before every day: a missing start."""
NEVER: Final = 10**9
"""Day number after every day: a missing end, a thing that did not happen."""


def day_number(day: date) -> int:
    """Give the number of a civil day.

    >>> day_number(date(1970, 1, 11))
    10
    """
    return day.toordinal() - date(1970, 1, 1).toordinal()


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Give a column, or one that is all missing where the source never delivered it."""
    if name in frame.columns:
        return frame[name]
    return pd.Series(None, index=frame.index, name=name, dtype="str")


def flags(frame: pd.DataFrame, name: str) -> Bools:
    """Give a yes/no column as bools, shape (n,); missing is no."""
    return column(frame, name).isin([True]).to_numpy()


def civil_days(dates: pd.Series, *, missing: int) -> Ints:
    """Give the day number of naive civil dates, shape (n,); `missing` where there is none."""
    moments = pd.to_datetime(dates).to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(moments), missing, moments.astype(np.int64))


def local_days(moments: pd.Series, zone: tzinfo, *, missing: int = NEVER) -> Ints:
    """Give the number of each UTC moment's civil day in `zone`, shape (n,).

    >>> from zoneinfo import ZoneInfo
    >>> late = pd.Series(pd.to_datetime(["1970-01-01 20:00"], utc=True))
    >>> local_days(late, ZoneInfo("Asia/Shanghai")).tolist()
    [1]
    """
    if moments.empty:
        return np.empty(0, dtype=np.int64)
    return civil_days(moments.dt.tz_convert(zone).dt.tz_localize(None), missing=missing)


def month_of(days: Ints | int) -> Ints:
    """Give the month of each day number."""
    numbers = np.asarray(days, dtype=np.int64)
    return numbers.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_start(months: Ints | int) -> Ints:
    """Give the number of the first day of each month.

    >>> int(month_start(1))
    31
    """
    numbers = np.asarray(months, dtype=np.int64)
    return numbers.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def dates_from(days: Ints, *, missing: int) -> pd.Series:
    """Turn day numbers into datetime64[us]; `missing` becomes NaT."""
    moments = days.astype("datetime64[D]").astype("datetime64[us]")
    moments[days == missing] = np.datetime64("NaT")
    return pd.Series(moments)


def words_at(words: Iterable[str | None], places: NDArray[np.integer]) -> ExtensionArray:
    """Give the word at each place as a str array, shape of `places`."""
    return pd.array(list(words), dtype="str").take(places)
