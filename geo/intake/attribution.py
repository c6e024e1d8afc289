"""Whose zero an incident touches: the registered unit's, else that of the area around it."""

from __future__ import annotations

import pandas as pd

from geo.intake.codes import nearest_of

__all__ = ["attribute"]


def attribute(
    unit_id: pd.Series,
    area_code: pd.Series,
    day: pd.Series,
    *,
    subjects: pd.DataFrame,
    areas: pd.DataFrame,
) -> pd.Series:
    """Give the subject of each record, missing where nobody registered answers for it.

    The unit concerned goes first, if it was on the register on the civil `day`; then the area
    itself, then the nearest area above it that is registered. Where the register is empty, as
    in city data without a programme, nobody is.

    >>> subjects = pd.DataFrame({"unit_id": ["u", None], "registered_on": pd.NaT,
    ...     "deregistered_on": pd.NaT}, index=["u", "v"])
    >>> areas = pd.DataFrame({"parent_code": [None, "v"]}, index=["v", "g"])
    >>> units, places = pd.Series(["u", None, "x"]), pd.Series(["v", "g", "v"])
    >>> day = pd.Series(pd.Timestamp("2020-08-18"), index=range(3))
    >>> attribute(units, places, day, subjects=subjects, areas=areas).tolist()
    ['u', 'v', 'v']
    """
    if subjects.empty:
        return pd.Series(index=area_code.index, dtype="str")
    is_unit = subjects["unit_id"].notna()
    of_unit = _unit_subjects(unit_id, day, subjects[is_unit])
    of_area = area_code.map(nearest_of(subjects.index[~is_unit], areas))
    return of_unit.where(of_unit.notna(), of_area).astype("str")


def _unit_subjects(unit_id: pd.Series, day: pd.Series, register: pd.DataFrame) -> pd.Series:
    """Give the unit's subject that was registered on the day, `[from, to)`.

    A unit may have left and joined again under another number; the first that was registered
    on the day answers.
    """
    asked = pd.DataFrame({"unit_id": unit_id.to_numpy(), "day": day.to_numpy()})
    asked = asked[asked["unit_id"].notna()].reset_index(names="row")
    named = register.assign(subject=register.index)
    pairs = asked.merge(named, on="unit_id")
    first, last = pairs["registered_on"], pairs["deregistered_on"]
    on_register = (first.isna() | (first <= pairs["day"])) & (last.isna() | (pairs["day"] < last))
    found = pairs[on_register].drop_duplicates("row").set_index("row")["subject"]
    return found.reindex(range(len(unit_id))).set_axis(unit_id.index).astype("str")
