"""Rates with n/N and bounds, targets on the unrounded rate, and figures printed truly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import UsageError
from geo.window import Window
from models.zero.rates import print_rate, print_ratio, three_zero, with_targets, zero_rates

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

JUNE = Window(date(2020, 6, 1), date(2020, 7, 1))


def seen(*statuses: str, subject_class: str = "village", **more: Any) -> pd.DataFrame:
    """Give rows of `zero_status` for one subject after another, one stream each."""
    row = {"subject_class": subject_class, "window": "2020", "stream": "case", "coverage": 1.0}
    rows = [
        {"subject_id": f"{subject_class}{n}", **row, "status": s, "breaking": 0, "pending": 0}
        for n, s in enumerate(statuses)
    ]
    return pd.DataFrame(rows).assign(**more)


def only(rates: pd.DataFrame, stream: str = "case") -> dict[str, Any]:
    (row,) = rates[rates["stream"] == stream].to_dict("records")
    return {str(name): value for name, value in row.items()}


@pytest.mark.parametrize(
    ("zero", "total", "decimals", "printed"),
    [
        (407, 475, 1, "85.7 %"),
        (1693, 1726, 0, "98 %"),
        (1693, 1726, 1, "98.1 %"),
        (4418, 4419, 2, "99.98 %"),
        (288, 288, 2, "100.00 %"),
        (98, 111, 2, "88.29 %"),
        (98, 111, 0, "88 %"),
        (4418, 4419, 0, "99 %"),
        (1, 4419, 0, "1 %"),
        (0, 4419, 2, "0.00 %"),
        (1, 8, 0, "13 %"),
        (1, 800, 1, "0.1 %"),
        (0, 0, 2, "—"),
    ],
)
def test_published_ratios_are_printed_as_published(
    zero: int, total: int, decimals: int, printed: str
) -> None:
    assert print_ratio(zero, total, decimals=decimals) == printed


@given(st.integers(1, 10**6), st.integers(0, 3), st.data())
def test_a_printed_ratio_is_100_only_when_whole_and_0_only_when_nothing(
    total: int, decimals: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, total))
    printed = Decimal(print_ratio(part, total, decimals=decimals).removesuffix(" %"))
    assert (printed == 100) == (part == total)
    assert (printed == 0) == (part == 0)
    assert abs(printed - Decimal(100 * part) / total) <= Decimal(1).scaleb(-decimals)


def test_pending_is_not_zero_and_not_broken_and_unassessed_leaves_the_denominator() -> None:
    words = ["zero_reported", "zero_verified", "pending_review", "broken", "not_assessed"]
    row = only(zero_rates(seen(*words)))
    counts = ("zero", "assessed", "registered", "pending", "broken", "not_assessed")
    assert [row[name] for name in counts] == [2, 4, 5, 1, 1, 1]
    assert (row["rate"], row["lower"], row["upper"]) == (2 / 4, 2 / 5, 4 / 5)
    assert print_rate(row) == (
        "50.00 % (2/4, 2020, zero case, 1 pending, 1 not assessed, between 40.00 % and 80.00 %)"
    )
    assert print_rate(row, "zh", decimals=0) == (
        "50 %（2/4，2020，零案件，待核 1，未评估 1，介于 40 % 与 80 % 之间）"
    )


def test_a_rate_without_anybody_assessed_is_missing_not_zero() -> None:
    row = only(zero_rates(seen("not_assessed", "not_assessed")))
    assert pd.isna(row["rate"])
    assert (row["lower"], row["upper"]) == (0, 1)
    assert print_rate(row).startswith("— (0/0, ")


def test_an_assumed_coverage_is_said_beside_the_figure(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a")
    row = only(zero_rates(world.status(JUNE, as_of="2020-08-18")))
    assert print_rate(row) == "100.00 % (1/1, 2020-06, zero case, coverage assumed)"
    assert print_rate(row, "zh") == "100.00 %（1/1，2020-06，零案件，覆盖率为假定）"


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["zero_reported", "zero_verified", "pending_review", "broken", "not_assessed"]
        ),
        min_size=1,
        max_size=12,
    )
)
def test_the_parts_of_a_rate_add_up_and_its_bounds_hold_it(statuses: list[str]) -> None:
    row = only(zero_rates(seen(*statuses)))
    assert row["zero"] + row["pending"] + row["broken"] == row["assessed"]
    assert row["assessed"] + row["not_assessed"] == row["registered"] == len(statuses)
    assert 0 <= row["lower"] <= row["upper"] <= 1
    if row["assessed"]:
        assert row["lower"] <= row["rate"]


@pytest.mark.parametrize(
    ("zero", "subject_class", "met"),
    [
        (4, "village", True),  # 4 of 5 is exactly the 80 % aimed at
        (3, "community", False),
        (4, "enterprise", False),
        (5, "institution", True),
    ],
)
def test_a_target_is_met_by_the_unrounded_rate(
    zero_world: type[ZeroWorld], zero: int, subject_class: str, met: bool
) -> None:
    status = seen(*["zero_reported"] * zero, *["broken"] * (5 - zero), subject_class=subject_class)
    row = only(with_targets(zero_rates(status), zero_world().rules))
    assert row["met"] is met


def test_a_rate_that_only_rounds_up_to_its_target_misses_it(zero_world: type[ZeroWorld]) -> None:
    status = seen(*["zero_reported"] * 79_999, *["broken"] * 20_001)
    row = only(with_targets(zero_rates(status), zero_world().rules))
    assert print_ratio(row["zero"], row["assessed"]) == "80.00 %"
    assert row["met"] is False


def test_a_class_without_a_target_neither_meets_nor_misses_it(
    zero_world: type[ZeroWorld],
) -> None:
    status = seen("broken", subject_class="beat")
    row = only(with_targets(zero_rates(status), zero_world().rules))
    assert pd.isna(row["target"])
    assert pd.isna(row["met"])


def test_three_zeros_need_all_three(zero_world: type[ZeroWorld]) -> None:
    world = zero_world.assumed().subject("a").subject("b").subject("c")
    world.incident("case", "2020-06-10", area_code="b")
    world.incident("accident", "2020-06-10", area_code="c", review="reported")
    status = world.status(JUNE, as_of="2020-08-18")
    joined = three_zero(status)
    assert joined["subject_id"].tolist() == ["a", "b", "c"]
    assert joined["status"].tolist() == ["zero_reported", "broken", "pending_review"]
    assert joined["zero"].tolist() == [True, False, False]
    assert only(zero_rates(status), "three_zero")["zero"] == 1


def test_groups_add_up_to_all_together() -> None:
    status = pd.concat(
        [seen("broken", "zero_reported"), seen("not_assessed", subject_class="community")]
    )
    groups, all_together = zero_rates(status), zero_rates(status, by=())
    counts = ["zero", "assessed", "registered", "pending", "broken", "not_assessed"]
    summed = groups.groupby("stream")[counts].sum()
    pd.testing.assert_frame_equal(summed, all_together.set_index("stream")[counts], check_like=True)


def test_an_unknown_group_is_refused_with_what_there_is() -> None:
    with pytest.raises(UsageError, match="Cannot group by town; status has subject_id"):
        zero_rates(seen("broken"), by=["town"])
