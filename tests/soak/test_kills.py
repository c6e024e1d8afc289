"""Killed at any moment, a store is whole: all of a deed is there, or nothing of it."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from geo.decisions import decisions_of
from geo.store import Store
from geo.vocabulary import DecisionState
from tests.soak.work import DATUM, DEEDS, DELIVERED, NAMED, perform, prepare

if TYPE_CHECKING:
    from multiprocessing.context import ForkContext


ENDED = 1
"""Runs left to end, to learn how long a deed takes."""


@pytest.fixture(scope="module")
def processes() -> ForkContext:
    """Give processes that start as copies of this one, with everything imported and warm."""
    return multiprocessing.get_context("fork")


@dataclass
class Tally:
    """How the runs of one deed ended."""

    deed: str
    killed: int = 0
    acknowledged: int = 0
    stored: int = 0
    moments_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        span = f"{min(self.moments_s):.3f}-{max(self.moments_s):.3f} s" if self.moments_s else "-"
        return (
            f"{self.deed}: {len(self.moments_s)} runs, {self.killed} killed at {span}, "
            f"{self.stored} stored, {self.acknowledged} acknowledged, 0 lost, 0 half"
        )


def run(
    processes: ForkContext, deed: str, path: Path, files: Path, *, kill_after_s: float | None
) -> tuple[bool, bool, float]:
    """Do a deed in a process; say whether it was acknowledged, killed, and how long it went on."""
    ours, theirs = processes.Pipe(duplex=False)
    child = processes.Process(target=perform, args=(deed, path, files, theirs))
    child.start()
    theirs.close()
    assert ours.recv() == "begun"
    begun = perf_counter()
    if kill_after_s is not None:
        sleep(kill_after_s)
        child.kill()
    try:
        acknowledged = ours.recv() == "done"
    except EOFError:
        acknowledged = False
    lasted = perf_counter() - begun
    child.join()
    killed = child.exitcode == -signal.SIGKILL
    ours.close()
    child.close()
    return acknowledged, killed, lasted


def is_done(store: Store, deed: str, rows: int) -> bool:
    """Say whether the deed is in the store; fail where only a part of it is."""
    shown = store.snapshot().cases
    old = shown[shown.index.isin([f"c{n}" for n in range(rows)])]
    named = int((shown["station"] == DATUM).sum())
    facts = {
        "import": (len(shown) - len(old), rows),
        "correction": (int((shown["category"] == "burglary").sum()), rows),
        "undo": (rows - len(old), rows),
        "redaction": (NAMED - named, NAMED),
    }
    found, whole = facts[deed]
    assert found in {0, whole}, f"half a {deed}: {found} of {whole}"
    events = store.batches()["events"]
    assert int(events.sum()) == store.watermark
    if deed == "redaction":
        approved = decisions_of(store)["D1"].state is DecisionState.APPROVED
        assert approved == (found == whole)
    return found == whole


def assert_derived_as_rebuilt(store: Store, url: str) -> None:
    """Hold the counts and segments against what the ledger alone makes of them."""
    counted, shown = store.month_count(), store.snapshot().cases
    store.rebuild()
    pd.testing.assert_frame_equal(store.month_count(), counted)
    with Store.open(url) as fresh:
        pd.testing.assert_frame_equal(fresh.snapshot().cases, shown)


def assert_datum_gone(path: Path) -> None:
    left = b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))
    assert DATUM.encode() not in left


def assert_whole(path: Path, deed: str, files: Path, rows: int, *, acknowledged: bool) -> bool:
    """Check a store after its process died; then do the deed again, to the end."""
    url = f"sqlite:///{path}"
    with Store.open(url) as store:
        assert store.verify().ok
        done = is_done(store, deed, rows)
        assert done or not acknowledged, f"an acknowledged {deed} is lost"
        if done and deed == "redaction":
            assert_datum_gone(path)
        assert_derived_as_rebuilt(store, url)
        if not done:
            DEEDS[deed](store, files)
            assert is_done(store, deed, rows)
            assert store.verify().ok
            assert store.batches().loc[DELIVERED, "standing"] == (deed != "undo")
    return done


@pytest.mark.parametrize(
    ("times", "rows"), [(3, 600), pytest.param(100, 3000, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_a_store_whose_process_is_killed_is_whole(
    processes: ForkContext, tmp_path: Path, deed: str, times: int, rows: int
) -> None:
    prepared = prepare(tmp_path, rows).parent
    tally, draw = Tally(deed), np.random.default_rng([times, *deed.encode()])

    def copied(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        return Path(shutil.copy(prepared / "store.db", folder / "store.db"))

    ended = [
        run(processes, deed, copied(f"ended{n}"), prepared, kill_after_s=None) for n in range(ENDED)
    ]
    assert all(acknowledged and not killed for acknowledged, killed, _ in ended)
    typical_s = median(lasted for *_, lasted in ended)
    for number in range(times):
        path = copied(f"killed{number}")
        moment_s = float(draw.uniform(0, 1.1 * typical_s))
        acknowledged, killed, _ = run(processes, deed, path, prepared, kill_after_s=moment_s)
        tally.moments_s.append(moment_s)
        tally.killed += killed
        tally.acknowledged += acknowledged
        tally.stored += assert_whole(path, deed, prepared, rows, acknowledged=acknowledged)
        shutil.rmtree(path.parent)
    print(tally)
    assert tally.killed
