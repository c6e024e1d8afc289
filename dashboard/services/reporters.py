"""Villages, communities and units as those who report for them see them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from dashboard.services.records import records
from geo.errors import AccessError
from geo.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.services.world import World
    from geo.store import Snapshot

__all__ = ["Body", "body_of", "due_on", "known_matters", "month_of_label", "returns_of"]

SETTLED_NO: Final = ("rejected", "duplicate")
RETURNS: Final = ("nil", "exceptions", "pending")


@dataclass(frozen=True, slots=True)
class Body:
    """Who sends returns: `subject_id` on the register, under `name_of_body`, for `members`.

    `office` is who reports for it by the register. A unit speaks for itself, and so does a
    village whose office reports for others outside the actor's area.
    """

    subject_id: str
    area_code: str
    unit_id: str | None
    office: str
    members: tuple[str, ...]
    alone: bool

    @property
    def name_of_body(self) -> str:
        """Give the name the body's returns come under."""
        return self.subject_id if self.alone else self.office

    @property
    def listed(self) -> str | None:
        """Give the list of subjects on a return; None where it speaks of all of the office."""
        return json.dumps([self.subject_id]) if self.alone else None


def body_of(world: World, code: str) -> Body:
    """Give the body behind a village's or a unit's code.

    Raises AccessError, in one sentence, for a code that is unknown or outside the actor's area:
    which of the two is not told.
    """
    snapshot = world.snapshot()
    subjects = world.subjects(snapshot)
    if code not in subjects.index:
        raise AccessError(
            f"{code} is not on the register of your area.",
            f"您负责的范围内没有登记 {code}。",
        )
    own = records(subjects.loc[[code]])[0]
    unit_id = own["unit_id"] if isinstance(own["unit_id"], str) else None
    office = own["body"] if isinstance(own["body"], str) else code
    register = world.subjects(world.store.snapshot())["body"]
    named = register.index[register == office]
    alone = unit_id is not None or not named.isin(subjects.index).all()
    members = (code,) if alone else tuple(dict.fromkeys([code, *named]))
    return Body(code, str(own["area_code"]), unit_id, office, members, alone)


def month_of_label(label: str) -> Window:
    """Give the month of a label such as 2026-05.

    >>> month_of_label("2026-05").label
    '2026-05'
    """
    return Window.month(date.fromisoformat(f"{label}-01"))


def returns_of(body: Body, snapshot: Snapshot) -> pd.DataFrame:
    """Give the returns that speak of the body's own subject, the latest of a month last."""
    reports = snapshot.reports
    reports = reports[reports["kind"].isin(RETURNS)]
    of_office = (reports["body"] == body.office) & reports["subjects"].isna()
    listed = reports["subjects"].fillna("").str.contains(f'"{body.subject_id}"', regex=False)
    return reports[of_office | listed]


def known_matters(body: Body, snapshot: Snapshot, month: Window) -> Mapping[str, int]:
    """Count what other sources know of a month, by stream: incidents and petition matters."""
    incidents, petitions = snapshot.incidents, snapshot.petitions
    start, end = (pd.Timestamp(moment) for moment in month.utc(snapshot.time_zone))
    mine = incidents["subject_id"].isin(body.members) & ~incidents["review"].isin(SETTLED_NO)
    when = incidents["occurred_from"]
    stream = incidents["stream"][mine & (when >= start) & (when < end)]
    accepted = petitions["accepted_on"]
    asked = petitions["subject_id"].isin(body.members)
    asked &= (accepted >= pd.Timestamp(month.start)) & (accepted < pd.Timestamp(month.end))
    return {
        "case": int((stream == "case").sum()),
        "accident": int((stream == "accident").sum()),
        "petition": int(asked.sum()),
    }


def due_on(month: Window, due_days: int) -> date:
    """Give the last day on which a month's return is in time."""
    return month.end + timedelta(days=due_days)
