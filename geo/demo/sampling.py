"""Incidents drawn from the intensity: first ones, and their near repeats along the street."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from geo.demo.categories import CATEGORIES, Category, day_weights, hours_of
from geo.demo.draws import Bools, Floats, Ints, draws
from geo.demo.intensity import YEARS
from geo.demo.stretches import area_at

if TYPE_CHECKING:
    from geo.demo.ground import Ground
    from geo.demo.intensity import Intensity
    from geo.demo.span import Span
    from geo.demo.stretches import Stretches

__all__ = ["REPEAT_DAYS", "REPEAT_M", "Happened", "along", "draw_incidents"]

REPEAT_DAYS: Final = 5.0
"""Mean days between an incident and its near repeat."""

REPEAT_M: Final = 90.0
"""Metres along the street at which a repeat's likelihood has fallen to a third."""

LONGEST_REPEAT_DAYS: Final = 28.0


class Happened(NamedTuple):
    """What happened: `category` (n,), `xy` (n, 2) metres, `minute` (n,) since the span's begin."""

    category: Ints
    xy: Floats
    minute: Floats


def draw_incidents(intensity: Intensity, ground: Ground, span: Span, *, seed: int) -> Happened:
    """Draw all incidents on streets during `span`, in no particular order."""
    rng = draws(seed, "incidents")
    parts = [
        _of_category(number, category, intensity, span, rng)
        for number, category in enumerate(CATEGORIES)
    ]
    count = [len(part.stretch) for part in parts]
    drawn = _Drawn(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    inside = drawn.minute < span.end_minute
    category = np.repeat(np.arange(len(parts)), count)[inside]
    drawn = drawn.where(inside)
    return Happened(category, _beside(intensity.stretches, ground, drawn, rng), drawn.minute)


class _Drawn(NamedTuple):
    """Incidents as drawn: on which stretch, at which share along it, in which minute."""

    stretch: Ints
    share: Floats
    minute: Floats

    def where(self, mask: Bools | Ints) -> _Drawn:
        """Keep some."""
        return _Drawn(self.stretch[mask], self.share[mask], self.minute[mask])


def _of_category(
    number: int, category: Category, intensity: Intensity, span: Span, rng: np.random.Generator
) -> _Drawn:
    stretch, day = _first_ones(number, category, intensity, span, rng)
    minute = day * 1440.0 + _minutes(category, len(day), rng)
    parts = [_Drawn(stretch, rng.random(len(stretch)), minute)]
    for _ in range(2):  # a repeat may repeat once more; later ones are too few to matter
        parts.append(_repeats(parts[-1], category, intensity.stretches, rng))
    return _Drawn(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _beside(
    stretches: Stretches, ground: Ground, drawn: _Drawn, rng: np.random.Generator
) -> Floats:
    """Give the points, a few metres to one side of the street but inside the stretch's area."""
    side = rng.choice([-1.0, 1.0], len(drawn.stretch)) * rng.uniform(3, 20, len(drawn.stretch))
    xy = stretches.at(drawn.stretch, drawn.share, side)
    stray = np.flatnonzero(area_at(xy, ground) != stretches.area[drawn.stretch])
    # A stretch belongs to the area of its middle; only there can nothing stray.
    middle = 0.5 + 0.02 * (drawn.share[stray] - 0.5)
    xy[stray] = stretches.at(drawn.stretch[stray], middle, 0.1 * np.sign(side[stray]))
    return xy


def _repeats(
    before: _Drawn, category: Category, stretches: Stretches, rng: np.random.Generator
) -> _Drawn:
    """Set off the repeats of every incident, days later and a little further along its street."""
    count = rng.poisson(category.repeat, len(before.stretch))
    parent = before.where(np.repeat(np.arange(len(count)), count))
    shift = rng.laplace(0.0, REPEAT_M, len(parent.stretch))
    stretch, share = along(stretches, parent.stretch, parent.share, shift)
    # Across a border the repeat stays on the parent's own stretch: neighbours keep their zeros.
    away = stretches.area[stretch] != stretches.area[parent.stretch]
    stretch = np.where(away, parent.stretch, stretch)
    share = np.where(away, parent.share, share)
    delay = np.ceil(rng.exponential(REPEAT_DAYS, len(stretch)))
    minute = (parent.minute // 1440 + delay) * 1440.0 + _minutes(category, len(stretch), rng)
    return _Drawn(stretch, share, minute).where(delay <= LONGEST_REPEAT_DAYS)


def along(
    stretches: Stretches, stretch: Ints, share: Floats, shift_m: Floats
) -> tuple[Ints, Floats]:
    """Walk `shift_m` metres along the street from each place; the street's ends stop the walk."""
    length = stretches.length_m
    before = np.cumsum(length) - length
    new_way = np.r_[True, np.diff(stretches.way) != 0]
    first = np.flatnonzero(new_way)
    run = np.cumsum(new_way) - 1
    last = np.r_[first[1:], len(length)] - 1
    low, high = before[first][run], (before + length)[last][run]
    at = before[stretch] + share * length[stretch] + shift_m
    at = np.clip(at, low[stretch], high[stretch] - 1e-6)
    found = np.clip(np.searchsorted(before, at, side="right") - 1, 0, len(length) - 1)
    return found.astype(np.int64), np.clip((at - before[found]) / length[found], 0.0, 1.0)


def _first_ones(
    number: int, category: Category, intensity: Intensity, span: Span, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Draw stretch and day of the incidents that repeat no other."""
    days, year_of_day = span.days(), span.year_of_day()
    weights = day_weights(category, days.day_of_week.to_numpy(), days.day_of_year.to_numpy())
    stretch, day = [], []
    for year in range(YEARS + 1):
        mine = np.flatnonzero(year_of_day == year)
        expected = intensity.in_year(number, year) * weights[mine].sum() / 365.25
        total = np.cumsum(expected)
        count = int(rng.poisson(total[-1]))
        stretch.append(np.searchsorted(total, rng.random(count) * total[-1], side="right"))
        of_day = np.cumsum(weights[mine])
        day.append(mine[np.searchsorted(of_day, rng.random(count) * of_day[-1], side="right")])
    return np.concatenate(stretch), np.concatenate(day)


def _minutes(category: Category, count: int, rng: np.random.Generator) -> Floats:
    """Draw the minute of the day."""
    hour = np.searchsorted(np.cumsum(hours_of(category)), rng.random(count), side="right")
    return np.asarray(np.minimum(hour, 23) * 60.0 + np.floor(rng.random(count) * 60))
