"""Completeness: which reports were to come, which came in time, and who is to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.bodies import body_namer, towns_of_bodies
from dashboard.services.naming import name_of
from dashboard.services.permitted import needs
from dashboard.services.zero_board import STREAMS
from geo.window import Window, add_months
from models.zero.completeness import REPORT_STATES, expected_reports

if TYPE_CHECKING:
    from dashboard.services.standpoint import Standpoint
    from dashboard.services.world import World

__all__ = ["CALLED", "SHOWN_MONTHS", "CompletenessService"]

SHOWN_MONTHS: Final = 12
"""Months a page looks back: a year of reporting."""
CALLED: Final = ("missing", "awaited")
"""What a call is about: reports that did not come, and those that may still come in time."""


class CompletenessService:
    """Counts reports by town, stream and month."""

    def __init__(self, world: World) -> None:
        self._world = world

    @needs(Permission.READ)
    def expected(self, at: Standpoint) -> pd.DataFrame:
        """Give one row per expected report of the last months; see `expected_reports`.

        A further column, `town`, is the code of the area above the body's subjects.
        """
        snapshot = self._world.snapshot(at.known_at)
        subjects = self._world.subjects(snapshot)
        first = at.as_of.replace(day=1)
        months = [Window.month(add_months(first, -back)) for back in range(SHOWN_MONTHS, 0, -1)]
        months.append(Window.month(at.as_of))
        rows = expected_reports(
            subjects=subjects,
            reports=snapshot.reports,
            months=months,
            as_of=at.as_of,
            rulebook=at.rulebook,
            zone=snapshot.time_zone,
        )
        towns = towns_of_bodies(snapshot, subjects).reindex(rows["body"]).to_numpy()
        return rows.assign(town=pd.Series(towns, index=rows.index, dtype="str"))

    @needs(Permission.READ)
    def overview(self, at: Standpoint, lang: str) -> dict[str, Any]:
        """Tell of the newest month by town and stream, of the months before, and whom to call.

        `months` are counts by month, oldest first; `towns` counts of the newest month by town in
        the order of codes, each with its streams; `calls` the bodies whose reports did not come.
        """
        rows = self.expected(at)
        if rows.empty:
            key = "assumed" if at.rulebook.is_assumed else "nothing"
            return {"empty": t(f"complete.{key}", lang), "months": [], "towns": [], "calls": []}
        newest = rows[rows["month_start"] == rows["month_start"].max()]
        return {
            "empty": "",
            "month": str(newest["month_start"].iloc[0])[:7],
            "due_on": str(newest["due_on"].iloc[0])[:10],
            "total": _counts(newest),
            "months": [
                {"month": str(month)[:7], **_counts(part)}
                for month, part in rows.groupby("month_start")
            ],
            "towns": self._towns(newest, at, lang),
            "calls": self._calls(rows, newest, at, lang),
        }

    def _towns(self, newest: pd.DataFrame, at: Standpoint, lang: str) -> list[dict[str, Any]]:
        areas = self._world.snapshot(at.known_at).areas
        names = name_of(areas, lang)
        told = []
        for town, part in newest.assign(town=newest["town"].fillna("")).groupby("town"):
            label = str(names.get(town, t("complete.several", lang)))
            streams = {s: _counts(part[part["stream"] == s]) for s in STREAMS}
            told.append({"code": town, "name": label, "streams": streams, **_counts(part)})
        return told

    def _calls(
        self, rows: pd.DataFrame, newest: pd.DataFrame, at: Standpoint, lang: str
    ) -> list[dict[str, Any]]:
        """List the bodies to call, by code of town and body; months are those before missing."""
        snapshot = self._world.snapshot(at.known_at)
        names, named = name_of(snapshot.areas, lang), body_namer(snapshot, lang)
        due = newest[newest["state"].isin(CALLED)]
        before = rows[
            (rows["state"] == "missing") & (rows["month_start"] < due["month_start"].max())
        ]
        owed = before.drop_duplicates(["body", "month_start"])["body"].value_counts()
        grouped = due.assign(town=due["town"].fillna("")).groupby(["town", "body"])
        return [
            {
                "town": str(names.get(town, t("complete.several", lang))),
                "body": body,
                "post": named(str(body)),
                "streams": _streams(part["stream"].tolist(), lang),
                "n_subjects": int(part["n_subjects"].max()),
                "n_reports": len(part),
                "state": t(f"complete.{part['state'].iloc[0]}", lang),
                "months_before": int(owed.get(body, 0)),
            }
            for (town, body), part in grouped
        ]


def _streams(streams: list[str], lang: str) -> str:
    """Name the streams a body owes; all of them in one word."""
    if len(streams) == len(STREAMS):
        return t("complete.all_streams", lang)
    return ("、" if lang == "zh" else ", ").join(t(f"stream.{s}", lang) for s in streams)


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    """Count the reports by state, and all that were to come."""
    counted = rows["state"].value_counts()
    return {state: int(counted.get(state, 0)) for state in REPORT_STATES} | {"expected": len(rows)}
