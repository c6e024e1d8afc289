"""Long work on its way: queued, claimed by one worker, told of as it goes, kept with its result.

The queue is a file of its own beside the store. A long import holds the store's one write lock
for minutes; its progress has to be seen, and a wish to stop it heard, all that time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
import sqlalchemy as sa

from geo.errors import NotReadyError, SanlingError
from geo.store.moments import moment_of, us_of
from geo.store.side_file import SideFile
from geo.store.tables import job, queue
from geo.vocabulary import JobKind, JobState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

__all__ = ["LOST_AFTER", "Job", "JobLost", "Jobs"]

LOST_AFTER: Final = timedelta(seconds=60)
"""A running job nobody has heard of for so long is taken over: its worker died."""
MOST_STARTS: Final = 3
"""A job that took its worker down so often is given up."""
KEPT: Final = timedelta(days=90)
"""How long ended jobs are listed; what they did stands in the ledger for ever."""

OPEN: Final = (JobState.QUEUED, JobState.RUNNING)
MOMENTS: Final = ("queued_at", "started_at", "beat_at", "finished_at")
LISTED: Final = [column for column in job.c if column.name != "attachment"]

GIVEN_UP: Final = {
    "sentence_en": "The work broke off three times without a reason; it was given up. See the log.",
    "sentence_zh": "任务三次无故中断，已放弃。请查看服务日志。",
}


class JobLost(SanlingError):
    """Another worker has taken the job over, or it has come to its end."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of long work; `starts` counts how often a worker began it.

    `result` holds what came of it, with `sentence_en` and `sentence_zh` where it failed.
    """

    job_id: int
    kind: JobKind
    state: JobState
    actor: str
    request: Mapping[str, Any]
    queued_at: datetime
    result: Mapping[str, Any] = field(default_factory=dict)
    share: float = 0.0
    step: str = ""
    cancel: bool = False
    worker: str | None = None
    starts: int = 0
    started_at: datetime | None = None
    beat_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Say whether nothing more will become of it."""
        return self.state not in OPEN


class Jobs:
    """The queue at `path`, beside a store; several processes may use it at once.

    Its file is made by the first job that is queued.
    """

    def __init__(self, path: Path) -> None:
        self._file = SideFile(path, queue)

    @property
    def path(self) -> Path:
        """Give the file the queue stands in."""
        return self._file.path

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def enqueue(
        self, kind: JobKind, request: Mapping[str, Any], *, actor: str, now: datetime
    ) -> int:
        """Queue a job and give its number; jobs that ended long ago are forgotten."""
        row = {"kind": kind, "state": JobState.QUEUED, "actor": actor, "queued_at": us_of(now)}
        old = job.c.state.not_in(OPEN) & (job.c.finished_at < us_of(now - KEPT))
        with self._file.write() as connection:
            connection.execute(sa.delete(job).where(old))
            made = connection.execute(sa.insert(job).values(**row, request=_text(request)))
            return int((made.inserted_primary_key or [0])[0])

    def claim(self, worker: str, *, now: datetime) -> Job | None:
        """Give the oldest job that waits, or whose worker was lost; None where there is none.

        It is the claimant's alone, as long as it is heard of.
        """
        if not self._file.exists:
            return None
        lost = (job.c.state == JobState.RUNNING) & (job.c.beat_at < us_of(now - LOST_AFTER))
        waits = sa.select(job).where((job.c.state == JobState.QUEUED) | lost)
        with self._file.read() as connection:
            if connection.execute(waits.limit(1)).first() is None:
                return None
        with self._file.write() as connection:
            for row in connection.execute(waits.order_by(job.c.job_id)).mappings().all():
                if row["starts"] < MOST_STARTS and not row["cancel"]:
                    return self._start(connection, row, worker, us_of(now))
                given_up = {"state": JobState.CANCELLED} if row["cancel"] else FAILED_FOR_GOOD
                values = {**given_up, "finished_at": us_of(now)}
                connection.execute(_only(row["job_id"]).values(**values))
        return None

    def beat(
        self,
        job_id: int,
        worker: str,
        *,
        now: datetime,
        share: float | None = None,
        step: str | None = None,
    ) -> bool:
        """Say that the job is alive and how far it is; True when somebody asked it to stop.

        Raises JobLost when the job is no longer this worker's.
        """
        told = {"share": share, "step": step, "beat_at": us_of(now)}
        values = {name: value for name, value in told.items() if value is not None}
        with self._file.write() as connection:
            _change_own(connection, job_id, worker, values)
            asked = sa.select(job.c.cancel).where(job.c.job_id == job_id)
            return bool(connection.execute(asked).scalar_one())

    def finish(
        self,
        job_id: int,
        worker: str,
        result: Mapping[str, Any],
        *,
        now: datetime,
        attachment: bytes | None = None,
        failed: bool = False,
    ) -> None:
        """Keep what came of a job; a failed one says why in its `result`. Raises JobLost."""
        state = JobState.FAILED if failed else JobState.DONE
        values = {"result": _text(result), "attachment": attachment}
        self._end(job_id, worker, now, {"state": state, "share": 1.0, "step": "", **values})

    def cancelled(self, job_id: int, worker: str, *, now: datetime) -> None:
        """Note that a job was stopped as asked. Raises JobLost."""
        self._end(job_id, worker, now, {"state": JobState.CANCELLED, "step": ""})

    def give_back(self, job_id: int, worker: str) -> None:
        """Queue a job again whose worker has to go; it counts as never begun. Raises JobLost."""
        again = {"state": JobState.QUEUED, "share": 0.0, "step": "", "worker": None}
        with self._file.write() as connection:
            _change_own(connection, job_id, worker, {**again, "starts": job.c.starts - 1})

    def ask_cancel(self, job_id: int, *, now: datetime) -> None:
        """Stop a job: at once when it still waits, else when its worker next tells of it."""
        one = _only(job_id)
        waits, runs = job.c.state == JobState.QUEUED, job.c.state == JobState.RUNNING
        ended = {"state": JobState.CANCELLED, "finished_at": us_of(now)}
        with self._file.write() as connection:
            connection.execute(one.where(waits).values(cancel=True, **ended))
            connection.execute(one.where(runs).values(cancel=True))

    def get(self, job_id: int) -> Job:
        """Give one job; raises NotReadyError for a number nobody knows."""
        found = self._select(sa.select(*LISTED).where(job.c.job_id == job_id))
        if not found:
            raise _unknown(job_id)
        return found[0]

    def attachment(self, job_id: int) -> bytes:
        """Give the bytes kept with a job; raises NotReadyError where there are none."""
        if self._file.exists:
            wanted = sa.select(job.c.attachment).where(job.c.job_id == job_id)
            with self._file.read() as connection:
                body = connection.execute(wanted).scalar()
            if body is not None:
                return bytes(body)
        raise _unknown(job_id)

    def newest(self, count: int = 50) -> list[Job]:
        """List the newest jobs, the last queued first."""
        return self._select(sa.select(*LISTED).order_by(job.c.job_id.desc()).limit(count))

    def waiting(self) -> list[Job]:
        """List the jobs that have not ended, oldest first."""
        unended = sa.select(*LISTED).where(job.c.state.in_(OPEN))
        return self._select(unended.order_by(job.c.job_id))

    def naming(self, text: str) -> Job | None:
        """Give the newest job whose request holds `text`, such as the folder of its file."""
        named = sa.select(*LISTED).where(job.c.request.contains(text, autoescape=True))
        found = self._select(named.order_by(job.c.job_id.desc()).limit(1))
        return found[0] if found else None

    def let_go(self, batches: Collection[int]) -> None:
        """Forget what was kept of the rows of these batches: what was set aside, what was checked.

        Nothing of it is left in the file, unless somebody is reading it at that moment.
        """
        if not self._file.exists:
            return
        held = sa.select(job.c.job_id, job.c.result).where(job.c.attachment.is_not(None))
        with self._file.write() as connection:
            for number, result in connection.execute(held).all():
                if _batch_of(orjson.loads(result or "{}")) in batches:
                    connection.execute(_only(number).values(attachment=None))
            checked = (job.c.kind == JobKind.CHECK) & job.c.state.not_in(OPEN)
            connection.execute(sa.delete(job).where(checked))
        self._file.compact()

    def _start(self, connection: sa.Connection, row: sa.RowMapping, worker: str, now: int) -> Job:
        values: dict[str, Any] = {
            "state": JobState.RUNNING,
            "worker": worker,
            "starts": row["starts"] + 1,
            "started_at": now,
            "beat_at": now,
            "share": 0.0,
            "step": "",
        }
        connection.execute(_only(row["job_id"]).values(**values))
        return _job({**row, **values})

    def _end(self, job_id: int, worker: str, now: datetime, values: Mapping[str, Any]) -> None:
        with self._file.write() as connection:
            _change_own(connection, job_id, worker, {**values, "finished_at": us_of(now)})

    def _select(self, query: sa.Select[Any]) -> list[Job]:
        if not self._file.exists:
            return []
        with self._file.read() as connection:
            return [_job({**row}) for row in connection.execute(query).mappings()]


FAILED_FOR_GOOD: Final = {
    "state": JobState.FAILED,
    "result": orjson.dumps(GIVEN_UP).decode(),
}


def _batch_of(result: Mapping[str, Any]) -> int | None:
    """Give the batch an import made; it stands in its report, unless the report was lost."""
    report = result.get("report") or result
    return report.get("batch")


def _only(job_id: int) -> sa.Update:
    return sa.update(job).where(job.c.job_id == job_id)


def _change_own(
    connection: sa.Connection, job_id: int, worker: str, values: Mapping[str, Any]
) -> None:
    own = _only(job_id).where(job.c.worker == worker, job.c.state == JobState.RUNNING)
    if not connection.execute(own.values(**values)).rowcount:
        raise JobLost(
            f"Job {job_id} is no longer in the hands of {worker}; leave it.",
            f"任务 {job_id} 已不由 {worker} 处理，请停止。",
        )


def _job(row: Mapping[str, Any]) -> Job:
    fields = {name: row[name] for name in Job.__dataclass_fields__}
    for name in MOMENTS:
        fields[name] = None if fields[name] is None else moment_of(fields[name])
    for name in ("request", "result"):
        fields[name] = orjson.loads(fields[name]) if fields[name] else {}
    return Job(**fields | {"kind": JobKind(row["kind"]), "state": JobState(row["state"])})


def _text(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _unknown(job_id: int) -> NotReadyError:
    return NotReadyError(
        f"There is no job {job_id}, or nothing is kept with it; see the list of jobs.",
        f"没有任务 {job_id}，或其未保存文件；请查看任务列表。",
    )
