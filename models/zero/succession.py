"""Streaks of areas that were only renamed or recoded: they go on where the old code ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.lineage import whole_steps

if TYPE_CHECKING:
    from datetime import date

    from models.zero.days import Ints
    from models.zero.register import Register

__all__ = ["carried_on", "predecessors"]


def predecessors(register: Register, lineage: pd.DataFrame, as_of: date) -> Ints:
    """Give the place of the subject each subject was before, shape (n,); -1 where none was.

    Only one whole area that went into one alone counts, by the newest such step up to `as_of`,
    and only where no day lies between the two in the register.
    """
    before = np.full(register.size, -1, dtype=np.int64)
    steps = whole_steps(lineage)
    steps = steps[steps["date"] <= pd.Timestamp(as_of)].sort_values("date")
    steps = steps.drop_duplicates("new", keep="last")
    new, old = (register.positions(steps[name]) for name in ("new", "old"))
    known = (new >= 0) & (old >= 0)
    new, old = new[known], old[known]
    joined = register.last[old] >= register.first[new]
    earlier = register.first[old] < register.first[new]
    before[new[joined & earlier]] = old[joined & earlier]
    return before


def carried_on(
    register: Register, since: Ints, last_break: Ints, before: Ints
) -> tuple[Ints, Ints]:
    """Let streaks that reach back to the registration go on with the predecessor's.

    `since` and `last_break`, shape (stream, subject), are days; `before` is what `predecessors`
    gives. A break on the first day, or a month without a report since, ends the streak there.
    """
    since, last_break = since.copy(), last_break.copy()
    followed = np.flatnonzero(before >= 0)
    # Oldest first, so that a code twice replaced goes all the way back.
    for place in followed[np.argsort(register.first[followed], kind="stable")]:
        old, first = before[place], register.first[place]
        whole = (since[:, place] == first) & (last_break[:, place] < first)
        since[whole, place] = since[whole, old]
        last_break[whole, place] = last_break[whole, old]
    return since, last_break
