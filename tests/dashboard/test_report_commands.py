"""Bulletins, editions and dossiers from the command line, each deed in the audit log."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.access import LOCAL
from dashboard.cli import main
from dashboard.settings import Settings
from dashboard.wiring import build_people
from geo.vocabulary import Entity
from tests.dashboard.test_bulletin import SEPTEMBER_6, Office, accident, small
from tests.dashboard.test_bulletin import office as office

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def run(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., dict[str, Any]]:
    """Run a command with --json over the small store; give the object."""
    small(office).later(SEPTEMBER_6)
    office.put(Entity.ACCIDENT, accident("a1", "E1"))

    def answers(*words: str, code: int = 0) -> dict[str, Any]:
        db = f"sqlite:///{tmp_path}/county.db"
        monkeypatch.setattr(sys, "argv", ["app.py", "report", *words, "--db", db, "--json"])
        with pytest.raises(SystemExit) as left:
            main()
        told = capfd.readouterr()
        assert (left.value.code or 0) == code, told.err
        assert "Traceback" not in told.err
        return dict(json.loads(told.out)) if told.out else {}

    return answers


def test_a_bulletin_is_frozen_written_and_written_again_by_commands(
    run: Callable[..., dict[str, Any]], office: Office, tmp_path: Path
) -> None:
    first, again = tmp_path / "first.docx", tmp_path / "again.docx"
    asked = ("bulletin", "--period", "2020-08", "--lang", "zh")
    frozen = run(*asked, "--freeze", "--out", str(first))
    assert frozen["number"] == 1
    assert [row["digest"] for row in run("editions")["editions"]] == [frozen["digest"]]
    moment = office.store.snapshot().known_at
    assert moment is not None
    office.later(moment + timedelta(days=1))
    office.put(Entity.ACCIDENT, accident("late", "140322100201"))
    assert run(*asked, "--edition", "1", "--out", str(again))["digest"] == frozen["digest"]
    assert first.read_bytes() == again.read_bytes()
    assert run(*asked)["digest"] != frozen["digest"]
    assert run(*asked, "--freeze", "--edition", "1", code=2) == {}
    told = run("dossier", "E1", "--stream", "accident", "--window", "2020-08")
    assert [row["fact_id"] for row in told["facts"]] == ["a1"]
    people = build_people(Settings(db=f"sqlite:///{tmp_path}/county.db"))
    deeds = [entry.deed for entry in people.logged(LOCAL)]
    assert deeds == ["took bulletin away", "took bulletin away", "froze edition"]
