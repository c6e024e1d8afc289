"""The commands shown with their answers give these answers on the made-up county."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli import cli

ROOT = Path(__file__).resolve().parents[1]


def walk(text: str) -> list[tuple[str, str]]:
    """List the commands of all console blocks, each with the answer below it."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    steps = re.findall(
        r"^\$ python app\.py (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks), re.MULTILINE
    )
    return [(command, answer.rstrip()) for command, answer in steps]


def test_a_walk_is_read_command_by_command() -> None:
    text = "```console\n$ python app.py a b\none\ntwo\n$ python app.py c\nthree\n```\n"
    assert walk(text) == [("a b", "one\ntwo"), ("c", "three")]


@pytest.mark.parametrize("page", ["README.md", "data/samples/README.md"])
def test_every_command_gives_the_answer_that_is_shown(
    page: str, demo_copy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = walk((ROOT / page).read_text(encoding="utf-8"))
    assert steps
    folder = tmp_path / "walk"
    folder.mkdir()
    (folder / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for command, answer in steps:
        told = CliRunner().invoke(cli, [*shlex.split(command), "--db", demo_copy])
        assert told.output.rstrip().endswith(answer), command
        assert told.exception is None or isinstance(told.exception, SystemExit)


def test_every_sample_is_described_and_small() -> None:
    folder = ROOT / "data" / "samples"
    described = set(
        re.findall(r"^\| `([^`]+)` \|", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    files = {path.name for path in folder.iterdir()} - {"README.md"}
    assert described == files
    assert all((folder / name).stat().st_size < 20_000 for name in files)
