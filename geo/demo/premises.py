"""Incidents at the units' own premises: few, and most of them at the same few units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from geo.demo.draws import Floats, Ints, draws
from geo.demo.intensity import UNIT_PER_YEAR
from geo.demo.units import kinds

if TYPE_CHECKING:
    from geo.demo.span import Span
    from geo.demo.units import UnitPlaces

__all__ = ["AtUnits", "draw_at_units", "unit_rates"]

HOT_UNITS: Final = {"case": 11, "accident": 8}
"""Units that see something again and again; the rest of the year's incidents is scattered."""

HOT_SHARE: Final = {"case": 0.78, "accident": 0.62}

_OFTEN: Final = {
    "case": {"market": 6, "mall": 6, "station": 5, "hospital": 4, "hotel": 2, "restaurant": 0.4},
    "accident": {"factory": 3, "mine": 5, "warehouse": 1, "workshop": 0.3, "gas_station": 0.4},
}
"""How much more than an ordinary unit each kind attracts."""

_WHAT: Final = {
    "case": {
        "market": "theft",
        "mall": "theft",
        "outlet": "theft",
        "station": "theft",
        "restaurant": "fight",
        "hotel": "gambling",
        "hospital": "medical",
        "school": "juvenile",
    },
    "accident": {"restaurant": "fire_building", "outlet": "fire_building", "farm": "fire_building"},
}
_ELSE: Final = {"case": "damage", "accident": "production_injury"}


class AtUnits(NamedTuple):
    """Incidents at units: `unit` (n,) numbers, `category` keys (n,), `minute` since begin."""

    unit: Ints
    category: list[str]
    minute: Floats


def unit_rates(places: UnitPlaces, stream: str, *, seed: int, volume: float) -> Floats:
    """Give the expected incidents a year at each unit, shape (n_units,)."""
    rng = draws(seed, f"units {stream}")
    often = np.array([_OFTEN[stream].get(kind.key, 0.08) for kind in kinds()])[places.kind]
    order = np.argsort(-(np.log(often) + rng.gumbel(size=len(often))), kind="stable")
    hot = order[: HOT_UNITS[stream]]
    weights = rng.lognormal(0.0, 0.5, len(hot))
    rates = often * (1 - HOT_SHARE[stream]) / often.sum()
    rates[hot] += HOT_SHARE[stream] * weights / weights.sum()
    return np.asarray(rates * UNIT_PER_YEAR[stream] * volume)


def draw_at_units(
    places: UnitPlaces, stream: str, span: Span, *, seed: int, volume: float
) -> AtUnits:
    """Draw the incidents of one stream at the units during `span`."""
    rates = unit_rates(places, stream, seed=seed, volume=volume)
    rng = draws(seed, f"at units {stream}")
    days = len(span.days())
    count = int(rng.poisson(rates.sum() * days / 365.25))
    total = np.cumsum(rates)
    unit = np.searchsorted(total, rng.random(count) * total[-1], side="right")
    kind = [kinds()[number].key for number in places.kind[unit].tolist()]
    category = [_WHAT[stream].get(key, _ELSE[stream]) for key in kind]
    minute = np.asarray(_workdays(span, count, rng) * 1440.0 + np.floor(_daytime(count, rng) * 60))
    inside = minute < span.end_minute
    kept = [key for key, keep in zip(category, inside.tolist(), strict=True) if keep]
    return AtUnits(unit[inside].astype(np.int64), kept, minute[inside].astype(np.float64))


def _workdays(span: Span, count: int, rng: np.random.Generator) -> Ints:
    days = span.days()
    weights = np.cumsum(np.where(days.day_of_week < 5, 1.0, 0.8))
    day = np.searchsorted(weights, rng.random(count) * weights[-1], side="right")
    return np.asarray(day, dtype=np.int64)


def _daytime(count: int, rng: np.random.Generator) -> Floats:
    return np.asarray(np.clip(rng.normal(14.0, 4.2, count), 0.0, 23.99))
