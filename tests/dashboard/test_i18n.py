"""Texts: the same keys in both languages, none missing, none forgotten."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
import yaml

import dashboard
from dashboard.components.layers import layers
from dashboard.i18n import LANGUAGES, has, keys, t

FOLDER = Path(dashboard.__file__).parent
USED = re.compile(r"\bt\(\s*\"([a-z0-9_.]+)\"")
BUILT = re.compile(r"\bt\(\s*f\"([a-z0-9_.]+)\{")


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.py")))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_hold_the_same_keys() -> None:
    assert keys("zh") == keys("en")


def test_no_key_is_written_in_two_files_of_a_language() -> None:
    for lang in LANGUAGES:
        files = sorted((FOLDER / "i18n").glob(f"{lang}*.yaml"))
        written = [key for file in files for key in yaml.safe_load(file.read_text("utf-8"))]
        assert sorted(written) == sorted(set(written)), lang


def test_both_languages_fill_in_the_same_values() -> None:
    for key in keys("zh"):
        assert fields(t(key, "zh")) == fields(t(key, "en")), key


def test_no_text_is_empty() -> None:
    assert not [key for lang in LANGUAGES for key in keys(lang) if not t(key, lang).strip()]


def test_every_key_the_code_names_is_written() -> None:
    assert not {key for key in USED.findall(sources()) if not has(key, "zh")}


def test_every_family_of_keys_the_code_builds_is_written() -> None:
    families = set(BUILT.findall(sources()))
    assert not {family for family in families if not any(k.startswith(family) for k in keys("zh"))}


def test_every_layer_has_a_title_in_both_languages() -> None:
    assert not [
        layer.name for layer in layers() for lang in LANGUAGES if not has(layer.title_key, lang)
    ]


def test_english_texts_are_not_left_in_chinese() -> None:
    allowed = {"app.name_latin"}
    left = [key for key in keys("en") if re.search(r"[\u4e00-\u9fff]", t(key, "en"))]
    assert set(left) <= allowed


def test_a_missing_text_is_an_error_not_an_empty_label() -> None:
    with pytest.raises(KeyError):
        t("no.such.key", "zh")
