"""The chance that a silence breaks: what goes in, what comes out, and whether it can be trusted."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Self

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from scipy.special import expit, logit
from sklearn.base import clone

from geo.errors import GrievanceError, NotReadyError
from geo.grid import Grid
from models.cells import Cells
from models.checks import PromiseBrokenError, chances_ignore_the_future
from models.evaluation.reliability import (
    calibration_error,
    calibration_line,
    chance_error,
    log_loss,
    skill,
)
from models.risk_incidents import COLUMNS, RiskIncidents
from models.zero.days import day_number
from models.zero.spans import Gaps
from models.zero.streak_break import HORIZONS_DAYS, Ground, StreakBreak
from models.zero.streak_hazard import Correction, Pace
from models.zero.streak_history import AreaState, History

METRIC = "EPSG:32650"
BEGIN = date(2018, 1, 1)
AS_OF = date(2020, 3, 31)
SIDE = 12
QUICK = StreakBreak(target="theft", step_days=84, correct=False)


def ground_of(side: int = SIDE) -> Ground:
    grid = Grid.over(shapely.box(0, 0, 100 * side, 100 * side), 100.0, METRIC)
    return Ground.of_cells(Cells.over(grid, np.ones(len(grid), dtype=bool)))


def incidents_of(cell: Any, day: Any, *, side: int = SIDE, **columns: Any) -> RiskIncidents:
    """Put incidents in the middle of cells, at noon of day numbers since BEGIN."""
    cell, day = np.asarray(cell), np.asarray(day)
    when = pd.Timestamp(BEGIN) + pd.to_timedelta(day * 24 + 12, "h")
    frame = pd.DataFrame(
        {
            "x_m": (cell % side) * 100.0 + 50,
            "y_m": (cell // side) * 100.0 + 50,
            "occurred": pd.DatetimeIndex(when).astype("datetime64[us]"),
        }
    )
    defaults: dict[str, Any] = {
        "reported": frame["occurred"],
        "time_precision": "hour",
        "category": "theft",
        "stream": "case",
        "discovery_source": "citizen_report",
    }
    return RiskIncidents(frame.assign(**(defaults | columns))[list(COLUMNS)], CRS(METRIC), BEGIN)


def town(seed: int, *, days: int, yearly: float = 6.0) -> tuple[RiskIncidents, Any]:
    """Draw incidents at rates that differ from cell to cell and never change."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(1.5, yearly / 1.5, SIDE**2)
    count = rng.poisson(rate * days / 365.25)
    cell = np.repeat(np.arange(SIDE**2), count)
    kind = rng.choice(["theft", "fraud"], len(cell), p=[0.7, 0.3])
    return incidents_of(cell, rng.integers(0, days, len(cell)), category=kind), rate


@pytest.fixture(scope="module")
def ground() -> Ground:
    return ground_of()


@pytest.fixture(scope="module")
def drawn() -> tuple[RiskIncidents, Any]:
    return town(1, days=830)


@pytest.fixture(scope="module")
def fitted(drawn: tuple[RiskIncidents, Any], ground: Ground) -> StreakBreak:
    return StreakBreak(target="theft", step_days=28).fit(drawn[0], ground, as_of=AS_OF)


@pytest.fixture(scope="module")
def table(drawn: tuple[RiskIncidents, Any], fitted: StreakBreak) -> pd.DataFrame:
    return fitted.chances(drawn[0], as_of=AS_OF)


# ---- the door ---------------------------------------------------------------------------------


def test_a_petition_can_neither_teach_nor_be_asked_about(
    fitted: StreakBreak, ground: Ground, drawn: tuple[RiskIncidents, Any]
) -> None:
    petitions = pd.DataFrame({"petition_id": ["p"], "area_code": ["a"], "accepted_on": ["x"]})
    for ask in (
        lambda: StreakBreak().fit(petitions, ground, as_of=AS_OF),  # type: ignore[arg-type]  # refused
        lambda: fitted.chances(petitions, as_of=AS_OF),  # type: ignore[arg-type]  # refused
    ):
        with pytest.raises(GrievanceError, match="RiskIncidents") as caught:
            ask()
        assert "信访" in caught.value.text("zh")
    with pytest.raises(GrievanceError, match="petition"):
        incidents_of([1], [1], stream="petition")


# ---- what comes out ---------------------------------------------------------------------------


def test_chances_grow_with_the_horizon_and_lie_inside_their_interval(table: pd.DataFrame) -> None:
    for shorter, longer in pairwise(HORIZONS_DAYS):
        for name in ("chance", "low", "high"):
            assert (table[f"{name}_{shorter}"] < table[f"{name}_{longer}"]).all()
    for days in HORIZONS_DAYS:
        low, chance, high = (table[f"{name}_{days}"] for name in ("low", "chance", "high"))
        assert ((low > 0) & (low < chance) & (chance < high) & (high < 1)).all()


def test_the_reasons_add_up_to_the_log_odds_of_the_first_week(table: pd.DataFrame) -> None:
    parts = table.filter(regex="^base$|^reason_")
    assert parts.shape[1] == 6
    assert np.asarray(expit(parts.sum(axis=1))) == pytest.approx(table["chance_7"].to_numpy())
    assert parts["base"].std() == pytest.approx(0, abs=1e-9)


def test_more_happens_where_more_happened(table: pd.DataFrame, drawn: Any) -> None:
    assert np.corrcoef(np.log(drawn[1]), logit(table["chance_28"]))[0, 1] > 0.8
    own = table["reason_own_history"]
    assert np.corrcoef(np.log(drawn[1]), own)[0, 1] > 0.8


def test_chances_agree_with_what_happens_next_in_a_town_that_never_changes(ground: Ground) -> None:
    chance, happened, inside = [], [], []
    for seed in range(2, 4):
        incidents, rate = town(seed, days=1150)
        model = StreakBreak(step_days=56).fit(incidents, ground, as_of=AS_OF)
        for week in range(0, 44, 4):
            as_of = AS_OF + timedelta(days=7 * week)
            got = model.chances(incidents, as_of=as_of)
            after = incidents.between(as_of + timedelta(days=1), as_of + timedelta(days=29))
            area = ground.locate(after.x_m, after.y_m)
            chance.append(got["chance_28"].to_numpy())
            happened.append(np.bincount(area, minlength=SIDE**2) > 0)
        true = 1 - np.exp(-rate * 28 / 365.25)
        inside.append(((got["low_28"] <= true) & (true <= got["high_28"])).mean())
    forecast, broke = np.concatenate(chance), np.concatenate(happened)
    assert calibration_error(forecast, broke) <= chance_error(forecast)[1] * 1.5
    assert calibration_line(forecast, broke)[1] == pytest.approx(1.0, abs=0.12)
    assert np.mean(inside) >= 0.8


# ---- nothing from the future ------------------------------------------------------------------


class Peeks(StreakBreak):
    """A model that counts what had not happened yet."""

    def chances(self, incidents: RiskIncidents, *, as_of: date, **asked: Any) -> pd.DataFrame:
        return super().chances(incidents, as_of=as_of + timedelta(days=28), **asked)


class LearnsFromTomorrow(StreakBreak):
    """A model whose teacher had tomorrow's paper."""

    def fit(self, incidents: RiskIncidents, ground: Ground, *, as_of: date, **asked: Any) -> Self:
        return super().fit(incidents, ground, as_of=as_of + timedelta(days=90), **asked)


def test_nothing_after_the_day_matters_in_learning_or_in_asking(drawn: Any, ground: Ground) -> None:
    chances_ignore_the_future(QUICK, drawn[0], ground, AS_OF)


@pytest.mark.parametrize(("cheat", "where"), [(Peeks, "asked"), (LearnsFromTomorrow, "learns")])
def test_a_planted_leak_is_caught(
    cheat: type[StreakBreak], where: str, drawn: Any, ground: Ground
) -> None:
    with pytest.raises(PromiseBrokenError, match=where):
        chances_ignore_the_future(cheat(**QUICK.get_params()), drawn[0], ground, AS_OF)


def test_what_was_reported_later_was_not_known_on_the_morning(ground: Ground) -> None:
    late = pd.to_datetime(["2018-01-12 12:00", "2018-02-20 12:00"]).astype("datetime64[us]")
    incidents = incidents_of([3, 3], [10, 30], reported=late)
    history = History.of(incidents, ground, target=None, unassessed=None)
    morning = day_number(BEGIN) + 40
    state = AreaState.on(morning, history, ground)
    assert state.streak[3] == 29  # the report of day 30 came on day 50
    assert AreaState.on(morning + 20, history, ground).streak[3] == 29  # days 31 to 59


# ---- counting ---------------------------------------------------------------------------------


def test_a_streak_pauses_over_unassessed_days(ground: Ground) -> None:
    gap = pd.DataFrame(
        {
            "area_id": [ground.ids[5]],
            "start": pd.to_datetime(["2018-01-20"]),
            "end": pd.to_datetime(["2018-01-30"]),
        }
    )
    history = History.of(incidents_of([5, 6], [10, 10]), ground, target=None, unassessed=gap)
    state = AreaState.on(day_number(BEGIN) + 40, history, ground)
    assert state.streak[[5, 6]].tolist() == [19, 29]
    assert state.streak[0] == 40  # nothing ever: since the record began


def test_the_state_of_a_morning_agrees_with_a_recount_cell_by_cell(
    drawn: tuple[RiskIncidents, Any], ground: Ground
) -> None:
    history = History.of(drawn[0], ground, target="theft", unassessed=None)
    morning = day_number(AS_OF)
    state = AreaState.on(morning, history, ground)
    frame = drawn[0].frame
    theft = frame[(frame["category"] == "theft") & (frame["occurred"] < pd.Timestamp(AS_OF))]
    cell = (theft["y_m"] // 100 * SIDE + theft["x_m"] // 100).astype(int)
    age = (pd.Timestamp(AS_OF) - theft["occurred"].dt.normalize()).dt.days
    recent = [(0.5 ** (age[cell == n] / 30.0)).sum() for n in range(SIDE**2)]
    usual = state.daily / state.daily.sum() * sum(recent)
    assert state.own[:, 0] == pytest.approx(np.log((1 + np.array(recent)) / (1 + usual)))
    for n in np.unique(cell)[::20]:
        assert state.streak[n] == age[cell == n].min() - 1


def test_neighbours_weigh_by_distance_and_add_up_to_one(ground: Ground) -> None:
    weights = ground.neighbours
    assert np.asarray(weights.sum(axis=1)).ravel() == pytest.approx(np.ones(SIDE**2))
    assert weights.diagonal().sum() == 0
    row = weights[[0]].toarray()[0]
    # One cell east and two: exp(-1/4.5) to exp(-4/4.5).
    assert row[1] / row[2] == pytest.approx(np.exp(3 / 4.5))


def test_overlapping_gaps_are_counted_once() -> None:
    spans = pd.DataFrame(
        {
            "area_id": ["a", "a", "gone"],
            "start": pd.to_datetime(["1970-01-11", "1970-01-13", "1970-01-01"]),
            "end": pd.to_datetime(["1970-01-15", "1970-01-21", "1970-02-01"]),
        }
    )
    gaps = Gaps.of(spans, pd.Index(["a", "b"]), key="area_id")
    got = gaps.observed(np.array([[0], [0]]), np.array([[30], [30]]))
    assert got.tolist() == [[20.0], [30.0]]
    assert gaps.hold(np.array([0, 0, 1]), np.array([10, 20, 10])).tolist() == [True, False, False]


def test_row_order_changes_nothing_and_a_clone_has_learned_nothing(
    drawn: tuple[RiskIncidents, Any], fitted: StreakBreak, table: pd.DataFrame
) -> None:
    shuffled = drawn[0].frame.sample(frac=1, random_state=1)
    again = fitted.chances(RiskIncidents(shuffled, CRS(METRIC), BEGIN), as_of=AS_OF)
    pd.testing.assert_frame_equal(again, table)
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    with pytest.raises(NotReadyError, match="fit first"):
        copy.chances(drawn[0], as_of=AS_OF)


def test_a_record_too_short_to_learn_from_is_refused_with_a_sentence(ground: Ground) -> None:
    with pytest.raises(NotReadyError, match="268 days"):
        StreakBreak().fit(incidents_of([1, 2], [3, 4]), ground, as_of=date(2018, 3, 1))


# ---- season, level, correction ----------------------------------------------------------------


def test_a_season_and_a_level_are_found_where_they_are_and_only_there() -> None:
    days = np.arange(1096)
    flat, summer = np.full(1096, 5.0), 5 * np.exp(0.3 * np.cos(2 * np.pi * (days - 190) / 365.25))
    assert Pace.learn(flat, 0).season(1096) == pytest.approx(1, abs=0.01)
    wave = Pace.learn(summer, 0)
    assert wave.season(190 + 1096) / wave.season(8 + 1096) == pytest.approx(np.exp(0.6), rel=0.05)
    assert wave.level(1096) == pytest.approx(1, abs=0.04)
    doubled = np.where(days < 900, 5.0, 10.0)
    assert Pace(np.zeros(4), 0, doubled).level(1096) == pytest.approx(1.6, abs=0.15)
    assert Pace.learn(flat[:300], 0).season(300) == 1.0


def test_a_correction_learns_from_folds_and_doubts_a_few_of_them() -> None:
    rng = np.random.default_rng(3)
    odds = rng.normal(-1, 1.5, 40_000)
    folds = [(odds, rng.random(len(odds)) < expit(0.6 * odds)) for _ in range(4)]
    got = Correction.learn(folds)
    assert got.slope == pytest.approx(1 - 0.4 * 4 / 6, abs=0.02)
    assert Correction.learn([]) == Correction(0.0, 1.0, 0.0)


# ---- the yardsticks ---------------------------------------------------------------------------


def test_scores_worked_by_hand() -> None:
    chance, happened = np.array([0.2, 0.2, 0.8, 0.8]), np.array([False, True, True, True])
    assert calibration_error(chance, happened, bins=2) == pytest.approx((0.6 + 0.4) / 4)
    assert log_loss(chance, happened) == pytest.approx(-np.log([0.8, 0.2, 0.8, 0.8]).mean())
    assert skill(chance, chance, happened) == 0


def test_right_forecasts_score_a_slope_of_one_and_stay_on_the_floor() -> None:
    rng = np.random.default_rng(4)
    chance = rng.beta(1, 4, 30_000)
    happened = rng.random(len(chance)) < chance
    intercept, slope = calibration_line(chance, happened)
    assert intercept == pytest.approx(0, abs=0.05)
    assert slope == pytest.approx(1, abs=0.04)
    assert calibration_error(chance, happened) <= chance_error(chance)[1]
    sharp = chance**2
    assert calibration_error(sharp, happened) > 3 * chance_error(sharp, draws=50)[1]
