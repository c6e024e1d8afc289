"""What an answer given earlier would be today: whose status was restated, and by which fact.

Two questions are the same but for their knowledge: the day, the windows and the rules agree, the
frames come from two snapshots of one ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import UsageError
from models.zero.restating_facts import KEYS, restating_facts
from models.zero.status import zero_status

if TYPE_CHECKING:
    from models.zero.status import Question

__all__ = ["CAUSES", "Restatement", "restated"]

CAUSES: Final = (
    "retracted",
    "reattributed",
    "exemption",
    "reviewed",
    "corrected",
    "late",
    "register",
)
"""Why a status may be restated; where several facts moved, the first of these names the row."""
ABOUT: Final = ["subject_class", "area_code", "unit_id", "window"]
FIXED: Final = ("as_of", "rulebook", "zone")


@dataclass(frozen=True, slots=True)
class Restatement:
    """Statuses that differ between two states of knowledge, and the facts that moved them.

    `rows` has one row per subject, window and stream, sorted by subject_id, window and stream:
    subject_id, subject_class, area_code, unit_id, window, window_start, window_end, stream,
    status_then, status_now (missing where the subject was not in the register) and `cause`, one
    of `CAUSES`. `facts` has the keys of its row (subject_id, stream, window_start, window_end),
    entity, fact_id, cause, happened_on (civil day), reported_at and learned_at (moments in
    UTC; learned_at is missing where the fact was taken back).
    """

    rows: pd.DataFrame
    facts: pd.DataFrame


def restated(then: Question, now: Question) -> Restatement:
    """List every status that is not what it was when less was known, with the facts behind it.

    Both are what `zero_status` takes. Equal knowledge restates nothing. Raises UsageError when
    the two ask of different days, windows or rules.
    """
    if list(then["windows"]) != list(now["windows"]) or any(
        then[name] != now[name] for name in FIXED
    ):
        raise UsageError(
            "A restatement compares two states of knowledge; the day, the windows and the rules "
            "must be the same.",
            "重述只比较两个知悉时点；日期、时间窗口和规则必须相同。",
        )
    rows = _differing(zero_status(**then), zero_status(**now))
    facts = restating_facts(rows, then, now)
    return Restatement(rows.assign(cause=_causes(rows, facts)), facts)


def _differing(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Put both answers side by side and keep where they differ; a newcomer has one side alone."""
    sides = [frame.set_index(KEYS) for frame in (then, now)]
    whole = sides[0].index.union(sides[1].index, sort=False)
    one, other = (side.reindex(whole) for side in sides)
    status = {"status_then": one["status"], "status_now": other["status"]}
    coverage = {"coverage_then": one["coverage"], "coverage_now": other["coverage"]}
    both = other[ABOUT].fillna(one[ABOUT]).assign(**status, **coverage)
    same = (both["status_then"] == both["status_now"]).fillna(value=False).astype(bool)
    return both[~same].reset_index().sort_values(KEYS, kind="stable", ignore_index=True)


def _causes(rows: pd.DataFrame, facts: pd.DataFrame) -> pd.Series:
    """Name each row by the first of its facts' causes; one without a side by the register."""
    rank = facts["cause"].map({cause: place for place, cause in enumerate(CAUSES)})
    first = facts.assign(rank=rank).sort_values("rank", kind="stable").drop_duplicates(KEYS)
    named = first.set_index(KEYS)["cause"].reindex(pd.MultiIndex.from_frame(rows[KEYS]))
    joined_or_left = rows[["status_then", "status_now"]].isna().any(axis=1)
    return pd.Series(named.to_numpy(), index=rows.index, dtype="str").mask(
        joined_or_left, "register"
    )
