"""The present, put together from parts: the same as computed at one go, and no part in vain."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from dashboard.services import live_cube
from dashboard.services.live_cube import LiveCube
from dashboard.services.world import World
from geo.vocabulary import Entity
from geo.window import month_windows
from models.zero.coverage import belief_of
from models.zero.facts import incident_facts, petition_facts
from models.zero.status import StatusCube, status_cube
from tests.geo.store_books import DELIVERY
from tests.two_times.history import Author, Step
from tests.two_times.replay import append
from tests.two_times.test_past_answers import drawing, ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.store import Store

AS_OF = date(2020, 6, 30)
WINDOWS = tuple(month_windows(date(2020, 1, 1), date(2020, 7, 1)))


SHOWN = ["u", "c", "a"]


def world_of(store: Store) -> World:
    return World(store, lambda: datetime(2020, 6, 30, 4, tzinfo=UTC))


def now(live: LiveCube) -> StatusCube:
    """Ask for some of the subjects, and for one that nobody registered."""
    return live.of(WINDOWS, as_of=AS_OF, subjects=[*SHOWN, "nobody"])


def at_one_go(world: World) -> StatusCube:
    snapshot = world.snapshot()
    return status_cube(
        subjects=world.subjects(snapshot),
        incidents=world.attributed(snapshot, snapshot.incidents),
        petitions=snapshot.petitions,
        reports=snapshot.reports,
        windows=WINDOWS,
        as_of=AS_OF,
        rulebook=world.rulebook,
        zone=snapshot.time_zone,
    )


@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(seed=st.integers(0, 2**32 - 1))
@example(seed=190)
def test_after_every_event_the_parts_say_what_computing_at_one_go_says(seed: int) -> None:
    author = Author(drawing(seed))
    with ledger() as store:
        world = world_of(store)
        live = LiveCube(world)
        append(store, author.opening())
        for _ in range(15):
            append(store, author.step())
            found, wanted = now(live), at_one_go(world)
            places = wanted.register.positions(pd.Series(SHOWN))
            places = places[places >= 0]  # a history may take somebody off the register
            for name in ("code", "breaking", "pending", "coverage", "registered"):
                whole = getattr(wanted, name)[..., places]
                np.testing.assert_array_equal(getattr(found, name), whole)


@pytest.mark.parametrize(
    ("moved", "gathered"),
    [
        (Entity.CASE, ["incidents"]),
        (Entity.ACCIDENT, ["incidents"]),
        (Entity.PETITION, ["petitions"]),
        (Entity.REPORT, ["reports"]),
        (Entity.SUBJECT, ["incidents", "incidents", "petitions", "reports"]),
        (Entity.CAMERA, []),
    ],
)
def test_an_event_gathers_the_facts_of_its_own_entity_alone(
    moved: Entity, gathered: list[str]
) -> None:
    author = Author(drawing(1))
    with ledger() as store:
        live = LiveCube(world_of(store))
        append(store, author.opening())
        now(live)
        asked: list[str] = []
        with (
            patch.object(live_cube, "incident_facts", told(asked, "incidents", incident_facts)),
            patch.object(live_cube, "petition_facts", told(asked, "petitions", petition_facts)),
            patch.object(live_cube, "belief_of", told(asked, "reports", belief_of)),
        ):
            now(live)
            assert asked == []
            learn(store, author, moved)
            now(live)
        assert sorted(asked) == gathered


def told(asked: list[str], name: str, function: Any) -> Callable[..., Any]:
    """Let a function note that it was asked."""

    def noting(*args: Any, **options: Any) -> Any:
        asked.append(name)
        return function(*args, **options)

    return noting


def learn(store: Store, author: Author, entity: Entity) -> None:
    """Let the ledger learn one fact."""
    if entity is Entity.CAMERA:
        cameras = pd.DataFrame({"name": ["gate"]}, index=pd.Index(["k"], name="camera_id"))
        request = {**DELIVERY, "recorded_at": author.at}
        with store.batch(entity, **request) as batch:
            batch.append(entity, cameras)
        return
    key = "a" if entity is Entity.SUBJECT else f"{entity}0"
    while not (part := author._part(entity, [key])).rows[key]:
        continue
    append(store, Step(author.at, (part,)))
