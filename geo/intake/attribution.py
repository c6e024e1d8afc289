"""Whose zero an incident touches: the registered unit's, else that of the area around it."""

from __future__ import annotations

import pandas as pd

from geo.intake.codes import nearest_of

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
    registered = subjects.index[subjects["unit_id"].isna()]
    by_unit = subjects[subjects["unit_id"].notna()]
    units = pd.Series(by_unit.index, index=by_unit["unit_id"]).groupby(level=0).first()
    of_unit = unit_id.map(units)
    of_area = area_code.map(nearest_of(registered, areas))
    return of_unit.where(of_unit.notna(), of_area).astype("str")
