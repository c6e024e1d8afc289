"""A store for tests, and facts small enough to write on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.store import Store
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from pathlib import Path

    from geo.store import Snapshot

NOON = datetime(2020, 8, 18, 4, tzinfo=UTC)
"""Noon in Shanxi."""
HOUR = timedelta(hours=1)
DELIVERY: dict[str, Any] = {
    "source": "test",
    "content_hash": "0" * 64,
    "recipe": None,
    "actor": "office",
}


def cases(*ids: str, area: str = "10", day: str = "2020-02-10", **columns: Any) -> pd.DataFrame:
    """Give cases that differ in nothing but their id, unless a column is given as a list."""
    index = pd.Index(ids, name="incident_id")
    start = pd.Timestamp(f"{day}T04:00:00Z")
    facts = {"stream": "case", "area_code": area, "occurred_from": start, "review": "reported"}
    return pd.DataFrame(facts | columns, index=index)


def keys(*ids: str) -> pd.DataFrame:
    """Give what a retraction needs: keys alone."""
    return pd.DataFrame(index=pd.Index(ids, name="incident_id"))


@dataclass
class Books:
    """A store in a folder of its own, written to in one line."""

    store: Store
    path: Path

    @classmethod
    def at(cls, folder: Path) -> Books:
        path = folder / "store.db"
        return cls(Store.open(f"sqlite:///{path}"), path)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def add(
        self,
        frame: pd.DataFrame,
        *,
        at: datetime = NOON,
        action: Action = Action.RECORDED,
        entity: Entity = Entity.CASE,
        known_at: pd.Series | None = None,
        **request: Any,
    ) -> None:
        with self.store.batch(entity, recorded_at=at, **(DELIVERY | request)) as batch:
            batch.append(entity, frame, action=action, known_at=known_at)

    def correct(self, frame: pd.DataFrame, **options: Any) -> None:
        self.add(frame, action=Action.CORRECTED, **options)

    def retract(self, *ids: str, **options: Any) -> None:
        self.add(keys(*ids), action=Action.RETRACTED, **options)

    def counts(self) -> dict[tuple[str, str, str], int]:
        frame = self.store.month_count()
        cells = zip(frame["ym"], frame["stream"], frame["area_code"], strict=True)
        return dict(zip(cells, frame["n"].tolist(), strict=True))


def same(left: Snapshot, right: Snapshot) -> None:
    """Assert that two snapshots give the same answers."""
    for name in ("areas", "units", "cases", "accidents", "petitions", "incidents"):
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name))
