"""What a store knows about itself: its time zone, its metric CRS, its titles."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import sqlalchemy as sa

from geo.errors import LedgerError, UsageError
from geo.store.tables import meta

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DEFAULT_ZONE", "Meta", "read_meta", "write_meta"]

DEFAULT_ZONE: Final = "Asia/Shanghai"
"""Time zone of a store whose first import names none: the programme's own."""

FIXED: Final = ("time_zone", "metric_crs", "live_since")
"""Settable once: every stored month, cell and knowledge date rests on them."""


@dataclass(frozen=True, slots=True)
class Meta:
    """Settings of a store; None where nobody has set them yet.

    `live_since` is the moment from which the ledger learns facts as they are reported;
    only facts known before it may be taken over with `backfill`. The first event sets it.
    `key_periods` are windows declared beforehand: id, start, end, zh, en, declared_at.
    """

    time_zone: str | None = None
    metric_crs: str | None = None
    live_since: datetime | None = None
    is_demo: bool = False
    demo_until: date | None = None
    title_zh: str | None = None
    title_en: str | None = None
    rulebook: str | None = None
    root_area: str | None = None
    key_periods: Sequence[Mapping[str, str]] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Give the time zone, or the default while none is set."""
        return ZoneInfo(self.time_zone or DEFAULT_ZONE)


NAMES: Final = tuple(field.name for field in dataclasses.fields(Meta))


def read_meta(connection: sa.Connection) -> Meta:
    """Read the settings as they stand in this transaction."""
    rows = connection.execute(sa.select(meta.c.name, meta.c.value).where(meta.c.name.in_(NAMES)))
    return Meta(**{name: _revived(name, orjson.loads(value)) for name, value in rows})


def write_meta(connection: sa.Connection, values: Mapping[str, Any]) -> Meta:
    """Set what is named in `values`; equal values may be set again.

    Raises UsageError for a name or a time zone nobody knows, LedgerError when a setting that
    stored facts rest on would change.
    """
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise UsageError(
            f"A store has no setting {', '.join(unknown)}; it has {', '.join(NAMES)}.",
            f"数据库没有设置项 {', '.join(unknown)}；可用项为 {', '.join(NAMES)}。",
        )
    old = read_meta(connection)
    for name, value in values.items():
        _refuse_change(name, getattr(old, name), value)
        _refuse_zone(name, value)
        _put(connection, name, value)
    return dataclasses.replace(old, **values)


def _put(connection: sa.Connection, name: str, value: object) -> None:
    connection.execute(sa.delete(meta).where(meta.c.name == name))
    text = orjson.dumps(value).decode()
    connection.execute(sa.insert(meta).values(name=name, value=text))


def _revived(name: str, value: Any) -> Any:
    if value is None or name not in {"live_since", "demo_until"}:
        return value
    return datetime.fromisoformat(value) if name == "live_since" else date.fromisoformat(value)


def _refuse_change(name: str, old: object, new: object) -> None:
    if name in FIXED and old is not None and new != old:
        raise LedgerError(
            f"This store's {name} is {old} and cannot become {new}: stored facts rest on it. "
            "Use a new store for it.",
            f"本数据库的 {name} 为 {old}，不能改为 {new}：已存数据以此为准。请另建数据库。",
        )


def _refuse_zone(name: str, value: object) -> None:
    if name != "time_zone":
        return
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(
            f"Unknown time zone {value!r}; name it as in Asia/Shanghai.",
            f"未知时区 {value!r}；请写成 Asia/Shanghai 的形式。",
        ) from error
