"""The programme's register: every area and unit, when it joined, and which body reports for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.draws import LAND_SEED, draws
from geo.demo.units import kinds

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.demo.draws import Ints
    from geo.demo.span import Span
    from geo.demo.units import UnitPlaces

__all__ = ["make_subjects"]

AT_START: Final = 0.74
"""Share of the units that are registered from the first day; the others join month by month."""

LAST_JOINED_DAYS: Final = 40
"""Days before the end after which nobody joins any more."""


def make_subjects(
    areas: gpd.GeoDataFrame, units: pd.DataFrame, places: UnitPlaces, span: Span
) -> pd.DataFrame:
    """Register 288 areas and 4,419 units, by `subject_id`, in the order of registration."""
    leaves = areas[areas["level"].isin(["village", "community"])]
    own = pd.DataFrame(
        {
            "subject_class": leaves["level"].to_numpy(),
            "area_code": leaves.index.to_numpy(),
            "unit_id": None,
            "registered_on": span.day(np.zeros(len(leaves), dtype=np.int64)).to_numpy(),
            "body": ("office:" + leaves.index.to_series()).to_numpy(),
        },
        index=leaves.index.rename("subject_id"),
    )
    joined = pd.DataFrame(
        {
            "subject_class": units["unit_class"].to_numpy(),
            "area_code": units["area_code"].to_numpy(),
            "unit_id": units.index.to_numpy(),
            "registered_on": span.day(_joined(len(units), span)).to_numpy(),
            "body": _bodies(units, places, areas),
        },
        index=units.index.rename("subject_id"),
    )
    register = pd.concat([own, joined]).sort_values("registered_on", kind="stable")
    register["deregistered_on"] = pd.Series(pd.NaT, index=register.index, dtype="datetime64[us]")
    return register


def _joined(count: int, span: Span) -> Ints:
    """Draw the day each unit joins: the first of a month, more of them in the early years."""
    rng = draws(LAND_SEED, "register")
    days = span.days()
    firsts = np.flatnonzero((days.day == 1) & (np.arange(len(days)) < len(days) - LAST_JOINED_DAYS))
    late = firsts[(rng.random(count) ** 1.4 * len(firsts)).astype(np.int64)]
    return np.where(rng.random(count) < AT_START, 0, late)


def _bodies(units: pd.DataFrame, places: UnitPlaces, areas: gpd.GeoDataFrame) -> list[str]:
    """Name the reporting body: the village's office, or the town's department for larger units."""
    town = areas["parent_code"].loc[units["area_code"]]
    kind = [kinds()[number].department for number in places.kind.tolist()]
    return [
        f"dept:{code}:{department}" if department else f"office:{area}"
        for code, department, area in zip(town, kind, units["area_code"], strict=True)
    ]
