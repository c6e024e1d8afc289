"""What became of an area: codes followed forward and back through renames, merges and splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from datetime import date

__all__ = ["ancestors_of", "successor_of", "whole_steps"]


def successor_of(lineage: pd.DataFrame, codes: pd.Series, day: pd.Series | date) -> pd.Series:
    """Give the one area that stands on `day` for each of `codes`.

    Parameters
    ----------
    lineage
        The columns `old`, `new`, `date` of the lineage table.
    day
        A civil day, or one for each code (index of `codes`).

    Returns
    -------
    Series of str
        Index of `codes`; missing where nothing became of the area by that day, and where it
        went into several. Steps follow one another, `[from, to)`; those of one day happen at
        once, so that two codes can be exchanged.

    Examples
    --------
    >>> lineage = pd.DataFrame({"old": ["a", "b", "b"], "new": ["b", "c", "d"],
    ...     "date": pd.to_datetime(["2020-01-01", "2021-01-01", "2021-01-01"])})
    >>> days = pd.to_datetime(pd.Series(["2019-12-31", "2020-01-01", "2021-01-01"]))
    >>> successor_of(lineage, pd.Series(["a", "a", "a"]), days).tolist()
    [nan, 'b', nan]
    """
    asked = pd.DataFrame({"code": codes.to_numpy(), "day": _days(day, codes)})
    pairs = asked.drop_duplicates(ignore_index=True)
    pairs["end"] = _followed(pairs, _steps(lineage, "old", "new"))
    ends: pd.Series = asked.merge(pairs, on=["code", "day"], how="left")["end"]
    return ends.set_axis(codes.index).astype("str")


def ancestors_of(lineage: pd.DataFrame, code: str) -> list[tuple[str, pd.Timestamp]]:
    """List the codes that `code` had before, newest first, each with the day it ended.

    Only whole areas that went into one and came from one alone count: the list ends at a merge
    and at a split.

    >>> lineage = pd.DataFrame({"old": ["a"], "new": ["b"], "date": pd.to_datetime(["2020-01-01"])})
    >>> ancestors_of(lineage, "b")
    [('a', Timestamp('2020-01-01 00:00:00'))]
    """
    single = whole_steps(lineage)
    chain: list[tuple[str, pd.Timestamp]] = []
    before = pd.Timestamp.max
    while True:
        back = single[(single["new"] == code) & (single["date"] < before)]
        if back.empty:
            return chain
        last = back.sort_values("date").iloc[-1]
        code, before = str(last["old"]), pd.Timestamp(last["date"])
        chain.append((code, before))


def whole_steps(lineage: pd.DataFrame) -> pd.DataFrame:
    """List the steps from one whole area to one that came from it alone: old, new, date.

    Renames and recodes; neither merges nor splits, nor what stayed what it was.
    """
    on = ["old", "new", "date"]
    return _steps(lineage, "old", "new").merge(_steps(lineage, "new", "old"), on=on)[on]


def _days(day: pd.Series | date, codes: pd.Series) -> pd.Series:
    days = day if isinstance(day, pd.Series) else pd.Series(pd.Timestamp(day), index=codes.index)
    return days.astype("datetime64[us]").reset_index(drop=True)


def _steps(lineage: pd.DataFrame, side: str, other: str) -> pd.DataFrame:
    """Give per code of `side` and day the one code of `other`, missing where there are several.

    What stays what it was is no step, but counts where others came out of it or went into it.
    """
    steps = lineage.groupby([side, "date"])[other].agg(["first", "nunique"]).reset_index()
    steps[other] = steps.pop("first").where(steps.pop("nunique") == 1)
    steps["date"] = steps["date"].astype("datetime64[us]")
    return steps[steps[side] != steps[other]]


def _followed(pairs: pd.DataFrame, steps: pd.DataFrame) -> pd.Series:
    """Take each pair of code and day along the steps; missing where that leads nowhere."""
    at = pairs["code"].astype("str")
    since = pd.Series(pd.Timestamp.min, index=pairs.index, dtype="datetime64[us]")
    while True:
        open_pairs = pd.DataFrame({"old": at, "since": since, "day": pairs["day"]})
        ways = open_pairs.reset_index().merge(steps, on="old")
        ways = ways[(ways["date"] > ways["since"]) & (ways["date"] <= ways["day"])]
        if ways.empty:
            return at.where(since > pd.Timestamp.min)
        first = ways.sort_values("date").drop_duplicates("index").set_index("index")
        at.loc[first.index] = first["new"]
        since.loc[first.index] = first["date"]
