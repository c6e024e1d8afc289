"""The classes of a bulletin: how many are at zero, what is open, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.services.records import records
from geo.vocabulary import SubjectClass, ZeroStatus
from models.zero.rates import THREE_ZERO, three_zero
from models.zero.share import Share
from models.zero.targets import gap_to

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.zero.rulebook import Rulebook

__all__ = ["TOGETHER", "change_rows", "class_rows"]

TOGETHER: Final = "together"
"""Stands in the class for all subjects of the register."""
STREAM_ORDER: Final = ("case", "accident", "petition", THREE_ZERO)
CLASS_ORDER: Final = tuple(str(each) for each in SubjectClass)
STATUSES: Final = tuple(str(each) for each in ZeroStatus)


def class_rows(
    status: pd.DataFrame, rulebook: Rulebook, exempt: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Count the statuses of one window by class and stream, all classes together last.

    `exempt` counts per class the matters left to a higher authority; they stand with the
    petitions and in no rate. `more` is how many more at zero would meet the target.
    """
    return [
        _with_target(row, rulebook.targets.get(row["class"]))
        | {"exempt": exempt.get(row["class"], 0) if row["stream"] == "petition" else 0}
        for row in _counted(status)
    ]


def change_rows(status: pd.DataFrame, windows: Sequence[str]) -> list[dict[str, Any]]:
    """Put each rate and the number of breaks beside those of last year and last month.

    `windows` are the labels of last year's month, last month and this one. Each row has class,
    stream, `rate` and `breaks`, both as {now, month, year}; a rate is [at zero, assessed].
    """
    counted = {
        label: {(row["class"], row["stream"]): row for row in _counted(rows)}
        for label, rows in _by_window(status, windows).items()
    }
    year, month, now = (counted[label] for label in windows)
    sides = {"now": now, "month": month, "year": year}
    return [
        {
            "class": group,
            "stream": stream,
            "rate": {side: _rate(rows.get((group, stream))) for side, rows in sides.items()},
            "breaks": {side: _breaks(rows.get((group, stream))) for side, rows in sides.items()},
        }
        for group, stream in now
    ]


def _by_window(status: pd.DataFrame, windows: Sequence[str]) -> dict[str, pd.DataFrame]:
    return {label: status[status["window"] == label] for label in windows}


def _rate(row: Mapping[str, Any] | None) -> list[int]:
    return [0, 0] if row is None else [row["zero"], row["assessed"]]


def _breaks(row: Mapping[str, Any] | None) -> int:
    return 0 if row is None else int(row["breaking"])


def _counted(status: pd.DataFrame) -> list[dict[str, Any]]:
    """Count statuses per class and stream: classes in the programme's order, together last."""
    if status.empty:
        return []
    rows = pd.concat([status, three_zero(status).drop(columns="zero")], ignore_index=True)
    rows = rows.assign(subject_class=rows["subject_class"].astype("str"))
    both = pd.concat([rows, rows.assign(subject_class=TOGETHER)], ignore_index=True)
    marks = {word: both["status"] == word for word in STATUSES}
    summed = (
        both[["subject_class", "stream", "breaking"]]
        .assign(**marks)
        .groupby(["subject_class", "stream"], sort=False, as_index=False)
        .sum()
    )
    return sorted((_row(row) for row in records(summed)), key=_place)


def _place(row: Mapping[str, Any]) -> tuple[int, str, int]:
    group = row["class"]
    known = CLASS_ORDER.index(group) if group in CLASS_ORDER else len(CLASS_ORDER)
    return known + (group == TOGETHER), group, STREAM_ORDER.index(row["stream"])


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    counts = {word: int(row[word]) for word in STATUSES}
    registered = sum(counts.values())
    return {
        "class": row["subject_class"],
        "stream": row["stream"],
        "registered": registered,
        "assessed": registered - counts["not_assessed"],
        "zero": counts["zero_verified"] + counts["zero_reported"],
        "verified": counts["zero_verified"],
        "reported": counts["zero_reported"],
        "broken": counts["broken"],
        "pending": counts["pending_review"],
        "not_assessed": counts["not_assessed"],
        "breaking": int(row["breaking"]),
    }


def _with_target(row: dict[str, Any], target: float | None) -> dict[str, Any]:
    rate = Share(row["zero"], row["assessed"])
    if target is None or rate.value is None:
        return row | {"target": target, "more": None, "met": None}
    return row | {
        "target": target,
        "more": gap_to(target, rate).more,
        "met": rate.value >= target,
    }
