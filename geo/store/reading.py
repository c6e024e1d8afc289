"""Frames read from the ledger, shared between the snapshots that ask for the same."""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import geopandas as gpd
import orjson
import pandas as pd
import sqlalchemy as sa

from geo.hierarchy import with_paths
from geo.schemas import conform
from geo.store.history import History
from geo.store.moments import us_of
from geo.store.snapshot import state_at
from geo.store.tables import asset, batch, event, payload
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from datetime import datetime

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
            key = (entity, last, known_at)
            with self._lock:
                held = self._frames.get(key)
            if held is not None:
                return held
            versions = self._histories[entity].upto(connection, last)
        frame = _finished(state_at(versions, known_at), entity)
        with self._lock:
            return self._frames.setdefault(key, frame)

    def ground(self, name: str, watermark: int, known_at: datetime | None) -> gpd.GeoDataFrame:
        """Give the last ground layer `name` known; empty when there is none."""
        with self._engine.begin() as connection:
            body = connection.execute(_last_ground(name, watermark, known_at)).scalar()
            if body is None:
                return conform(_no_ground(), Entity.GROUND)
            named = sa.select(asset.c.body).where(asset.c.sha256 == orjson.loads(body)["sha256"])
            return gpd.read_parquet(BytesIO(connection.execute(named).scalar_one()))

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


def _last_ground(name: str, watermark: int, known_at: datetime | None) -> sa.Select[bytes]:
    c = event.c
    found = (
        sa.select(payload.c.body)
        .join_from(event, payload, c.seq == payload.c.seq)
        .where(c.entity == Entity.GROUND, c.key == name, c.seq <= watermark)
    )
    if known_at is not None:
        found = found.where(c.known_at <= us_of(known_at))
    return found.order_by(c.seq.desc()).limit(1)


def _finished(frame: pd.DataFrame, entity: Entity) -> pd.DataFrame:
    return with_paths(frame) if entity is Entity.AREA else frame


def _no_ground() -> pd.DataFrame:
    return pd.DataFrame({"ground_id": pd.array([], dtype="str")})
