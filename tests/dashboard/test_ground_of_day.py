"""The map of a day: areas in force on it, approximate ones marked in legend, card and data."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from typing import TYPE_CHECKING

import orjson
import pandas as pd
import pytest

from dashboard.components.map_controls import legend_steps
from dashboard.services.query import Query
from dashboard.settings import Settings
from dashboard.wiring import build_services
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from dashboard.services.composition import Services

RETIRED_ON = date(2026, 3, 1)


@pytest.fixture
def changed(demo_copy: str) -> tuple[Services, str, str]:
    """Retire one village of the county and mark another one approximate; give both codes."""
    services = build_services(Settings(db=demo_copy))
    store = services.world.store
    villages = store.snapshot().areas
    villages = villages[villages["level"] == "village"].head(2)
    gone, vague = villages.index
    villages.loc[gone, "valid_to"] = pd.Timestamp(RETIRED_ON)
    villages["approximate"] = villages.index == vague
    with store.batch(
        Entity.AREA, source="test", content_hash="0", recipe=None, actor="t",
        recorded_at=services.world.now + timedelta(minutes=1),
    ) as batch:  # fmt: skip
        batch.append(Entity.AREA, villages, action=Action.CORRECTED)
    return services, gone, vague


def codes_on(services: Services, day: date) -> list[str]:
    told = orjson.loads(services.situation.areas_geojson("zh", as_of=day))
    return [feature["properties"]["code"] for feature in told["features"]]


def test_a_retired_area_is_drawn_until_the_day_it_ended(changed: tuple[Services, str, str]) -> None:
    services, gone, _ = changed
    before, since = RETIRED_ON - timedelta(days=1), RETIRED_ON
    assert gone in codes_on(services, before)
    assert gone not in codes_on(services, since)
    assert len(codes_on(services, before)) == len(codes_on(services, since)) + 1 == 288


@pytest.mark.parametrize("colour", ["three_zero", "risk_case"])
def test_values_months_and_table_are_of_the_areas_drawn(
    changed: tuple[Services, str, str], colour: str
) -> None:
    services, _, _ = changed
    for day in (RETIRED_ON - timedelta(days=1), RETIRED_ON):
        query = Query(as_of=day)
        drawn = codes_on(services, day)
        colouring = services.situation.colouring(colour, query, "zh")
        assert len(base64.b64decode(colouring["values"])) == len(drawn)
        assert len(services.situation.series(colour, query)) % len(drawn) == 0
        assert [row["code"] for row in services.situation.table(query, "zh")] == drawn


def test_the_map_is_fetched_anew_only_where_the_areas_are_others(
    changed: tuple[Services, str, str],
) -> None:
    world = changed[0].world
    old, new = world.ground(RETIRED_ON - timedelta(days=30)), world.ground(RETIRED_ON)
    assert old != new
    assert world.ground(RETIRED_ON - timedelta(days=1)) == old
    assert world.ground(RETIRED_ON + timedelta(days=60)) == new
    for ground in (old, new):
        day = date.fromisoformat(ground["as_of"])
        assert world.ground(day) == ground


def test_approximate_boundaries_are_told_of_in_data_legend_and_card(
    changed: tuple[Services, str, str],
) -> None:
    services, gone, vague = changed
    query = Query(as_of=RETIRED_ON)
    told = orjson.loads(services.situation.areas_geojson("zh", as_of=RETIRED_ON))["features"]
    marked = [f["properties"]["code"] for f in told if f["properties"].get("approximate")]
    assert marked == [vague]
    colouring = services.situation.colouring("three_zero", query, "zh")
    assert "近似边界" in str(legend_steps(colouring, "zh"))
    plain = colouring | {"approximate": False}
    assert "近似边界" not in str(legend_steps(plain, "zh"))
    assert "Approximate" in services.cards.area(vague, query, "en")["boundary"]
    assert services.cards.area(gone, query, "en")["boundary"] == ""


def test_the_card_of_a_retired_area_can_still_be_opened(
    changed: tuple[Services, str, str],
) -> None:
    services, gone, _ = changed
    card = services.cards.area(gone, Query(as_of=services.world.as_of), "zh")
    assert card["code"] == gone
