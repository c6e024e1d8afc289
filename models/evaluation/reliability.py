"""How far probabilities can be trusted: log score, calibration, and the floor chance sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from models.arrays import Bools, Floats

__all__ = ["calibration_error", "calibration_line", "chance_error", "log_loss", "skill"]

BINS: Final = 15
LEAST_CHANCE: Final = 1e-6
"""Probabilities are kept this far from 0 and 1: no forecast is certain."""


def calibration_error(chance: Floats, happened: Bools, *, bins: int = BINS) -> float:
    """Give the expected calibration error in quantile bins: mean |forecast - frequency|.

    >>> calibration_error(np.full(4, 0.5), np.array([True, True, True, False]), bins=1)
    0.25
    """
    order = np.argsort(chance, kind="stable")
    parts = zip(
        np.array_split(chance[order], bins), np.array_split(happened[order], bins), strict=True
    )
    return float(sum(abs(float(p.sum()) - float(y.sum())) for p, y in parts) / len(chance))


def chance_error(
    chance: Floats, *, draws: int = 200, random_state: int = 0, quantile: float = 0.95
) -> tuple[float, float]:
    """Give mean and upper quantile of the error of forecasts that are exactly right.

    Outcomes are drawn from the forecasts themselves, independently: the noise floor below which
    an error cannot be told from none.
    """
    rng = np.random.default_rng(random_state)
    errors = [calibration_error(chance, rng.random(len(chance)) < chance) for _ in range(draws)]
    return float(np.mean(errors)), float(np.quantile(errors, quantile))


def calibration_line(chance: Floats, happened: Bools) -> tuple[float, float]:
    """Fit log-odds of what happened on log-odds of the forecast: intercept and slope (Cox 1958).

    0 and 1 are right; a slope below 1 is overconfident.
    """
    odds = logit(np.clip(chance, LEAST_CHANCE, 1 - LEAST_CHANCE))
    fitted = LogisticRegression(C=1e6).fit(odds[:, None], happened)
    return float(fitted.intercept_[0]), float(fitted.coef_[0, 0])


def log_loss(chance: Floats, happened: Bools) -> float:
    """Give the mean negative log score, in nats.

    >>> round(log_loss(np.array([0.5, 0.5]), np.array([True, False])), 4)
    0.6931
    """
    kept = np.clip(chance, LEAST_CHANCE, 1 - LEAST_CHANCE)
    return float(-np.log(np.where(happened, kept, 1 - kept)).mean())


def skill(chance: Floats, reference: Floats, happened: Bools) -> float:
    """Give the part of the reference's log loss that the forecast saves; below 0 it is worse."""
    return 1 - log_loss(chance, happened) / log_loss(reference, happened)
