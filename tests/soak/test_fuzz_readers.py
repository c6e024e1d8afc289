"""A hundred thousand damaged files: each is a table or a sentence, and nothing is stored.

Run with `make soak`, or with a number of one's own: SANLING_FUZZ=2000 pytest tests/soak.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import tempfile
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.errors import SanlingError
from geo.intake import check_files
from geo.intake.reading import read_table
from geo.store import Store
from tests.soak.mutations import mutated, valid_files

INPUTS = int(os.environ.get("SANLING_FUZZ", "100000"))
PER_TASK = 1000
REHEARSED = 0.03
"""Share of the readable files that go through a whole import, which stores nothing."""
SLOWEST_S = 20.0
MEMORY = 4 * 1024**3
NOW = datetime(2026, 6, 30, tzinfo=UTC)


@dataclass
class Told:
    """What became of the inputs of one task."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    escaped: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


def strike(first: int, files: dict[str, bytes]) -> Told:
    """Read the damaged files made from the seeds `first` and those after it."""
    told = Told()
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("error")
        with Store.open(f"sqlite:///{folder}/store.db") as store:
            before = store.watermark
            for seed in range(first, first + PER_TASK):
                _strike_once(told, seed, files, Path(folder), store)
            assert store.watermark == before
    return told


def _strike_once(
    told: Told, seed: int, files: dict[str, bytes], folder: Path, store: Store
) -> None:
    draw = random.Random(seed)  # noqa: S311 - a seed makes the same damage again
    name, content = mutated(draw, files)
    path = folder / f"fuzz_{name}"
    path.write_bytes(content)
    begun = time.perf_counter()
    try:
        read_table(path)
        told.outcomes["read"] += 1
        if draw.random() < REHEARSED:
            check_files(store, "areas", [path], actor="t", now=NOW, crs="wgs84")
            told.outcomes["rehearsed"] += 1
    except SanlingError as error:
        told.outcomes[type(error).__name__] += 1
        if error.text("zh") == error.text("en"):
            told.escaped.append(f"seed {seed}, {name}: one language only: {error}")
    except Exception as error:  # noqa: BLE001 - what escapes is what the test is about
        told.escaped.append(f"seed {seed}, {name}: {error!r}")
    told.inputs += 1
    told.slowest = max(told.slowest, (time.perf_counter() - begun, f"seed {seed}, {name}"))
    path.unlink()


def bound_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.slow
def test_damaged_files_are_tables_or_sentences_and_nothing_is_stored(tmp_path: Path) -> None:
    files = valid_files(tmp_path)
    begun = time.perf_counter()
    whole = Told()
    with ProcessPoolExecutor(
        max_workers=os.cpu_count(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=bound_memory,
    ) as pool:
        firsts = range(0, INPUTS, PER_TASK)
        for told in pool.map(strike, firsts, [files] * len(firsts)):
            whole.inputs += told.inputs
            whole.outcomes += told.outcomes
            whole.escaped += told.escaped
            whole.slowest = max(whole.slowest, told.slowest)
    seconds = time.perf_counter() - begun
    print(f"\n{whole.inputs} inputs, {whole.inputs / seconds:.0f}/s, slowest {whole.slowest}")
    print(dict(whole.outcomes))
    assert whole.escaped == []
    assert whole.slowest[0] < SLOWEST_S
    # The damage is neither so light that all is read nor so heavy that nothing is.
    assert whole.outcomes["read"] > whole.inputs * 0.05
    assert whole.outcomes["DataError"] > whole.inputs * 0.05
