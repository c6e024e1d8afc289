"""Whose incident it is: the registered unit's, and only if there is none the area's."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.zero.days import column, local_days
from models.zero.register import Register, find

if TYPE_CHECKING:
    from datetime import tzinfo

    from models.zero.days import Ints

__all__ = ["attribute", "attributed_positions", "stored_or_attributed"]


def attribute(incidents: pd.DataFrame, subjects: pd.DataFrame, *, zone: tzinfo = UTC) -> pd.Series:
    """Attribute each incident to the unit registered on its day, else to its area's subject.

    Returns a str Series named subject_id, index of `incidents`; missing where neither is
    registered. Pass the whole register: without its units every incident at a unit would fall
    to a village. The programme's published figures need this order: one enterprise broke its
    zero while all 288 villages and communities kept theirs.
    """
    register = Register.of(subjects)
    days = local_days(incidents["occurred_from"], zone)
    places = attributed_positions(incidents, register, days)
    names = register.ids.to_series().array.take(places, allow_fill=True)
    return pd.Series(names, index=incidents.index, name="subject_id", dtype="str")


def stored_or_attributed(facts: pd.DataFrame, register: Register, days: Ints) -> Ints:
    """Give the subject's place of each fact: as stored when written, else attributed now.

    A stored subject that is not in the register belongs to nobody here (-1).
    """
    stored = column(facts, "subject_id")
    places = register.positions(stored)
    missing = stored.isna().to_numpy()
    if missing.any():
        places[missing] = attributed_positions(facts[missing], register, days[missing])
    return places


def attributed_positions(facts: pd.DataFrame, register: Register, days: Ints) -> Ints:
    """Give the subject's place of each fact, unit first; -1 where nobody is registered."""
    if not register.size:
        return np.full(len(facts), -1, dtype=np.int64)
    return np.where(
        (unit := _unit_positions(facts, register, days)) >= 0,
        unit,
        _area_positions(facts, register),
    )


def _unit_positions(facts: pd.DataFrame, register: Register, days: Ints) -> Ints:
    units = column(register.frame, "unit_id")
    rows = np.flatnonzero(units.notna() & ~units.duplicated())
    found = find(column(facts, "unit_id"), pd.Index(units.iloc[rows]))
    places = np.where(found >= 0, np.append(rows, -1)[found], -1)
    on_register = (days >= register.first[places]) & (days < register.last[places])
    return np.where((places >= 0) & on_register, places, -1)


def _area_positions(facts: pd.DataFrame, register: Register) -> Ints:
    rows = np.flatnonzero(column(register.frame, "unit_id").isna())
    found = find(column(facts, "area_code"), register.ids[rows])
    return np.where(found >= 0, np.append(rows, -1)[found], -1)
