"""Numbered hotspots with their backtest, from what was known when the day began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.cache import Cache
from dashboard.services.incidents import matching
from dashboard.services.naming import category_name, place_name, word
from dashboard.services.permitted import needs
from dashboard.services.records import records
from geo.assign import area_of
from geo.crs import WGS84
from geo.errors import NotReadyError
from geo.grid import Grid, patrollable
from geo.hierarchy import leaf_codes
from models.patterns.hotspots import Hotspots, find_hotspots
from models.risk_model import risk_incidents

if TYPE_CHECKING:
    from collections.abc import Hashable

    import numpy as np
    from numpy.typing import NDArray

    from dashboard.services.query import Query
    from dashboard.services.world import World
    from geo.store import Snapshot

__all__ = ["CELL_M", "HotspotService"]

CELL_M: Final = 150.0
"""Metres. A place a crew can stand in and see; the cell of the published comparisons."""
COUNT: Final = 20
"""Places flagged at most: what a shift can reach."""
NEAR_STREET_M: Final = 200.0
"""Metres. A street farther off does not name a place."""
REACH_M: Final = 150.0
"""Metres from a road or a building that still count as ground to patrol."""


class HotspotService:
    """Hotspots for a query, by the day: the same all day long and reproducible after."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cache = Cache(size=24)

    @needs(Permission.READ)
    def find(
        self, query: Query, *, model: str = "auto", count: int = COUNT, horizon_days: int = 28
    ) -> Hotspots:
        """Flag hotspots for the days from `query.as_of`, knowing what was known as it began."""
        key = ("found", *self.asked(query), model, count, horizon_days)
        return self._cache.get(key, lambda: self._find(query, model, count, horizon_days))

    @needs(Permission.READ)
    def asked(self, query: Query) -> tuple[Hashable, ...]:
        """Name all an answer about hotspots rests on: the question, and the morning's knowledge.

        It stays the same through the day, whatever is told meanwhile.
        """
        mark = self._world.knowledge(self._world.start_of(query.as_of))
        return (mark, query.as_of, query.stream, query.categories, query.hours)

    @needs(Permission.READ)
    def rows(self, query: Query, lang: str) -> list[dict[str, Any]]:
        """List the hotspots by rank, worded."""
        return self._cache.get(("rows", *self.asked(query), lang), lambda: self._rows(query, lang))

    def _rows(self, query: Query, lang: str) -> list[dict[str, Any]]:
        areas = self._world.snapshot().areas
        return [self._row(row, areas, lang) for row in records(self.places(query))]

    @needs(Permission.READ)
    def places(self, query: Query) -> gpd.GeoDataFrame:
        """Give the hotspots in WGS84 with `area_code`, `lon` and `lat` of their centre."""
        key = ("places", *self.asked(query))
        return self._cache.get(key, lambda: self.located(self.find(query)))

    @needs(Permission.READ)
    def card(self, hotspot_id: str, query: Query, lang: str) -> dict[str, Any]:
        """Tell of one hotspot: why, when, how much, how tested, and until when it holds."""
        found = [row for row in self.rows(query, lang) if row["hotspot_id"] == hotspot_id]
        if not found:
            raise NotReadyError(
                f"Hotspot {hotspot_id} is not among those flagged now. Choose one from the list.",
                f"当前没有编号为 {hotspot_id} 的热点，请从列表中选择。",
            )
        hotspots = self.find(query)
        expires = pd.Timestamp(query.as_of) + pd.Timedelta(days=28)
        return found[0] | {
            "title": t("hotspot.title", lang, rank=found[0]["rank"], place=found[0]["place"]),
            "tested": hotspots.sentence(lang),
            "note": hotspots.note_zh if lang == "zh" else hotspots.note_en,
            "grade": t(f"grade.{hotspots.grade}", lang),
            "expires": expires.date().isoformat(),
            "advice": t("hotspot.advice", lang),
        }

    @needs(Permission.READ)
    def line(self, query: Query, lang: str) -> str:
        """Give the one true sentence about how such hotspots did before."""
        return self.find(query).sentence(lang)

    def _row(self, row: dict[str, Any], areas: pd.DataFrame, lang: str) -> dict[str, Any]:
        return {
            "hotspot_id": row["hotspot_id"],
            "rank": int(row["rank"]),
            "place": _place(row, areas, lang),
            "state": word("hotspot_state", str(row["state"]), lang),
            "state_id": str(row["state"]),
            "expected": f"{row['expected']:.1f}",
            "interval": f"{row['lower']:.0f}–{row['upper']:.0f}",
            "peak": peak_text(row, lang),
            "when": peak_text(row, lang),
            "why": row[f"why_{lang}"],
            "category": category_name(row["category"], lang),
            "area_code": row["area_code"],
            "lon": float(row["lon"]),
            "lat": float(row["lat"]),
        }

    def _find(self, query: Query, model: str, count: int, horizon_days: int) -> Hotspots:
        snapshot = self._world.snapshot(self._world.start_of(query.as_of))
        zone = snapshot.time_zone
        crs = self._world.metric_crs
        past = matching(snapshot.incidents, query, zone=zone)
        grid, mask = self._ground(self._world.snapshot())
        return find_hotspots(
            risk_incidents(past, crs=crs, zone=zone),
            grid,
            mask,
            as_of=query.as_of,
            model=model,
            count=count,
            horizon_days=horizon_days,
            category_names=_category_names(past),
        )

    def _ground(self, snapshot: Snapshot) -> tuple[Grid, NDArray[np.bool_]]:
        key = ("ground", snapshot.areas["seq"].max(), len(snapshot.ground("roads")))
        return self._cache.get(key, lambda: self._patrollable(snapshot))

    def _patrollable(self, snapshot: Snapshot) -> tuple[Grid, NDArray[np.bool_]]:
        crs = self._world.metric_crs
        drawn = snapshot.areas.loc[leaf_codes(snapshot.areas)]
        drawn = drawn[drawn.geometry.notna()].to_crs(crs)
        if drawn.empty:
            raise NotReadyError(
                "No area has a boundary yet, so there is no ground to look for hotspots on. "
                "Import boundaries first: python app.py import areas FILE.",
                "尚无任何区域边界，无法分析热点。请先导入边界：python app.py import areas 文件。",
            )
        land = drawn.geometry.union_all()
        grid = Grid.over(land, CELL_M, crs=crs)
        mask = patrollable(
            grid,
            roads=snapshot.ground("roads").to_crs(crs),
            built_up=snapshot.ground("buildings").to_crs(crs),
            land=land,
            reach_m=REACH_M,
        )
        return grid, mask

    @needs(Permission.READ)
    def located(self, found: Hotspots) -> gpd.GeoDataFrame:
        """Give hotspots in WGS84 with `area_code`, `lon` and `lat` of their centre."""
        frame = found.frame
        areas = self._world.snapshot().areas
        centres = frame.set_geometry(frame.geometry.centroid).to_crs(WGS84)
        leaves = areas.loc[self._world.leaves(found.as_of)]
        placed = frame.to_crs(WGS84)
        placed["lon"], placed["lat"] = centres.geometry.x.round(6), centres.geometry.y.round(6)
        placed["area_code"] = area_of(centres, leaves[leaves.geometry.notna()])
        placed["street"] = self._streets(frame)
        return placed

    def _streets(self, frame: gpd.GeoDataFrame) -> pd.Series:
        """Name the street nearest to each hotspot's middle; missing where none is near."""
        roads = self._world.snapshot().ground("roads")
        named = roads[roads["name"].notna()].to_crs(frame.crs)[["name", roads.geometry.name]]
        middles = frame[[]].set_geometry(gpd.points_from_xy(frame["x_m"], frame["y_m"]))
        near = middles.set_crs(frame.crs).sjoin_nearest(named, max_distance=NEAR_STREET_M)
        names: pd.Series = near["name"][~near.index.duplicated()].reindex(frame.index)
        return names


def peak_text(row: dict[str, Any], lang: str) -> str:
    """Word the hours and days a hotspot peaks; say so where the times are not known."""
    hours, days = row["peak_hours"], row["peak_days_zh" if lang == "zh" else "peak_days"]
    if not isinstance(hours, str) or not hours:
        return t("peak.unknown", lang)
    named = days if isinstance(days, str) and days else t("peak.any_day", lang)
    return t("peak.text", lang, days=named, hours=hours)


def _place(row: dict[str, Any], areas: pd.DataFrame, lang: str) -> str:
    """Name a hotspot by its area and, where one is near, its street."""
    area, street = place_name(areas, row["area_code"], lang), row["street"]
    legible = isinstance(street, str) and (lang == "zh" or street.isascii())
    return f"{area} · {street}" if legible else area


def _category_names(incidents: pd.DataFrame) -> dict[str, tuple[str, str]]:
    known = incidents["category"].dropna().unique()
    return {c: (category_name(c, "en"), category_name(c, "zh")) for c in known}
