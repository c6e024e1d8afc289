"""What a process does to a store when it is killed: four deeds, each all or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.decisions import approve, propose_redaction
from geo.intake import import_files
from geo.store import Store
from geo.vocabulary import Entity
from tests.geo.conftest import points_in, villages

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path

__all__ = ["DATUM", "DEEDS", "DELIVERED", "NAMED", "perform", "prepare"]

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DELIVERED = 2
"""The batch that brought the rows a deed is done to."""
DATUM = "Zhang-San-of-number-7"
NAMED = 40
"""Records that hold the datum."""


def prepare(folder: Path, rows: int) -> Path:
    """Make a store with villages and `rows` cases, and as many in the files to come; give it."""
    areas = villages()
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
        with store.batch(
            Entity.AREA, source="areas", content_hash="0", recipe=None, actor="t", recorded_at=NOW
        ) as batch:
            batch.append(Entity.AREA, areas)
        for name, first, category in (
            ("old", 0, "theft"), ("new", rows, "theft"), ("corrected", 0, "burglary"),
        ):  # fmt: skip
            frame = points_in(areas, rows, seed=first)
            ids = pd.RangeIndex(first, first + rows).astype(str)
            frame = frame.assign(
                incident_id="c" + ids,
                category=category,
                occurred_from="2026-06-01 10:00",
                station=[DATUM if n < NAMED else "east" for n in range(rows)],
            )
            frame.to_csv(folder / f"{name}.csv", index=False)
        report = bring(store, folder, "old")
        assert (report.batch, report.kept) == (DELIVERED, rows)
        made = propose_redaction(
            store,
            about=Entity.CASE,
            keys=[f"c{n}" for n in range(NAMED)],
            fields=["station"],
            reason="a name",
            by="Li",
            at=LATER,
        )
        approve(store, made.decision_id, by="Wang", at=LATER)
    return folder / "store.db"


def bring(store: Store, folder: Path, name: str) -> Any:
    """Import one of the prepared files."""
    path = folder / f"{name}.csv"
    return import_files(store, "cases", [path], actor="t", now=LATER, crs="wgs84")


DEEDS: dict[str, Callable[[Store, Path], Any]] = {
    "import": lambda store, folder: bring(store, folder, "new"),
    "correction": lambda store, folder: bring(store, folder, "corrected"),
    "undo": lambda store, _: store.undo(DELIVERED, actor="t", recorded_at=LATER),
    "redaction": lambda store, _: approve(store, "D1", by="Zhao", at=LATER),
}


def perform(deed: str, path: Path, files: Path, parent: Connection) -> None:
    """Do the deed in a process of its own; say when it begins and when it is acknowledged."""
    with Store.open(f"sqlite:///{path}") as store:
        parent.send("begun")
        DEEDS[deed](store, files)
        parent.send("done")
