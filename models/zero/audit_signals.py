"""Signs that a zero was written rather than reached: each a question for review, no finding.

Every function gives the same frame, one row per subject and signal: `subject_id`, `signal`,
`count`, `days` (up to three example days, oldest first). Subjects stand in the order of their ids;
a subject without the signal has no row. Moments are local; missing ones never count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import binom

from geo.errors import SchemaError, UsageError
from models.zero.register import find

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from geo.window import Window
    from models.arrays import Bools

__all__ = [
    "bunched_registration",
    "changes_near_period_end",
    "deregistered_after_break",
    "first_seen_higher",
    "identical_closing_times",
    "late_registration",
    "zero_without_inspection",
]

EXAMPLES: Final = 3
GRACE_DAYS: Final = 3
"""Days between an incident and its registration that nobody asks about."""

LAST_DAYS: Final = 3
"""Days on either side of a period's end in which figures are made up."""

BUNCHED: Final = 0.01
"""Chance of so many registrations on the last days, were they spread evenly over the period."""

LEAST_ALIKE: Final = 3
"""Records closed at the same minute; two may be one meeting."""

AFTER_BREAK_DAYS: Final = 90
CHANGES: Final = ("downgrade", "reattribution", "exclusion")


def late_registration(
    records: pd.DataFrame, period: Window, *, grace_days: int = GRACE_DAYS
) -> pd.DataFrame:
    """Find what happened in the period and was registered after its end, past the grace.

    `records` hold `subject_id`, `occurred`, `registered`. Days shown are those of registration.
    """
    occurred, registered = _days(records, "occurred"), _days(records, "registered")
    delay = registered - occurred
    late = _inside(occurred, period) & (registered >= _day(period.end))
    late &= delay > np.timedelta64(grace_days, "D")
    return _signals(records, registered, late, "late_registration")


def bunched_registration(
    records: pd.DataFrame, period: Window, *, last_days: int = LAST_DAYS, level: float = BUNCHED
) -> pd.DataFrame:
    """Find subjects that registered improbably many records on the last days of the period.

    Binomial tail against an even spread over the period's days, below `level` for the subject
    alone. `records` hold `subject_id`, `registered`.
    """
    registered = _days(records, "registered")
    inside = _inside(registered, period)
    last = inside & (registered >= _day(period.end) - np.timedelta64(last_days, "D"))
    subject = records["subject_id"].to_numpy()
    count = pd.Series(last[inside]).groupby(subject[inside]).agg(["sum", "size"])
    tail = binom.sf(count["sum"] - 1, count["size"], min(last_days / period.days, 1.0))
    unusual = count.index[(tail < level) & (count["sum"] > 0).to_numpy()]
    shown = last & np.isin(subject, unusual.to_numpy())
    return _signals(records, registered, shown, "bunched_registration")


def identical_closing_times(records: pd.DataFrame, *, least: int = LEAST_ALIKE) -> pd.DataFrame:
    """Find records of one subject closed at the very same minute, `least` or more at once.

    `records` hold `subject_id` and `closed_at`, a moment; a closing known by its day alone
    (midnight) is no evidence and does not count.
    """
    closed = _local(records, "closed_at")
    minute = closed.dt.floor("min")
    timed = closed.notna() & (closed != closed.dt.normalize())
    alike = minute[timed].groupby([records["subject_id"][timed], minute[timed]]).transform("size")
    same = alike.reindex(records.index).ge(least).to_numpy()
    return _signals(records, _days(records, "closed_at"), same, "identical_closing_times")


def changes_near_period_end(
    changes: pd.DataFrame, period: Window, *, last_days: int = LAST_DAYS
) -> pd.DataFrame:
    """Find downgrades, re-attributions and exclusions decided around the period's end.

    `changes` hold `subject_id` (whom it relieved), `day` (of the decision) and `kind`, one of
    downgrade, reattribution, exclusion. The signal is `<kind>_near_period_end`. Around the end
    means on the last `last_days` days or on as many after.
    """
    _need(changes, "kind")
    strange = sorted(set(changes["kind"]) - set(CHANGES))
    if strange:
        raise SchemaError(
            f"changes.kind: came {', '.join(strange)}; needed one of {', '.join(CHANGES)}.",
            f"变更类型读到 {'、'.join(strange)}；只能是 {'、'.join(CHANGES)}。",
        )
    day, end = _days(changes, "day"), _day(period.end)
    reach = np.timedelta64(last_days, "D")
    near = (day >= end - reach) & (day < end + reach)
    kinds = changes["kind"].to_numpy()
    parts = [
        _signals(changes, day, near & (kinds == kind), f"{kind}_near_period_end")
        for kind in CHANGES
    ]
    return pd.concat(parts).sort_values(["subject_id", "signal"], ignore_index=True)


def zero_without_inspection(
    zeros: Sequence[str] | pd.Index, inspections: pd.DataFrame, period: Window
) -> pd.DataFrame:
    """Find subjects at zero in the period where nobody looked in it: `count` is 0, no days.

    `inspections` hold `subject_id` and `day`; those that found nothing are on it too.
    """
    inside = _inside(_days(inspections, "day"), period)
    seen = inspections["subject_id"].to_numpy(dtype=object)[inside]
    alone = np.setdiff1d(np.asarray(zeros, dtype=object), seen)
    return pd.DataFrame(
        {
            "subject_id": pd.array(alone.tolist(), dtype="str"),
            "signal": pd.array(["zero_without_inspection"] * len(alone), dtype="str"),
            "count": np.zeros(len(alone), dtype=np.int64),
            "days": [() for _ in alone],
        }
    )


def deregistered_after_break(
    subjects: pd.DataFrame, breaks: pd.DataFrame, *, within_days: int = AFTER_BREAK_DAYS
) -> pd.DataFrame:
    """Find subjects that left the register within `within_days` days of a break of their zero.

    `subjects` are indexed by subject_id with `deregistered_on`; `breaks` hold `subject_id` and
    `day`. Counts and shows the breaks.
    """
    _need(subjects, "deregistered_on")
    left = pd.to_datetime(subjects["deregistered_on"]).reindex(breaks["subject_id"])
    delay = left.to_numpy(dtype="datetime64[D]") - _days(breaks, "day")
    soon = (delay >= np.timedelta64(0, "D")) & (delay <= np.timedelta64(within_days, "D"))
    return _signals(breaks, _days(breaks, "day"), soon, "deregistered_after_break")


def first_seen_higher(records: pd.DataFrame, *, levels: Sequence[str]) -> pd.DataFrame:
    """Find matters of a subject that a higher level saw before the subject's own level did.

    `records` hold `subject_id`, `day`, `own_level` and `first_level`; `levels` runs from the
    lowest to the highest. A missing first level tells nothing.
    """
    for name in ("own_level", "first_level"):
        _need(records, name)
        strange = sorted(set(records[name].dropna()) - set(levels))
        if strange:
            raise UsageError(
                f"records.{name}: came {', '.join(strange)}, which is none of the levels "
                f"{', '.join(levels)}.",
                f"{name} 读到 {'、'.join(strange)}，不在层级 {'、'.join(levels)} 之中。",
            )
    own, first = (find(records[name], pd.Index(levels)) for name in ("own_level", "first_level"))
    higher = (own >= 0) & (first > own)
    return _signals(records, _days(records, "day"), higher, "first_seen_higher")


def _signals(frame: pd.DataFrame, days: np.ndarray, chosen: Bools, signal: str) -> pd.DataFrame:
    """Count the chosen rows per subject and keep a few of their days."""
    _need(frame, "subject_id")
    rows = pd.DataFrame({"subject_id": frame["subject_id"].to_numpy()[chosen], "day": days[chosen]})
    rows = rows.dropna().sort_values(["subject_id", "day"], ignore_index=True)
    found = rows.groupby("subject_id")["day"].agg(["size", _examples])
    return pd.DataFrame(
        {
            "subject_id": pd.array(found.index.to_list(), dtype="str"),
            "signal": pd.array([signal] * len(found), dtype="str"),
            "count": found["size"].to_numpy(dtype=np.int64),
            "days": found["_examples"].to_list(),
        }
    )


def _examples(days: pd.Series) -> tuple[date, ...]:
    return tuple(day.date() for day in days.drop_duplicates().iloc[:EXAMPLES])


def _days(frame: pd.DataFrame, name: str) -> np.ndarray:
    return _local(frame, name).to_numpy(dtype="datetime64[D]")


def _local(frame: pd.DataFrame, name: str) -> pd.Series:
    """Read local moments; a zone would move evening records to another day."""
    _need(frame, name)
    moments = pd.to_datetime(frame[name])
    if isinstance(moments.dtype, pd.DatetimeTZDtype):
        raise SchemaError(
            f"{name} came with a time zone; local time is needed. Convert it to the store's "
            "zone and drop the zone.",
            f"列 {name} 带有时区；需要本地时间。请先换算到本地时区并去掉时区。",
        )
    return moments


def _day(day: date) -> np.datetime64:
    return np.datetime64(day, "D")


def _inside(days: np.ndarray, period: Window) -> Bools:
    return np.asarray((days >= _day(period.start)) & (days < _day(period.end)))


def _need(frame: pd.DataFrame, name: str) -> None:
    if name not in frame.columns:
        raise SchemaError(
            f"The frame lacks {name}; it holds {', '.join(map(str, frame.columns))}.",
            f"缺少列 {name}；现有列：{'、'.join(map(str, frame.columns))}。",
        )
