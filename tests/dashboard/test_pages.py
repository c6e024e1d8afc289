"""Pages: importing does nothing, layouts stand in both languages, callbacks fit them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import dash
import pytest
from dash import no_update

from dashboard.components.situation_frame import LIST
from dashboard.factory import document, page_modules
from dashboard.pages import situation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import SimpleNamespace

    from dash import Dash
    from dash.development.base_component import Component
    from flask.testing import FlaskClient

MARK = "7.2026-06-30"


def every_part(component: Any) -> Iterator[Component]:
    """Walk a layout: children first-hand and inside other component props."""
    if isinstance(component, list | tuple):
        for part in component:
            yield from every_part(part)
    elif hasattr(component, "to_plotly_json"):
        yield component
        for value in component.to_plotly_json()["props"].values():
            yield from every_part(value)


def ids_in(component: Any) -> list[Any]:
    return [part.id for part in every_part(component) if getattr(part, "id", None) is not None]


def text_in(component: Any) -> str:
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(map(text_in, component))
    return text_in(getattr(component, "children", None) or "")


def classes_in(component: Any) -> set[str]:
    parts = every_part(component)
    return {name for part in parts for name in (getattr(part, "className", None) or "").split()}


def test_importing_a_page_does_nothing() -> None:
    code = (
        "import dash, dashboard.factory, dashboard.pages.situation; "
        "from dash._callback import GLOBAL_CALLBACK_LIST as known; "
        "assert not known and not dash.page_registry"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_has_a_layout_in_both_languages(
    app: Dash, in_request: Callable[..., Any], lang: str
) -> None:
    for module in page_modules():
        if module.__name__ in BUILT_ON_THE_FAKE:
            assert in_request(module.layout, lang=lang)


BUILT_ON_THE_FAKE = ("dashboard.pages.situation",)


def test_the_ids_of_a_layout_are_unique(app: Dash, in_request: Callable[..., Any]) -> None:
    ids = [json.dumps(found, sort_keys=True) for found in ids_in(in_request(situation.layout))]
    assert len(ids) == len(set(ids))


def test_every_situation_callback_names_ids_that_stand_in_its_layout(
    app: Dash, client: FlaskClient, in_request: Callable[..., Any]
) -> None:
    known = set(map(str, ids_in(in_request(situation.layout)) + ids_in(in_request(document))))
    wanted = [
        place["id"]
        for callback in client.get("/_dash-dependencies").json or []
        for place in [*callback["inputs"], *callback["state"], *outputs_of(callback["output"])]
    ]
    plain = {found for found in wanted if found.startswith("situation-")}
    assert plain
    assert plain <= known


def outputs_of(text: str) -> list[dict[str, str]]:
    parts = text.strip(".").split("...")
    return [{"id": part.rsplit(".", 1)[0]} for part in parts]


def test_the_navigation_leads_to_every_page(app: Dash, in_request: Callable[..., Any]) -> None:
    layout = in_request(situation.layout)
    links = [part for part in every_part(layout) if "nav-link" in getattr(part, "className", "")]
    hrefs = {link.href for link in links}
    assert {page["relative_path"] for page in dash.page_registry.values()} <= hrefs


def test_a_made_up_county_says_so_on_the_page(in_request: Callable[..., Any]) -> None:
    assert "虚构示例县" in text_in(in_request(situation.layout))
    assert "Made-up county" in text_in(in_request(situation.layout, lang="en"))


def test_the_header_names_the_day_and_the_moment_of_knowledge(
    in_request: Callable[..., Any],
) -> None:
    text = text_in(in_request(situation.layout, lang="en"))
    assert "As of 2026-06-30" in text
    assert "Known at 2026-06-30 18:37" in text


def test_two_dates_take_the_place_of_the_days_back(in_request: Callable[..., Any]) -> None:
    params = in_request(
        situation.read_filters, "case", ["theft"], "90", ["2026-05-01", "2026-05-31"], "22-6"
    )
    assert params == {
        "as_of": "2026-05-31",
        "days": "31",
        "stream": "case",
        "categories": "theft",
        "hours": "22-6",
    }


def test_without_dates_the_question_goes_on_speaking_of_today(
    in_request: Callable[..., Any],
) -> None:
    params = in_request(situation.read_filters, "all", [], "28", [None, None], "all")
    assert (params["as_of"], params["days"], params["hours"]) == ("", "28", "")


def test_half_a_span_of_dates_asks_nothing_yet(in_request: Callable[..., Any]) -> None:
    answer = in_request(situation.read_filters, "all", [], "28", ["2026-05-01", None], "all")
    assert answer is no_update


def test_choosing_a_stream_drops_the_categories_of_the_other(
    in_request: Callable[..., Any],
) -> None:
    choices, kept = in_request(situation.offer_categories, "case", ["theft", "road"])
    assert kept == ["theft"]
    assert [group["items"][0]["value"] for group in choices] == ["theft"]


def test_the_question_reaches_the_colours_and_the_series(
    services: SimpleNamespace, in_request: Callable[..., Any]
) -> None:
    params = {"stream": "case", "days": "28"}
    answer = in_request(situation.colour_areas, "risk_case", params, MARK, ["2026-05", "2026-06"])
    asked = services.situation.asked[-1][2]
    assert (asked.stream, asked.days) == ("case", 28)
    assert answer[0] == {
        "url": "/map/areas.geojson?v=7", "parents": "/map/parents.geojson?v=7",
    }  # fmt: skip
    series = answer[3]
    assert (series["months"], series["n"]) == (2, 4)
    assert "stream=case" in series["url"]


def test_a_filter_moves_the_address_of_every_layer_but_the_ground(
    in_request: Callable[..., Any],
) -> None:
    def urls(params: dict[str, str]) -> dict[str, str]:
        laid, _ = in_request(situation.lay_over, ["hotspots"], 2, False, params, MARK)
        return {overlay["id"]: overlay["url"] for overlay in laid}

    one, other = urls({"stream": "all"}), urls({"stream": "case"})
    moved = {name for name in one if one[name] != other[name]}
    assert {"incidents", "hotspots", "route"} <= moved
    assert moved.isdisjoint({"roads", "rivers", "buildings"})


def test_a_map_seen_from_near_asks_for_finer_counts_of_incidents_alone(
    in_request: Callable[..., Any],
) -> None:
    far, _ = in_request(situation.lay_over, [], 2, False, {}, MARK)
    near, _ = in_request(situation.lay_over, [], 2, True, {}, MARK)
    moved = [a["id"] for a, b in zip(far, near, strict=True) if a["url"] != b["url"]]
    assert moved == ["incidents"]


def test_only_the_chosen_layers_are_visible(in_request: Callable[..., Any]) -> None:
    laid, names = in_request(situation.lay_over, ["cameras"], 2, False, {}, MARK)
    assert [overlay["id"] for overlay in laid if overlay["visible"]] == ["cameras"]
    assert names is False


def test_the_table_is_asked_for_only_when_open(in_request: Callable[..., Any]) -> None:
    assert in_request(situation.fill_table, True, {}, MARK) is no_update
    rows = in_request(situation.fill_table, False, {}, MARK)
    assert [row["code"] for row in rows] == ["010", "020", "030", "040"]
    assert rows[0]["case"].startswith("✕ ")


def test_an_area_card_tells_each_zero_in_symbol_and_word(in_request: Callable[..., Any]) -> None:
    card, patrol_hidden = in_request(situation.show_choice, {"kind": "area", "id": "010"}, {}, MARK)
    text = text_in(card)
    assert patrol_hidden
    assert "✕ broken" in text
    assert "● zero_verified" in text
    assert "此处 1 起属于单位" in text
    assert "situation-ribbon" in ids_in(card)


def test_a_hotspot_card_says_why_when_and_how_tested_and_offers_the_plan(
    in_request: Callable[..., Any],
) -> None:
    card, _ = in_request(situation.show_choice, {"kind": "hotspot", "id": "h-7"}, {}, MARK)
    text = text_in(card)
    assert "近 28 天 4 起" in text
    assert "周五 20–23时" in text
    assert "过去 6 期" in text
    assert {"type": "situation-plan", "from": "hotspot"} in ids_in(card)


def test_a_plan_is_marked_as_a_draft_and_names_who_is_left_out(
    in_request: Callable[..., Any],
) -> None:
    plan, crews = in_request(situation.show_plan, 3, {"kind": "patrol", "id": ""}, {"days": "28"})
    assert crews == 3
    assert "draft" in classes_in(plan)
    assert "时间不够。" in text_in(plan)
    links = {part.id: part.href for part in every_part(plan) if hasattr(part, "href")}
    assert links["situation-gpx"] == "/patrol.gpx?days=28&crews=3"


def test_no_plan_is_made_before_one_is_asked_for(in_request: Callable[..., Any]) -> None:
    answer = in_request(situation.show_plan, 3, LIST, {})
    assert answer == (no_update, no_update)


@pytest.mark.parametrize(
    ("layer", "properties", "chosen"),
    [
        ("areas", {"code": "010"}, {"kind": "area", "id": "010"}),
        ("hotspots", {}, {"kind": "hotspot", "id": "x"}),
        ("route", {}, {"kind": "hotspot", "id": "x"}),
        ("units", {}, {"kind": "unit", "id": "x"}),
        ("cameras", {}, {"kind": "camera", "id": "x"}),
        ("incidents", {}, None),
    ],
)
def test_a_click_on_the_map_chooses_what_has_a_card(
    layer: str, properties: dict[str, str], chosen: dict[str, str] | None
) -> None:
    click = {"layer": layer, "id": "x", "properties": properties}
    assert situation.choice_of_click(click) == chosen
