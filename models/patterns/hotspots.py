"""Hotspots: numbered places to go to, with when, why, how sure, and how well such flags did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import UsageError
from models.cells import Cells
from models.evaluation.backtest import (
    NAIVE,
    Fit,
    backtest_cells,
    fit_places,
    origin_days,
    run_trials,
)
from models.patterns.identity import ANCHOR_DAYS, Sighting, Track, anchor_days, follow, state_of
from models.patterns.profile import profile
from models.risk_model import poisson_interval, risk_models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.grid import Grid
    from models.cells import Bools
    from models.evaluation.card import BacktestCard
    from models.patterns.places import Places
    from models.risk_incidents import RiskIncidents
    from models.risk_model import RiskModel

__all__ = ["Hotspots", "find_hotspots"]

FEWEST_INCIDENTS: Final = 30
"""In the last 365 days on patrollable ground. With fewer, counts are shown and no forecast."""

FULL_TEST_ORIGINS: Final = 6
FOLLOWED_PLACES: Final = 100
"""Places followed through time, whatever number is shown: a place keeps its id at rank 21 too."""


@dataclass(frozen=True, eq=False)
class Hotspots:
    """Ranked places and the card that must be shown beside them.

    Attributes
    ----------
    frame
        GeoDataFrame in the metric CRS of the grid, one row per place by rank: `hotspot_id`,
        `rank`, `expected`, `lower`, `upper` (incidents in the horizon, 90 % interval),
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
    cells = Cells.over(grid, mask)
    seen = incidents.seen(as_of)
    n_year = int(cells.count(seen.last(365, as_of=as_of)).sum())
    few = n_year < FEWEST_INCIDENTS
    days = (
        []
        if few
        else origin_days(seen, as_of=as_of, origins=FULL_TEST_ORIGINS, horizon_days=horizon_days)
    )
    trials = run_trials(
        seen, cells, models=line_up, days=days, horizon_days=horizon_days, count=count, known=as_of
    )
    card = backtest_cells(trials, cells, count=count, horizon_days=horizon_days)
    fit = fit_places(
        card.model,
        risk_models()[card.model],
        seen,
        cells,
        as_of=as_of,
        horizon_days=horizon_days,
        count=count,
    )
    frame = _frame(fit, seen, cells, horizon_days=horizon_days, names=category_names or {})
    return Hotspots(
        frame=frame,
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
    if model == "auto":
        return known
    if model not in known:
        names = ", ".join(known)
        raise UsageError(
            f"There is no model {model!r}; choose auto, {names}.",
            f"没有模型 {model!r}；可选 auto、{names}。",
        )
    return {model: known[model]}


def _grade(*, few: bool, origins: int) -> str:
    if few:
        return "counts_only"
    return "tested" if origins >= FULL_TEST_ORIGINS else "provisional"


def _frame(
    fit: Fit,
    seen: RiskIncidents,
    cells: Cells,
    *,
    horizon_days: int,
    names: Mapping[str, tuple[str, str]],
) -> gpd.GeoDataFrame:
    """Describe each place of the fit, by rank."""
    tracks = _tracks(fit, seen, cells)
    expected = np.array([fit.expected[place].sum() for place in fit.places.members], dtype=float)
    lower, upper = poisson_interval(expected, basis_days=fit.basis_days, horizon_days=horizon_days)
    about = profile(fit.places, seen, cells, as_of=fit.as_of, names=names)
    before = _flagged_before(fit, seen, cells)
    seen_before = [bool(before[place].any()) for place in fit.places.members]
    states = state_of(
        about["n_28"].to_numpy(), about["n_28_before"].to_numpy(), seen_before=seen_before
    )
    head = pd.DataFrame(
        {
            "hotspot_id": pd.Series([track.hotspot_id for track in tracks], dtype="str"),
            "rank": np.arange(1, len(tracks) + 1),
            "expected": expected,
            "lower": lower,
            "upper": upper,
            "state": pd.Series([str(state) for state in states], dtype="str"),
            "since": pd.to_datetime(pd.Series([t.since for t in tracks], dtype=object)),
            "model": pd.Series([fit.model] * len(tracks), dtype="str"),
        }
    )
    geometry = _shapes(fit.places, cells)
    return gpd.GeoDataFrame(
        pd.concat([head, about.drop(columns="n_28_before")], axis=1),
        geometry=geometry,
        crs=seen.crs,
    )


def _tracks(fit: Fit, seen: RiskIncidents, cells: Cells) -> list[Track]:
    """Give each place its id, by following last year's places up to the day of the fit."""
    model = risk_models()[NAIVE]
    days = [] if seen.begins is None else anchor_days(seen.begins, fit.as_of)
    sightings = []
    for day in days:
        past = fit_places(
            NAIVE, model, seen, cells, as_of=day, horizon_days=1, count=FOLLOWED_PLACES
        )
        sightings.append(Sighting(day, past.places.members, past.expected))
    sightings.append(Sighting(fit.as_of, fit.places.members, fit.expected))
    return follow(sightings, cells)


def _flagged_before(fit: Fit, seen: RiskIncidents, cells: Cells) -> Bools:
    """Tell of each cell whether the same model flagged it 28 days before."""
    day = fit.as_of - timedelta(days=ANCHOR_DAYS)
    count = max(1, len(fit.places))
    past = fit_places(
        fit.model, risk_models()[fit.model], seen, cells, as_of=day, horizon_days=1, count=count
    )
    flagged = np.zeros(len(cells), dtype=bool)
    flagged[past.places.flagged] = True
    return flagged


def _shapes(places: Places, cells: Cells) -> gpd.GeoSeries:
    squares = cells.grid.polygons(cells.ids[places.cells])
    rank = np.repeat(np.arange(len(places)), [len(place) for place in places.members])
    joined = gpd.GeoSeries(squares.to_numpy(), crs=cells.grid.crs).groupby(rank)
    return gpd.GeoSeries(
        [part.union_all() for _, part in joined], index=range(len(places)), crs=cells.grid.crs
    )
