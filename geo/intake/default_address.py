"""Points that say nothing of a place: many records written down at one address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.intake.faults import Mask

__all__ = ["at_declared", "crowded"]

SHARE: Final = 0.05
"""W10: share of a file's points that lie at one of them. Measured: the busiest point holds
0.2 % of a year of Chicago's crimes (a pedestrian mall, an airport), 0.35 % of eight years in
Baltimore, 0.6 % of Portland's burglaries and thefts of cars, 0.7 % of a month in St. Louis, and
14.1 % of Boston's requests (City Hall, written where nobody knows the place)."""

FEWEST: Final = 20
"""W10: rows; below this a share of a small file says nothing."""

SAME_DEGREES: Final = 1e-6
"""Degrees, 0.1 m: a declared point is met within this."""


def at_declared(frame: pd.DataFrame, points: Sequence[tuple[float, float]]) -> Mask:
    """Say which rows lie at one of the points (lon, lat) a recipe declares to be no place."""
    at = np.zeros(len(frame), dtype=bool)
    for lon, lat in points:
        near = (frame["lon"] - lon).abs() <= SAME_DEGREES
        at |= (near & ((frame["lat"] - lat).abs() <= SAME_DEGREES)).to_numpy()
    return at


def crowded(frame: pd.DataFrame, rows: Mask) -> Mask:
    """Say which of `rows` share their exact point with suspiciously many others of them.

    >>> frame = pd.DataFrame({"lon": [1.0] * 20 + [2.0], "lat": 0.0})
    >>> int(crowded(frame, frame["lon"].notna().to_numpy()).sum())
    20
    """
    asked = np.flatnonzero(rows & frame[["lon", "lat"]].notna().all(axis=1).to_numpy())
    lon, lat = (frame[name].to_numpy(dtype=float)[asked] for name in ("lon", "lat"))
    # A pair as one complex number: a million points are told apart quicker than as rows.
    place, _ = pd.factorize(lon + 1j * lat)
    there = np.bincount(place)[place]
    found = np.zeros(len(frame), dtype=bool)
    found[asked] = (there >= FEWEST) & (there >= SHARE * len(asked))
    return found
