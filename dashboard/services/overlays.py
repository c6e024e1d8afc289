"""What lies over the areas on the map, as GeoJSON, one layer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.cache import Cache
from dashboard.services.colours import STATUS_CODES
from dashboard.services.incidents import in_query
from dashboard.services.naming import category_name
from dashboard.services.permitted import needs
from geo.errors import UsageError
from geo.layer import geojson_bytes
from geo.layers import cameras, ground, hotspots, incidents, patrol, units

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import geopandas as gpd
    import pandas as pd

    from dashboard.services.hotspots import HotspotService
    from dashboard.services.patrol import PatrolService
    from dashboard.services.query import Query
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

__all__ = ["OverlayService"]

HORIZON_DAYS: Final = 28
UNMOVED: Final = frozenset({"roads", "rivers", "buildings", "cameras", "sectors", "units"})
"""Layers the filter does not move."""
OF_THE_MORNING: Final = frozenset({"hotspots", "route"})
"""Layers that stay the same all day, whatever is told meanwhile."""


class OverlayService:
    """Builds one overlay for a query."""

    def __init__(
        self, world: World, board: ZeroBoard, hotspots: HotspotService, patrol: PatrolService
    ) -> None:
        self._world = world
        self._board = board
        self._hotspots = hotspots
        self._patrol = patrol
        self._cache = Cache(size=48)

    @needs(Permission.READ)
    def geojson(
        self, name: str, query: Query, lang: str, *, crews: int = 3, near: bool = False
    ) -> bytes:
        """Give a layer's features as GeoJSON; raises UsageError for a layer nobody knows."""
        key = (name, lang, *self._rests_on(name, query, crews=crews, near=near))
        return self._cache.get(
            key, lambda: geojson_bytes(self.features(name, query, lang, crews=crews, near=near))
        )

    def _rests_on(self, name: str, query: Query, *, crews: int, near: bool) -> tuple[Hashable, ...]:
        """Name what a layer changes with: the ledger, the filter, or the morning's hotspots."""
        if name in OF_THE_MORNING:
            return (*self._hotspots.asked(query), crews)
        watermark = self._world.store.watermark
        return (watermark,) if name in UNMOVED else (watermark, query, near)

    @needs(Permission.READ)
    def features(
        self, name: str, query: Query, lang: str, *, crews: int = 3, near: bool = False
    ) -> gpd.GeoDataFrame:
        """Give a layer's features in WGS84; `near` counts incidents on a finer grid."""
        builders: dict[str, Callable[[], gpd.GeoDataFrame]] = {
            "roads": lambda: self._ground("roads"),
            "rivers": lambda: self._ground("rivers"),
            "buildings": lambda: self._ground("buildings"),
            "sectors": lambda: cameras.sectors(self._world.snapshot().cameras),
            "cameras": lambda: cameras.features(self._world.snapshot().cameras),
            "units": lambda: self._units(lang),
            "incidents": lambda: self._incidents(query, lang, near=near),
            "hotspots": lambda: self._spots(query, lang),
            "route": lambda: self._route(query, lang, crews),
        }
        if name not in builders:
            raise UsageError(
                f"There is no layer {name!r}; choose one of {', '.join(builders)}.",
                f"没有图层 {name!r}；可选：{'、'.join(builders)}。",
            )
        return builders[name]()

    def _ground(self, name: str) -> gpd.GeoDataFrame:
        return ground.features(self._world.snapshot().ground(name))

    def _units(self, lang: str) -> gpd.GeoDataFrame:
        words = {status: t(f"status.{status}", lang) for status in STATUS_CODES}
        return units.features(self._world.snapshot().units, status=self._unit_status(), words=words)

    def _unit_status(self) -> pd.Series[str]:
        """Give each unit's gravest status of the running month."""
        as_of = self._world.as_of
        status = self._board.status(self._board.months(as_of)[-1:], as_of=as_of)
        own = status[status["unit_id"].notna()]
        graver = ("zero_verified", "zero_reported", "not_assessed", "pending_review", "broken")
        grave = own["status"].astype(str).map({s: i for i, s in enumerate(graver)})
        return grave.groupby(own["unit_id"]).max().map(dict(enumerate(graver)))

    def _incidents(self, query: Query, lang: str, *, near: bool) -> gpd.GeoDataFrame:
        snapshot = self._world.snapshot()
        shown = in_query(snapshot.incidents, query, zone=snapshot.time_zone)
        words = {c: category_name(c, lang) for c in shown["category"].dropna().unique()}
        return incidents.features(
            shown,
            metric_crs=self._world.metric_crs,
            zone=snapshot.time_zone,
            categories=words,
            language=lang,
            counts=None if near else incidents.FAR_COUNTS,
        )

    def _spots(self, query: Query, lang: str) -> gpd.GeoDataFrame:
        rows = self._hotspots.rows(query, lang)
        names = {row["hotspot_id"]: row["place"] for row in rows}
        return hotspots.features(
            self._hotspots.places(query), names=names, horizon_days=HORIZON_DAYS, language=lang
        )

    def _route(self, query: Query, lang: str, crews: int) -> gpd.GeoDataFrame:
        rows = self._hotspots.rows(query, lang)
        names = {row["hotspot_id"]: row["place"] for row in rows}
        return patrol.features(self._patrol.route(crews, query), names=names, language=lang)
