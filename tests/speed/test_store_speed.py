"""How quick the ledger is with a city's four years: 1.07 million cases of twenty columns.

Run with `pytest -m slow tests/speed`; the figures are printed, the bounds are asserted in CPU
time, which does not depend on what else the machine does.
"""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from geo.store import Store
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

CASES = 1_070_000
YEARS = 4
SECONDS = YEARS * 365 * 86_400
NOW = datetime(2026, 1, 1, tzinfo=UTC)
APPEND_CPU_S = 45.0
SNAPSHOT_CPU_S = 4.0
MEMORY_GB = 1.5
POLLS = 200


def city_cases(count: int) -> pd.DataFrame:
    """Give cases as a city's open data have them; keys in no order, the worst for an index."""
    draw = np.random.default_rng(20200818)

    def words(name: str, kinds: int) -> Any:
        known = np.array([f"{name}{n}" for n in range(kinds)], dtype=object)
        return pd.array(known[draw.integers(0, kinds, count)], dtype="str")

    seconds = draw.integers(0, SECONDS, count).astype("timedelta64[s]")
    start = pd.DatetimeIndex(np.datetime64("2014-01-01T00:00:00", "us") + seconds, tz="UTC")
    columns = {
        "stream": words("case", 1),
        "category": words("category ", 30),
        "occurred_from": start,
        "occurred_to": start,
        "reported_at": start + pd.Timedelta(hours=1),
        "time_precision": "minute",
        "lon": draw.uniform(-87.9, -87.5, count).round(9),
        "lat": draw.uniform(41.6, 42.1, count).round(9),
        "loc_precision": "point",
        "area_code": words("", 77),
        "beat_code": words("", 280),
        "subject_id": words("", 77),
        "review": "reported",
        "discovery_source": "unknown",
        "sensitive_location": False,
        "source_system": "city",
        "case_class": "criminal",
        "station": words("", 25),
        "filed_on": start.tz_localize(None).normalize(),
        "cleared_on": start.tz_localize(None).normalize(),
    }
    keys = [f"JA{number:07d}" for number in draw.permutation(count)]
    return pd.DataFrame(columns, index=pd.Index(keys, name="incident_id")).replace(
        {"stream": {"case0": "case"}}
    )


@dataclass
class City:
    """A store with a city in it, and what it cost to put it there."""

    url: str
    append_cpu_s: float
    memory_gb: float


def cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder: Path = tmp_path_factory.mktemp("city")
    url = f"sqlite:///{folder}/city.db"
    frame = city_cases(CASES)

    def append() -> None:
        with (
            Store.open(url) as store,
            store.batch(
                Entity.CASE,
                source="city",
                content_hash="0" * 64,
                recipe=None,
                actor="test",
                recorded_at=NOW,
                backfill=True,
            ) as batch,
        ):
            batch.append(Entity.CASE, frame)

    seconds = cpu_s(append)
    return City(url, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def say(what: str, value: float, unit: str) -> None:
    print(f"\n{what}: {value:.2f} {unit}")


def test_a_million_cases_are_appended_and_chained_in_time_and_memory(city: City) -> None:
    say("append and chain 1.07 M cases", city.append_cpu_s, "s CPU")
    say("most memory", city.memory_gb, "GB")
    assert city.append_cpu_s <= APPEND_CPU_S
    assert city.memory_gb <= MEMORY_GB


def test_a_snapshot_of_a_million_cases_comes_in_time_and_areas_alone_at_once(city: City) -> None:
    with Store.open(city.url) as store:
        snapshot = store.snapshot()
        areas = cpu_s(lambda: snapshot.areas)
        cases = cpu_s(lambda: snapshot.cases)
        assert len(snapshot.cases) == CASES
    say("areas alone", areas, "s CPU")
    say("snapshot of 1.07 M cases", cases, "s CPU")
    assert areas <= 0.5
    assert cases <= SNAPSHOT_CPU_S


def test_the_watermark_costs_nothing_to_poll(city: City) -> None:
    with Store.open(city.url) as store:
        polls = cpu_s(lambda: [store.watermark for _ in range(POLLS)])
        assert store.watermark == CASES
    say("one poll of the watermark", polls / POLLS * 1000, "ms CPU")
    assert polls / POLLS <= 0.005


def test_one_more_case_reaches_a_new_snapshot_without_a_new_reading(city: City) -> None:
    with Store.open(city.url) as store:
        known = store.snapshot().cases
        one = known.iloc[:1].drop(columns=["seq", "known_at", "recorded_at"])
        one = one.set_axis(pd.Index(["one more"], name="incident_id"))
        with store.batch(
            Entity.CASE, source="t", content_hash="1", recipe=None, actor="t", recorded_at=NOW
        ) as batch:
            batch.append(Entity.CASE, one)
        seconds = cpu_s(lambda: store.snapshot().cases)
        say("snapshot after one more case", seconds, "s CPU")
        assert "one more" in store.snapshot().cases.index
    assert seconds <= SNAPSHOT_CPU_S / 2


def test_a_million_events_verify(city: City) -> None:
    with Store.open(city.url) as store:
        seconds = cpu_s(store.verify)
        assert store.watermark >= CASES
    say("verify", seconds, "s CPU")
    assert seconds <= APPEND_CPU_S
