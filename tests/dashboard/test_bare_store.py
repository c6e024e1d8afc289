"""A store with boundaries and nothing else: every screen says so, none breaks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from dashboard.services.composition import Services
from dashboard.services.query import Query
from dashboard.wiring import LEAFLET
from geo.schemas import conform
from geo.store import Store
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)


@pytest.fixture
def bare(tmp_path: Path) -> Services:
    squares = [shapely.box(113.0 + i / 50, 38.0, 113.0 + (i + 1) / 50, 38.02) for i in range(3)]
    areas = gpd.GeoDataFrame(
        {"area_code": ["a", "b", "c"], "level": "village", "name": ["甲村", "乙村", "丙村"]},
        geometry=squares,
        crs="EPSG:4326",
    )
    store = Store.open(f"sqlite:///{tmp_path}/bare.db")
    store.set_meta(metric_crs="EPSG:4547", time_zone="Asia/Shanghai")
    with store.batch(
        Entity.AREA,
        source="test",
        content_hash="0" * 64,
        recipe=None,
        actor="test",
        recorded_at=NOW,
    ) as batch:
        batch.append(Entity.AREA, conform(areas, Entity.AREA))
    return Services.over(store, clock=lambda: NOW, leaflet=LEAFLET)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_screen_of_a_store_without_facts_can_be_shown(bare: Services, lang: str) -> None:
    query = Query(as_of=bare.world.as_of)
    assert bare.situation.start(lang)["data_ended"] is False
    for colour in ("three_zero", "zero_case", "risk_accident"):
        assert bare.situation.colouring(colour, query, lang)["ramp"]
    for layer in ("roads", "units", "cameras", "sectors", "incidents", "hotspots", "route"):
        assert b'"features":[]' in bare.overlays.geojson(layer, query, lang)
    assert bare.cards.area("b", query, lang)["name"] == "乙村"
    assert bare.wall.state(lang)["hotspots"] == []
    assert bare.patrol.tonight(2, query, lang)["not_visited"] == []


def test_without_incidents_the_line_says_that_there_are_too_few(bare: Services) -> None:
    line = bare.hotspots.line(Query(as_of=bare.world.as_of), "en")
    assert "at least 30" in line
    assert "has 0" in line


def test_without_reports_or_incidents_no_area_is_called_zero_unless_a_recipe_says_so(
    bare: Services,
) -> None:
    assert bare.world.store.meta.rulebook is None
    rows = bare.zero.rows("area", "month", "en")
    assert {row["case"] for row in rows} == {"not_assessed"}
