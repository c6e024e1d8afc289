"""What the wall shows: rates, hotspots, the last 24 hours, the towns' months, ages of data."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.colours import NO_VALUE, STATUS_CODES
from dashboard.services.incidents import counted
from dashboard.services.naming import age_text, category_name, moment_text, place_name
from dashboard.services.permitted import needs
from dashboard.services.query import Query
from dashboard.services.records import records
from dashboard.services.situation import streak_text
from dashboard.services.zero import bounds_text
from dashboard.services.zero_board import STREAMS, share_at_zero
from models.zero.rates import print_ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dashboard.services.hotspots import HotspotService
    from dashboard.services.patrol import PatrolService
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard
    from geo.store import Snapshot

__all__ = ["CREWS", "WallService"]

CREWS: Final = 3
"""Crews on duty until a duty roster is loaded."""
TREND_MONTHS: Final = 24
HOTSPOTS_SHOWN: Final = 10
EVENTS_SHOWN: Final = 12
STALE_AFTER_HOURS: Final = {"case": 36, "accident": 36, "petition": 72, "report": 24 * 35}
"""Hours after which a feed counts as silent; nil returns come monthly."""


class WallService:
    """The staff wall: status of places and exact counts, no free text, no ranking of areas."""

    def __init__(
        self, world: World, board: ZeroBoard, hotspots: HotspotService, patrol: PatrolService
    ) -> None:
        self._world = world
        self._board = board
        self._hotspots = hotspots
        self._patrol = patrol

    @needs(Permission.READ)
    def state(self, lang: str) -> dict[str, Any]:
        """Give everything on the wall at this moment."""
        world, meta = self._world, self._world.store.meta
        query = Query(as_of=world.as_of)
        return {
            "title": (meta.title_zh if lang == "zh" else meta.title_en) or t("app.title", lang),
            "demo_note": t("demo.note", lang) if meta.is_demo else "",
            "clock": world.now.astimezone(world.zone).isoformat(timespec="seconds"),
            "as_of": world.as_of.isoformat(),
            "known_at": moment_text(world.now, world.zone),
            "watermark": world.store.watermark,
            "rates": [self._rate(stream, lang) for stream in STREAMS],
            "hotspots": self._spots(query, lang),
            "line": self._hotspots.line(query, lang),
            "last24": self._last_day(lang),
            "ribbon": self._ribbon(lang),
            "feeds": self._feeds(lang),
            "crews": CREWS,
        }

    def _rate(self, stream: str, lang: str) -> dict[str, Any]:
        """Give the share of areas at zero this month, all classes of areas together."""
        as_of = self._world.as_of
        codes = self._board.monthly_codes(stream, as_of=as_of)
        zero, assessed = share_at_zero(codes)
        targets = self._area_targets()
        rate, target = _shares(zero, assessed), min(targets) if targets else None
        now = codes[-1]
        bounds = {
            "zero": zero[-1],
            "registered": (now != NO_VALUE).sum(),
            "not_assessed": (now == STATUS_CODES["not_assessed"]).sum(),
            "pending": (now == STATUS_CODES["pending_review"]).sum(),
        }
        return {
            "stream": stream,
            "label": t(f"wall.rate_{stream}", lang),
            "rate": rate[-1],
            "rate_text": print_ratio(int(zero[-1]), int(assessed[-1]), decimals=1)
            if assessed[-1]
            else "–",
            "n_text": f"{zero[-1]}/{assessed[-1]}",
            "bounds_text": bounds_text(bounds, lang),
            "target": target,
            "met": None if target is None or rate[-1] is None else rate[-1] >= target,
            "month": self._board.months(as_of)[-1].label,
            "trend": rate[-TREND_MONTHS:],
        }

    def _area_targets(self) -> list[float]:
        classes = set(self._world.snapshot().areas["level"])
        return [v for k, v in self._world.rulebook.targets.items() if k in classes]

    def _spots(self, query: Query, lang: str) -> list[dict[str, Any]]:
        crew_of = self._patrol.assigned(CREWS, query)
        return [
            row | {"assigned": row["hotspot_id"] in crew_of, "crew": crew_of.get(row["hotspot_id"])}
            for row in self._hotspots.rows(query, lang)[:HOTSPOTS_SHOWN]
        ]

    def _last_day(self, lang: str) -> list[dict[str, str]]:
        snapshot = self._world.snapshot()
        since = self._world.now - timedelta(hours=24)
        incidents = counted(snapshot.incidents)
        told = incidents["reported_at"].fillna(incidents["occurred_from"])
        recent = incidents[told >= since].assign(told=told[told >= since])
        recent = recent.sort_values("told", ascending=False).head(EVENTS_SHOWN)
        return [_event(row, snapshot, lang) for row in records(recent.reset_index())]

    def _ribbon(self, lang: str) -> dict[str, Any]:
        as_of = self._world.as_of
        labels = [month.label for month in self._board.months(as_of)][-TREND_MONTHS:]
        areas = self._world.snapshot().areas
        towns = areas.loc[self._world.leaves(as_of), "parent_code"].fillna("").to_numpy()
        return {
            stream: {
                "months": labels,
                "rows": self._towns(self._board.monthly_codes(stream, as_of=as_of), towns, lang),
            }
            for stream in (*STREAMS, "three_zero")
        }

    def _towns(
        self, codes: NDArray[np.uint8], towns: NDArray[np.object_], lang: str
    ) -> list[dict[str, Any]]:
        """Give one row per town, by code; a town's month counts its areas."""
        areas = self._world.snapshot().areas
        rows = []
        for town in sorted(set(towns)):
            cells = _cells(codes[-TREND_MONTHS:, towns == town])
            name = place_name(areas, town, lang)
            rows.append(
                {
                    "code": town,
                    "name": name,
                    "cells": cells,
                    "streak_text": _full_months(cells, lang),
                }
            )
        return rows

    def _feeds(self, lang: str) -> list[dict[str, Any]]:
        ages = self._world.last_recorded()
        now = self._world.now
        feeds = []
        for entity, limit in STALE_AFTER_HOURS.items():
            recorded = ages.get(entity)
            if recorded is None:
                continue
            seconds = max(0.0, (now - recorded).total_seconds())
            feeds.append(
                {
                    "name": entity,
                    "label": t(f"feed.{entity}", lang),
                    "age_text": age_text(seconds, lang),
                    "stale": seconds > limit * 3600,
                }
            )
        return feeds


def _event(row: dict[str, Any], snapshot: Snapshot, lang: str) -> dict[str, str]:
    """Tell of one incident; of a sensitive one neither what it was nor the village."""
    code, label = row["area_code"], category_name(row["category"], lang)
    if row["sensitive_location"] is True:
        code, label = snapshot.areas["parent_code"].get(code), t("category.withheld", lang)
    return {
        "id": row["incident_id"],
        "time": moment_text(row["told"], snapshot.time_zone)[-5:],
        "label": label,
        "stream": row["stream"],
        "area": place_name(snapshot.areas, code, lang),
    }


def _shares(zero: NDArray[np.int64], assessed: NDArray[np.int64]) -> list[float | None]:
    """Give shares from 0 to 1; None where nothing was assessed."""
    return [int(z) / int(n) if n else None for z, n in zip(zero, assessed, strict=True)]


def _cells(codes: NDArray[np.uint8]) -> list[dict[str, int]]:
    zero, assessed = share_at_zero(codes)
    broken = (codes == STATUS_CODES["broken"]).sum(axis=1)
    missing = (codes == STATUS_CODES["not_assessed"]).sum(axis=1)
    columns = zip(zero, assessed, broken, missing, strict=True)
    return [{"zero": int(z), "n": int(n), "broken": int(b), "na": int(m)} for z, n, b, m in columns]


def _full_months(cells: list[dict[str, int]], lang: str) -> str:
    """Count the months in a row, back from now, in which every assessed area was at zero."""
    months = 0
    for cell in reversed(cells):
        if not cell["n"] or cell["zero"] < cell["n"]:
            break
        months += 1
    text = streak_text(months, open_ended=months == len(cells))
    return t("wall.full_months", lang, n=text)
