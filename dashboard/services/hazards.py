"""Hazards as work: what is open and until when, what was put right, what inspections found."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.naming import moment_text, name_of, word
from dashboard.services.permitted import needs
from dashboard.services.records import records
from dashboard.services.tables import table_file
from dashboard.services.tracing import matter_history
from geo.errors import UsageError
from geo.vocabulary import Entity
from geo.window import Window, year_before
from models.zero.days import NEVER, civil_days, day_number
from models.zero.hazards import on_site_rate, overdue, rectified_rate, recurrence_rate
from models.zero.share import Share

if TYPE_CHECKING:
    from dashboard.services.world import World

__all__ = ["HazardService"]

WINDOWS: Final = ("last12", "year", "all")
SHOWN: Final = ("open", "all")
STATES: Final = ("overdue", "open", "closed", "verified")
"""In the order a list of work has them: what is late first."""
EXPORTED: Final = (
    "hazard_id", "place", "area", "town", "category_label", "severity_label", "mode_label",
    "state_label", "found_on", "due_on", "days_left", "closed_on", "verified_on",
)  # fmt: skip


class HazardService:
    """The register of hazards as of a day; `found` in a window, or still open whenever found."""

    def __init__(self, world: World) -> None:
        self._world = world

    @needs(Permission.READ)
    def windows(self, lang: str) -> list[dict[str, str]]:
        """List the windows of finding that a page offers."""
        return [{"value": name, "label": t(f"hazards.window_{name}", lang)} for name in WINDOWS]

    @needs(Permission.READ)
    def figures(self, *, window: str = "last12", as_of: date | None = None) -> dict[str, Any]:
        """Give the figures of the hazards found in a window, as of a day.

        Counts, and each rate as `part`, `whole` and printed with both; the rectified rate is
        that of the day. `on_site` and `deadline` add up to `hazards`.
        """
        day = as_of or self._world.as_of
        found = self._found(window, day)
        states = _states(found, as_of=day)
        mode = found["mode"]
        known = found[mode.isin(["on_site", "deadline"])]
        inspections = self._inspections(window, day)
        clean = Share(int((inspections["hazards_found"] == 0).sum()), len(inspections))
        return {
            "as_of": day.isoformat(),
            "window": self._label(window, day),
            "hazards": len(known),
            "on_site": int((mode == "on_site").sum()),
            "deadline": int((mode == "deadline").sum()),
            "major": int((found["severity"] == "major").sum()),
            "major_open": int(
                ((found["severity"] == "major") & states.isin(["open", "overdue"])).sum()
            ),
            "open": int(states.isin(["open", "overdue"]).sum()),
            "overdue": int((states == "overdue").sum()),
            "verified": _said(Share(int((states == "verified").sum()), len(found))),
            "on_site_rate": _said(on_site_rate(found)),
            "rectified_rate": _said(rectified_rate(found, as_of=day)),
            "recurrence_rate": _said(recurrence_rate(found, as_of=day)),
            "inspections": len(inspections),
            "inspections_clean": _said(clean),
        }

    @needs(Permission.READ)
    def rows(
        self, lang: str, *, window: str = "last12", shown: str = "open", as_of: date | None = None
    ) -> list[dict[str, Any]]:
        """List the hazards: overdue ones by due date, then open ones, then the others by id.

        `shown` is `open` for what is still to be done, `all` for the window's others as well.
        """
        day = as_of or self._world.as_of
        hazards = self._known(day)
        states = _states(hazards, as_of=day)
        wanted = states.isin(["open", "overdue"])
        if shown == "all":
            wanted |= hazards.index.isin(self._found(window, day).index)
        frame = hazards[wanted].assign(state=states[wanted])
        return records(self._ordered(self._worded(frame, day, lang)))

    @needs(Permission.READ)
    def caption(self, lang: str, *, window: str = "last12", as_of: date | None = None) -> str:
        """Say what the figures rest on: window of finding, as of, known at."""
        day = as_of or self._world.as_of
        known_at = moment_text(self._world.now, self._world.zone)
        label = self._label(window, day)
        return t("hazards.caption", lang, window=label, as_of=day, known_at=known_at)

    @needs(Permission.READ)
    def history(self, hazard_id: str, lang: str) -> dict[str, Any]:
        """Give one hazard with what the ledger learned of it. Raises UsageError."""
        day = self._world.as_of
        hazards = self._known(day)
        if hazard_id not in hazards.index:
            raise UsageError(
                f"No hazard {hazard_id} is in your area. Choose one of the list.",
                f"您的区域内没有隐患 {hazard_id}，请在列表中选择。",
            )
        own = hazards.loc[[hazard_id]]
        row = records(self._worded(own.assign(state=_states(own, as_of=day)), day, lang))[0]
        history = matter_history(self._world, Entity.HAZARD, hazard_id, lang)
        return {"row": row, "history": history}

    @needs(Permission.EXPORT)
    def export(
        self, fmt: str, lang: str, *, window: str = "last12", shown: str = "open"
    ) -> tuple[str, str, bytes]:
        """Give the list as a file: name, type and bytes."""
        rows = self.rows(lang, window=window, shown=shown)
        titles = [t(f"hazards.column.{name}", lang) for name in EXPORTED]
        table = [titles, *([row[name] for name in EXPORTED] for row in rows)]
        caption = self.caption(lang, window=window)
        stem = f"hazards_{self._world.as_of}"
        return table_file(fmt, stem, caption, table, sheet=t("hazards.sheet", lang))

    def _known(self, day: date) -> pd.DataFrame:
        """Give the hazards found by a day; an unknown day of finding is taken as before it."""
        hazards = self._world.snapshot().hazards
        return hazards[civil_days(hazards["found_on"], missing=-NEVER) <= day_number(day)]

    def _found(self, window: str, day: date) -> pd.DataFrame:
        return _within(self._known(day), "found_on", self._window(window, day))

    def _inspections(self, window: str, day: date) -> pd.DataFrame:
        inspections = self._world.snapshot().inspections
        return _within(inspections, "inspected_on", self._window(window, day))

    @staticmethod
    def _window(name: str, day: date) -> Window:
        """Give the window a name stands for; `all` begins before every fact."""
        starts = {
            "last12": year_before(day) + timedelta(days=1),
            "year": date(day.year, 1, 1),
            "all": date(1900, 1, 1),
        }
        if name not in starts:
            raise UsageError(
                f"Unknown window {name!r}; use {', '.join(WINDOWS)}.",
                f"未知的时段 {name!r}；可用：{'、'.join(WINDOWS)}。",
            )
        return Window(starts[name], day + timedelta(days=1))

    def _label(self, name: str, day: date) -> str:
        asked = self._window(name, day)
        return f"…{day}" if name == "all" else f"{asked.start}..{day}"

    def _worded(self, frame: pd.DataFrame, day: date, lang: str) -> pd.DataFrame:
        snapshot = self._world.snapshot()
        areas, units = snapshot.areas, snapshot.units
        of_unit = frame["unit_id"].map(units["area_code"])
        code = frame["area_code"].fillna(of_unit)
        names = name_of(areas, lang)
        place = frame["unit_id"].map(units["name"]).fillna(code.map(names)).fillna("–")
        due = civil_days(frame["due_on"], missing=NEVER)
        left = pd.Series(due - day_number(day), index=frame.index, dtype=object)
        unfinished = frame["state"].isin(["open", "overdue"]) & (due < NEVER)
        return pd.DataFrame(
            {
                "hazard_id": frame.index,
                "area_code": code,
                "place": place,
                "area": code.map(names).fillna("–"),
                "town": code.map(areas["parent_code"]).map(names).fillna(""),
                "severity": frame["severity"],
                "state": frame["state"],
                "category_label": [word("hazard_kind", c, lang) for c in frame["category"]],
                "severity_label": [word("severity", s, lang) for s in frame["severity"]],
                "mode_label": [word("mode", m, lang) for m in frame["mode"]],
                "state_label": [t(f"hazards.state_{s}", lang) for s in frame["state"]],
                "found_on": _days(frame["found_on"]),
                "due_on": _days(frame["due_on"]),
                "days_left": left.where(unfinished, None),
                "closed_on": _days(frame["closed_on"]),
                "verified_on": _days(frame["verified_on"]),
            },
            index=frame.index,
        )

    @staticmethod
    def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
        place = frame["state"].map({state: n for n, state in enumerate(STATES)})
        place = place.where(place < STATES.index("closed"), STATES.index("closed"))
        due = frame["due_on"].where(place < STATES.index("closed"), "").replace("", "9999")
        order = pd.DataFrame({"place": place, "due": due, "id": frame["hazard_id"]})
        return frame.loc[order.sort_values(["place", "due", "id"], kind="stable").index]


def _within(frame: pd.DataFrame, name: str, window: Window) -> pd.DataFrame:
    day = civil_days(frame[name], missing=NEVER)
    inside = (day >= day_number(window.start)) & (day < day_number(window.end))
    return frame[inside]


def _states(hazards: pd.DataFrame, *, as_of: date) -> pd.Series:
    """Say where each hazard stands on a day: overdue, open, closed or verified."""
    today = day_number(as_of)
    closed = civil_days(hazards["closed_on"], missing=NEVER) <= today
    verified = civil_days(hazards["verified_on"], missing=NEVER) <= today
    state = np.select(
        [verified, closed, overdue(hazards, as_of=as_of).to_numpy(dtype=bool)],
        ["verified", "closed", "overdue"],
        default="open",
    )
    return pd.Series(state, index=hazards.index, dtype="str")


def _days(days: pd.Series) -> pd.Series:
    written: pd.Series = days.dt.strftime("%Y-%m-%d")
    return written.fillna("")


def _said(share: Share) -> dict[str, Any]:
    text = share.printed() if share.whole else "–"
    return {"part": share.part, "whole": share.whole, "text": text}
