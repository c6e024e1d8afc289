"""The current view as one offline file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dashboard.services.hotspots import HotspotService
    from dashboard.services.overlays import OverlayService
    from dashboard.services.query import Query
    from dashboard.services.situation import SituationService
    from dashboard.services.world import World

__all__ = ["BriefingService"]

SHOWN: Final = ("rivers", "roads", "sectors", "cameras", "incidents", "hotspots")
"""Layers a briefing carries; units would make the file too large to send."""


class BriefingService:
    """Writes the map people send on."""

    def __init__(
        self,
        world: World,
        situation: SituationService,
        overlays: OverlayService,
        hotspots: HotspotService,
    ) -> None:
        self._world = world
        self._situation = situation
        self._overlays = overlays
        self._hotspots = hotspots

    def html(self, query: Query, colour_by: str, lang: str) -> tuple[str, bytes]:
        """Give the file's name and its bytes: one HTML page that asks nobody for anything."""
        raise NotImplementedError
