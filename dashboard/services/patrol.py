"""Tonight's posts from the hotspots, always a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.cache import Cache
from dashboard.services.permitted import needs
from dashboard.services.records import records
from geo.crs import WGS84
from geo.errors import UsageError
from models.patrol.export import to_gpx, to_rows
from models.patrol.plan import plan_patrol
from models.patrol.posts import posts_from_hotspots

if TYPE_CHECKING:
    from datetime import datetime

    from dashboard.services.hotspots import HotspotService
    from dashboard.services.query import Query
    from dashboard.services.world import World
    from models.planner import CrewRoute, PatrolPlan

__all__ = ["PatrolService", "Shift"]

CSV_TYPE: Final = "text/csv; charset=utf-8"
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

    @needs(Permission.READ)
    def plan(self, crews: int, query: Query) -> PatrolPlan:
        """Plan the posts of `crews` crews for the night of `query.as_of`."""
        if not 1 <= crews <= MAX_CREWS:
            raise UsageError(
                f"{crews} crews asked for; plan for 1 to {MAX_CREWS}.",
                f"请求的巡逻组数为 {crews}；请填写 1 至 {MAX_CREWS}。",
            )
        key = (*self._hotspots.asked(query), crews)
        return self._cache.get(key, lambda: self._plan(crews, query))

    @needs(Permission.READ)
    def tonight(self, crews: int, query: Query, lang: str) -> dict[str, Any]:
        """Tell the plan: crews with their stops, what more crews add, who is left out and why."""
        plan = self.plan(crews, query)
        names = self._names(query, lang)
        left_out = records(plan.not_visited)
        return {
            "draft": t("patrol.draft", lang),
            "note": f"{plan.statement(lang)} {t('patrol.depot', lang)}",
            "units": [_unit(unit, names) for unit in plan.units],
            "value_curve": [round(float(value), 2) for value in plan.value_curve],
            "not_visited": [_left_out(row, names, lang) for row in left_out],
            "total_value": round(float(plan.value), 2),
        }

    @needs(Permission.READ)
    def route(self, crews: int, query: Query) -> gpd.GeoDataFrame:
        """Give one line per crew and one point per stop, in the metric CRS; see the layer."""
        plan = self.plan(crews, query)
        rows = [row for number, unit in enumerate(plan.units) for row in _drawn(unit, number)]
        columns = ["unit", "crew", "kind", "order", "post", "arrive", "geometry"]
        return gpd.GeoDataFrame(
            pd.DataFrame(rows, columns=columns), geometry="geometry", crs=self._world.metric_crs
        )

    @needs(Permission.READ)
    def assigned(self, crews: int, query: Query) -> dict[str, str]:
        """Tell which crew visits which hotspot."""
        plan = self.plan(crews, query)
        return {stop.hotspot_id: unit.unit for unit in plan.units for stop in unit.stops}

    @needs(Permission.PLAN)
    def export(self, kind: str, crews: int, query: Query, lang: str) -> tuple[str, str, bytes]:
        """Give the plan as a file: name, type and bytes. `kind` is csv or gpx."""
        plan = self.plan(crews, query)
        name = f"patrol_DRAFT_{query.as_of}.{kind}"
        title = t("patrol.file_title", lang, day=query.as_of)
        if kind == "gpx":
            text = to_gpx(plan, self._lonlat(query), title=title)
            return name, "application/gpx+xml", text.encode()
        if kind != "csv":
            raise UsageError(
                f"Unknown plan format {kind!r}; use csv or gpx.",
                f"未知的方案格式 {kind!r}；请使用 csv 或 gpx。",
            )
        return (
            name,
            "text/csv; charset=utf-8",
            to_rows(plan).to_csv(index=False).encode("utf-8-sig"),
        )

    def _plan(self, crews: int, query: Query) -> PatrolPlan:
        posts = self._posts(query)
        shift = self._shift
        middle = posts[["x_m", "y_m"]].median().fillna(0.0)
        return plan_patrol(
            posts,
            crews=crews,
            shift_start=self._world.at(query.as_of, shift.start),
            shift_minutes=shift.minutes,
            depot_xy=(float(middle["x_m"]), float(middle["y_m"])),
            speed_kmh=shift.speed_kmh,
            detour=shift.detour,
            dwell_min=shift.dwell_min,
        )

    def _posts(self, query: Query) -> pd.DataFrame:
        """Give one post per hotspot, on a street where streets are loaded."""
        frame = self._hotspots.find(query).frame
        streets = self._world.snapshot().ground("roads").to_crs(self._world.metric_crs)
        return posts_from_hotspots(frame, streets=streets.geometry)

    def _lonlat(self, query: Query) -> pd.DataFrame:
        posts = self._posts(query)
        places = gpd.GeoSeries.from_xy(posts["x_m"], posts["y_m"], crs=self._world.metric_crs)
        placed = places.to_crs(WGS84)
        return pd.DataFrame({"lon": placed.x.to_numpy(), "lat": placed.y.to_numpy()}, posts["post"])

    def _names(self, query: Query, lang: str) -> dict[str, str]:
        named = {
            row["hotspot_id"]: f"{row['rank']} {row['place']}"
            for row in self._hotspots.rows(query, lang)
        }
        posts = self._posts(query)
        return {p: named.get(h, p) for p, h in zip(posts["post"], posts["hotspot_id"], strict=True)}


def _drawn(unit: CrewRoute, number: int) -> list[dict[str, Any]]:
    """Give a crew's line, where it has two stops or more, and its stops."""
    about = {"unit": unit.unit, "crew": number}
    where = [(stop.x_m, stop.y_m) for stop in unit.stops]
    line = [{"kind": "leg", "geometry": shapely.LineString(where)}] if len(where) > 1 else []
    stops = [
        {
            "kind": "stop",
            "order": order,
            "post": stop.post,
            "arrive": _clock(stop.arrive),
            "geometry": shapely.Point(stop.x_m, stop.y_m),
        }
        for order, stop in enumerate(unit.stops, start=1)
    ]
    return [about | row for row in [*line, *stops]]


def _unit(unit: CrewRoute, names: dict[str, str]) -> dict[str, Any]:
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


def _left_out(row: dict[str, Any], names: dict[str, str], lang: str) -> dict[str, Any]:
    return {
        "post": row["post"],
        "place": names.get(row["post"], row["post"]),
        "code": row["code"],
        "sentence": row[f"sentence_{lang}"],
    }


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M")
