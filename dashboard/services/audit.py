"""Who did what: the one place where a deed is tied to an account's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Audit"]

Audit: TypeAlias = Callable[[str, str, str], None]
"""Notes who (an account's name) did what deed, about what; see `People.log`."""
