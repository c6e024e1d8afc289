"""Is a zero believable: how unusual so few reports are, given size, peers and own past.

Counts of reports cannot tell silence from peace. What comes out is a question to verify on the
spot, never a finding: "fewer reports than peers and own past explain".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from geo.errors import NotReadyError, UsageError
from models.zero.silence_prior import ClassData, ClassPrior, fit_class, own_weight
from models.zero.silence_tail import (
    Predicted,
    false_discovery_q,
    spread_over,
    years_until_unusual,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.arrays import Floats, Ints
    from models.zero.silence_counts import ReportedCounts

__all__ = ["FALSE_DISCOVERY_RATE", "Silence"]

FALSE_DISCOVERY_RATE: Final = 0.10
"""Of the visits to flagged subjects, at most this share finds that nothing was kept silent."""

INTERVAL: Final = 0.90
UNUSUAL_ALONE: Final = 0.01
"""P(no report) below which a silence says something about one subject looked at alone."""


class Silence(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Gamma-Poisson prior of each class and group, and the tail of "so few or fewer".

    Parameters
    ----------
    false_discovery_rate
        Rate at which subjects are flagged, over all of them together.
    robust
        Allow for subjects that report only a part, so that they do not pull the prior.

    Attributes
    ----------
    priors_
        By class, what was learned (`ClassPrior`).
    groups_
        By class, the names of its groups in the order of the prior's factors.

    Notes
    -----
    A subject's yearly rate is exposure x class rate x group factor x a gamma variable, learned
    from its past blocks and the window together; its own past updates it; the window's level is
    the past's times a trend common to the class; its own rate wanders from block to block. The
    tail is that of the negative-binomial prediction. Sources: Clayton & Kaldor (1987),
    Biometrics 43; Marshall (1991), Applied Statistics 40; Spiegelhalter (2005), Statistics in
    Medicine 24; Benjamini & Hochberg (1995), JRSS B 57; Heyse (2011), Recent Advances in
    Biostatistics.
    """

    def __init__(
        self, *, false_discovery_rate: float = FALSE_DISCOVERY_RATE, robust: bool = True
    ) -> None:
        self.false_discovery_rate = false_discovery_rate
        self.robust = robust

    def fit(self, counts: ReportedCounts) -> Self:
        """Learn how subjects of each class and group report; raises UsageError on a silence."""
        if counts.ends_with_a_report:
            raise UsageError(
                "A present silence was chosen by the data and cannot teach what is usual; "
                "fit on reported_counts of a window.",
                "当前静默期由数据本身选出，不能用来学习常态；请用固定时间窗口的计数训练。",
            )
        self.priors_: dict[str, ClassPrior] = {}
        self.groups_: dict[str, pd.Index] = {}
        for name, places in _classes(counts).items():
            code, groups = pd.factorize(counts.subjects["group"].iloc[places], sort=True)
            exposure = counts.subjects["exposure"].to_numpy()[places]
            data = ClassData(
                counts.past[places],
                counts.past_years[places] * exposure[:, None],
                counts.window[places],
                counts.window_years[places] * exposure,
                code.astype(np.int64),
                len(groups),
            )
            self.groups_[name] = pd.Index(groups)
            self.priors_[name] = fit_class(data, robust=self.robust)
        return self

    def believe(
        self, counts: ReportedCounts, *, indicators: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """Say how unusual each subject's reports of the window are.

        Parameters
        ----------
        counts
            Of the classes and groups seen in `fit`; a further group takes its class's rate.
        indicators
            By subject_id, counts of small things (small hazards, small disputes, inspections):
            set beside the result as `indicator_<name>`, never mixed into it.

        Returns
        -------
        DataFrame
            Index subject_id, in the order of `counts`: `subject_class`, `group`, `exposure`
            (relative to the class's median), `exposure_known`, `years` (observed in the window),
            `expected` with `expected_low` and `expected_high` (incidents, 90 %), `observed`, `p`,
            `q`, `flagged`, `silent_years_alone` (years without a report until P(none) < 1 % for
            this subject alone) and `silent_years_needed` (the same over all subjects looked at,
            Bonferroni; infinite where never).
            A subject not observed in the window has p = q = 1 and a missing `observed`.

        Raises
        ------
        NotReadyError
            Before `fit`, or for a class it has not seen.
        """
        yearly, own_spread, predicted = self._predict(counts)
        tail = predicted.so_few(counts.window)
        attainable = None if counts.ends_with_a_report else predicted.attainable()
        q = false_discovery_q(tail, attainable)
        low, high = predicted.interval(INTERVAL)
        seen = counts.window_years > 0
        out = counts.subjects.assign(
            years=counts.window_years,
            expected=predicted.mean,
            expected_low=low,
            expected_high=high,
            observed=np.where(seen, counts.window, np.nan),
            p=tail,
            q=q,
            flagged=(q <= self.false_discovery_rate) & (counts.window < predicted.mean),
            silent_years_alone=self._years(counts, yearly, own_spread, UNUSUAL_ALONE),
            silent_years_needed=self._years(
                counts, yearly, own_spread, UNUSUAL_ALONE / max(int(seen.sum()), 1)
            ),
        )
        return out if indicators is None else out.join(_indicators(indicators))

    def _predict(self, counts: ReportedCounts) -> tuple[Floats, Floats, Predicted]:
        """Give yearly expected incidents, what is not known of them, and the window's counts."""
        if not hasattr(self, "priors_"):
            raise NotReadyError(
                "Silence has learned nothing yet; call fit first.",
                "静默模型尚未训练，请先调用 fit。",
            )
        size = len(counts.window)
        yearly, own, spread = np.zeros(size), np.ones(size), np.ones(size)
        for name, places in _classes(counts).items():
            prior = self._prior(name)
            group = _group_places(self.groups_[name], counts, places)
            shape, mean = _posterior(prior, group, counts, places)
            trend, unsure = prior.trend, 1 / prior.trend_weight
            if counts.ends_with_a_report:
                trend, unsure = 1.0, 0.0
            yearly[places] = mean * trend
            own[places] = (1 + 1 / shape) * (1 + unsure) - 1
            spread[places] = spread_over(
                counts.window_years[places], own[places], prior.wander, counts.block_years
            )
        return yearly, own, Predicted(yearly * counts.window_years, spread)

    def _prior(self, name: str) -> ClassPrior:
        if name not in self.priors_:
            raise NotReadyError(
                f"Nothing was learned of the class {name!r}; fit on counts that hold it.",
                f"尚未学习类别“{name}”；请用包含该类别的计数训练。",
            )
        return self.priors_[name]

    def _years(
        self, counts: ReportedCounts, yearly: Floats, own_spread: Floats, level: float
    ) -> Floats:
        years = np.full(len(yearly), np.inf)
        for name, places in _classes(counts).items():
            years[places] = years_until_unusual(
                yearly[places],
                own_spread[places],
                wander=self._prior(name).wander,
                block_years=counts.block_years,
                level=level,
            )
        return years


def _posterior(
    prior: ClassPrior, group: Ints, counts: ReportedCounts, places: Ints
) -> tuple[Floats, Floats]:
    """Update each subject's yearly rate by its own past: gamma shape and mean, shape (n,)."""
    exposure = counts.subjects["exposure"].to_numpy()[places]
    factor = np.append(prior.group_factor, 1.0)[group]
    weight = np.append(prior.group_weight, prior.group_weight.min())
    shape = 1 / (1 / prior.shape + 1 / np.maximum(weight[group], 1e-9))
    past, at_risk = counts.past[places], counts.past_years[places] * exposure[:, None]
    part = own_weight(past, at_risk, prior.wander)
    rate = shape / (prior.rate * factor) + at_risk.sum(axis=1) * part
    shape = shape + past.sum(axis=1) * part
    return shape, shape / rate * exposure


def _classes(counts: ReportedCounts) -> Mapping[str, Ints]:
    code, names = pd.factorize(counts.subjects["subject_class"], sort=True)
    return {str(name): np.flatnonzero(code == n) for n, name in enumerate(names)}


def _group_places(groups: pd.Index, counts: ReportedCounts, places: Ints) -> Ints:
    found: Ints = groups.get_indexer(pd.Index(counts.subjects["group"].iloc[places]))
    return found


def _indicators(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.add_prefix("indicator_")
