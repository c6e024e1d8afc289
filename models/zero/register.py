"""The register of programme subjects as arrays: who, from when to when, who reports for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import SchemaError
from models.zero.days import ALWAYS, NEVER, civil_days, column

if TYPE_CHECKING:
    from models.zero.days import Bools, Ints

__all__ = ["Register", "find", "subjects_from_areas"]


@dataclass(frozen=True, slots=True)
class Register:
    """Subjects in the order of their frame; every array has shape (n,).

    A subject counts on the days `[first, last)`: from `registered_on` (missing: always) to the
    day before `deregistered_on` (missing: for ever). `body` is who reports for it, itself where
    nobody is named.
    """

    frame: pd.DataFrame
    ids: pd.Index
    first: Ints
    last: Ints
    body: pd.Series

    @classmethod
    def of(cls, subjects: pd.DataFrame) -> Register:
        """Read a subject frame indexed by subject_id; raises SchemaError on a repeated id."""
        ids = pd.Index(subjects.index)
        if not ids.is_unique:
            twice = ids[ids.duplicated()][0]
            raise SchemaError(
                f"subjects: {twice!r} stands twice; each subject_id is needed once.",
                f"主体表：{twice!r} 重复；每个 subject_id 只能出现一次。",
            )
        return cls(
            subjects,
            ids,
            civil_days(column(subjects, "registered_on"), missing=ALWAYS),
            civil_days(column(subjects, "deregistered_on"), missing=NEVER),
            column(subjects, "body").fillna(ids.to_series()),
        )

    @property
    def size(self) -> int:
        """Give the number of subjects ever registered."""
        return len(self.ids)

    def alive(self, start: Ints | int, end: Ints | int) -> Bools:
        """Tell who is registered on some day of `[start, end)`."""
        return np.maximum(self.first, start) < np.minimum(self.last, end)

    def taken(self, places: Ints) -> Register:
        """Give the subjects at these places alone, in this order."""
        return Register(
            self.frame.iloc[places],
            self.ids[places],
            self.first[places],
            self.last[places],
            self.body.iloc[places],
        )

    def positions(self, ids: pd.Series) -> Ints:
        """Give the place of each subject id; -1 where missing or unknown."""
        return find(ids, self.ids)


def find(values: pd.Series, keys: pd.Index) -> Ints:
    """Give the place of each value among unique `keys`, shape (n,); -1 where there is none.

    Looks every distinct value up once: a million rows of seventy areas cost seventy look-ups.
    """
    codes, distinct = pd.factorize(values)
    if not len(distinct):
        return np.full(len(values), -1, dtype=np.int64)
    table = np.append(keys.get_indexer(pd.Index(distinct)), -1)
    return table[codes].astype(np.int64)


def subjects_from_areas(areas: pd.DataFrame, level: str) -> pd.DataFrame:
    """Make every area of a level a subject, for cities without a register.

    Returns a frame indexed by subject_id (the area code), with the level as class; registered
    from the area's `valid_from` to its `valid_to`. Empty when no area has that level.

    >>> areas = pd.DataFrame({"level": ["city", "beat"]}, index=pd.Index(["C", "B1"]))
    >>> subjects_from_areas(areas, "beat").index.tolist()
    ['B1']
    """
    chosen = areas[areas["level"] == level]
    codes = pd.Index(chosen.index, dtype="str", name="subject_id")
    return pd.DataFrame(
        {
            "subject_class": pd.Series(level, index=codes, dtype="str"),
            "area_code": codes,
            "unit_id": pd.Series(None, index=codes, dtype="str"),
            "registered_on": pd.to_datetime(column(chosen, "valid_from")).to_numpy(),
            "deregistered_on": pd.to_datetime(column(chosen, "valid_to")).to_numpy(),
            "body": pd.Series(None, index=codes, dtype="str"),
        },
        index=codes,
    )
