"""Peak hours and days are named where they stand out, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.patterns.rhythm import days_text, hours_text, peak_span


def hours(**at: int) -> np.ndarray:
    """Count incidents by hour from h20=5."""
    counts = np.zeros(24, dtype=np.int64)
    for name, n in at.items():
        counts[int(name[1:])] = n
    return counts


def test_incidents_from_eight_to_eleven_in_the_evening_peak_at_20_to_23() -> None:
    assert hours_text(hours(h20=10, h21=10, h22=10, h8=3)) == "20–23"


def test_a_peak_may_cross_midnight() -> None:
    assert hours_text(hours(h23=10, h0=12, h1=9)) == "23–02"


def test_a_few_incidents_are_too_few_for_a_peak() -> None:
    assert hours_text(hours(h20=1, h21=1)) is None
    assert hours_text(hours()) is None


def test_an_even_day_has_no_peak() -> None:
    assert hours_text(np.full(24, 50)) is None


def test_a_difference_nobody_would_notice_is_no_peak_however_many_the_incidents() -> None:
    # 17 % instead of 14.3 % of 100,000 on Tuesdays: far beyond chance, a fifth more than even.
    counts = np.array([13_800, 17_000, 13_850, 13_850, 13_850, 13_850, 13_800])
    assert days_text(counts) is None


@pytest.mark.parametrize(
    ("counts", "english", "chinese"),
    [
        ([0, 0, 0, 0, 20, 20, 0], "Fri–Sat", "周五至周六"),
        ([0, 0, 0, 0, 0, 0, 20], "Sun", "周日"),
        ([9, 0, 0, 0, 0, 0, 9], "Sun–Mon", "周日至周一"),
    ],
)
def test_weekdays_are_named_in_both_languages(
    counts: list[int], english: str, chinese: str
) -> None:
    assert days_text(np.array(counts)) == english
    assert days_text(np.array(counts), "zh") == chinese


@given(
    counts=st.lists(st.integers(0, 30), min_size=24, max_size=24),
    turn=st.integers(0, 23),
)
def test_turning_the_clock_turns_the_peak(counts: list[int], turn: int) -> None:
    here, there = (peak_span(np.roll(np.array(counts), shift), (2, 3, 4)) for shift in (0, turn))
    assert (here is None) == (there is None)
    if here is not None and there is not None:
        assert (there[1] - there[0]) % 24 == (here[1] - here[0]) % 24 or _tied(counts)


def _tied(counts: list[int]) -> bool:
    """Tell whether two spans are equally good, so that the first one won by its place."""
    return len(set(counts)) < len(counts)


def test_even_random_hours_are_called_a_peak_in_at_most_one_case_of_twenty() -> None:
    # 2,000 places with 40 incidents at even hours: at most 5 % + 3 standard errors.
    draws = np.random.default_rng(20200818).multinomial(40, np.full(24, 1 / 24), size=2000)
    flagged = sum(hours_text(row) is not None for row in draws)
    assert flagged <= 2000 * 0.05 + 3 * np.sqrt(2000 * 0.05 * 0.95)
