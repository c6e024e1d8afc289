"""The figures of a bulletin: plain values in a fixed order, apart from language and paper."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from dashboard.services.bulletin.asking import month_before, towns_of
from dashboard.services.bulletin.classes import change_rows, class_rows
from dashboard.services.bulletin.completeness import completeness, due_day
from dashboard.services.bulletin.works import disputes_of, exempt_matters, hazards_of
from dashboard.services.records import records
from dashboard.services.situation import streak_texts
from dashboard.services.zero_board import STREAMS

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.services.bulletin.asking import Asked
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

__all__ = ["digest_of", "figures_of"]


def figures_of(world: World, board: ZeroBoard, asked: Asked) -> dict[str, Any]:
    """Compute every figure of a month's bulletin but its restatements.

    Holds texts, whole numbers, lists and dictionaries alone, in the order of codes and never of
    rates, so that the same ledger gives the same bytes. `statuses` is the village-level detail
    of the annex; the other parts speak of townships and classes.
    """
    snapshot = world.snapshot(asked.known_at)
    windows = (
        month_before(asked.window, months=12),
        month_before(asked.window),
        asked.window,
    )
    status = board.status(windows, **asked.about)
    own = status[status["window"] == asked.window.label]
    towns = towns_of(own["area_code"], snapshot.areas)
    exempt = exempt_matters(snapshot.petitions, snapshot.subjects, asked)
    return {
        "period": asked.period,
        "start": asked.window.start.isoformat(),
        "end": asked.window.end.isoformat(),
        "as_of": asked.as_of.isoformat(),
        "rulebook": asked.rulebook.id,
        "reconstructed": snapshot.reconstructed,
        "completeness": completeness(own, towns, _timely(world, board, asked), asked),
        "classes": class_rows(own, asked.rulebook, exempt),
        "changes": change_rows(status, [window.label for window in windows]),
        "hazards": hazards_of(snapshot.hazards, asked),
        "disputes": disputes_of(snapshot.disputes, snapshot.petitions, asked, world.zone),
        "statuses": _statuses(own, towns, board, asked),
    }


def digest_of(figures: dict[str, Any]) -> str:
    """Give the SHA-256 (hex) of figures, whatever the order of their keys.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    return sha256(orjson.dumps(figures, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _timely(world: World, board: ZeroBoard, asked: Asked) -> pd.DataFrame:
    """Give the statuses as they were known when the last report had to be in."""
    moment = min(world.start_of(due_day(asked) + timedelta(days=1)), asked.known_at)
    return board.status((asked.window,), **asked.about | {"known_at": moment})


def _statuses(
    own: pd.DataFrame, towns: pd.Series, board: ZeroBoard, asked: Asked
) -> list[dict[str, Any]]:
    """List every subject with its three statuses and streaks, in the order of codes."""
    first = own.assign(town=towns).drop_duplicates("subject_id").set_index("subject_id")
    frame = first[["subject_class", "area_code", "town"]].astype("str")
    streaks = board.streaks(**asked.about | {"as_of": asked.last_day})
    for stream in STREAMS:
        mine = own[own["stream"] == stream].set_index("subject_id").reindex(frame.index)
        frame[stream] = mine["status"].astype("str")
        frame[f"breaking_{stream}"] = mine["breaking"].fillna(0).astype(int)
        frame[f"reported_{stream}"] = (mine["coverage"] >= 1).astype(bool)
        days = streaks[streaks["stream"] == stream].set_index("subject_id").reindex(frame.index)
        frame[f"streak_{stream}"] = streak_texts(days)
    named = frame.rename_axis("code").sort_index().reset_index()
    return records(named.astype(object))
