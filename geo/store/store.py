"""The store: facts go in as batches, answers come out as snapshots."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Any, Final, Self

import pandas as pd
import sqlalchemy as sa

from geo.errors import LedgerError
from geo.store import counts, sqlite
from geo.store.batch import Batch, BatchInfo, BatchRequest
from geo.store.batches import batch_info, find_batch, read_batches
from geo.store.generation import has_traces, read_generation
from geo.store.meta import Meta, read_meta, write_meta
from geo.store.moments import moment_of, moments_of, us_of
from geo.store.near import standing_between
from geo.store.opening import open_engine
from geo.store.reading import Reader
from geo.store.rebuilding import rebuild
from geo.store.scoped import ScopedLoader
from geo.store.snapshot import Snapshot
from geo.store.sqlite import WRITES
from geo.store.standing import Standing, standing_of
from geo.store.tables import batch as batch_table
from geo.store.tables import event
from geo.store.undoing import undo
from geo.store.verification import Verification, verify
from geo.store.versions import versions_of
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

__all__ = ["Store"]

SNAPSHOTS_KEPT: Final = 4
"""A page asks for now and for one earlier moment; two more for the change between events."""

EVENT_COLUMNS: Final = ("seq", "recorded_at", "known_at", "entity", "action", "key")


class Store:
    """An append-only, hash-chained ledger and the answers that rest on it.

    One Store serves many threads; several processes may read and write the same file.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._reader = Reader(engine)
        self._snapshots: OrderedDict[tuple[int, datetime | None, str, str], Snapshot] = (
            OrderedDict()
        )
        self._generation = 0
        self._lock = Lock()
        self._writing = Lock()
        self._writer: int | None = None

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Self:
        """Open the store at `url`, for example `sqlite:///county.db`.

        Makes the file and its tables when there are none and `create` allows it. Raises
        NotReadyError when there is nothing to open, UnsupportedSchema when what is there is no
        store of this version, UsageError for an address that names no known database.
        """
        return cls(open_engine(url, create=create))

    def close(self) -> None:
        """Let go of the file; the store may not be used afterwards."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def meta(self) -> Meta:
        """The settings as they stand."""
        with self._engine.begin() as connection:
            return read_meta(connection)

    def set_meta(self, **values: Any) -> Meta:
        """Set settings by name; give all of them.

        `time_zone`, `metric_crs` and `live_since` can be set once: raises LedgerError when
        one of them would change. Within a batch, use its own `set_meta`.
        """
        with self._write() as connection:
            return write_meta(connection, values)

    @property
    def watermark(self) -> int:
        """The highest seq of the ledger, 0 on an empty one; costs one index probe."""
        with self._engine.begin() as connection:
            return connection.execute(sa.select(sa.func.max(event.c.seq))).scalar() or 0

    @contextmanager
    def batch(
        self,
        entity: Entity,
        *,
        source: str,
        content_hash: str,
        recipe: str | None,
        actor: str,
        recorded_at: datetime,
        backfill: bool = False,
    ) -> Iterator[Batch]:
        """Open one transaction; leave it by an exception and nothing was stored.

        Parameters
        ----------
        entity
            What the delivery is about; the batch may append other entities too.
        source, content_hash, recipe
            Where it came from, the SHA-256 of its content, and how it was read.
        actor
            Who is responsible for it.
        recorded_at
            When the ledger learns it; never before the last event.
        backfill
            Whether this is history taken over from another system: each row then counts as
            known since it was reported there, which must lie before `meta.live_since`.
        """
        request = BatchRequest(
            entity=entity,
            source=source,
            content_hash=content_hash,
            recipe=recipe,
            actor=actor,
            recorded_at=recorded_at,
            backfill=backfill,
        )
        with self._write() as connection:
            batch = Batch.begin(connection, request)
            yield batch
            batch.close()
        if batch.erased:
            sqlite.clean(self._engine)

    def undo(
        self,
        batch_id: int,
        *,
        actor: str,
        recorded_at: datetime,
        told: Callable[[int], None] | None = None,
    ) -> BatchInfo:
        """Take a batch back by events; its records are again what they were before it.

        Records that later batches changed stay. `told` hears of the events appended so far, see
        `Batch.tell`. Raises LedgerError when there is no such batch, it was taken back already,
        or it holds a decision.
        """
        with self._write() as connection:
            undone = batch_info(connection, batch_id)
            request = BatchRequest(
                entity=undone.entity,
                source=f"undo {batch_id}",
                content_hash=undone.content_hash,
                recipe=undone.recipe,
                actor=actor,
                recorded_at=recorded_at,
                undoes=batch_id,
            )
            batch = Batch.begin(connection, request)
            if told is not None:
                batch.tell(told)
            undo(batch, undone)
            return batch.close()

    @property
    def generation(self) -> int:
        """A number that grows whenever facts already read may read differently (an erasure)."""
        with self._engine.begin() as connection:
            return read_generation(connection)

    @property
    def has_traces(self) -> bool:
        """Whether freed parts of the file may still hold what was erased."""
        with self._engine.begin() as connection:
            return has_traces(connection)

    def find_batch(self, content_hash: str, entity: Entity, recipe: str | None) -> BatchInfo | None:
        """Give the standing batch of the same content, entity and recipe, if there is one."""
        with self._engine.begin() as connection:
            return find_batch(connection, content_hash, entity, recipe)

    def batches(self) -> pd.DataFrame:
        """List all batches, indexed by batch_id, with their number of events and `standing`."""
        with self._engine.begin() as connection:
            return read_batches(connection)

    def snapshot(self, *, known_at: datetime | None = None, scope: str = "") -> Snapshot:
        """Give the facts as known at `known_at`; None means all that the ledger knows.

        With `scope`, the code of an area, only what lies in it and below it.

        Cached by (watermark, known_at, scope); entities are read when they are first asked for.
        Raises UsageError for a moment without a time zone.
        """
        known_at = None if known_at is None else moment_of(us_of(known_at))
        with self._engine.begin() as connection:
            head = sa.select(event.c.seq, event.c.recorded_at).order_by(event.c.seq.desc()).limit(1)
            seq, recorded_at = connection.execute(head).first() or (0, None)
            zone = read_meta(connection).zone
            generation = read_generation(connection)
        with self._lock:
            if generation != self._generation:
                self._snapshots.clear()
                self._reader.forget()
                self._generation = generation
            key = (seq, known_at, zone.key, scope)
            if key not in self._snapshots:
                last = None if recorded_at is None else moment_of(recorded_at)
                self._snapshots[key] = Snapshot(
                    ScopedLoader(self._reader, scope) if scope else self._reader,
                    watermark=seq,
                    asked=known_at,
                    known_at=known_at or last,
                    time_zone=zone,
                )
            self._snapshots.move_to_end(key)
            while len(self._snapshots) > SNAPSHOTS_KEPT:
                self._snapshots.popitem(last=False)
            return self._snapshots[key]

    def events(self, after_seq: int = 0, *, limit: int = 1000) -> pd.DataFrame:
        """Give at most `limit` events after `after_seq`, oldest first, without payloads."""
        columns = [event.c[name] for name in EVENT_COLUMNS]
        query = sa.select(*columns).where(event.c.seq > after_seq).order_by(event.c.seq)
        with self._engine.begin() as connection:
            rows = connection.execute(query.limit(limit)).all()
        frame = pd.DataFrame(rows, columns=list(EVENT_COLUMNS)).astype(
            {"seq": "int64", "entity": "str", "action": "str", "key": "str"}
        )
        for name in ("recorded_at", "known_at"):
            frame[name] = moments_of(frame[name].to_numpy("int64"))
        return frame

    def last_known(self, known_at: datetime, *, after_seq: int = 0) -> int:
        """Give the highest seq after `after_seq` known by a moment, `after_seq` where none is.

        As long as it stays the same, so does every answer for that moment.
        """
        moment = us_of(known_at)
        newest = sa.select(sa.func.max(event.c.seq)).where(
            event.c.seq > after_seq, event.c.known_at <= moment
        )
        with self._engine.begin() as connection:
            return connection.execute(newest).scalar() or after_seq

    def last_recorded(self) -> dict[str, datetime]:
        """Give for each entity when the ledger last learned something of it."""
        # The last seq of one entity is an index probe; the clock never runs back along seq.
        newest = sa.union_all(
            *(
                sa.select(sa.func.max(event.c.seq)).where(event.c.entity == entity.value)
                for entity in Entity
            )
        )
        found = sa.select(event.c.entity, event.c.recorded_at).where(event.c.seq.in_(newest))
        with self._engine.begin() as connection:
            return {entity: moment_of(moment) for entity, moment in connection.execute(found)}

    def standing(self, entity: Entity, keys: pd.Index) -> Standing:
        """Give what the ledger knows of `keys`, at the cost of these keys alone."""
        with self._engine.begin() as connection:
            return standing_of(connection, entity, keys)

    def standing_between(
        self, entity: Entity, first: pd.Timestamp, last: pd.Timestamp, *, besides: pd.Series
    ) -> pd.DataFrame:
        """Give the standing incidents of a span of time; see `geo.store.near`."""
        with self._engine.begin() as connection:
            return standing_between(connection, entity, first, last, besides=besides)

    def versions(self, entity: Entity, key: str) -> list[dict[str, Any]]:
        """Give what the ledger learned of one record, oldest first; see `geo.store.versions`."""
        with self._engine.begin() as connection:
            return versions_of(connection, entity, key)

    def untouched_since(self, entity: Entity) -> int:
        """Give the last event of the last batch that touched an entity, 0 where none did."""
        touched = sa.select(sa.func.max(event.c.seq)).where(event.c.entity == entity.value)
        last = sa.select(batch_table.c.last_seq).where(
            batch_table.c.first_seq <= touched.scalar_subquery(),
            batch_table.c.last_seq >= touched.scalar_subquery(),
        )
        with self._engine.begin() as connection:
            return connection.execute(last).scalar() or 0

    def month_count(self) -> pd.DataFrame:
        """Give the live counts: ym ("2020-02"), stream, area_code ("" for none), n."""
        with self._engine.begin() as connection:
            return counts.read_counts(connection)

    def verify(self) -> Verification:
        """Recompute the whole chain; see `geo.store.verification.verify`."""
        with self._engine.begin() as connection:
            return verify(connection)

    def rebuild(self) -> dict[str, int]:
        """Make month_count and the segments anew from the ledger; give their rows."""
        with self._write() as connection:
            return rebuild(connection)

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        if self._writer == get_ident():
            raise LedgerError(
                "A batch is open in this thread; write through it, or close it first.",
                "当前线程已有未结束的批次；请通过该批次写入，或先将其结束。",
            )
        with self._writing, self._engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: True})
            self._writer = get_ident()
            try:
                with _begun(connection):
                    yield connection
            finally:
                self._writer = None


def _begun(connection: sa.Connection) -> sa.RootTransaction:
    try:
        return connection.begin()
    except sa.exc.OperationalError as error:
        raise LedgerError(
            "Another program is writing to this store and has not finished. Try again later.",
            "另一程序正在写入本数据库，尚未结束。请稍后再试。",
        ) from error
