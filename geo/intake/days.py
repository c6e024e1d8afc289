"""The civil day whose areas hold a record: when it happened, or today for what still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.intake.times import local_days
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

__all__ = ["HAPPENED", "placing_days"]

HAPPENED: Final = {
    Entity.CASE: "occurred_from",
    Entity.ACCIDENT: "occurred_from",
    Entity.PETITION: "accepted_on",
    Entity.DISPUTE: "requested_at",
    Entity.HAZARD: "found_on",
    Entity.INSPECTION: "inspected_on",
}
"""When each kind of event happened. Units and cameras stand where they are: today counts."""


def placing_days(
    frame: pd.DataFrame, entity: Entity, *, zone: ZoneInfo, now: datetime
) -> pd.Series[pd.Timestamp]:
    """Give the day of each record, as naive midnight, index of `frame`."""
    if entity not in HAPPENED:
        today = pd.Timestamp(now).tz_convert(zone).tz_localize(None).normalize()
        return pd.Series(today, index=frame.index, dtype="datetime64[us]")
    happened: pd.Series[pd.Timestamp] = frame[HAPPENED[entity]]
    if isinstance(happened.dtype, pd.DatetimeTZDtype):
        return local_days(happened, zone)
    return happened.dt.normalize().astype("datetime64[us]")
