"""Since when a row is known, and what a backfill may not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.errors import LedgerError
from geo.store.moments import moment_of, us_of, us_of_series

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

__all__ = ["known_at_of", "recorded_at_of", "refuse_rewriting"]

KNOWN_FROM: Final = ("reported_at", "occurred_to", "occurred_from")
"""What a backfilled row's knowledge counts from; the first that is there."""


def recorded_at_of(
    moments: datetime | pd.Series, count: int, *, not_before: int
) -> NDArray[np.int64]:
    """Give one moment for each row in microseconds; raise LedgerError when one runs back."""
    if isinstance(moments, pd.Series):
        recorded = us_of_series(moments)
    else:
        recorded = np.full(count, us_of(moments), dtype="int64")
    steps = np.diff(recorded, prepend=not_before)
    if (steps < 0).any():
        earlier = int(np.argmax(steps < 0))
        last = not_before if earlier == 0 else int(recorded[earlier - 1])
        raise LedgerError(
            f"The ledger's clock never runs back: {moment_of(int(recorded[earlier]))} comes after "
            f"{moment_of(last)}. Append events in the order they were learned.",
            f"账本时间不可倒退：{moment_of(int(recorded[earlier]))} 出现在 {moment_of(last)} 之后。"
            "请按获知先后写入。",
        )
    return recorded


def known_at_of(record: pd.DataFrame, recorded: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each row's reported_at, else occurred_to, else occurred_from, else recorded_at."""
    known = pd.Series(pd.NaT, index=record.index, dtype="datetime64[us, UTC]")
    for name in KNOWN_FROM:
        if name in record.columns:
            known = known.fillna(record[name])
    missing = known.isna().to_numpy()
    stamps = known.dt.tz_localize(None).to_numpy().astype("datetime64[us]").astype("int64")
    return np.where(missing, recorded, stamps)


def refuse_rewriting(
    known: NDArray[np.int64],
    recorded: NDArray[np.int64],
    last_known: NDArray[np.float64],
    live_since: int,
) -> None:
    """Raise LedgerError when a backfill reaches into the time the ledger kept itself.

    `last_known` is the knowledge date of the key's last event, NaN where it has none. A row
    whose knowledge counts from its recording claims nothing about the past and may stay.
    """
    claims = known != recorded
    late = claims & ((known >= live_since) | (known > recorded))
    if late.any():
        raise LedgerError(
            f"{int(late.sum())} rows were known at or after {moment_of(live_since)}, since when "
            "this ledger keeps its own record. Import them without backfill.",
            f"有 {int(late.sum())} 行的获知时间不早于本账本启用时间 {moment_of(live_since)}。"
            "请不要使用补录方式导入这些行。",
        )
    own = claims & (last_known >= live_since)
    if own.any():
        raise LedgerError(
            f"{int(own.sum())} rows would change records this ledger learned itself since "
            f"{moment_of(live_since)}. Correct them without backfill.",
            f"有 {int(own.sum())} 行会改动本账本自 {moment_of(live_since)} 起自行记录的内容。"
            "请以普通更正方式写入。",
        )
