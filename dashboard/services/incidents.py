"""Incidents as the filter bar asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import numpy as np
    import pandas as pd

    from dashboard.services.query import Query

__all__ = ["counted", "in_query", "matching"]

NOT_COUNTED = ("rejected", "duplicate")


def counted(incidents: pd.DataFrame) -> pd.DataFrame:
    """Leave out what the review rejected or found to be a duplicate."""
    return incidents[~incidents["review"].isin(NOT_COUNTED)]


def matching(incidents: pd.DataFrame, query: Query, *, zone: ZoneInfo) -> pd.DataFrame:
    """Keep the counted incidents of the query's streams, categories and hours, at any date.

    An incident whose time of day is not known never matches a question about hours.
    """
    kept = counted(incidents)
    kept = kept[kept["stream"].isin(query.streams)]
    if query.categories:
        kept = kept[kept["category"].isin(query.categories)]
    if query.hours is not None:
        kept = kept[_within_hours(kept, query.hours, zone=zone)]
    return kept


def in_query(incidents: pd.DataFrame, query: Query, *, zone: ZoneInfo) -> pd.DataFrame:
    """Keep the incidents that match the query and began within its window."""
    start, end = query.window.utc(zone)
    began = incidents["occurred_from"]
    return matching(incidents[(began >= start) & (began < end)], query, zone=zone)


def _within_hours(frame: pd.DataFrame, hours: tuple[int, int], *, zone: ZoneInfo) -> np.ndarray:
    first, last = hours
    hour = frame["occurred_from"].dt.tz_convert(zone).dt.hour
    inside = (hour >= first) & (hour < last) if first < last else (hour >= first) | (hour < last)
    known = frame["time_precision"].isin(("minute", "hour"))
    mask: np.ndarray = (inside & known).to_numpy(dtype=bool)
    return mask
