"""Classes and colours of the map: a legend that cannot lie."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.services.colours import (
    NO_VALUE,
    STATUS_CODES,
    classify,
    count_classes,
    count_ramp,
    status_ramp,
)
from geo.vocabulary import ZeroStatus

counts = st.lists(st.floats(0, 500), min_size=1, max_size=60).map(np.array)


@given(counts)
def test_every_value_lies_within_the_class_its_colour_names(values: np.ndarray) -> None:
    bounds = count_classes(values)
    codes = classify(values, bounds)
    upper = np.append(bounds[1:], np.inf)
    assert (bounds[codes] <= values).all()
    assert (values < upper[codes]).all()


@given(counts)
def test_bounds_rise_from_zero_and_each_has_its_words(values: np.ndarray) -> None:
    bounds = count_classes(values)
    assert bounds[0] == 0
    assert (np.diff(bounds) > 0).all()
    labels = [step.label for step in count_ramp(bounds, "en")]
    assert len(set(labels)) == len(bounds)


def test_an_area_without_a_value_has_no_class() -> None:
    assert classify(np.array([np.nan, 0.0]), np.array([0.0, 1.0])).tolist() == [NO_VALUE, 0]


def test_every_status_has_a_colour_a_word_and_not_assessed_a_pattern() -> None:
    ramp = {step.value: step for step in status_ramp("zh")}
    assert set(ramp) == {STATUS_CODES[str(status)] for status in ZeroStatus}
    assert len({step.color for step in ramp.values()}) == len(ramp)
    assert ramp[STATUS_CODES["not_assessed"]].pattern == "hatch"
