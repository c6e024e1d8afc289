"""The made-up county, made once for all tests of a process, and its records as they stand."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.demo.build import SEED, Demo, make_demo
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from geo.demo.entries import Entry

UNTIL = date(2026, 6, 30)
ZONE = "Asia/Shanghai"


@cache
def county(seed: int = SEED, volume: str = "county") -> Demo:
    return make_demo(seed=seed, until=UNTIL, volume=volume)


def entries(demo: Demo, entity: Entity, action: Action | None = None) -> list[Entry]:
    return [
        entry
        for entry in demo.entries
        if entry.entity is entity and (action is None or entry.action is action)
    ]


def standing(demo: Demo, entity: Entity) -> pd.DataFrame:
    """Give the last state of every record that was not retracted, the long way round."""
    told = [
        entry.frame.assign(minute=entry.minute, gone=entry.action is Action.RETRACTED)
        for entry in entries(demo, entity)
    ]
    every = pd.concat(told).sort_values("minute", kind="stable")
    last = every[~every.index.duplicated(keep="last")]
    return last[~last["gone"]]


def local_day(moments: pd.Series) -> pd.Series:
    return pd.Series(moments.dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize())


def breaks(demo: Demo) -> pd.DataFrame:
    """List every break of a zero as subject and day, by the rules of the programme.

    Confirmed cases; confirmed accidents except road crashes that hurt nobody; matters of local
    remit on the day after their clock ran out. The stored attribution puts the unit first.
    """
    incidents = [standing(demo, Entity.CASE), _harmful(standing(demo, Entity.ACCIDENT))]
    rows = [
        pd.DataFrame({"subject": part["subject_id"], "day": local_day(part["occurred_from"])})
        for part in (frame[frame["review"] == "confirmed"] for frame in incidents)
    ]
    return pd.concat([*rows, _late(standing(demo, Entity.PETITION))], ignore_index=True)


def _harmful(accidents: pd.DataFrame) -> pd.DataFrame:
    unhurt = (accidents["deaths"] == 0) & (accidents["serious_injuries"] == 0)
    return accidents[~((accidents["accident_kind"] == "road") & unhurt)]


def _late(petitions: pd.DataFrame) -> pd.DataFrame:
    days = np.where(petitions["extended"], 90, 60)
    due = petitions["accepted_on"] + pd.to_timedelta(days, unit="D")
    broken = due + pd.Timedelta(days=1)
    in_time = (petitions["closed_on"] <= due) | petitions["requires_higher_authority"]
    late = ~in_time & (broken <= pd.Timestamp(UNTIL))
    return pd.DataFrame({"subject": petitions["subject_id"], "day": broken})[late]


def shares_at_zero(demo: Demo) -> pd.DataFrame:
    """Give the share of subjects without any break in each of the six years, by class."""
    found, register = breaks(demo), demo.world.subjects
    rows = []
    for year in range(UNTIL.year - 6, UNTIL.year):
        start, end = (pd.Timestamp(UNTIL.replace(year=y)) for y in (year, year + 1))
        broken = found.loc[(found["day"] >= start) & (found["day"] < end), "subject"]
        alive = register[register["registered_on"] < end]
        kind = alive["subject_class"].replace({"enterprise": "unit", "institution": "unit"})
        zero = pd.Series(~alive.index.isin(broken), index=alive.index)
        rows.append(zero.groupby(kind.to_numpy()).mean())
    return pd.DataFrame(rows)
