"""How far long work is: a share and a step, told to whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Progress", "silent", "within"]

Progress: TypeAlias = Callable[[float, str], None]
"""Called with the share done, 0 to 1, and the step at work, such as "writing cases.csv".

It may raise `geo.errors.Cancelled`: what is under way is then dropped as a whole."""


def silent(_share: float, _step: str) -> None:
    """Tell nobody."""


def within(progress: Progress, start: float, end: float) -> Progress:
    """Give the progress of a part: its 0 to 1 is `start` to `end` of the whole.

    >>> within(lambda share, step: print(share, step), 0.5, 1.0)(0.5, "writing")
    0.75 writing
    """

    def part(share: float, step: str) -> None:
        progress(start + (end - start) * share, step)

    return part
