"""Recipes: what they may say, and the variant that reads a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.errors import RefusedFile, UsageError
from geo.intake.recipe import Column, load_recipe, recipe_from_yaml
from geo.intake.texts import applied

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """
entities:
  areas:
    - {name: long, when: [a, b], columns: {area_code: a}, constants: {level: x}}
    - {name: short, when: [a], columns: {area_code: a}, constants: {level: x}}
"""


@pytest.mark.parametrize("name", ["sanling", "chicago", "china_shanxi"])
def test_every_recipe_that_ships_can_be_loaded(name: str) -> None:
    assert load_recipe(name).name == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entities: {areas: [{name: a, colums: {}}]}", "colums: unknown key"),
        ("entities: {areas: [{name: a, columns: {colour: c}}]}", "no field colour"),
        ("entities: {people: [{name: a}]}", "'people' is no entity"),
        ("entities: {}", "entities"),
        ("time_zone: Mars/Olympus\nentities: {areas: [{name: a}]}", "no IANA time zone"),
        ("metric_crs: EPSG:4326\nentities: {areas: [{name: a}]}", "metres"),
        ("entities: {areas: [{name: a, crs: moon}]}", "Unknown coordinate system"),
        ("entities: {areas: [{name: a, columns: {level: {source: x, text: [shout]}}}]}", "text"),
        ("- a list", "no YAML mapping"),
        ("a: [", "no YAML mapping"),
    ],
)
def test_a_faulty_recipe_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        recipe_from_yaml(text, name="r")
    assert "配方" in error.value.text("zh")


def test_an_unknown_recipe_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="chicago"):
        load_recipe("atlantis")


def test_a_recipe_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SMALL)
    assert load_recipe(str(path)).name == "mine"


def test_the_first_variant_whose_columns_are_all_there_reads_the_file() -> None:
    recipe = recipe_from_yaml(SMALL, name="r")
    assert recipe.choose("areas", ["a", "b", "c"]).name == "long"
    assert recipe.choose("areas", ["a", "c"]).name == "short"


def test_the_columns_that_the_nearest_variant_lacks_are_named() -> None:
    recipe = recipe_from_yaml(SMALL, name="r")
    with pytest.raises(RefusedFile, match=r"F02: Required column\(s\) missing: a\."):
        recipe.choose("areas", ["z"])


def test_an_entity_the_recipe_does_not_know_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="nothing for cases"):
        recipe_from_yaml(SMALL, name="r").choose("cases", ["a"])


def read(came: list[object], **how: object) -> list[object]:
    column = Column.model_validate({"source": ("x",), **how})
    return applied(pd.DataFrame({"x": came}), ("x",), column).astype(object).tolist()


def test_text_steps_by_hand() -> None:
    assert read(["0077", "0"], text=("strip_zeros",)) == ["77", "0"]
    assert read(["ROGERS PARK"], text=("title",)) == ["Rogers Park"]
    assert read(["140000", "140300", "140322", "140322100"], text=("gb_code",)) == [
        "14", "1403", "140322", "140322100",
    ]  # fmt: skip
    levels = read(["14", "1403", "140322", "140322100", "140322100101"], text=("gb_level",))
    assert levels == ["province", "prefecture", "county", "township", "village"]
    parents = read(["1403", "140322", "140322100", "140322100101"], text=("gb_parent",))
    assert parents == ["14", "1403", "140322", "140322100"]


def test_a_camera_looks_against_the_traffic() -> None:
    # Eastbound traffic heads to 90 degrees, so that its camera points west.
    assert read(["EB", "WB", "NB", "SB", "SEB"], text=("opposite_heading",)) == [
        "270.0", "90.0", "180.0", "0.0", "315.0",
    ]  # fmt: skip


def test_values_are_mapped_and_some_mean_unknown() -> None:
    mapped = read(["省", "0", "else"], values={"省": "province"}, missing=("0",))
    assert mapped[0] == "province"
    assert str(mapped[1]) == "nan"
    assert mapped[2] == "else"
    assert read(["省", "x"], values={"省": "province"}, other="none") == ["province", "none"]


def test_whole_numbers_and_flags_become_plain_text() -> None:
    assert read([7.0, 12.0], missing=("12",))[0] == "7"
    assert read([True, False], values={"true": "yes"}) == ["yes", "false"]
