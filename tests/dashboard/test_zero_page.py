"""The Zero status page: rates in words, areas in the order of their codes, files to sign."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components import zero_controls, zero_rates, zero_table
from dashboard.factory import document
from dashboard.pages import zero_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import SimpleNamespace

    from dash import Dash
    from flask.testing import FlaskClient


def asked(window: str = "month", **more: str) -> dict[str, str]:
    """Give the page's question as its store holds it."""
    return {"view": "status", "window": window, "as_of": "", "known_at": "", "rulebook": "", **more}


def every_part(component: Any) -> Iterator[Any]:
    if isinstance(component, list | tuple):
        for part in component:
            yield from every_part(part)
    elif hasattr(component, "to_plotly_json"):
        yield component
        yield from every_part(getattr(component, "children", None))


def parts_of_class(component: Any, name: str) -> list[Any]:
    parts = every_part(component)
    return [part for part in parts if name in str(getattr(part, "className", "")).split()]


def ids_in(component: Any) -> list[Any]:
    return [part.id for part in every_part(component) if getattr(part, "id", None) is not None]


def text_in(component: Any) -> str:
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(map(text_in, component))
    return text_in(getattr(component, "children", None) or "")


def rate(group: str, stream: str = "case", **more: Any) -> dict[str, Any]:
    counts = {"zero": 4418, "assessed": 4419, "registered": 4419, "pending": 0, "not_assessed": 0}
    words = {"class_label": group, "stream_label": stream, "text": "99.98 % (4418/4419)"}
    aim = {"target": 0.9, "met": True, "target_text": "目标 90%", "range_text": "数据完整"}
    return {"class": group, "stream": stream, **words, **counts, **aim, **more}


# ---- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_has_a_layout_in_both_languages_with_ids_of_its_own(
    in_request: Callable[..., Any], lang: str
) -> None:
    ids = [json.dumps(found) for found in ids_in(in_request(zero_status.layout, lang=lang))]
    assert ids
    assert len(ids) == len(set(ids))


def test_every_callback_of_the_page_names_ids_that_stand_in_its_layout(
    client: FlaskClient, in_request: Callable[..., Any]
) -> None:
    known = set(map(str, ids_in(in_request(zero_status.layout)) + ids_in(in_request(document))))
    callbacks = client.get("/_dash-dependencies").json or []
    own = [found for found in callbacks if "zero-" in json.dumps(found)]
    asked = {place["id"] for found in own for place in [*found["inputs"], *found["state"]]}
    told = {
        place.rsplit(".", 1)[0]
        for found in own
        for place in found["output"].strip(".").split("...")
    }
    assert own
    assert asked | told <= known


def test_the_navigation_leads_to_the_page_between_situation_and_wall(
    app: Dash, in_request: Callable[..., Any]
) -> None:
    links = parts_of_class(in_request(zero_status.layout), "nav-link")
    places = [link.href for link in links]
    assert places.index("/") < places.index("/zero") < places.index("/wall")
    assert [link.href for link in links if "is-open" in link.className] == ["/zero"]


def test_an_address_opens_the_page_on_its_question_and_the_files_follow(
    app: Dash,
) -> None:
    with app.server.test_request_context("/"):
        layout = zero_status.layout(window="year", by="subject")
    values = {part.id: part for part in every_part(layout) if hasattr(part, "id")}
    assert (values["zero-window"].value, values["zero-by"].value) == ("year", "subject")
    assert values["zero-csv"].href == "/zero.csv?by=subject&window=year"


def test_an_address_that_asks_for_something_else_opens_the_first_choice(app: Dash) -> None:
    with app.server.test_request_context("/"):
        layout = zero_status.layout(window="century", by="person")
    values = {part.id: part for part in every_part(layout) if hasattr(part, "id")}
    assert (values["zero-window"].value, values["zero-by"].value) == ("month", "area")


# ---- rates ----------------------------------------------------------------------------------


def test_a_rate_is_printed_with_its_counts_its_target_and_its_bounds_in_words(
    in_request: Callable[..., Any],
) -> None:
    rates, caption = in_request(zero_status.show_rates, asked())
    case, accident, *_ = parts_of_class(rates, "rate-figure")
    assert text_in(case).split() == ["50.00", "%", "(1/2)", "▽", "未达标"]
    assert text_in(accident).split() == ["100.00", "%", "(3/3)", "✓", "达标"]
    assert "介于 25 % 与 75 % 之间" in text_in(rates)
    assert "目标 80%" in text_in(rates)
    assert "规则 shanxi-2020" in caption


def test_pending_and_unassessed_are_counted_beside_a_rate_each_with_symbol_and_word(
    in_request: Callable[..., Any],
) -> None:
    rates, _ = in_request(zero_status.show_rates, asked())
    case = parts_of_class(rates, "rate-bounds")[0]
    counts = parts_of_class(case, "rate-count")
    assert [part.title for part in counts] == ["待审核: 1", "未评定: 1"]
    assert [text_in(part).split() for part in counts] == [["?", "1"], ["–", "1"]]


def test_the_five_statuses_are_explained_in_symbol_and_word() -> None:
    signs = [text_in(sign).split() for sign in zero_rates.legend("zh").children]
    assert signs == [
        ["✕", "已破零"],
        ["?", "待审核"],
        ["–", "未评定"],
        ["○", "保持零（已上报）"],
        ["●", "保持零（已核实）"],
    ]


def test_the_published_county_stands_in_one_cell() -> None:
    matrix = zero_rates.rate_matrix([rate("enterprise")], "zh")
    (figure,) = parts_of_class(matrix, "rate-figure")
    assert text_in(figure).split() == ["99.98", "%", "(4418/4419)", "✓", "达标"]
    (count,) = parts_of_class(matrix, "rate-count")
    assert count.title == "已破零: 1"


def test_classes_stand_in_the_programme_s_order_whatever_their_rates() -> None:
    rates = [rate("institution"), rate("beat"), rate("village", zero=0), rate("community")]
    assert list(zero_rates.classes_in(rates)) == ["village", "community", "institution", "beat"]


def test_a_class_without_a_target_gets_no_verdict() -> None:
    matrix = zero_rates.rate_matrix([rate("beat", target=None, met=None, target_text="")], "en")
    assert not parts_of_class(matrix, "verdict")
    assert "no target set" in text_in(matrix)


def test_without_subjects_the_page_says_what_to_do_and_shows_no_figure(
    services: SimpleNamespace, in_request: Callable[..., Any]
) -> None:
    services.zero.empty = True
    rates, _ = in_request(zero_status.show_rates, asked(), lang="en")
    assert "import areas" in text_in(rates)
    assert "%" not in text_in(rates)


@given(
    assessed=st.integers(1, 5000),
    share=st.floats(0, 1),
    target=st.sampled_from([0.1, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0]),
)
def test_the_missing_subjects_are_the_least_number_that_meets_the_target(
    assessed: int, share: float, target: float
) -> None:
    zero = int(share * assessed)
    missing = zero_rates.still_missing({"zero": zero, "assessed": assessed, "target": target})
    assert (zero + missing) / assessed >= target
    assert missing == 0 or (zero + missing - 1) / assessed < target


def test_nothing_is_missing_where_nobody_was_assessed_or_nothing_is_aimed_at() -> None:
    assert zero_rates.still_missing({"zero": 0, "assessed": 0, "target": 0.8}) == 0
    assert zero_rates.still_missing({"zero": 1, "assessed": 9, "target": None}) == 0


# ---- the table ------------------------------------------------------------------------------


def test_the_rows_are_those_of_the_register_and_window_asked_for(
    services: SimpleNamespace, in_request: Callable[..., Any]
) -> None:
    rows, *_ = in_request(zero_status.list_statuses, "subject", asked("year"), "")
    assert services.zero.asked[-1] == ("rows", "subject", "year")
    assert [row["code"] for row in rows] == ["010", "020", "030", "040", "U-1"]


def test_a_status_stands_in_the_table_as_symbol_and_word(in_request: Callable[..., Any]) -> None:
    (first, *_), *_ = in_request(zero_status.list_statuses, "area", asked("month"), "")
    states = [first[stream] for stream in zero_table.STREAMS]
    assert states == ["✕ broken", "● zero_verified", "– not_assessed"]
    assert first["streak_case"] == "≥ 120"


def test_the_table_itself_sorts_by_nothing() -> None:
    table = zero_table.zero_table("en")
    columns = [
        each for column in table.columnDefs for each in (column, *column.get("children", []))
    ]
    assert not [column for column in columns if "sort" in column or "sortIndex" in column]


def test_the_files_hold_what_the_table_shows(in_request: Callable[..., Any]) -> None:
    *_, csv, xlsx = in_request(zero_status.list_statuses, "subject", asked("last12"), "")
    assert csv == "/zero.csv?by=subject&window=last12"
    assert xlsx == "/zero.xlsx?by=subject&window=last12"


def test_a_class_stays_chosen_as_long_as_the_rows_hold_it(in_request: Callable[..., Any]) -> None:
    def chosen(by: str) -> tuple[list[str], str]:
        _, choices, kept, *_ = in_request(
            zero_status.list_statuses, by, asked("month"), "enterprise"
        )
        return [choice["value"] for choice in choices], kept

    assert chosen("subject") == (["", "village", "enterprise"], "enterprise")
    assert chosen("area") == (["", "village"], "")


def test_the_search_looks_at_names_codes_and_places_alone() -> None:
    columns = zero_table.zero_table("zh").columnDefs
    flat = [each for column in columns for each in column.get("children", [column])]
    searched = [column["field"] for column in flat if "getQuickFilterText" not in column]
    assert searched == ["code", "name", "parent"]


def test_every_class_can_be_chosen_in_the_programme_s_order() -> None:
    classes = ("institution", "village", "enterprise", "community")
    rows = [{"class": group, "class_label": group.upper()} for group in classes]
    choices = zero_controls.class_choices(rows, "en")
    assert [each["value"] for each in choices] == [
        "",
        "village",
        "community",
        "enterprise",
        "institution",
    ]
