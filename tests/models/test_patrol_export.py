"""A plan leaves the house as rows and as GPX, and says DRAFT on both."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from geo.errors import SchemaError
from models.patrol.export import to_gpx, to_rows
from models.patrol.plan import plan_patrol

if TYPE_CHECKING:
    from models.planner import PatrolPlan

NAMESPACE = {"g": "http://www.topografix.com/GPX/1/1"}
LONLAT = pd.DataFrame(
    {"lon": [113.41, 113.42, 113.43], "lat": [38.08, 38.09, 38.1]}, index=["P01", "P02", "P03"]
)


@pytest.fixture
def plan() -> PatrolPlan:
    """Plan two crews and three posts, the evening of 18 August 2020 in Shanxi."""
    posts = pd.DataFrame(
        {
            "post": LONLAT.index,
            "hotspot_id": ["HA", "HB", "HC"],
            "x_m": [1000.0, 2000.0, -1000.0],
            "y_m": 0.0,
            "value": [3.0, 2.0, 1.0],
        }
    )
    start = datetime(2020, 8, 18, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    return plan_patrol(
        posts,
        crews=2,
        shift_start=start,
        shift_minutes=40,
        depot_xy=(0.0, 0.0),
        speed_kmh=60.0,
        detour=1.0,
    )


def test_rows_come_in_driving_order_with_values_adding_up(plan: PatrolPlan) -> None:
    rows = to_rows(plan)
    assert rows["status"].unique().tolist() == ["DRAFT 草案"]
    assert len(rows) == sum(len(unit.stops) for unit in plan.units) == 3
    last = rows.groupby("unit")["cumulative_value"].last()
    assert last.to_list() == [unit.value for unit in plan.units]
    # One kilometre at 60 km/h: the first crew arrives one minute after eight.
    assert rows.loc[0, "arrive"] == "2020-08-18 20:01"
    assert rows.loc[0, "leave"] == "2020-08-18 20:13"


def test_gpx_holds_a_waypoint_per_stop_and_a_route_per_crew(plan: PatrolPlan) -> None:
    root = ET.fromstring(to_gpx(plan, LONLAT, title="8 月 18 日"))  # noqa: S314 - our own text
    assert root.tag == f"{{{NAMESPACE['g']}}}gpx"
    assert root.get("version") == "1.1"
    assert len(root.findall("g:wpt", NAMESPACE)) == 3
    routes = root.findall("g:rte", NAMESPACE)
    assert [len(route.findall("g:rtept", NAMESPACE)) for route in routes] == [
        len(unit.stops) for unit in plan.units
    ]
    title = root.find("g:metadata/g:name", NAMESPACE)
    assert title is not None
    assert title.text == "DRAFT 草案 8 月 18 日"


def test_gpx_elements_stand_in_the_order_the_schema_asks_for(plan: PatrolPlan) -> None:
    root = ET.fromstring(to_gpx(plan, LONLAT, title="x"))  # noqa: S314 - our own text
    names = [child.tag.split("}")[1] for child in root]
    assert names == ["metadata", "wpt", "wpt", "wpt", "rte", "rte"]
    point = root.find("g:wpt", NAMESPACE)
    assert point is not None
    assert [child.tag.split("}")[1] for child in point] == ["time", "name", "desc"]


def test_gpx_times_are_in_utc(plan: PatrolPlan) -> None:
    text = to_gpx(plan, LONLAT, title="x")
    assert "<time>2020-08-18T12:01:00Z</time>" in text  # 20:01 in Shanghai


def test_a_title_with_markup_stays_text(plan: PatrolPlan) -> None:
    root = ET.fromstring(to_gpx(plan, LONLAT, title="<&>"))  # noqa: S314 - our own text
    title = root.find("g:metadata/g:name", NAMESPACE)
    assert title is not None
    assert title.text == "DRAFT 草案 <&>"


def test_a_post_without_coordinates_is_named(plan: PatrolPlan) -> None:
    with pytest.raises(SchemaError, match="P02"):
        to_gpx(plan, LONLAT.drop("P02"), title="x")
