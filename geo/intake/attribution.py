"""Whose zero an incident touches: the registered unit's, else that of the area around it."""

from __future__ import annotations

import pandas as pd

__all__ = ["attribute"]


def attribute(
    unit_id: pd.Series, area_code: pd.Series, *, subjects: pd.DataFrame, areas: pd.DataFrame
) -> pd.Series:
    """Give the subject of each record, missing where nobody registered answers for it.

    The registered unit goes first, where one is concerned; then the area itself, then the
    nearest area above it that is registered. Where the register is empty, as in city data
    without a programme, every area is its own subject.

    >>> subjects = pd.DataFrame({"unit_id": ["u", None]}, index=["u", "v"])
    >>> areas = pd.DataFrame({"parent_code": [None, "v"]}, index=["v", "g"])
    >>> units, places = pd.Series(["u", None, "x"]), pd.Series(["v", "g", "v"])
    >>> attribute(units, places, subjects=subjects, areas=areas).tolist()
    ['u', 'v', 'v']
    """
    if subjects.empty:
        return area_code.astype("str")
    by_unit = subjects[subjects["unit_id"].notna()]
    units = pd.Series(by_unit.index, index=by_unit["unit_id"]).groupby(level=0).first()
    of_unit = unit_id.map(units)
    of_area = area_code.map(_area_subjects(subjects, areas))
    return of_unit.where(of_unit.notna(), of_area).astype("str")


def _area_subjects(subjects: pd.DataFrame, areas: pd.DataFrame) -> pd.Series:
    """Give, per area code, the subject that answers for what happens there."""
    registered = set(subjects.index[subjects["unit_id"].isna()])
    parents = areas["parent_code"]
    at = pd.Series(areas.index, index=areas.index, dtype="str")
    found = at.where(at.isin(list(registered)))
    for _ in range(len(areas)):
        if found.notna().all() or at.isna().all():
            break
        at = at.map(parents)
        found = found.where(found.notna(), at.where(at.isin(list(registered))))
    return found
