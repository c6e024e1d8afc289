"""The Situation map: everything over one another, moved by one query."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.cache import Cache
from dashboard.services.colours import (
    COLOURS,
    classify,
    count_classes,
    count_ramp,
    status_ramp,
)
from dashboard.services.incidents import counted, in_query
from dashboard.services.naming import category_name, name_of
from dashboard.services.permitted import needs
from dashboard.services.records import records
from dashboard.services.zero_board import STREAMS
from geo.layer import geojson_bytes
from geo.layers.areas import features as area_features
from geo.layers.areas import simplified
from models.area_risk import expected_by_area

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from dashboard.services.query import Query
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

__all__ = ["HORIZON_DAYS", "SituationService"]

HORIZON_DAYS: Final = 28
"""Days ahead the risk of an area speaks of: four whole weeks hold every weekday alike."""
HISTORY_DAYS: Final = 365
"""Days of past counts behind the risk of an area: one whole year holds every season."""
SCREEN_TOLERANCE_M: Final = 20.0
"""Metres. Corners smaller than a few pixels at the closest zoom are not sent to the screen."""
NOT_RISK: Final = ("patrol_discovered", "camera_review")
"""Found by looking; left out of risk so that looking does not breed risk."""


class SituationService:
    """What the Situation page shows of areas and incidents."""

    def __init__(self, world: World, zero: ZeroBoard) -> None:
        self._world = world
        self._zero = zero
        self._cache = Cache(size=64)

    @needs(Permission.READ)
    def start(self, lang: str) -> dict[str, Any]:
        """Give all the page needs to stand up: titles, bounds, months, choices."""
        world, meta = self._world, self._world.store.meta
        as_of = world.as_of
        newest = world.newest_day()
        return {
            "title": (meta.title_zh if lang == "zh" else meta.title_en) or t("app.title", lang),
            "is_demo": meta.is_demo,
            "demo_note": t("demo.note", lang) if meta.is_demo else "",
            "as_of": as_of.isoformat(),
            "now": world.now.astimezone(world.zone).isoformat(timespec="minutes"),
            "data_ended": as_of != world.today,
            "newest_day": newest.isoformat() if newest else "",
            "watermark": world.store.watermark,
            "bounds": self._bounds(self._drawn(as_of)),
            "ground": world.ground(as_of),
            "rulebook": world.rulebook.id,
            "rulebook_says": world.rulebook.says(lang),
            "colours": [{"value": c, "label": t(f"colour.{c}", lang)} for c in self._colours()],
            "categories": self._categories(lang),
            "months": [window.label for window in self._zero.months(as_of)],
            "has_roads": not world.snapshot().ground("roads").empty,
        }

    @needs(Permission.READ)
    def areas_geojson(self, lang: str, *, as_of: date) -> bytes:
        """Give the finest areas of a day as GeoJSON; a feature's id is its place in code order."""
        ground = tuple(self._world.ground(as_of).values())
        return self._cache.get(
            ("areas", ground, lang),
            lambda: geojson_bytes(self.drawn_areas(tolerance_m=SCREEN_TOLERANCE_M, as_of=as_of)),
        )

    @needs(Permission.READ)
    def parents_geojson(self, lang: str, *, as_of: date) -> bytes:
        """Give the areas one level up that have a boundary: drawn as outlines with their names."""
        areas = self._world.snapshot().areas
        above = areas.loc[self._world.leaves(as_of), "parent_code"].dropna().unique()
        codes = sorted(code for code in above if areas.geometry.notna().get(code, False))
        return self._cache.get(
            ("parents", tuple(self._world.ground(as_of).values()), lang),
            lambda: geojson_bytes(area_features(areas, codes=codes)),
        )

    @needs(Permission.READ)
    def drawn_areas(self, *, tolerance_m: float, as_of: date) -> gpd.GeoDataFrame:
        """Give the finest areas of a day in code order with the borders a picture needs."""
        every = self._world.snapshot().areas
        chosen = area_features(every, codes=self._world.leaves(as_of))
        if not chosen.geometry.notna().any():
            return chosen
        return simplified(chosen, metric_crs=self._world.metric_crs, tolerance_m=tolerance_m)

    @needs(Permission.READ)
    def colouring(self, colour_by: str, query: Query, lang: str) -> dict[str, Any]:
        """Give the newest values of the areas with their legend, and the ground they are for."""
        areas = self._world.snapshot().areas.loc[self._world.leaves(query.as_of)]
        about = {
            "ground": self._world.ground(query.as_of),
            "approximate": bool((areas["approximate"] & areas.geometry.notna()).any()),
        }
        if colour_by.startswith("risk_"):
            return about | self._risk_colouring(colour_by.removeprefix("risk_"), query, lang)
        codes = self._zero.monthly_codes(_stream_of(colour_by), as_of=query.as_of)
        month = self._zero.months(query.as_of)[-1].label
        return about | {
            "values": _b64(codes[-1]),
            "ramp": [step.as_dict() for step in status_ramp(lang)],
            "title": t(f"colour.{colour_by}", lang),
            "note": t("colour.note_zero", lang, month=month, rule=self._world.rulebook.says(lang)),
        }

    @needs(Permission.READ)
    def series(self, colour_by: str, query: Query) -> bytes:
        """Give the months of the stepper as bytes, shape (months, areas), row by row."""
        if not colour_by.startswith("risk_"):
            return self._zero.monthly_codes(_stream_of(colour_by), as_of=query.as_of).tobytes()
        stream = colour_by.removeprefix("risk_")
        counts = self._monthly_counts(stream, query)
        bounds = count_classes(self._risk(stream, query)["expected"].to_numpy())
        codes = classify(counts, bounds)
        codes[-1] = classify(self._risk(stream, query)["expected"].to_numpy(), bounds)
        return codes.tobytes()

    @needs(Permission.READ)
    def counts(self, query: Query, lang: str) -> list[dict[str, Any]]:
        """Count what the filter lets through."""
        snapshot = self._world.snapshot()
        shown = in_query(snapshot.incidents, query, zone=snapshot.time_zone)
        points = (shown["loc_precision"] == "point").sum()
        numbers = {
            "incidents": len(shown),
            "cases": (shown["stream"] == "case").sum(),
            "accidents": (shown["stream"] == "accident").sum(),
            "without_point": len(shown) - points,
            "cameras": len(snapshot.cameras),
            "units": len(snapshot.units),
        }
        return [
            {"key": key, "label": t(f"count.{key}", lang), "value": int(value)}
            for key, value in numbers.items()
        ]

    @needs(Permission.READ)
    def table(self, query: Query, lang: str) -> list[dict[str, Any]]:
        """List the areas by code with their zeros, streaks, counts and risk."""
        return self._cache.get(
            ("table", self._world.store.watermark, query, lang), lambda: self._table(query, lang)
        )

    @needs(Permission.READ)
    def bounds_of(self, code: str) -> list[float] | None:
        """Give west, south, east, north of an area or unit in degrees; None when not drawn."""
        areas = self._world.snapshot().areas
        found = areas.loc[areas.index == code]
        return self._bounds(found[found.geometry.notna()])

    @needs(Permission.READ)
    def risk_of(self, code: str, stream: str, query: Query) -> pd.Series:
        """Give expected, lower and upper of one area for the next 28 days."""
        return self._risk(stream, query).T[code]

    def _table(self, query: Query, lang: str) -> list[dict[str, Any]]:
        snapshot = self._world.snapshot()
        codes = self._world.leaves(query.as_of)
        areas = snapshot.areas.loc[codes]
        frame = pd.DataFrame(index=codes)
        frame["code"] = codes
        frame["name"] = name_of(areas, lang)
        parents = snapshot.areas.reindex(areas["parent_code"])
        frame["parent"] = name_of(parents, lang).to_numpy()
        frame["level"] = [t(f"level.{level}", lang) for level in areas["level"]]
        self._add_zeros(frame, query)
        self._add_counts(frame, query)
        return records(frame)

    def _add_zeros(self, frame: pd.DataFrame, query: Query) -> None:
        month = self._zero.months(query.as_of)[-1]
        status = self._zero.area_status(month, as_of=query.as_of)
        for stream in STREAMS:
            own = status[status["stream"] == stream].set_index("subject_id")["status"]
            frame[stream] = own.astype(str).reindex(frame.index).fillna("not_assessed")
            days = self._zero.streaks_of(stream, as_of=query.as_of).reindex(frame.index)
            frame[f"streak_{stream}"] = streak_texts(days)

    def _add_counts(self, frame: pd.DataFrame, query: Query) -> None:
        snapshot = self._world.snapshot()
        shown = in_query(snapshot.incidents, query, zone=snapshot.time_zone)
        frame["incidents"] = shown.groupby("area_code").size().reindex(frame.index, fill_value=0)
        cameras = snapshot.cameras.groupby("area_code").size()
        frame["cameras"] = cameras.reindex(frame.index, fill_value=0)
        risk = self._risk(query.stream if query.stream != "all" else "case", query)
        frame["expected"] = risk["expected"].round(1)
        frame["interval"] = [
            f"{low:.0f}–{high:.0f}" for low, high in zip(risk["lower"], risk["upper"], strict=True)
        ]

    def _risk_colouring(self, stream: str, query: Query, lang: str) -> dict[str, Any]:
        expected = self._risk(stream, query)["expected"].to_numpy()
        bounds = count_classes(expected)
        return {
            "values": _b64(classify(expected, bounds)),
            "ramp": [step.as_dict() for step in count_ramp(bounds, lang)],
            "title": t(f"colour.risk_{stream}", lang),
            "note": t("colour.note_risk", lang, days=HORIZON_DAYS),
        }

    def _risk(self, stream: str, query: Query) -> pd.DataFrame:
        key = ("risk", self._world.store.watermark, stream, query)
        return self._cache.get(key, lambda: self._expected(stream, query))

    def _expected(self, stream: str, query: Query) -> pd.DataFrame:
        snapshot = self._world.snapshot()
        codes = self._world.leaves(query.as_of)
        past = self._learned_from(stream, query)
        counts = past.groupby("area_code").size().reindex(codes, fill_value=0)
        return expected_by_area(
            counts, snapshot.areas.loc[codes, "level"], days=HISTORY_DAYS, horizon_days=HORIZON_DAYS
        )

    def _learned_from(self, stream: str, query: Query) -> pd.DataFrame:
        snapshot = self._world.snapshot()
        year = query.over(HISTORY_DAYS, stream=stream)
        past = in_query(snapshot.incidents, year, zone=snapshot.time_zone)
        return past[~past["discovery_source"].isin(NOT_RISK)]

    def _monthly_counts(self, stream: str, query: Query) -> NDArray[np.float64]:
        snapshot = self._world.snapshot()
        months = self._zero.months(query.as_of)
        codes = self._world.leaves(query.as_of)
        incidents = counted(snapshot.incidents)
        own = incidents[incidents["stream"] == stream]
        local = own["occurred_from"].dt.tz_convert(snapshot.time_zone).dt.strftime("%Y-%m")
        table = pd.crosstab(local, own["area_code"])
        labels = [window.label for window in months]
        return table.reindex(index=labels, columns=codes, fill_value=0).to_numpy(dtype=float)

    def _colours(self) -> list[str]:
        """List what areas can be coloured by, first what says most: without nil returns, risk."""
        assumed = self._world.rulebook.is_assumed
        return sorted(COLOURS, key=lambda name: name.startswith("risk_") != assumed)

    def _categories(self, lang: str) -> list[dict[str, str]]:
        incidents = self._world.snapshot().incidents
        pairs = (
            incidents[["stream", "category"]].drop_duplicates().sort_values(["stream", "category"])
        )
        return [
            {"value": category, "label": category_name(category, lang), "stream": stream}
            for stream, category in pairs.itertuples(index=False)
        ]

    def _drawn(self, as_of: date) -> gpd.GeoDataFrame:
        areas = self._world.snapshot().areas
        leaves = areas.loc[self._world.leaves(as_of)]
        drawn = leaves[leaves.geometry.notna()]
        return drawn if len(drawn) else areas[areas.geometry.notna()]

    @staticmethod
    def _bounds(areas: gpd.GeoDataFrame) -> list[float] | None:
        return [round(float(b), 6) for b in areas.total_bounds] if len(areas) else None


def streak_text(days: float | None, *, open_ended: bool) -> str:
    """Print a streak: `120`, `≥ 120` where no break stopped it, `–` where it is not known."""
    if days is None or pd.isna(days) or (open_ended and days == 0):
        return "–"
    return f"≥ {int(days)}" if open_ended else f"{int(days)}"


def streak_texts(streaks: pd.DataFrame) -> list[str]:
    """Print the rows of `zero_streaks`."""
    open_ended = streaks["open_ended"].fillna(value=False).astype(bool)
    return [
        streak_text(days, open_ended=flag)
        for days, flag in zip(streaks["streak_days"], open_ended, strict=True)
    ]


def _stream_of(colour_by: str) -> str:
    return colour_by.removeprefix("zero_") if colour_by.startswith("zero_") else colour_by


def _b64(codes: NDArray[np.uint8]) -> str:
    return base64.b64encode(codes.tobytes()).decode("ascii")
