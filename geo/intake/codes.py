"""Codes that must be known: areas, their parents, retired areas, units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.texts import STEPS
from geo.intake.times import local_days
from geo.lineage import successor_of
from geo.vocabulary import LineageKind

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import geopandas as gpd

    from geo.intake.faults import Verdicts
    from geo.intake.recipe import Recipe
    from geo.intake.spec import EntitySpec

__all__ = [
    "check_area_codes",
    "check_known",
    "check_retired",
    "implied_areas",
    "implied_root",
    "nearest_of",
    "take_successors",
]

IMPLIED = ["area_code", "level", "name", "name_en", "parent_code"]

WHOLE_KINDS: Final = (LineageKind.RENAME, LineageKind.RECODE, LineageKind.MERGE)
"""Ways in which an area goes into one other whole."""

GB_CODE: Final = r"\d{2}(?:\d{2}(?:\d{2}(?:\d{3}(?:\d{3})?)?)?)?"


def nearest_of(chosen: pd.Index, areas: pd.DataFrame) -> pd.Series:
    """Give, per area code, the area itself or the nearest one above it that is among `chosen`.

    >>> areas = pd.DataFrame({"parent_code": [None, "1", "2"]}, index=["1", "2", "3"])
    >>> nearest_of(pd.Index(["1", "3"]), areas).tolist()
    ['1', '1', '3']
    """
    wanted, parents = list(chosen), areas["parent_code"]
    at = pd.Series(areas.index, index=areas.index, dtype="str")
    found = at.where(at.isin(wanted))
    for _ in range(len(areas)):
        if found.notna().all() or at.isna().all():
            break
        at = at.map(parents).astype("str")
        found = found.where(found.notna(), at.where(at.isin(wanted)))
    return found


def check_area_codes(frame: pd.DataFrame, verdicts: Verdicts, recipe: Recipe) -> None:
    """Q02: an area code with a slash, which paths are made of, or not built as the recipe says."""
    verdicts.keep_out(
        "Q02", frame["area_code"].str.contains("/", regex=False, na=False), "area_code"
    )
    if recipe.codes == "gb":
        built = frame["area_code"].str.fullmatch(GB_CODE, na=False)
        verdicts.keep_out("Q02", ~built, "area_code")


def check_known(
    frame: pd.DataFrame, verdicts: Verdicts, name: str, known: pd.Index, *, may_be_empty: bool
) -> None:
    """Q02: a code that refers to nothing loaded; an empty register refuses nobody if it may be."""
    if may_be_empty and known.empty:
        return
    stated = frame[name].notna()
    verdicts.keep_out("Q02", stated & ~frame[name].isin(known), name)


def check_retired(
    frame: pd.DataFrame, verdicts: Verdicts, spec: EntitySpec, areas: pd.DataFrame, zone: ZoneInfo
) -> None:
    """Q03: the area was no longer in force on the day, and no successor could be taken."""
    if "area_code" not in frame or not spec.known_by or areas["valid_to"].isna().all():
        return
    day = _day(frame, spec, zone)
    verdicts.keep_out("Q03", day >= frame["area_code"].map(areas["valid_to"]), "area_code")


def take_successors(
    frame: pd.DataFrame,
    verdicts: Verdicts,
    spec: EntitySpec,
    areas: pd.DataFrame,
    lineage: pd.DataFrame,
    zone: ZoneInfo,
) -> None:
    """W12: put the one successor in force in the place of a stated code that was retired.

    A code that was split, went only in part, or went into several keeps its place and is
    judged as it is (Q03).
    """
    if "area_code" not in frame or not spec.known_by or lineage.empty:
        return
    day, whole = _day(frame, spec, zone), _whole_steps(lineage)
    asked = frame["area_code"].isin(whole["old"]) & day.notna()
    asked &= ~_in_force(frame["area_code"], day, areas)
    if not asked.any():
        return
    successor = successor_of(whole, frame.loc[asked, "area_code"], day[asked])
    successor = successor[_in_force(successor, day[asked], areas)]
    taken = pd.Series(frame.index.isin(successor.index), index=frame.index)
    frame["area_code"] = successor.reindex(frame.index).where(taken, frame["area_code"])
    verdicts.remark("W12", taken)


def _whole_steps(lineage: pd.DataFrame) -> pd.DataFrame:
    """Leave out the steps of areas that were split or went somewhere only in part."""
    part = ~lineage["kind"].isin(WHOLE_KINDS) | (lineage["share"] < 1)
    parted = lineage.loc[part, ["old", "date"]].drop_duplicates()
    found = lineage[["old", "date"]].merge(parted, how="left", indicator=True)["_merge"]
    return lineage[(found != "both").to_numpy()]


def _in_force(codes: pd.Series, day: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """Say which codes are loaded and not retired on the day."""
    ended = codes.map(areas["valid_to"])
    known: pd.Series = codes.isin(areas.index) & ~(day >= ended)
    return known


def _day(frame: pd.DataFrame, spec: EntitySpec, zone: ZoneInfo) -> pd.Series:
    """Give the civil day on which a stated code has to be in force."""
    day = frame[spec.known_by[-1]]
    if isinstance(day.dtype, pd.DatetimeTZDtype):
        day = local_days(day, zone)
    days: pd.Series = day.dt.normalize()
    return days


def implied_areas(
    frame: pd.DataFrame, known: gpd.GeoDataFrame, recipe: Recipe, verdicts: Verdicts
) -> pd.DataFrame:
    """Give the areas above those of the file that nobody has listed yet.

    The recipe's root, and with codes of the national system every ancestor; their code stands
    for the name until a file brings it. Columns: area_code, level, name, name_en, parent_code.
    """
    listed = set(known.index) | set(frame.loc[verdicts.kept, "area_code"])
    made = [*_root(recipe, listed)]
    wanted = frame.loc[verdicts.kept, "parent_code"].dropna()
    if recipe.codes == "gb":
        made += _ancestors(wanted, listed | _codes(made))
    return pd.DataFrame(made, columns=IMPLIED)


def implied_root(known: gpd.GeoDataFrame, recipe: Recipe) -> pd.DataFrame:
    """Give the recipe's root area where no area at all is known yet, else no row.

    Facts of a source that publishes no boundaries so have the one area they are known to lie in.
    Columns as of `implied_areas`.
    """
    return pd.DataFrame(_root(recipe, set()) if known.empty else [], columns=IMPLIED)


def _codes(rows: list[dict[str, str | None]]) -> set[str]:
    return {str(row["area_code"]) for row in rows}


def _root(recipe: Recipe, listed: set[str]) -> list[dict[str, str | None]]:
    root = recipe.root_area
    if root is None or root.code in listed:
        return []
    return [
        {
            "area_code": root.code,
            "level": root.level,
            "name": root.name,
            "name_en": root.name_en,
            "parent_code": None,
        }
    ]


def _ancestors(codes: pd.Series, listed: set[str]) -> list[dict[str, str | None]]:
    """Climb from `codes` to the province; every code not listed becomes an area."""
    made: list[dict[str, str | None]] = []
    wanted = pd.Series(codes.unique(), dtype="str")
    while len(wanted):
        wanted = wanted[~wanted.isin(list(listed))].drop_duplicates().reset_index(drop=True)
        parents, levels = STEPS["gb_parent"](wanted), STEPS["gb_level"](wanted)
        known = levels.notna()
        made += [
            {"area_code": code, "level": level, "name": code, "name_en": None, "parent_code": up}
            for code, level, up in zip(
                wanted[known], levels[known], parents[known].replace({np.nan: None}), strict=True
            )
        ]
        listed = listed | set(wanted)
        wanted = parents.dropna()
    return made
