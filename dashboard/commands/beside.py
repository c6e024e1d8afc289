"""A process kept running beside this one: started anew when it dies, ended with it."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["kept_beside"]

GRACE_S: Final = 10.0
"""Seconds a process may take to end."""

PAUSE_S: Final = 2.0
"""Seconds before a process that died is started again."""


@contextmanager
def kept_beside(
    command: Sequence[str], environment: Mapping[str, str], *, pause_s: float = PAUSE_S
) -> Iterator[None]:
    """Run `command` as long as the context lasts, however often it dies.

    It sees its standard input end when the last process that holds the other end is gone, and
    can end by itself even where this one was killed.
    """
    ending = threading.Event()
    owner = os.getpid()
    running = [_started(command, environment)]

    def watch() -> None:
        while True:
            process = running[0]
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
            if ending.wait(pause_s):
                return
            running[0] = _started(command, environment)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        # A server's own children leave through here too; the process is not theirs to end.
        if os.getpid() == owner:
            ending.set()
            running[0].terminate()
            watcher.join(GRACE_S)


def _started(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl-C is for the server, which then ends this one.
    return subprocess.Popen(  # noqa: S603 - the command is the project's own
        list(command), stdin=subprocess.PIPE, env=dict(environment), start_new_session=True
    )
