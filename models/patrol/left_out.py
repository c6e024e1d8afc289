"""Why a post is not in the plan: one code and one sentence for every omission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from models.arrays import Bools, Floats, Ints
    from models.planner import PatrolProblem, Routes

__all__ = ["REASONS", "left_out"]

REASONS: Final = {
    "bad_place": ("The post has no coordinates.", "该点位缺少坐标。"),
    "no_value": ("Nothing is expected there.", "该点位预计无事件。"),
    "no_crews": ("No crew is on duty in this shift.", "本班次没有巡逻组。"),
    "out_of_reach": (
        "Even alone, the way there and back and the stay take {short} min more than the shift.",
        "即使只去这一处，往返加停留也比班次多 {short} 分钟。",
    ),
    "no_time": (
        "It would fit if a crew had {short} min more; the posts in the plan use the time better.",
        "若有一组多出 {short} 分钟即可安排；计划内的点位对时间利用更好。",
    ),
}
"""Why a post is left out: code -> sentence in English and Chinese; the first that holds."""

COLUMNS: Final = (
    "post",
    "hotspot_id",
    "value",
    "code",
    "minutes_short",
    "sentence_en",
    "sentence_zh",
)


def left_out(
    posts: pd.DataFrame, usable: Bools, problem: PatrolProblem, routes: Routes
) -> pd.DataFrame:
    """List the posts that are in no route, each with its reason.

    Parameters
    ----------
    posts
        `post hotspot_id x_m y_m value`.
    usable
        Which posts are stops of the problem, in its order.

    Returns
    -------
    DataFrame
        `post hotspot_id value code minutes_short sentence_en sentence_zh`; the minutes are
        missing where time is not the reason.
    """
    stop = np.where(usable, np.cumsum(usable), 0)
    visited = [number for route in routes for number in route]
    rest = ~np.isin(stop, visited) | ~usable
    table = posts.loc[rest, ["post", "hotspot_id", "value"]].reset_index(drop=True)
    placed = posts.loc[rest, ["x_m", "y_m"]].notna().all(axis=1).to_numpy()
    code, minutes = _codes(stop[rest], placed, problem, routes)
    table["code"] = pd.Series(code, dtype="str")
    table["minutes_short"] = minutes
    table["sentence_en"] = _sentences(code, minutes, 0)
    table["sentence_zh"] = _sentences(code, minutes, 1)
    return table[list(COLUMNS)]


def _codes(
    stop: Ints, placed: Bools, problem: PatrolProblem, routes: Routes
) -> tuple[list[str], Floats]:
    """Give code and missing minutes of each post left out; stop 0 is no stop of the problem."""
    alone = (2 * problem.travel_min[0] + problem.dwell_min - problem.shift_minutes)[stop]
    short = _minutes_short(problem, routes)[stop]
    conditions = {
        "bad_place": ~placed,
        "no_value": stop == 0,
        "no_crews": np.full(len(stop), not routes),
        "out_of_reach": alone > 0,
    }
    code = np.select(list(conditions.values()), list(conditions), "no_time")
    minutes = np.select([code == "out_of_reach", code == "no_time"], [alone, short], np.nan)
    return [str(word) for word in code], minutes


def _minutes_short(problem: PatrolProblem, routes: Routes) -> Floats:
    """Give the minutes by which the best insertion of each stop exceeds its crew's shift."""
    short = np.full(len(problem.value), np.inf)
    travel = problem.travel_min
    for route in routes:
        before, after = np.array([0, *route]), np.array([*route, 0])
        added = (travel[before] + travel[after] - travel[before, after][:, None]).min(axis=0)
        total = problem.minutes(route) + added + problem.dwell_min
        short = np.minimum(short, total - problem.shift_minutes)
    return short


def _sentences(code: list[str], minutes: Floats, language: int) -> pd.Series[str]:
    # Less than a minute short is still short: it is said as 1.
    shown = np.ceil(np.nan_to_num(np.maximum(minutes, 1.0), nan=0.0, posinf=0.0)).astype(int)
    texts = [REASONS[word][language].format(short=m) for word, m in zip(code, shown, strict=True)]
    return pd.Series(texts, dtype="str")
