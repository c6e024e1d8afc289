"""What an edition said and what would be said now: statuses that differ, each with its reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.services.bulletin.asking import towns_of
from dashboard.services.records import records
from models.zero.restatement import CAUSES

if TYPE_CHECKING:
    from dashboard.services.bulletin.asking import Asked
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard
    from models.zero.restatement import Restatement

__all__ = ["REASONS", "changes_since"]

REASONS: Final = (*CAUSES, "rule", "time")
"""Why a status differs from an edition's: a fact, other rules, or only the days passed since."""
KEYS: Final = ["subject_id", "stream"]


def changes_since(
    world: World, board: ZeroBoard, signed: Asked, now: Asked
) -> dict[str, list[dict[str, Any]]]:
    """List the statuses of one month that differ between an edition and now, in code order.

    `rows` have code, class, town, stream, then, now (empty where the subject was in no register),
    reason (one of `REASONS`) and facts (ids); `towns` count them by town, stream and reason.
    """
    sides = [board.status((now.window,), **asked.about) for asked in (signed, now)]
    then, today = (side.set_index(KEYS) for side in sides)
    every = then.index.union(today.index)
    states = pd.DataFrame(
        {
            "then": then["status"].astype("str").reindex(every).fillna(""),
            "now": today["status"].astype("str").reindex(every).fillna(""),
        }
    )
    about = today[["subject_class", "area_code"]].astype("str").reindex(every)
    about = about.fillna(then[["subject_class", "area_code"]].astype("str").reindex(every))
    differ = states.join(about)[states["then"] != states["now"]].sort_index().reset_index()
    towns = towns_of(differ["area_code"], world.snapshot(now.known_at).areas)
    moved = board.restated((now.window,), then=signed.known_at, **now.about)
    rows = _reasoned(records(differ.assign(town=towns)), moved, signed, now)
    return {"rows": rows, "towns": _by_town(rows)}


def _reasoned(
    differing: list[dict[str, Any]], moved: Restatement, signed: Asked, now: Asked
) -> list[dict[str, Any]]:
    causes = {(row["subject_id"], row["stream"]): row["cause"] for row in records(moved.rows)}
    facts: dict[tuple[str, str], list[str]] = {}
    for fact in records(moved.facts):
        facts.setdefault((fact["subject_id"], fact["stream"]), []).append(str(fact["fact_id"]))
    passed = "rule" if signed.rulebook.id != now.rulebook.id else "time"
    return [
        {
            "code": row["subject_id"],
            "class": row["subject_class"],
            "town": row["town"],
            "stream": row["stream"],
            "then": row["then"],
            "now": row["now"],
            "reason": _named(causes.get((row["subject_id"], row["stream"])), passed),
            "facts": facts.get((row["subject_id"], row["stream"]), []),
        }
        for row in differing
    ]


def _named(cause: Any, passed: str) -> str:
    return str(cause) if isinstance(cause, str) else passed


def _by_town(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts = Counter((row["town"], row["stream"], row["reason"]) for row in rows)
    return [
        {"town": town, "stream": stream, "reason": reason, "n": n}
        for (town, stream, reason), n in sorted(counts.items())
    ]
