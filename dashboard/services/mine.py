"""One village, community or unit as those who answer for it see it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission
from dashboard.i18n import t
from dashboard.services.cards import SYMBOLS
from dashboard.services.naming import name_of, place_name, word
from dashboard.services.permitted import needs
from dashboard.services.records import records
from dashboard.services.reporters import Body, body_of, due_on, known_matters, returns_of
from dashboard.services.situation import streak_texts
from dashboard.services.village_history import (
    correctable_records,
    field_told,
    fields_of,
    history_of,
)
from dashboard.services.zero_board import STREAMS

if TYPE_CHECKING:
    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard
    from geo.window import Window

__all__ = ["MineService"]

MONTHS: Final = 12
"""Months back from which a missing return is asked for."""
WEEK_DAYS: Final = 7


class MineService:
    """Tells one body of its own zeros, returns, hazards and what is due."""

    def __init__(self, world: World, board: ZeroBoard) -> None:
        self._world = world
        self._board = board

    @needs(Permission.READ)
    def choices(self, lang: str) -> list[dict[str, str]]:
        """List the villages and units of the actor's area, villages first, by code."""
        snapshot = self._world.snapshot()
        subjects = self._world.subjects(snapshot)
        of_unit = subjects["unit_id"].notna()
        names = name_of(snapshot.areas, lang).reindex(subjects.index)
        names = names.fillna(snapshot.units["name"].reindex(subjects.index)).fillna("")
        ordered = [*subjects.index[~of_unit].sort_values(), *subjects.index[of_unit].sort_values()]
        return [{"value": code, "label": f"{names[code]} · {code}"} for code in ordered]

    @needs(Permission.READ)
    def own(self) -> str:
        """Give the body a person bound to one village is shown at once; empty for others."""
        scope = self._world.actor.scope
        return scope if scope in self._world.subjects(self._world.snapshot()).index else ""

    @needs(Permission.READ)
    def page(self, code: str, lang: str) -> dict[str, Any]:
        """Tell all of one body; raises AccessError outside the actor's area."""
        body = body_of(self._world, code)
        snapshot = self._world.snapshot()
        months = self._board.months(self._world.as_of, MONTHS)
        returns = self._returns(body, months, lang)
        hazards = self._hazards(body, lang)
        name = snapshot.units["name"].get(code) if body.unit_id else None
        return {
            "code": code,
            "name": name or place_name(snapshot.areas, code, lang),
            "is_unit": body.unit_id is not None,
            "parent": self._parent(body, lang),
            "as_of": self._world.as_of.isoformat(),
            "may_report": self._world.actor.may(Permission.REPORT),
            "zeros": self._zeros(body, months, lang),
            "months": self._ribbon(body, months, lang),
            "returns": returns,
            "next_return": self._next_return(months),
            "hazards": hazards,
            "disputes": self._disputes(body, lang),
            "week": self._week(returns, hazards, lang),
            "records": self._correctable(body, lang),
            "history": history_of(self._world, body, lang),
        }

    @needs(Permission.REPORT)
    def fields(self, entity: str, lang: str) -> list[dict[str, str]]:
        """List what of a kind of record can be corrected, as choices."""
        return [{"value": name, "label": t(f"field.{name}", lang)} for name in fields_of(entity)]

    @needs(Permission.REPORT)
    def field(self, entity: str, name: str, lang: str) -> dict[str, Any]:
        """Say how a field's new value is given: by `choices`, or typed into an `input`."""
        return field_told(entity, name, lang)

    def _correctable(self, body: Body, lang: str) -> list[dict[str, str]]:
        may = self._world.actor.may(Permission.REPORT)
        return correctable_records(self._world, body, lang) if may else []

    def _parent(self, body: Body, lang: str) -> str:
        areas = self._world.snapshot().areas
        if body.unit_id:
            return place_name(areas, body.area_code, lang)
        parent = areas["parent_code"].get(body.area_code)
        return place_name(areas, parent, lang)

    def _zeros(self, body: Body, months: tuple[Window, ...], lang: str) -> list[dict[str, Any]]:
        status = self._status(body, months[-1:])
        sent = returns_of(body, self._world.snapshot())
        zeros = []
        for stream in STREAMS:
            state = status.get((months[-1].label, stream), "not_assessed")
            days = self._board.streaks_of(stream, as_of=self._world.as_of)
            last = sent.loc[sent["stream"] == stream, "window_start"].max()
            month = "–" if pd.isna(last) else f"{last:%Y-%m}"
            streak = streak_texts(days.reindex([body.subject_id]))[0]
            zeros.append(
                {
                    "stream": stream,
                    "label": t(f"stream.{stream}", lang),
                    "status": state,
                    "symbol": SYMBOLS[state],
                    "word": t(f"status.{state}", lang),
                    "streak": t("streak.text", lang, days=streak),
                    "last": t("mine.last_return", lang, month=month),
                }
            )
        return zeros

    def _ribbon(self, body: Body, months: tuple[Window, ...], lang: str) -> list[dict[str, Any]]:
        status = self._status(body, months)
        return [
            {
                "month": month.label,
                "cells": [
                    {"status": state, "word": t(f"status.{state}", lang)}
                    for state in (
                        status.get((month.label, stream), "not_assessed") for stream in STREAMS
                    )
                ],
            }
            for month in months
        ]

    def _status(self, body: Body, months: tuple[Window, ...]) -> dict[tuple[str, str], str]:
        rows = self._board.status(months, as_of=self._world.as_of)
        own = records(
            rows.loc[rows["subject_id"] == body.subject_id, ["window", "stream", "status"]]
        )
        return {(str(row["window"]), str(row["stream"])): str(row["status"]) for row in own}

    def _returns(self, body: Body, months: tuple[Window, ...], lang: str) -> list[dict[str, Any]]:
        """List the returns that are missing or pending, newest month first."""
        snapshot, today = self._world.snapshot(), self._world.today
        sent = records(returns_of(body, snapshot)[["stream", "window_start", "kind"]])
        stands = {(row["window_start"].date(), row["stream"]): row["kind"] for row in sent}
        asked = []
        for month in [month for month in months[::-1] if month.end <= today]:
            known = known_matters(body, snapshot, month)
            due = due_on(month, self._world.rulebook.report_due_days)
            for stream in STREAMS:
                kind = stands.get((month.start, stream), "")
                if kind in {"", "pending"} and self._was_registered(body, month):
                    asked.append(
                        {
                            "month": month.label,
                            "stream": stream,
                            "label": t(f"stream.{stream}", lang),
                            "known": known[stream],
                            "pending": kind == "pending",
                            "due_on": due.isoformat(),
                            "late": due < today,
                        }
                    )
        return asked

    def _was_registered(self, body: Body, month: Window) -> bool:
        own = records(self._world.subjects(self._world.snapshot()).loc[[body.subject_id]])[0]
        first, last = own["registered_on"], own["deregistered_on"]
        begun = pd.isna(first) or first.date() < month.end
        return bool(begun and (pd.isna(last) or last.date() > month.start))

    def _next_return(self, months: tuple[Window, ...]) -> dict[str, str]:
        month = months[-1]
        return {"month": month.label, "from": month.end.isoformat()}

    def _hazards(self, body: Body, lang: str) -> list[dict[str, Any]]:
        """List the open hazards, the one due first at the top."""
        hazards = self._world.snapshot().hazards
        mine = hazards["unit_id"] == body.unit_id if body.unit_id else (
            hazards["area_code"] == body.area_code
        )  # fmt: skip
        still_open = hazards[mine & hazards["closed_on"].isna()]
        shown = still_open.sort_values(["due_on", "found_on"], na_position="last")
        units = self._world.snapshot().units["name"]
        return [self._hazard(str(key), row, units, lang) for key, row in zip(
            shown.index, records(shown), strict=True
        )]  # fmt: skip

    def _hazard(self, key: str, row: dict[str, Any], units: pd.Series, lang: str) -> dict[str, Any]:
        due = None if pd.isna(row["due_on"]) else row["due_on"].date()
        left = None if due is None else (due - self._world.today).days
        if left is None:
            due_text = t("mine.no_due", lang)
        else:
            due_text = t("mine.overdue" if left < 0 else "mine.days_left", lang, n=abs(left))
        return {
            "id": key,
            "what": word("hazard", row["category"], lang),
            "severity": t(f"choice.severity.{row['severity']}", lang),
            "is_major": row["severity"] == "major",
            "where": str(units.get(row["unit_id"], "")),
            "found_on": row["found_on"].date().isoformat(),
            "due_on": "" if due is None else due.isoformat(),
            "due_text": due_text,
            "late": left is not None and left < 0,
            "soon": left is not None and 0 <= left <= WEEK_DAYS,
        }

    def _disputes(self, body: Body, lang: str) -> dict[str, Any]:
        """Count the disputes in mediation; those who mediate are told of each."""
        disputes = self._world.snapshot().disputes
        mine = disputes["subject_id"].isin(body.members) | (
            disputes["area_code"].eq(body.area_code) & (body.unit_id is None)
        )
        in_hand = disputes[mine & disputes["ended_at"].isna()]
        if not self._world.actor.may(Permission.MEDIATE):
            return {"count": len(in_hand), "rows": []}
        rows = [
            {
                "id": str(key),
                "topic": word("topic", row["topic"], lang),
                "since": row["requested_at"].tz_convert(self._world.zone).date().isoformat(),
            }
            for key, row in zip(in_hand.index, records(in_hand), strict=True)
        ]
        return {"count": len(in_hand), "rows": rows}

    def _week(
        self, returns: list[dict[str, Any]], hazards: list[dict[str, Any]], lang: str
    ) -> list[str]:
        """Say what is due within seven days or late, in a line for each kind."""
        until = (self._world.today + timedelta(days=WEEK_DAYS)).isoformat()
        due = [one for one in returns if one["due_on"] <= until]
        told = {
            "mine.week_returns": len(due),
            "mine.week_late": sum(one["late"] for one in hazards),
            "mine.week_soon": sum(one["soon"] for one in hazards),
        }
        return [t(key, lang, n=n) for key, n in told.items() if n]
