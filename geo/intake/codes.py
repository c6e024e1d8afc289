"""Codes that must be known: areas, their parents, retired areas, units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.intake.texts import STEPS
from geo.intake.times import local_days

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
]

IMPLIED = ["area_code", "level", "name", "name_en", "parent_code"]
GB_CODE = r"\d{2}(?:\d{2}(?:\d{2}(?:\d{3}(?:\d{3})?)?)?)?"


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
    """Q03: the stated area was no longer in force on the day."""
    if "area_code" not in frame or not spec.known_by or areas["valid_to"].isna().all():
        return
    day = frame[spec.known_by[-1]]
    if isinstance(day.dtype, pd.DatetimeTZDtype):
        day = local_days(day, zone)
    ended = frame["area_code"].map(areas["valid_to"])
    verdicts.keep_out("Q03", day.dt.normalize() >= ended, "area_code")


def implied_areas(
    frame: pd.DataFrame, known: gpd.GeoDataFrame, recipe: Recipe, verdicts: Verdicts
) -> pd.DataFrame:
    """Give the areas above those of the file that nobody has listed yet.

    The recipe's root, and with codes of the national system every ancestor; their code stands
    for the name until a file brings it. In another code system a parent that is unknown keeps
    its row out (Q02). Columns: area_code, level, name, name_en, parent_code.
    """
    listed = set(known.index) | set(frame.loc[verdicts.kept, "area_code"])
    made = [*_root(recipe, listed)]
    wanted = frame.loc[verdicts.kept, "parent_code"].dropna()
    if recipe.codes == "gb":
        made += _ancestors(wanted, listed | _codes(made))
    have = listed | _codes(made)
    parent = frame["parent_code"]
    verdicts.keep_out("Q02", parent.notna() & ~parent.isin(list(have)), "parent_code")
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
