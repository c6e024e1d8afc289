"""How much happens in which area of the made-up county: a few busy places, many quiet ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.demo.draws import Floats, draws
from geo.demo.villages import COMMUNITIES

if TYPE_CHECKING:
    from geo.demo.land import Land
    from geo.demo.stretches import Stretches

__all__ = ["BUSY_COMMUNITIES", "BUSY_VILLAGES", "breaks_per_year"]

BUSY_COMMUNITIES, BUSY_VILLAGES, SOME_VILLAGES = 21, 66, 26
"""Of 30 communities and 258 villages. With the rates below about 25 % of the communities and
63 % of the villages are expected to see a year without a break at the county's volume."""

QUIET: Final = 0.055
"""Breaks a year in a quiet area."""

COMMUNITY_SHARE: Final = 0.64
LEAST_BUSY: Final = 2.2
"""Breaks a year in the least busy of the busy villages."""


def breaks_per_year(land: Land, stretches: Stretches, total: float, *, seed: int) -> Floats:
    """Share `total` breaks a year (county volume) among the 288 areas, shape (288,)."""
    rng = draws(seed, "activity")
    breaks = np.full(len(land.hearts), QUIET)
    order = COMMUNITIES + np.argsort(-_draw_of(land, stretches, rng), kind="stable")
    some = order[BUSY_VILLAGES : BUSY_VILLAGES + SOME_VILLAGES]
    breaks[some] = rng.uniform(0.5, 1.8, len(some))
    busy = rng.permutation(COMMUNITIES)[:BUSY_COMMUNITIES]
    left = total - float(breaks.sum())
    breaks[busy] = _uneven(len(busy), left * COMMUNITY_SHARE, 6.0, rng)
    villages = order[:BUSY_VILLAGES]
    breaks[villages] = _uneven(len(villages), left * (1 - COMMUNITY_SHARE), LEAST_BUSY, rng)
    return breaks


def _draw_of(land: Land, stretches: Stretches, rng: np.random.Generator) -> Floats:
    """Score the villages: main roads and near towns see more, chance does the rest."""
    hearts, town = land.hearts[COMMUNITIES:], land.centres[land.town_of[COMMUNITIES:]]
    away_km = np.hypot(*(hearts - town).T) / 1000
    road_m = stretches.length_m * np.array([0, 0, 0, 1.0, 0.6, 0])[stretches.kind]
    main = np.bincount(stretches.area, weights=road_m, minlength=len(land.hearts))[COMMUNITIES:]
    return np.asarray(0.5 * main / 1000 - 0.22 * away_km + rng.normal(0, 1.1, len(hearts)))


def _uneven(count: int, total: float, least: float, rng: np.random.Generator) -> Floats:
    """Split `total` very unevenly into `count` parts, none below `least`."""
    weights = rng.lognormal(0.0, 1.1, count)
    return np.asarray(least + weights / weights.sum() * (total - least * count))
