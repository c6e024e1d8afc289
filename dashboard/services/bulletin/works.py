"""What was done in a month: hazards put right, disputes mediated, matters passed upward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from dashboard.services.bulletin.classes import TOGETHER
from geo.window import year_to_date
from models.zero.days import NEVER, civil_days, column, day_number, local_days
from models.zero.hazards import on_site_rate, overdue, rectified_rate
from models.zero.mediation import mobile_share, relapse_rate
from models.zero.petitions import is_excluded

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dashboard.services.bulletin.asking import Asked
    from geo.window import Window
    from models.zero.days import Bools, Ints

__all__ = ["disputes_of", "exempt_matters", "hazards_of"]

OUTCOMES: Final = ("agreed", "failed_referred", "refused", "withdrawn")


def exempt_matters(petitions: pd.DataFrame, subjects: pd.DataFrame, asked: Asked) -> dict[str, int]:
    """Count per class the matters a higher authority must solve that stood in the month.

    That is accepted by its last day and not closed before it began; `together` counts all.
    """
    chosen = petitions[is_excluded(petitions).to_numpy()]
    accepted = civil_days(column(chosen, "accepted_on"), missing=NEVER)
    closed = civil_days(column(chosen, "closed_on"), missing=NEVER)
    stood = (accepted <= day_number(asked.last_day)) & (closed >= day_number(asked.window.start))
    standing = chosen[stood]
    owner = column(standing, "subject_id").fillna(column(standing, "area_code"))
    groups = subjects["subject_class"].astype("str").reindex(owner).dropna().value_counts()
    counts = {str(group): int(n) for group, n in groups.sort_index().items()}
    return counts | {TOGETHER: len(standing)}


def hazards_of(hazards: pd.DataFrame, asked: Asked) -> dict[str, dict[str, int]]:
    """Count the hazards found in the month and since 1 January, as they stand on `as_of`."""
    year, _ = year_to_date(asked.last_day)
    spans = {"month": asked.window, "year": year}
    return {name: _hazards_in(hazards, span, asked) for name, span in spans.items()}


def disputes_of(
    disputes: pd.DataFrame, petitions: pd.DataFrame, asked: Asked, zone: ZoneInfo
) -> dict[str, Any]:
    """Count disputes by channel, and of those agreed how many came by phone and came back.

    `requested` counts requests of the month, the outcomes what ended in it, `open` what was
    not over at its end. The two shares, [part, whole], speak of 1 January to that day.
    """
    asked_on = _moment_days(disputes, "requested_at", zone)
    ended_on = _moment_days(disputes, "ended_at", zone)
    year, _ = year_to_date(asked.last_day)
    last = day_number(asked.last_day)
    counted = pd.DataFrame(
        {
            "channel": column(disputes, "channel").fillna("unknown").astype("str"),
            "requested": _within(asked_on, asked.window),
            **{
                outcome: _within(ended_on, asked.window)
                & (column(disputes, "outcome") == outcome).to_numpy()
                for outcome in OUTCOMES
            },
            "open": (asked_on <= last) & (ended_on > last),
        }
    )
    sums = counted.groupby("channel").sum()
    ended = disputes[_within(ended_on, year)]
    return {
        "channels": [
            {"channel": str(name), **{key: int(n) for key, n in row.items()}}
            for name, row in sums.to_dict("index").items()
        ],
        "mobile": list(mobile_share(ended)),
        "relapse": list(relapse_rate(ended, petitions, as_of=asked.as_of, zone=zone)),
    }


def _hazards_in(hazards: pd.DataFrame, span: Window, asked: Asked) -> dict[str, int]:
    found = hazards[_within(civil_days(column(hazards, "found_on"), missing=NEVER), span)]
    on_site, done = on_site_rate(found), rectified_rate(found, as_of=asked.as_of)
    closed = civil_days(column(found, "closed_on"), missing=NEVER) <= day_number(asked.as_of)
    major = (column(found, "severity") == "major").to_numpy()
    return {
        "found": on_site.whole,
        "on_site": on_site.part,
        "deadline": on_site.whole - on_site.part,
        "rectified": done.part,
        "major": int(major.sum()),
        "major_open": int((major & ~closed).sum()),
        "overdue": int(overdue(found, as_of=asked.as_of).sum()),
    }


def _within(days: Ints, window: Window) -> Bools:
    inside: Bools = (days >= day_number(window.start)) & (days < day_number(window.end))
    return inside


def _moment_days(disputes: pd.DataFrame, name: str, zone: ZoneInfo) -> Ints:
    moments = pd.to_datetime(column(disputes, name), utc=True)
    return np.asarray(local_days(moments, zone))
