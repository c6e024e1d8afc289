"""Spans of days in which nobody reported for a subject: they neither count nor are at risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd

from geo.errors import SchemaError
from models.zero.days import ALWAYS, civil_days
from models.zero.register import find

if TYPE_CHECKING:
    from models.arrays import Bools, Floats, Ints

__all__ = ["FIRST", "SPAN", "Gaps", "need_columns"]

SPAN: Final = 10**7
FIRST: Final = 10**6
"""Days. Every civil day, plus FIRST, lies in (0, SPAN): one key holds place and day."""


@dataclass(frozen=True, eq=False)
class Gaps:
    """Unassessed spans `[start, end)` of n places, sorted by place and day, none overlapping."""

    place: Ints
    start: Ints
    end: Ints

    @classmethod
    def of(cls, unassessed: pd.DataFrame | None, ids: pd.Index, *, key: str) -> Self:
        """Read spans from the columns `key`, `start`, `end`; those of unknown places are left out.

        Overlapping spans are cut. Raises SchemaError when a column is missing.
        """
        if unassessed is None or unassessed.empty:
            none = np.empty(0, dtype=np.int64)
            return cls(none, none, none)
        need_columns(unassessed, (key, "start", "end"), "unassessed", "未评估时段表")
        start, end = (civil_days(unassessed[name], missing=ALWAYS) for name in ("start", "end"))
        frame = pd.DataFrame({"place": find(unassessed[key], ids), "start": start, "end": end})
        frame = frame[(frame["place"] >= 0) & (frame["end"] > frame["start"])]
        frame = frame.sort_values(["place", "start"], ignore_index=True)
        reached = frame.groupby("place")["end"].cummax().groupby(frame["place"]).shift()
        frame["start"] = np.maximum(frame["start"], reached.fillna(-FIRST).astype(np.int64))
        frame = frame[frame["end"] > frame["start"]]
        return cls(frame["place"].to_numpy(), frame["start"].to_numpy(), frame["end"].to_numpy())

    def observed(self, start: Ints, end: Ints) -> Floats:
        """Count the assessed days of `[start, end)`, shape (n, B) of the bounds."""
        days: Floats = np.maximum(end - start, 0).astype(float)
        stop = np.minimum(self.end[:, None], end[self.place])
        lost = np.maximum(stop - np.maximum(self.start[:, None], start[self.place]), 0)
        np.subtract.at(days, self.place, lost)
        return days

    def hold(self, place: Ints, day: Ints) -> Bools:
        """Tell which (place, day) pairs fall into a span, shape (n_pairs,)."""
        if not len(self.place):
            return np.zeros(len(place), dtype=bool)
        key = place * SPAN + FIRST + day
        before = np.searchsorted(self.place * SPAN + FIRST + self.start, key, side="right") - 1
        same = (before >= 0) & (self.place[before] == place)
        return np.asarray(same & (day < self.end[before]))


def need_columns(frame: pd.DataFrame, names: tuple[str, ...], table: str, table_zh: str) -> None:
    """Raise SchemaError unless the frame has these columns."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise SchemaError(
            f"{table} lack {', '.join(missing)}; the columns {', '.join(names)} are needed.",
            f"{table_zh}缺少列 {'、'.join(missing)}；需要列 {'、'.join(names)}。",
        )
