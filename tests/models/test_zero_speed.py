"""A county and a city at full size: quick enough for a page, and counted right."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from geo.resources import read_text
from geo.schemas import conform
from geo.window import month_windows
from models.zero.days import words_at
from models.zero.rates import zero_rates
from models.zero.rulebook import rulebook_from_yaml
from models.zero.status import zero_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.window import Window

SUBJECTS, VILLAGES, MONTHS = 4_707, 288, 24
AREAS, INCIDENTS = 77, 1_075_000


def seconds(question: dict[str, Any], windows: Sequence[Window]) -> tuple[float, pd.DataFrame]:
    """Give the best processor time of five, which other work on the machine hardly moves."""
    times = []
    for _ in range(5):
        begun = time.process_time()
        status = zero_status(**question, windows=windows)
        times.append(time.process_time() - begun)
    return min(times), status


def moments(generator: np.random.Generator, start: str, days: int, count: int) -> pd.Series:
    offsets = pd.to_timedelta(generator.integers(0, days * 86_400, count), unit="s")
    return pd.Series(pd.Timestamp(start, tz="UTC") + offsets).astype("datetime64[us, UTC]")


@pytest.fixture(scope="module")
def county() -> dict[str, Any]:
    """Give 4,707 subjects whose every body reported every month of two years and stream."""
    generator = np.random.default_rng(7)
    ids = [f"{number:012d}" for number in range(SUBJECTS)]
    is_unit = np.arange(SUBJECTS) >= VILLAGES
    subjects = pd.DataFrame(
        {
            "subject_id": ids,
            "subject_class": np.where(is_unit, "enterprise", "village"),
            "area_code": words_at(ids, np.arange(SUBJECTS) % VILLAGES),
            "unit_id": pd.Series(ids).where(is_unit),
            "registered_on": "2018-01-01",
        }
    )
    count = 12_000
    cases = pd.DataFrame(
        {
            "incident_id": [f"i{number}" for number in range(count)],
            "stream": "case",
            "occurred_from": moments(generator, "2018-01-01", 720, count),
            "subject_id": words_at(ids, generator.integers(0, SUBJECTS, count)),
            "review": "confirmed",
        }
    )
    return {
        "subjects": conform(subjects, "subject"),
        "incidents": conform(cases, "case"),
        "petitions": conform(pd.DataFrame({"petition_id": []}, dtype="str"), "petition"),
        "reports": monthly_reports(ids),
        "as_of": date(2019, 12, 31),
        "rulebook": rulebook_from_yaml(read_text("rulebooks", "shanxi-2020.yaml")),
        "zone": ZoneInfo("Asia/Shanghai"),
    }


def monthly_reports(bodies: list[str]) -> pd.DataFrame:
    months = np.arange("2018-01", "2020-01", dtype="datetime64[M]")
    grid = np.indices((len(bodies), len(months), 3)).reshape(3, -1)
    return pd.DataFrame(
        {
            "body": words_at(bodies, grid[0]),
            "stream": words_at(["case", "accident", "petition"], grid[2]),
            "window_start": months[grid[1]].astype("datetime64[us]"),
            "window_end": (months[grid[1]] + 1).astype("datetime64[us]"),
            "kind": words_at(["nil"], np.zeros(grid.shape[1], dtype=np.int64)),
            "subjects": words_at([None], np.zeros(grid.shape[1], dtype=np.int64)),
        }
    )


def test_two_years_of_a_county_take_at_most_a_second_and_a_half(county: dict[str, Any]) -> None:
    took, status = seconds(county, month_windows(date(2018, 1, 1), date(2020, 1, 1)))
    assert len(status) == SUBJECTS * MONTHS * 3
    assert set(status["coverage"]) == {1.0}
    assert took <= 1.5


def test_one_month_of_a_county_takes_at_most_150_milliseconds(county: dict[str, Any]) -> None:
    took, status = seconds(county, month_windows(date(2019, 12, 1), date(2020, 1, 1)))
    assert len(status) == SUBJECTS * 3
    assert took <= 0.15


def test_a_million_incidents_take_at_most_two_seconds_and_are_counted_as_pandas_counts_them() -> (
    None
):
    generator, zone = np.random.default_rng(3), ZoneInfo("America/Chicago")
    ids = [str(number) for number in range(1, AREAS + 1)]
    areas = pd.DataFrame({"subject_id": ids, "subject_class": "area", "area_code": ids})
    place = generator.integers(0, AREAS, INCIDENTS)
    incidents = pd.DataFrame(
        {
            "stream": words_at(["case"], np.zeros(INCIDENTS, dtype=np.int64)),
            "review": words_at(["confirmed"], np.zeros(INCIDENTS, dtype=np.int64)),
            "area_code": words_at(ids, place),
            "occurred_from": moments(generator, "2014-01-01", 1461, INCIDENTS),
        }
    )
    question = {
        "subjects": conform(areas, "subject"),
        "incidents": incidents,
        "petitions": pd.DataFrame(),
        "reports": pd.DataFrame(),
        "as_of": date(2017, 12, 31),
        "rulebook": rulebook_from_yaml(read_text("rulebooks", "open-data.yaml")),
        "zone": zone,
    }
    took, status = seconds(question, month_windows(date(2017, 1, 1), date(2018, 1, 1)))
    local = incidents["occurred_from"].dt.tz_convert(zone)
    month = local.dt.strftime("%Y-%m")
    counted = incidents.groupby([month, "area_code"]).size()
    rows = status[status["stream"] == "case"].set_index(["window", "subject_id"])["breaking"]
    assert len(rows) == AREAS * 12
    assert rows.to_dict() == counted[counted.index.isin(rows.index)].to_dict()
    assert set(zero_rates(status)["assumed"]) == {True}
    assert took <= 2.0
