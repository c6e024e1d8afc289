"""Incidents of a span of time, without reading the years before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.schemas import key_of
from geo.store.segments import MAX_SEQ, covered_to, read_tail, segment_bodies
from geo.store.standing import last_events, stands

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["standing_between"]

COLUMNS: Final = (
    "seq", "occurred_from", "lon", "lat", "category", "loc_precision", "review",
)  # fmt: skip


def standing_between(
    connection: sa.Connection,
    entity: str,
    first: pd.Timestamp,
    last: pd.Timestamp,
    *,
    besides: pd.Series,
) -> pd.DataFrame:
    """Give where, when and of what kind the standing incidents are that began in a span.

    Indexed by key, without the keys in `besides`; both ends belong to the span. Segments of
    other times are passed over by the statistics they carry.
    """
    key = key_of(entity)
    span = [("occurred_from", ">=", first), ("occurred_from", "<=", last)]
    found = [
        pq.read_table(pa.BufferReader(body), columns=[key, *COLUMNS], filters=span)
        for body in segment_bodies(connection, entity)
    ]
    tail = read_tail(connection, entity, after=covered_to(connection, entity), upto=MAX_SEQ).rows
    tail = tail[tail["occurred_from"].between(first, last)]
    parts = [table.to_pandas().set_index(key) for table in found if len(table)]
    parts += [tail[list(COLUMNS)]] if len(tail) or not parts else []
    stated = pd.concat(parts)
    stated = stated[pd.Index(besides.unique()).get_indexer(stated.index) < 0]
    now = last_events(connection, entity, stated.index.unique())
    standing: pd.DataFrame = stated[stated["seq"].isin(now.loc[stands(now), "seq"])]
    return standing
