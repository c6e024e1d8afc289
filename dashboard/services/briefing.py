"""The current view as one offline file."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.naming import moment_text
from dashboard.services.permitted import needs
from geo.layers import areas, cameras, ground, hotspots, incidents, patrol

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard.services.hotspots import HotspotService
    from dashboard.services.overlays import OverlayService
    from dashboard.services.query import Query
    from dashboard.services.situation import SituationService
    from dashboard.services.world import World
    from geo.draw import Drawing, Table

__all__ = ["BriefingService"]

SHOWN: Final = (ground.RIVERS, ground.LAYER, cameras.LAYER, incidents.LAYER, hotspots.LAYER)
"""Layers a briefing carries; units and views would make the file too large to send."""


FILE_TOLERANCE_M: Final = 60.0
"""Metres. A file that is sent on shows the whole county, not a single farm's border."""


class BriefingService:
    """Writes the map people send on."""

    def __init__(
        self,
        world: World,
        situation: SituationService,
        overlays: OverlayService,
        hotspots: HotspotService,
        *,
        leaflet: Path,
    ) -> None:
        self._world = world
        self._situation = situation
        self._overlays = overlays
        self._hotspots = hotspots
        self._leaflet = leaflet

    @needs(Permission.EXPORT)
    def html(self, query: Query, colour_by: str, lang: str, *, crews: int = 0) -> tuple[str, bytes]:
        """Give the file's name and its bytes: one HTML page that asks nobody for anything.

        With `crews` tonight's draft route is drawn too. Raises NotReadyError where Leaflet is
        not installed.
        """
        from geo.draw import draw, leaflet_assets  # folium is slow to load and seldom asked for

        colouring = self._situation.colouring(colour_by, query, lang)
        page = draw(
            self._drawings(query, colouring, lang, crews),
            title=self._title(str(colouring["title"]), lang),
            leaflet_assets=leaflet_assets(self._leaflet),
            notes=self._notes(query, str(colouring["note"]), lang),
            tables=[self._table(query, lang)],
            footer=t("briefing.footer", lang),
            language=lang,
        )
        return f"sanling_{query.as_of}.html", page.encode()

    def _drawings(
        self, query: Query, colouring: dict[str, Any], lang: str, crews: int
    ) -> list[Drawing]:
        from geo.draw import Drawing

        shapes = self._situation.drawn_areas(tolerance_m=FILE_TOLERANCE_M, as_of=query.as_of)
        values = np.frombuffer(base64.b64decode(colouring["values"]), dtype=np.uint8)
        layers = [*SHOWN, *([patrol.LAYER] if crews else [])]
        drawn = [
            Drawing(layer, self._overlays.features(layer.name, query, lang, crews=crews))
            for layer in layers
        ]
        return [
            Drawing(areas.LAYER, shapes, values=values, ramp=colouring["ramp"]),
            *[drawing for drawing in drawn if len(drawing.features)],
        ]

    def _title(self, colour: str, lang: str) -> str:
        meta = self._world.store.meta
        title = (meta.title_zh if lang == "zh" else meta.title_en) or t("app.title", lang)
        return t("briefing.title", lang, title=title, colour=colour)

    def _notes(self, query: Query, note: str, lang: str) -> list[str]:
        world = self._world
        cutoff = t(
            "briefing.cutoff",
            lang,
            as_of=query.as_of,
            known_at=moment_text(world.now, world.zone),
            rulebook=world.rulebook.id,
        )
        demo = [t("demo.note", lang)] if world.store.meta.is_demo else []
        return [*demo, cutoff, note, self._hotspots.line(query, lang)]

    def _table(self, query: Query, lang: str) -> Table:
        from geo.draw import Table

        rows = self._hotspots.rows(query, lang)
        columns = ("rank", "place", "expected", "interval", "state", "peak", "why")
        return Table(
            title=t("briefing.hotspots", lang),
            columns=[t(f"briefing.column.{name}", lang) for name in columns],
            rows=[[str(row[name]) for name in columns] for row in rows],
        )
