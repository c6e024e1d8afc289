"""`python -m dashboard.worker`: the worker that `serve` starts beside itself."""

from __future__ import annotations

import logging
import os
import sys

from dashboard.settings import Settings
from dashboard.worker.watching import stop_when_told, watch

__all__ = ["main"]

BEHIND: int = 5
"""Niceness: who looks at a page goes before who imports."""


def main() -> None:
    """Work for the store and the inbox of the settings; `--tied` ends with standard input."""
    logging.basicConfig(level=logging.WARNING, format="worker: %(message)s")
    if hasattr(os, "nice"):
        os.nice(BEHIND)
    watch(Settings(), stop=stop_when_told(tied="--tied" in sys.argv[1:]))


if __name__ == "__main__":
    main()
