"""Will the zero last: the chance that a silence breaks within 7, 14 and 28 days.

Cases and accidents only: the type that comes in has no place for a petition or a dispute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd
from scipy.special import expit, polygamma
from scipy.stats import norm
from sklearn.base import BaseEstimator

from geo.errors import NotReadyError
from models.zero.days import day_number
from models.zero.streak_hazard import (
    UNCORRECTED,
    WEEK_DAYS,
    Correction,
    Hazard,
    Pace,
    features,
)
from models.zero.streak_history import AreaState, Ground, History, refuse_other_types

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.arrays import Bools, Floats
    from models.risk_incidents import RiskIncidents

__all__ = ["HORIZONS_DAYS", "Ground", "StreakBreak"]

HORIZONS_DAYS: Final = (7, 14, 28)
WEEKS: Final = HORIZONS_DAYS[-1] // WEEK_DAYS
BURN_IN_DAYS: Final = 240
"""Days of record before the first morning learned from: streaks and rates must have grown."""

FOLD_DAYS: Final = 91
FOLDS: Final = 4
LEVEL: Final = 0.90
REASONS: Final = ("own_history", "trend", "season", "silence", "neighbours")


class StreakBreak(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Gamma-Poisson rate of each area, then a weekly hazard given the silence so far.

    Parameters
    ----------
    target
        Stream or category whose incidents break the zero; None: all that come in. The others
        only help to tell how much happens in an area.
    step_days
        Days between the mornings learned from.
    correct
        Correct the log-odds by what out-of-time folds of the last year showed.

    Attributes
    ----------
    ground_, pace_, hazard_, correction_
        Areas, season and level, the hazard, and its correction.

    Notes
    -----
    Rate: Clayton & Kaldor (1987), with Marshall's (1991) moments. Hazard: discrete-time
    logistic regression (Cox 1972) in the log-odds of the rate, the latest weeks here and
    around, and the length of the silence. A silence pauses over unassessed days.
    """

    def __init__(
        self, *, target: str | None = None, step_days: int = 14, correct: bool = True
    ) -> None:
        self.target = target
        self.step_days = step_days
        self.correct = correct

    def fit(
        self,
        incidents: RiskIncidents,
        ground: Ground,
        *,
        as_of: date,
        unassessed: pd.DataFrame | None = None,
    ) -> Self:
        """Learn from the incidents known at the end of the day `as_of`.

        `unassessed` holds spans `[start, end)` by `area_id` in which nobody reported.
        """
        self.ground_ = ground
        history = self._history(incidents, as_of, unassessed)
        today = day_number(as_of) + 1
        first = history.begins + BURN_IN_DAYS
        mornings = range(first, today - WEEKS * WEEK_DAYS + 1, self.step_days)
        if not mornings or not history.target.any():
            raise NotReadyError(
                f"{len(history.day)} incidents since day {BURN_IN_DAYS} of the record are too few; "
                f"at least {BURN_IN_DAYS + WEEKS * WEEK_DAYS} days with incidents are needed.",
                f"记录太短或没有事件；至少需要 {BURN_IN_DAYS + WEEKS * WEEK_DAYS} 天的记录。",
            )
        states = [AreaState.on(day, history, ground) for day in mornings]
        weeks = [_weeks_after(state, history, ground) for state in states]
        self.pace_, self.hazard_ = _learn(history, states, weeks, until=today)
        self.correction_ = UNCORRECTED
        if self.correct:
            self.correction_ = Correction.learn(list(_folds(history, states, weeks, today)))
        return self

    def chances(
        self,
        incidents: RiskIncidents,
        *,
        as_of: date,
        unassessed: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Give each area's chance that its silence breaks in the days after `as_of`.

        Returns
        -------
        DataFrame
            Index area_id in the order of the ground. `streak_days` (assessed days without a
            break; since the record began where there was none), and for 7, 14 and 28 days
            `chance_<d>` with `low_<d>` and `high_<d>` (90 %: what is not known of the area's rate
            and of the correction). `base` and `reason_<r>` for own_history, trend, season,
            silence, neighbours: they add up to the log-odds of `chance_7`; own_history, silence
            and neighbours are against the average of all areas, trend and season against the
            record's level.

        Raises
        ------
        GrievanceError
            Anything but RiskIncidents came in.
        NotReadyError
            Before `fit`.
        """
        if not hasattr(self, "hazard_"):
            raise NotReadyError(
                "StreakBreak has learned nothing yet; call fit first.",
                "断零模型尚未训练，请先调用 fit。",
            )
        history = self._history(incidents, as_of, unassessed)
        today = day_number(as_of) + 1
        state = AreaState.on(today, history, self.ground_)
        pace = self.pace_.later(history.by_day(today))
        out = pd.DataFrame({"streak_days": state.streak.astype(np.int64)}, index=self.ground_.ids)
        out.index.name = "area_id"
        for name, shift in (("chance", 0.0), ("low", -1.0), ("high", 1.0)):
            lasts = np.ones(len(out))
            for week in range(WEEKS):
                odds, unsure = self._log_odds(state, pace, week)
                lasts = lasts * (1 - expit(odds + shift * unsure))
                days = WEEK_DAYS * (week + 1)
                if days in HORIZONS_DAYS:
                    out[f"{name}_{days}"] = 1 - lasts
        return out.join(self._reasons(state, pace))

    def _history(
        self, incidents: RiskIncidents, as_of: date, unassessed: pd.DataFrame | None
    ) -> History:
        refuse_other_types(incidents)
        return History.of(
            incidents.seen(as_of), self.ground_, target=self.target, unassessed=unassessed
        )

    def _log_odds(self, state: AreaState, pace: Pace, week: int) -> tuple[Floats, Floats]:
        """Give the corrected log-odds of a week, and half the width of their interval."""
        about, _ = features(state, pace, week)
        odds = self.correction_.apply(self.hazard_.log_odds(about))
        # The log of a gamma variable of this shape varies by trigamma(shape).
        rate = self.correction_.slope * self.hazard_.weights[0] * np.sqrt(polygamma(1, state.shape))
        half = norm.ppf((1 + LEVEL) / 2) * np.hypot(rate, self.correction_.varies)
        return odds, np.asarray(half)

    def _reasons(self, state: AreaState, pace: Pace) -> pd.DataFrame:
        """Split the log-odds of the first week into additive reasons."""
        about, parts = features(state, pace, 0)
        weight = self.correction_.slope * self.hazard_.weights
        usual = about.mean(axis=0)
        rate = parts[:, 0].mean()
        split = {
            "own_history": weight[0] * (parts[:, 0] - rate)
            + (about[:, 1:3] - usual[1:3]) @ weight[1:3],
            "trend": weight[0] * parts[:, 1],
            "season": weight[0] * parts[:, 2],
            "silence": (about[:, 5:] - usual[5:]) @ weight[5:],
            "neighbours": (about[:, 3:5] - usual[3:5]) @ weight[3:5],
        }
        odds = self.correction_.apply(self.hazard_.log_odds(about))
        reasons = pd.DataFrame({f"reason_{name}": split[name] for name in REASONS})
        reasons.insert(0, "base", odds - reasons.sum(axis=1).to_numpy())
        return reasons.set_axis(self.ground_.ids)


def _weeks_after(state: AreaState, history: History, ground: Ground) -> list[tuple[Bools, Bools]]:
    """Tell for each week after a morning who was still silent and assessed, and who broke."""
    n = len(ground.ids)
    silent, weeks = np.ones(n, dtype=bool), []
    for week in range(WEEKS):
        start = state.day + WEEK_DAYS * week
        bounds = (np.full((n, 1), day, dtype=np.int64) for day in (start, start + WEEK_DAYS))
        whole = history.gaps.observed(*bounds)[:, 0] == WEEK_DAYS
        broke = history.counts(start, start + WEEK_DAYS, n) > 0
        weeks.append((silent & whole, broke))
        silent = silent & ~broke
    return weeks


def _learn(
    history: History,
    states: Sequence[AreaState],
    weeks: Sequence[list[tuple[Bools, Bools]]],
    *,
    until: int,
) -> tuple[Pace, Hazard]:
    """Learn season and hazard from the mornings whose four weeks had passed by `until`."""
    pace = Pace.learn(history.by_day(until), history.begins)
    past = [n for n, state in enumerate(states) if state.day + WEEKS * WEEK_DAYS <= until]
    about, broke = _rows([states[n] for n in past], [weeks[n] for n in past], pace)
    return pace, Hazard.fit(about, broke)


def _folds(
    history: History,
    states: Sequence[AreaState],
    weeks: Sequence[list[tuple[Bools, Bools]]],
    today: int,
) -> Sequence[tuple[Floats, Bools]]:
    """Judge the mornings of each of the last four quarters by what was known before it."""
    folds = []
    for back in range(FOLDS, 0, -1):
        start = today - FOLD_DAYS * back
        later = [n for n, s in enumerate(states) if start <= s.day < start + FOLD_DAYS]
        if not later or states[0].day + BURN_IN_DAYS > start:
            continue
        pace, hazard = _learn(history, states, weeks, until=start)
        about, broke = _rows(
            [states[n] for n in later],
            [weeks[n] for n in later],
            pace.later(history.by_day(today)),
        )
        if broke.any() and not broke.all():
            folds.append((hazard.log_odds(about), broke))
    return folds


def _rows(
    states: Sequence[AreaState], weeks: Sequence[list[tuple[Bools, Bools]]], pace: Pace
) -> tuple[Floats, Bools]:
    """Stack the weeks of the areas still silent: features (rows, 8), and whether it broke."""
    about, broke = [], []
    for state, after in zip(states, weeks, strict=True):
        for week, (kept, happened) in enumerate(after):
            about.append(features(state, pace, week)[0][kept])
            broke.append(happened[kept])
    return np.vstack(about), np.concatenate(broke)
