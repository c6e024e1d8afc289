"""Cards: one area, unit or camera told on a hand's breadth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.colours import STATUS_CODES, status_colour
from dashboard.services.incidents import in_query
from dashboard.services.naming import age_text, moment_text, place_name, word
from dashboard.services.permitted import needs
from dashboard.services.records import records
from dashboard.services.situation import HORIZON_DAYS, streak_texts
from dashboard.services.zero_board import STREAMS
from geo.errors import UsageError
from geo.window import Window

if TYPE_CHECKING:
    from datetime import date

    from dashboard.services.query import Query
    from dashboard.services.situation import SituationService
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

__all__ = ["RIBBON_MONTHS", "SYMBOLS", "CardService"]

RIBBON_MONTHS: Final = 24
"""Months a card's ribbon shows: this year and the one before it."""
SYMBOLS: Final = {
    "broken": "✕",
    "pending_review": "?",
    "not_assessed": "–",
    "zero_reported": "○",
    "zero_verified": "●",
}
"""A status in one character, so that colour is never the only cue."""


class CardService:
    """Tells of one place."""

    def __init__(self, world: World, board: ZeroBoard, situation: SituationService) -> None:
        self._world = world
        self._board = board
        self._situation = situation

    @needs(Permission.READ)
    def area(self, code: str, query: Query, lang: str) -> dict[str, Any]:
        """Tell of one area: its zeros, streaks, ribbon, counts, risk and the data's age."""
        snapshot = self._world.snapshot()
        areas = snapshot.areas
        if code not in areas.index:
            raise _unknown("area", "区域", code)
        own = records(areas.loc[[code]])[0]
        return {
            "code": code,
            "name": place_name(areas, code, lang),
            "level": t(f"level.{own['level']}", lang),
            "parent": place_name(areas, own["parent_code"], lang),
            "boundary": t("card.approximate", lang) if own["approximate"] else "",
            "zeros": self._zeros(code, query, lang),
            "ribbon": self._ribbon(code, query),
            "counts": self._counts(code, query, lang),
            "risk": [self._risk(code, stream, query, lang) for stream in ("case", "accident")],
            "units_note": self._units_note(code, query, lang),
            "cameras": int((snapshot.cameras["area_code"] == code).sum()),
            "data_age": self._data_age(lang),
            "as_of": query.as_of.isoformat(),
            "known_at": moment_text(self._world.now, snapshot.time_zone),
            "rulebook_says": self._world.rulebook.says(lang),
        }

    @needs(Permission.READ)
    def unit(self, unit_id: str, lang: str) -> dict[str, Any]:
        """Tell of one unit: what it is, where, and its own three zeros this month."""
        snapshot = self._world.snapshot()
        if unit_id not in snapshot.units.index:
            raise _unknown("unit", "单位", unit_id)
        own = records(snapshot.units.loc[[unit_id]])[0]
        month = self._board.months(self._world.as_of)[-1]
        status = self._board.status((month,), as_of=self._world.as_of)
        mine = status[status["subject_id"] == unit_id].set_index("stream")["status"].astype(str)
        lines = [
            (t("unit.kind", lang), word("unit_kind", own["kind"], lang)),
            (t("unit.class", lang), word("class", own["unit_class"], lang)),
            (t("unit.area", lang), place_name(snapshot.areas, own["area_code"], lang)),
        ]
        lines += [
            (t(f"stream.{s}", lang), f"{SYMBOLS[mine[s]]} {t(f'status.{mine[s]}', lang)}")
            for s in STREAMS
            if s in mine
        ]
        return _card(str(own["name"]), lines)

    @needs(Permission.READ)
    def camera(self, camera_id: str, lang: str) -> dict[str, Any]:
        """Tell of one camera: an entry of a register, never a picture."""
        snapshot = self._world.snapshot()
        if camera_id not in snapshot.cameras.index:
            raise _unknown("camera", "摄像头", camera_id)
        own = records(snapshot.cameras.loc[[camera_id]])[0]
        online = own["online"]
        lines = [
            (
                t("camera.state", lang),
                t("value.unknown", lang)
                if pd.isna(online)
                else t("camera.online" if online else "camera.offline", lang),
            ),
            (t("camera.owner", lang), word("owner", own["owner_kind"], lang)),
            (t("unit.area", lang), place_name(snapshot.areas, own["area_code"], lang)),
            (t("camera.sector", lang), _sector(own, lang)),
        ]
        return _card(str(own["name"]) if isinstance(own["name"], str) else camera_id, lines)

    def _zeros(self, code: str, query: Query, lang: str) -> list[dict[str, Any]]:
        month = self._board.months(query.as_of)[-1]
        status = self._board.area_status(month, as_of=query.as_of)
        mine = status[status["subject_id"] == code].set_index("stream")["status"].astype(str)
        return [
            _zero(s, mine.get(s), self._streak(code, s, as_of=query.as_of), lang) for s in STREAMS
        ]

    def _streak(self, code: str, stream: str, *, as_of: date) -> str:
        own = self._board.streaks_of(stream, as_of=as_of).reindex([code])
        return streak_texts(own)[0]

    def _ribbon(self, code: str, query: Query) -> dict[str, Any]:
        codes = self._world.leaves(query.as_of)
        months = [window.label for window in self._board.months(query.as_of)][-RIBBON_MONTHS:]
        if code not in codes:
            return {"months": months, "streams": {}}
        place = codes.index(code)
        cubes = {s: self._board.monthly_codes(s, as_of=query.as_of) for s in STREAMS}
        return {
            "months": months,
            "streams": {s: cube[-len(months) :, place].tolist() for s, cube in cubes.items()},
        }

    def _counts(self, code: str, query: Query, lang: str) -> list[dict[str, object]]:
        snapshot = self._world.snapshot()
        shown = in_query(snapshot.incidents, query, zone=snapshot.time_zone)
        here = shown[shown["area_code"] == code]
        numbers = {
            "cases": int((here["stream"] == "case").sum()),
            "accidents": int((here["stream"] == "accident").sum()),
            "without_point": int((here["loc_precision"] != "point").sum()),
            "units": int((snapshot.units["area_code"] == code).sum()),
            "cameras": int((snapshot.cameras["area_code"] == code).sum()),
        }
        return [{"label": t(f"count.{key}", lang), "value": n} for key, n in numbers.items()]

    def _risk(self, code: str, stream: str, query: Query, lang: str) -> dict[str, Any]:
        label = t(f"stream.{stream}", lang)
        try:
            risk = self._situation.risk_of(code, stream, query)
        except KeyError:
            return {"stream": stream, "label": label, "expected": None, "interval": "", "text": "–"}
        interval = f"{risk['lower']:.0f}–{risk['upper']:.0f}"
        return {
            "stream": stream,
            "label": label,
            "expected": round(float(risk["expected"]), 1),
            "interval": interval,
            "text": t(
                "risk.text",
                lang,
                expected=f"{risk['expected']:.1f}",
                interval=interval,
                days=HORIZON_DAYS,
            ),
        }

    def _units_note(self, code: str, query: Query, lang: str) -> str:
        """Say how many incidents here belong to a unit and so leave the area's zero alone."""
        snapshot = self._world.snapshot()
        month = query.between(Window.month(query.as_of).start, query.as_of)
        here = in_query(snapshot.incidents, month, zone=snapshot.time_zone)
        here = here[(here["area_code"] == code) & here["subject_id"].notna()]
        n = int((here["subject_id"] != code).sum())
        return t("card.units_note" if n == 1 else "card.units_note_many", lang, n=n) if n else ""

    def _data_age(self, lang: str) -> str:
        ages = self._world.last_recorded()
        if not ages:
            return t("age.nothing", lang)
        return age_text((self._world.now - max(ages.values())).total_seconds(), lang)


def _zero(stream: str, status: str | None, streak: str, lang: str) -> dict[str, Any]:
    state = status or "not_assessed"
    return {
        "stream": stream,
        "label": t(f"stream.{stream}", lang),
        "status": state,
        "code": STATUS_CODES[state],
        "word": t(f"status.{state}", lang),
        "symbol": SYMBOLS[state],
        "color": status_colour(state),
        "streak": streak,
        "streak_text": t("streak.text", lang, days=streak),
    }


def _sector(camera: dict[str, Any], lang: str) -> str:
    if pd.isna(camera["azimuth_deg"]):
        return t("value.unknown", lang)
    return t(
        "camera.sector_text",
        lang,
        azimuth=f"{camera['azimuth_deg']:.0f}",
        fov=f"{camera['fov_deg']:.0f}",
        range_m=f"{camera['range_m']:.0f}",
    )


def _card(title: str, lines: list[tuple[str, str]]) -> dict[str, Any]:
    return {"title": title, "lines": [{"label": a, "value": b} for a, b in lines]}


def _unknown(kind: str, kind_zh: str, key: str) -> UsageError:
    return UsageError(
        f"No {kind} has the code {key}. Choose one on the map.",
        f"没有代码为 {key} 的{kind_zh}，请在地图上选择。",
    )
