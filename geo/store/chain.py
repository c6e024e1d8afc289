"""The hash chain: each event seals its own facts and the event before it."""

from __future__ import annotations

from hashlib import sha256
from typing import Final, NamedTuple

import orjson

__all__ = ["GENESIS", "Link", "seal"]

GENESIS: Final = bytes(32)
"""What the first event names as the hash before it."""


class Link(NamedTuple):
    """What an event's hash is taken over, besides the hash before it.

    Moments are microseconds since 1970-01-01 UTC.
    """

    seq: int
    recorded_at: int
    known_at: int
    entity: str
    action: str
    key: str
    payload_hash: bytes


def seal(prev_hash: bytes, link: tuple[int, int, int, str, str, str, bytes]) -> bytes:
    """Give the SHA-256 of a JSON list: previous hash, the link's fields, hashes in hex.

    A JSON list, because it is unambiguous whatever a key contains, and any language can
    check it. The payload enters by its hash alone, so that it can be erased later. `link` is a
    `Link`, or the plain tuple of its fields where a million are sealed.

    >>> seal(GENESIS, Link(1, 0, 0, "case", "recorded", "C1", bytes(32))).hex()[:8]
    '33787f73'
    """
    facts = (prev_hash.hex(), *link[:-1], link[-1].hex())
    return sha256(orjson.dumps(facts)).digest()
