"""One delivery of facts: all of it is appended, or nothing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.errors import LedgerError
from geo.schemas import conform
from geo.store import counts, merges, standing
from geo.store.appending import Appender
from geo.store.ground import put_asset
from geo.store.knowledge import known_at_of, recorded_at_of, refuse_rewriting
from geo.store.meta import DEFAULT_ZONE, Meta, read_meta, write_meta
from geo.store.moments import moment_of, us_of, us_of_series
from geo.store.payload import NOT_STORED, payloads
from geo.store.pending import PendingSegments
from geo.store.segments import Versions, drops_of, no_versions, stamped
from geo.store.tables import batch, payload
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = ["Batch", "BatchInfo", "BatchRequest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """Where a batch comes from; `content_hash` is the SHA-256 of what was delivered."""

    entity: Entity
    source: str
    content_hash: str
    recipe: str | None
    actor: str
    recorded_at: datetime
    backfill: bool = False
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInfo(BatchRequest):
    """A batch as stored; an empty one has `last_seq` = `first_seq` - 1."""

    batch_id: int
    first_seq: int
    last_seq: int

    @property
    def events(self) -> int:
        """Give the number of events."""
        return self.last_seq - self.first_seq + 1


@dataclass(slots=True)
class Batch:
    """Appends events within one transaction; given by `Store.batch`."""

    connection: sa.Connection
    request: BatchRequest
    batch_id: int
    appender: Appender
    pending: PendingSegments
    first_seq: int
    deltas: list[pd.Series] = field(default_factory=list)
    known_from: int | None = None
    erased: bool = False

    @classmethod
    def begin(cls, connection: sa.Connection, request: BatchRequest) -> Batch:
        """Take the next batch number and the head of the chain."""
        last = connection.execute(sa.select(sa.func.max(batch.c.batch_id))).scalar() or 0
        appender = Appender.at_head(connection, batch_id=last + 1)
        pending = PendingSegments(connection)
        return cls(connection, request, last + 1, appender, pending, appender.seq + 1)

    @property
    def meta(self) -> Meta:
        """Give the store's settings as they stand within this batch."""
        return read_meta(self.connection)

    def set_meta(self, **values: Any) -> Meta:
        """Set settings of the store together with this batch; see `Store.set_meta`."""
        return write_meta(self.connection, values)

    def tell(self, told: Callable[[int], None]) -> None:
        """Have `told` called with the events appended so far, after each portion of them.

        What it raises drops the batch.
        """
        self.appender.on_portion = lambda seq: told(seq - self.first_seq + 1)

    def append(
        self,
        entity: Entity,
        frame: pd.DataFrame,
        *,
        action: Action = Action.RECORDED,
        recorded_at: datetime | pd.Series | None = None,
        known_at: pd.Series | None = None,
        stood: pd.DataFrame | None = None,
    ) -> int:
        """Append one event for each row of `frame`; give their number.

        Parameters
        ----------
        entity
            What the rows are about; one batch may append several entities.
        frame
            Indexed by the key, or holding it as a column. Records and corrections state the
            whole record; of a retraction only the keys are read.
        action
            RECORDED for keys that do not stand yet, CORRECTED and RETRACTED for such as do.
        recorded_at
            When the ledger learns it: one moment or one for each row, never running back;
            missing means the batch's own moment.
        known_at
            With `backfill` only: when each row was known. Missing means reported_at, else
            occurred_to, else occurred_from; a row without any of them counts from recorded_at.
        stood
            Of a correction: the records of these keys as they stand, where the caller knows
            them already; otherwise they are read to take them out of the counts.

        Raises
        ------
        LedgerError
            When a moment runs back, a key stands already or does not stand, or backfilled
            knowledge is not older than the ledger itself. The whole batch is then dropped.
        SchemaError
            When the rows do not fit the entity's table.
        """
        if not len(frame.index):
            return 0
        record = conform(frame.drop(columns=[*NOT_STORED], errors="ignore"), entity)
        recorded = self.clocked(len(record), recorded_at)
        known = self._known(record, recorded, known_at)
        last = standing.last_events(self.connection, entity, record.index)
        standing.refuse_unfit(record.index, last, action, entity)
        if self.request.backfill:
            self._refuse_rewriting(record.index, known, recorded, last)
        self._count(entity, action, record, last, stood)
        self._write(entity, action, record, recorded, known)
        if action is Action.RETRACTED and entity in merges.MERGED:
            self._let_go_followers(entity, record.index)
        return len(record)

    def put_ground(
        self, name: str, ground: gpd.GeoDataFrame, *, recorded_at: datetime | None = None
    ) -> None:
        """Store a ground layer (roads, rivers, buildings, land) in place of an older one."""
        self._ground_event(name, put_asset(self.connection, ground), recorded_at)

    def restore_ground(self, name: str, seq: int) -> None:
        """Let a layer be again what event `seq` made it."""
        body = sa.select(payload.c.body).where(payload.c.seq == seq)
        self._ground_event(name, self.connection.execute(body).scalar_one(), None)

    def drop_ground(self, name: str) -> None:
        """Retract a ground layer."""
        self._ground_event(name, None, None)

    def clocked(self, count: int, moments: datetime | pd.Series | None) -> NDArray[np.int64]:
        """Give a moment for each of `count` rows; the first of a new ledger makes it live."""
        moments = self.request.recorded_at if moments is None else moments
        recorded = recorded_at_of(moments, count, not_before=self.appender.recorded_at)
        if self.appender.seq == 0 and self.meta.live_since is None:
            self.set_meta(live_since=moment_of(int(recorded[0])))
        return recorded

    def close(self) -> BatchInfo:
        """Write counts, segments and the batch's own row; called once, by the store."""
        if self.deltas:
            total = pd.concat(self.deltas)
            counts.add_counts(self.connection, total.groupby(level=counts.CELL).sum())
        self.pending.close()
        info = BatchInfo(
            batch_id=self.batch_id,
            first_seq=self.first_seq,
            last_seq=self.appender.seq,
            **dataclasses.asdict(self.request),
        )
        row = dataclasses.asdict(info) | {"recorded_at": us_of(info.recorded_at)}
        self.connection.execute(sa.insert(batch).values(**row, known_from=self.known_from))
        return info

    def _let_go_followers(self, entity: Entity, gone: pd.Index) -> None:
        """Let duplicates of records that are gone wait for a review again, or an event is lost."""
        behind = merges.followers(self.connection, entity, gone)
        self.append(entity, merges.let_go(behind), action=Action.CORRECTED)

    def _ground_event(self, name: str, body: bytes | None, recorded_at: datetime | None) -> None:
        key = pd.Index([name], dtype="str")
        last = standing.last_events(self.connection, Entity.GROUND, key)
        action = Action.CORRECTED if standing.stands(last).any() else Action.RECORDED
        if body is None:
            action = Action.RETRACTED
            standing.refuse_unfit(key, last, action, Entity.GROUND)
        at = self.clocked(1, recorded_at)
        bodies = [b"{}" if body is None else body]
        self.appender.append(Entity.GROUND, action, key, at, at, bodies)

    def _known(
        self, record: pd.DataFrame, recorded: NDArray[np.int64], known_at: pd.Series | None
    ) -> NDArray[np.int64]:
        if not self.request.backfill and known_at is not None:
            raise LedgerError(
                "Knowledge counts from the recording, unless the batch is a backfill. Leave out "
                "known_at or open the batch with backfill=True.",
                "除补录批次外，获知时间即记录时间。请去掉 known_at，或以 backfill=True 打开批次。",
            )
        if not self.request.backfill:
            return recorded
        return known_at_of(record, recorded) if known_at is None else us_of_series(known_at)

    def _refuse_rewriting(
        self,
        keys: pd.Index,
        known: NDArray[np.int64],
        recorded: NDArray[np.int64],
        last: pd.DataFrame,
    ) -> None:
        last_known = last["known_at"].reindex(keys).to_numpy(dtype="float64")
        live_since = self.meta.live_since or self.request.recorded_at
        refuse_rewriting(known, recorded, last_known, us_of(live_since))
        claims = known[known != recorded]
        if len(claims):
            first = int(claims.min())
            self.known_from = first if self.known_from is None else min(first, self.known_from)

    def _count(
        self,
        entity: Entity,
        action: Action,
        record: pd.DataFrame,
        last: pd.DataFrame,
        stood: pd.DataFrame | None,
    ) -> None:
        if entity not in counts.COUNTED:
            return
        zone = (self.meta if self.meta.time_zone else self.set_meta(time_zone=DEFAULT_ZONE)).zone
        if action is not Action.RETRACTED:
            self.deltas.append(counts.count_months(record, entity, zone))
        if action is not Action.RECORDED:
            if stood is None:
                stood = standing.records_of(self.connection, entity, last["seq"].tolist())
            self.deltas.append(-counts.count_months(stood, entity, zone))

    def _write(
        self,
        entity: Entity,
        action: Action,
        record: pd.DataFrame,
        recorded: NDArray[np.int64],
        known: NDArray[np.int64],
    ) -> None:
        gone = action is Action.RETRACTED
        seq = np.arange(self.appender.seq + 1, self.appender.seq + 1 + len(record))
        bodies = payloads(record[[]] if gone else record)
        self.appender.append(entity, action, record.index, recorded, known, bodies)
        none = no_versions(entity)
        self.pending.add(
            entity,
            Versions(none.rows, drops_of(record.index, seq, known))
            if gone
            else Versions(stamped(record, seq, known, recorded), none.drops),
        )
