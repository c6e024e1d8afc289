"""What waits for a second person, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from dashboard.access import Permission
from dashboard.i18n import has, t
from dashboard.services.naming import moment_text
from dashboard.services.permitted import needs
from dashboard.services.reach import reaches
from geo import decisions as deciding
from geo.errors import AccessError
from geo.signatures import signature

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dashboard.services.audit import Audit
    from dashboard.services.world import World
    from geo.decisions import Decision

__all__ = ["DecisionService", "change_texts"]

SETTLED_SHOWN: Final = 30


class DecisionService:
    """Lists, approves and rejects; `by` is the account's name."""

    def __init__(self, world: World, audit: Audit) -> None:
        self._world = world
        self._audit = audit

    @needs(Permission.DECIDE)
    def waiting(self, lang: str, *, by: str) -> list[dict[str, Any]]:
        """List the proposals within the actor's area that nobody has settled, oldest first.

        `mine` tells that `by` proposed or approved it already, so that somebody else must.
        """
        return [self._row(one, lang, by) for one in self._seen() if one.open]

    @needs(Permission.DECIDE)
    def settled(self, lang: str, *, by: str) -> list[dict[str, Any]]:
        """List the last decisions that were settled, newest first."""
        done = [one for one in self._seen() if not one.open]
        return [self._row(one, lang, by) for one in done[::-1][:SETTLED_SHOWN]]

    @needs(Permission.DECIDE)
    def approve(self, decision_id: str, *, by: str) -> str:
        """Approve a proposal; give its state. Raises UsageError for one's own."""
        self._refuse_unseen(decision_id)
        made = deciding.approve(self._world.store, decision_id, by=by, at=self._world.recording_at)
        self._audit(by, "approved", decision_id)
        return str(made.state)

    @needs(Permission.DECIDE)
    def reject(self, decision_id: str, reason: str, *, by: str) -> str:
        """Reject a proposal, or withdraw one's own; give its state."""
        self._refuse_unseen(decision_id)
        made = deciding.reject(
            self._world.store, decision_id, by=by, reason=reason, at=self._world.recording_at
        )
        self._audit(by, "rejected", decision_id)
        return str(made.state)

    def _seen(self) -> list[Decision]:
        every = deciding.decisions_of(self._world.store).values()
        return [one for one in every if reaches(self._world, one)]

    def _refuse_unseen(self, decision_id: str) -> None:
        if decision_id not in {one.decision_id for one in self._seen()}:
            raise AccessError(
                f"There is no decision {decision_id} in your area.",
                f"您负责的范围内没有决定 {decision_id}。",
            )

    def _row(self, one: Decision, lang: str, by: str) -> dict[str, Any]:
        spoken = [one.proposer, *(approval.by for approval in one.approvals)]
        zone = self._world.zone
        return {
            "id": one.decision_id,
            "kind": t(f"decision.{one.kind}", lang),
            "about": t(f"kind_of.{one.about}", lang),
            "keys": list(one.keys),
            "changes": change_texts(one, lang, zone),
            "reason": one.reason,
            "reference": one.reference or "",
            "proposer": one.proposer,
            "proposed_at": moment_text(one.proposed_at, zone),
            "state": str(one.state),
            "state_word": t(f"decision.{one.state}", lang),
            "missing": deciding.missing_approvals(one),
            "mine": signature(by) in {signature(name) for name in spoken},
            "rejected_because": one.rejected_because or "",
        }


def change_texts(one: Decision, lang: str, zone: ZoneInfo) -> list[str]:
    """Word what becomes of each field; of an erasure, which fields."""
    if one.changes:
        return [
            f"{t(f'field.{name}', lang)} → {_value(name, value, lang, zone)}"
            for name, value in one.changes.items()
        ]
    return [t(f"field.{name}", lang) for name in one.fields]


def _value(name: str, value: str | None, lang: str, zone: ZoneInfo) -> str:
    if value is None:
        return t("value.unknown", lang)
    if has(f"choice.{name}.{value}", lang):
        return t(f"choice.{name}.{value}", lang)
    if "T" in value:
        return moment_text(datetime.fromisoformat(value), zone)
    return t(f"mine.{value}", lang) if value in {"yes", "no"} else value
