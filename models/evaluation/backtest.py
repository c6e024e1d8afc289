"""Rolling-origin backtest: what the flagged places would have held, had we gone by them.

At each origin a model sees what was known that day, flags its places, and the days after
the origin are counted. The same number of cells is given to last year's counts and to
chance. A model that does not hold more than last year's counts is not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from models.cells import Cells
from models.evaluation.calibration import UNTESTED, Calibration, calibrate
from models.evaluation.card import BacktestCard, scores_frame
from models.evaluation.score import best_hits
from models.evaluation.trial import Study, origin_days, place_sums, run_trials
from models.risk_model import risk_models

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from geo.grid import Grid
    from models.arrays import Bools, Floats
    from models.evaluation.trial import Fit, Trial
    from models.risk_incidents import RiskIncidents
    from models.risk_model import RiskModel

__all__ = ["NAIVE", "backtest", "calibration_of", "card_of"]

NAIVE: Final = "past_counts"
"""The model to beat: last year's counts."""


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
        Cases and accidents; only what was known at the end of `as_of` is counted.
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
    known = risk_models()
    line_up = {NAIVE: known[NAIVE], **(known if models is None else models)}
    study = Study(incidents.seen(as_of), Cells.over(grid, mask), horizon_days, count)
    days = origin_days(study.incidents, as_of=as_of, origins=origins, horizon_days=horizon_days)
    return card_of(run_trials(study, line_up, days), study)


def card_of(trials: Sequence[Trial], study: Study) -> BacktestCard:
    """Choose the model by its trials and write its card."""
    names = list(trials[0].fits) if trials else [NAIVE]
    tables = {name: _by_origin(name, trials, study.cells) for name in names}
    hits = {name: _hits(table) for name, table in tables.items()}
    others = [name for name in names if name != NAIVE]
    challenger = max(others, key=lambda name: _gain(*hits[name]), default=None)
    beats = challenger is not None and _gain(*hits[challenger]) > 1
    chosen = challenger if challenger is not None and beats else NAIVE
    return BacktestCard(
        model=chosen,
        by_origin=tables[chosen],
        horizon_days=study.horizon_days,
        count=study.count,
        cell_m=study.cells.cell_m,
        beats_naive=beats,
        challenger=None if challenger is None else (challenger, *hits[challenger]),
        scores=scores_frame({name: _pairs(name, trials) for name in names}),
    )


def calibration_of(trials: Sequence[Trial], name: str, study: Study) -> Calibration:
    """Learn from the flagged places of all origins how far counts stray from what is expected."""
    if not trials:
        return UNTESTED
    fits = [(trial.fits[name], trial.held) for trial in trials]
    expected = np.concatenate([place_sums(fit.expected, fit.places) for fit, _ in fits])
    held = np.concatenate([place_sums(held, fit.places) for fit, held in fits])
    basis = min(fit.basis_days for fit, _ in fits)
    return calibrate(expected, held, basis_days=basis, horizon_days=study.horizon_days)


def _hits(table: pd.DataFrame) -> tuple[int, int]:
    return int(table["hits"].sum()), int(table["naive_hits"].sum())


def _gain(hits: int, naive_hits: int) -> float:
    """Give the hits for every hit of last year's counts; 1 when neither held anything."""
    if not naive_hits:
        return float("inf") if hits else 1.0
    return hits / naive_hits


def _by_origin(name: str, trials: Sequence[Trial], cells: Cells) -> pd.DataFrame:
    """Count, per origin, what the model's places, last year's counts and chance would hold."""
    columns = [
        "origin",
        "cells",
        "share_area",
        "incidents",
        "hits",
        "naive_hits",
        "random_hits",
        "expected_hits",
        "most_hits",
    ]
    rows = [_origin_row(trial, name, cells) for trial in trials]
    return pd.DataFrame(rows, columns=columns)


def _origin_row(trial: Trial, name: str, cells: Cells) -> tuple[object, ...]:
    flagged = trial.fits[name].places.cells
    same_budget = trial.fits[NAIVE].first_cells(cells, len(flagged))
    incidents = trial.held.sum()
    share = len(flagged) / len(cells) if len(cells) else 0.0
    return (
        trial.origin,
        len(flagged),
        share,
        int(incidents),
        int(trial.held[flagged].sum()),
        int(trial.held[same_budget].sum()),
        share * incidents,
        trial.fits[name].expected[flagged].sum(),
        best_hits(trial.held, len(flagged)),
    )


def _pairs(name: str, trials: Sequence[Trial]) -> list[tuple[Fit, Floats]]:
    return [(trial.fits[name], trial.held) for trial in trials if len(trial.held)]
