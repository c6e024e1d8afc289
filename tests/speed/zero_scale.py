"""The nation's share: 28,000 areas, 120 months, three streams, judged from ten million facts.

Facts and reports are drawn evenly and lie in memory; reading them from a store is not in the
figures. Beside it, pandas counts the same facts by area, month and stream.
"""

from __future__ import annotations

import resource
import time
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.resources import read_text
from geo.window import month_windows
from models.zero.coverage import belief_of
from models.zero.days import day_number, month_of
from models.zero.facts import STREAMS, Facts
from models.zero.register import Register
from models.zero.rulebook import rulebook_from_yaml
from models.zero.status import cube_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.window import Window

AREAS, TOWNS, FACTS = 28_000, 1_400, 10_000_000
START, END, AS_OF = date(2011, 1, 1), date(2021, 1, 1), date(2021, 2, 1)
GB: Final = 1e6
"""Kilobytes of one."""


def measure() -> None:
    """Print wall time, CPU time and peak memory of each part, and of pandas for the same counts."""
    windows = tuple(month_windows(START, END))
    book = rulebook_from_yaml(read_text("rulebooks", "shanxi-2020.yaml"))
    register, reports, facts = _register(), _reports(windows), _facts()
    with _timed(f"{len(reports):,} reports to coverage"):
        belief = belief_of(register, reports, windows, as_of=AS_OF, rulebook=book)
    with _timed(f"{FACTS:,} facts to statuses"):
        cube = cube_of(register, facts, belief, windows, AS_OF, book)
    with _timed("pandas: the same facts counted by groupby"):
        counted = _by_pandas(facts)
    if counted != int(cube.breaking.sum()):
        raise AssertionError("pandas counts other breaks than the cube")


def _register() -> Register:
    ids = [f"{number:012d}" for number in range(AREAS)]
    subjects = pd.DataFrame(
        {
            "subject_class": "village",
            "area_code": ids,
            "registered_on": pd.Timestamp("2010-01-01"),
            "body": [f"town{number % TOWNS}" for number in range(AREAS)],
        },
        index=pd.Index(ids, name="subject_id"),
    )
    return Register.of(subjects)


def _reports(windows: Sequence[Window]) -> pd.DataFrame:
    """Give one nil return for every town, month and stream."""
    towns, months = TOWNS * len(STREAMS), len(windows)
    starts, ends = (
        pd.to_datetime([getattr(window, name) for window in windows]) for name in ("start", "end")
    )
    bodies = np.tile([f"town{number}" for number in range(TOWNS)], len(STREAMS))
    return pd.DataFrame(
        {
            "body": np.repeat(bodies, months),
            "stream": np.repeat([str(stream) for stream in STREAMS], TOWNS * months),
            "window_start": np.tile(starts, towns),
            "window_end": np.tile(ends, towns),
            "kind": "nil",
            "subjects": None,
        }
    ).astype({"body": "str", "stream": "str", "kind": "str", "subjects": "str"})


def _facts() -> Facts:
    draw = np.random.default_rng(1)
    day = np.sort(draw.integers(day_number(START), day_number(END), FACTS))
    slot = draw.integers(0, len(STREAMS) * AREAS, FACTS)
    return Facts(slot, day, draw.random(FACTS) < 0.9)


def _by_pandas(facts: Facts) -> int:
    frame = pd.DataFrame({"slot": facts.slot, "month": month_of(facts.day)})[facts.breaks]
    return int(frame.groupby(["slot", "month"]).size().sum())


@contextmanager
def _timed(name: str) -> Iterator[None]:
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GB
    print(f"  {name:<48}{wall:8.2f} s wall {cpu:8.2f} s CPU   peak so far {peak:5.2f} GB")


if __name__ == "__main__":
    measure()
