"""Hazards and Mediation: the figures, the lists, who may see them, and that no place gets out."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from argon2 import PasswordHasher

from dashboard.access import LOCAL, Actor, Role
from dashboard.factory import create_app
from dashboard.login import Gate
from dashboard.services.composition import Services
from dashboard.services.directory import Directory
from dashboard.services.people import People
from dashboard.wiring import LEAFLET, clock_of, utc_now
from geo.errors import AccessError, UsageError
from geo.schemas import conform
from geo.store import Store
from geo.store.access_book import AccessBook
from geo.vocabulary import Entity
from tests.dashboard.test_cli import answer, sanling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

LANGS = ("zh", "en")
PLACES = ("lon", "lat", "geometry", "113.", "point", "bounds")


@pytest.fixture(scope="module")
def county(demo_db: str) -> Iterator[Store]:
    with Store.open(demo_db, create=False) as store:
        yield store


def services_for(store: Store, *roles: Role, scope: str = "") -> Services:
    actor = Actor.of("x", frozenset(roles), scope) if roles else LOCAL
    return Services.over(store, clock=clock_of(store), leaflet=LEAFLET, actor=actor)


@pytest.fixture(scope="module")
def services(county: Store) -> Services:
    return services_for(county)


@pytest.fixture(scope="module")
def town(county: Store) -> str:
    areas = county.snapshot().areas
    return str(areas.index[areas["level"] == "township"][0])


# ---- the published figures ------------------------------------------------------------------


def test_a1_hazards_on_site_and_rectified_by_the_service_and_by_the_command(
    services: Services, demo_db: str
) -> None:
    figures = services.hazards.figures()
    told: Any = answer("hazards", db=demo_db)["figures"]
    for each in (figures, told):
        assert (each["hazards"], each["on_site"], each["deadline"]) == (3186, 3165, 21)
        assert (each["major"], each["major_open"], each["open"]) == (3, 3, 21)
        assert each["on_site_rate"]["text"] == "99.34 % (3165/3186)"
        assert each["rectified_rate"]["text"] == "99.34 % (3165/3186)"
        assert each["as_of"] == "2026-06-30"


def test_a4_mediated_by_the_mobile_station_and_come_back_by_the_service_and_by_the_command(
    services: Services, demo_db: str
) -> None:
    told: Any = answer("mediation", db=demo_db)
    for each in (services.mediation.figures(), told):
        assert each["disputes"]["mobile_share"]["text"] == "88.29 % (98/111)"
        assert each["disputes"]["relapse_rate"]["text"] == "0.00 % (0/111)"


DAY0 = date(2026, 1, 1)


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a store with petitions resolved on day 59, 60, 61, and one left out with approval."""
    url = f"sqlite:///{tmp_path_factory.mktemp('clocks')}/clocks.db"
    now = utc_now()
    exempt = {
        "requires_higher_authority": True,
        "exemption_reason": "province decides",
        "exemption_proposer": "town",
        "exemption_approver": "county",
    }
    rows: list[dict[str, Any]] = [
        {"closed_on": DAY0 + timedelta(days=day), "outcome": "resolved"} for day in (59, 60, 61)
    ]
    rows += [exempt, {"closed_on": DAY0 + timedelta(days=9), "outcome": "unresolved"}]
    with Store.open(url) as store:
        store.set_meta(metric_crs="EPSG:4547", time_zone="Asia/Shanghai", rulebook="shanxi-2020")
        with store.batch(
            Entity.AREA, source="t", content_hash="0" * 64, recipe=None, actor="t", recorded_at=now
        ) as batch:
            batch.append(Entity.AREA, areas_of("v1"))
            batch.append(Entity.PETITION, petitions_of(rows))
    return url


def areas_of(code: str) -> Any:
    import geopandas as gpd
    import shapely

    frame = gpd.GeoDataFrame(
        {"area_code": [code], "level": ["village"], "name": ["=甲村"]},
        geometry=[shapely.box(113, 38, 113.1, 38.1)],
        crs="EPSG:4326",
    )
    return conform(frame, "area")


def petitions_of(rows: list[dict[str, Any]]) -> Any:
    import pandas as pd

    base = {"area_code": "v1", "accepted_on": DAY0.isoformat(), "topic": "land", "channel": "visit"}
    frame = pd.DataFrame(
        [
            {"petition_id": f"P{n}", **base, **{k: str(v) if isinstance(v, date) else v
                                               for k, v in row.items()}}
            for n, row in enumerate(rows, 1)
        ]
    )  # fmt: skip
    return conform(frame, "petition")


def states(url: str, day: date) -> dict[str, str]:
    with Store.open(url, create=False) as store:
        rows = services_for(store).mediation.rows("en", shown="all", as_of=day)
    return {row["matter"]: row["state"] for row in rows}


def test_a12_day_59_and_60_keep_and_day_61_breaks_by_the_service_and_by_the_command(
    clocks: str,
) -> None:
    end = DAY0 + timedelta(days=61)
    kept = {"P1": "resolved", "P2": "resolved", "P3": "resolved_late"}
    assert {k: v for k, v in states(clocks, end).items() if k in kept} == kept
    assert states(clocks, DAY0 + timedelta(days=60))["P3"] == "open"
    told: Any = answer("mediation", "--as-of", end.isoformat(), db=clocks)["petitions"]
    assert (told["resolved"], told["resolved_late"], told["registered"]) == (3, 1, 5)


def test_closed_and_resolved_are_counted_apart(clocks: str) -> None:
    told: Any = answer("mediation", "--as-of", "2026-03-10", db=clocks)["petitions"]
    assert (told["closed"], told["resolved"], told["closed_unresolved"]) == (4, 3, 1)
    assert told["overdue"] == 1


def test_a13_an_approved_higher_authority_matter_is_left_out_and_listed_without_names(
    clocks: str,
) -> None:
    told: Any = answer("mediation", "--as-of", "2026-06-01", db=clocks)["petitions"]
    assert told["excluded"] == 1
    with Store.open(clocks, create=False) as store:
        mediation = services_for(store).mediation
        listed = mediation.exclusions("en")
        use = mediation.exemption_use("en")
    assert [(row["petition_id"], row["verdict"]) for row in listed] == [("P4", "approved")]
    assert not {"proposer", "approver"} & listed[0].keys()
    assert [(row["matters"], row["flagged"], row["excluded"]) for row in use] == [(5, 1, 1)]


# ---- the lists ------------------------------------------------------------------------------


def test_late_work_comes_first_by_due_date_and_not_by_area(services: Services) -> None:
    for rows in (services.hazards.rows("zh"), services.mediation.rows("zh")):
        late = [row["due_on"] for row in rows if row["state"] == "overdue"]
        assert late == sorted(late)
        assert len(late) > 3
        assert [row["state"] for row in rows[: len(late)]] == ["overdue"] * len(late)
        assert {row["state"] for row in rows} == {"overdue", "open"}
        assert all(row["days_left"] < 0 for row in rows[: len(late)])


def test_everything_is_listed_when_asked_for(services: Services) -> None:
    assert len(services.hazards.rows("en", shown="all")) == 3186
    figures = services.mediation.figures()
    rows = services.mediation.rows("en", shown="all")
    assert len(rows) == figures["petitions"]["registered"] + figures["disputes"]["requested"]


def test_a_past_day_knows_nothing_of_what_was_closed_later(services: Services) -> None:
    before = date(2026, 3, 1)
    rows = services.mediation.rows("en", as_of=before)
    figures = services.mediation.figures(as_of=before)
    petitions, disputes = figures["petitions"], figures["disputes"]
    assert len(rows) == petitions["open"] + petitions["overdue"] + disputes["in_hand"]
    assert services.hazards.figures(as_of=before)["hazards"] < 3186


def test_counts_by_area_come_in_the_order_of_codes_and_add_up(services: Services) -> None:
    counted = services.mediation.by_area("zh")
    codes = [row["area_code"] for row in counted]
    assert codes == sorted(codes)
    total = sum(row["petitions"] + row["disputes"] for row in counted)
    assert total == len(services.mediation.rows("zh"))


@pytest.mark.parametrize("lang", LANGS)
def test_a_history_tells_what_happened_was_recorded_and_known(
    services: Services, lang: str
) -> None:
    row = services.mediation.rows(lang)[4]
    told = services.mediation.history(row["kind"], row["matter"], lang)
    assert len(told["history"]) >= 4
    assert all(line["happened"] and line["recorded"] and line["known"] for line in told["history"])
    assert ("默认步骤" if lang == "zh" else "default") in told["note"]
    assert "staff-" not in json.dumps(told, ensure_ascii=False)
    hazard = services.hazards.rows(lang)[0]["hazard_id"]
    assert services.hazards.history(hazard, lang)["history"]
    with pytest.raises(UsageError):
        services.mediation.history("petition", "nothing", lang)


@pytest.fixture
def writable(demo_copy: str) -> Iterator[Store]:
    with Store.open(demo_copy, create=False) as store:
        yield store


def test_a_mediator_leads_a_dispute_to_its_end_and_the_list_lets_it_go(writable: Store) -> None:
    own = services_for(writable, Role.MEDIATOR).mediation
    row = next(r for r in own.rows("en") if r["kind"] == "dispute" and r["step_label"] != "–")
    key, before = row["matter"], own.figures()["disputes"]["in_hand"]
    steps = [offered["value"] for offered in own.next_steps("dispute", key, "en")["steps"]]
    assert "withdrawn" in steps
    with pytest.raises(UsageError, match="may not follow"):
        own.lead_on("dispute", key, "requested", post="police_station")
    with pytest.raises(UsageError, match="Choose"):
        own.lead_on("dispute", key, "", post="police_station")
    own.lead_on("dispute", key, "withdrawn", post="police_station", reference="调〔2026〕1号")
    assert own.figures()["disputes"]["in_hand"] == before - 1
    assert own.next_steps("dispute", key, "en")["steps"] == []
    told = own.history("dispute", key, "zh")
    assert ("已撤回", "派出所调解岗", "调〔2026〕1号") in [
        (line["what"], line["post"], line["document"]) for line in told["history"]
    ]
    assert writable.verify().ok


def test_a_mediator_of_a_town_leads_on_nothing_of_another_one(writable: Store, town: str) -> None:
    strange = next(
        row for row in services_for(writable).mediation.rows("en")
        if row["area_code"][: len(town)] != town
    )  # fmt: skip
    own = services_for(writable, Role.MEDIATOR, scope=town).mediation
    before = writable.watermark
    with pytest.raises(UsageError, match="in your area"):
        own.lead_on(strange["kind"], strange["matter"], "handle", post="township_office")
    with pytest.raises(AccessError):
        services_for(writable, Role.REPORTER).mediation.lead_on(
            strange["kind"], strange["matter"], "handle", post="township_office"
        )
    assert writable.watermark == before


# ---- guardrails -----------------------------------------------------------------------------


def test_nothing_that_mediation_says_has_a_place_nearer_than_an_area(services: Services) -> None:
    mediation = services.mediation
    said = [mediation.rows("en", shown="all"), mediation.by_area("en"), mediation.figures(),
            mediation.exclusions("en"), mediation.series()]  # fmt: skip
    keys = {key for part in said for row in (part if isinstance(part, list) else [part])
            for key in row}  # fmt: skip
    assert not {key for key in keys for word in PLACES if word in key}
    assert not {"name", "party", "petitioner", "approver", "proposer"} & keys


def test_the_map_has_no_layer_of_petitions_disputes_or_their_steps(services: Services) -> None:
    from dashboard.services.query import Query

    query = Query(as_of=services.world.as_of)
    for layer in ("petitions", "disputes", "mediation", "steps"):
        with pytest.raises(UsageError):
            services.overlays.geojson(layer, query, "en")


def test_a_mediator_of_a_town_sees_the_matters_of_that_town_alone(
    county: Store, town: str, services: Services
) -> None:
    own = services_for(county, Role.MEDIATOR, scope=town)
    rows = own.mediation.rows("en")
    assert rows
    assert {row["area_code"][: len(town)] for row in rows} == {town}
    strange = next(
        row for row in services.mediation.rows("en") if row["area_code"][: len(town)] != town
    )
    with pytest.raises(UsageError, match="in your area"):
        own.mediation.history(strange["kind"], strange["matter"], "en")


def test_a_file_needs_the_right_to_mediate_and_the_right_to_take_away(county: Store) -> None:
    for role in (Role.MEDIATOR, Role.PLANNER, Role.VIEWER):
        with pytest.raises(AccessError):
            services_for(county, role).mediation.export("csv", "zh")
    assert services_for(county, Role.ASSESSOR).mediation.export("csv", "zh")[2]


def test_no_cell_of_a_file_is_run_by_a_spreadsheet(clocks: str) -> None:
    with Store.open(clocks, create=False) as store:
        services = services_for(store)
        _, kind, csv = services.mediation.export("csv", "en", shown="all")
        _, _, xlsx = services.mediation.export("xlsx", "en", shown="all")
    assert kind.startswith("text/csv")
    assert "'=甲村" in csv.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).active
    assert sheet is not None
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "'=甲村" in cells
    assert not [cell for cell in cells if cell.startswith("=")]


def test_an_empty_store_says_so_and_divides_by_nothing(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/empty.db") as store:
        services = services_for(store)
        assert services.hazards.rows("zh") == []
        assert services.hazards.figures()["on_site_rate"]["text"] == "–"
        assert services.mediation.rows("zh") == []
        assert services.mediation.figures()["disputes"]["mobile_share"]["text"] == "–"
        assert services.mediation.by_area("zh") == []
        assert services.mediation.exclusions("zh") == []


def test_a_wrong_window_is_one_sentence(demo_db: str) -> None:
    done = sanling("hazards", "--window", "century", db=demo_db)
    assert done.returncode == 2
    assert "last12, year, all" in done.stderr


# ---- who looks ------------------------------------------------------------------------------


@pytest.fixture
def people(tmp_path: Path) -> People:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return People(AccessBook(tmp_path / "access.db"), utc_now, hasher=cheap)


@pytest.fixture
def client(county: Store, people: People) -> FlaskClient:
    def make(actor: Actor) -> Services:
        return Services.over(county, clock=clock_of(county), leaflet=LEAFLET, actor=actor)

    directory = Directory(make)
    gate = Gate(people=people, directory=directory, is_demo=True, secret=b"s" * 32)
    found: FlaskClient = create_app(directory.of(LOCAL), gate=gate).server.test_client()
    return found


def opened(client: FlaskClient, path: str) -> str:
    """Ask for a page as Dash's router does; give what came."""
    asked = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": path},
            {"id": "_pages_location", "property": "search", "value": ""},
        ],
        "state": [],
        "changedPropIds": ["_pages_location.pathname"],
    }
    answered = client.post("/_dash-update-component", json=asked)
    assert answered.status_code == 200, answered.text
    return str(answered.text.encode().decode("unicode_escape", errors="ignore"))


def test_every_look_is_logged_and_who_may_not_is_told_so(
    client: FlaskClient, people: People
) -> None:
    client.post("/login/as/mediator")
    assert "mediation-table" in opened(client, "/mediation")
    client.post("/login/as/planner")
    page = opened(client, "/mediation")
    assert "mediation-table" not in page
    assert '"/mediation"' not in page
    deeds = [(entry.actor, entry.deed, entry.about) for entry in people.logged(LOCAL)]
    assert ("demo:mediator", "looked at", "/mediation") in deeds
    assert ("demo:planner", "refused", "/mediation") in deeds


def test_a_file_taken_away_is_logged(client: FlaskClient, people: People) -> None:
    client.post("/login/as/assessor")
    assert client.get("/mediation.csv").status_code == 200
    client.post("/login/as/mediator")
    assert client.get("/mediation.csv").status_code == 400
    deeds = [(entry.actor, entry.deed) for entry in people.logged(LOCAL)]
    assert deeds.count(("demo:assessor", "took away")) == 1
    assert ("demo:mediator", "took away") not in deeds
