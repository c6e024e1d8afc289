"""Names that stay: a place keeps its id as long as it is seen, however often one looks.

The same days are always looked at (every 28th day of the calendar, from the start of the
record), so that today's ids are the ids of a month ago. The ids follow last year's counts,
whatever model ranks the places: a change of model renames nothing.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import binom

from geo.vocabulary import HotspotState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.arrays import Bools, Floats, Ints
    from models.cells import Cells

__all__ = ["ANCHOR_DAYS", "Sighting", "Track", "anchor_days", "follow", "place_id", "state_of"]

ANCHOR_DAYS: Final = 28
MEMORY: Final = 6
"""Anchors. A place not seen for so long has ended; what comes there later is a new place."""

LONGEST_CHAIN: Final = 65
"""Anchors, five years. Longer records start the chain later, moved on 13 anchors at a time."""

ERA: Final = 13
CHANGE_LEVEL: Final = 0.05
"""Two-sided level at which a change of a Poisson count is called a change."""


@dataclass(frozen=True, eq=False)
class Sighting:
    """The places seen on one day: cells of each by rank, and the weight of every cell."""

    day: date
    members: Sequence[Ints]
    weight: Floats


@dataclass(frozen=True, eq=False)
class Track:
    """A place through time: its id, the day it was first seen, where it was last seen."""

    hotspot_id: str
    since: date
    last_seen: int
    cells: Ints


def anchor_days(begins: date, as_of: date) -> list[date]:
    """List the fixed days on which places are followed, after a year of record, up to `as_of`.

    >>> anchor_days(date(2016, 1, 1), date(2017, 3, 1))
    [datetime.date(2017, 1, 15), datetime.date(2017, 2, 12)]
    """
    first = -(-(begins.toordinal() + 365) // ANCHOR_DAYS)
    last = as_of.toordinal() // ANCHOR_DAYS
    # The start moves on in whole eras, so that a month's difference does not move it.
    first = max(first, (last - LONGEST_CHAIN) // ERA * ERA)
    return [date.fromordinal(number * ANCHOR_DAYS) for number in range(first, last + 1)]


def follow(sightings: Sequence[Sighting], cells: Cells) -> list[Track]:
    """Follow places from sighting to sighting; give the track of each place of the last one.

    A place continues the track with which it shares most weight of cells; a track goes to
    one place only, to the one that shares most; the rest are new.
    """
    tracks: list[Track] = []
    current: list[Track] = []
    for number, sighting in enumerate(sightings):
        alive = [track for track in tracks if number - track.last_seen <= MEMORY]
        current = _continue(sighting, alive, cells, number)
        seen = {track.hotspot_id for track in current}
        tracks = [track for track in alive if track.hotspot_id not in seen] + current
    return current


def place_id(x_m: float, y_m: float) -> str:
    """Name a place after the spot where it was first seen, to 10 m.

    >>> place_id(448_212.0, 4_637_931.0) == place_id(448_210.0, 4_637_929.0)
    True
    """
    spot = f"{round(x_m / 10)}:{round(y_m / 10)}".encode()
    digest = hashlib.blake2s(spot, digest_size=5).digest()
    return f"H{base64.b32encode(digest).decode()[:5]}"


def state_of(now: Ints, before: Ints, *, seen_before: Bools) -> list[HotspotState]:
    """Compare the last 28 days with the 28 before; what Poisson noise explains is steady.

    Given their sum, the later of two equal Poisson counts is binomial with p = 1/2.

    >>> states = state_of(np.array([20, 3, 0]), np.array([5, 2, 9]), seen_before=np.ones(3, bool))
    >>> [str(state) for state in states]
    ['growing', 'steady', 'cooling']
    """
    total = now + before
    up = binom.sf(now - 1, total, 0.5) < CHANGE_LEVEL / 2
    down = binom.cdf(now, total, 0.5) < CHANGE_LEVEL / 2
    words = np.select([~seen_before, up, down], ["new", "growing", "cooling"], "steady")
    return [HotspotState(word) for word in words]


def _continue(sighting: Sighting, alive: list[Track], cells: Cells, number: int) -> list[Track]:
    heirs = _match(sighting, alive, len(cells))
    taken = {track.hotspot_id for track in alive}
    tracks = []
    for rank, members in enumerate(sighting.members):
        parent = heirs.get(rank)
        if parent is None:
            name = _fresh(place_id(cells.x_m[members[0]], cells.y_m[members[0]]), taken)
            taken.add(name)
            tracks.append(Track(name, sighting.day, number, members))
        else:
            tracks.append(Track(alive[parent].hotspot_id, alive[parent].since, number, members))
    return tracks


def _match(sighting: Sighting, alive: list[Track], n_cells: int) -> dict[int, int]:
    """Pair places with tracks by greatest shared weight, each used once."""
    owner = np.full(n_cells, -1)
    for index in sorted(range(len(alive)), key=lambda i: (alive[i].last_seen, -i)):
        owner[alive[index].cells] = index
    rank = np.repeat(np.arange(len(sighting.members)), [len(m) for m in sighting.members])
    place = np.concatenate([np.empty(0, dtype=np.int64), *sighting.members])
    held = owner[place] >= 0
    pair = rank[held] * len(alive) + owner[place[held]]
    pairs, number = np.unique(pair, return_inverse=True)
    weight = np.round(np.bincount(number, sighting.weight[place[held]]), 9)
    heirs: dict[int, int] = {}
    for best in np.lexsort((pairs, -weight)):
        heir, index = divmod(int(pairs[best]), len(alive))
        if heir not in heirs and index not in heirs.values():
            heirs[heir] = index
    return heirs


def _fresh(name: str, taken: set[str]) -> str:
    """Add a letter where a living place already has the name."""
    suffixes = ("", *"BCDEFGHIJKLMNOPQRSTUVWXYZ")
    free: str = next(name + suffix for suffix in suffixes if name + suffix not in taken)
    return free
