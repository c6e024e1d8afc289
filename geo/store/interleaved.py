"""Several entities appended together, in the one order in which they were recorded.

A history of years holds cases, their corrections, petitions and returns all mixed: appended
one entity after the other, the ledger's clock would run back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from geo.errors import LedgerError
from geo.schemas import conform
from geo.store import counts, standing
from geo.store.meta import DEFAULT_ZONE
from geo.store.moments import moments_of, us_of_series
from geo.store.payload import NOT_STORED, payloads
from geo.store.segments import Versions, drops_of, no_versions, stamped
from geo.vocabulary import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from geo.store.appending import Facts
    from geo.store.batch import Batch
    from geo.vocabulary import Entity

__all__ = ["Part", "append_in_order"]


class Part(NamedTuple):
    """Rows of one entity that undergo one action; `recorded_at` has one aware moment per row."""

    entity: Entity
    action: Action
    frame: pd.DataFrame
    recorded_at: pd.Series


class _Stamped(NamedTuple):
    """A part brought into the shape of its table, with moments (microseconds) and places."""

    entity: Entity
    action: Action
    record: pd.DataFrame
    recorded: NDArray[np.int64]
    seq: NDArray[np.int64]


def append_in_order(batch: Batch, parts: Sequence[Part]) -> int:
    """Append the rows of all parts, earliest recorded first; give their number.

    Rows recorded in the same moment keep the order of the parts, then of their rows. A key may
    come in several parts: it is recorded, then corrected, then perhaps retracted.

    Raises LedgerError in a backfill, where a moment lies before the last event, or where an
    action does not fit what stands for its key at that moment; nothing is stored then.
    """
    if batch.request.backfill:
        raise LedgerError(
            "Append a backfill entity by entity: its rows are known from other moments.",
            "补录数据请按实体逐一写入：其获知时间另有依据。",
        )
    parts = [part for part in parts if len(part.frame)]
    if not parts:
        return 0
    marked = _stamped(batch, parts)
    for entity in dict.fromkeys(part.entity for part in marked):
        mine = [part for part in marked if part.entity == entity]
        last = _checked(batch, entity, mine)
        _count(batch, entity, mine, last)
        batch.pending.add(entity, _versions(entity, mine))
    return _seal(batch, marked)


def _stamped(batch: Batch, parts: Sequence[Part]) -> list[_Stamped]:
    """Give every row its place in the chain: by moment, then by part and row."""
    recorded = [us_of_series(part.recorded_at) for part in parts]
    every = np.concatenate(recorded)
    order = np.argsort(every, kind="stable")
    batch.clocked(len(every), pd.Series(moments_of(every[order])))
    seq = np.empty(len(every), dtype="int64")
    seq[order] = np.arange(batch.appender.seq + 1, batch.appender.seq + 1 + len(every))
    places = np.split(seq, np.cumsum([len(part) for part in recorded])[:-1])
    return [
        _Stamped(
            part.entity,
            part.action,
            conform(part.frame.drop(columns=[*NOT_STORED], errors="ignore"), part.entity),
            moments,
            place,
        )
        for part, moments, place in zip(parts, recorded, places, strict=True)
    ]


def _checked(batch: Batch, entity: Entity, parts: list[_Stamped]) -> pd.DataFrame:
    """Give what stood for the keys before; refuse an action that does not fit what stands."""
    keys = pd.Index(np.concatenate([part.record.index.to_numpy() for part in parts]), dtype="str")
    last = standing.last_events(batch.connection, entity, keys.unique())
    steps = pd.DataFrame(
        {
            "key": keys,
            "seq": np.concatenate([part.seq for part in parts]),
            "opens": np.repeat([p.action is Action.RECORDED for p in parts], _sizes(parts)),
            "ends": np.repeat([p.action is Action.RETRACTED for p in parts], _sizes(parts)),
        }
    ).sort_values(["key", "seq"])
    stood = steps["key"].isin(last.index[standing.stands(last)]).to_numpy()
    first = ~steps["key"].duplicated().to_numpy()
    stands = np.where(first, stood, ~np.roll(steps["ends"].to_numpy(), 1))
    unfit = stands == steps["opens"].to_numpy()
    if unfit.any():
        key = steps["key"].to_numpy()[int(np.argmax(unfit))]
        raise LedgerError(
            f"The {entity} {key} is recorded while it stands, or changed while it does not. "
            "Record it once, then correct it.",
            f"{entity} {key} 在已存在时被再次录入，或在不存在时被更正。请先录入一次，再行更正。",
        )
    return last[standing.stands(last).to_numpy()]


def _sizes(parts: list[_Stamped]) -> list[int]:
    return [len(part.record) for part in parts]


def _count(batch: Batch, entity: Entity, parts: list[_Stamped], last: pd.DataFrame) -> None:
    """Add what stands after the call to the month counts, and take away what stood before."""
    if entity not in counts.COUNTED:
        return
    meta = batch.meta if batch.meta.time_zone else batch.set_meta(time_zone=DEFAULT_ZONE)
    rows = pd.concat([part.record for part in parts])
    gone = np.repeat([part.action is Action.RETRACTED for part in parts], _sizes(parts))
    order = np.argsort(np.concatenate([part.seq for part in parts]), kind="stable")
    final = ~rows.index[order].duplicated(keep="last")
    after = rows.iloc[order[final & ~gone[order]]]
    batch.deltas.append(counts.count_months(after, entity, meta.zone))
    if len(last):
        before = standing.records_of(batch.connection, entity, last["seq"].tolist())
        batch.deltas.append(-counts.count_months(before, entity, meta.zone))


def _versions(entity: Entity, parts: list[_Stamped]) -> Versions:
    none = no_versions(entity)
    rows, drops = [none.rows], [none.drops]
    for part in parts:
        if part.action is Action.RETRACTED:
            drops.append(drops_of(part.record.index, part.seq, part.recorded))
        else:
            rows.append(stamped(part.record, part.seq, part.recorded, part.recorded))
    return Versions(_by_seq(rows, none.rows), _by_seq(drops, none.drops))


def _by_seq(frames: list[pd.DataFrame], none: pd.DataFrame) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled).sort_values("seq") if filled else none


def _seal(batch: Batch, parts: list[_Stamped]) -> int:
    """Write all events behind the head of the chain; give their number."""
    rows = sorted(row for part in parts for row in _events(part))
    batch.appender.write(row for _, row in rows)
    return len(rows)


def _events(part: _Stamped) -> Iterator[tuple[int, Facts]]:
    """Give seq and event of every row."""
    words = (part.entity.value, part.action.value)
    stated = part.record[[]] if part.action is Action.RETRACTED else part.record
    keys = part.record.index.tolist()
    columns = (part.seq.tolist(), part.recorded.tolist(), keys, payloads(stated))
    for seq, recorded, key, body in zip(*columns, strict=True):
        yield seq, (recorded, recorded, *words, key, body)
