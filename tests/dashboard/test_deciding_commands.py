"""What several people decide, from the command line."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from dashboard.cli import main
from tests.geo.store_books import HOUR, NOON, Books, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATUM = "Zhang-San-of-number-7"


class Desk:
    """A store and a terminal."""

    def __init__(
        self, books: Books, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.books, self._monkeypatch, self._capfd = books, monkeypatch, capfd

    def says(self, *words: str, code: int = 0, lang: str = "C.UTF-8") -> str:
        """Run a command; give what it wrote for people."""
        return self._run(words, code, lang)[1]

    def answers(self, *words: str) -> dict[str, Any]:
        """Run a command with --json; give the object."""
        loaded: dict[str, Any] = json.loads(self._run((*words, "--json"), 0, "C.UTF-8")[0])
        return loaded

    def _run(self, words: tuple[str, ...], code: int, lang: str) -> tuple[str, str]:
        for name in ("LANG", "LC_ALL"):
            self._monkeypatch.setenv(name, lang)
        self._monkeypatch.setattr(sys, "argv", ["app.py", *words, "--db", self.books.url])
        with pytest.raises(SystemExit) as left:
            main()
        told = self._capfd.readouterr()
        assert (left.value.code or 0) == code, told.err
        assert "Traceback" not in told.err
        return told.out, told.err


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    books = Books.at(tmp_path)
    books.store.set_meta(metric_crs="EPSG:4547")
    alike = {"category": "theft", "time_precision": "minute", "loc_precision": "point"}
    books.add(cases("a", "b", lon=113.4, lat=38.1, station=DATUM, **alike))
    books.add(cases("=c", lon=113.4001, lat=38.1, **alike), at=NOON + HOUR, source="june.csv")
    yield Desk(books, monkeypatch, capfd)
    books.store.close()


MERGE = ("merge", "a", "b", "--reason", "one theft", "--by", "Li Na")
REDACT = ("redact", "cases", "a", "b", "--field", "station", "--reason", "a name", "--by", "Li Na")


def test_duplicates_are_listed_with_score_and_reasons(desk: Desk) -> None:
    told = desk.answers("duplicates")
    assert set(told) == {"entity", "piled", "pairs"}
    assert [(pair["keep"], pair["drop"]) for pair in told["pairs"]] == [
        ("a", "b"), ("a", "=c"), ("b", "=c"),
    ]  # fmt: skip
    first = told["pairs"][0]
    assert (first["score"], first["distance_m"], first["minutes"]) == (0.81, 0.0, 0.0)
    assert "same category" in first["why_en"]
    assert "类别相同" in first["why_zh"]
    assert "9 m apart" in desk.says("duplicates")
    assert "相距 9 米" in desk.says("duplicates", lang="zh_CN.UTF-8")


def test_the_list_goes_into_a_table_no_spreadsheet_computes(desk: Desk, tmp_path: Path) -> None:
    desk.says("duplicates", "--out", str(tmp_path / "pairs.csv"))
    with (tmp_path / "pairs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["drop"] for row in rows] == ["b", "'=c", "'=c"]


def test_a_merge_takes_two_people(desk: Desk) -> None:
    told = desk.answers(*MERGE)
    assert (told["decision_id"], told["state"], told["keys"]) == ("D1", "proposed", ["a", "b"])
    assert "somebody else" in desk.says("approve", "D1", "--by", "LI NA", code=2)
    assert "须由另一人" in desk.says("approve", "D1", "--by", "li na", code=2, lang="zh_CN.UTF-8")
    assert desk.answers("approve", "D1", "--by", "Wang Wei")["state"] == "approved"
    assert [(p["keep"], p["drop"]) for p in desk.answers("duplicates")["pairs"]] == [("a", "=c")]


def test_a_rejected_pair_is_not_shown_again(desk: Desk) -> None:
    desk.says(*MERGE)
    assert "rejected" in desk.says("reject", "D1", "--by", "Wang", "--reason", "two shops")
    assert len(desk.answers("duplicates")["pairs"]) == 2


def test_a_redaction_takes_three_and_leaves_nothing(desk: Desk) -> None:
    assert "needs 2 more" in desk.says(*REDACT)
    assert "还需 1 人批准" in desk.says("approve", "D1", "--by", "Wang", lang="zh_CN.UTF-8")
    told = desk.answers("approve", "D1", "--by", "Zhao")
    assert (told["state"], told["erased"], len(told["approvals"])) == ("approved", 2, 2)
    files = list(desk.books.path.parent.glob("store.db*"))
    assert DATUM.encode() not in b"".join(path.read_bytes() for path in files)
    assert desk.answers("verify")["ok"]


def test_a_correction_waits_for_another_person(desk: Desk) -> None:
    correct = ("correct", "cases", "a", "--set", "review=confirmed", "--set", "filed_on=2020-02-11")
    told = desk.answers(*correct, "--reason", "proved", "--by", "Li Na", "--reference", "2020-7")
    assert told["changes"] == {"review": "confirmed", "filed_on": "2020-02-11"}
    assert desk.books.store.snapshot().cases.loc["a", "review"] == "reported"
    assert "approved" in desk.says("approve", "D1", "--by", "Wang")
    assert desk.books.store.snapshot().cases.loc["a", "review"] == "confirmed"


def test_a_correction_without_a_value_is_told_how_to_write_one(desk: Desk) -> None:
    said = ("correct", "cases", "a", "--set", "review", "--reason", "r", "--by", "x")
    assert desk._run(said, 2, "C.UTF-8")[1].count("write --set field=value") == 1


def test_decisions_are_listed_with_stable_keys(desk: Desk) -> None:
    desk.says(*MERGE)
    desk.says(*REDACT)
    told = desk.answers("decisions")["decisions"]
    assert [one["decision_id"] for one in told] == ["D1", "D2"]
    assert set(told[0]) == {
        "decision_id", "kind", "state", "about", "keys", "fields", "reason", "proposer",
        "proposed_at", "approvals", "rejected_by", "rejected_because", "erased", "changes",
        "reference",
    }  # fmt: skip
    said = desk.says("decisions")
    assert "D2  redact case a, b  proposed (needs 2 more)  Li Na: a name" in said


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (("duplicates", "--entity", "petitions"), "Only cases and accidents", "只有"),
        (("merge", "a", "a", "--reason", "r", "--by", "x"), "into itself", "自身"),
        (("merge", "a", "z", "--reason", "r", "--by", "x"), "no case z", "没有"),
        (("merge", "a", "b", "--reason", "r", "--by", " "), "Nobody is named", "未署名"),
        (("redact", "roads", "r", "--reason", "r", "--by", "x"), "cannot be erased", "不能删除"),
        (("approve", "D7", "--by", "x"), "no decision D7", "没有决定"),
    ],
)
def test_what_cannot_be_decided_gets_one_sentence(
    desk: Desk, words: tuple[str, ...], english: str, chinese: str
) -> None:
    assert english in desk.says(*words, code=2)
    assert chinese in desk.says(*words, code=2, lang="zh_CN.UTF-8")


def test_a_delivery_is_taken_back_by_its_batch(desk: Desk) -> None:
    told = desk.answers("import", "cases", "--undo", "2", "--by", "Li Na")
    assert told == {"batch": 3, "undoes": 2, "source": "june.csv", "events": 1}
    assert desk.books.store.snapshot().cases.index.tolist() == ["a", "b"]
    assert desk.books.store.batches().loc[3, "actor"] == "Li Na"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("import", "cases", "--undo", "9"), 1, "no batch 9"),
        (("import", "areas", "--undo", "2"), 2, "brought records of case"),
        (("import", "cases", "file.csv", "--undo", "2"), 2, "name no file"),
        (("import", "cases"), 2, "No file was given"),
    ],
)
def test_what_cannot_be_undone_gets_one_sentence(
    desk: Desk, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in desk.says(*words, code=code)


def test_a_batch_is_taken_back_once(desk: Desk) -> None:
    assert "撤销" in desk.says("import", "cases", "--undo", "2", lang="zh_CN.UTF-8")
    assert "taken back already" in desk.says("import", "cases", "--undo", "2", code=1)
    shown = desk.books.store.snapshot().cases
    pd.testing.assert_index_equal(shown.index, pd.Index(["a", "b"], name="incident_id"))
