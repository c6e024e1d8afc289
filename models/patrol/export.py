"""A plan on paper and on a navigator: rows for CSV, GPX 1.1; both marked DRAFT."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pandas as pd

from geo.errors import SchemaError

if TYPE_CHECKING:
    from models.planner import CrewRoute, PatrolPlan, Stop

__all__ = ["to_gpx", "to_rows"]

GPX: Final = "http://www.topografix.com/GPX/1/1"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA: Final = f"{GPX} http://www.topografix.com/GPX/1/1/gpx.xsd"
DRAFT: Final = "DRAFT 草案"
COLUMNS: Final = (
    "status",
    "unit",
    "stop",
    "post",
    "hotspot_id",
    "arrive",
    "leave",
    "value",
    "cumulative_value",
    "x_m",
    "y_m",
)


def to_rows(plan: PatrolPlan) -> pd.DataFrame:
    """Write the plan as one row per stop, in the order of driving.

    Returns
    -------
    DataFrame
        `status unit stop post hotspot_id arrive leave value cumulative_value x_m y_m`;
        moments as text with minutes, values of the crew's stops so far in
        `cumulative_value`. Every row says DRAFT.
    """
    rows = [_row(unit, number) for unit in plan.units for number in range(len(unit.stops))]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def to_gpx(plan: PatrolPlan, lonlat: pd.DataFrame, *, title: str) -> str:
    """Write the plan as GPX 1.1: a waypoint per stop, a route per crew.

    Parameters
    ----------
    lonlat
        WGS84 `lon`, `lat`, indexed by `post`.
    title
        Name of the plan; DRAFT is put before it.

    Raises
    ------
    SchemaError
        A post of the plan has no coordinates in `lonlat`.
    """
    places = _places(plan, lonlat)
    root = ET.Element(
        "gpx",
        {
            "version": "1.1",
            "creator": "Sanling",
            "xmlns": GPX,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": SCHEMA,
        },
    )
    head = ET.SubElement(root, "metadata")
    ET.SubElement(head, "name").text = f"{DRAFT} {title}"
    ET.SubElement(head, "desc").text = f"{plan.statement('en')} {plan.statement('zh')}"
    for unit in plan.units:
        for stop in unit.stops:
            _point(root, "wpt", stop, unit, places)
    for unit in plan.units:
        _route(root, unit, places)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(
        ['<?xml version="1.0" encoding="UTF-8"?>\n', "\n"]
    )


def _row(unit: CrewRoute, number: int) -> tuple[object, ...]:
    stop = unit.stops[number]
    so_far = sum(other.value for other in unit.stops[: number + 1])
    moments = (f"{moment:%Y-%m-%d %H:%M}" for moment in (stop.arrive, stop.leave))
    head = (DRAFT, unit.unit, number + 1, stop.post, stop.hotspot_id, *moments)
    return (*head, round(stop.value, 2), round(so_far, 2), round(stop.x_m, 1), round(stop.y_m, 1))


def _places(plan: PatrolPlan, lonlat: pd.DataFrame) -> dict[str, tuple[float, float]]:
    posts = [stop.post for unit in plan.units for stop in unit.stops]
    rows = lonlat.set_axis(lonlat.index.astype(str)).reindex(posts)[["lon", "lat"]]
    lost = [str(post) for post in rows.index[rows.isna().any(axis=1)]]
    if lost:
        raise SchemaError(
            f"No WGS84 coordinates for {', '.join(lost)}; give lon and lat for every post.",
            f"点位 {'、'.join(lost)} 缺少 WGS84 坐标；请为每个点位提供 lon 和 lat。",
        )
    pairs = rows.itertuples(index=False, name=None)
    return dict(zip(posts, pairs, strict=True))


def _route(root: ET.Element, unit: CrewRoute, places: dict[str, tuple[float, float]]) -> None:
    route = ET.SubElement(root, "rte")
    ET.SubElement(route, "name").text = f"{DRAFT} 第 {unit.unit} 组 / crew {unit.unit}"
    for stop in unit.stops:
        _point(route, "rtept", stop, unit, places)


def _point(
    parent: ET.Element,
    tag: str,
    stop: Stop,
    unit: CrewRoute,
    places: dict[str, tuple[float, float]],
) -> None:
    lon, lat = places[stop.post]
    point = ET.SubElement(parent, tag, {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"})
    if stop.arrive.tzinfo is not None:  # GPX times are UTC; a naive one would be a guess
        ET.SubElement(point, "time").text = _utc(stop.arrive)
    ET.SubElement(point, "name").text = f"{unit.unit}-{stop.post}"
    ET.SubElement(
        point, "desc"
    ).text = f"{DRAFT} {stop.arrive:%H:%M}–{stop.leave:%H:%M}, {stop.hotspot_id}, {stop.value:.1f}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
