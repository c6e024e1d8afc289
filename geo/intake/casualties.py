"""How grave an accident is, and until when its casualties may be revised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.times import local_days
from geo.vocabulary import AccidentLevel

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["accident_level", "provisional_until"]

DEATHS: Final = (3.0, 10.0, 30.0)
INJURIES: Final = (10.0, 50.0, 100.0)
LOSS_CNY: Final = (10e6, 50e6, 100e6)
"""Lower bounds, inclusive, of larger, major and exceptional (Decree 493, Art. 3)."""

REVISION_DAYS: Final = 30
REVISION_DAYS_ROAD_FIRE: Final = 7
"""Days within which casualties may be revised (Decree 493, Art. 13)."""


def accident_level(
    deaths: pd.Series, serious_injuries: pd.Series, direct_loss_cny: pd.Series
) -> pd.Series:
    """Give the highest level of the three criteria; missing where none of them is known.

    >>> two, none = pd.Series([2.0, 3.0]), pd.Series([np.nan, np.nan])
    >>> accident_level(two, none, none).tolist()
    ['ordinary', 'larger']
    """
    steps = [
        np.searchsorted(bounds, values.fillna(-1.0), side="right")
        for bounds, values in (
            (DEATHS, deaths),
            (INJURIES, serious_injuries),
            (LOSS_CNY, direct_loss_cny),
        )
    ]
    words = np.array([str(level) for level in AccidentLevel], dtype=object)
    level = pd.Series(words[np.maximum.reduce(steps)], index=deaths.index, dtype="str")
    return level.where(deaths.notna() | serious_injuries.notna() | direct_loss_cny.notna())


def provisional_until(
    occurred_from: pd.Series, accident_kind: pd.Series, *, zone: ZoneInfo
) -> pd.Series:
    """Give the last civil day on which the casualties may be revised."""
    short = accident_kind.isin(["road", "fire"])
    days = np.where(short, REVISION_DAYS_ROAD_FIRE, REVISION_DAYS)
    until: pd.Series = local_days(occurred_from, zone) + pd.to_timedelta(days, unit="D")
    return until.astype("datetime64[us]")
