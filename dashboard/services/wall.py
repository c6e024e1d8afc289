"""What the wall shows: rates, hotspots, the last 24 hours, the towns' months, ages of data."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from dashboard.i18n import t
from dashboard.services.incidents import counted
from dashboard.services.naming import age_text, category_name, moment_text, name_of, place_name
from dashboard.services.query import Query
from dashboard.services.situation import streak_text
from dashboard.services.zero import bounds_text, ratio_text
from dashboard.services.zero_board import STREAMS
from models.zero.rates import zero_rates

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.services.hotspots import HotspotService
    from dashboard.services.patrol import PatrolService
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

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
        months = tuple(self._board.months(as_of))
        status = self._board.status(months, as_of=as_of, areas_only=True)
        table = zero_rates(status, by=())
        mine = table[table["stream"] == stream].set_index("window")
        now = mine.loc[months[-1].label]
        targets = self._area_targets()
        rate, target = float(now["rate"]), min(targets) if targets else None
        return {
            "stream": stream,
            "label": t(f"wall.rate_{stream}", lang),
            "rate": rate,
            "rate_text": ratio_text(int(now["zero"]), int(now["assessed"])).split(" (")[0],
            "n_text": f"{int(now['zero'])}/{int(now['assessed'])}",
            "bounds_text": bounds_text(now.to_dict(), lang),
            "target": target,
            "met": None if target is None else rate >= target,
            "month": months[-1].label,
            "trend": [float(r) for r in mine["rate"].tail(TREND_MONTHS)],
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
        return [
            {
                "id": str(row.Index),
                "time": moment_text(row.told, snapshot.time_zone)[-5:],
                "label": category_name(row.category, lang),
                "stream": row.stream,
                "area": place_name(snapshot.areas, row.area_code, lang),
            }
            for row in recent.itertuples()
        ]

    def _ribbon(self, lang: str) -> dict[str, Any]:
        as_of = self._world.as_of
        months = tuple(self._board.months(as_of))
        status = self._board.status(months, as_of=as_of, areas_only=True)
        areas = self._world.snapshot().areas
        town = areas["parent_code"].reindex(status["area_code"]).to_numpy()
        rates = zero_rates(status.assign(town=town), by=("town",))
        labels = [month.label for month in months][-TREND_MONTHS:]
        return {
            stream: {
                "months": labels,
                "rows": self._towns(rates[rates["stream"] == stream], labels, areas, lang),
            }
            for stream in (*STREAMS, "three_zero")
        }

    def _towns(
        self, rates: pd.DataFrame, labels: list[str], areas: pd.DataFrame, lang: str
    ) -> list[dict[str, Any]]:
        names = name_of(areas, lang)
        rows = []
        for code, mine in rates.groupby("town", sort=True):
            months = mine.set_index("window").reindex(labels)
            cells = [
                {"zero": int(z), "n": int(n), "broken": int(b), "na": int(a)}
                for z, n, b, a in months[["zero", "assessed", "broken", "not_assessed"]]
                .fillna(0)
                .itertuples(index=False)
            ]
            rows.append({"code": code, "name": names.get(code, code), "cells": cells,
                         "streak_text": _full_months(cells, lang)})
        return rows

    def _feeds(self, lang: str) -> list[dict[str, Any]]:
        ages = self._world.store.last_recorded_by_entity()
        now = self._world.now
        feeds = []
        for entity, limit in STALE_AFTER_HOURS.items():
            recorded = ages.get(entity)
            if recorded is None:
                continue
            seconds = max(0.0, (now - recorded).total_seconds())
            feeds.append({
                "name": entity,
                "label": t(f"feed.{entity}", lang),
                "age_text": age_text(seconds, lang),
                "stale": seconds > limit * 3600,
            })
        return feeds


def _full_months(cells: list[dict[str, int]], lang: str) -> str:
    """Count the months in a row, back from now, in which every assessed area was at zero."""
    months = 0
    for cell in reversed(cells):
        if not cell["n"] or cell["zero"] < cell["n"]:
            break
        months += 1
    text = streak_text(months, open_ended=months == len(cells))
    return t("wall.full_months", lang, n=text)
