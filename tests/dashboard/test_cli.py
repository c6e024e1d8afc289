"""Commands as other tools and people call them: real processes, real stores, real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.cli import main
from dashboard.wiring import ledger_clock
from geo.store import Store
from geo.vocabulary import Entity

ROOT = Path(__file__).resolve().parents[2]


def sanling(*words: str, db: str = "", lang: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py", *words, *(["--db", db] if db else [])]
    env = {**os.environ, "LANG": lang, "LC_ALL": lang, "PYTHONWARNINGS": "ignore"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def answer(*words: str, db: str) -> dict[str, object]:
    done = sanling(*words, "--json", db=db)
    assert done.returncode == 0, done.stderr
    loaded: dict[str, object] = json.loads(done.stdout)
    return loaded


def test_the_same_county_is_built_twice(tmp_path: Path) -> None:
    told = [
        answer("demo", "--until", "2026-06-30", db=f"sqlite:///{tmp_path}/{name}.db")
        for name in ("first", "second")
    ]
    for county in told:
        assert (county["areas"], county["towns"], county["units"]) == (288, 13, 4419)
    assert told[0]["hash"] == told[1]["hash"]
    assert told[0]["seed"] == told[1]["seed"]


def test_a_second_county_does_not_go_into_a_full_store(demo_copy: str) -> None:
    before = answer("verify", db=demo_copy)
    refused = sanling("demo", db=demo_copy)
    assert refused.returncode == 2
    assert "empty" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert answer("verify", db=demo_copy) == before


def test_live_events_are_appended_to_the_chain(demo_copy: str) -> None:
    before = answer("verify", db=demo_copy)
    done = sanling("demo", "--live", "--events", "3", "--every", "0", db=demo_copy)
    assert done.returncode == 0, done.stderr
    after = answer("verify", db=demo_copy)
    assert after["ok"] is True
    assert int(str(after["events"])) >= int(str(before["events"])) + 3


def test_zero_answers_with_its_stable_keys(demo_db: str) -> None:
    told = answer("zero", "--window", "year", db=demo_db)
    assert {"as_of", "known_at", "rulebook", "rates", "rows"} <= told.keys()
    assert (told["as_of"], told["rulebook"]) == ("2026-06-30", "shanxi-2020")
    rates = told["rates"]
    assert isinstance(rates, list)
    counts = {"zero", "assessed", "registered", "pending"}
    keys = {"window", "class", "stream", "rate", "lower", "upper"} | counts
    assert all(keys <= set(rate) for rate in rates)
    rows = told["rows"]
    assert isinstance(rows, list)
    columns = {"code", "window", "stream", "status", "breaking", "streak_days"}
    assert all(columns <= set(row) for row in rows[:100])


def test_two_rulebooks_are_compared_row_by_row_in_the_order_of_codes(demo_db: str) -> None:
    asked = ("zero", "--window", "2020-07-01..2020-09-30", "--as-of", "2020-12-31")
    told = answer(*asked, "--compare-rulebooks", "shanxi-2020", "henan-2021", db=demo_db)
    assert told["rulebooks"] == ["shanxi-2020", "henan-2021"]
    assert told["warnings"] == [
        "Note: the rules henan-2021 hold from 2021-01-01; asked of 2020-Q3, they go beyond that."
    ]
    rows = told["rows"]
    assert isinstance(rows, list)
    codes = [row["code"] for row in rows]
    assert codes == sorted(codes)
    assert codes
    assert all(row["status_first"] != row["status_second"] for row in rows)
    assert {fact["because"] for row in rows for fact in row["facts"]} == {"impact", "harmless"}
    said = sanling(*asked, "--compare-rulebooks", "shanxi-2020", "henan-2021", db=demo_db).stderr
    assert f"{len(rows)} statuses differ between shanxi-2020 and henan-2021." in said


def test_statuses_restated_since_a_moment_are_listed_with_their_facts(demo_db: str) -> None:
    asked = ("zero", "--as-of", "2026-05-31", "--restated-since", "2026-06-01T00:00:00+08:00")
    told = answer(*asked, db=demo_db)
    assert (told["as_of"], told["then"]) == ("2026-05-31", "2026-06-01T00:00:00+08:00")
    rows = told["rows"]
    assert isinstance(rows, list)
    codes = [row["code"] for row in rows]
    assert codes == sorted(codes)
    assert codes
    assert all(row["status_then"] != row["status_now"] and row["facts"] for row in rows)
    learned = [fact["learned_at"] for row in rows for fact in row["facts"]]
    assert min(learned) >= "2026-06-01 00:00"
    said = sanling(*asked, db=demo_db, lang="zh_CN.UTF-8").stderr
    assert f"共重述 {len(rows)} 项状态" in said


def test_a_series_of_months_gives_each_month(demo_db: str) -> None:
    told = answer(
        "zero",
        "--window",
        "month",
        "--from",
        "2026-01-01",
        "--to",
        "2026-04-01",
        "--by",
        "village",
        db=demo_db,
    )
    rates = told["rates"]
    assert isinstance(rates, list)
    assert {rate["window"] for rate in rates} == {"2026-01", "2026-02", "2026-03"}
    assert {rate["class"] for rate in rates} == {"village"}


def test_an_earlier_knowledge_reproduces_an_earlier_answer(demo_copy: str) -> None:
    asked = ("zero", "--as-of", "2026-05-31", "--known-at", "2026-06-05T00:00:00+08:00")
    before = answer(*asked, db=demo_copy)
    sanling("demo", "--live", "--events", "5", "--every", "0", db=demo_copy)
    assert answer(*asked, db=demo_copy) == before


def test_hotspots_answer_as_features_with_their_card(demo_db: str) -> None:
    told = answer("hotspots", "--count", "8", db=demo_db)
    assert told["type"] == "FeatureCollection"
    features = told["features"]
    assert isinstance(features, list)
    assert len(features) == 8
    assert {"rank", "expected", "lower", "upper", "reasons"} <= set(features[0]["properties"])
    assert told["card"]


def test_a_patrol_answers_with_its_stable_keys(demo_db: str) -> None:
    told = answer("patrol", "--units", "2", db=demo_db)
    assert {"units", "value_curve", "not_visited", "bound", "gap"} <= told.keys()
    units = told["units"]
    assert isinstance(units, list)
    assert {"unit", "minutes", "stops"} <= set(units[0])
    assert {"post", "arrive", "leave", "value"} <= set(units[0]["stops"][0])


def test_plans_and_tables_are_written_to_files(demo_db: str, tmp_path: Path) -> None:
    for command, name in (
        ("patrol", "plan.gpx"),
        ("patrol", "plan.json"),
        ("hotspots", "places.geojson"),
        ("hotspots", "places.csv"),
        ("zero", "zero.xlsx"),
        ("zero", "zero.json"),
    ):
        done = sanling(command, "--out", str(tmp_path / name), db=demo_db)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).stat().st_size > 100


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("zero", "--window", "fortnight"), 2),
        (("zero", "--as-of", "30.6.2026"), 2),
        (("zero", "--by", "galaxy"), 2),
        (("zero", "--from", "2026-01-01"), 2),
        (("hotspots", "--horizon", "soon"), 2),
        (("hotspots", "--stream", "petition"), 2),
        (("hotspots", "--model", "oracle"), 2),
        (("patrol", "--units", "many"), 2),
        (("patrol", "--units", "0"), 2),
        (("nonsense",), 2),
        (("--port", "8051", "verify"), 2),
    ],
)
@pytest.mark.parametrize("lang", ["C.UTF-8", "zh_CN.UTF-8"])
def test_a_wrong_question_gets_one_sentence_and_exit_2(
    demo_db: str,
    words: tuple[str, ...],
    code: int,
    lang: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LANG", lang)
    monkeypatch.setenv("LC_ALL", lang)
    monkeypatch.setattr(sys, "argv", ["app.py", *words, "--db", demo_db])
    with pytest.raises(SystemExit) as left:
        main()
    told = capfd.readouterr()
    assert left.value.code == code
    assert told.err.strip()
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_missing_file_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path}/empty.db"
    done = sanling("import", "areas", str(tmp_path / "none.geojson"), db=db)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert answer("verify", db=db)["events"] == 0


def test_rebuilding_changes_no_answer(demo_copy: str) -> None:
    asked = ("zero", "--window", "month", "--known-at", "2026-06-30T06:00:00+08:00")
    before = answer(*asked, db=demo_copy)
    answer("rebuild", db=demo_copy)
    assert answer(*asked, db=demo_copy) == before


def test_a_changed_store_is_found_out(demo_copy: str) -> None:
    import sqlite3

    path = demo_copy.removeprefix("sqlite:///")
    with sqlite3.connect(path) as raw:
        raw.execute("update payload set body = body || x'20' where seq = 1000")
        assert raw.total_changes == 1
    raw.close()
    done = sanling("verify", db=demo_copy)
    assert done.returncode == 1
    assert "broken" in done.stderr


def test_accounts_are_added_changed_and_listed_without_a_password(tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path}/county.db"
    secret = "correct horse battery"  # noqa: S105
    added = sanling(
        "user", "add", "wang", "--role", "reporter", "--area", "1", "--password", secret, db=db
    )
    assert added.returncode == 0, added.stderr
    assert sanling("user", "change", "wang", "--role", "planner", "--close", db=db).returncode == 0
    told = answer("user", "list", db=db)
    assert told["accounts"] == [
        {"name": "wang", "roles": ["planner"], "scope": "1", "disabled": True}
    ]
    strange = sanling("user", "add", "li", "--role", "king", "--password", secret, db=db)
    assert strange.returncode == 2
    assert "king" in strange.stderr


def test_a_made_up_county_learns_at_its_own_day_and_never_before_its_last_event(
    demo_copy: str,
) -> None:
    with Store.open(demo_copy) as store:
        last = store.snapshot().known_at
        moment = ledger_clock(store)()
    assert last is not None
    assert moment >= last
    assert moment.astimezone(ZoneInfo("Asia/Shanghai")).date() == date(2026, 6, 30)


def test_a_clock_set_back_waits_at_the_last_event(demo_copy: str) -> None:
    ahead = datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC)
    with Store.open(demo_copy) as store:
        with store.batch(
            Entity.FEED, source="t", content_hash="0", recipe=None, actor="t", recorded_at=ahead
        ) as batch:
            batch.append(Entity.FEED, pd.DataFrame({"feed_id": ["f"]}))
        assert ledger_clock(store)() == ahead
