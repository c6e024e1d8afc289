"""Ground layers: whole files, named by their hash, which the chain carries."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

import geopandas as gpd
import orjson
import pandas as pd
import sqlalchemy as sa

from geo.schemas import conform
from geo.store.tables import asset, event, payload
from geo.vocabulary import Action, Entity

__all__ = ["asset_of", "last_ground", "put_asset", "read_ground"]


def put_asset(connection: sa.Connection, ground: pd.DataFrame) -> bytes:
    """Store a layer as GeoParquet unless it is there already; give the payload of its event."""
    checked = conform(ground, Entity.GROUND)
    sink = BytesIO()
    checked.to_parquet(sink, compression="zstd")
    digest = sha256(sink.getvalue()).hexdigest()
    same = sa.select(asset.c.sha256).where(asset.c.sha256 == digest)
    if connection.execute(same).first() is None:
        connection.execute(sa.insert(asset).values(sha256=digest, body=sink.getvalue()))
    return orjson.dumps({"records": len(checked), "sha256": digest})


def asset_of(connection: sa.Connection, body: bytes) -> tuple[str, bytes | None]:
    """Give the hash that an event's payload names and the layer stored under it."""
    named = orjson.loads(body)["sha256"]
    found = sa.select(asset.c.body).where(asset.c.sha256 == named)
    return named, connection.execute(found).scalar()


def last_ground(
    connection: sa.Connection, name: str, *, watermark: int, known_at: int | None
) -> bytes | None:
    """Give the payload of the last event of a layer as known; None when it does not stand."""
    c = event.c
    found = (
        sa.select(c.action, payload.c.body)
        .join_from(event, payload, c.seq == payload.c.seq)
        .where(c.entity == Entity.GROUND, c.key == name, c.seq <= watermark)
    )
    if known_at is not None:
        found = found.where(c.known_at <= known_at)
    row = connection.execute(found.order_by(c.seq.desc()).limit(1)).first()
    return None if row is None or row[0] == Action.RETRACTED else row[1]


def read_ground(connection: sa.Connection, body: bytes | None) -> gpd.GeoDataFrame:
    """Give the layer that a payload names; an empty one for None."""
    stored = None if body is None else asset_of(connection, body)[1]
    if stored is None:
        none = pd.DataFrame({"ground_id": pd.array([], dtype="str")})
        return conform(none, Entity.GROUND)
    return gpd.read_parquet(BytesIO(stored))
