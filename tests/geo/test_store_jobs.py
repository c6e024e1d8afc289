"""The queue of long work: one worker per job, nothing lost, a wish to stop is heard."""

from __future__ import annotations

import multiprocessing
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from geo.errors import NotReadyError
from geo.store import JobLost, Jobs, Store
from geo.store.jobs import KEPT, LOST_AFTER, MOST_STARTS
from geo.vocabulary import Entity, JobKind, JobState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    opened = Jobs(tmp_path / "county.jobs.db")
    yield opened
    opened.close()


def queued(jobs: Jobs, count: int = 1) -> list[int]:
    return [
        jobs.enqueue(JobKind.IMPORT, {"name": f"文件{n}"}, actor="local", now=NOW)
        for n in range(count)
    ]


def test_no_file_is_made_before_the_first_job(jobs: Jobs) -> None:
    assert (jobs.newest(), jobs.waiting(), jobs.claim("w", now=NOW)) == ([], [], None)
    assert not jobs.path.exists()


def test_jobs_are_claimed_in_the_order_they_came_and_keep_what_was_asked(jobs: Jobs) -> None:
    first, second = queued(jobs, 2)
    claimed = [jobs.claim("w", now=NOW), jobs.claim("w", now=NOW), jobs.claim("w", now=NOW)]
    assert [job and job.job_id for job in claimed] == [first, second, None]
    kept = jobs.get(first)
    assert (kept.request, kept.kind, kept.actor) == ({"name": "文件0"}, JobKind.IMPORT, "local")
    assert (kept.state, kept.starts, kept.queued_at) == (JobState.RUNNING, 1, NOW)


def test_a_finished_job_keeps_its_result_and_its_file(jobs: Jobs) -> None:
    (job,) = queued(jobs)
    jobs.claim("w", now=NOW)
    assert jobs.beat(job, "w", now=NOW, share=0.5, step="checking a.csv") is False
    assert (jobs.get(job).share, jobs.get(job).step) == (0.5, "checking a.csv")
    jobs.finish(job, "w", {"batch": 7}, now=NOW + SECOND, attachment=b"\xff\x00")
    done = jobs.get(job)
    assert (done.state, done.result, done.share, done.ended) == (
        JobState.DONE,
        {"batch": 7},
        1.0,
        True,
    )
    assert jobs.attachment(job) == b"\xff\x00"
    assert jobs.claim("w", now=NOW + 2 * LOST_AFTER) is None


def test_a_silent_worker_loses_its_job_to_another(jobs: Jobs) -> None:
    (job,) = queued(jobs)
    jobs.claim("dead", now=NOW)
    assert jobs.claim("next", now=NOW + LOST_AFTER) is None
    again = jobs.claim("next", now=NOW + LOST_AFTER + SECOND)
    assert again is not None
    assert (again.job_id, again.starts) == (job, 2)
    for tell in (
        lambda: jobs.beat(job, "dead", now=NOW),
        lambda: jobs.finish(job, "dead", {}, now=NOW),
        lambda: jobs.give_back(job, "dead"),
    ):
        with pytest.raises(JobLost):
            tell()
    jobs.finish(job, "next", {"batch": 1}, now=NOW)
    with pytest.raises(JobLost):
        jobs.cancelled(job, "next", now=NOW)


def test_a_worker_that_is_heard_of_keeps_its_job(jobs: Jobs) -> None:
    (job,) = queued(jobs)
    jobs.claim("slow", now=NOW)
    jobs.beat(job, "slow", now=NOW + LOST_AFTER)
    assert jobs.claim("next", now=NOW + LOST_AFTER + SECOND) is None


def test_a_job_that_takes_its_workers_down_is_given_up(jobs: Jobs) -> None:
    (job,) = queued(jobs)
    at = NOW
    for _ in range(MOST_STARTS):
        assert jobs.claim("w", now=at)
        at += LOST_AFTER + SECOND
    assert jobs.claim("w", now=at) is None
    given_up = jobs.get(job)
    assert given_up.state is JobState.FAILED
    assert "三次" in given_up.result["sentence_zh"]


def test_a_job_given_back_is_as_if_never_begun(jobs: Jobs) -> None:
    (job,) = queued(jobs)
    for _ in range(MOST_STARTS + 1):
        jobs.claim("w", now=NOW)
        jobs.give_back(job, "w")
    assert (jobs.get(job).state, jobs.get(job).starts) == (JobState.QUEUED, 0)


def test_a_waiting_job_is_cancelled_at_once_a_running_one_when_its_worker_tells_of_it(
    jobs: Jobs,
) -> None:
    runs, waits = queued(jobs, 2)
    jobs.claim("w", now=NOW)
    for job in (runs, waits):
        jobs.ask_cancel(job, now=NOW)
    assert jobs.get(waits).state is JobState.CANCELLED
    assert jobs.get(runs).state is JobState.RUNNING
    assert jobs.beat(runs, "w", now=NOW) is True
    jobs.cancelled(runs, "w", now=NOW)
    assert (jobs.get(runs).state, jobs.waiting()) == (JobState.CANCELLED, [])


def test_a_job_cancelled_while_its_worker_died_does_not_begin_again(jobs: Jobs) -> None:
    (job,) = queued(jobs)
    jobs.claim("dead", now=NOW)
    jobs.ask_cancel(job, now=NOW)
    assert jobs.claim("next", now=NOW + LOST_AFTER + SECOND) is None
    assert jobs.get(job).state is JobState.CANCELLED


def test_what_has_ended_cannot_be_cancelled(jobs: Jobs) -> None:
    (job,) = queued(jobs)
    jobs.claim("w", now=NOW)
    jobs.finish(job, "w", {}, now=NOW)
    jobs.ask_cancel(job, now=NOW)
    assert jobs.get(job).state is JobState.DONE


def test_old_jobs_are_forgotten_open_ones_never(jobs: Jobs) -> None:
    done, waits = queued(jobs, 2)
    jobs.claim("w", now=NOW)
    jobs.finish(done, "w", {}, now=NOW)
    later = jobs.enqueue(JobKind.REBUILD, {}, actor="local", now=NOW + KEPT + SECOND)
    assert [job.job_id for job in jobs.newest()] == [later, waits]
    with pytest.raises(NotReadyError):
        jobs.get(done)


def test_a_job_without_a_file_says_so(jobs: Jobs) -> None:
    (job,) = queued(jobs)
    with pytest.raises(NotReadyError, match="no job"):
        jobs.attachment(job)


def drain(jobs: Jobs, worker: str) -> list[int]:
    taken = []
    while claimed := jobs.claim(worker, now=NOW):
        taken.append(claimed.job_id)
    return taken


def test_threads_share_the_jobs_without_doing_one_twice(jobs: Jobs) -> None:
    made = queued(jobs, 40)
    taken: list[int] = []
    workers = [
        threading.Thread(target=lambda n=n: taken.extend(drain(jobs, f"w{n}"))) for n in range(6)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == made


def drain_path(path: Path, worker: str) -> list[int]:
    own = Jobs(path)
    try:
        return drain(own, worker)
    finally:
        own.close()


def test_processes_share_the_jobs_without_doing_one_twice(jobs: Jobs) -> None:
    made = queued(jobs, 20)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        shares = pool.starmap(drain_path, [(jobs.path, "a"), (jobs.path, "b")])
    assert sorted(shares[0] + shares[1]) == made


def test_a_long_write_to_the_store_keeps_no_one_from_telling_or_stopping(
    jobs: Jobs, tmp_path: Path
) -> None:
    (job,) = queued(jobs)
    jobs.claim("w", now=NOW)
    about: dict[str, Any] = {"source": "t", "content_hash": "0", "recipe": None, "actor": "t"}
    with (
        Store.open(f"sqlite:///{tmp_path}/county.db") as store,
        store.batch(Entity.AREA, recorded_at=NOW, **about),
    ):
        jobs.ask_cancel(job, now=NOW)
        assert jobs.beat(job, "w", now=NOW, share=0.7) is True
