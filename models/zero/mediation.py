"""Disputes on their way through mediation: how many by phone, how many came back as petitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from models.zero.days import NEVER, civil_days, column, day_number, local_days
from models.zero.share import Share

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from models.zero.days import Ints

__all__ = ["mobile_share", "relapse_rate"]

MOBILE: Final = "mobile_station"
RELAPSE_DAYS: Final = 180
"""Days after an agreement within which a petition about the same matter is a relapse."""


def mobile_share(disputes: pd.DataFrame) -> Share:
    """Give the mediated disputes that came through the mobile police station.

    Mediated are those that ended in an agreement: the same that a relapse is counted of.
    """
    mediated = column(disputes, "outcome") == "agreed"
    mobile = column(disputes, "channel") == MOBILE
    return Share(int((mediated & mobile).sum()), int(mediated.sum()))


def relapse_rate(
    disputes: pd.DataFrame, petitions: pd.DataFrame, *, as_of: date, zone: tzinfo
) -> Share:
    """Give the agreed disputes that became a petition within 180 days of the agreement.

    `followup_petition` names the petition. One that is not among `petitions`, or without a day,
    counts: it cannot be shown to have come later. What happened after `as_of` does not.
    """
    ended = _ended(disputes, zone)
    outcome = column(disputes, "outcome").to_numpy()
    agreed = (outcome == "agreed") & (ended <= day_number(as_of))
    accepted = _accepted(disputes, petitions)
    named = column(disputes, "followup_petition").notna().to_numpy()
    wait = accepted - ended
    soon = (wait >= 0) & (wait <= RELAPSE_DAYS) & (accepted <= day_number(as_of))
    unknown = accepted == NEVER
    return Share(int((agreed & named & (soon | unknown)).sum()), int(agreed.sum()))


def _ended(disputes: pd.DataFrame, zone: tzinfo) -> Ints:
    moments = pd.to_datetime(column(disputes, "ended_at"), utc=True)
    return local_days(moments, zone)


def _accepted(disputes: pd.DataFrame, petitions: pd.DataFrame) -> Ints:
    """Give the day of each dispute's petition; NEVER where it is not known."""
    days = pd.Series(civil_days(column(petitions, "accepted_on"), missing=NEVER), petitions.index)
    found = days.reindex(column(disputes, "followup_petition").to_numpy())
    return found.fillna(NEVER).to_numpy(dtype=np.int64)
