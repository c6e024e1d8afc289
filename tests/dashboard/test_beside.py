"""A process kept beside: it comes again when it dies, and goes when the server goes."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from dashboard.commands.beside import kept_beside

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 20.0
LIVING = """
import os, sys
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
sys.stdin.read()
"""


def numbers(path: Path, count: int) -> list[int]:
    """Wait until `count` processes have told their number."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        told = path.read_text().split() if path.exists() else []
        if len(told) >= count:
            return [int(number) for number in told]
        time.sleep(0.02)
    raise AssertionError(f"{count} processes were not seen in {PATIENCE_S} s")


def is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_is_killed_comes_again_and_ends_with_the_context(tmp_path: Path) -> None:
    told = tmp_path / "numbers"
    command = [sys.executable, "-c", LIVING, str(told)]
    with kept_beside(command, os.environ, pause_s=0.05):
        first = numbers(told, 1)[0]
        os.kill(first, signal.SIGKILL)
        second = numbers(told, 2)[1]
        assert second != first
        assert is_alive(second)
    assert not is_alive(second)
    # Four times the pause: one that came again would have told its number by now.
    time.sleep(0.2)
    assert len(numbers(told, 2)) == 2
