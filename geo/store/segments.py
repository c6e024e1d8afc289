"""Events of one entity in columns: every version of every record, quick to read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from geo.crs import WGS84
from geo.schemas import conform, key_of
from geo.store.moments import moments_of
from geo.store.payload import frame_from_payloads, shapes_of
from geo.store.portions import in_portions
from geo.store.tables import event, payload, segment
from geo.vocabulary import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = [
    "MAX_SEQ",
    "SEGMENT_FROM_ROWS",
    "SEGMENT_ROWS",
    "Versions",
    "covered_to",
    "drops_of",
    "events_covered",
    "joined",
    "no_versions",
    "read_rows",
    "read_segments",
    "read_stamps",
    "read_tail",
    "rewrite_segment",
    "segment_bodies",
    "segments_within",
    "stamped",
    "tail_length",
    "versions_at",
    "versions_of_events",
    "write_segment",
]

SEGMENT_FROM_ROWS: Final = 500
"""Fewer events than this stay a tail that is read from the payloads (about 5 ms)."""

SEGMENT_ROWS: Final = 250_000
"""Most events of one segment: about 10 MB packed, 200 MB at work."""

RETRACTED: Final = "retracted"
STAMPS: Final = ("seq", "known_at", "recorded_at")


@dataclass(frozen=True, slots=True)
class Versions:
    """Every version of the records of one entity, in the order of the chain.

    `rows` is indexed by the key and has the entity's columns, seq, known_at and
    recorded_at; `drops` has key, seq and known_at of each retraction.
    """

    rows: pd.DataFrame
    drops: pd.DataFrame

    @property
    def last_seq(self) -> int:
        """Give the highest seq, 0 when there is none."""
        return max((int(part["seq"].iloc[-1]) for part in self._held), default=0)

    @property
    def first_seq(self) -> int:
        """Give the lowest seq, 0 when there is none."""
        return min((int(part["seq"].iloc[0]) for part in self._held), default=0)

    def __len__(self) -> int:
        return len(self.rows) + len(self.drops)

    @property
    def _held(self) -> list[pd.DataFrame]:
        return [part for part in (self.rows, self.drops) if len(part)]

    def portions(self, size: int) -> Iterator[Versions]:
        """Cut into consecutive parts of at most `size` events."""
        seqs = np.sort(np.concatenate([part["seq"].to_numpy() for part in self._held]))
        for start in range(0, len(seqs), size):
            last = seqs[min(start + size, len(seqs)) - 1]
            yield self.between(int(seqs[start]) - 1, int(last))

    def between(self, after: int, upto: int) -> Versions:
        """Keep what has `after < seq <= upto`; the same object when that is all."""
        rows, drops = (_between(part, after, upto) for part in (self.rows, self.drops))
        return self if rows is self.rows and drops is self.drops else Versions(rows, drops)


def joined(parts: Sequence[Versions], entity: str) -> Versions:
    """Put versions one after another; empty ones are left out."""
    parts = [part for part in parts if part.last_seq]
    if len(parts) == 1:
        return parts[0]
    rows = [part.rows for part in parts if len(part.rows)]
    drops = [part.drops for part in parts if len(part.drops)]
    none = no_versions(entity)
    return Versions(
        pd.concat(rows) if rows else none.rows, pd.concat(drops) if drops else none.drops
    )


def covered_to(connection: sa.Connection, entity: str) -> int:
    """Give the last seq of the entity that lies in a segment, 0 when none does."""
    last = sa.select(sa.func.max(segment.c.last_seq)).where(segment.c.entity == entity)
    return connection.execute(last).scalar() or 0


def events_covered(connection: sa.Connection, entity: str) -> int:
    """Give the number of the entity's events that lie in segments."""
    events = sa.select(sa.func.sum(segment.c.events)).where(segment.c.entity == entity)
    return connection.execute(events).scalar() or 0


def tail_length(connection: sa.Connection, entity: str) -> int:
    """Give the number of the entity's events that lie in no segment."""
    beyond = event.c.seq > covered_to(connection, entity)
    tail = sa.select(sa.func.count()).where(event.c.entity == entity, beyond)
    return connection.execute(tail).scalar_one()


def write_segment(connection: sa.Connection, entity: str, versions: Versions) -> None:
    """Store versions as one Parquet segment."""
    number = connection.execute(sa.select(sa.func.max(segment.c.segment_id))).scalar() or 0
    connection.execute(
        sa.insert(segment).values(
            segment_id=number + 1,
            entity=entity,
            first_seq=versions.first_seq,
            last_seq=versions.last_seq,
            events=len(versions),
            body=_packed(versions),
        )
    )


def segments_within(
    connection: sa.Connection, entity: str, first: int, last: int
) -> Sequence[sa.Row[int, int, int]]:
    """Give id, first and last seq of the segments that meet `first` to `last`, in order."""
    c = segment.c
    meeting = (
        sa.select(c.segment_id, c.first_seq, c.last_seq)
        .where(c.entity == entity, c.first_seq <= last, c.last_seq >= first)
        .order_by(c.first_seq)
    )
    return connection.execute(meeting).all()


def rewrite_segment(connection: sa.Connection, entity: str, number: int, changed: Versions) -> None:
    """Put the rows `changed` in place of those with the same seq; the others stay."""
    c = segment.c
    body = connection.execute(sa.select(c.body).where(c.segment_id == number)).scalar_one()
    held = _unpacked([body], entity)
    kept = held.rows[~held.rows["seq"].isin(changed.rows["seq"])]
    rows = pd.concat([part for part in (kept, changed.rows) if len(part)]).sort_values("seq")
    packed = _packed(Versions(rows, held.drops))
    connection.execute(sa.update(segment).where(c.segment_id == number).values(body=packed))


def read_segments(connection: sa.Connection, entity: str, *, after: int = 0) -> Versions:
    """Read the versions in segments with `seq > after`."""
    bodies = segment_bodies(connection, entity, after=after)
    return _unpacked(bodies, entity).between(after, MAX_SEQ)


def _unpacked(bodies: Iterable[bytes], entity: str) -> Versions:
    tables = [pq.read_table(pa.BufferReader(body)) for body in bodies]
    if not tables:
        return no_versions(entity)
    table = pa.concat_tables(tables, promote_options="permissive")
    dropped = table.column(RETRACTED)
    if not pc.any(dropped).as_py():
        return Versions(_rows(table, entity), no_versions(entity).drops)
    drops = table.filter(dropped).select([key_of(entity), "seq", "known_at"]).to_pandas()
    rows = _rows(table.filter(pc.invert(dropped)), entity)
    return Versions(rows, drops.rename(columns={key_of(entity): "key"}))


def read_stamps(connection: sa.Connection, entity: str) -> pd.DataFrame:
    """Read key, seq, known_at (microseconds) and stands of every event in segments."""
    key = key_of(entity)
    tables = [
        pq.read_table(pa.BufferReader(body), columns=[key, "seq", "known_at", RETRACTED])
        for body in segment_bodies(connection, entity)
    ]
    table = pa.concat_tables(tables, promote_options="permissive")
    known_at = table.column("known_at").cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    frame: pd.DataFrame = table.select([key, "seq"]).to_pandas().rename(columns={key: "key"})
    return frame.assign(
        known_at=known_at.to_numpy(), stands=pc.invert(table.column(RETRACTED)).to_numpy()
    )


def read_rows(connection: sa.Connection, entity: str, seqs: NDArray[np.int64]) -> pd.DataFrame:
    """Read the records that the events `seqs`, sorted and all in segments, stated."""
    tables = []
    for body in segment_bodies(connection, entity):
        table = pq.read_table(pa.BufferReader(body))
        wanted = _among(table.column("seq").to_numpy(), seqs)
        tables.append(table if wanted.all() else table.filter(pa.array(wanted)))
    rows = _rows(pa.concat_tables(tables, promote_options="permissive"), entity)
    # A segment older than a column of its entity has no such column.
    return conform(rows.drop(columns=list(STAMPS)), entity)


def _among(values: NDArray[np.int64], sorted_values: NDArray[np.int64]) -> NDArray[np.bool_]:
    at = np.minimum(sorted_values.searchsorted(values), len(sorted_values) - 1)
    found: NDArray[np.bool_] = sorted_values[at] == values
    return found


def segment_bodies(
    connection: sa.Connection, entity: str, *, after: int = 0
) -> sa.ScalarResult[bytes]:
    """Give the segments with any `seq > after`, in the order of the chain."""
    bodies = (
        sa.select(segment.c.body)
        .where(segment.c.entity == entity, segment.c.last_seq > after)
        .order_by(segment.c.first_seq)
    )
    return connection.execute(bodies).scalars()


def read_tail(connection: sa.Connection, entity: str, *, after: int, upto: int) -> Versions:
    """Read the versions with `after < seq <= upto` from the payloads themselves."""
    tail = _stated(entity).where(event.c.seq > after, event.c.seq <= upto)
    rows = connection.execute(tail).all()
    if not rows:
        return no_versions(entity)
    return versions_of_events(pd.DataFrame(rows, columns=[*TAIL_COLUMNS]), entity)


def versions_at(connection: sa.Connection, entity: str, seqs: Iterable[int]) -> Versions:
    """Read the versions that the events `seqs` (ascending) state, from their payloads."""
    rows: list[Any] = []
    for some in in_portions(seqs, AT_ONCE):
        rows += connection.execute(_stated(entity).where(event.c.seq.in_(some))).all()
    return versions_of_events(pd.DataFrame(rows, columns=[*TAIL_COLUMNS]), entity)


def _stated(entity: str) -> sa.Select[Any]:
    c = event.c
    return (
        sa.select(c.seq, c.key, c.action, c.known_at, c.recorded_at, payload.c.body)
        .join_from(event, payload, c.seq == payload.c.seq)
        .where(c.entity == entity)
        .order_by(c.seq)
    )


TAIL_COLUMNS: Final = ("seq", "key", "action", "known_at", "recorded_at", "body")
AT_ONCE: Final = 500
"""Events asked for by number in one query; every database takes that many parameters."""
MAX_SEQ: Final = np.iinfo(np.int64).max


def versions_of_events(events: pd.DataFrame, entity: str) -> Versions:
    """Turn events with their payloads into versions."""
    dropped = (events["action"] == Action.RETRACTED.value).to_numpy()
    kept = events[~dropped]
    frame = frame_from_payloads(kept["body"].tolist())
    frame.index = pd.Index(kept["key"], name=key_of(entity))
    rows = stamped(conform(frame, entity), *(kept[name].to_numpy("int64") for name in STAMPS))
    gone = events[dropped]
    return Versions(
        rows, drops_of(gone["key"], gone["seq"].to_numpy(), gone["known_at"].to_numpy())
    )


def stamped(
    frame: pd.DataFrame,
    seq: NDArray[np.int64],
    known_at: NDArray[np.int64],
    recorded_at: NDArray[np.int64],
) -> pd.DataFrame:
    """Add the columns that say where a version stands in the chain."""
    return frame.assign(seq=seq, known_at=moments_of(known_at), recorded_at=moments_of(recorded_at))


def drops_of(
    keys: Iterable[str], seq: NDArray[np.int64], known_at: NDArray[np.int64]
) -> pd.DataFrame:
    """Give retractions as a frame of key, seq and known_at."""
    return pd.DataFrame(
        {
            "key": pd.array(list(keys), dtype="str"),
            "seq": seq.astype("int64"),
            "known_at": moments_of(known_at.astype("int64")),
        }
    )


@cache
def no_versions(entity: str) -> Versions:
    """Give no versions, with the columns of the entity; shared, so never write to them."""
    none = np.array([], dtype="int64")
    frame = pd.DataFrame(index=pd.Index([], dtype="str", name=key_of(entity)))
    return Versions(stamped(conform(frame, entity), none, none, none), drops_of([], none, none))


def _between(part: pd.DataFrame, after: int, upto: int) -> pd.DataFrame:
    seq = part["seq"].to_numpy()
    if not len(seq) or (seq[0] > after and seq[-1] <= upto):
        return part
    return part.iloc[seq.searchsorted(after, side="right") : seq.searchsorted(upto, side="right")]


def _packed(versions: Versions) -> bytes:
    rows = versions.rows
    plain = rows.to_wkb() if isinstance(rows, gpd.GeoDataFrame) else rows
    table = _table(plain.reset_index(), retracted=False)
    if len(versions.drops):
        drops = versions.drops.rename(columns={"key": rows.index.name})
        table = pa.concat_tables(
            [table, _table(drops, retracted=True)], promote_options="permissive"
        )
    sink = BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _table(frame: pd.DataFrame, *, retracted: bool) -> pa.Table:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return table.append_column(RETRACTED, pa.array(np.full(len(frame), retracted)))


def _rows(table: pa.Table, entity: str) -> pd.DataFrame:
    frame: pd.DataFrame = table.drop_columns([RETRACTED]).to_pandas()
    frame = frame.set_index(key_of(entity))
    if "geometry" not in frame.columns:
        return frame
    shapes = gpd.GeoSeries(shapes_of(frame["geometry"]), crs=WGS84)
    placed: pd.DataFrame = gpd.GeoDataFrame(frame.assign(geometry=shapes))
    return placed
