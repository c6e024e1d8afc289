"""The backtest counts what it says it counts, and the card's line is true."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from models.cells import Cells
from models.evaluation.backtest import NAIVE, backtest
from models.evaluation.trial import Study, origin_days
from models.patterns.places import flag_places
from models.risk.past_counts import PastCounts
from models.risk_model import RiskModel, risk_models

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.grid import Grid
    from models.arrays import Floats
    from models.evaluation.card import BacktestCard
    from models.risk_incidents import RiskIncidents

AS_OF = date(2020, 8, 18)
TRUE_SPOTS = np.array([[450.0, 450.0], [1250.0, 650.0], [850.0, 1550.0], [1650.0, 1450.0]])


class KnowsTheSpots(RiskModel):
    """A model that was told where the town's four spots are."""

    def _daily(self, seen: RiskIncidents, cells: Cells, *, as_of: date) -> Floats:
        daily = np.full(len(cells), 0.001)
        daily[cells.locate(TRUE_SPOTS[:, 0], TRUE_SPOTS[:, 1])] = 0.1
        return daily

    def _basis_days(self, seen: RiskIncidents, as_of: date) -> int:
        return 365


class Backwards(PastCounts):
    """A model that flags where least happened."""

    def _daily(self, seen: RiskIncidents, cells: Cells, *, as_of: date) -> Floats:
        daily = super()._daily(seen, cells, as_of=as_of)
        turned: Floats = daily.max() - daily
        return turned


@pytest.fixture(scope="module")
def town(make_town: Callable[..., RiskIncidents]) -> RiskIncidents:
    return make_town(until=AS_OF, days=800, n=1200, seed=7)


def card_for(town: RiskIncidents, grid: Grid, mask: Any, **options: Any) -> BacktestCard:
    asked: dict[str, Any] = {"as_of": AS_OF, "count": 5}
    return backtest(town, grid, mask, **(asked | options))


def test_horizons_lie_end_to_end_and_end_with_as_of(town: RiskIncidents) -> None:
    days = origin_days(town, as_of=AS_OF, origins=6, horizon_days=28)
    assert len(days) == 6
    assert days[-1] + timedelta(days=28) == AS_OF
    assert {later - day for day, later in pairwise(days)} == {timedelta(days=28)}


def test_the_card_agrees_with_a_recount_by_hand(
    town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    card = card_for(town, square_grid, everywhere, models={})
    frame = town.frame.assign(cell=square_grid.cell_of(town.x_m, town.y_m))
    hits = incidents = flagged_cells = 0
    for origin in card.origins:
        end = pd.Timestamp(origin) + pd.Timedelta(days=1)
        past = frame[(frame.occurred >= end - pd.Timedelta(days=365)) & (frame.occurred < end)]
        after = frame[(frame.occurred >= end) & (frame.occurred < end + pd.Timedelta(days=28))]
        counts = past.groupby("cell").size().reindex(square_grid.cells, fill_value=0)
        cells = Cells.over(square_grid, everywhere)
        flagged = cells.ids[flag_places(counts.to_numpy() / 365 * 28, cells, count=5).cells]
        hits += int(after["cell"].isin(flagged).sum())
        incidents += len(after)
        flagged_cells += len(flagged)
    assert (card.hits, card.n_incidents) == (hits, incidents)
    assert card.naive_hits == hits  # last year's counts on as many cells are themselves
    assert card.share_area == pytest.approx(flagged_cells / 6 / 400)
    chance = (card.by_origin["cells"] / 400 * card.by_origin["incidents"]).sum()
    assert card.random_hits == pytest.approx(chance)


def test_a_model_that_knows_the_spots_beats_last_year_s_counts(
    make_town: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    thin = make_town(until=AS_OF, days=800, n=300, seed=3, at_spots=0.3)
    models = {"knows": KnowsTheSpots()}
    card = card_for(thin, square_grid, everywhere, models=models, count=4)
    assert card.beats_naive
    assert card.model == "knows"
    assert card.hits > card.naive_hits > 0
    assert f"last year's counts would have held {card.naive_hits:,}" in card.line()
    assert f"按去年计数则为 {card.naive_hits:,} 起" in card.line("zh")


def test_a_model_that_does_not_beat_last_year_s_counts_is_not_used_and_the_card_says_so(
    town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    card = card_for(town, square_grid, everywhere, models={"backwards": Backwards()})
    assert card.model == NAIVE
    assert not card.beats_naive
    assert card.hits == card.naive_hits
    assert "they are last year's counts, for no other model did better (backwards:" in card.line()
    assert "所用即去年计数，其他模型均未更好" in card.line("zh")


def test_the_line_can_be_checked_figure_by_figure(
    town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    card = card_for(town, square_grid, everywhere, models={})
    share = f"{100 * card.share_area:.1f} %"
    held = f"{100 * card.hits / card.n_incidents:.1f} %"
    random = f"{100 * card.random_hits / card.n_incidents:.1f} %"
    assert card.line() == (
        f"Over the last 6 × 28 days the flagged places ({share} of the patrollable ground) held "
        f"{card.hits} of {card.n_incidents} incidents ({held}); they are last year's counts; no "
        f"other model was tried; places drawn at random about {card.random_hits:.1f} ({random})."
    )
    assert card.line("zh").startswith(f"过去 6 × 28 天，标出的地点（占可巡逻面积 {share}）")


def test_what_comes_after_as_of_changes_nothing(
    town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    early = date(2020, 5, 1)
    before = card_for(town.seen(early), square_grid, everywhere, as_of=early)
    with_future = card_for(town, square_grid, everywhere, as_of=early)
    pd.testing.assert_frame_equal(before.by_origin, with_future.by_origin)
    pd.testing.assert_frame_equal(before.scores, with_future.scores)


def test_a_report_that_came_late_was_not_known_at_the_origin(
    make_incidents: Callable[..., RiskIncidents], square: Cells
) -> None:
    rows = [(50.0, 50.0, "2020-01-01"), (1950.0, 1950.0, "2020-06-01")]
    late = make_incidents(rows, reported=pd.to_datetime(["2020-01-01", "2020-08-01"]))
    study = Study(late, square, 28, 5)
    fit = study.fit(NAIVE, PastCounts(), as_of=date(2020, 7, 1))
    assert [len(fit.places), int(fit.expected[-1])] == [1, 0]


def test_evenly_scattered_incidents_give_flags_no_better_than_chance(
    make_town: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    ratios = []
    for seed in range(12):
        even = make_town(until=AS_OF, days=700, n=1500, seed=seed, at_spots=0.0)
        card = card_for(even, square_grid, everywhere, models={}, count=10)
        ratios.append(card.hits / card.random_hits)
    standard_error = np.std(ratios, ddof=1) / np.sqrt(len(ratios))
    assert abs(np.mean(ratios) - 1) < 3 * standard_error + 0.02


def test_the_scores_hold_every_model_at_every_budget(
    town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    card = card_for(town, square_grid, everywhere)
    assert set(card.scores["model"]) == set(risk_models())
    assert (card.scores.groupby("model").size() == 6).all()
    assert card.scores["pei"].dropna().between(0, 1).all()
    mine = (card.scores["model"] == card.model) & (card.scores["budget"] == "places")
    places = card.scores[mine].iloc[0]
    assert (places["hits"], places["incidents"]) == (card.hits, card.n_incidents)
    assert places["pai"] == pytest.approx(card.hits / card.n_incidents / card.share_area)


def test_a_record_shorter_than_half_a_year_is_not_tested_and_says_so(
    make_town: Callable[..., RiskIncidents], square_grid: Grid, everywhere: Any
) -> None:
    card = card_for(make_town(until=AS_OF, days=100, n=200), square_grid, everywhere)
    assert card.origins == ()
    assert (card.model, card.hits, card.n_incidents) == (NAIVE, 0, 0)
    assert card.line().startswith("Not tested yet")
    assert card.line("zh").startswith("尚无法回测")
    assert card.to_dict()["share_area"] is None


def test_the_card_as_plain_values_can_be_written_as_json(
    town: RiskIncidents, square_grid: Grid, everywhere: Any
) -> None:
    import json

    card = card_for(town, square_grid, everywhere)
    back = json.loads(json.dumps(card.to_dict(), ensure_ascii=False))
    assert back["hits"] == card.hits
    assert back["line_en"] == card.line()
    assert len(back["origins"]) == 6
