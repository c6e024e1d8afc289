"""Scores are what their definitions say, and a share is never rounded into a lie."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evaluation.calibration import UNTESTED, Calibration, calibrate, count_interval
from models.evaluation.score import best_hits, hit_rate, pai, pei, percent, top_cells


def test_pai_is_the_share_of_incidents_over_the_share_of_ground() -> None:
    assert pai(30, 100, 0.02) == pytest.approx(15)
    assert hit_rate(30, 100) == pytest.approx(0.3)
    assert math.isnan(pai(0, 0, 0.02))
    assert math.isnan(pai(0, 5, 0.0))


def test_pei_is_the_share_of_the_most_that_could_be_hit() -> None:
    counts = np.array([1.0, 5, 0, 4])
    assert best_hits(counts, 2) == 9
    assert best_hits(counts, 0) == 0
    assert pei(6, best_hits(counts, 2)) == pytest.approx(2 / 3)
    assert math.isnan(pei(0, 0))


@given(values=st.lists(st.floats(0, 10), max_size=30), n=st.integers(0, 40))
def test_no_cell_left_out_is_higher_than_one_taken(values: list[float], n: int) -> None:
    expected = np.array(values)
    taken = top_cells(expected, n)
    rest = np.delete(expected, taken)
    assert len(taken) == min(n, len(values))
    assert not len(rest) or not len(taken) or rest.max() <= expected[taken].min()


@given(total=st.integers(1, 10**6), data=st.data())
def test_a_printed_share_is_zero_only_for_nothing_and_whole_only_for_all(
    total: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, total))
    text = percent(part, total)
    assert (text in {"0.0 %", "0.00 %"}) == (part == 0)
    assert (text == "100.0 %") == (part == total)


@pytest.mark.parametrize(
    ("part", "total", "text"),
    [(312, 2410, "12.9 %"), (29, 2410, "1.2 %"), (17, 10_000, "0.17 %"), (5, 0, "–")],
)
def test_shares_are_printed_with_two_figures_or_one_decimal(
    part: int, total: int, text: str
) -> None:
    assert percent(part, total) == text


def test_untested_counts_get_an_interval_of_chance_alone() -> None:
    # Learned from ten times the horizon: the count to come varies by 1.1 times Poisson.
    rng = np.random.default_rng(5)
    mean = rng.gamma(40.0, 0.1, 100_000)  # 4 expected, from 40 incidents in ten horizons
    held = rng.poisson(mean)
    low, high = count_interval(np.array([4.0]), UNTESTED, basis_days=280, horizon_days=28)
    inside = ((held >= low[0]) & (held <= high[0])).mean()
    assert 0.90 <= inside <= 0.96  # whole numbers cannot hit 90 % exactly


@pytest.mark.parametrize("dispersion", [0.0, 0.05, 0.3])
def test_nine_counts_in_ten_lie_in_the_interval_where_places_vary_as_measured(
    dispersion: float,
) -> None:
    rng = np.random.default_rng(6)
    expected = rng.gamma(5, 6, 4000)
    mean = expected * (rng.gamma(1 / dispersion, dispersion, 4000) if dispersion else 1.0)
    held = rng.poisson(mean).astype(float)
    learned = calibrate(expected, held, basis_days=36_500, horizon_days=28)
    assert learned.scale == pytest.approx(1.0, abs=0.02)
    assert learned.dispersion == pytest.approx(dispersion, abs=0.03)
    low, high = count_interval(expected, learned, basis_days=36_500, horizon_days=28)
    inside = ((held >= low) & (held <= high)).mean()
    assert 0.88 <= inside <= 0.95


def test_what_luck_had_raised_is_brought_down_but_never_up() -> None:
    expected = np.full(100, 4.0)
    down = calibrate(expected, expected / 2, basis_days=365, horizon_days=28)
    up = calibrate(expected, expected * 2, basis_days=365, horizon_days=28)
    assert down.scale == pytest.approx((200 + 10) / (400 + 10))
    assert up.scale == 1.0


def test_more_dispersion_gives_a_wider_interval() -> None:
    widths = []
    for dispersion in (0.0, 0.1, 1.0):
        low, high = count_interval(
            np.array([20.0]), Calibration(1.0, dispersion), basis_days=365, horizon_days=28
        )
        widths.append(high[0] - low[0])
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_no_places_teach_nothing() -> None:
    assert calibrate(np.zeros(0), np.zeros(0), basis_days=365, horizon_days=28) == UNTESTED
