"""Hotspots: numbered places to go to, with when, why, how sure, and how well such flags did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import UsageError
from models.cells import Cells
from models.evaluation.backtest import NAIVE, calibration_of, card_of
from models.evaluation.calibration import count_interval
from models.evaluation.trial import Study, origin_days, place_sums, run_trials
from models.patterns.history import flagged_before, tracks
from models.patterns.identity import state_of
from models.patterns.profile import profile
from models.risk_model import risk_models

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from geo.grid import Grid
    from models.arrays import Bools
    from models.evaluation.calibration import Calibration
    from models.evaluation.card import BacktestCard
    from models.evaluation.trial import Fit
    from models.patterns.places import Places
    from models.risk_incidents import RiskIncidents
    from models.risk_model import RiskModel

__all__ = ["Hotspots", "find_hotspots"]

FEWEST_INCIDENTS: Final = 30
"""In the last 365 days on patrollable ground. With fewer, counts are shown and no forecast."""

YEAR_DAYS: Final = 365
FULL_TEST_ORIGINS: Final = 6

Names = dict[str, tuple[str, str]]
"""Category -> its name in English and Chinese."""


@dataclass(frozen=True, eq=False)
class Hotspots:
    """Ranked places and the card that must be shown beside them.

    Attributes
    ----------
    frame
        GeoDataFrame in the metric CRS of the grid, one row per place by rank: `hotspot_id`,
        `rank`, `expected` (incidents in the horizon), `lower`, `upper` (9 counts in 10 are
        meant to lie between them, both included),
        `state`, `since` (first seen), `peak_hours`, `peak_days`, `peak_days_zh` (missing
        where none stands out), `n_28`, `n_365`, `category`, `share_top_category`, `model`,
        `why_en`, `why_zh`, `n_cells`, `x_m`, `y_m` (incident-weighted centre), geometry.
    card
        How the flags of the last horizons did.
    grade
        "tested", "provisional" (fewer than 6 origins possible) or "counts_only" (fewer than
        30 incidents in a year).
    """

    frame: gpd.GeoDataFrame
    card: BacktestCard
    grade: str
    as_of: date
    horizon_days: int
    n_incidents: int
    note_en: str
    note_zh: str

    def sentence(self, language: str = "en") -> str:
        """Say what the map rests on: the backtest line, or why there is none."""
        if self.grade != "counts_only":
            return self.card.line(language)
        if language == "zh":
            return (
                f"数据过少：至少需要 {FEWEST_INCIDENTS} 起，近 12 个月可巡逻区域内只有 "
                f"{self.n_incidents} 起；仅显示计数，不作预测。"
            )
        return (
            f"Too few: needs at least {FEWEST_INCIDENTS} incidents in 12 months on patrollable "
            f"ground, has {self.n_incidents}; showing counts only, no forecast."
        )


def find_hotspots(
    incidents: RiskIncidents,
    grid: Grid,
    mask: Bools,
    *,
    as_of: date,
    model: str = "auto",
    count: int = 20,
    horizon_days: int = 28,
    category_names: Mapping[str, tuple[str, str]] | None = None,
) -> Hotspots:
    """Find the `count` places where most incidents are expected after `as_of`.

    Parameters
    ----------
    incidents
        Cases and accidents; filter them first to ask about one category.
    grid, mask
        The cells, and which of them a patrol can reach.
    model
        "auto" takes the model that wins the backtest; a name takes that model, unless last
        year's counts beat it: then they are used and the card says so.
    category_names
        Category -> (English, Chinese) words for the sentences; codes stand where none is given.

    Returns
    -------
    Hotspots
        Always, however few the incidents: `sentence` says what can be said.

    Raises
    ------
    UsageError
        An unknown model, or a count or horizon below 1.
    """
    line_up = _line_up(model, count=count, horizon_days=horizon_days)
    study = Study(incidents.seen(as_of), Cells.over(grid, mask), horizon_days, count)
    n_year = _year_count(study, as_of)
    few = n_year < FEWEST_INCIDENTS
    days = [] if few else _origins(study, as_of)
    trials = run_trials(study, line_up, days)
    card = card_of(trials, study)
    fit = study.fit(card.model, line_up[card.model], as_of=as_of)
    calibration = calibration_of(trials, card.model, study)
    return Hotspots(
        frame=_frame(fit, study, line_up, calibration, dict(category_names or {})),
        card=card,
        grade=_grade(few=few, origins=len(days)),
        as_of=as_of,
        horizon_days=horizon_days,
        n_incidents=n_year,
        note_en=incidents.note("en"),
        note_zh=incidents.note("zh"),
    )


def _line_up(model: str, *, count: int, horizon_days: int) -> dict[str, RiskModel]:
    if count < 1 or horizon_days < 1:
        raise UsageError(
            f"count={count} and horizon_days={horizon_days} must be at least 1.",
            f"地点数 {count} 与预测天数 {horizon_days} 都必须至少为 1。",
        )
    known = risk_models()
    if model != "auto" and model not in known:
        names = ", ".join(known)
        raise UsageError(
            f"There is no model {model!r}; choose auto, {names}.",
            f"没有模型 {model!r}；可选 auto、{names}。",
        )
    return known if model == "auto" else {NAIVE: known[NAIVE], model: known[model]}


def _year_count(study: Study, as_of: date) -> int:
    return int(study.cells.count(study.incidents.last(YEAR_DAYS, as_of=as_of)).sum())


def _origins(study: Study, as_of: date) -> list[date]:
    return origin_days(
        study.incidents,
        as_of=as_of,
        origins=FULL_TEST_ORIGINS,
        horizon_days=study.horizon_days,
    )


def _grade(*, few: bool, origins: int) -> str:
    if few:
        return "counts_only"
    return "tested" if origins >= FULL_TEST_ORIGINS else "provisional"


def _frame(
    fit: Fit,
    study: Study,
    line_up: Mapping[str, RiskModel],
    calibration: Calibration,
    names: Names,
) -> gpd.GeoDataFrame:
    """Describe each place of the fit, by rank."""
    parts = [
        _names_and_counts(fit, study, calibration),
        profile(fit.places, study.incidents, study.cells, as_of=fit.as_of, names=names),
    ]
    frame = pd.concat(parts, axis=1)
    before = flagged_before(fit, study, model=line_up[fit.model])
    now, then = frame["n_28"].to_numpy(), frame.pop("n_28_before").to_numpy()
    states = [str(state) for state in state_of(now, then, seen_before=before)]
    frame.insert(5, "state", pd.Series(states, dtype="str"))
    geometry = _shapes(fit.places, study.cells)
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=study.cells.grid.crs)


def _names_and_counts(fit: Fit, study: Study, calibration: Calibration) -> pd.DataFrame:
    followed = tracks(fit, study)
    expected = place_sums(fit.expected, fit.places) * calibration.scale
    lower, upper = count_interval(
        expected, calibration, basis_days=fit.basis_days, horizon_days=study.horizon_days
    )
    return pd.DataFrame(
        {
            "hotspot_id": pd.Series([track.hotspot_id for track in followed], dtype="str"),
            "rank": np.arange(1, len(followed) + 1),
            "expected": expected,
            "lower": lower,
            "upper": upper,
            "since": pd.to_datetime(pd.Series([track.since for track in followed], dtype=object)),
            "model": pd.Series([fit.model] * len(followed), dtype="str"),
        }
    )


def _shapes(places: Places, cells: Cells) -> gpd.GeoSeries:
    """Give each place as the union of its cells."""
    shapes = [cells.grid.polygons(cells.ids[place]).union_all() for place in places.members]
    return gpd.GeoSeries(shapes, index=range(len(places)), crs=cells.grid.crs)
