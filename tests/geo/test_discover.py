"""Plug-ins are found by file name, and a broken one is never left out in silence."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from geo.discover import discover
from geo.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType


@pytest.fixture
def package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[ModuleType]:
    """Make an importable package with one good plug-in, named after the test."""
    name = f"plugins_{abs(hash(request.node.name))}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "seven.py").write_text("NUMBER = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module(name)
    for module in [key for key in sys.modules if key.startswith(name)]:
        del sys.modules[module]


def add(package: ModuleType, name: str, text: str) -> None:
    from pathlib import Path

    (Path(package.__path__[0]) / f"{name}.py").write_text(text)


def test_every_plugin_file_is_found_by_its_name(package: ModuleType) -> None:
    add(package, "eight", "NUMBER = 8\n")
    assert discover(package, "NUMBER", int) == {"eight": 8, "seven": 7}


def test_a_file_without_the_agreed_name_is_named_in_the_error(package: ModuleType) -> None:
    add(package, "empty", "")
    with pytest.raises(PluginError, match=r"empty must export NUMBER, a int") as caught:
        discover(package, "NUMBER", int)
    assert "必须导出 NUMBER" in caught.value.text("zh")


def test_an_export_of_another_kind_is_refused(package: ModuleType) -> None:
    add(package, "words", "NUMBER = 'seven'\n")
    with pytest.raises(PluginError, match="it has str"):
        discover(package, "NUMBER", int)


def test_a_file_that_cannot_be_imported_is_refused_with_its_cause(package: ModuleType) -> None:
    add(package, "broken", "import no_such_package_at_all\n")
    with pytest.raises(PluginError, match="no_such_package_at_all"):
        discover(package, "NUMBER", int)


def test_modules_named_as_standing_beside_are_not_asked(package: ModuleType) -> None:
    add(package, "words", "TEXT = ''\n")
    assert discover(package, "NUMBER", int, beside=["words"]) == {"seven": 7}
