"""Petitions and disputes as work for who mediates: served, never policed, and never on a map."""

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
from dashboard.services.standpoint import parse_day
from dashboard.services.tables import table_file
from dashboard.services.tracing import matter_history, post_name, process_note, step_name
from geo.errors import UsageError
from geo.process import process_named
from geo.stepping import StepTaken, take_step
from geo.vocabulary import Entity
from geo.window import Window, year_before
from models.zero.mediation import mobile_share, relapse_rate
from models.zero.petitions import exclusions
from models.zero.worklist import (
    dispute_work,
    exemption_use,
    new_and_outstanding,
    petition_work,
)

if TYPE_CHECKING:
    from dashboard.services.world import World
    from models.zero.share import Share

__all__ = ["MediationService"]

PROCESS: Final = {"petition": "closed_loop", "dispute": "mediation"}
TO_DO: Final = ("overdue", "open")
KEPT: Final = (
    "area_code", "topic", "channel", "step", "post", "due_on", "days_left", "state", "closed",
    "resolved", "pass_on_by",
)  # fmt: skip
EXPORTED: Final = (
    "matter", "kind_label", "area", "town", "topic_label", "channel_label", "step_label",
    "post_label", "due_on", "days_left", "state_label", "closed_label", "resolved_label",
)  # fmt: skip


class MediationService:
    """The worklist of petitions and disputes as of a day; areas, never places or parties."""

    def __init__(self, world: World) -> None:
        self._world = world

    @needs(Permission.MEDIATE)
    def rows(
        self, lang: str, *, shown: str = "open", as_of: date | None = None
    ) -> list[dict[str, Any]]:
        """List the matters: overdue ones by due date, then open ones by due date, then by id.

        `shown` is `open` for what is still to be done, `all` for all there is.
        """
        frame = self._work(as_of or self._world.as_of)
        if shown != "all":
            frame = frame[frame["state"].isin(TO_DO)]
        return records(self._worded(frame, lang))

    @needs(Permission.MEDIATE)
    def figures(self, *, as_of: date | None = None) -> dict[str, Any]:
        """Give counts as of a day: petitions and disputes apart, closed and resolved apart.

        `resolved` counts what was solved; `closed` what was filed away, solved or not. Shares
        of the disputes are of those that ended in the twelve months up to the day.
        """
        world = self._world
        day = as_of or world.as_of
        snapshot = world.snapshot()
        petitions, disputes = self._petitions(day), self._disputes(day)
        span = Window(year_before(day) + timedelta(days=1), day + timedelta(days=1))
        past = snapshot.disputes.loc[disputes.index[disputes["closed"]]]
        ended = past[_ended_in(past, span, world)]
        relapsed = relapse_rate(ended, snapshot.petitions, as_of=day, zone=world.zone)
        state = petitions["state"]
        late = petitions["pass_on_by"] < pd.Timestamp(day)
        waiting = petitions["step"].isin(["discover", "register"]) & state.isin(TO_DO)
        return {
            "as_of": day.isoformat(),
            "petitions": {
                "registered": len(petitions),
                "open": int((state == "open").sum()),
                "overdue": int((state == "overdue").sum()),
                "excluded": int((state == "excluded").sum()),
                "excluded_open": int(((state == "excluded") & ~petitions["resolved"]).sum()),
                "closed": int(petitions["closed"].sum()),
                "resolved": int(petitions["resolved"].sum()),
                "closed_unresolved": int((petitions["closed"] & ~petitions["resolved"]).sum()),
                "resolved_late": int((state == "resolved_late").sum()),
                "not_passed_on": int((waiting & late).sum()),
            },
            "disputes": {
                "requested": len(disputes),
                "in_hand": int((~disputes["closed"]).sum()),
                "ended_in": f"{span.start}..{day}",
                "ended": len(ended),
                "agreed": int((ended["outcome"] == "agreed").sum()),
                "mobile_share": _said(mobile_share(ended)),
                "relapse_rate": _said(relapsed),
                "outcomes": _counts(ended["outcome"]),
                "channels": _counts(ended["channel"]),
            },
            "rulebook": world.rulebook.id,
        }

    @needs(Permission.MEDIATE)
    def by_area(self, lang: str, *, as_of: date | None = None) -> list[dict[str, Any]]:
        """Count what is to be done per area, in the order of codes."""
        frame = self._work(as_of or self._world.as_of)
        frame = frame[frame["state"].isin(TO_DO)]
        frame = frame.assign(
            petitions=(frame["kind"] == "petition").astype(int),
            disputes=(frame["kind"] == "dispute").astype(int),
            overdue=(frame["state"] == "overdue").astype(int),
        )
        counted = frame.groupby("area_code")[["petitions", "disputes", "overdue"]].sum()
        table = counted.sort_index().rename_axis("area_code").reset_index()
        return records(self._with_names(table, lang))

    @needs(Permission.MEDIATE)
    def series(self, *, as_of: date | None = None) -> list[dict[str, Any]]:
        """Give new and outstanding petitions by month: two series, never added up."""
        day = as_of or self._world.as_of
        petitions = self._world.snapshot().petitions
        return records(new_and_outstanding(petitions, self._world.rulebook, as_of=day))

    @needs(Permission.MEDIATE)
    def exclusions(self, lang: str, *, as_of: date | None = None) -> list[dict[str, Any]]:
        """List what was left out for a higher authority, with reason and verdict; no names."""
        known = self._world.snapshot().petitions.loc[
            self._petitions(as_of or self._world.as_of).index
        ]
        listed = exclusions(known).reset_index()
        table = listed[["petition_id", "area_code", "accepted_on", "reason", "verdict"]]
        table = table.assign(
            accepted_on=table["accepted_on"].dt.strftime("%Y-%m-%d"),
            verdict_label=[t(f"mediation.verdict_{v}", lang) for v in table["verdict"]],
        )
        return records(self._with_names(table, lang))

    @needs(Permission.MEDIATE)
    def exemption_use(self, lang: str, *, as_of: date | None = None) -> list[dict[str, Any]]:
        """Count the use of the exemption per area, in the order of codes."""
        day = as_of or self._world.as_of
        return records(
            self._with_names(exemption_use(self._world.snapshot().petitions, as_of=day), lang)
        )

    @needs(Permission.MEDIATE)
    def history(self, kind: str, key: str, lang: str) -> dict[str, Any]:
        """Give one matter with what the ledger learned of it. Raises UsageError."""
        own = self._one(kind, key)
        return {
            "row": records(self._worded(own, lang))[0],
            "history": matter_history(self._world, Entity(kind), key, lang),
            "note": process_note(PROCESS[kind], lang),
        }

    @needs(Permission.MEDIATE)
    def next_steps(self, kind: str, key: str, lang: str) -> dict[str, list[dict[str, str]]]:
        """Offer the steps that may follow and the posts that may own them, with their words."""
        process = process_named(PROCESS[kind])
        following = process.next_after(self._standing(kind, key))
        return {
            "steps": [{"value": s, "label": process.word(s, lang)} for s in following],
            "posts": [{"value": p, "label": post_name(p, lang)} for p in process.posts],
        }

    @needs(Permission.MEDIATE)
    def lead_on(
        self, kind: str, key: str, step: str, *, post: str, due_on: str = "", reference: str = ""
    ) -> str:
        """Take a step of a matter in the actor's area; give its id.

        Raises UsageError for what is not in the area and for a step that does not follow.
        """
        if not step:
            raise UsageError("Choose the next step.", "请选择下一步。")
        taken = StepTaken(
            about=Entity(kind),
            about_key=key,
            process=PROCESS[kind],
            before=self._standing(kind, key),
            step=step,
            post=post,
            due_on=parse_day(due_on),
            document_ref=reference.strip(),
        )
        world = self._world
        last = world.store.snapshot().known_at
        return take_step(world.store, taken, at=max(world.now, last or world.now))

    def _standing(self, kind: str, key: str) -> str | None:
        """Give the step a matter of the actor's area stands at; None before the first."""
        step = self._one(kind, key)["step"].iloc[0]
        return step if isinstance(step, str) else None

    def _one(self, kind: str, key: str) -> pd.DataFrame:
        frame = self._work(self._world.as_of)
        own = frame[(frame["kind"] == kind) & (frame["matter"] == key)]
        if own.empty:
            raise UsageError(
                f"No matter {key} is in your area. Choose one of the list.",
                f"您的区域内没有事项 {key}，请在列表中选择。",
            )
        return own

    @needs(Permission.MEDIATE)
    def caption(self, lang: str, *, as_of: date | None = None) -> str:
        """Say what the figures rest on: rulebook and clock, as of, known at."""
        world = self._world
        return t(
            "mediation.caption",
            lang,
            rulebook=world.rulebook.id,
            days=world.rulebook.resolve_days,
            more=world.rulebook.extension_days,
            as_of=as_of or world.as_of,
            known_at=moment_text(world.now, world.zone),
        )

    @needs(Permission.EXPORT)
    def export(self, fmt: str, lang: str, *, shown: str = "open") -> tuple[str, str, bytes]:
        """Give the worklist as a file; who may not mediate gets none."""
        rows = self.rows(lang, shown=shown)
        titles = [t(f"mediation.column.{name}", lang) for name in EXPORTED]
        table = [titles, *([row[name] for name in EXPORTED] for row in rows)]
        stem = f"mediation_{self._world.as_of}"
        return table_file(fmt, stem, self.caption(lang), table, sheet=t("mediation.sheet", lang))

    def _petitions(self, day: date) -> pd.DataFrame:
        world = self._world
        snapshot = world.snapshot()
        return petition_work(
            snapshot.petitions, snapshot.steps, world.rulebook, as_of=day, zone=world.zone
        )

    def _disputes(self, day: date) -> pd.DataFrame:
        snapshot = self._world.snapshot()
        return dispute_work(snapshot.disputes, snapshot.steps, as_of=day, zone=self._world.zone)

    def _work(self, day: date) -> pd.DataFrame:
        """Give both kinds in one frame, in the order of a list of work."""
        parts = [
            part.reindex(columns=KEPT).astype(object).assign(kind=kind, matter=part.index)
            for kind, part in (("petition", self._petitions(day)), ("dispute", self._disputes(day)))
        ]
        frame = pd.concat(parts, ignore_index=True)
        place = frame["state"].map({state: n for n, state in enumerate(TO_DO)}).fillna(len(TO_DO))
        due = pd.to_datetime(frame["due_on"]).where(place < len(TO_DO))
        order = pd.DataFrame({"place": place, "due": due, "id": frame["matter"]})
        return frame.loc[order.sort_values(["place", "due", "id"], kind="stable").index]

    def _worded(self, frame: pd.DataFrame, lang: str) -> pd.DataFrame:
        yes, no = (t(f"history.{word}", lang) for word in ("yes", "no"))
        table = pd.DataFrame(
            {
                "id": frame["kind"] + ":" + frame["matter"],
                "matter": frame["matter"],
                "kind": frame["kind"],
                "area_code": frame["area_code"],
                "state": frame["state"],
                "kind_label": [t(f"mediation.kind_{kind}", lang) for kind in frame["kind"]],
                "topic_label": [word("topic", topic, lang) for topic in frame["topic"]],
                "channel_label": [word("channel", channel, lang) for channel in frame["channel"]],
                "step_label": [
                    step_name(PROCESS[kind], step, lang)
                    for kind, step in zip(frame["kind"], frame["step"], strict=True)
                ],
                "post_label": [post_name(post, lang) for post in frame["post"]],
                "due_on": _days(frame["due_on"]),
                "pass_on_by": _days(frame["pass_on_by"]),
                "days_left": [int(n) if pd.notna(n) else None for n in frame["days_left"]],
                "state_label": [t(f"mediation.state_{state}", lang) for state in frame["state"]],
                "closed_label": np.where(frame["closed"].astype(bool), yes, no),
                "resolved_label": np.where(frame["resolved"].astype(bool), yes, no),
            },
            index=frame.index,
        )
        done = ~frame["state"].isin(TO_DO)
        table["days_left"] = (
            table["days_left"].astype(object).mask(done | table["due_on"].eq(""), None)
        )
        return self._with_names(table, lang)

    def _with_names(self, table: pd.DataFrame, lang: str) -> pd.DataFrame:
        """Add the names of area and town to a table with area codes."""
        areas = self._world.snapshot().areas
        names = name_of(areas, lang)
        code = table["area_code"]
        town = code.map(areas["parent_code"]).map(names)
        return table.assign(area=code.map(names).fillna(code), town=town.fillna(""))


def _ended_in(disputes: pd.DataFrame, span: Window, world: World) -> pd.Series:
    start, end = (pd.Timestamp(moment) for moment in span.utc(world.zone))
    return (disputes["ended_at"] >= start) & (disputes["ended_at"] < end)


def _days(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).dt.strftime("%Y-%m-%d").fillna("")


def _said(share: Share) -> dict[str, Any]:
    text = share.printed() if share.whole else "–"
    return {"part": share.part, "whole": share.whole, "text": text}


def _counts(words: pd.Series) -> dict[str, int]:
    """Count words, in the order of the alphabet."""
    return {str(k): int(v) for k, v in words.value_counts().sort_index().items()}
