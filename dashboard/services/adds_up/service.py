"""Official texts checked for whoever asks; nothing of them is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboard.access import Permission
from dashboard.services.adds_up.check import check_text
from dashboard.services.permitted import needs
from geo.errors import UsageError

if TYPE_CHECKING:
    from dashboard.services.adds_up.findings import Finding
    from dashboard.services.world import World

__all__ = ["LONGEST_TEXT", "AddsUpService"]

LONGEST_TEXT: Final = 60_000
"""Characters: some forty printed pages."""


class AddsUpService:
    """Recomputes the figures of a text that is brought, and forgets it."""

    def __init__(self, world: World) -> None:
        self._world = world

    @needs(Permission.READ)
    def check(self, text: str, lang: str) -> list[Finding]:
        """Give what each figure comes to, see `check_text`. Raises UsageError for a book."""
        if len(text) > LONGEST_TEXT:
            raise UsageError(
                f"The text has {len(text):,} characters; paste at most {LONGEST_TEXT:,} at once.",
                f"文本有 {len(text):,} 字；每次最多粘贴 {LONGEST_TEXT:,} 字。",
            )
        return check_text(text, lang)
