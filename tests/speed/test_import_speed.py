"""What deliveries may cost, on a million real crimes; ratios, so that machines may differ.

Run with `pytest -m slow tests/speed`; the figures are printed. Deliveries run one after the other;
what else the machine does falls on one or the other, so that a share is taken of wall and of CPU
time, and the smaller one holds: noise only adds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.speed.import_speed import ROWS, Figures, measure, print_figures

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

ROWS_PER_S = 15_000
SECOND_SHARE = 1 / 3
CORRECTED_SHARE = 0.05
"""One row in a hundred; half of its cost is what every import costs, however small."""
MEMORY_GB = 2.0


@pytest.fixture(scope="module")
def figures(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    made = measure(shared / "chicago", tmp_path_factory.mktemp("million"))
    print_figures(made)
    return made


def share_of_first(figures: Figures, name: str) -> float:
    return min(figures[name][kind] / figures["first"][kind] for kind in ("wall", "cpu"))


def test_a_first_million_is_chained_placed_and_counted_in_time_and_memory(figures: Figures) -> None:
    assert figures["first"]["changed"] > 0.99 * ROWS
    assert ROWS / figures["first"]["cpu"] >= ROWS_PER_S
    assert figures["first"]["peak"] <= MEMORY_GB


def test_the_same_million_once_more_costs_a_third_and_changes_nothing(figures: Figures) -> None:
    assert figures["second"]["changed"] == 0
    assert share_of_first(figures, "second") <= SECOND_SHARE
    assert figures["second"]["peak"] <= MEMORY_GB


def test_a_correction_of_one_in_a_hundred_costs_like_one_in_a_hundred(figures: Figures) -> None:
    assert figures["corrected"]["changed"] > 0.009 * ROWS
    assert share_of_first(figures, "corrected") <= CORRECTED_SHARE
