"""What the map fetches: the filter reaches it, known answers are not sent twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import SimpleNamespace

    from flask.testing import FlaskClient

CACHED = [
    "/map/areas.geojson",
    "/map/overlay/incidents.geojson?stream=case",
    "/map/series/three_zero.bin",
]


@pytest.mark.parametrize("path", CACHED)
def test_an_answer_already_known_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert again.data == b""


@pytest.mark.parametrize("path", CACHED)
def test_a_new_fact_makes_a_known_answer_old(
    client: FlaskClient, services: SimpleNamespace, path: str
) -> None:
    etag = client.get(path).headers["ETag"]
    services.world.store.watermark += 1
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_the_same_address_in_another_language_is_another_answer(client: FlaskClient) -> None:
    chinese = client.get(CACHED[1]).headers["ETag"]
    client.set_cookie("sanling-language", "en")
    assert client.get(CACHED[1]).headers["ETag"] != chinese


def test_large_answers_are_packed(client: FlaskClient) -> None:
    answer = client.get(CACHED[0], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_an_unknown_layer_is_answered_with_one_sentence_in_the_reader_s_language(
    client: FlaskClient,
) -> None:
    answer = client.get("/map/overlay/nothing.geojson")
    assert (answer.status_code, answer.text) == (400, "没有图层 nothing。")
    client.set_cookie("sanling-language", "en")
    assert client.get("/map/overlay/nothing.geojson").text == "There is no layer nothing."


def test_an_unreadable_filter_is_answered_with_one_sentence(client: FlaskClient) -> None:
    answer = client.get("/map/overlay/incidents.geojson?days=many")
    assert answer.status_code == 400
    assert "重置筛选栏" in answer.text


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/patrol.gpx?crews=3", b"3"),
        ("/patrol.csv", b"2"),
        ("/zero.csv?by=subject&window=year", b"subject,year"),
        ("/zero.xlsx", b"area,month"),
        ("/briefing.html?colour=risk_case&stream=case", b"risk_case,case"),
    ],
)
def test_a_file_to_keep_answers_the_question_in_its_address(
    client: FlaskClient, path: str, content: bytes
) -> None:
    answer = client.get(path)
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_pulse_changes_with_the_ledger_and_with_the_day(
    client: FlaskClient, services: SimpleNamespace
) -> None:
    one = (client.get("/pulse").json or {})["mark"]
    services.world.store.watermark += 1
    two = (client.get("/pulse").json or {})["mark"]
    services.world.as_of = services.world.as_of.replace(month=7, day=1)
    three = (client.get("/pulse").json or {})["mark"]
    assert len({one, two, three}) == 3
