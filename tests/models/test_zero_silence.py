"""Is a zero believable: what the tail must obey, worked by hand, and found again by simulation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.base import clone

from geo.errors import NotReadyError, SchemaError, UsageError
from geo.window import Window
from models.zero.silence import Silence
from models.zero.silence_counts import (
    DAYS_PER_YEAR,
    ReportedCounts,
    present_silence,
    reported_counts,
)
from models.zero.silence_prior import ClassPrior, wander_of
from models.zero.silence_tail import Predicted, false_discovery_q, years_until_unusual

YEAR_2020 = Window(date(2020, 1, 1), date(2021, 1, 1))


def counts_of(
    past: Any, window: Any, exposure: Any = None, group: Any = "village", years: Any = 1.0
) -> ReportedCounts:
    """Make yearly counts of one class from arrays."""
    past, window = np.asarray(past, dtype=float), np.asarray(window, dtype=float)
    size = len(window)
    past = past.reshape(size, -1)
    subjects = pd.DataFrame(
        {
            "subject_class": "village",
            "group": group,
            "exposure": np.ones(size) if exposure is None else np.asarray(exposure, dtype=float),
            "exposure_known": exposure is not None,
        },
        index=pd.Index([f"v{n:04d}" for n in range(size)], name="subject_id"),
    )
    return ReportedCounts(
        subjects, past, np.ones_like(past), window, np.full(size, years, dtype=float), 1.0
    )


def county(
    seed: int, *, mean: float, n: int = 200, cv: float = 0.3, thinned: float = 0.0, blocks: int = 5
) -> tuple[ReportedCounts, Any, Any]:
    """Draw a county: yearly counts, its true rates, and who reports only 30 % in the window."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(1 / cv**2, mean * cv**2, n)
    hides = rng.random(n) < thinned
    past = rng.poisson(rate[:, None], (n, blocks))
    return counts_of(past, rng.poisson(rate * np.where(hides, 0.3, 1.0))), rate, hides


def told(prior: ClassPrior, counts: ReportedCounts) -> pd.DataFrame:
    """Judge counts by a prior that is given, not learned."""
    model = Silence()
    model.priors_, model.groups_ = {"village": prior}, {"village": pd.Index(["village"])}
    return model.believe(counts)


def prior_of(**changes: Any) -> ClassPrior:
    plain = ClassPrior(2.0, 4.0, np.ones(1), np.array([np.inf]), 1.0, np.inf, 0.0)
    return replace(plain, **changes)


# ---- worked by hand ---------------------------------------------------------------------------


def test_a_tail_worked_by_hand() -> None:
    # Gamma(2, mean 4): rate 1/2. Two past years with 6 and 4: Gamma(12, 2.5), mean 4.8 a year.
    # P(none) = (2.5/3.5)^12; P(one) = 12 x (1/3.5) x P(none).
    got = told(prior_of(), counts_of([[6, 4]], [1]))
    none = (2.5 / 3.5) ** 12
    assert got["expected"].item() == pytest.approx(4.8)
    assert got["p"].item() == pytest.approx(none * (1 + 12 / 3.5))
    assert got["expected_low"].item() == pytest.approx(stats.gamma.ppf(0.05, 12) / 2.5)


def test_a_subject_without_a_past_is_compared_with_its_peers_alone() -> None:
    # Gamma(2, rate 1/2): P(none in a year) = (0.5/1.5)^2 = 1/9.
    got = told(prior_of(), counts_of(np.empty((1, 0)), [0]))
    assert got["p"].item() == pytest.approx(1 / 9)


def test_the_years_of_silence_that_mean_something_worked_by_hand() -> None:
    # (0.5/(0.5+t))^2 < 1/100 needs t > 4.5 years; over two subjects 1/200, 0.5 x (sqrt(200)-1).
    got = told(prior_of(), counts_of(np.empty((2, 0)), [0, 3]))
    assert got["silent_years_alone"].tolist() == pytest.approx([4.5, 4.5], rel=1e-6)
    assert got["silent_years_needed"].tolist() == pytest.approx([0.5 * (200**0.5 - 1)] * 2)


def test_a_rate_known_for_certain_needs_the_logarithm_of_its_level() -> None:
    years = years_until_unusual(
        np.array([0.055]), np.array([1e-9]), wander=0.0, block_years=1.0, level=0.01
    )
    assert years.tolist() == pytest.approx([np.log(100) / 0.055], rel=1e-4)  # 84 years


def test_wander_worked_by_hand() -> None:
    # One subject, blocks 1 and 9 of equal level: left over 2 x (4^2 - 10/4) = 27,
    # per unit of wander 2 x 90 x 1/4 x (1 - 1 + 1/2) = 22.5. A second subject sets equal levels.
    past = np.array([[1.0, 9.0], [9.0, 1.0]])
    assert wander_of(past, np.ones((2, 2))) == pytest.approx(27 / 22.5)
    assert wander_of(np.array([[5.0, 5.0]]), np.ones((1, 2))) == 0.0


def test_benjamini_hochberg_worked_by_hand() -> None:
    # Example: p x n / rank = .05, .05, .0667, .05, .9 made monotone from the right.
    tail = np.array([0.01, 0.02, 0.04, 0.04, 0.9])
    expected = [0.05, 0.05, 0.05, 0.05, 0.9]
    assert false_discovery_q(tail).tolist() == pytest.approx(expected)


def test_subjects_too_small_to_show_a_low_tail_cost_the_others_nothing() -> None:
    # One subject with tails 0.02, 0.1, ...; 99 that can show nothing below 0.4.
    tail = np.append(0.02, np.full(99, 1.0))
    attainable = np.append([0.02, 0.1], np.full(99, 0.4)), np.append([0.02, 0.08], [0.4] * 99)
    assert false_discovery_q(tail, attainable)[0] == pytest.approx(0.02)
    assert false_discovery_q(tail)[0] == 1.0


# ---- properties -------------------------------------------------------------------------------

FEW = st.integers(0, 12)
PAST = st.lists(st.integers(0, 30), min_size=0, max_size=4)
WANDER = st.floats(0, 1)


@given(PAST, FEW, st.floats(0.1, 5), st.floats(1.01, 4), WANDER)
def test_more_exposure_with_the_same_silence_is_never_less_unusual(
    past: list[int], seen: int, exposure: float, factor: float, wander: float
) -> None:
    counts = counts_of([past] * 2, [seen] * 2, [exposure, exposure * factor])
    small, large = told(prior_of(wander=wander), counts)["p"]
    assert large <= small * (1 + 1e-9)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), FEW, st.integers(1, 20), WANDER)
def test_more_past_incidents_never_make_a_silence_less_unusual(
    past: list[int], seen: int, more: int, wander: float
) -> None:
    counts = counts_of([past, [past[0] + more, *past[1:]]], [seen] * 2)
    before, after = told(prior_of(wander=wander), counts)["p"]
    assert after <= before * (1 + 1e-9)


@given(PAST, st.floats(0.1, 5), st.floats(1.01, 5), WANDER)
def test_a_longer_silence_is_never_less_unusual(
    past: list[int], years: float, factor: float, wander: float
) -> None:
    counts = counts_of([past] * 2, [0, 0], years=np.array([years, years * factor]))
    shorter, longer = told(prior_of(wander=wander), counts)["p"]
    assert longer <= shorter * (1 + 1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_is_never_below_p_and_keeps_its_order(tails: list[float]) -> None:
    tail = np.array(tails)
    q = false_discovery_q(tail)
    assert (q >= tail - 1e-15).all()
    assert (np.diff(q[np.argsort(tail)]) >= -1e-15).all()


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_with_attainable_tails_q_lies_between_p_and_plain_benjamini_hochberg(seed: int) -> None:
    rng = np.random.default_rng(seed)
    predicted = Predicted(rng.gamma(0.5, 10, 50), rng.uniform(0.01, 1, 50))
    tail = predicted.so_few(rng.poisson(predicted.mean * 0.5).astype(float))
    q = false_discovery_q(tail, predicted.attainable())
    assert ((q >= tail) & (q <= false_discovery_q(tail) + 1e-12)).all()


def test_relabelling_and_reordering_subjects_changes_nothing() -> None:
    counts, _, _ = county(3, mean=6, n=60, thinned=0.3)
    plain = Silence().fit(counts).believe(counts)
    order = np.random.default_rng(1).permutation(60)
    subjects = counts.subjects.iloc[order].set_axis([f"other{n}" for n in range(60)])
    turned = replace(
        counts,
        subjects=subjects,
        past=counts.past[order],
        past_years=counts.past_years[order],
        window=counts.window[order],
        window_years=counts.window_years[order],
    )
    again = Silence().fit(turned).believe(turned)
    for name in ("p", "q", "expected", "silent_years_needed"):
        assert again[name].to_numpy() == pytest.approx(plain[name].to_numpy()[order], rel=1e-3)


def test_the_window_of_a_day_more_of_the_same_silence_leaves_the_input_alone() -> None:
    counts, _, _ = county(4, mean=6, n=40)
    before = counts.past.copy(), counts.window.copy(), counts.subjects.copy()
    model = clone(Silence(false_discovery_rate=0.2)).fit(counts)
    model.believe(counts)
    assert model.get_params() == {"false_discovery_rate": 0.2, "robust": True}
    assert (counts.past == before[0]).all()
    assert (counts.window == before[1]).all()
    pd.testing.assert_frame_equal(counts.subjects, before[2])


# ---- an independent second method -------------------------------------------------------------


@pytest.mark.parametrize("wander", [0.0, 0.15])
def test_the_tail_agrees_with_a_simulation_of_the_prediction(wander: float) -> None:
    rng = np.random.default_rng(5)
    prior = prior_of(wander=wander)
    counts = counts_of([[2, 5, 3]] * 3, [0, 1, 3])
    got = told(prior, counts)["p"].to_numpy()
    # The rate by importance: draw from the prior, weigh by the chance of the past.
    draws = 400_000
    rate = rng.gamma(2.0, 2.0, draws)
    part = 1 / (1 + wander * 10 * (1 / 3))
    weight = np.exp(10 * part * np.log(rate) - 3 * part * rate)
    own = 1.0 if wander == 0 else rng.gamma(1 / wander, wander, draws)
    future = rng.poisson(rate * own)
    simulated = [np.average(future <= seen, weights=weight) for seen in (0, 1, 3)]
    # Two gamma variables are joined by their moments: with wander the form is near, not equal.
    error = 2 * np.sqrt((weight**2).sum()) / weight.sum() + (0.008 if wander else 0.0)
    assert got == pytest.approx(simulated, abs=error)


# ---- null checks and power --------------------------------------------------------------------


@pytest.mark.parametrize(("mean", "blocks"), [(2.0, 5), (12.0, 5), (12.0, 0)])
def test_poisson_counts_without_concealment_are_flagged_no_more_than_nominal(
    mean: float, blocks: int
) -> None:
    # Where nothing is hidden every flag is false: a run with any flag has a false rate of 1.
    runs, alarms, low = 24, 0, []
    for seed in range(runs):
        counts, _, _ = county(1000 + seed, mean=mean, n=120, blocks=blocks)
        got = Silence().fit(counts).believe(counts)
        alarms += bool(got["flagged"].any())
        low.append((got["p"] <= 0.05).mean())
    assert alarms / runs <= 0.10 + 3 * np.sqrt(0.09 / runs)
    assert np.mean(low) <= 0.05 + 3 * np.std(low) / np.sqrt(runs)


def test_rates_that_wander_from_year_to_year_raise_no_alarm() -> None:
    runs, alarms = 30, 0
    for seed in range(runs):
        rng = np.random.default_rng(20_000 + seed)
        rate = rng.gamma(4, 3, (120, 1)) * rng.gamma(10, 0.1, (120, 6))
        drawn = rng.poisson(rate)
        got = Silence().fit(counts := counts_of(drawn[:, :5], drawn[:, 5])).believe(counts)
        alarms += bool(got["flagged"].any())
    assert alarms / runs <= 0.10 + 3 * np.sqrt(0.09 / runs)


def test_a_county_that_calms_down_as_a_whole_is_not_flagged() -> None:
    rng = np.random.default_rng(7)
    rate = rng.gamma(9, 1.2, 150)
    counts = counts_of(rng.poisson(rate[:, None], (150, 5)), rng.poisson(0.6 * rate))
    model = Silence().fit(counts)
    assert model.priors_["village"].trend == pytest.approx(0.6, abs=0.06)
    assert not model.believe(counts)["flagged"].any()


def test_most_of_what_an_all_knowing_judge_finds_is_found() -> None:
    found, known, wrong, large = [], [], [], []
    for seed in range(4):
        counts, rate, hides = county(3000 + seed, mean=14, thinned=0.3)
        flagged = Silence().fit(counts).believe(counts)["flagged"].to_numpy()
        oracle = false_discovery_q(stats.poisson.cdf(counts.window, rate)) <= 0.10
        found.append((flagged & hides).sum())
        known.append((oracle & hides).sum())
        wrong.append((flagged & ~hides).sum() / max(flagged.sum(), 1))
        large += flagged[hides & (rate >= 20)].tolist()
    assert sum(found) >= 0.9 * sum(known)
    assert np.mean(wrong) <= 0.10 + 3 * np.std(wrong) / np.sqrt(len(wrong))
    assert np.mean(large) >= 0.8


def test_the_prior_sees_through_those_who_hide() -> None:
    counts, _, _ = county(8, mean=20, cv=0.3, thinned=0.3, n=300)
    robust, plain = (
        Silence(robust=robust).fit(counts).priors_["village"] for robust in (True, False)
    )
    assert robust.trend == pytest.approx(1.0, abs=0.05)
    assert robust.thinned_share == pytest.approx(0.3, abs=0.08)
    assert robust.thinned_to == pytest.approx(0.3, abs=0.08)
    assert plain.trend < 0.9


def test_groups_that_differ_are_judged_each_by_its_own() -> None:
    rng = np.random.default_rng(9)
    level = np.repeat([0.5, 8.0], 60)
    group = np.repeat(["mine", "shop"], 60)
    counts = counts_of(rng.poisson(level[:, None], (120, 3)), rng.poisson(level), group=group)
    counts.window[-1] = 0
    model = Silence().fit(counts)
    factors = dict(
        zip(model.groups_["village"], model.priors_["village"].group_factor, strict=True)
    )
    assert factors["shop"] / factors["mine"] == pytest.approx(16, rel=0.4)
    got = model.believe(counts)
    assert got["flagged"].iloc[-1]
    assert not got["flagged"].iloc[:60].any()


def test_indicators_stand_beside_the_tail_and_never_in_it() -> None:
    counts, _, _ = county(10, mean=5, n=30)
    model = Silence().fit(counts)
    small = pd.DataFrame({"small_hazards": [7]}, index=["v0003"])
    got, plain = model.believe(counts, indicators=small), model.believe(counts)
    pd.testing.assert_frame_equal(got[plain.columns], plain)
    assert got["indicator_small_hazards"].dropna().to_dict() == {"v0003": 7}


# ---- counting ---------------------------------------------------------------------------------


def subjects_of(**columns: Any) -> pd.DataFrame:
    index = pd.Index(["a", "b"], name="subject_id")
    return pd.DataFrame({"subject_class": "village", **columns}, index=index)


def reports_of(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["subject_id", "day"])
    return frame.assign(day=pd.to_datetime(frame["day"]))


def test_blocks_step_back_from_the_window_and_a_report_falls_into_one() -> None:
    reports = reports_of(("a", "2020-01-01"), ("a", "2019-12-31"), ("a", "2018-12-31"))
    past = Window(date(2018, 1, 1), date(2020, 1, 1))
    got = reported_counts(subjects_of(), reports, window=YEAR_2020, past=past)
    # 2020 has 366 days: one whole block of 366 days fits into 730.
    assert got.past.tolist() == [[2.0], [0.0]]
    assert got.window.tolist() == [1.0, 0.0]
    assert got.window_years.tolist() == pytest.approx([366 / DAYS_PER_YEAR] * 2)


def test_unassessed_time_neither_counts_nor_is_at_risk_however_spans_overlap() -> None:
    gaps = pd.DataFrame(
        {
            "subject_id": ["a", "a", "b"],
            "start": pd.to_datetime(["2020-03-01", "2020-03-10", "2019-12-01"]),
            "end": pd.to_datetime(["2020-03-15", "2020-03-31", "2020-01-02"]),
        }
    )
    reports = reports_of(("a", "2020-03-12"), ("a", "2020-04-01"), ("b", "2020-01-02"))
    got = reported_counts(subjects_of(), reports, window=YEAR_2020, past=None, unassessed=gaps)
    assert (got.window_years * DAYS_PER_YEAR).tolist() == pytest.approx([366 - 30, 365])
    assert got.window.tolist() == [1.0, 1.0]


def test_a_subject_counts_from_its_registration_on() -> None:
    subjects = subjects_of(
        registered_on=pd.to_datetime(pd.Series(["2020-12-31", None], index=["a", "b"]))
    )
    got = reported_counts(subjects, reports_of(("a", "2020-05-05")), window=YEAR_2020, past=None)
    assert got.window.tolist() == [0.0, 0.0]
    assert got.window_years[0] == pytest.approx(1 / DAYS_PER_YEAR)


def test_a_missing_exposure_is_that_of_the_class_median_and_noted() -> None:
    subjects = subjects_of(exposure=[800.0, None])
    got = reported_counts(subjects, reports_of(), window=YEAR_2020, past=None).subjects
    assert got["exposure"].tolist() == [1.0, 1.0]
    assert got["exposure_known"].tolist() == [True, False]


def test_a_present_silence_begins_after_the_last_report_which_is_no_part_of_its_past() -> None:
    reports = reports_of(("a", "2019-06-01"), ("a", "2019-12-31"), ("a", "2021-01-01"))
    got = present_silence(subjects_of(), reports, as_of=date(2020, 12, 31), since=date(2018, 1, 1))
    assert (got.window_years * DAYS_PER_YEAR).tolist() == pytest.approx([366, 1096])
    assert got.past.sum(axis=1).tolist() == [1.0, 0.0]
    assert (got.past_years.sum(axis=1) * DAYS_PER_YEAR).tolist() == pytest.approx([729, 0])


def test_present_silences_without_concealment_look_as_unusual_as_they_should() -> None:
    rng = np.random.default_rng(11)
    low: list[bool] = []
    names = [f"v{n}" for n in range(300)]
    subjects = pd.DataFrame({"subject_class": "village"}, index=pd.Index(names))
    for _ in range(8):
        times = rng.poisson(rng.gamma(2, 1.5, 300) * 6)
        day = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 2192, times.sum()), "D")
        reports = pd.DataFrame({"subject_id": np.repeat(names, times), "day": day})
        past = Window(date(2015, 1, 1), date(2020, 1, 1))
        model = Silence().fit(reported_counts(subjects, reports, window=YEAR_2020, past=past))
        silent = present_silence(
            subjects, reports, as_of=date(2020, 12, 31), since=date(2015, 1, 1)
        )
        low += (model.believe(silent)["p"] <= 0.01).tolist()
    assert np.mean(low) <= 0.01 + 3 * np.sqrt(0.01 * 0.99 / len(low))
    assert np.mean(low) >= 0.002


def test_a_silence_teaches_nothing_and_an_unknown_class_is_refused() -> None:
    silent = present_silence(
        subjects_of(),
        reports_of(("a", "2020-01-01")),
        as_of=date(2020, 2, 1),
        since=YEAR_2020.start,
    )
    with pytest.raises(UsageError, match="chosen by the data"):
        Silence().fit(silent)
    with pytest.raises(NotReadyError, match="fit first"):
        Silence().believe(silent)
    counts, _, _ = county(1, mean=3, n=20)
    strange = replace(counts, subjects=counts.subjects.assign(subject_class="mine"))
    with pytest.raises(NotReadyError, match="mine"):
        Silence().fit(counts).believe(strange)
    with pytest.raises(SchemaError, match="day"):
        reported_counts(
            subjects_of(), pd.DataFrame({"subject_id": []}), window=YEAR_2020, past=None
        )


def test_a_class_in_which_nothing_ever_happened_is_judged_without_a_flag() -> None:
    counts = counts_of(np.zeros((5, 3)), np.zeros(5))
    got = Silence().fit(counts).believe(counts)
    assert not got["flagged"].any()
    assert (got["expected"] > 0).all()
    assert (got["silent_years_needed"] > 50).all()


def test_who_was_not_observed_is_neither_unusual_nor_zero() -> None:
    counts, _, _ = county(12, mean=20, n=30)
    counts.window_years[3], counts.window[3] = 0.0, 0.0
    got = Silence().fit(counts).believe(counts).iloc[3]
    assert (got["p"], got["q"], bool(got["flagged"])) == (1.0, 1.0, False)
    assert np.isnan(got["observed"])
