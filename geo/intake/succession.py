"""What a lineage says must fit its kind; what it says of areas then happens to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84
from geo.intake.codes import check_known
from geo.intake.delivery import differs
from geo.vocabulary import LineageKind

if TYPE_CHECKING:
    from geo.intake.faults import Mask, Verdicts

__all__ = ["check_lineage", "succeeded"]

SAME_SHARE: Final = 1e-6
"""Shares of a whole that add up to within this of 1 are the whole."""

ONE_TO_ONE: Final = (LineageKind.RENAME, LineageKind.RECODE, LineageKind.TRANSFER)


def check_lineage(frame: pd.DataFrame, verdicts: Verdicts, known: pd.Index) -> None:
    """Q02: a code that is no known area; Q22: a change that does not fit its kind.

    A change is stated whole in one file. Renamed, recoded or transferred is one area into one;
    merged are several into one; split is one into several, whose shares make the whole.
    """
    for name in ("old", "new"):
        check_known(frame, verdicts, name, known, may_be_empty=False)
    said = frame[verdicts.kept]
    unfit = pd.Series(_unfit(said), index=said.index)
    verdicts.keep_out("Q22", unfit.reindex(frame.index, fill_value=False), "kind")


def succeeded(areas: gpd.GeoDataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Give the areas that the lineage rows `said` change, whole, as they are to stand.

    A code that nothing carries on ends on the day; one that nothing carried before begins on
    it, where no other day is known, and takes over the ground of whole areas where it has no
    boundary of its own.
    """
    now = areas.copy()
    olds, news = (pd.MultiIndex.from_frame(said[[side, "date"]]) for side in ("old", "new"))
    gone, fresh = said[~olds.isin(news)], said[~news.isin(olds)]
    ends = gone.drop_duplicates("old", keep="last").set_index("old")["date"]
    now.loc[ends.index, "valid_to"] = ends
    begins = fresh.drop_duplicates("new").set_index("new")["date"]
    undated = begins[now.loc[begins.index, "valid_from"].isna()]
    now.loc[undated.index, "valid_from"] = undated
    _take_over(now, fresh)
    names = ("valid_from", "valid_to", "geometry")
    changed: pd.DataFrame = now[np.any([differs(now[n], areas[n]) for n in names], axis=0)]
    return changed


def _take_over(now: gpd.GeoDataFrame, fresh: pd.DataFrame) -> None:
    """Give new areas without a boundary the ground of the old ones, where all of it is known."""
    whole = fresh.groupby(["old", "date"])["new"].transform("size") == 1
    for new, olds in fresh["old"].groupby(fresh["new"]):
        ground = now.loc[list(olds)]
        known = whole[olds.index].all() and ground.geometry.notna().all()
        if known and now.geometry.isna()[new]:
            now.loc[[new], "geometry"] = gpd.GeoSeries([ground.union_all()], [new], crs=WGS84)
            now.loc[new, "approximate"] = bool(ground["approximate"].any())


def _unfit(said: pd.DataFrame) -> Mask:
    """Say which rows do not fit their kind."""
    by_old, by_new = (said.groupby([side, "date"]) for side in ("old", "new"))
    news, olds = (by_old["new"].transform("nunique"), by_new["old"].transform("nunique"))
    kinds, shares = by_old["kind"].transform("nunique"), said["share"]
    kind, same = said["kind"], said["old"] == said["new"]
    whole = shares.isna() | ((shares - 1).abs() <= SAME_SHARE)
    stated = by_old["share"].transform("count")
    parted = (stated == 0) | (
        (stated == news) & ((by_old["share"].transform("sum") - 1).abs() <= SAME_SHARE)
    )
    fits = np.select(
        [kind.isin(ONE_TO_ONE), kind == LineageKind.MERGE, kind == LineageKind.SPLIT],
        [
            (news == 1) & (olds == 1) & whole & ~(same & (kind == LineageKind.RECODE)),
            (news == 1) & (olds > 1) & whole,
            (news > 1) & parted,
        ],
        default=False,
    )
    return np.asarray(~fits | (kinds != 1).to_numpy(), dtype=bool)
