"""One worker: it claims a job, is heard of while it works, and keeps what came of it."""

from __future__ import annotations

import logging
import os
import socket
import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from dashboard.worker.deeds import Desk, Outcome, perform
from geo.errors import Cancelled, SanlingError
from geo.store import JobLost

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from geo.store import Job, Jobs

__all__ = ["Worker", "worker_name"]

LOG = logging.getLogger(__name__)

BEAT_S: Final = 10.0
"""Seconds between two signs of life, whatever the work is at."""
TOLD_S: Final = 0.3
"""Seconds between two shares that are passed on; a new step is told at once."""

DEFECT: Final = {
    "sentence_en": "The work ended by a defect of the program; the service log tells where.",
    "sentence_zh": "程序出错，任务已中止；详情见服务日志。",
}


def worker_name() -> str:
    """Name this process among all that may work on a queue."""
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass
class Worker:
    """Does the jobs of one queue, one after the other; `now` is the queue's clock.

    Setting `stop` ends it: what is under way is dropped and waits for the next worker.
    """

    desk: Desk
    jobs: Jobs
    now: Callable[[], datetime]
    name: str = field(default_factory=worker_name)
    stop: threading.Event = field(default_factory=threading.Event)

    def run_next(self) -> bool:
        """Do the next job, if there is one; say whether there was."""
        job = self.jobs.claim(self.name, now=self.now())
        if job is None:
            return False
        LOG.info("Job %s: %s", job.job_id, job.kind)
        try:
            self._do(job)
        except JobLost as error:
            LOG.warning("%s", error)
        return True

    def _do(self, job: Job) -> None:
        try:
            with _Pulse(self, job) as pulse:
                outcome = perform(job, self.desk, pulse.progress)
        except Cancelled:
            self._end_early(job)
            return
        except SanlingError as error:
            said = {"sentence_en": error.text("en"), "sentence_zh": error.text("zh")}
            outcome = Outcome(said, failed=True)
        except Exception:  # a defect in one job must not keep the others waiting
            LOG.exception("Job %s failed", job.job_id)
            outcome = Outcome(DEFECT, failed=True)
        self.jobs.finish(
            job.job_id,
            self.name,
            outcome.result,
            now=self.now(),
            attachment=outcome.attachment,
            failed=outcome.failed,
        )

    def _end_early(self, job: Job) -> None:
        if self.stop.is_set():
            self.jobs.give_back(job.job_id, self.name)
        else:
            self.jobs.cancelled(job.job_id, self.name, now=self.now())


@dataclass
class _Pulse:
    """Lets a job be heard of: by its own progress, and by a thread while it says nothing."""

    worker: Worker
    job: Job
    asked: bool = False
    lost: bool = False
    step: str = ""
    told_at: float = float("-inf")
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        threading.Thread(target=self._keep_alive, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()

    def progress(self, share: float, step: str) -> None:
        """Pass a share and a step on; raises Cancelled where the work has to stop."""
        if step != self.step or monotonic() - self.told_at >= TOLD_S:
            self.step, self.told_at = step, monotonic()
            self._beat(share, step)
        if self.lost:
            raise JobLost(f"Job {self.job.job_id} was taken over.", "任务已由其他进程接手。")
        if self.asked or self.worker.stop.is_set():
            raise Cancelled("The work was stopped as asked.", "已按要求停止任务。")

    def _keep_alive(self) -> None:
        while not self.over.wait(BEAT_S):
            self._beat(None, None)

    def _beat(self, share: float | None, step: str | None) -> None:
        worker, number = self.worker, self.job.job_id
        try:
            self.asked |= worker.jobs.beat(
                number, worker.name, now=worker.now(), share=share, step=step
            )
        except JobLost:
            self.lost = True
