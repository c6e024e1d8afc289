"""A worker waits for work, light as long as there has never been any."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dashboard.settings import Settings
    from dashboard.worker.inbox import Inbox
    from dashboard.worker.running import Worker

__all__ = ["stop_when_told", "watch"]

LOG = logging.getLogger(__name__)

LOOK_S: Final = 1.0
"""Seconds between two looks at the queue and the inbox."""


def watch(settings: Settings, *, stop: threading.Event, once: bool = False) -> None:
    """Do long work until `stop` is set; with `once`, until none is left.

    Nothing heavy is loaded before there is a queue, or something in the inbox.
    """
    while not once and not _has_begun(settings):
        if stop.wait(LOOK_S):
            return
    from dashboard.wiring import build_worker

    worker, inbox = build_worker(settings, stop)
    while not stop.is_set():
        if _one_round(worker, inbox):
            continue
        if once:
            return
        stop.wait(LOOK_S)


def stop_when_told(*, tied: bool = False) -> threading.Event:
    """Give an event that is set by Ctrl-C, by SIGTERM and, when `tied`, by the end of stdin."""
    stop = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: stop.set())
    if tied:
        threading.Thread(target=_set_at_end_of_stdin, args=(stop,), daemon=True).start()
    return stop


def _has_begun(settings: Settings) -> bool:
    return settings.queue.exists() or any(Path(settings.inbox).glob("*/*"))


def _one_round(worker: Worker, inbox: Inbox) -> bool:
    """Look at the inbox and do one job; what goes wrong now may go right in the next round."""
    try:
        inbox.sweep()
        return worker.run_next()
    except Exception:  # such as a full disk or a folder taken away: the worker stays
        LOG.exception("The worker could not go on; it tries again")
        return False


def _set_at_end_of_stdin(stop: threading.Event) -> None:
    # Past Python's own buffer, whose lock a waiting thread would hold while the process ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()
