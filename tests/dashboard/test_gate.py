"""What a stranger, a town's reporter and another site's page may reach of a running app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher

from dashboard.access import LOCAL, Actor
from dashboard.factory import create_app
from dashboard.login import Gate
from dashboard.services.composition import Services
from dashboard.services.directory import Directory
from dashboard.services.people import People
from dashboard.wiring import LEAFLET, clock_of, utc_now
from geo.store import Store
from geo.store.access_book import AccessBook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"  # noqa: S105
PAGE = {"Accept": "text/html"}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="module")
def county(demo_db: str) -> Iterator[Store]:
    with Store.open(demo_db, create=False) as store:
        yield store


@pytest.fixture(scope="module")
def directory(county: Store) -> Directory:
    def make(actor: Actor) -> Services:
        return Services.over(county, clock=clock_of(county), leaflet=LEAFLET, actor=actor)

    return Directory(make)


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(AccessBook(tmp_path / "county.access.db"), utc_now, hasher=CHEAP)


@pytest.fixture
def client(directory: Directory, people: People) -> FlaskClient:
    return opened(directory, people)


def opened(directory: Directory, people: People, *, is_demo: bool = True) -> FlaskClient:
    gate = Gate(people=people, directory=directory, is_demo=is_demo, secret=b"s" * 32)
    found: FlaskClient = create_app(directory.of(LOCAL), gate=gate).server.test_client()
    return found


@pytest.fixture(scope="module")
def towns(county: Store) -> list[str]:
    areas = county.snapshot().areas
    return list(areas.index[areas["level"] == "township"][:2])


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD) -> TestResponse:
    return client.post("/login", data={"name": name, "password": password})


def with_reporter(people: People, town: str) -> None:
    people.add(LOCAL, "wang", password=PASSWORD, roles=["reporter"], scope=town)


# Who comes in


def test_before_the_first_account_the_machine_is_its_owners(client: FlaskClient) -> None:
    assert client.get("/pulse").status_code == 200


@pytest.mark.parametrize(
    "how",
    [
        {"environ_base": {"REMOTE_ADDR": "10.0.0.7"}},
        {"headers": {"X-Forwarded-For": "10.0.0.7"}},
        {"headers": {"Forwarded": "for=10.0.0.7"}},
    ],
)
def test_another_machine_has_to_sign_in_even_then(client: FlaskClient, how: dict[str, Any]) -> None:
    assert client.get("/pulse", **how).status_code == 401


def test_from_the_first_account_on_everybody_signs_in(client: FlaskClient, people: People) -> None:
    with_reporter(people, "")
    assert client.get("/pulse").status_code == 401
    sent = client.get("/zero?window=year", headers=PAGE)
    assert (sent.status_code, sent.headers["Location"]) == (
        302,
        "/login?next=/zero?window%3Dyear",
    )
    assert sign_in(client, "wang").status_code == 302
    assert client.get("/pulse").status_code == 200


@pytest.mark.parametrize("path", ["/login", "/assets/base.css", "/set/language/en"])
def test_a_stranger_reaches_the_page_to_sign_in_on(
    client: FlaskClient, people: People, path: str
) -> None:
    with_reporter(people, "")
    with client.get(path) as answer:
        assert answer.status_code in {200, 302}
        assert "/login" not in answer.headers.get("Location", "")


def test_a_wrong_password_is_a_sentence_and_no_session(client: FlaskClient, people: People) -> None:
    with_reporter(people, "")
    answer = sign_in(client, "wang", "wrong")
    assert answer.status_code == 403
    assert "密码错误" in answer.text
    assert client.get("/pulse").status_code == 401


def test_signing_out_ends_it_and_so_does_closing_the_account(
    client: FlaskClient, people: People
) -> None:
    with_reporter(people, "")
    sign_in(client, "wang")
    client.post("/logout")
    assert client.get("/pulse").status_code == 401
    sign_in(client, "wang")
    people.change(LOCAL, "wang", disabled=True)
    assert client.get("/pulse").status_code == 401


def test_the_session_cookie_stays_on_this_site(client: FlaskClient, people: People) -> None:
    with_reporter(people, "")
    cookie = sign_in(client, "wang").headers["Set-Cookie"]
    assert "SameSite=Strict" in cookie
    assert "HttpOnly" in cookie


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example"])
def test_signing_in_never_leads_to_another_site(
    client: FlaskClient, people: People, target: str
) -> None:
    with_reporter(people, "")
    answer = client.post(
        "/login", query_string={"next": target}, data={"name": "wang", "password": PASSWORD}
    )
    assert answer.headers["Location"] == "/"


def test_another_sites_page_can_write_nothing(client: FlaskClient) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/logout", headers=headers).status_code == 403
    own = {"Origin": "http://localhost"}
    assert client.post("/logout", headers=own).status_code == 302


def test_too_many_tries_from_one_address_are_stopped(client: FlaskClient, people: People) -> None:
    with_reporter(people, "")
    codes = [sign_in(client, f"guess{n}", "wrong").status_code for n in range(25)]
    assert codes[:20] == [403] * 20
    assert set(codes[20:]) == {429}


def test_one_click_signs_in_to_the_made_up_county_only_at_its_machine(
    directory: Directory, people: People
) -> None:
    client = opened(directory, people)
    assert client.post("/login/as/viewer").status_code == 302
    assert client.get("/zero.csv").status_code == 400  # a viewer takes no files away
    assert client.get("/pulse", headers={"Via": "proxy"}).status_code == 401
    for refused in (
        opened(directory, people).post("/login/as/viewer", headers={"X-Real-Ip": "10.0.0.7"}),
        opened(directory, people, is_demo=False).post("/login/as/viewer"),
        opened(directory, people).post("/login/as/king"),
    ):
        assert refused.status_code in {400, 401}


def test_the_first_administrator_comes_in_with_the_consoles_token(
    client: FlaskClient, people: People
) -> None:
    far = {"environ_base": {"REMOTE_ADDR": "10.0.0.7"}}
    form = {"name": "zhao", "password": PASSWORD}
    assert 'name="token"' in client.get("/login", **far).text
    assert client.post("/login", data={**form, "token": "guess"}, **far).status_code == 403
    assert people.is_single_user
    made = client.post("/login", data={**form, "token": people.first_token}, **far)
    assert made.status_code == 302
    assert client.get("/pulse", **far).status_code == 200


# What a town's reporter sees


def foreign_words(county: Store, town: str) -> set[str]:
    """Give codes and names of everything in the county that lies outside a town."""
    areas, units = county.snapshot().areas, county.snapshot().units
    inside = areas["path"].str.contains(f"/{town}/")
    outside = areas[~inside & (areas["level"].isin(["village", "community", "township"]))]
    elsewhere = units[~units["area_code"].isin(areas.index[inside])]
    return {*outside.index, *elsewhere.index}


READS = (
    "/map/areas.geojson",
    "/map/overlay/incidents.geojson?days=365",
    "/map/overlay/units.geojson",
    "/map/overlay/cameras.geojson",
    "/map/overlay/hotspots.geojson",
    "/zero.csv?by=subject&window=year",
)


@pytest.mark.parametrize("path", READS)
def test_a_towns_reporter_reads_and_exports_nothing_of_another_town(
    client: FlaskClient, people: People, county: Store, towns: list[str], path: str
) -> None:
    with_reporter(people, towns[0])
    sign_in(client, "wang")
    answer = client.get(path)
    assert answer.status_code == 200
    text = answer.text
    assert not {word for word in foreign_words(county, towns[0]) if f'"{word}"' in text}
    assert not {w for w in foreign_words(county, towns[0]) if f",{w}," in text}


def test_the_whole_county_is_in_what_its_owner_reads(client: FlaskClient, towns: list[str]) -> None:
    codes = {f["properties"]["code"] for f in json.loads(client.get(READS[0]).text)["features"]}
    assert len(codes) == 288
    assert {code[: len(town)] == town for code in codes for town in towns} == {True, False}


def test_a_crafted_question_about_another_town_finds_nothing(
    directory: Directory, county: Store, towns: list[str]
) -> None:
    from dashboard.services.query import Query

    own, other = towns
    services = directory.of(Actor("wang", LOCAL.permissions, own))
    query = Query(as_of=services.world.as_of)
    areas = county.snapshot().areas
    village = areas.index[areas["parent_code"] == other][0]
    assert services.situation.bounds_of(village) is None
    with pytest.raises(Exception, match=village):
        services.cards.area(village, query, "en")
