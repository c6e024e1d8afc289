"""Tonight's posts from the hotspots, always a draft."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely
from models.patrol.export import to_gpx, to_rows
from models.patrol.plan import PatrolPlan, plan_patrol

from dashboard.i18n import t
from dashboard.services.cache import Cache
from geo.crs import WGS84
from geo.errors import UsageError

if TYPE_CHECKING:
    from dashboard.services.hotspots import HotspotService
    from dashboard.services.query import Query
    from dashboard.services.world import World

__all__ = ["PatrolService", "Shift"]

MAX_CREWS: Final = 20
"""Crews a first version plans for; more than a county station ever sends out at once."""


@dataclass(frozen=True, slots=True)
class Shift:
    """When and how crews go out."""

    start: time = time(20, 0)
    minutes: float = 240.0
    speed_kmh: float = 30.0
    detour: float = 1.3
    """Ratio of road to straight line, where no street network is loaded."""
    dwell_min: float = 12.0
    """Minutes at a post: within the 10 to 15 of Koper (1995)."""


class PatrolService:
    """Plans tonight's posts."""

    def __init__(
        self, world: World, hotspots: HotspotService, *, shift: Shift | None = None
    ) -> None:
        self._world = world
        self._hotspots = hotspots
        self._shift = shift or Shift()
        self._cache = Cache(size=24)

    def plan(self, crews: int, query: Query) -> PatrolPlan:
        """Plan the posts of `crews` crews for the night of `query.as_of`."""
        if not 1 <= crews <= MAX_CREWS:
            raise UsageError(
                f"{crews} crews asked for; plan for 1 to {MAX_CREWS}.",
                f"请求的巡逻组数为 {crews}；请填写 1 至 {MAX_CREWS}。",
            )
        key = (self._world.store.watermark, crews, query)
        return self._cache.get(key, lambda: self._plan(crews, query))

    def tonight(self, crews: int, query: Query, lang: str) -> dict[str, Any]:
        """Tell the plan: crews with their stops, what more crews add, who is left out and why."""
        plan = self.plan(crews, query)
        names = self._names(query, lang)
        return {
            "draft": t("patrol.draft", lang),
            "note": t(
                "patrol.note",
                lang,
                detour=self._shift.detour,
                dwell=self._shift.dwell_min,
                speed=self._shift.speed_kmh,
            ),
            "units": [_unit(unit, names) for unit in plan.units],
            "value_curve": [round(float(value), 2) for value in plan.value_curve],
            "not_visited": [
                {
                    "post": post,
                    "place": names.get(post, post),
                    "code": code,
                    "sentence": zh if lang == "zh" else en,
                }
                for post, code, en, zh in _left_out(plan)
            ],
            "total_value": round(float(plan.value), 2),
        }

    def route(self, crews: int, query: Query) -> gpd.GeoDataFrame:
        """Give one line per crew and one point per stop, WGS84; see the patrol layer."""
        plan = self.plan(crews, query)
        places = self._places(query)
        lines, points = [], []
        for number, unit in enumerate(plan.units):
            stops = [stop.post for stop in unit.stops]
            where = places.loc[stops, ["lon", "lat"]].to_numpy()
            if len(where) > 1:
                lines.append(
                    {
                        "unit": unit.unit,
                        "crew": number,
                        "kind": "leg",
                        "geometry": shapely.LineString(where),
                    }
                )
            points += [
                {
                    "unit": unit.unit,
                    "crew": number,
                    "kind": "stop",
                    "order": order,
                    "post": stop.post,
                    "arrive": _clock(stop.arrive),
                    "geometry": shapely.Point(lonlat),
                }
                for order, (stop, lonlat) in enumerate(zip(unit.stops, where, strict=True), start=1)
            ]
        columns = ["unit", "crew", "kind", "order", "post", "arrive", "geometry"]
        return gpd.GeoDataFrame(pd.DataFrame(lines + points, columns=columns), crs=WGS84)

    def assigned(self, crews: int, query: Query) -> dict[str, str]:
        """Tell which crew visits which hotspot."""
        plan = self.plan(crews, query)
        return {stop.post: unit.unit for unit in plan.units for stop in unit.stops}

    def export(self, kind: str, crews: int, query: Query, lang: str) -> tuple[str, str, bytes]:
        """Give the plan as a file: name, type and bytes. `kind` is csv or gpx."""
        plan = self.plan(crews, query)
        name = f"patrol_DRAFT_{query.as_of}.{kind}"
        title = t("patrol.file_title", lang, day=query.as_of)
        if kind == "gpx":
            lonlat = self._places(query)[["lon", "lat"]]
            return name, "application/gpx+xml", to_gpx(plan, lonlat, title=title).encode()
        if kind != "csv":
            raise UsageError(
                f"Unknown plan format {kind!r}; use csv or gpx.",
                f"未知的方案格式 {kind!r}；请使用 csv 或 gpx。",
            )
        text = io.StringIO()
        csv.writer(text).writerows([[t("patrol.draft", lang)], *to_rows(plan)])
        return name, "text/csv; charset=utf-8", text.getvalue().encode("utf-8-sig")

    def _plan(self, crews: int, query: Query) -> PatrolPlan:
        frame = self._hotspots.find(query).frame
        posts = pd.DataFrame(
            {
                "post": frame["hotspot_id"].to_numpy(),
                "hotspot_id": frame["hotspot_id"].to_numpy(),
                "x_m": frame["x_m"].to_numpy(),
                "y_m": frame["y_m"].to_numpy(),
                "value": frame["expected"].to_numpy(),
            }
        )
        shift = self._shift
        return plan_patrol(
            posts,
            crews=crews,
            shift_start=datetime.combine(query.as_of, shift.start),
            shift_minutes=shift.minutes,
            depot_xy=(float(posts["x_m"].median()), float(posts["y_m"].median())),
            speed_kmh=shift.speed_kmh,
            detour=shift.detour,
            dwell_min=shift.dwell_min,
        )

    def _places(self, query: Query) -> gpd.GeoDataFrame:
        return self._hotspots.places(query).set_index("hotspot_id")

    def _names(self, query: Query, lang: str) -> dict[str, str]:
        rows = self._hotspots.rows(query, lang)
        return {row["hotspot_id"]: f"{row['rank']} {row['place']}" for row in rows}


def _unit(unit: PlannedUnit, names: dict[str, str]) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "minutes": round(float(unit.minutes)),
        "stops": [
            {
                "post": stop.post,
                "place": names.get(stop.post, stop.post),
                "arrive": _clock(stop.arrive),
                "leave": _clock(stop.leave),
                "value": round(float(stop.value), 2),
            }
            for stop in unit.stops
        ],
    }


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M")
