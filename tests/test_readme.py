"""What the README promises exists: commands, options, pages, targets, files."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from dashboard.cli import cli
from dashboard.factory import page_modules

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GROUP: Any = typer.main.get_command(cli)
COMMANDS: dict[str, Any] = dict(GROUP.commands)


def command_lines(text: str) -> list[list[str]]:
    """List the words after `python app.py` of every command line, in blocks and in sentences."""
    lines = re.findall(r"python app\.py([^\n`]*)", text)
    return [shlex.split(line, comments=True) for line in lines]


def command_of(words: list[str]) -> str | None:
    """Give the command among the words: the first that is no option and no option's value."""
    taken = iter(words)
    for word in taken:
        if not word.startswith("-"):
            return word
        next(taken, None)
    return None


def table_commands(text: str) -> set[str]:
    """List the commands of the table; a cell may name several."""
    cells = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    named = [code.split()[0] for cell in cells for code in re.findall(r"`([^`]+)`", cell)]
    return {name for name in named if name != "python"}


def options_of(name: str) -> set[str]:
    return {option for param in COMMANDS[name].params for option in param.opts}


def named_options(text: str) -> list[tuple[str, str]]:
    rows = re.findall(r"^\| `([a-z]+)[^|]*\|([^|]*)\|", text, re.MULTILINE)
    in_table = [(name, found) for name, cell in rows for found in re.findall(r"`(--[a-z-]+)", cell)]
    in_lines = [
        (name, word)
        for words in command_lines(text)
        if (name := command_of(words)) and name in words[:1]
        for word in words
        if word.startswith("--")
    ]
    return [(name, option) for name, option in in_table + in_lines if option != "--help"]


def test_a_command_line_is_read_past_its_options() -> None:
    text = "`python app.py --db sqlite:///a.db import areas x.csv  # whole` or `python app.py`"
    assert [command_of(words) for words in command_lines(text)] == ["import", None]


def test_every_command_of_the_readme_exists() -> None:
    written = {command_of(words) for words in command_lines(README)} - {None}
    assert written
    assert table_commands(README)
    assert (written | table_commands(README)) - set(COMMANDS) == set()


def test_every_command_stands_in_the_readme() -> None:
    assert set(COMMANDS) - {"serve"} <= table_commands(README)


@pytest.mark.parametrize(("name", "option"), named_options(README))
def test_every_option_of_the_readme_exists(name: str, option: str) -> None:
    assert option in options_of(name)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself_and_its_options(name: str) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0
    assert COMMANDS[name].help
    unexplained = [
        param.name
        for param in COMMANDS[name].params
        if param.param_type_name == "option" and not param.help
    ]
    assert unexplained == []


def test_every_page_of_the_readme_has_its_address() -> None:
    paths = {module.PATH for module in page_modules()}
    assert set(re.findall(r"\(`(/[a-z]*)`\)", README)) == paths


def test_every_target_of_the_readme_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE))
    assert named
    assert named <= targets


def test_every_file_the_readme_links_to_is_there() -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", README)
    own = [target for target in linked if not target.startswith("http")]
    assert [target for target in own if not (ROOT / target).exists()] == []
