"""What a bulletin holds, before anybody words it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboard.services.bulletin.asking import Asked

__all__ = ["Bulletin"]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin's question, its number (None for a draft), figures, digest and watermark."""

    asked: Asked
    number: int | None
    figures: dict[str, Any]
    digest: str
    watermark: int
