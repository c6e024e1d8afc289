"""Is the chain whole? Read from the first event to the last."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from geo.store.chain import GENESIS, Link, seal
from geo.store.erasures import read_erasures
from geo.store.ground import asset_of
from geo.store.tables import batch, event, payload
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.store.erasures import Erasure

__all__ = ["Verification", "verify"]

AT_ONCE: Final = 20_000
"""Events read in one query: about 20 MB."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: `first_broken` is the first seq that does not fit, None when all do."""

    events: int
    ok: bool
    first_broken: int | None


def verify(connection: sa.Connection) -> Verification:
    """Recompute every hash of the chain.

    A payload may differ from its sealed hash only where a redaction, approved by two people and
    itself part of the chain, names the event with the hash of what is left. Finds any other
    changed payload or event, a removed or reordered row, a ground layer that is not
    the one recorded, and events missing at the end that a batch names. It cannot find a chain
    rewritten as a whole: for that, compare the head's hash with one kept elsewhere.
    """
    count, prev_hash, prev_recorded = 0, GENESIS, -(2**62)
    erasures = read_erasures(connection)
    for row in _events(connection):
        link, ok = _checked(row, prev_hash, erasures)
        in_order = link.seq == count + 1 and link.recorded_at >= prev_recorded
        if not (in_order and ok and _asset_fits(connection, row)):
            return Verification(count, ok=False, first_broken=count + 1)
        count, prev_hash, prev_recorded = link.seq, row.hash, link.recorded_at
    named = connection.execute(sa.select(sa.func.max(batch.c.last_seq))).scalar() or 0
    return Verification(count, ok=named <= count, first_broken=count + 1 if named > count else None)


def _events(connection: sa.Connection) -> Iterator[sa.Row[Any]]:
    query = (
        sa.select(event, payload.c.body)
        .join_from(event, payload, event.c.seq == payload.c.seq, isouter=True)
        .order_by(event.c.seq)
        .limit(AT_ONCE)
    )
    last = -1
    while rows := connection.execute(query.where(event.c.seq > last)).all():
        yield from rows
        last = rows[-1].seq


def _checked(
    row: sa.Row[Any], prev_hash: bytes, erasures: Mapping[int, Erasure]
) -> tuple[Link, bool]:
    fields = (row.seq, row.recorded_at, row.known_at, row.entity, row.action, row.key)
    link = Link(*fields, row.payload_hash)
    sealed = row.prev_hash == prev_hash and row.hash == seal(prev_hash, link)
    # Whoever tampered may have left text where bytes were; that too is a broken link.
    said = isinstance(row.body, bytes) and _says_what_it_said(row, erasures.get(row.seq))
    return link, sealed and said


def _says_what_it_said(row: sa.Row[Any], erasure: Erasure | None) -> bool:
    """Hold a payload against its sealed hash; what was erased stays erased."""
    if erasure is None:
        return bool(sha256(row.body).digest() == row.payload_hash)
    return erasure.explains(row.seq, row.entity, row.key, row.body)


def _asset_fits(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    if row.entity != Entity.GROUND or row.action == Action.RETRACTED:
        return True
    named, found = asset_of(connection, row.body)
    return found is not None and sha256(found).hexdigest() == named
