"""Feeds: when each delivered last, and whether it is late."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard.access import Permission
from dashboard.services.permitted import needs

if TYPE_CHECKING:
    from dashboard.services.world import World

__all__ = ["FeedService", "feed_actor"]

HOUR = timedelta(hours=1)


def feed_actor(feed_id: str) -> str:
    """Name a feed as the one responsible for its batches."""
    return f"feed:{feed_id}"


class FeedService:
    """The feeds entered in the ledger, against the batches they delivered."""

    def __init__(self, world: World) -> None:
        self._world = world

    @needs(Permission.READ)
    def feeds(self) -> list[dict[str, Any]]:
        """Give one entry per feed, by feed_id.

        `last` is the moment of its newest batch and `rows` that batch's events, None before
        the first; `age_h` whole hours since; `late` says whether the age is past the limit (the
        expected interval where no limit is set), None where neither is.
        """
        feeds = self._world.snapshot().feeds.sort_index()
        batches = self._world.store.batches()
        now = pd.Timestamp(self._world.now)
        return [self._feed(feed_id, feeds, batches, now) for feed_id in feeds.index]

    @staticmethod
    def _feed(
        feed_id: str, feeds: pd.DataFrame, batches: pd.DataFrame, now: pd.Timestamp
    ) -> dict[str, Any]:
        own = batches[(batches["actor"] == feed_actor(feed_id)) & batches["undoes"].isna()]
        said = {name: _known(feeds[name][feed_id]) for name in SAID}
        last = own["recorded_at"].max() if len(own) else None
        age_h = None if last is None else max(int((now - last) / HOUR), 0)
        limit_h = said["age_limit_h"] or said["expected_every_h"]
        late = None if limit_h is None else last is None or now - last > limit_h * HOUR
        return {
            "feed_id": feed_id,
            **said,
            "last": None if last is None else last.to_pydatetime(),
            "rows": None if last is None else int(own["events"].iloc[-1]),
            "age_h": age_h,
            "late": late,
        }


SAID = ("name", "delivers", "expected_every_h", "age_limit_h")


def _known(value: Any) -> Any:
    return None if pd.isna(value) else value
