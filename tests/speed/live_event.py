"""How long one new case takes to reach the numbers of the map."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.vocabulary import Entity

if TYPE_CHECKING:
    from dashboard.services.composition import Services

EVENTS: Final = 15
COLOURS: Final = ("case", "accident", "petition", "three_zero")


def measure(services: Services) -> None:
    """Print the median of 15 events: writing one, and asking for the map after it."""
    world, board = services.world, services.board
    as_of = world.as_of
    cases = world.snapshot().cases.drop(columns=["seq", "known_at", "recorded_at"])

    def ask() -> None:
        for colour in COLOURS:
            board.monthly_codes(colour, as_of=as_of)

    def write(number: int) -> None:
        row = cases.iloc[[number]].set_axis(pd.Index([f"new{number}"], name=cases.index.name))
        at = (world.store.snapshot().known_at or world.now) + timedelta(seconds=1)
        with world.store.batch(
            Entity.CASE, source="bench", content_hash="0" * 64, recipe=None, actor="bench",
            recorded_at=at,
        ) as batch:  # fmt: skip
            batch.append(Entity.CASE, row)

    ask()
    spent = []
    for number in range(EVENTS):
        begun = time.perf_counter()
        write(number)
        written, cpu = time.perf_counter(), time.process_time()
        ask()
        spent.append((written - begun, time.perf_counter() - written, time.process_time() - cpu))
    for name, column in zip(
        ("write", "map, wall", "map, CPU"), zip(*spent, strict=True), strict=True
    ):
        print(f"  {name:<48}{sorted(column)[EVENTS // 2] * 1000:8.0f} ms")
