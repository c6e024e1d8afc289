"""The worker: each job done once, stopped whole, taken up again; the inbox loses no file."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboard.cli import cli
from dashboard.services.feeds import FeedService
from dashboard.services.recipes import RecipeShelf
from dashboard.services.world import World
from dashboard.worker import running
from dashboard.worker.deeds import Desk, Outcome
from dashboard.worker.inbox import Inbox
from dashboard.worker.running import Worker
from geo.intake import import_files
from geo.store import Jobs, Store
from geo.store.jobs import LOST_AFTER
from geo.vocabulary import Entity, JobKind, JobState
from tests.geo.conftest import points_in, villages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.store import Job

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
LATER = NOW + LOST_AFTER + timedelta(seconds=1)


@dataclass
class Bench:
    """A store with 36 villages, its queue, its worker and its inbox, at a clock of its own."""

    folder: Path
    store: Store
    jobs: Jobs
    now: datetime = NOW
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def shelf(self) -> RecipeShelf:
        return RecipeShelf(self.folder / "recipes")

    @property
    def worker(self) -> Worker:
        desk = Desk(self.store, lambda: NOW, self.shelf)
        return Worker(desk, self.jobs, lambda: self.now, name="w", stop=self.stop)

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.folder / "inbox", self.store, self.jobs, lambda: self.now)

    def cases(self, name: str = "cases.csv", count: int = 40, **changed: Any) -> Path:
        """Write a file of cases."""
        at = pd.date_range("2026-03-01 08:00", periods=count, freq="h").strftime("%F %H:%M")
        ids = [f"{Path(name).stem}{n}" for n in range(count)]
        table = points_in(villages(), count).assign(
            **{"incident_id": ids, "category": "theft", "occurred_from": at, **changed}
        )
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, encoding="gb18030")
        return path

    def ask(self, path: Path, kind: JobKind = JobKind.IMPORT, **more: Any) -> int:
        request = {"path": str(path), "entity": "cases", "crs": "wgs84", **more}
        return self.jobs.enqueue(kind, request, actor="local", now=self.now)

    def done(self, number: int) -> Job:
        assert self.worker.run_next()
        return self.jobs.get(number)

    def feed(self, feed_id: str = "police", **more: Any) -> None:
        """Enter a feed of cases."""
        row = {"delivers": "cases", "crs": "wgs84", "name": "公安案件", **more}
        frame = pd.DataFrame([row], index=pd.Index([feed_id], name="feed_id", dtype="str"))
        about: dict[str, Any] = {"source": "t", "content_hash": feed_id, "recipe": None}
        with self.store.batch(Entity.FEED, actor="t", recorded_at=NOW, **about) as batch:
            batch.append(Entity.FEED, frame)

    def files(self) -> list[str]:
        """List what lies in the inbox, without the reports."""
        inbox = self.folder / "inbox"
        found = [path.relative_to(inbox) for path in inbox.rglob("*") if path.is_file()]
        parts = [[p for p in path.parts if len(p) != 16] for path in found]
        return sorted("/".join(p) for p in parts if not p[-1].endswith((".json", "e.csv")))

    def work(self) -> None:
        """Look and work until nothing is left."""
        self.inbox.sweep()
        while self.worker.run_next():
            self.inbox.sweep()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/county.db") as store:
        about: dict[str, Any] = {"source": "t", "content_hash": "0", "recipe": None}
        with store.batch(Entity.AREA, actor="t", recorded_at=NOW, **about) as batch:
            batch.append(Entity.AREA, villages())
        jobs = Jobs(tmp_path / "county.jobs.db")
        yield Bench(tmp_path, store, jobs)
        jobs.close()


# ---- jobs -----------------------------------------------------------------------------------


def test_a_job_reports_what_the_command_reports(bench: Bench, tmp_path: Path) -> None:
    path = bench.cases(review=["undecided", *["confirmed"] * 39])
    bench.store.close()
    other = tmp_path / "other.db"
    other.write_bytes((tmp_path / "county.db").read_bytes())
    quarantine = tmp_path / "q.csv"
    words = ["import", "cases", str(path), "--crs", "wgs84", "--json", "--db"]
    told = CliRunner().invoke(cli, [*words, f"sqlite:///{other}", "--quarantine", str(quarantine)])
    by_command = json.loads(told.stdout)
    number = bench.ask(path)
    job = bench.done(number)
    by_job = dict(job.result["report"])
    assert by_job["batch"] == by_command["batch"]
    for report in (by_job, by_command):
        report.pop("seconds")
    assert by_job == by_command
    assert by_job["reasons"] == {"Q09": 1}
    assert bench.jobs.attachment(number) == quarantine.read_bytes()


def test_a_refused_file_fails_with_its_sentence_in_both_languages(bench: Bench) -> None:
    path = bench.cases()
    job = bench.done(bench.ask(path, crs=None))
    assert job.state is JobState.FAILED
    assert job.result["sentence_en"].startswith("F04")
    assert "坐标系" in job.result["sentence_zh"]
    missing = bench.done(bench.ask(bench.folder / "gone.csv"))
    assert "gone.csv" in missing.result["sentence_zh"]


def test_a_check_stores_nothing_and_shows_what_it_read(bench: Bench) -> None:
    before = bench.store.watermark
    job = bench.done(bench.ask(bench.cases(), JobKind.CHECK))
    seen = job.result["preview"]
    assert seen["report"]["kept"] == 40
    assert len(seen["rows"]) == 20
    assert seen["fields"][:2] == ["row", "code"]
    assert bench.store.watermark == before


def test_a_batch_is_undone_and_the_tables_are_rebuilt(bench: Bench) -> None:
    number = bench.ask(bench.cases())
    batch = bench.done(number).result["report"]["batch"]
    assert len(bench.store.snapshot().cases) == 40
    undo = bench.jobs.enqueue(JobKind.UNDO, {"batch": batch}, actor="local", now=NOW)
    assert bench.done(undo).result["undone"] == batch
    assert bench.store.snapshot().cases.empty
    again = bench.jobs.enqueue(JobKind.UNDO, {"batch": batch}, actor="local", now=NOW)
    assert "撤销" in bench.done(again).result["sentence_zh"]
    rebuild = bench.jobs.enqueue(JobKind.REBUILD, {}, actor="local", now=NOW)
    assert set(bench.done(rebuild).result["rows"]) == {"month_count", "segment"}


def test_a_saved_recipe_reads_a_file_by_its_name(bench: Bench) -> None:
    columns = {
        "incident_id": "号",
        "category": "类",
        "occurred_from": "时",
        "lon": "经",
        "lat": "纬",
    }
    bench.shelf.save("本地_案件", {"entities": {"cases": [{"name": "x", "columns": columns}]}})
    path = bench.cases()
    table = pd.read_csv(path, encoding="gb18030").drop(columns="area_code")
    table.rename(columns=columns).to_csv(path, index=False)
    job = bench.done(bench.ask(path, recipe="本地_案件"))
    assert job.result["report"]["kept"] == 40
    assert set(bench.store.batches()["recipe"]) >= {"本地_案件"}


def test_a_job_stopped_while_it_runs_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, before = bench.ask(bench.cases()), bench.store.watermark
    beat = Jobs.beat

    def stop_then_beat(jobs: Jobs, *given: Any, **told: Any) -> bool:
        if str(told.get("step")).startswith("writing"):
            jobs.ask_cancel(number, now=NOW)
        return beat(jobs, *given, **told)

    monkeypatch.setattr(Jobs, "beat", stop_then_beat)
    assert bench.done(number).state is JobState.CANCELLED
    assert bench.store.watermark == before


def test_a_worker_that_has_to_go_gives_its_job_back(bench: Bench) -> None:
    number, before = bench.ask(bench.cases()), bench.store.watermark
    bench.stop.set()
    job = bench.done(number)
    assert (job.state, job.starts, bench.store.watermark) == (JobState.QUEUED, 0, before)
    bench.stop.clear()
    assert bench.done(number).result["report"]["kept"] == 40


def test_a_job_whose_worker_died_before_the_commit_is_done_again(bench: Bench) -> None:
    number = bench.ask(bench.cases())
    bench.jobs.claim("dead", now=NOW)
    assert not bench.worker.run_next()
    bench.now = LATER
    job = bench.done(number)
    assert (job.state, job.starts, job.result["report"]["kept"]) == (JobState.DONE, 2, 40)


def test_a_job_whose_worker_died_after_the_commit_counts_as_done(bench: Bench) -> None:
    path = bench.cases()
    number = bench.ask(path)
    bench.jobs.claim("dead", now=NOW)
    stood = import_files(bench.store, "cases", [path], actor="local", now=NOW, crs="wgs84")
    bench.now, mark = LATER, bench.store.watermark
    job = bench.done(number)
    assert (job.state, job.result["batch"]) == (JobState.DONE, stood.batch)
    assert bench.store.watermark == mark
    second = bench.done(bench.ask(path))
    assert (second.state, second.result["report"]["refused"]) == (JobState.FAILED, "F06")


def test_a_worker_that_lost_its_job_stores_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, before = bench.ask(bench.cases()), bench.store.watermark
    beat = Jobs.beat
    taken: list[Any] = []

    def taken_over(jobs: Jobs, *given: Any, **told: Any) -> bool:
        if str(told.get("step")).startswith("checking") and not taken:
            taken.append(jobs.claim("other", now=LATER))
        return beat(jobs, *given, **told)

    monkeypatch.setattr(Jobs, "beat", taken_over)
    job = bench.done(number)
    assert (job.state, job.worker) == (JobState.RUNNING, "other")
    assert bench.store.watermark == before


def test_a_defect_ends_one_job_and_not_the_worker(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Any:
        raise KeyError("secret")

    number = bench.ask(bench.cases())
    with monkeypatch.context() as patch:
        patch.setattr(running, "perform", broken)
        job = bench.done(number)
    assert job.state is JobState.FAILED
    assert "secret" not in json.dumps(job.result)
    assert "secret" in caplog.text
    assert bench.done(bench.ask(bench.folder / "cases.csv")).state is JobState.DONE


def test_a_silent_deed_is_still_heard_of(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    number = bench.ask(bench.cases())
    heard = threading.Event()
    beat = Jobs.beat

    def listen(jobs: Jobs, *given: Any, **told: Any) -> bool:
        if told["step"] is None:
            heard.set()
        return beat(jobs, *given, **told)

    def silent(*_: Any) -> Any:
        assert heard.wait(10)
        return Outcome()

    monkeypatch.setattr(running, "BEAT_S", 0.01)
    monkeypatch.setattr(running, "perform", silent)
    monkeypatch.setattr(Jobs, "beat", listen)
    assert bench.done(number).state is JobState.DONE


# ---- the inbox ------------------------------------------------------------------------------


def test_a_delivered_file_is_imported_once_with_its_report_beside_it(bench: Bench) -> None:
    bench.feed()
    bench.cases("inbox/police/一月.csv", category=["", *["theft"] * 39])
    bench.work()
    bench.work()
    assert bench.files() == ["police/done/一月.csv"]
    done = bench.folder / "inbox" / "police" / "done"
    report = json.loads((done / "一月.csv.report.json").read_bytes())
    assert (report["kept"], report["quarantined"]) == (39, 1)
    assert (done / "一月.csv.quarantine.csv").read_bytes().startswith(b"\xef\xbb\xbfrow,")
    batches = bench.store.batches()
    assert list(batches["actor"])[-1] == "feed:police"
    assert list(batches["source"])[-1] == "一月.csv"
    assert len(bench.jobs.newest()) == 1


@pytest.mark.parametrize("name", [".c.csv", "c.csv.part", "c.csv.TMP"])
def test_a_file_still_being_written_is_left_alone(bench: Bench, name: str) -> None:
    bench.feed()
    bench.cases(f"inbox/police/{name}")
    bench.work()
    assert bench.files() == [f"police/{name}"]
    assert bench.jobs.newest() == []


def test_a_file_of_nobody_is_laid_away_with_a_sentence(bench: Bench) -> None:
    bench.cases("inbox/strangers/c.csv")
    bench.work()
    assert bench.files() == ["strangers/failed/c.csv"]
    told = (bench.folder / "inbox/strangers/failed/c.csv.report.json").read_text("utf-8")
    assert "strangers" in json.loads(told)["sentence_zh"]


def test_a_refused_file_is_laid_away_with_its_report(bench: Bench) -> None:
    bench.feed(crs=None)
    bench.cases("inbox/police/c.csv")
    bench.work()
    assert bench.files() == ["police/failed/c.csv"]
    told = json.loads((bench.folder / "inbox/police/failed/c.csv.report.json").read_bytes())
    assert told["refused"] == "F04"


def test_a_second_file_of_the_same_name_gets_a_number(bench: Bench) -> None:
    bench.feed()
    for count in (20, 30):
        bench.cases("inbox/police/c.csv", count=count)
        bench.work()
    assert bench.files() == ["police/done/c-2.csv", "police/done/c.csv"]
    told = json.loads((bench.folder / "inbox/police/done/c-2.csv.report.json").read_bytes())
    assert (told["rows_read"], told["unchanged"]) == (30, 0)


def held(bench: Bench, name: str = "c.csv") -> Path:
    """Put a file where a sweep that broke off right after its rename would leave it."""
    path = bench.cases(f"inbox/police/working/{'a' * 16}/{name}")
    bench.feed()
    return path


def test_a_file_moved_but_not_queued_is_queued_by_the_next_sweep(bench: Bench) -> None:
    held(bench)
    bench.work()
    assert bench.files() == ["police/done/c.csv"]
    assert len(bench.store.snapshot().cases) == 40


def test_a_file_that_is_queued_is_not_queued_again(bench: Bench) -> None:
    bench.feed()
    bench.cases("inbox/police/c.csv")
    for _ in range(3):
        bench.inbox.sweep()
    assert len(bench.jobs.newest()) == 1
    assert bench.files() == ["police/working/c.csv"]


def test_a_file_whose_job_is_done_is_only_laid_away(bench: Bench) -> None:
    bench.feed()
    bench.cases("inbox/police/c.csv")
    bench.inbox.sweep()
    bench.worker.run_next()
    mark = bench.store.watermark
    bench.work()
    assert (bench.files(), bench.store.watermark) == (["police/done/c.csv"], mark)


def test_a_report_written_before_the_file_was_moved_is_written_again(bench: Bench) -> None:
    held(bench)
    bench.inbox.sweep()
    bench.worker.run_next()
    done = bench.folder / "inbox" / "police" / "done"
    done.mkdir()
    (done / "c.csv.report.json").write_text("{")
    bench.work()
    assert json.loads((done / "c.csv.report.json").read_bytes())["kept"] == 40
    assert bench.files() == ["police/done/c.csv"]


def test_an_empty_folder_left_by_a_broken_move_goes_away(bench: Bench) -> None:
    empty = bench.folder / "inbox" / "police" / "working" / ("b" * 16)
    empty.mkdir(parents=True)
    bench.work()
    assert not empty.exists()


def test_a_cancelled_file_is_laid_away_as_not_imported(bench: Bench) -> None:
    bench.feed()
    bench.cases("inbox/police/c.csv")
    bench.inbox.sweep()
    bench.jobs.ask_cancel(bench.jobs.newest()[0].job_id, now=NOW)
    bench.work()
    assert bench.files() == ["police/failed/c.csv"]


# ---- feeds ----------------------------------------------------------------------------------


def test_a_feed_is_late_when_it_is_older_than_its_limit(bench: Bench) -> None:
    bench.feed("police", expected_every_h=24.0, age_limit_h=36.0)
    bench.feed("silent", expected_every_h=24.0)
    bench.feed("free")
    bench.cases("inbox/police/c.csv")
    bench.work()
    for hours, late in ((36, False), (37, True)):
        feeds = feeds_at(bench, NOW + timedelta(hours=hours))
        assert (feeds["police"]["late"], feeds["police"]["age_h"]) == (late, hours)
        assert (feeds["police"]["rows"], feeds["silent"]["late"]) == (40, True)
        assert (feeds["free"]["late"], feeds["free"]["age_h"]) == (None, None)


def feeds_at(bench: Bench, now: datetime) -> dict[str, dict[str, Any]]:
    feeds = FeedService(World(bench.store, lambda: now)).feeds()
    return {feed["feed_id"]: feed for feed in feeds}


# ---- processes ------------------------------------------------------------------------------


def test_the_command_does_what_lies_there_and_ends(bench: Bench) -> None:
    bench.feed()
    bench.cases("inbox/police/c.csv")
    number = bench.ask(bench.cases("page.csv"))
    bench.store.close()
    command = [sys.executable, "app.py", "work", "--once", "--inbox", str(bench.folder / "inbox")]
    db = f"sqlite:///{bench.folder}/county.db"
    done = subprocess.run([*command, "--db", db], cwd=ROOT, check=False, capture_output=True)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert bench.files() == ["police/done/c.csv"]
    assert bench.jobs.get(number).state is JobState.DONE


def test_the_worker_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dashboard.worker", "--tied"]
    given = {"SANLING_DB": f"sqlite:///{tmp_path}/none.db", "SANLING_INBOX": str(tmp_path / "in")}
    worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, env=_environment(given))
    assert worker.stdin is not None
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(1.5)
    status = Path(f"/proc/{worker.pid}/status")
    resident_kb = 0
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        resident_kb = int(lines["VmRSS"].split()[0])
    worker.stdin.close()
    assert worker.wait(10) == 0
    assert resident_kb < 80_000, "a worker without work must not load the whole project"
    assert list(tmp_path.iterdir()) == []


def _environment(given: dict[str, str]) -> dict[str, str]:
    import os

    return {**os.environ, **given}
