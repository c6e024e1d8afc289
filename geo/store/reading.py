"""Frames read from the ledger, shared between the snapshots that ask for the same."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import sqlalchemy as sa

from geo.hierarchy import with_paths
from geo.store.generation import read_generation
from geo.store.ground import last_ground, read_ground
from geo.store.history import History
from geo.store.moments import us_of
from geo.store.snapshot import state_at
from geo.store.tables import batch, event
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd

__all__ = ["Reader"]


class Reader:
    """Reads entities as known; a frame is read once as long as somebody holds it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Drop everything held in memory."""
        with self._lock:
            self._histories = {entity: History(entity) for entity in Entity}
            self._frames: WeakValueDictionary[tuple[object, ...], pd.DataFrame] = (
                WeakValueDictionary()
            )

    def frame(self, entity: Entity, watermark: int, known_at: datetime | None) -> pd.DataFrame:
        """Give the records of an entity as known at `known_at`, up to `watermark`."""
        with self._engine.begin() as connection:
            last = _last_seq(connection, entity, watermark)
            key = (entity, last, known_at, read_generation(connection))
            with self._lock:
                held = self._frames.get(key)
            if held is not None:
                return held
            history = self._histories[entity]
            if known_at is None:
                state = history.present(connection, last)
            else:
                state = state_at(history.upto(connection, last), known_at)
        frame = _finished(state, entity)
        with self._lock:
            return self._frames.setdefault(key, frame)

    def mark(self, entities: tuple[Entity, ...], watermark: int) -> tuple[int, ...]:
        """Give the generation, and the last event of each entity up to `watermark`."""
        with self._engine.begin() as connection:
            last = (_last_seq(connection, entity, watermark) for entity in entities)
            return (read_generation(connection), *last)

    def ground(self, name: str, watermark: int, known_at: datetime | None) -> gpd.GeoDataFrame:
        """Give the last ground layer `name` known; empty when there is none."""
        with self._engine.begin() as connection:
            known = None if known_at is None else us_of(known_at)
            body = last_ground(connection, name, watermark=watermark, known_at=known)
            return read_ground(connection, body)

    def reconstructed(self, watermark: int, known_at: datetime | None) -> bool:
        """Say whether an event known by `known_at` came by `backfill`."""
        known = batch.c.known_from.is_not(None) & (batch.c.first_seq <= watermark)
        if known_at is not None:
            known &= batch.c.known_from <= us_of(known_at)
        with self._engine.begin() as connection:
            return connection.execute(sa.select(batch.c.batch_id).where(known)).first() is not None


def _last_seq(connection: sa.Connection, entity: str, watermark: int) -> int:
    c = event.c
    last = sa.select(sa.func.max(c.seq)).where(c.entity == entity, c.seq <= watermark)
    return connection.execute(last).scalar() or 0


def _finished(frame: pd.DataFrame, entity: Entity) -> pd.DataFrame:
    return with_paths(frame) if entity is Entity.AREA else frame
