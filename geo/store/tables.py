"""The tables of the ledger: one schema for every database SQLAlchemy knows.

Moments are whole microseconds since 1970-01-01 UTC: exact, sortable and the same number
in every database. Hashes are 32 raw bytes.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

__all__ = [
    "APPEND_ONLY",
    "DERIVED",
    "SCHEMA_VERSION",
    "asset",
    "batch",
    "event",
    "job",
    "meta",
    "metadata",
    "month_count",
    "payload",
    "queue",
    "segment",
]

SCHEMA_VERSION: Final = 2
"""Raised whenever a table changes; a store of another version is refused with a sentence."""

metadata = sa.MetaData()

# SQLite makes a primary key its row number only when the type reads INTEGER.
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HASH = sa.LargeBinary(32)

event = sa.Table(
    "event",
    metadata,
    sa.Column("seq", _BIG, primary_key=True, autoincrement=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
    sa.Column("known_at", sa.BigInteger, nullable=False),
    sa.Column("entity", sa.String(16), nullable=False),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("batch_id", sa.Integer, nullable=False),
    sa.Column("payload_hash", _HASH, nullable=False),
    sa.Column("prev_hash", _HASH, nullable=False),
    sa.Column("hash", _HASH, nullable=False),
    sa.Index("event_entity_key", "entity", "key", "seq"),
    sa.Index("event_entity_seq", "entity", "seq"),
)
"""The chain: who knew what about which record, and when."""

payload = sa.Table(
    "payload",
    metadata,
    sa.Column("seq", _BIG, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""What an event says, as canonical JSON. Apart, so that erasing one leaves the chain whole."""

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("batch_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entity", sa.String(16), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False, index=True),
    sa.Column("recipe", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("backfill", sa.Boolean, nullable=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("known_from", sa.BigInteger),
    sa.Column("undoes", sa.Integer),
)
"""Where events came from. An empty batch has last_seq = first_seq - 1."""

asset = sa.Table(
    "asset",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""Ground layers as GeoParquet, named by their own hash, which an event of the chain carries."""

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""Settings of the store, as JSON."""

month_count = sa.Table(
    "month_count",
    metadata,
    sa.Column("ym", sa.String(7), primary_key=True),
    sa.Column("stream", sa.String(16), primary_key=True),
    sa.Column("area_code", sa.String(64), primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
)
"""Incidents per local month, stream and stored area, kept in the transaction of the events."""

segment = sa.Table(
    "segment",
    metadata,
    sa.Column("segment_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entity", sa.String(16), nullable=False),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("segment_entity", "entity", "first_seq"),
)
"""Events of one entity once more, in columns (Parquet), because SQL rows are slow to read."""

queue = sa.MetaData()
"""Long work on its way stands apart from the ledger, see `geo.store.jobs`."""

job = sa.Table(
    "job",
    queue,
    sa.Column("job_id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("attachment", sa.LargeBinary),
    sa.Column("share", sa.Float, nullable=False, default=0.0),
    sa.Column("step", sa.Text, nullable=False, default=""),
    sa.Column("cancel", sa.Boolean, nullable=False, default=False),
    sa.Column("worker", sa.Text),
    sa.Column("starts", sa.Integer, nullable=False, default=0),
    sa.Column("queued_at", sa.BigInteger, nullable=False),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("beat_at", sa.BigInteger),
    sa.Column("finished_at", sa.BigInteger),
)
"""Long work on its way: what was asked (JSON), how far it is, what came of it (JSON).

No part of the ledger: rows change, and old ones may be thrown away."""

APPEND_ONLY: Final = (event, batch, asset)
"""Tables whose rows are never changed nor taken away; the database itself refuses it."""

DERIVED: Final = (month_count, segment)
"""Tables that can be thrown away and rebuilt from the ledger."""
