"""Statistics of a window: cases filed and cleared, hazards, disputes, petitions; nothing ranked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.naming import category_name, name_of
from dashboard.services.permitted import needs
from dashboard.services.world import area_column
from geo.errors import UsageError
from geo.vocabulary import AccidentLevel, Review
from geo.window import Window, year_before
from models.zero.clearance import clearance_cohort, clearance_period
from models.zero.comparison import ChangeKind, count_change, rate_change
from models.zero.days import NEVER, civil_days, column, day_number, local_days
from models.zero.hazards import on_site_rate, overdue, rectified_rate, recurrence_rate
from models.zero.mediation import mobile_share, relapse_rate
from models.zero.petition_flow import petition_flow
from models.zero.share import Share

if TYPE_CHECKING:
    from datetime import date

    from dashboard.services.key_periods import KeyPeriod
    from dashboard.services.standpoint import Standpoint
    from dashboard.services.world import World
    from geo.store import Snapshot
    from models.zero.comparison import Change
    from models.zero.days import Bools, Ints

__all__ = ["StatsService"]

SETTLED_NO: Final = (Review.REJECTED, Review.DUPLICATE)
NAMED: Final = ("station", "category")
"""What cases can be told by besides the levels of areas."""


class StatsService:
    """Counts of one window beside those of the same days a year before."""

    def __init__(self, world: World) -> None:
        self._world = world

    @needs(Permission.READ)
    def of(
        self, window: Window, at: Standpoint, *, by: str = "", period: KeyPeriod | None = None
    ) -> dict[str, Any]:
        """Give the figures of a window cut at `at.as_of`; the keys are stable.

        `by` splits the cases by a level of areas, by station or by category, in the order of
        codes. In a key period petitions tell only what is overdue and what was resolved.
        """
        snapshot = self._world.snapshot(at.known_at)
        now = window.until(at.as_of)
        if now is None:
            raise UsageError(
                f"Nothing of {window.label} has begun on {at.as_of}. Ask as of a later day.",
                f"{at.as_of} 时 {window.label} 尚未开始。请选择更晚的截至日期。",
            )
        before = _a_year_before(now)
        cases = _standing(snapshot.cases)
        return {
            "window": now.label,
            "before": before.label,
            "as_of": at.as_of.isoformat(),
            "known_at": (at.known_at or self._world.now).isoformat(),
            "rulebook": at.rulebook.id,
            "reconstructed": snapshot.reconstructed,
            "key_period": None if period is None else period.id,
            "cases": _cases(cases, now, before, as_of=at.as_of),
            "by": self._split(cases, snapshot, now, by, at),
            "accidents": _accidents(snapshot, now, before),
            "hazards": _hazards(snapshot.hazards, now, at.as_of),
            "disputes": _disputes(snapshot, now, at.as_of),
            "petitions": _petitions(snapshot, now, at, in_key_period=period is not None),
        }

    def _split(
        self, cases: pd.DataFrame, snapshot: Snapshot, now: Window, by: str, at: Standpoint
    ) -> list[dict[str, Any]]:
        if not by:
            return []
        key = self._key(cases, snapshot, by)
        groups = cases.groupby(key.fillna("").to_numpy(), sort=True)
        names = name_of(snapshot.areas, "zh"), name_of(snapshot.areas, "en")
        told = []
        for code, mine in groups:
            cohort = clearance_cohort(mine, now, as_of=at.as_of)
            if cohort.whole:
                label = _label(by, str(code), names)
                told.append({"key": str(code), "label": label, **_clearance(cohort)})
        return told

    def _key(self, cases: pd.DataFrame, snapshot: Snapshot, by: str) -> pd.Series:
        """Give what the cases are told by: a column, or the area of a level they lie in."""
        if by in NAMED:
            return column(cases, by)
        areas = snapshot.areas
        levels = sorted(areas["level"].unique())
        if by not in levels:
            raise UsageError(
                f"Cases cannot be told by {by!r}; use {', '.join([*NAMED, *levels])}.",
                f"不能按 {by!r} 统计案件；可用：{'、'.join([*NAMED, *levels])}。",
            )
        inside = _area_of_level(areas, by)
        return cases[area_column(areas, by)].map(inside)


def _a_year_before(window: Window) -> Window:
    last = window.end - timedelta(days=1)
    return Window(year_before(window.start), year_before(last) + timedelta(days=1))


def _standing(incidents: pd.DataFrame) -> pd.DataFrame:
    kept: pd.DataFrame = incidents[~incidents["review"].isin(SETTLED_NO).to_numpy()]
    return kept


def _cases(cases: pd.DataFrame, now: Window, before: Window, *, as_of: date) -> dict[str, Any]:
    """Give filed and cleared cases, with the change in every kind it can be told in."""
    cohorts = (
        clearance_cohort(cases, now, as_of=as_of),
        clearance_cohort(cases, before, as_of=year_before(as_of)),
    )
    periods = clearance_period(cases, now), clearance_period(cases, before)
    filed = count_change(
        cohorts[0].whole, cohorts[1].whole, exposure_now=now.days, exposure_before=before.days
    )
    return {
        "filed": _change(filed),
        "cleared_cohort": _clearance(cohorts[0]),
        "cleared_period": _clearance(periods[0]),
        "clearance_changes": [
            _change(rate_change(*cohorts, kind=kind))
            for kind in (ChangeKind.RATE_PP, ChangeKind.RATE_RELATIVE)
        ],
        "cleared": _change(
            count_change(
                periods[0].part,
                periods[1].part,
                exposure_now=now.days,
                exposure_before=before.days,
            )
        ),
    }


def _clearance(share: Share) -> dict[str, Any]:
    return {"part": share.part, "whole": share.whole, "text": share.printed()}


def _change(change: Change) -> dict[str, Any]:
    """Give a change with its kind; a rate's counts as n/N."""
    return {
        "now": _figure(change.now),
        "before": _figure(change.before),
        "kind": str(change.kind),
        "value": change.value,
        "more_than_chance": change.chance.is_more_than_chance,
        "text": {lang: change.printed(lang) for lang in ("zh", "en")},
    }


def _figure(figure: int | Share) -> int | str:
    return figure.printed() if isinstance(figure, Share) else figure


def _accidents(snapshot: Snapshot, now: Window, before: Window) -> dict[str, Any]:
    """Count the confirmed accidents, by level and against last year."""
    accidents = snapshot.accidents
    confirmed = accidents[(accidents["review"] == Review.CONFIRMED).to_numpy()]
    days = local_days(confirmed["occurred_from"], snapshot.time_zone)
    mine = confirmed[_within(days, now)]
    levels = mine["level"].value_counts()
    change = count_change(
        len(mine),
        int(_within(days, before).sum()),
        exposure_now=now.days,
        exposure_before=before.days,
    )
    return {
        "confirmed": _change(change),
        "levels": {str(level): int(levels.get(level, 0)) for level in AccidentLevel},
    }


def _hazards(hazards: pd.DataFrame, now: Window, as_of: date) -> dict[str, Any]:
    """Give what was found in the window, and how it stands on the day."""
    mine = hazards[_within(civil_days(column(hazards, "found_on"), missing=NEVER), now)]
    return {
        "found": len(mine),
        "major": int((column(mine, "severity") == "major").sum()),
        "on_site": _clearance(on_site_rate(mine)),
        "rectified": _clearance(rectified_rate(mine, as_of=as_of)),
        "overdue": int(overdue(hazards, as_of=as_of).sum()),
        "recurrence": _clearance(recurrence_rate(hazards, as_of=as_of)),
    }


def _disputes(snapshot: Snapshot, now: Window, as_of: date) -> dict[str, Any]:
    """Count the disputes that ended in the window, by channel; no parties, no places."""
    disputes = snapshot.disputes
    ended = pd.to_datetime(column(disputes, "ended_at"), utc=True)
    mine = disputes[_within(local_days(ended, snapshot.time_zone), now)]
    channels = column(mine, "channel").fillna("unknown").value_counts().sort_index()
    relapsed = relapse_rate(mine, snapshot.petitions, as_of=as_of, zone=snapshot.time_zone)
    return {
        "ended": len(mine),
        "channels": {str(channel): int(n) for channel, n in channels.items()},
        "mobile": _clearance(mobile_share(mine)),
        "relapse": _clearance(relapsed),
    }


def _petitions(
    snapshot: Snapshot, now: Window, at: Standpoint, *, in_key_period: bool
) -> dict[str, int]:
    """Give the flow of matters; in a key period what is overdue and what was resolved alone."""
    flow = petition_flow(snapshot.petitions, now, at.rulebook, as_of=at.as_of)
    told = flow._asdict()
    return {name: told[name] for name in ("resolved", "overdue")} if in_key_period else told


def _within(days: Ints, window: Window) -> Bools:
    return (days >= day_number(window.start)) & (days < day_number(window.end))


def _area_of_level(areas: pd.DataFrame, level: str) -> dict[str, str]:
    """Map the code of each area to the area of a level it lies in, itself included."""
    wanted = set(areas.index[areas["level"] == level])
    found = {}
    for code, path in areas["path"].items():
        inside = [part for part in str(path).split("/") if part in wanted]
        if inside:
            found[str(code)] = inside[0]
    return found


def _label(by: str, code: str, names: tuple[pd.Series, pd.Series]) -> dict[str, str]:
    if not code:
        return {lang: t("place.unknown", lang) for lang in ("zh", "en")}
    if by == "category":
        return {lang: category_name(code, lang) for lang in ("zh", "en")}
    if by == "station":
        return {"zh": code, "en": code}
    return {lang: str(own.get(code, code)) for lang, own in zip(("zh", "en"), names, strict=True)}
