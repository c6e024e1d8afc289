"""Fields taken out of payloads that are already sealed, and out of everything made from them."""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa

from geo.queue_file import queue_file
from geo.store.generation import mark_traces, start_generation
from geo.store.jobs import Jobs
from geo.store.portions import in_portions
from geo.store.segments import rewrite_segment, segments_within, versions_at
from geo.store.standing import AT_ONCE
from geo.store.tables import event, payload

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from geo.store.batch import Batch

__all__ = ["erase"]


def erase(
    batch: Batch, entity: str, keys: Collection[str], fields: Collection[str]
) -> dict[int, str]:
    """Erase `fields` from every version of the records `keys`; give what is left of each.

    The other fields stay as they were said, so every past answer is the same but for what was
    erased. Segments that hold these versions are written anew, and the attachments of jobs that
    brought them are let go. Returns seq -> SHA-256 (hex) of the payload left; events that never
    held any of the fields are not among them.

    The caller's decision has to name what is returned: `verify` accepts nothing else.
    """
    connection = batch.connection
    left = {seq: _without(body, fields) for seq, body in _bodies(connection, entity, keys)}
    touched = {seq: body for seq, body in left.items() if body is not None}
    for seq, body in touched.items():
        said = sa.update(payload).where(payload.c.seq == seq).values(body=body)
        connection.execute(said)
    if touched:
        _rewrite_segments(connection, entity, sorted(touched))
        _let_go_attachments(connection, sorted(touched))
        start_generation(connection)
        mark_traces(connection)
        batch.erased = True
    return {seq: sha256(body).hexdigest() for seq, body in sorted(touched.items())}


def _bodies(
    connection: sa.Connection, entity: str, keys: Collection[str]
) -> Iterator[tuple[int, bytes]]:
    every = (
        sa.select(event.c.seq, payload.c.body)
        .join_from(event, payload, event.c.seq == payload.c.seq)
        .where(event.c.entity == entity)
    )
    for some in in_portions(sorted(keys), AT_ONCE):
        rows = connection.execute(every.where(event.c.key.in_(some)))
        yield from ((seq, body) for seq, body in rows)


def _without(body: bytes, fields: Collection[str]) -> bytes | None:
    """Give the canonical JSON without the fields; None where it holds none of them."""
    said = orjson.loads(body)
    left = {name: value for name, value in said.items() if name not in fields}
    return None if len(left) == len(said) else orjson.dumps(left, option=orjson.OPT_SORT_KEYS)


def _rewrite_segments(connection: sa.Connection, entity: str, seqs: list[int]) -> None:
    for number, first, last in segments_within(connection, entity, seqs[0], seqs[-1]):
        held = seqs[bisect_left(seqs, first) : bisect_left(seqs, last + 1)]
        if held:
            rewrite_segment(connection, entity, number, versions_at(connection, entity, held))


def _let_go_attachments(connection: sa.Connection, seqs: list[int]) -> None:
    """Empty what jobs kept of the deliveries, such as the rows set aside."""
    brought: set[int] = set()
    for some in in_portions(seqs, AT_ONCE):
        found = sa.select(event.c.batch_id).where(event.c.seq.in_(some)).distinct()
        brought |= set(connection.execute(found).scalars())
    Jobs(queue_file(str(connection.engine.url.database))).let_go(brought)
