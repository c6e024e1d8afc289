"""The app: nothing from outside, errors as sentences, choices that are remembered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.context import language
from geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash import Dash
    from flask.testing import FlaskClient


def test_the_page_asks_no_other_server_for_anything(client: FlaskClient) -> None:
    page = client.get("/").text
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)


def test_the_browser_is_told_to_refuse_other_servers(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")
    assert "http" not in policy


def test_debug_tools_and_outside_agents_stay_off(app: Dash) -> None:
    assert app.server.debug is False
    assert app.config.serve_locally
    assert not any("mcp" in rule.rule for rule in app.server.url_map.iter_rules())


@pytest.mark.parametrize(("lang", "tag"), [("zh", 'lang="zh-CN"'), ("en", 'lang="en"')])
def test_the_document_names_its_language(client: FlaskClient, lang: str, tag: str) -> None:
    client.set_cookie("sanling-language", lang)
    assert tag in client.get("/").text


def test_a_chosen_language_is_remembered_and_leads_back(client: FlaskClient) -> None:
    answer = client.get("/set/language/en?next=/zero-status")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/zero-status")
    assert 'lang="en"' in client.get("/").text


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_choice_never_leads_to_another_server(client: FlaskClient, path: str) -> None:
    answer = client.get("/set/theme/light", query_string={"next": path})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/set/language/fr", "/set/mood/blue"])
def test_an_unknown_choice_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_cookie_nobody_set_counts_as_chinese(in_request: Callable[..., Any]) -> None:
    assert in_request(language, lang="klingon") == "zh"


def test_an_error_in_a_callback_reaches_the_reader_as_its_sentence(
    app: Dash, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard import factory

    def refuse(*_: Any) -> Any:
        raise UsageError("Choose fewer crews.", "请减少巡逻组数。")

    shown: dict[str, Any] = {}
    monkeypatch.setattr(factory, "set_props", lambda place, props: shown.update({place: props}))
    with app.server.test_request_context("/"):
        factory.show_error(UsageError("Choose fewer crews.", "请减少巡逻组数。"))
    assert shown["shell-notice"]["children"].children == "请减少巡逻组数。"


def test_a_defect_is_logged_and_not_shown(
    app: Dash, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from dashboard import factory

    shown: dict[str, Any] = {}
    monkeypatch.setattr(factory, "set_props", lambda place, props: shown.update({place: props}))
    with app.server.test_request_context("/"):
        factory.show_error(KeyError("secret"))
    assert "secret" not in shown["shell-notice"]["children"].children
    assert "secret" in caplog.text
