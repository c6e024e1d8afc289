"""A county of four squares that answers at once: pages are tested for what they do with it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest

from geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash import Dash
    from flask.testing import FlaskClient

    from dashboard.services.composition import Services
    from dashboard.services.query import Query

CODES = ("010", "020", "030", "040")
MONTHS = tuple(f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13))[:18]
RAMP = [
    {"value": 4, "color": "#e0843d", "pattern": "", "label": "已破零"},
    {"value": 0, "color": "#5b6b7a", "pattern": "hatch", "label": "未评估"},
    {"value": 2, "color": "#1c6b6d", "pattern": "", "label": "零（已核实）"},
]


def square(west: float, south: float) -> dict[str, Any]:
    ring = [(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1), (0, 0)]
    return {"type": "Polygon", "coordinates": [[(west + x, south + y) for x, y in ring]]}


def collection(features: list[dict[str, Any]]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@dataclass
class FakeSituation:
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def start(self, lang: str) -> dict[str, Any]:
        return {
            "title": "甲县" if lang == "zh" else "Jia County",
            "is_demo": True,
            "demo_note": "虚构" if lang == "zh" else "made up",
            "as_of": "2026-06-30",
            "now": "2026-06-30T18:37+08:00",
            "data_ended": False,
            "newest_day": "2026-06-30",
            "watermark": 7,
            "bounds": [113.0, 38.0, 113.2, 38.2],
            "ground": {"v": "7"},
            "rulebook": "shanxi-2020",
            "rulebook_says": "规则",
            "colours": [
                {"value": "three_zero", "label": "三零"},
                {"value": "risk_case", "label": "案件风险"},
            ],
            "categories": [
                {"value": "theft", "label": "盗窃", "stream": "case"},
                {"value": "road", "label": "道路事故", "stream": "accident"},
            ],
            "months": list(MONTHS),
            "has_roads": True,
        }

    def areas_geojson(self, lang: str, *, as_of: date) -> bytes:
        places = [(113.0, 38.0), (113.1, 38.0), (113.0, 38.1), (113.1, 38.1)]
        return collection(
            [
                {
                    "type": "Feature",
                    "id": i,
                    "geometry": square(*place),
                    "properties": {"code": code, "name": f"村{code}", "level": "village"},
                }
                for i, (code, place) in enumerate(zip(CODES, places, strict=True))
            ]
        )

    def parents_geojson(self, lang: str, *, as_of: date) -> bytes:
        return collection([])

    def colouring(self, colour_by: str, query: Query, lang: str) -> dict[str, Any]:
        self.asked.append(("colouring", colour_by, query))
        return {
            "values": base64.b64encode(bytes([4, 0, 2, 2])).decode(),
            "ramp": RAMP,
            "ground": {"v": "7"},
            "approximate": False,
            "title": colour_by,
            "note": "2026-06",
        }

    def series(self, colour_by: str, query: Query) -> bytes:
        return bytes([4, 0, 2, 2]) * len(MONTHS)

    def counts(self, query: Query, lang: str) -> list[dict[str, Any]]:
        return [
            {"key": "incidents", "label": "起", "value": 1234 if query.stream == "all" else 800}
        ]

    def table(self, query: Query, lang: str) -> list[dict[str, Any]]:
        zeros = {"case": "broken", "accident": "zero_verified", "petition": "not_assessed"}
        streaks = {f"streak_{zero}": "≥ 120" for zero in zeros}
        rest = {"incidents": 3, "expected": 1.2, "interval": "0–3", "cameras": 2}
        return [
            {"code": code, "name": f"村{code}", "parent": "乙镇", **zeros, **streaks, **rest}
            for code in CODES
        ]

    def bounds_of(self, code: str) -> list[float] | None:
        return [113.0, 38.0, 113.1, 38.1] if code in CODES else None


class FakeOverlays:
    def geojson(
        self, name: str, query: Query, lang: str, *, crews: int = 2, near: bool = False
    ) -> bytes:
        if name == "nothing":
            raise UsageError("There is no layer nothing.", "没有图层 nothing。")
        return collection([])


class FakeCards:
    def area(self, code: str, query: Query, lang: str) -> dict[str, Any]:
        if code not in CODES:
            raise UsageError(f"No area has the code {code}.", f"没有代码为 {code} 的区域。")
        zeros = [("case", 4), ("accident", 2), ("petition", 0)]
        words = {4: ("broken", "✕"), 2: ("zero_verified", "●"), 0: ("not_assessed", "–")}
        return {
            "code": code,
            "name": f"村{code}",
            "level": "村",
            "parent": "乙镇",
            "zeros": [
                {
                    "stream": stream,
                    "label": stream,
                    "status": words[value][0],
                    "word": words[value][0],
                    "symbol": words[value][1],
                    "streak": "12",
                    "streak_text": "已 12 天",
                }
                for stream, value in zeros
            ],
            "ribbon": {
                "months": list(MONTHS),
                "streams": {stream: [value] * len(MONTHS) for stream, value in zeros},
            },
            "counts": [{"label": "案件", "value": 3}],
            "risk": [{"stream": "case", "label": "案件", "expected": 1.2, "interval": "0–3"}],
            "boundary": "",
            "units_note": "此处 1 起属于单位，不计入本村。",
            "cameras": 2,
            "data_age": "2 分钟",
            "as_of": query.as_of.isoformat(),
            "known_at": "2026-06-30 18:37",
            "rulebook_says": "规则",
        }

    def unit(self, unit_id: str, lang: str) -> dict[str, Any]:
        return {"title": "一中", "lines": [{"label": "类型", "value": "学校"}]}

    def camera(self, camera_id: str, lang: str) -> dict[str, Any]:
        return {"title": "东门", "lines": [{"label": "状态", "value": "在线"}]}


HOTSPOT = {
    "hotspot_id": "h-7",
    "rank": 1,
    "place": "村010",
    "expected": "3.2",
    "interval": "1–6",
    "state": "上升",
    "state_id": "growing",
    "peak": "周五 20–23时",
    "when": "周五 20–23时",
    "why": "近 28 天 4 起，去年同期 1 起。",
    "category": "盗窃",
    "area_code": "010",
    "lon": 113.05,
    "lat": 38.05,
}


class FakeHotspots:
    def rows(self, query: Query, lang: str) -> list[dict[str, Any]]:
        return [HOTSPOT]

    def card(self, hotspot_id: str, query: Query, lang: str) -> dict[str, Any]:
        more = {
            "tested": "过去 6 期…",
            "grade": "已检验",
            "expires": "2026-07-28",
            "advice": "建议",
        }
        return HOTSPOT | {"title": "热点 1"} | more

    def line(self, query: Query, lang: str) -> str:
        return "6 期内命中 21 起，按去年件数命中 20 起。"


class FakePatrol:
    def tonight(self, crews: int, query: Query, lang: str) -> dict[str, Any]:
        stop = {
            "post": "h-7",
            "place": "1 村010",
            "arrive": "20:10",
            "leave": "20:22",
            "value": 3.2,
        }
        return {
            "draft": "草案",
            "note": "直线距离乘 1.3",
            "units": [
                {"unit": f"C{k + 1}", "minutes": 42.0, "stops": [stop]} for k in range(crews)
            ],
            "value_curve": [3.2, 1.1],
            "not_visited": [
                {"post": "h-9", "place": "9 村040", "code": "no_time", "sentence": "时间不够。"}
            ],
            "total_value": 3.2 * crews,
        }

    def export(self, kind: str, crews: int, query: Query, lang: str) -> tuple[str, str, bytes]:
        return f"plan.{kind}", "text/csv; charset=utf-8", f"{crews}".encode()


STREAM_WORDS = {"case": "案件", "accident": "事故", "petition": "信访", "three_zero": "三零合计"}
ZERO_COUNTS = {"case": (1, 2, 1, 1), "accident": (3, 3, 0, 1), "petition": (4, 4, 0, 0)}
"""Of four villages: at zero, assessed, pending, not assessed."""


@dataclass
class FakeZero:
    asked: list[tuple[str, ...]] = field(default_factory=list)
    empty: bool = False

    def windows(self, lang: str) -> list[dict[str, str]]:
        words = {"month": "本月", "quarter": "本季度", "year": "本年", "last12": "近 12 个月"}
        return [{"value": name, "label": word} for name, word in words.items()]

    def standpoint(self, **asked: str) -> SimpleNamespace:
        rulebook = SimpleNamespace(id=asked.get("rulebook") or "shanxi-2020")
        return SimpleNamespace(**{**asked, "rulebook": rulebook})

    def window(self, name: str, *, as_of: Any = None) -> str:
        return name

    def rates(self, window: str, lang: str, *, at: Any = None) -> list[dict[str, Any]]:
        self.asked.append(("rates", window))
        counts = {} if self.empty else ZERO_COUNTS | {"three_zero": (1, 2, 1, 2)}
        return [self._rate(stream, *numbers) for stream, numbers in counts.items()]

    def _rate(
        self, stream: str, zero: int, assessed: int, pending: int, missing: int
    ) -> dict[str, Any]:
        return {
            "class": "village",
            "class_label": "行政村",
            "stream": stream,
            "stream_label": STREAM_WORDS[stream],
            "text": f"{100 * zero / assessed:.2f} % ({zero}/{assessed})",
            "range_text": f"介于 {25 * zero} % 与 {25 * (zero + missing + pending)} % 之间",
            "rate": zero / assessed,
            "zero": zero,
            "assessed": assessed,
            "registered": 4,
            "pending": pending,
            "not_assessed": missing,
            "target": 0.8,
            "met": zero / assessed >= 0.8,
            "target_text": "目标 80%",
        }

    def rows(self, by: str, window: str, lang: str, *, at: Any = None) -> list[dict[str, Any]]:
        self.asked.append(("rows", by, window))
        states = {"case": "broken", "accident": "zero_verified", "petition": "not_assessed"}
        words = {f"{stream}_word": state for stream, state in states.items()}
        breaking = {f"breaking_{stream}": int(stream == "case") for stream in states}
        streaks = {f"streak_{stream}": "≥ 120" for stream in states}
        places = [] if self.empty else [(code, "village", "行政村", "乙镇") for code in CODES]
        if by == "subject" and not self.empty:
            places.append(("U-1", "enterprise", "企业", "村010"))
        return [
            {
                "code": code,
                "name": f"村{code}",
                "class": group,
                "class_label": label,
                "area_code": code,
                "parent": parent,
                **states,
                **words,
                **breaking,
                **streaks,
            }
            for code, group, label, parent in places
        ]

    def caption(self, window: str, lang: str, *, at: Any = None) -> str:
        return f"{window} · 规则 shanxi-2020 · 截至 2026-06-30 · 知悉时点 2026-06-30 18:37"

    def export(
        self, fmt: str, by: str, window: str, lang: str, *, at: Any = None
    ) -> tuple[str, str, bytes]:
        return f"zero.{fmt}", "text/csv; charset=utf-8", f"{by},{window}".encode()


class FakeBriefing:
    def html(self, query: Query, colour: str, lang: str) -> tuple[str, bytes]:
        return "map.html", f"{colour},{query.stream}".encode()


class FakeBulletin:
    """Months to choose from; the figures themselves are tested over a real ledger."""

    def months(self) -> list[str]:
        return ["2026-06", "2026-05"]

    def usual_month(self) -> str:
        return "2026-05"


def fake_services() -> SimpleNamespace:
    world = SimpleNamespace(
        as_of=date(2026, 6, 30),
        now=datetime(2026, 6, 30, 10, 37, tzinfo=UTC),
        zone=ZoneInfo("Asia/Shanghai"),
        store=SimpleNamespace(watermark=7),
    )
    return SimpleNamespace(
        world=world,
        situation=FakeSituation(),
        overlays=FakeOverlays(),
        cards=FakeCards(),
        hotspots=FakeHotspots(),
        patrol=FakePatrol(),
        zero=FakeZero(),
        briefing=FakeBriefing(),
        bulletin=FakeBulletin(),
    )


@pytest.fixture
def services() -> SimpleNamespace:
    return fake_services()


@pytest.fixture
def app(services: SimpleNamespace) -> Dash:
    from dashboard.factory import create_app

    return create_app(cast("Services", services))


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    found: FlaskClient = app.server.test_client()
    return found


@pytest.fixture
def in_request(app: Dash) -> Callable[..., Any]:
    """Call a page's function as its callback would: inside a request, in a language."""

    def call(function: Callable[..., Any], *args: Any, lang: str = "zh") -> Any:
        cookie = {"Cookie": f"sanling-language={lang}"}
        with app.server.test_request_context("/", headers=cookie):
            return function(*args)

    return call
