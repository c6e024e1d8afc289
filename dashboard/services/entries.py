"""What a village or a unit enters itself: returns, hazards, proposals to correct a record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission, require
from dashboard.services.permitted import needs
from dashboard.services.reach import in_reach
from dashboard.services.records import records
from dashboard.services.reporters import body_of, known_matters, month_of_label, returns_of
from dashboard.services.zero_board import STREAMS
from geo.decisions import propose_correction
from geo.entering import entered_key, record_once, state_next
from geo.errors import UsageError
from geo.intake.entities import HAZARDS
from geo.references import document_reference
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.services.audit import Audit
    from dashboard.services.world import World
    from geo.window import Window

__all__ = ["HAZARD_KINDS", "RETURN_KINDS", "EntryService"]

RETURN_KINDS: Final = ("nil", "exceptions", "pending")
HAZARD_KINDS: Final = ("fire_exit", "wiring", "gas", "machine_guard", "roof", "storage", "signage")
"""Offered on the form; a delivery may bring others."""
GRIEVANCES: Final = frozenset({Entity.PETITION, Entity.DISPUTE})


class EntryService:
    """Stores what is entered; `by` is the account's name, which goes into the audit log alone."""

    def __init__(self, world: World, audit: Audit) -> None:
        self._world = world
        self._audit = audit

    @needs(Permission.REPORT)
    def nil_return(self, code: str, stream: str, month: str, kind: str, *, by: str) -> bool:
        """Store one return of a body for a stream and a month; False where it stands already.

        Raises AccessError outside the actor's area; UsageError for a month that is not over, a
        nil return where other sources know of a matter, and another return than the one that
        stands: that is changed by a correction. A pending one may become any other.
        """
        body, window = body_of(self._world, code), _month(month)
        _refuse_unknown(stream, STREAMS)
        _refuse_unknown(kind, RETURN_KINDS)
        self._refuse_open_month(window)
        snapshot = self._world.snapshot()
        known = known_matters(body, snapshot, window)[stream]
        if kind == "nil" and known:
            raise UsageError(
                f"Other sources know of {known} in {month}, so there is no nothing to report: "
                "send a report of exceptions, or propose to correct the record.",
                f"其他来源已有 {known} 件 {month} 的记录，不能零报告："
                "请改报“例外报告”，或提出更正。",
            )
        sent = returns_of(body, snapshot)
        sent = sent[
            (sent["stream"] == stream) & (sent["window_start"] == pd.Timestamp(window.start))
        ]
        if len(sent):
            return self._return_again(str(sent.index[-1]), str(sent["kind"].iloc[-1]), kind, by)
        key = entered_key("E", body.name_of_body, stream, window.label, body.listed)
        fields = {
            "body": body.name_of_body,
            "stream": stream,
            "window_start": pd.Timestamp(window.start),
            "window_end": pd.Timestamp(window.end),
            "kind": kind,
            "reported_at": pd.Timestamp(self._world.now),
            "subjects": body.listed,
        }
        stored = self._once(Entity.REPORT, key, fields)
        return self._told(by, f"sent return {kind}", f"report {key}", stored=stored)

    @needs(Permission.REPORT)
    def hazard(self, code: str, found: Mapping[str, str], *, by: str) -> bool:
        """Store a hazard found at a body; False where the same one was entered before.

        `found` holds `category`, `severity`, `mode`, `found_on`, `due_on` (of a deadline) and
        `reference`. One put right on the spot is closed on the day it was found.
        """
        body = body_of(self._world, code)
        _refuse_unknown(found["category"], HAZARD_KINDS)
        for name in ("severity", "mode"):
            _refuse_unknown(found[name], sorted(HAZARDS.field(name).choices))
        on_site = found["mode"] == "on_site"
        day = self._past_day(found["found_on"])
        due = None if on_site else _day(found["due_on"])
        if due is not None and due < day:
            raise UsageError(
                "The deadline would lie before the day it was found.", "整改期限不能早于发现日期。"
            )
        reference = document_reference(found["reference"])
        fields = {
            "unit_id": body.unit_id,
            "area_code": body.area_code,
            **{name: found[name] for name in ("category", "severity", "mode")},
            "found_on": pd.Timestamp(day),
            "due_on": None if due is None else pd.Timestamp(due),
            "closed_on": pd.Timestamp(day) if on_site else None,
            "reference": reference,
        }
        key = entered_key("HE", body.subject_id, found["category"], day, reference)
        stored = self._once(Entity.HAZARD, key, fields)
        return self._told(by, "entered hazard", f"hazard {key}", stored=stored)

    @needs(Permission.REPORT)
    def close_hazard(self, hazard_id: str, closed_on: str, reference: str, *, by: str) -> bool:
        """Close an open hazard of the actor's area with a day and the number of a document."""
        in_reach(self._world, Entity.HAZARD, hazard_id)
        found: date = records(self._world.snapshot().hazards.loc[[hazard_id]])[0]["found_on"].date()
        day, proof = self._past_day(closed_on), document_reference(reference)
        if day < found:
            raise UsageError(
                f"It was found on {found}; it cannot have been put right before.",
                f"该隐患发现于 {found}，整改日期不能更早。",
            )
        stored = state_next(
            self._world.store,
            Entity.HAZARD,
            hazard_id,
            was={"closed_on": None},
            becomes={"closed_on": pd.Timestamp(day), "closed_reference": proof},
            at=self._world.recording_at,
        )
        return self._told(by, "closed hazard", f"hazard {hazard_id}", stored=stored)

    @needs(Permission.REPORT)
    def propose(
        self,
        entity: str,
        key: str,
        changes: Mapping[str, str],
        *,
        reason: str,
        reference: str,
        by: str,
    ) -> str:
        """Propose to correct a record of the actor's area; give the decision's number.

        A petition or a dispute is corrected by those who mediate alone.
        """
        about = Entity(entity)
        if about in GRIEVANCES:
            require(self._world.actor, Permission.MEDIATE)
        in_reach(self._world, about, key)
        made = propose_correction(
            self._world.store,
            about=about,
            key=key,
            changes=changes,
            reason=reason,
            reference=reference,
            by=by,
            at=self._world.recording_at,
        )
        self._audit(by, "proposed correction", f"{made.decision_id} {about} {key}")
        return made.decision_id

    def _return_again(self, key: str, stands: str, kind: str, by: str) -> bool:
        if stands == kind:
            return False
        if stands != "pending":
            raise UsageError(
                "Another return stands for this month; propose to correct it.",
                "该月已有其他内容的报告；请提出更正。",
            )
        stored = state_next(
            self._world.store,
            Entity.REPORT,
            key,
            was={"kind": "pending"},
            becomes={"kind": kind, "reported_at": pd.Timestamp(self._world.now)},
            at=self._world.recording_at,
        )
        return self._told(by, f"sent return {kind}", f"report {key}", stored=stored)

    def _once(self, entity: Entity, key: str, fields: Mapping[str, object]) -> bool:
        store, at = self._world.store, self._world.recording_at
        return record_once(store, entity, key, fields, at=at)

    def _told(self, by: str, deed: str, about: str, *, stored: bool) -> bool:
        if stored:
            self._audit(by, deed, about)
        return stored

    def _refuse_open_month(self, window: Window) -> None:
        if window.end > self._world.today:
            raise UsageError(
                f"{window.label} is not over yet; its return can be sent from {window.end} on.",
                f"{window.label} 尚未结束，{window.end} 起可以上报。",
            )

    def _past_day(self, text: str) -> date:
        day = _day(text)
        if day > self._world.today:
            raise UsageError(f"{day} lies in the future.", f"日期 {day} 晚于今天。")
        return day


def _month(label: str) -> Window:
    try:
        return month_of_label(label)
    except ValueError as error:
        raise UsageError(
            f"{label!r} is no month; write 2026-05.", f"{label!r} 不是月份；请写作 2026-05。"
        ) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no day; write it as 2026-05-03.",
            f"{text!r} 不是日期；请写作 2026-05-03。",
        ) from error


def _refuse_unknown(word: Any, known: Any) -> None:
    if word not in known:
        raise UsageError(
            f"{word!r} is none of {', '.join(known)}.",
            f"{word!r} 不在可选范围：{'、'.join(known)}。",
        )
