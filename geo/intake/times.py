"""Times as people write them become moments in UTC and civil days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from geo.intake.faults import Mask

__all__ = ["Moments", "local_days", "parse_days", "parse_moments"]

COMMON_FORMATS: Final = (
    "ISO8601",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y%m%d%H%M%S",
    "%Y.%m.%d %H:%M:%S",
    "%Y.%m.%d %H:%M",
    "%Y.%m.%d",
)
"""Tried in this order after the recipe's own; day-first and month-first forms are a recipe's."""

SHORTEST_DATE: Final = 8
"""Characters of 20200403 and of 2020-4-3; "2020-04" names no day and is not read as one."""

SERIAL: Final = r"[2-7]\d{4}(?:\.\d+)?"
"""Days since 30 December 1899, as spreadsheets count: 20000 is in 1954, 79999 in 2119."""

SERIAL_BEGAN: Final = pd.Timestamp("1899-12-30")
SERIAL_DAY_S: Final = 86_400

_OFFSET: Final = r":.*(?:Z|[+-]\d\d:?\d\d)$"
_CHINESE: Final = {
    r"[年月]": "-",
    r"日\s*": " ",
    r"[时点](?=\s*\d)": ":",
    r"[时点]": ":00",
    r"分(?=\s*\d)": ":",
    r"[分秒]": "",
}


@dataclass(frozen=True)
class Moments:
    """A column of times: `utc` datetime64[us, UTC], missing where unknown or unreadable."""

    utc: pd.Series[pd.Timestamp]
    unreadable: Mask
    naive: Mask
    """No zone was written; the store's zone was taken."""
    date_only: Mask
    """No time of day was written; the moment is local midnight."""


def parse_moments(values: pd.Series, *, zone: ZoneInfo, formats: Sequence[str] = ()) -> Moments:
    """Read a column of times written with or without a zone, in ISO, Chinese or `formats`.

    A time that summer time skips moves forward; one that occurs twice is the first of the two.

    >>> from zoneinfo import ZoneInfo
    >>> made = parse_moments(pd.Series(["2020年4月3日 8时05分"]), zone=ZoneInfo("Asia/Shanghai"))
    >>> str(made.utc[0])
    '2020-04-03 00:05:00+00:00'
    """
    if values.dtype.kind == "M":
        return _native(values, zone)
    if values.isna().all():
        nothing = np.zeros(len(values), dtype=bool)
        utc = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us, UTC]")
        return Moments(utc, nothing, nothing, nothing)
    text = _plain(values)
    aware = text.str.contains(_OFFSET, regex=True, na=False).to_numpy(dtype=bool)
    naive = ~aware & text.notna().to_numpy()
    utc = _localised(_parsed(text.where(naive), formats), zone)
    if aware.any():
        with_zone = pd.to_datetime(text.where(aware), format="ISO8601", utc=True, errors="coerce")
        utc = utc.where(~aware, with_zone.astype("datetime64[us, UTC]"))
    unreadable = text.notna().to_numpy() & utc.isna().to_numpy()
    date_only = naive & ~unreadable & ~_has_clock(text)
    return Moments(utc, unreadable, naive & ~unreadable, date_only)


def parse_days(
    values: pd.Series, *, zone: ZoneInfo, formats: Sequence[str] = ()
) -> tuple[pd.Series[pd.Timestamp], Mask]:
    """Read a column of civil days as naive midnights, and say which cannot be read.

    A moment with a zone gives the local day in `zone`.
    """
    if values.isna().all():
        unknown = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
        return unknown, np.zeros(len(values), dtype=bool)
    moments = parse_moments(values, zone=zone, formats=formats)
    return local_days(moments.utc, zone), moments.unreadable


def local_days(moments: pd.Series, zone: ZoneInfo) -> pd.Series[pd.Timestamp]:
    """Give the civil day of each moment in `zone`, as naive midnight."""
    days: pd.Series = moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    return days.astype("datetime64[us]")


def _native(values: pd.Series, zone: ZoneInfo) -> Moments:
    known = values.notna().to_numpy()
    nothing = np.zeros(len(values), dtype=bool)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        utc = values.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
        return Moments(utc, nothing, nothing, nothing)
    # A column that is midnight throughout holds dates; a single midnight is a time of day.
    dates = bool(known.any()) and bool((values.dt.normalize() == values)[known].all())
    utc = _localised(values.astype("datetime64[us]"), zone)
    return Moments(utc, nothing, known, known if dates else nothing)


def _localised(naive: pd.Series, zone: ZoneInfo) -> pd.Series[pd.Timestamp]:
    first = np.ones(len(naive), dtype=bool)
    local = naive.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    utc: pd.Series = local.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    return utc


def _plain(values: pd.Series) -> pd.Series:
    """Give half-width digits and ISO separators; empty texts become missing."""
    text = values.astype("str").str.strip()
    text = text.where(text != "")
    foreign = text.notna() & ~text.str.isascii().astype(bool)
    if not foreign.any():
        return text
    plain = text[foreign].str.normalize("NFKC")
    for pattern, written in _CHINESE.items():
        plain = plain.str.replace(pattern, written, regex=True)
    return text.where(~foreign, plain.str.strip().reindex(text.index))


def _parsed(text: pd.Series, formats: Sequence[str]) -> pd.Series:
    """Try each format on what the ones before could not read."""
    parsed = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    for form in (*formats, *COMMON_FORMATS):
        left = parsed.isna() & (text.str.len() >= SHORTEST_DATE)
        if not left.any():
            break
        found = pd.to_datetime(_padded(text[left]), format=form, errors="coerce")
        parsed = parsed.where(~left, found.astype("datetime64[us]").reindex(parsed.index))
    left = parsed.isna() & text.notna()
    if left.any():
        parsed = parsed.where(~left, _serials(text[left]).reindex(parsed.index))
    return parsed


def _serials(text: pd.Series) -> pd.Series:
    """Read a spreadsheet's day numbers, to the second; what is none stays missing."""
    number = pd.to_numeric(text.where(text.str.fullmatch(SERIAL)), errors="coerce")
    seconds = pd.to_timedelta((number * SERIAL_DAY_S).round(), unit="s")
    return (SERIAL_BEGAN + seconds).astype("datetime64[us]")


def _padded(text: pd.Series) -> pd.Series:
    """Write 2020-4-3 as 2020-04-03, which ISO asks for."""
    return text.str.replace(r"(?<=[-/ ])(\d)(?=[-/ :]|$)", r"0\1", regex=True)


def _has_clock(text: pd.Series) -> Mask:
    written = text.str.contains(":", regex=False, na=False)
    # Fourteen digits in a row, or the fraction of a spreadsheet's day.
    written |= text.str.fullmatch(r"\d{14}|\d{5}\.\d*[1-9]\d*", na=False)
    return written.to_numpy(dtype=bool)
