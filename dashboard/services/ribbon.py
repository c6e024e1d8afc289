"""Every area's months at once: what the ribbon of the Zero status page draws."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.naming import name_of
from dashboard.services.permitted import needs
from dashboard.services.zero_board import STREAMS

if TYPE_CHECKING:
    from dashboard.services.standpoint import Standpoint
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

__all__ = ["RibbonService"]


class RibbonService:
    """Lays the months of all areas out, town by town in the order of codes."""

    def __init__(self, world: World, board: ZeroBoard) -> None:
        self._world = world
        self._board = board

    @needs(Permission.READ)
    def months(self, at: Standpoint, lang: str) -> dict[str, Any]:
        """Give codes, names and towns of the finest areas, the months and the status codes.

        `streams` holds for each stream, and for all three together, the codes as base64 bytes,
        one month after the other, areas in the order of `codes`; `towns` their first places.
        """
        areas = self._world.snapshot(at.known_at).areas
        codes = self._world.leaves(at.as_of)
        names = name_of(areas, lang)
        above = areas["parent_code"].reindex(codes).fillna("").tolist()
        order = sorted(range(len(codes)), key=lambda place: (above[place], codes[place]))
        towns = [
            {"at": place, "name": str(names.get(above[i], t("complete.several", lang)))}
            for place, i in enumerate(order)
            if place == 0 or above[i] != above[order[place - 1]]
        ]
        return {
            "codes": [codes[i] for i in order],
            "names": [str(names.get(codes[i], codes[i])) for i in order],
            "towns": towns,
            "months": [window.label for window in self._board.months(at.as_of)],
            "streams": {
                stream: base64.b64encode(
                    self._board.monthly_codes(stream, **at.about)[:, order].tobytes()
                ).decode()
                for stream in ("three_zero", *STREAMS)
            },
        }
