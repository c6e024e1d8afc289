"""Complete registers: whoever stands in ours and is not named any more has left on that day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import DataError, UsageError
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from datetime import date

    from geo.intake.columns import Typed
    from geo.intake.spec import EntitySpec
    from geo.store import Standing

__all__ = ["left_out", "note_of", "refuse_incomplete", "reopen"]

LEAVES: Final = {Entity.SUBJECT: "deregistered_on", Entity.UNIT: "closed_on"}
"""Entities whose register can be complete, and the day from which a record is on it no more."""

BEGINS: Final = {Entity.SUBJECT: "registered_on"}

MOST_LEAVING: Final = 0.5
"""Share of the register that may vanish at once; more is a part of it taken for the whole."""


def refuse_incomplete(spec: EntitySpec, files: int, day: date, today: date) -> None:
    """Raise UsageError where no one file can be the whole register of `day`."""
    if spec.stored not in LEAVES:
        raise UsageError(
            f"A complete register is one of subjects or units, not of {spec.name}. Leave out "
            "--complete-on.",
            f"只有主体和单位可按完整名册导入，{spec.name} 不可。请去掉 --complete-on。",
        )
    if files != 1:
        raise UsageError(
            f"A complete register is one file; {files} were given. Put them into one.",
            f"完整名册须为一个文件；当前为 {files} 个。请先合并。",
        )
    if day > today:
        raise UsageError(
            f"The register of {day} does not exist yet; today is {today}. Give its own day.",
            f"{day} 的名册尚不存在；今天是 {today}。请填写名册的实际日期。",
        )


def reopen(typed: Typed, keys: pd.Series, standing: Standing, spec: EntitySpec, day: date) -> None:
    """Let everybody the register names be on it, where its file has no column for leaving."""
    leaves, records = LEAVES[spec.stored], standing.records
    if leaves in typed.fed:
        return
    stood = records.reindex(pd.Index(keys)).set_axis(typed.frame.index)
    back = stood[leaves] <= pd.Timestamp(day)
    typed.frame[leaves] = stood[leaves].mask(back)
    typed.fed.add(leaves)
    if "reason" in stood and "reason" not in typed.fed:
        typed.frame["reason"] = stood["reason"].mask(back)
        typed.fed.add("reason")


def left_out(register: pd.DataFrame, named: pd.Series, entity: Entity, day: date) -> pd.DataFrame:
    """Give the records on our register that the complete one of `day` does not name, closed.

    `register` holds what stands, `named` every key of the file, be its row kept or not. Raises
    DataError when more than half of those on the register would leave it.
    """
    at, leaves = pd.Timestamp(day), LEAVES[entity]
    is_open = register[leaves].isna() | (register[leaves] > at)
    if entity in BEGINS:
        is_open &= register[BEGINS[entity]].isna() | (register[BEGINS[entity]] <= at)
    missing = is_open & ~register.index.isin(pd.Index(named.dropna()))
    if missing.sum() > MOST_LEAVING * is_open.sum():
        raise DataError(
            f"The file does not name {int(missing.sum())} of {int(is_open.sum())} on the register; "
            f"a complete register of {day} would name most. Import it without --complete-on.",
            f"名册现有 {int(is_open.sum())} 条，文件缺少其中 {int(missing.sum())} 条，"
            f"不像 {day} 的完整名册。请去掉 --complete-on 导入。",
        )
    closed = register[missing].copy()
    closed[leaves] = at
    if "reason" in closed:
        closed["reason"] = f"not in the register of {day} / 不在 {day} 的名册中"
    return closed


def note_of(leaving: int, day: date) -> str:
    """Say in both languages how many left the register beyond the rows of the file."""
    return (
        f"{leaving} of the corrected are not in the register of {day} and left it that day. / "
        f"更正数中有 {leaving} 条不在 {day} 的名册中，自当日起注销。"
    )
