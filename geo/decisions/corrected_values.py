"""What a correction says, read as its fields need it, and the record it makes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.decisions.proposing import standing_keys
from geo.errors import UsageError
from geo.intake.attribution import attribute
from geo.intake.casualties import accident_level
from geo.intake.entities import ENTITIES
from geo.schemas import columns_of, validate
from geo.schemas.conforming import DAY, FLAG, MAYBE_FLAG, MOMENT
from geo.store.history import every_version
from geo.store.snapshot import state_at
from geo.store.standing import records_of
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from geo.schemas.conforming import Dtype
    from geo.store import Batch

__all__ = ["stated_values", "with_changes"]

NUMBER: Final = np.dtype(float)
YES: Final = frozenset(("yes", "true", "1", "是"))
NO: Final = frozenset(("no", "false", "0", "否"))
BY_MERGE: Final = "duplicate"
"""A review only a merge may give."""


def stated_values(
    about: Entity, changes: Mapping[str, str], *, zone: ZoneInfo
) -> dict[str, str | None]:
    """Give each change as it is kept: None for unknown, moments with their offset in UTC."""
    dtypes = columns_of(about)
    return {name: _stated(name, text.strip(), dtypes[name], zone) for name, text in changes.items()}


def with_changes(
    batch: Batch, about: Entity, key: str, changes: Mapping[str, str | None], *, now: datetime
) -> pd.DataFrame:
    """Give the standing record with the changes in it, its attribution and level made anew.

    Raises UsageError where that is no sound record or not another one.
    """
    last = standing_keys(batch, about, [key])
    old = records_of(batch.connection, about, last["seq"].tolist())
    columns = columns_of(about)
    new = old.copy(deep=False)
    for name, value in changes.items():
        new[name] = pd.Series([_cell(value, columns[name])], index=old.index)
    new = validate(new, about)
    _refuse_unsound(about, new, set(changes), now)
    if not _differs(new, old, list(changes)):
        raise UsageError(
            f"{about} {key} says so already; nothing would change.",
            f"{about} {key} 现有内容与更正内容相同，无需更正。",
        )
    if about in {Entity.CASE, Entity.ACCIDENT}:
        new = _settled(batch, new, set(changes))
    return new


def _stated(name: str, text: str, dtype: Dtype, zone: ZoneInfo) -> str | None:
    if not text:
        return None
    try:
        if dtype == MOMENT:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
            return moment.astimezone(UTC).isoformat()
        if dtype == DAY:
            return datetime.fromisoformat(text).date().isoformat()
        if dtype in (FLAG, MAYBE_FLAG):
            return {True: "yes", False: "no"}[_flag(text)]
        return repr(float(text)) if dtype == NUMBER else text
    except ValueError as error:
        raise UsageError(
            f"{name}: came {text!r}; write days as 2026-05-03, moments as 2026-05-03 12:00, "
            "numbers in digits, yes or no.",
            f"{name}：读到 {text!r}；日期写作 2026-05-03，时刻写作 2026-05-03 12:00，"
            "数字用阿拉伯数字，是否写“是”或“否”。",
        ) from error


def _flag(text: str) -> bool:
    said = text.casefold()
    if said not in YES | NO:
        raise ValueError(text)
    return said in YES


def _cell(value: str | None, dtype: Dtype) -> object:
    if value is None:
        return None
    if dtype in (FLAG, MAYBE_FLAG):
        return value == "yes"
    if dtype == MOMENT:
        return pd.Timestamp(value)
    if dtype == DAY:
        return pd.Timestamp(value)
    return float(value) if dtype == NUMBER else value


def _refuse_unsound(about: Entity, new: pd.DataFrame, changed: set[str], now: datetime) -> None:
    spec = next(spec for spec in ENTITIES.values() if spec.stored is about)
    row = new.iloc[0]
    for early, late in spec.order:
        asked = bool(changed & {early, late})
        if asked and not (pd.isna(row[early]) or pd.isna(row[late])) and row[early] > row[late]:
            raise UsageError(
                f"{early} would lie after {late}; correct both, or neither.",
                f"{early} 将晚于 {late}；请一并更正，或不更正。",
            )
    missing = [name for name in spec.required if name in changed and pd.isna(row[name])]
    if missing:
        raise UsageError(
            f"A {about} cannot be without {missing[0]}.", f"{about} 不能缺少 {missing[0]}。"
        )
    if "occurred_from" in row and row["occurred_from"] > pd.Timestamp(now):
        raise UsageError(
            "An incident cannot have happened in the future.", "事件发生时间不能晚于当前时间。"
        )
    if "review" in row and row["review"] == BY_MERGE and pd.isna(row["duplicate_of"]):
        raise UsageError(
            "A record becomes a duplicate by a merge, which names the one to keep.",
            "记录须通过合并（merge）认定为重复，并指明保留的记录。",
        )


def _differs(new: pd.DataFrame, old: pd.DataFrame, names: list[str]) -> bool:
    pairs = [(new[name].iloc[0], old[name].iloc[0]) for name in names]
    return any(
        pd.isna(after) != pd.isna(before) or (not pd.isna(after) and after != before)
        for after, before in pairs
    )


def _settled(batch: Batch, new: pd.DataFrame, changed: set[str]) -> pd.DataFrame:
    """Make anew what was made from the changed fields when the record was written."""
    if changed & {"deaths", "serious_injuries", "direct_loss_cny"}:
        parts = (new[name] for name in ("deaths", "serious_injuries", "direct_loss_cny"))
        new = new.assign(level=accident_level(*parts))
    if not changed & {"unit_id", "occurred_from"}:
        return new
    units, subjects, areas = (
        state_at(every_version(batch.connection, entity), None)
        for entity in (Entity.UNIT, Entity.SUBJECT, Entity.AREA)
    )
    strange = new["unit_id"].notna() & ~new["unit_id"].isin(units.index)
    if strange.any():
        unit = new["unit_id"].iloc[0]
        raise UsageError(f"There is no unit {unit}.", f"没有编号为 {unit} 的单位。")
    day = new["occurred_from"].dt.tz_convert(batch.meta.zone).dt.tz_localize(None).dt.normalize()
    owner = attribute(new["unit_id"], new["area_code"], day, subjects=subjects, areas=areas)
    return new.assign(subject_id=owner)
