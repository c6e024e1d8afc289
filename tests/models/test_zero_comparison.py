"""One year against another, fairly: kinds named, chance asked, like with like, nobody ranked."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.errors import SchemaError, UsageError
from geo.window import Window, year_before, year_to_date
from models.zero.chance import count_interval, rate_interval, two_counts, two_rates
from models.zero.comparison import ChangeKind, count_change, panel_rates, rate_change
from models.zero.funnel import count_funnel, rate_funnel, shrunk_rates
from models.zero.share import Share
from models.zero.targets import gap_to, least_zeros

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

counts = st.integers(0, 60)


@st.composite
def shares(draw: st.DrawFn) -> Share:
    whole = draw(st.integers(1, 60))
    return Share(draw(st.integers(0, whole)), whole)


# ---- changes --------------------------------------------------------------------------------


def test_54_cases_after_84_are_a_fall_of_35_71_per_cent_and_more_than_chance() -> None:
    change = count_change(54, 84)
    assert change.printed() == (
        "84 → 54, −35.71 % [count %], more than chance explains "
        "(exact conditional Poisson test, p = 0.013, mid-p = 0.011)"
    )
    assert "−35.71 % [件数变化率]，超出正常波动（泊松条件精确检验" in change.printed("zh")


def test_the_three_kinds_of_one_change_are_three_figures_and_each_is_named() -> None:
    now, before = Share(45, 54), Share(52, 84)
    pp = rate_change(now, before, kind=ChangeKind.RATE_PP)
    relative = rate_change(now, before, kind=ChangeKind.RATE_RELATIVE)
    assert "83.33 % (45/54), +21.43 pp [rate pp]" in pp.printed()
    assert "+34.62 % [rate relative %]" in relative.printed()
    assert "+21.62 % [count %]" in count_change(45, 37).printed()


@pytest.mark.parametrize(
    ("before", "kind", "printed"),
    [(57, ChangeKind.RATE_RELATIVE, "+22.81 %"), (58, ChangeKind.RATE_RELATIVE, "+20.69 %"),
     (52, ChangeKind.RATE_PP, "+21.43 pp")],
)  # fmt: skip
def test_no_whole_history_of_45_of_54_gives_the_published_change(
    before: int, kind: ChangeKind, printed: str
) -> None:
    assert printed in rate_change(Share(45, 54), Share(before, 84), kind=kind).printed()
    every = [rate_change(Share(45, 54), Share(n, 84), kind=kind).value for n in range(10, 85)]
    assert not [value for value in every if value is not None and f"{value:.1f}" == "21.5"]


def test_three_then_two_is_told_in_words() -> None:
    change = count_change(2, 3)
    assert change.value is None
    assert change.printed().startswith("3 → 2, within normal variation")
    assert change.printed("zh").startswith("3 → 2，属正常波动")
    assert "%" not in change.printed()
    assert count_change(9, 0).printed().startswith("0 → 9, more than chance explains")
    few = rate_change(Share(3, 4), Share(2, 4), kind=ChangeKind.RATE_PP)
    assert few.value is None


@given(counts, counts)
def test_a_percentage_needs_ten_or_more_on_both_sides(now: int, before: int) -> None:
    value = count_change(now, before).value
    assert (value is None) == (min(now, before) < 10)
    if value is not None:
        assert value == pytest.approx(100 * (now / before - 1))


def test_the_year_to_date_ends_on_the_same_calendar_day() -> None:
    now, before = year_to_date(date(2020, 8, 18))
    assert (now.label, before.label) == ("2020-01-01..2020-08-18", "2019-01-01..2019-08-18")
    assert (now.days, before.days) == (231, 230)  # 2020 has a 29 February


@given(st.dates(date(1901, 1, 1), date(2100, 12, 31)))
def test_the_day_a_year_before_is_the_same_day_or_the_28th(day: date) -> None:
    before = year_before(day)
    assert before.year == day.year - 1
    assert (before.month, before.day) in ((day.month, day.day), (2, 28))
    assert 365 <= (day - before).days <= 366


# ---- more than chance? ----------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(counts, counts, st.sampled_from([1.0, 2.0, 0.5]))
def test_the_test_of_two_counts_is_the_binomial_sum_written_out(
    now: int, before: int, exposure: float
) -> None:
    n, q = now + before, Fraction(exposure) / (Fraction(exposure) + 1)
    law = [comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    exact = min(1.0, 2 * float(min(sum(law[: now + 1]), sum(law[now:]))))
    half = law[now] / 2
    mid = 2 * float(min(sum(law[:now]) + half, sum(law[now + 1 :]) + half))
    told = two_counts(now, before, exposure_now=exposure)
    assert told.p == pytest.approx(exact)
    assert told.mid_p == pytest.approx(min(mid, 1.0))


@settings(max_examples=60, deadline=None)
@given(shares(), shares())
def test_two_rates_are_tested_as_fishers_one_sided_tests_say(now: Share, before: Share) -> None:
    table = np.array([[now.part, now.whole - now.part], [before.part, before.whole - before.part]])
    one_sided = [stats.fisher_exact(table, alternative=side)[1] for side in ("less", "greater")]
    told = two_rates(now, before)
    assert told.p == pytest.approx(min(1.0, 2 * min(one_sided)))
    assert told.mid_p <= told.p + 1e-12


@settings(max_examples=60, deadline=None)
@given(counts, counts, shares(), shares())
def test_which_year_comes_first_does_not_matter(a: int, b: int, one: Share, other: Share) -> None:
    assert two_counts(a, b).p == pytest.approx(two_counts(b, a).p)
    assert two_counts(a, b).mid_p == pytest.approx(two_counts(b, a).mid_p)
    assert two_rates(one, other).mid_p == pytest.approx(two_rates(other, one).mid_p)


@given(st.integers(1, 40), st.integers(0, 40))
def test_the_further_apart_the_less_it_is_chance(total: int, low: int) -> None:
    low = min(low, total)
    values = [two_counts(k, 2 * total - k).mid_p for k in range(low, total + 1)]
    assert values == sorted(values)


@given(counts, shares(), st.sampled_from([0.8, 0.95, 0.998]))
def test_exact_intervals_hold_what_was_seen(count: int, rate: Share, level: float) -> None:
    low, high = count_interval(count, level=level)
    assert low <= count <= high
    least, most = rate_interval(rate, level=level)
    assert rate.value is not None
    assert 0 <= least <= rate.value <= most <= 1


@pytest.mark.parametrize("mean", [0.5, 3.0, 12.0])
def test_an_exact_interval_covers_at_least_what_it_promises(mean: float) -> None:
    seen = np.arange(0, 80)
    holds = [low <= mean <= high for low, high in (count_interval(int(k)) for k in seen)]
    assert stats.poisson(mean).pmf(seen)[holds].sum() >= 0.95


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be negative"):
        two_counts(-1, 3)
    with pytest.raises(UsageError, match="cannot be negative"):
        two_rates(Share(5, 4), Share(1, 2))
    with pytest.raises(UsageError, match="must be positive"):
        two_counts(1, 2, exposure_now=0)


# ---- targets --------------------------------------------------------------------------------


@given(st.integers(0, 2000), st.integers(0, 100))
def test_the_fewest_zeros_reach_the_target_and_one_less_not(assessed: int, percent: int) -> None:
    target = Fraction(percent, 100)
    needed = least_zeros(assessed, percent / 100)
    assert needed >= target * assessed
    assert needed == 0 or needed - 1 < target * assessed


def test_the_gap_is_counted_in_subjects_and_in_points() -> None:
    gap = gap_to(0.8, Share(369, 475))
    assert gap.more == 11
    assert gap.points == pytest.approx(80 - 100 * 369 / 475)
    assert gap_to(0.8, Share(380, 475)).more == 0
    assert gap_to(0.8, Share(0, 0)) == (0, None)
    with pytest.raises(UsageError, match=r"share in 0\.\.1"):
        least_zeros(10, 80)


# ---- a constant panel -----------------------------------------------------------------------


def test_a_rate_that_rose_by_who_joined_did_not_rise_among_those_who_stayed(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world.assumed().subject("a").subject("b")
    for name in ("c", "d"):
        world.subject(name, registered_on="2021-01-01")
    for year in (2020, 2021):
        world.incident("case", f"{year}-06-10", area_code="b")
    years = [Window(date(y, 1, 1), date(y + 1, 1, 1)) for y in (2020, 2021)]
    rates = panel_rates(world.status(*years, as_of="2022-01-31"))
    cases = rates[rates["stream"] == "case"].set_index(["panel", "window"])["rate"]
    assert cases["all"].tolist() == [0.5, 0.75]
    assert cases["constant"].tolist() == [0.5, 0.5]
    assert rates["panel"].unique().tolist() == ["all", "constant"]


# ---- like with like -------------------------------------------------------------------------


def of(values: list[float]) -> pd.Series:
    return pd.Series(values, index=[f"{n:02d}" for n in range(len(values))])


def alike(count: int) -> pd.Series:
    return pd.Series("g", of([0.0] * count).index)


many = st.lists(st.tuples(st.integers(0, 30), st.floats(0.5, 50)), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(many, st.randoms())
def test_shrunk_rates_lie_between_the_raw_ones_and_the_groups_mean(
    drawn: list[tuple[int, float]], random: object
) -> None:
    seen, exposure = of([c for c, _ in drawn]), of([e for _, e in drawn])
    made = shrunk_rates(seen, exposure, alike(len(drawn)))
    mean = seen.sum() / exposure.sum()
    low, high = np.minimum(made["rate"], mean), np.maximum(made["rate"], mean)
    assert ((made["shrunk"] >= low - 1e-9) & (made["shrunk"] <= high + 1e-9)).all()
    assert (made["lower"] <= made["shrunk"] + 1e-9).all()
    assert (made["upper"] >= made["shrunk"] - 1e-9).all()
    assert made.index.is_monotonic_increasing
    shuffled = seen.sample(frac=1, random_state=1)
    again = shrunk_rates(shuffled, exposure, alike(len(drawn)))
    pd.testing.assert_frame_equal(made, again)


def test_the_less_is_known_of_a_subject_the_further_its_rate_is_drawn() -> None:
    made = shrunk_rates(of([2, 20, 0, 200]), of([1, 10, 40, 100]), alike(4))
    raw_two = made["rate"].iloc[:2]
    assert raw_two.tolist() == [2.0, 2.0]
    mean = 222 / 151
    assert abs(made["shrunk"].iloc[0] - mean) < abs(made["shrunk"].iloc[1] - mean)


def test_a_group_is_judged_by_its_own_kind_alone() -> None:
    groups = pd.Series(["v", "v", "c", "c"], index=of([0] * 4).index)
    made = count_funnel(of([1, 3, 10, 30]), of([1, 1, 1, 1]), groups)
    assert made["expected"].tolist() == [2, 2, 20, 20]


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 40), st.integers(1, 400), st.floats(0.01, 0.99))
def test_funnel_limits_leave_at_most_half_of_the_rest_beyond_each(
    mean: float, whole: int, share: float
) -> None:
    for law, made in (
        (stats.poisson(mean), count_funnel(of([mean]), of([1]), alike(1))),
        (
            stats.binom(whole, share),
            rate_funnel(of([whole * share]), of([whole]), alike(1)),
        ),
    ):
        row = made.iloc[0]
        for name, tail in (("95", 0.025), ("99.8", 0.001)):
            assert law.cdf(row[f"lower_{name}"] - 1) <= tail + 1e-9
            assert law.sf(row[f"upper_{name}"]) <= tail + 1e-9
        assert row["lower_99.8"] <= row["lower_95"] <= row["upper_95"] <= row["upper_99.8"]


def test_who_lies_outside_is_marked_and_nobody_is_put_in_an_order() -> None:
    made = count_funnel(of([4, 40, 5, 3]), of([1, 1, 1, 1]), alike(4))
    assert made.index.tolist() == ["00", "01", "02", "03"]
    assert made["outside_99.8"].tolist() == [False, True, False, False]


def test_a_subject_nobody_is_exposed_at_is_left_out_and_an_unknown_count_refused() -> None:
    groups = alike(2)
    assert count_funnel(of([0, 4]), of([0, 1]), groups).index.tolist() == ["01"]
    assert shrunk_rates(of([0, 0]), of([0, 0]), groups).empty
    with pytest.raises(SchemaError, match="Counts must be known"):
        count_funnel(of([float("nan"), 4]), of([1, 1]), groups)
