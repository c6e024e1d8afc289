"""The weekly hazard of a silence: what it is made of, and how it is fitted and corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, PoissonRegressor

from models.evaluation.reliability import calibration_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.arrays import Bools, Floats, Ints
    from models.zero.streak_history import AreaState

__all__ = ["UNCORRECTED", "WEEK_DAYS", "Correction", "Hazard", "Pace", "features"]

WEEK_DAYS: Final = 7
YEAR_DAYS: Final = 365.25
HARMONICS: Final = 2
"""Waves a year: a summer and a shoulder; more would follow single weeks."""

SEASON_FROM_DAYS: Final = 700
"""Days of record. A shorter one cannot tell a season from a change."""

LEVEL_HALF_LIFE_DAYS: Final = 60.0
STEADY_DAYS: Final = 30.0
"""Days for which "all areas together are at the record's level" counts before any is seen."""

SILENCE_DAYS: Final = 14.0
MOST_WEEKLY: Final = 30.0
STEADY_FOLDS: Final = 2.0
"""Folds for which "no correction is needed" counts before any is seen."""

COLUMNS: Final = ("rate", "own_30", "own_120", "around_30", "around_120", "s1", "s2", "s3")
"""What the hazard is made of: the rate, the latest time here and around, the silence."""


@dataclass(frozen=True, eq=False)
class Pace:
    """How all areas together speed up and slow down: waves of the year, and the present level."""

    waves: Floats
    begins: int
    daily: Floats
    """Incidents per day of the record, all areas."""

    @classmethod
    def learn(cls, daily: Floats, begins: int) -> Self:
        """Fit the waves beside a straight trend; none where the record is too short."""
        waves = np.zeros(2 * HARMONICS)
        if len(daily) >= SEASON_FROM_DAYS and daily.sum():
            days = begins + np.arange(len(daily))
            about = np.column_stack([_waves(days), np.arange(len(daily)) / YEAR_DAYS])
            fitted = PoissonRegressor(alpha=1e-6, max_iter=500).fit(about, daily)
            waves = np.asarray(fitted.coef_[:-1])
        return cls(waves, begins, daily)

    def later(self, daily: Floats) -> Pace:
        """Keep the waves and take a longer record."""
        return Pace(self.waves, self.begins, daily)

    def season(self, day: int) -> float:
        """Give the season's factor of the week from `day`, relative to the record so far."""
        week = np.exp(_waves(day + np.arange(WEEK_DAYS)) @ self.waves).mean()
        return float(week / np.exp(_waves(self._days(day)) @ self.waves).mean())

    def level(self, day: int) -> float:
        """Give the latest level of all areas over that of the record, season taken out."""
        days = self._days(day)
        plain = self.daily[: len(days)] / np.exp(_waves(days) @ self.waves)
        if not plain.sum():
            return 1.0
        weight = 0.5 ** (np.arange(len(days))[::-1] / LEVEL_HALF_LIFE_DAYS)
        latest = (plain @ weight + STEADY_DAYS * plain.mean()) / (weight.sum() + STEADY_DAYS)
        return float(latest / plain.mean())

    def _days(self, day: int) -> Ints:
        return np.arange(self.begins, day)


def features(state: AreaState, pace: Pace, week: int) -> tuple[Floats, Floats]:
    """Lay out what the hazard of week `week` (0, 1, ...) after the morning is made of.

    Returns an (n, 8) array of `COLUMNS`, and the parts (n, 3) of its first column: log-odds of
    a week of the area's own rate, what the level adds, what the season adds.
    """
    weekly = WEEK_DAYS * state.daily
    level = pace.level(state.day)
    season = pace.season(state.day + WEEK_DAYS * week)
    steps = [_log_odds(weekly), _log_odds(weekly * level), _log_odds(weekly * level * season)]
    silence = state.streak + WEEK_DAYS * week
    long = np.log1p(silence / SILENCE_DAYS)
    hush = np.column_stack([long, long**2, np.log1p(state.daily * silence)])
    parts = np.column_stack([steps[0], steps[1] - steps[0], steps[2] - steps[1]])
    return np.column_stack([steps[2], state.own, state.around, hush]), parts


@dataclass(frozen=True, eq=False)
class Hazard:
    """Log-odds of a break in a week: `intercept` + features @ `weights`."""

    intercept: float
    weights: Floats

    @classmethod
    def fit(cls, about: Floats, broke: Bools) -> Self:
        """Fit a logistic regression, lightly held; the overall rate alone where all is alike."""
        if broke.all() or not broke.any():
            share = (broke.sum() + 0.5) / (len(broke) + 1)
            return cls(float(np.log(share / (1 - share))), np.zeros(about.shape[1]))
        centre, scale = about.mean(axis=0), np.maximum(about.std(axis=0), 1e-9)
        fitted = LogisticRegression(C=1.0, max_iter=500).fit((about - centre) / scale, broke)
        weights = fitted.coef_[0] / scale
        return cls(float(fitted.intercept_[0] - centre @ weights), weights)

    def log_odds(self, about: Floats) -> Floats:
        """Give the log-odds of a break in the week, shape (n,)."""
        return np.asarray(self.intercept + about @ self.weights)


@dataclass(frozen=True)
class Correction:
    """Two-parameter correction of log-odds learned out of time, and how it varied (s.d.)."""

    intercept: float
    slope: float
    varies: float

    @classmethod
    def learn(cls, folds: Sequence[tuple[Floats, Bools]]) -> Self:
        """Average the calibration lines of out-of-time folds, shrunk towards no correction."""
        lines = np.array([calibration_line(expit(odds), broke) for odds, broke in folds])
        if not len(lines):
            return cls(0.0, 1.0, 0.0)
        part = len(lines) / (len(lines) + STEADY_FOLDS)
        intercept, slope = lines.mean(axis=0)
        middle = np.array([odds.mean() for odds, _ in folds])
        shift = lines[:, 0] + (lines[:, 1] - 1) * middle
        return cls(float(part * intercept), float(1 + part * (slope - 1)), float(shift.std()))

    def apply(self, odds: Floats) -> Floats:
        """Correct log-odds."""
        return np.asarray(self.intercept + self.slope * odds)


UNCORRECTED: Final = Correction(0.0, 1.0, 0.0)


def _waves(days: Floats | Ints) -> Floats:
    turn = 2 * np.pi * np.asarray(days) / YEAR_DAYS
    return np.column_stack(
        [wave(k * turn) for k in range(1, HARMONICS + 1) for wave in (np.sin, np.cos)]
    )


def _log_odds(expected: Floats) -> Floats:
    """Give the log-odds of at least one incident where `expected` are: log(e^x - 1)."""
    return np.asarray(np.log(np.expm1(np.clip(expected, 1e-9, MOST_WEEKLY))))
