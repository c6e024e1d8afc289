"""Rows as dictionaries: the same values pandas gives one by one, only sooner."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashboard.services.records import records

COLUMNS = {
    "text": pd.array(["x", None], dtype="str"),
    "count": [1, 2],
    "share": [1.5, np.nan],
    "flag": [True, False],
    "day": pd.to_datetime(pd.Series(["2020-01-01", None])),
    "moment": pd.to_datetime(pd.Series(["2020-01-01", None]), utc=True),
    "maybe_count": pd.array([1, None], dtype="Int64"),
    "maybe_flag": pd.array([True, None], dtype="boolean"),
    "kind": pd.Categorical(["p", "q"]),
    "small": np.array([1, 2], dtype="uint8"),
    "object": [[1], None],
}


@pytest.mark.parametrize("name", list(COLUMNS))
def test_a_value_is_the_plain_one_pandas_gives(name: str) -> None:
    frame = pd.DataFrame({name: COLUMNS[name]})
    ours, theirs = records(frame), frame.to_dict("records")
    assert repr(ours) == repr(theirs)
    assert [type(row[name]) for row in ours] == [type(row[name]) for row in theirs]


def test_a_frame_without_rows_has_no_records() -> None:
    assert records(pd.DataFrame({"a": []})) == []
