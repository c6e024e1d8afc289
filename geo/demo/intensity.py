"""The known intensity that the made-up incidents are drawn from.

It lies outside every family of models that is fitted to it: it runs along streets, not around
points; some streets are hot and drift from year to year; thefts repeat nearby within days; and
each category has its season, its week and its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.demo.activity import breaks_per_year
from geo.demo.categories import CATEGORIES, Category
from geo.demo.draws import Floats, draws

if TYPE_CHECKING:
    from geo.demo.land import Land
    from geo.demo.stretches import Stretches

__all__ = ["PER_YEAR", "VOLUMES", "YEARS", "Intensity", "make_intensity"]

VOLUMES: Final = {"sparse": 0.2, "county": 1.0, "busy": 4.0}
"""Volume as a multiple of the county's 1,500 cases a year."""

PER_YEAR: Final = {"case": 1_500.0, "accident": 375.0}
UNIT_PER_YEAR: Final = {"case": 66.0, "accident": 30.0}
"""Of these, at the units' own premises."""

YEARS: Final = 6
DRIFT: Final = 0.45
"""How much a street's heat changes from year to year (standard deviation of its logarithm)."""

BREAKING: Final = 1_540.0
"""Breaks a year outside units: confirmed cases, accidents with harm, overdue petitions."""


@dataclass(frozen=True)
class Intensity:
    """Expected first incidents (near repeats come on top) per stretch, category and year.

    `base` (n_categories, n_stretches) per year at this volume; `drift` (YEARS + 1, n_ways)
    multiplies it, the last row for what comes after the six years; `breaks` (288,) is the
    calibrated number of breaks a year and area at the county's volume.
    """

    stretches: Stretches
    base: Floats
    drift: Floats
    breaks: Floats
    volume: float

    def in_year(self, category: int, year: int) -> Floats:
        """Give the expected first incidents per stretch in one of the years, shape (n,)."""
        return np.asarray(self.base[category] * self.drift[year, self.stretches.way])


def make_intensity(land: Land, stretches: Stretches, *, seed: int, volume: str) -> Intensity:
    """Draw the intensity for `seed` at one of `VOLUMES`."""
    rng = draws(seed, "intensity")
    breaks = breaks_per_year(land, stretches, BREAKING, seed=seed)
    heat = rng.standard_normal((2, int(stretches.way.max()) + 1))
    base = np.stack([_base(one, stretches, breaks, heat, rng) for one in CATEGORIES])
    factor = VOLUMES[volume]
    return Intensity(stretches, base * factor, _drift(heat.shape[1], rng), breaks, factor)


def _base(
    category: Category,
    stretches: Stretches,
    breaks: Floats,
    heat: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Share a category's yearly number among areas by their breaks, within them by streets."""
    property_crime = 0 if category.repeat >= 0.1 else 1
    own = rng.standard_normal(heat.shape[1])
    street = np.exp(category.hot * (0.75 * heat[property_crime] + 0.66 * own))[stretches.way]
    spot = np.exp(0.7 * rng.standard_normal(len(stretches.way)))
    pull = np.array(category.pull)[stretches.kind] * stretches.length_m * street * spot
    if category.key == "traffic_property":
        share = pull  # breaks no zero, so it may happen wherever there is a road
    else:
        within = np.bincount(stretches.area, weights=pull, minlength=len(breaks))
        share = pull * (breaks / np.maximum(within, 1e-9))[stretches.area]
    outside_units = PER_YEAR[category.stream] - UNIT_PER_YEAR[category.stream]
    yearly = category.share * outside_units * (1.0 - category.repeat)
    return np.asarray(share / share.sum() * yearly)


def _drift(ways: int, rng: np.random.Generator) -> Floats:
    """Let the heat of streets wander; on average it neither grows nor fades."""
    log = DRIFT * rng.standard_normal((YEARS + 1, ways))
    for year in range(1, YEARS + 1):
        log[year] = 0.75 * log[year - 1] + 0.66 * log[year]
    return np.asarray(np.exp(log - DRIFT**2 / 2))
