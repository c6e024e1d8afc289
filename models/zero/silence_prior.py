"""How much like subjects report, and how much they differ: a prior that hidden silence cannot pull.

Subjects of a class share a gamma distribution of rates (Clayton & Kaldor 1987). Where some
report only a part in the window, a plain fit would take them for quiet ones, find the class lower
and more varied than it is, and see nothing unusual. So a second kind of subject, that reports a
share of what the first would, is fitted beside it, and kept only where the data insist on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammaln

if TYPE_CHECKING:
    from models.arrays import Floats, Ints

__all__ = ["ClassData", "ClassPrior", "fit_class", "own_weight", "wander_of"]

LEAST_SHAPE: Final = 0.05
LARGEST_SHAPE: Final = 1000.0
"""Gamma shapes: subjects that differ beyond measure; subjects that differ no more than chance."""

TREND_EVENTS: Final = 10.0
"""Expected incidents for which "the window is like the past" counts before any is seen."""

MIXTURE_PRICE: Final = 2.0
"""Times log(n): gain in twice the log-likelihood that a second kind of subject has to bring, as
in Schwarz (1978) for two further parameters. Below it the plain fit stands: it errs to caution."""

MOST_SHARE: Final = 0.7
"""A second kind reports at most this share of the first; nearer to 1 it is ordinary variation."""

MOST_HIDDEN: Final = 0.5
"""Share of subjects that may be of the second kind: most of a class cannot be its exception."""

ROUNDS: Final = 3


@dataclass(frozen=True, eq=False)
class ClassData:
    """One class: incidents and exposure-years of n subjects, and the group each belongs to."""

    past: Floats
    """(n, B) incidents."""
    at_risk: Floats
    """(n, B) exposure-years."""
    window: Floats
    window_at_risk: Floats
    group: Ints
    n_groups: int


@dataclass(frozen=True, eq=False)
class ClassPrior:
    """What was learned of one class.

    Attributes
    ----------
    shape, rate
        Gamma distribution of the subjects' yearly rates per unit of exposure: `rate` is its
        mean, `shape` its inverse squared coefficient of variation.
    group_factor, group_weight
        (n_groups,) what each group's rate is of the class's, and the expected incidents which
        that knowledge rests on.
    trend, trend_weight
        The window's rate over the past's, and the expected incidents it rests on.
    wander
        Squared coefficient of variation of a subject's own rate from block to block.
    thinned_share, thinned_to
        The second kind of subject: how many, and what part they report; 0 and 1 where none.
    """

    shape: float
    rate: float
    group_factor: Floats
    group_weight: Floats
    trend: float
    trend_weight: float
    wander: float
    thinned_share: float = 0.0
    thinned_to: float = 1.0


def fit_class(data: ClassData, *, robust: bool = True) -> ClassPrior:
    """Learn the prior of a class by maximum likelihood, group factors by moments (Marshall 1991).

    `robust` tries the second kind of subject.
    """
    likelihood = _Likelihood(data, wander_of(data.past, data.at_risk))
    even = np.ones(len(data.window))
    prior = likelihood.fit(even, robust=robust)
    if data.n_groups == 1:
        worth = likelihood.information(prior, even).sum()
        return replace(prior, group_weight=np.array([worth]))
    for _ in range(ROUNDS):
        factor, weight = _group_factors(data, likelihood, prior)
        prior = likelihood.fit(factor[data.group], robust=robust)
        prior = replace(prior, group_factor=factor, group_weight=weight)
    return prior


def wander_of(past: Floats, at_risk: Floats) -> float:
    """Measure how far a subject's own rate wanders from block to block, beyond chance.

    Moments within subjects: given a subject's sum over B blocks, Poisson counts scatter around
    its share of each block's level by a known variance; what is more, is wander. Never negative.
    """
    if past.shape[1] <= 1 or not past.sum():
        return 0.0
    level = past.sum(axis=0) / np.maximum(at_risk.sum(axis=0), 1e-12)
    weight = at_risk * level
    total = past.sum(axis=1, keepdims=True)
    share = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    left = (past - total * share) ** 2 - total * share * (1 - share)
    square = (share**2).sum(axis=1, keepdims=True)
    per_wander = total * (total - 1) * share**2 * (1 - 2 * share + square)
    known = float(per_wander.sum())
    return max(0.0, float(left.sum()) / known) if known > 0 else 0.0


def own_weight(past: Floats, at_risk: Floats, wander: float) -> Floats:
    """Give the part of its face value at which each subject's own past counts, shape (n,).

    A past of few wandering blocks says less than its number of incidents: 1 / (1 + wander x
    incidents x sum of squared block shares).
    """
    total = at_risk.sum(axis=1)
    square = (at_risk**2).sum(axis=1) / np.maximum(total, 1e-12) ** 2
    return np.asarray(1 / (1 + wander * past.sum(axis=1) * square))


class _Likelihood:
    """The likelihood of one class as a function of its prior."""

    def __init__(self, data: ClassData, wander: float) -> None:
        part = own_weight(data.past, data.at_risk, wander)
        self.wander = wander
        self.past = data.past.sum(axis=1) * part
        self.at_risk = data.at_risk.sum(axis=1) * part
        self.window, self.window_at_risk = data.window, data.window_at_risk

    def fit(self, factor: Floats, *, robust: bool) -> ClassPrior:
        """Fit with the given group factor per subject's group; the second kind if it pays."""
        plain = self._best(factor, [self._start(factor)])
        if not robust or not self.window.sum():
            return self._prior(plain, factor)
        rate, trend = plain.x[1:3]
        starts = [
            np.array([plain.x[0] + 0.5, rate + up, trend + up, odds, 0.0])
            for odds, up in ((-1.0, 0.2), (0.0, 0.3))
        ]
        mixed = self._best(factor, starts)
        pays = 2 * (plain.fun - mixed.fun) > MIXTURE_PRICE * np.log(len(self.window))
        return self._prior(mixed if pays else plain, factor)

    def information(self, prior: ClassPrior, factor: Floats) -> Floats:
        """Give the expected incidents each subject's counts are worth about the class, (n,)."""
        expected = self._expected(prior, factor)
        return np.asarray(expected / (1 + expected / prior.shape))

    def healthy(self, prior: ClassPrior, factor: Floats) -> Floats:
        """Give the probability that a subject is of the first kind, (n,)."""
        if not prior.thinned_share:
            return np.ones(len(self.window))
        first, second = self._kinds(prior, factor)
        odds = prior.thinned_share / (1 - prior.thinned_share)
        return np.asarray(expit(first - second - np.log(odds)))

    def _expected(self, prior: ClassPrior, factor: Floats) -> Floats:
        years = self.at_risk + prior.trend * self.window_at_risk
        return np.asarray(prior.rate * factor * years)

    def _start(self, factor: Floats) -> Floats:
        years = float((factor * (self.at_risk + self.window_at_risk)).sum())
        mean = max(float(self.past.sum() + self.window.sum()), 0.5) / max(years, 1e-12)
        return np.array([0.0, np.log(mean), 0.0])

    def _best(self, factor: Floats, starts: list[Floats]) -> _Fit:
        fits = []
        for start in starts:
            bounds = [(np.log(LEAST_SHAPE), np.log(LARGEST_SHAPE)), (-25.0, 25.0), (-4.0, 4.0)]
            bounds += [(-6.0, 6.0)] * (len(start) - 3)
            found = minimize(
                self._cost,
                np.clip(start, *np.transpose(bounds)),
                args=(factor,),
                method="SLSQP",
                bounds=bounds,
            )
            fits.append(_Fit(found.x, float(found.fun)))
        return min(fits, key=lambda fit: fit.fun)

    def _cost(self, x: Floats, factor: Floats) -> float:
        return -self._value(self._prior(_Fit(x, 0.0), factor), factor)

    def _prior(self, fit: _Fit, factor: Floats) -> ClassPrior:
        shape, rate, trend = np.exp(fit.x[:3]).tolist()
        share, thinned_to = _second_kind(fit.x[3:])
        even = np.ones(1)
        prior = ClassPrior(shape, rate, even, even, trend, 0.0, self.wander, share, thinned_to)
        if not self.at_risk.sum():
            # Without a past the window is all there is: its level is the rate itself.
            return replace(prior, trend=1.0, trend_weight=np.inf)
        expected = rate * float((factor * self.window_at_risk).sum())
        return replace(prior, trend_weight=expected + TREND_EVENTS)

    def _value(self, prior: ClassPrior, factor: Floats) -> float:
        mean = prior.rate * factor * self.at_risk
        own = float(_log_nbinom(self.past, mean, prior.shape).sum())
        first, second = self._kinds(prior, factor)
        if prior.thinned_share:
            first = np.logaddexp(
                np.log1p(-prior.thinned_share) + first, np.log(prior.thinned_share) + second
            )
        steady = TREND_EVENTS * float(np.log(prior.trend) - prior.trend)
        return own + float(first.sum()) + steady

    def _kinds(self, prior: ClassPrior, factor: Floats) -> tuple[Floats, Floats]:
        """Give the log-likelihood of the window as a first and as a second kind of subject."""
        size = prior.shape + self.past
        mean = size / (prior.shape / (prior.rate * factor) + self.at_risk)
        mean = mean * prior.trend * self.window_at_risk
        spread = 1 / ((1 + 1 / size) * (1 + prior.wander) - 1)
        full = _log_nbinom(self.window, mean, spread)
        return full, _log_nbinom(self.window, mean * prior.thinned_to, spread)


def _second_kind(x: Floats) -> tuple[float, float]:
    """Read how many are of the second kind and what part they report; nobody without `x`."""
    if not x.size:
        return 0.0, 1.0
    share, thinned_to = (expit(x) * np.array([MOST_HIDDEN, MOST_SHARE])).tolist()
    return share, thinned_to


@dataclass(frozen=True, eq=False)
class _Fit:
    x: Floats
    fun: float


def _log_nbinom(count: Floats, mean: Floats, size: Floats | float) -> Floats:
    """Give the log-probability of counts; 0 where nothing was at risk and nothing counted."""
    mean = np.maximum(mean, 1e-300)
    constant = gammaln(size + count) - gammaln(size) - gammaln(count + 1)
    total = size + mean
    return np.asarray(constant - size * np.log1p(mean / size) + count * np.log(mean / total))


def _group_factors(
    data: ClassData, likelihood: _Likelihood, prior: ClassPrior
) -> tuple[Floats, Floats]:
    """Shrink each group's rate towards the class's, by moments; with its weight in incidents."""
    even = np.ones(len(data.window))
    healthy = likelihood.healthy(prior, even)
    years = likelihood.at_risk + healthy * prior.trend * likelihood.window_at_risk
    expected = prior.rate * years
    part = 1 / (1 + expected / prior.shape)
    seen = np.bincount(
        data.group, part * (likelihood.past + healthy * likelihood.window), data.n_groups
    )
    worth = np.bincount(data.group, part * expected, data.n_groups)
    ratio = seen / np.maximum(worth, 1e-12)
    spare = worth.sum() - (worth**2).sum() / max(worth.sum(), 1e-12)
    beyond = float((worth * (ratio - 1) ** 2).sum()) - (data.n_groups - 1)
    variance = max(beyond / spare, 1 / LARGEST_SHAPE) if spare > 0 else 1 / LARGEST_SHAPE
    anchor = 1 / variance
    return (seen + anchor) / (worth + anchor), worth + anchor
