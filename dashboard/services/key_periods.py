"""Key periods: named windows that are declared before they begin, and never afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from dashboard.access import Permission
from dashboard.services.permitted import needs
from geo.errors import UsageError
from geo.window import Window, parse_window

if TYPE_CHECKING:
    from dashboard.services.world import World

__all__ = ["KeyPeriod", "KeyPeriodService"]


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """A window with a name, and when it was declared."""

    id: str
    window: Window
    zh: str
    en: str
    declared_at: datetime

    def title(self, lang: str) -> str:
        """Name the period."""
        return self.zh if lang == "zh" else self.en


class KeyPeriodService:
    """Declares key periods and lists them, oldest first."""

    def __init__(self, world: World) -> None:
        self._world = world

    @needs(Permission.READ)
    def every(self) -> list[KeyPeriod]:
        """List the declared periods by their first day."""
        found = [
            KeyPeriod(
                each["id"],
                Window(date.fromisoformat(each["start"]), date.fromisoformat(each["end"])),
                each["zh"],
                each["en"],
                datetime.fromisoformat(each["declared_at"]),
            )
            for each in self._world.store.meta.key_periods
        ]
        return sorted(found, key=lambda period: (period.window, period.id))

    @needs(Permission.READ)
    def named(self, key: str) -> KeyPeriod:
        """Give one period. Raises UsageError, listing what there is."""
        every = {period.id: period for period in self.every()}
        if key not in every:
            raise UsageError(
                f"No key period {key!r} was declared; there are: {', '.join(every) or 'none'}.",
                f"没有声明重点时段 {key!r}；现有：{'、'.join(every) or '无'}。",
            )
        return every[key]

    @needs(Permission.ASSESS)
    def declare(self, key: str, span: str, *, zh: str, en: str) -> KeyPeriod:
        """Declare `span` (START..END) under a name; it must begin after today.

        Raises UsageError for a period that has begun or a name that is taken: what was declared
        stays as it was declared.
        """
        window = parse_window(span, as_of=self._world.today)
        if window.start <= self._world.today:
            raise UsageError(
                f"The period {key} begins on {window.start}, today is {self._world.today}. A key "
                "period is declared before it begins; choose a later one.",
                f"重点时段 {key} 自 {window.start} 开始，今天是 {self._world.today}。"
                "重点时段须事先声明，请选择以后的时段。",
            )
        if key in {period.id for period in self.every()}:
            raise UsageError(
                f"A key period {key!r} stands already. Give another name.",
                f"重点时段 {key!r} 已存在，请另取名称。",
            )
        told = {
            "id": key,
            "start": window.start.isoformat(),
            "end": window.end.isoformat(),
            "zh": zh,
            "en": en,
            "declared_at": self._world.now.isoformat(timespec="seconds"),
        }
        store = self._world.store
        store.set_meta(key_periods=[*store.meta.key_periods, told])
        return self.named(key)
