"""Rulebooks are data: read with care, refused with a sentence."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from geo.errors import SchemaError, UsageError
from geo.resources import names, read_text
from geo.vocabulary import AccidentLevel, RiskStream, Stream
from geo.window import Window
from models.zero.facts import counting
from models.zero.rulebook import Rulebook, rulebook_from_yaml

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

SHANXI = read_text("rulebooks", "shanxi-2020.yaml")


def test_shanxis_rules_hold_the_programmes_numbers() -> None:
    book = rulebook_from_yaml(SHANXI)
    assert (book.id, book.coverage, book.is_assumed) == ("shanxi-2020", "reported", False)
    assert (book.resolve_days, book.extension_days, book.correction_days) == (60, 30, 30)
    assert dict(book.targets) == {
        "village": 0.80,
        "community": 0.80,
        "enterprise": 0.90,
        "institution": 0.90,
    }
    assert book.counting[RiskStream.CASE] == frozenset({"criminal", "public_security"})
    assert book.minimum_level is AccidentLevel.ORDINARY
    assert book.property_only_excluded == frozenset({"road"})
    assert book.places("zero_rate") == 2


def test_henans_rules_ask_for_casualties_and_for_a_major_impact() -> None:
    book = rulebook_from_yaml(read_text("rulebooks", "henan-2021.yaml"))
    assert book.counting[RiskStream.CASE] == frozenset({"criminal", "public_security"})
    assert book.major_impact_only == {"public_security"}
    assert (book.counting[RiskStream.ACCIDENT], book.property_only_excluded) == (None, None)
    assert dict(book.targets) == {}


HENAN_CASES = [
    ("criminal", False, True),
    ("criminal", None, True),
    ("public_security", True, True),
    ("public_security", False, False),
    ("public_security", None, True),  # nobody said: it cannot be shown to be outside
    (None, False, True),  # it may be criminal
]


@pytest.mark.parametrize(("case_class", "impact", "counts"), HENAN_CASES)
def test_in_henan_a_public_security_case_counts_when_of_major_impact(
    zero_world: type[ZeroWorld], case_class: str | None, impact: bool | None, counts: bool
) -> None:
    world = zero_world()
    world.incident("case", "2021-06-10", case_class=case_class, major_impact=impact)
    incidents = world.frames()["incidents"]
    henan = rulebook_from_yaml(read_text("rulebooks", "henan-2021.yaml"))
    assert counting(incidents, henan).tolist() == [counts]
    assert counting(incidents, world.rules).tolist() == [True]


@pytest.mark.parametrize(
    ("kind", "deaths", "injuries", "counts"),
    [
        ("fire", 0, 0, False),
        ("fire", 1, 0, True),
        ("production", 0, 1, True),
        ("other", 0, 0, False),
        (None, 0, 0, False),
        ("fire", None, 0, True),  # nobody said whether anybody died
    ],
)
def test_in_henan_an_accident_counts_unless_it_is_known_to_have_hurt_nobody(
    zero_world: type[ZeroWorld],
    kind: str | None,
    deaths: int | None,
    injuries: int,
    counts: bool,
) -> None:
    world = zero_world()
    harm: dict[str, Any] = {"accident_kind": kind, "deaths": deaths, "serious_injuries": injuries}
    incidents = world.incident("accident", "2021-06-10", **harm).frames()["incidents"]
    henan = rulebook_from_yaml(read_text("rulebooks", "henan-2021.yaml"))
    assert counting(incidents, henan).tolist() == [counts]


def test_a_figure_beyond_the_rules_validity_is_given_with_a_warning() -> None:
    henan = rulebook_from_yaml(read_text("rulebooks", "henan-2021.yaml"))
    inside, across = (
        Window(date(2021, 1, 1), date(2021, 7, 1)),
        Window(date(2020, 12, 31), date(2021, 2, 1)),
    )
    assert henan.warns([inside]) == ""
    assert henan.warns([inside, across, across]) == (
        "Note: the rules henan-2021 hold from 2021-01-01; "
        "asked of 2020-12-31..2021-01-31, they go beyond that."
    )
    ended = replace(henan, valid_to=date(2021, 6, 30))
    assert ended.warns([inside]).startswith(
        "Note: the rules henan-2021 hold from 2021-01-01 until 2021-06-30;"
    )
    assert ended.warns([inside], "zh") == (
        "注意：规则 henan-2021 自 2021-01-01 起至 2021-06-30 前有效，"
        "而所问窗口 2021-01-01..2021-06-30 超出此范围。"
    )
    assert rulebook_from_yaml(read_text("rulebooks", "open-data.yaml")).warns([across]) == ""


def test_open_data_assumes_coverage_and_says_so_in_both_languages() -> None:
    book = rulebook_from_yaml(read_text("rulebooks", "open-data.yaml"))
    assert book.is_assumed
    assert book.counting[RiskStream.ACCIDENT] is None
    assert book.unobserved == {Stream.PETITION}
    assert book.says() == (
        "Coverage is assumed: no nil returns exist, every subject counts as reported on. "
        "No source, so not assessed: petition."
    )
    assert "覆盖率为假定" in book.says("zh")
    assert "信访" in book.says("zh")


@pytest.mark.parametrize("name", names("rulebooks"))
def test_every_rulebook_that_ships_loads_under_its_own_name(name: str) -> None:
    book = rulebook_from_yaml(read_text("rulebooks", name))
    assert f"{book.id}.yaml" == name
    assert book.title() != book.title("zh")
    assert book.says() != book.says("zh")


def test_rules_hold_from_their_first_day_until_the_day_before_their_end() -> None:
    text = SHANXI.replace("valid_to: null", "valid_to: 2026-01-01")
    book = rulebook_from_yaml(text)
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [book.valid_on(day) for day in days] == [False, True, True, False]


def test_a_rulebook_cannot_be_changed_once_read() -> None:
    book: Rulebook = rulebook_from_yaml(SHANXI)
    with pytest.raises(FrozenInstanceError):
        book.resolve_days = 90  # type: ignore[misc]  # what must not be possible
    with pytest.raises(TypeError):
        book.targets["village"] = 0.1  # type: ignore[index]  # what must not be possible


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("min_coverage: 0.9", "min_coverage: 90", "min_coverage: came 90; needed a share in 0..1"),
        ("min_coverage: 0.9", "min_coverage: true", "came True; needed a share"),
        ("coverage: reported", "coverage: hoped", "needed one of reported, assumed"),
        ("resolve_days: 60", "resolve_days: -1", "resolve_days: came -1; needed a whole number"),
        ("resolve_days: 60", "resolve_dayz: 60", r"missing \['resolve_days'\], unknown"),
        ("report_due_days: 5", "report_due_days: 31", r"needed 0\.\.27 days"),
        ("unobserved: []", "unobserved: [weather]", "needed one of petition, accident, case"),
        ("minimum_level: ordinary", "minimum_level: huge", "needed one of ordinary, larger"),
        ("village: 0.80", "village: 80", r"targets\.village: came 80"),
        ("zero_rate: 2", "zero_rate: 2.5", r"decimals\.zero_rate: came 2\.5"),
        ("valid_from: 2020-01-01", "valid_from: soon", "needed a day such as 2020-01-01"),
        ("major_impact_only: []", "major_impact_only: [petty]", "needed one of criminal, public"),
        ("major_impact_only: []", "major_impact_only: any", "came 'any'; needed a list of texts"),
        ("unknown_kind_counts: true", "unknown_kind_counts: maybe", "needed true or false"),
        ("[criminal, public_security]", "criminal", r"counting\.case: came 'criminal'"),
        ("  case: [", "  kase: [", "needed the streams case and accident"),
        ("id: shanxi-2020", "id: ''", "id: came ''; needed a text that is not empty"),
        ("  zh: 山西", "  cn: 山西", "zh: came None; needed a text"),
    ],
)
def test_a_wrong_value_is_refused_with_what_came_and_what_is_needed(
    old: str, new: str, sentence: str
) -> None:
    assert old in SHANXI
    with pytest.raises(SchemaError, match=sentence) as refused:
        rulebook_from_yaml(SHANXI.replace(old, new))
    assert "需要" in refused.value.text("zh")


@pytest.mark.parametrize("text", ["", "- a\n- b", "a: [", "just words"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(SchemaError, match="needed a YAML mapping"):
        rulebook_from_yaml(text)


def test_a_data_file_is_found_by_name_and_never_outside_its_folder() -> None:
    assert names("rulebooks") == ["henan-2021.yaml", "open-data.yaml", "shanxi-2020.yaml"]
    assert names("nothing-here") == []
    for name in ("henan.yaml", "../../pyproject.toml", ""):
        with pytest.raises(UsageError, match=r"it holds henan-2021\.yaml, open-data\.yaml, "):
            read_text("rulebooks", name)
