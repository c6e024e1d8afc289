"""The expected counts of whole areas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.area_risk import expected_by_area

YEAR = 365.0


def _group(n: int, name: str = "village") -> pd.Series:
    return pd.Series(name, index=[f"a{i}" for i in range(n)])


def test_areas_that_differ_no_more_than_chance_all_get_their_mean() -> None:
    counts = pd.Series([1, 2, 1, 2], index=_group(4).index)
    got = expected_by_area(counts, _group(4), days=YEAR, horizon_days=YEAR)
    assert got["expected"].to_numpy() == pytest.approx([1.5] * 4, abs=0.01)


def test_moments_worked_by_hand() -> None:
    # mean 3, variance 27 over four areas: spread 24, shape 9/24 = 0.375, weight 0.375/3 years.
    counts = pd.Series([0, 0, 0, 12], index=_group(4).index)
    got = expected_by_area(counts, _group(4), days=YEAR, horizon_days=YEAR / 4)
    quiet, busy = 0.375 / 1.125 / 4, 12.375 / 1.125 / 4
    assert got["expected"].to_numpy() == pytest.approx([quiet, quiet, quiet, busy])


@given(st.lists(st.integers(0, 40), min_size=2, max_size=40))
def test_expected_counts_lie_between_an_areas_own_past_and_its_groups_mean(own: list[int]) -> None:
    counts = pd.Series(own, index=_group(len(own)).index)
    got = expected_by_area(counts, _group(len(own)), days=YEAR, horizon_days=YEAR)["expected"]
    mean = max(counts.mean(), 0.5 / len(own))
    low, high = np.minimum(counts, mean), np.maximum(counts, mean)
    assert ((got >= low - 1e-9) & (got <= high + 1e-9)).all()


@given(st.lists(st.integers(0, 40), min_size=2, max_size=40))
def test_a_longer_past_of_the_same_rate_never_widens_the_interval(own: list[int]) -> None:
    counts = pd.Series(own, index=_group(len(own)).index)
    got = expected_by_area(counts, _group(len(own)), days=YEAR, horizon_days=28)
    assert (got["lower"] <= got["upper"]).all()
    assert (got["lower"] >= 0).all()


def test_the_interval_holds_nine_of_ten_future_counts() -> None:
    rng = np.random.default_rng(5)
    rates = rng.gamma(0.8, 2.0, size=4000)
    past, future = rng.poisson(rates), rng.poisson(rates * 28 / YEAR)
    groups = _group(4000)
    got = expected_by_area(pd.Series(past, groups.index), groups, days=YEAR, horizon_days=28)
    inside = (future >= got["lower"]) & (future <= got["upper"])
    # Whole counts make the interval hold at least its share; 3 standard errors below it.
    assert inside.mean() >= 0.90 - 3 * np.sqrt(0.9 * 0.1 / 4000)


def test_groups_do_not_learn_from_each_other() -> None:
    counts = pd.Series([0, 0, 50, 60], index=list("abcd"))
    groups = pd.Series(["village", "village", "community", "community"], index=counts.index)
    apart = expected_by_area(counts, groups, days=YEAR, horizon_days=28)
    alone = expected_by_area(counts[:2], groups[:2], days=YEAR, horizon_days=28)
    pd.testing.assert_frame_equal(apart[:2], alone)
