"""Rolling-origin backtest: what the flagged places would have held, had we gone by them.

At each origin a model sees what was known that day, flags its places, and the days after
the origin are counted. The same number of cells is given to last year's counts and to
chance. A model that does not hold more than last year's counts is not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from sklearn.base import clone

from models.cells import Cells
from models.evaluation.card import BacktestCard, scores_frame
from models.evaluation.score import best_hits, top_cells
from models.patterns.places import cell_order, flag_places
from models.risk_model import RiskModel, risk_models

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.grid import Grid
    from models.cells import Bools, Floats, Ints
    from models.patterns.places import Places
    from models.risk_incidents import RiskIncidents

__all__ = ["NAIVE", "Fit", "Trial", "backtest", "backtest_cells", "fit_places", "origin_days"]

NAIVE: Final = "past_counts"
"""The model to beat: last year's counts."""

SHORTEST_HISTORY_DAYS: Final = 182
"""Days. An origin needs half a year of record before it, else the bar itself is a guess."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A model as it stood on one day, and the places it flagged."""

    model: str
    as_of: date
    expected: Floats
    basis_days: int
    places: Places


@dataclass(frozen=True, eq=False)
class Trial:
    """One origin: every model's fit, and what came to pass on the days after."""

    origin: date
    fits: Mapping[str, Fit]
    truth: Floats


def backtest(
    incidents: RiskIncidents,
    grid: Grid,
    mask: Bools,
    *,
    as_of: date,
    models: Mapping[str, RiskModel] | None = None,
    origins: int = 6,
    horizon_days: int = 28,
    count: int = 20,
) -> BacktestCard:
    """Test models on the last `origins` × `horizon_days` days up to and including `as_of`.

    Parameters
    ----------
    incidents
        Cases and accidents.
    grid, mask
        The cells, and which of them a patrol can reach.
    models
        Name -> unfitted model; by default every model of `models/risk`. Last year's counts
        always take part.
    count
        How many places are flagged at each origin.

    Returns
    -------
    BacktestCard
        Of the model that held most beside last year's counts on the same number of cells,
        or of last year's counts where none held more. Without a possible origin (less than
        half a year of record) the card says so and its numbers are 0.
    """
    cells = Cells.over(grid, mask)
    trials = run_trials(
        incidents,
        cells,
        models=models,
        days=origin_days(incidents, as_of=as_of, origins=origins, horizon_days=horizon_days),
        horizon_days=horizon_days,
        count=count,
        known=as_of,
    )
    return backtest_cells(trials, cells, count=count, horizon_days=horizon_days)


def origin_days(
    incidents: RiskIncidents, *, as_of: date, origins: int, horizon_days: int
) -> list[date]:
    """List the origins whose horizons end at `as_of` without a gap, oldest first."""
    if incidents.begins is None:
        return []
    earliest = incidents.begins + timedelta(days=SHORTEST_HISTORY_DAYS)
    days = [as_of - timedelta(days=horizon_days * back) for back in range(origins, 0, -1)]
    return [day for day in days if day >= earliest]


def run_trials(
    incidents: RiskIncidents,
    cells: Cells,
    *,
    models: Mapping[str, RiskModel] | None,
    days: Sequence[date],
    horizon_days: int,
    count: int,
    known: date,
) -> list[Trial]:
    """Fit every model at every origin and count what followed, as known at the end of `known`."""
    line_up = {NAIVE: risk_models()[NAIVE], **(risk_models() if models is None else models)}
    seen = incidents.seen(known)
    trials = []
    for day in days:
        fits = {
            name: fit_places(
                name, model, incidents, cells, as_of=day, horizon_days=horizon_days, count=count
            )
            for name, model in line_up.items()
        }
        after = seen.between(day + timedelta(days=1), day + timedelta(days=1 + horizon_days))
        trials.append(Trial(day, fits, cells.count(after)))
    return trials


def fit_places(
    name: str,
    model: RiskModel,
    incidents: RiskIncidents,
    cells: Cells,
    *,
    as_of: date,
    horizon_days: int,
    count: int,
) -> Fit:
    """Fit a copy of `model` on what was known on `as_of` and flag its places."""
    fitted = clone(model).fit(incidents, cells, as_of=as_of)
    expected = fitted.expected(horizon_days).to_numpy()
    places = flag_places(expected, cells, count=count)
    return Fit(name, as_of, expected, fitted.basis_days_, places)


def backtest_cells(
    trials: Sequence[Trial], cells: Cells, *, count: int, horizon_days: int
) -> BacktestCard:
    """Choose the model by its trials and write its card."""
    tables = {name: _by_origin(name, trials, cells) for name in _names(trials)}
    gains = {name: _hits(table) for name, table in tables.items()}
    challenger = max(
        (name for name in gains if name != NAIVE),
        key=lambda name: _gain(*gains[name]),
        default=None,
    )
    beats = challenger is not None and _gain(*gains[challenger]) > 1
    chosen = challenger if beats and challenger is not None else NAIVE
    return BacktestCard(
        model=chosen,
        by_origin=tables[chosen] if tables else _by_origin(NAIVE, [], cells),
        horizon_days=horizon_days,
        count=count,
        cell_m=cells.cell_m,
        beats_naive=beats,
        challenger=None if challenger is None else (challenger, *gains[challenger]),
        scores=scores_frame({name: _pairs(name, trials, cells) for name in tables}),
    )


def _names(trials: Sequence[Trial]) -> list[str]:
    return list(trials[0].fits) if trials else []


def _hits(table: pd.DataFrame) -> tuple[int, int]:
    return int(table["hits"].sum()), int(table["naive_hits"].sum())


def _gain(hits: float, naive_hits: float) -> float:
    """Hits for every hit of last year's counts; 1 when neither held anything."""
    if not naive_hits:
        return float("inf") if hits else 1.0
    return hits / naive_hits


def _by_origin(name: str, trials: Sequence[Trial], cells: Cells) -> pd.DataFrame:
    """Count, per origin, what the model's places, last year's counts and chance would hold."""
    rows = []
    for trial in trials:
        fit, naive = trial.fits[name], trial.fits[NAIVE]
        flagged = fit.places.cells
        share = len(flagged) / len(cells) if len(cells) else 0.0
        rows.append(
            {
                "origin": trial.origin,
                "cells": len(flagged),
                "share_area": share,
                "incidents": int(trial.truth.sum()),
                "hits": int(trial.truth[flagged].sum()),
                "naive_hits": int(trial.truth[first_cells(naive, cells, len(flagged))].sum()),
                "random_hits": share * trial.truth.sum(),
                "expected_hits": fit.expected[flagged].sum(),
                "most_hits": best_hits(trial.truth, len(flagged)),
            }
        )
    columns = (
        "origin cells share_area incidents hits naive_hits random_hits expected_hits most_hits"
    )
    return pd.DataFrame(rows, columns=columns.split())


def first_cells(fit: Fit, cells: Cells, n: int) -> Ints:
    """Give `n` cells as the model would choose them: its places by rank, then the next cells."""
    rest = np.concatenate([cell_order(fit.expected, cells), top_cells(fit.expected, len(cells))])
    order = np.concatenate([fit.places.cells, rest])
    _, first = np.unique(order, return_index=True)
    chosen: Ints = order[np.sort(first)][:n]
    return chosen


def _pairs(name: str, trials: Sequence[Trial], cells: Cells) -> list[tuple[Fit, Floats]]:
    return [(trial.fits[name], trial.truth) for trial in trials if len(cells)]
