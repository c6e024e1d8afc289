"""The case of one status: the facts behind it as they became known, and where it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.access import Permission, require
from dashboard.reports.docx_file import docx_of
from dashboard.reports.dossier import dossier_paper
from dashboard.services.bulletin.asking import Asked, month_of_text
from dashboard.services.bulletin.editions import editions_of
from dashboard.services.naming import moment_text, name_of
from dashboard.services.permitted import needs
from dashboard.services.records import records
from geo.errors import UsageError
from geo.vocabulary import Entity, Stream
from models.zero.attribution import stored_or_attributed
from models.zero.days import local_days
from models.zero.register import Register

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.services.world import World
    from dashboard.services.zero_board import ZeroBoard

__all__ = ["DossierService"]

DOCX_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENTITIES: Final = {"case": Entity.CASE, "accident": Entity.ACCIDENT, "petition": Entity.PETITION}
STATED: Final = ("category", "topic", "review", "level", "outcome", "subject_id")
"""What the time line tells of a fact: no parties, no texts, no names."""


class DossierService:
    """Gathers what one status rests on; `log` notes who took it away."""

    def __init__(
        self, world: World, board: ZeroBoard, log: Callable[[str, str, str], None]
    ) -> None:
        self._world = world
        self._board = board
        self._log = log

    @needs(Permission.READ)
    def dossier(self, subject: str, stream: str, period: str) -> dict[str, Any]:
        """Give the status of a subject's stream and month, its facts and its editions.

        `facts` has one row per version of a fact: entity, fact_id, happened, reported, known,
        what (recorded, corrected or retracted) and stated. Petitions need the right to mediate.
        Raises UsageError for a subject, stream or month there is not.
        """
        if stream not in set(Stream):
            raise UsageError(
                f"No stream {stream!r}; use {', '.join(Stream)}.",
                f"没有类别 {stream!r}；可用：{'、'.join(Stream)}。",
            )
        if stream == Stream.PETITION:
            require(self._world.actor, Permission.MEDIATE)
        world = self._world
        known = max([world.now, *world.last_recorded().values()])
        asked = Asked(month_of_text(period), world.as_of, known, world.rulebook)
        signed = [e for e in editions_of(world) if e.asked.period == asked.period]
        asks = [*(edition.asked for edition in signed), asked]
        return {
            "subject": subject,
            "stream": stream,
            "period": asked.period,
            "as_of": asked.as_of.isoformat(),
            "known_at": known.isoformat(),
            "known_text": self._text(known),
            "rulebook": asked.rulebook.id,
            **self._status(subject, stream, asked),
            "facts": self._facts(subject, stream, asks),
            "reports": self._reports(subject, stream, asked),
            "editions": [
                {
                    "number": edition.number,
                    "known_at": self._text(edition.asked.known_at),
                    "digest": edition.digest,
                    **self._status(subject, stream, edition.asked),
                }
                for edition in signed
            ],
        }

    @needs(Permission.EXPORT)
    def file(
        self, subject: str, stream: str, period: str, lang: str, *, by: str
    ) -> tuple[str, str, bytes]:
        """Give the dossier as a Word file: name, type and bytes."""
        found = self.dossier(subject, stream, period)
        snapshot = self._world.snapshot()
        names = pd.concat([name_of(snapshot.areas, lang), snapshot.units["name"].fillna("")])
        paper = dossier_paper(found, str(names.get(subject, "")), self._world.rulebook, lang)
        self._log(by, "took dossier away", f"{subject} {stream} {period}")
        body = docx_of(paper, lang, pd.Timestamp(found["known_at"]).to_pydatetime())
        return f"三零档案_{subject}_{stream}_{period}.docx", DOCX_TYPE, body

    def _status(self, subject: str, stream: str, asked: Asked) -> dict[str, Any]:
        status = self._board.status((asked.window,), **asked.about)
        mine = status[(status["subject_id"] == subject) & (status["stream"] == stream)]
        if mine.empty:
            raise UsageError(
                f"No subject {subject!r} is in the register of {asked.period}, or it lies outside "
                "your area.",
                f"{asked.period} 的名册中没有主体 {subject!r}，或不在您的辖区范围内。",
            )
        (row,) = records(mine)
        return {"status": str(row["status"]), "breaking": int(row["breaking"])}

    def _facts(self, subject: str, stream: str, asks: list[Asked]) -> list[dict[str, Any]]:
        """List every version of the facts that were ever the subject's, as they became known."""
        entity = ENTITIES[stream]
        keys: set[str] = set()
        for asked in asks:
            keys |= self._own(subject, stream, asked)
        versions = [
            (key, version)
            for key in sorted(keys)
            for version in self._world.store.versions(entity, key)
        ]
        versions.sort(key=lambda told: int(told[1]["seq"]))
        return [self._fact(entity, key, version) for key, version in versions]

    def _own(self, subject: str, stream: str, asked: Asked) -> set[str]:
        """Name the facts of the month that were the subject's, as known then."""
        snapshot = self._world.snapshot(asked.known_at)
        register = Register.of(self._world.subjects(snapshot))
        if stream == Stream.PETITION:
            facts = snapshot.petitions
            days = local_days(pd.to_datetime(facts["accepted_on"], utc=True), self._world.zone)
        else:
            every = self._world.attributed(snapshot, snapshot.incidents)
            start, end = asked.window.utc(self._world.zone)
            within = (every["occurred_from"] >= start) & (every["occurred_from"] < end)
            facts = every[within & (every["stream"] == stream)]
            days = local_days(facts["occurred_from"], self._world.zone)
        if facts.empty:
            return set()
        places = stored_or_attributed(facts, register, days)
        (mine,) = register.positions(pd.Series([subject], dtype="str"))
        return {str(key) for key in facts.index[places == mine]}

    def _fact(self, entity: Entity, key: str, version: dict[str, Any]) -> dict[str, Any]:
        fields = version["fields"]
        happened = fields.get("occurred_from", fields.get("accepted_on"))
        return {
            "entity": str(entity),
            "fact_id": key,
            "happened": _day(happened) if entity is Entity.PETITION else self._text(happened),
            "reported": self._text(fields.get("reported_at")),
            "known": self._text(version["known_at"]),
            "what": version["action"],
            "stated": {name: str(fields[name]) for name in STATED if fields.get(name) is not None},
        }

    def _reports(self, subject: str, stream: str, asked: Asked) -> list[dict[str, str]]:
        """List the reports and confirmations about the month, of the subject's body and owners."""
        snapshot = self._world.snapshot(asked.known_at)
        body = self._world.subjects(snapshot)["body"].get(subject)
        reports = snapshot.reports
        bodies = {f"owner:{stream}", subject, str(body)}
        start, end = (pd.Timestamp(day) for day in (asked.window.start, asked.window.end))
        near = (reports["window_start"] < end) & (reports["window_end"] > start)
        mine = reports[near & reports["body"].isin(bodies) & (reports["stream"] == stream)]
        return [
            {
                "fact_id": str(row["report_id"]),
                "body": str(row["body"]),
                "kind": str(row["kind"]),
                "reported": self._text(row["reported_at"]),
                "known": self._text(row["known_at"]),
            }
            for row in records(mine.rename_axis("report_id").reset_index())
        ]

    def _text(self, moment: Any) -> str:
        return "–" if _missing(moment) else moment_text(pd.Timestamp(moment), self._world.zone)


def _missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _day(value: Any) -> str:
    return "–" if _missing(value) else str(pd.Timestamp(value).date())
