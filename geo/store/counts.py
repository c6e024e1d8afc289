"""Counts per month, stream and area, kept as signed deltas beside the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import sqlalchemy as sa

from geo.store.tables import month_count
from geo.vocabulary import Review, Stream

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["COUNTED", "add_counts", "count_months", "read_counts"]

COUNTED: Final = {stream.value: stream.value for stream in Stream}
"""Entities that are counted, by the stream they count for."""

NOT_COUNTED: Final = (Review.REJECTED.value, Review.DUPLICATE.value)
CELL: Final = ["ym", "stream", "area_code"]
NOWHERE: Final = ""
"""Stands for a missing area: a primary key cannot be missing."""


def count_months(frame: pd.DataFrame, entity: str, zone: ZoneInfo) -> pd.Series:
    """Count incidents per local month and stored area; petitions by the day of acceptance.

    Returns a Series of counts indexed by ym ("2020-02"), stream and area_code; rejected and
    duplicate incidents and those without a date are left out.
    """
    days = frame["accepted_on"] if entity == Stream.PETITION else _local(frame, zone)
    kept = days.notna()
    if "review" in frame.columns:
        kept &= ~frame["review"].isin(NOT_COUNTED)
    days = days[kept]
    months = days.dt.year * 12 + days.dt.month - 1
    areas = frame.loc[kept, "area_code"].fillna(NOWHERE)
    counts = pd.Series(1, index=days.index).groupby([months, areas]).sum()
    return _named(counts, COUNTED[entity])


def add_counts(connection: sa.Connection, deltas: pd.Series) -> None:
    """Add signed deltas; a cell that comes to zero disappears. Costs what the deltas cost."""
    deltas = deltas[deltas != 0]
    if deltas.empty:
        return
    cells = [
        {"at_ym": ym, "at_stream": stream, "at_area_code": area, "delta": delta}
        for (ym, stream, area), delta in zip(deltas.index, deltas.tolist(), strict=True)
    ]
    c = month_count.c
    cell = sa.and_(*(c[name] == sa.bindparam(f"at_{name}") for name in CELL))
    nothing = [sa.bindparam(f"at_{name}", type_=c[name].type).label(name) for name in CELL]
    absent = ~sa.exists().where(cell)
    opened = sa.select(*nothing, sa.literal(0)).where(absent)
    connection.execute(sa.insert(month_count).from_select([*CELL, "n"], opened), cells)
    connection.execute(
        sa.update(month_count).where(cell).values(n=c.n + sa.bindparam("delta")), cells
    )
    connection.execute(sa.delete(month_count).where(cell, c.n == 0), cells)


def read_counts(connection: sa.Connection) -> pd.DataFrame:
    """Read all counts as ym, stream, area_code, n, in order."""
    c = month_count.c
    asked = sa.select(c.ym, c.stream, c.area_code, c.n)
    rows = connection.execute(asked.order_by(c.ym, c.stream, c.area_code)).all()
    frame = pd.DataFrame(rows, columns=[*CELL, "n"])
    return frame.astype({"ym": "str", "stream": "str", "area_code": "str", "n": "int64"})


def _local(frame: pd.DataFrame, zone: ZoneInfo) -> pd.Series:
    moments: pd.Series = frame["occurred_from"].dt.tz_convert(zone)
    return moments


def _named(counts: pd.Series, stream: str) -> pd.Series:
    months, areas = counts.index.get_level_values(0), counts.index.get_level_values(1)
    labels = [f"{int(month) // 12}-{int(month) % 12 + 1:02d}" for month in months]
    cells = pd.MultiIndex.from_arrays(
        [pd.Index(labels, dtype="str"), pd.Index([stream] * len(labels), dtype="str"), areas],
        names=CELL,
    )
    return pd.Series(counts.to_numpy(), index=cells, dtype="int64")
