"""Services over the made-up county: answers checked by a second way of counting."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pytest

from dashboard.services.incidents import counted
from dashboard.services.query import Query
from dashboard.settings import Settings
from dashboard.wiring import build_services
from geo.errors import SanlingError, UsageError
from models.patterns.hotspots import find_hotspots
from models.risk_incidents import risk_incidents

if TYPE_CHECKING:
    from dashboard.services.composition import Services

LAST_DAY = date(2026, 6, 30)
ZONE = ZoneInfo("Asia/Shanghai")
STREAMS = ("case", "accident", "petition")


@pytest.fixture(scope="module")
def county(demo_db: str) -> Services:
    return build_services(Settings(db=demo_db))


@pytest.fixture(scope="module")
def query(county: Services) -> Query:
    return Query(as_of=county.world.as_of)


def test_the_county_speaks_of_its_own_last_day(county: Services) -> None:
    assert county.world.today == county.world.as_of == LAST_DAY
    start = county.situation.start("en")
    assert start["is_demo"]
    assert start["months"][-1] == "2026-06"
    assert len(start["months"]) == 72


def test_areas_and_their_values_stand_in_the_same_order(county: Services, query: Query) -> None:
    features = orjson.loads(county.situation.areas_geojson("en", as_of=county.world.as_of))[
        "features"
    ]
    codes = [feature["properties"]["code"] for feature in features]
    assert [feature["id"] for feature in features] == list(range(288))
    assert codes == sorted(codes)
    table = county.situation.table(query, "en")
    assert [row["code"] for row in table] == codes


@pytest.mark.parametrize("colour", ["three_zero", "zero_case", "zero_petition", "risk_case"])
def test_the_newest_month_of_the_stepper_is_what_the_map_shows(
    county: Services, query: Query, colour: str
) -> None:
    import base64

    shown = base64.b64decode(str(county.situation.colouring(colour, query, "zh")["values"]))
    series = np.frombuffer(county.situation.series(colour, query), dtype=np.uint8)
    assert series.reshape(-1, 288)[-1].tobytes() == shown
    ramp = county.situation.colouring(colour, query, "zh")["ramp"]
    assert isinstance(ramp, list)
    assert set(shown) <= {step["value"] for step in ramp} | {255}


def test_three_zeros_are_as_grave_as_the_gravest_of_them(county: Services) -> None:
    gravity = np.array([2, 1, 0, 3, 4])
    each = [gravity[county.board.monthly_codes(s, as_of=LAST_DAY)] for s in STREAMS]
    joined = gravity[county.board.monthly_codes("three_zero", as_of=LAST_DAY)]
    assert (joined == np.max(each, axis=0)).all()


def test_counts_of_the_filter_add_up_over_shifts_and_streams(
    county: Services, query: Query
) -> None:
    def incidents(**given: object) -> int:
        asked = Query.parse(
            {**query.params(), **{k: str(v) for k, v in given.items()}}, as_of=LAST_DAY
        )
        return int(str(county.situation.counts(asked, "en")[0]["value"]))

    assert incidents(stream="case") + incidents(stream="accident") == incidents()
    shifts = [incidents(hours=h) for h in ("0-8", "8-16", "16-24")]
    known = incidents(hours="0-24")
    assert sum(shifts) == known <= incidents()
    assert incidents(days=30) + 0 <= incidents(days=90)


def test_the_table_counts_what_a_plain_loop_counts(county: Services, query: Query) -> None:
    first = LAST_DAY - timedelta(days=89)
    by_area: dict[str, int] = {}
    for row in county.world.snapshot().incidents.to_dict("records"):
        day = row["occurred_from"].astimezone(ZONE).date()
        if row["review"] not in ("rejected", "duplicate") and first <= day <= LAST_DAY:
            by_area[row["area_code"]] = by_area.get(row["area_code"], 0) + 1
    table = county.situation.table(query, "en")
    assert {row["code"]: row["incidents"] for row in table if row["incidents"]} == by_area


def test_no_withheld_incident_is_ever_a_point(county: Services) -> None:
    query = Query(as_of=LAST_DAY, days=2000)
    snapshot = county.world.snapshot()
    withheld = set(snapshot.incidents.index[snapshot.incidents["loc_precision"] != "point"])
    assert withheld
    features = county.overlays.features("incidents", query, "en")
    assert "id" not in features or not withheld & set(features["id"].dropna())


def test_hotspots_are_numbered_by_what_is_expected_and_never_without_their_backtest(
    county: Services, query: Query
) -> None:
    rows = county.hotspots.rows(query, "en")
    assert len(rows) >= 5
    expected = [float(row["expected"]) for row in rows]
    assert expected == sorted(expected, reverse=True)
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    card = county.hotspots.card(rows[0]["hotspot_id"], query, "en")
    assert "last year" in card["tested"]
    assert card["tested"] == county.hotspots.line(query, "en")
    with pytest.raises(SanlingError):
        county.hotspots.card("nowhere", query, "en")


def test_hotspots_do_not_move_with_what_is_told_during_the_day(county: Services) -> None:
    morning = county.world.start_of(LAST_DAY)
    query = Query(as_of=LAST_DAY)
    known = county.world.snapshot(morning)
    assert len(known.incidents) < len(county.world.snapshot().incidents)
    found = county.hotspots.find(query)
    points = risk_incidents(counted(known.incidents), crs=county.world.metric_crs, zone=ZONE)
    grid, ground = county.hotspots._ground(known)
    again = find_hotspots(points, grid, ground, as_of=LAST_DAY)
    assert found.frame["hotspot_id"].tolist() == again.frame["hotspot_id"].tolist()
    assert found.frame["expected"].tolist() == again.frame["expected"].tolist()


def test_a_plan_is_a_draft_that_visits_or_excuses_every_hotspot(
    county: Services, query: Query
) -> None:
    plan = county.patrol.tonight(2, query, "en")
    visited = {stop["post"] for unit in plan["units"] for stop in unit["stops"]}
    left_out = {row["post"] for row in plan["not_visited"]}
    assert "DRAFT" in plan["draft"]
    assert not visited & left_out
    assert len(visited | left_out) == len(county.hotspots.rows(query, "en"))
    assert all(row["sentence"] for row in plan["not_visited"])


def test_the_plans_files_hold_the_plan_and_say_draft(county: Services, query: Query) -> None:
    plan = county.patrol.tonight(2, query, "en")
    stops = sum(len(unit["stops"]) for unit in plan["units"])
    _, _, body = county.patrol.export("csv", 2, query, "en")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == stops
    assert all("DRAFT" in row["status"] for row in rows)
    _, _, gpx = county.patrol.export("gpx", 2, query, "en")
    root = ET.fromstring(gpx)  # noqa: S314  our own file
    assert sum(1 for e in root.iter() if e.tag.endswith("}wpt")) == stops
    west, south, east, north = county.situation.start("en")["bounds"]
    for point in root.iter():
        if point.tag.endswith("}wpt"):
            assert west <= float(point.attrib["lon"]) <= east
            assert south <= float(point.attrib["lat"]) <= north
    with pytest.raises(UsageError):
        county.patrol.export("docx", 2, query, "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_areas_card_can_be_told_in_both_languages(
    county: Services, query: Query, lang: str
) -> None:
    for row in county.situation.table(query, lang)[::40]:
        card = county.cards.area(row["code"], query, lang)
        assert [zero["stream"] for zero in card["zeros"]] == list(STREAMS)
        assert len(card["ribbon"]["months"]) == 24
        assert {zero["status"] for zero in card["zeros"]} == {row[s] for s in STREAMS} or all(
            zero["status"] == row[zero["stream"]] for zero in card["zeros"]
        )


def test_the_wall_shows_places_by_code_and_hotspots_by_expected_count(county: Services) -> None:
    state = county.wall.state("en")
    for part in state["ribbon"].values():
        codes = [row["code"] for row in part["rows"]]
        assert codes == sorted(codes)
        assert len(codes) == 13
    ranks = [row["rank"] for row in state["hotspots"]]
    assert ranks == sorted(ranks)
    for rate in state["rates"]:
        zero, assessed = (int(n) for n in rate["n_text"].split("/"))
        assert rate["rate"] == pytest.approx(zero / assessed)


def test_an_exported_table_names_its_rulebook_and_both_times(county: Services) -> None:
    name, _, body = county.zero.export("csv", "area", "month", "en")
    lines = body.decode("utf-8-sig").splitlines()
    assert name == "zero_status_2026-06.csv"
    assert "shanxi-2020" in lines[0]
    assert "as of 2026-06-30" in lines[0]
    assert len(lines) == 2 + 288


def test_an_exported_workbook_holds_every_subject(county: Services) -> None:
    from openpyxl import load_workbook

    _, _, body = county.zero.export("xlsx", "subject", "month", "zh")
    sheet = load_workbook(io.BytesIO(body), read_only=True).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) - 3 == len(county.zero.rows("subject", "month", "zh"))


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless() -> None:
    from dashboard.services.tables import neutral_cell

    assert [neutral_cell(v) for v in ("=1+1", "@x", "-2", "", 5, "村")] == [
        "'=1+1",
        "'@x",
        "'-2",
        "",
        5,
        "村",
    ]


def test_what_nobody_knows_is_answered_with_a_sentence(county: Services, query: Query) -> None:
    for ask in (
        lambda: county.cards.area("000", query, "zh"),
        lambda: county.cards.unit("nobody", "zh"),
        lambda: county.cards.camera("none", "zh"),
        lambda: county.overlays.geojson("petitions", query, "zh"),
        lambda: county.patrol.plan(0, query),
    ):
        with pytest.raises(SanlingError) as refusal:
            ask()
        assert refusal.value.text("zh") != refusal.value.text("en")
