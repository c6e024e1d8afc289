"""Builders that more than one test module needs, as fixtures."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from geo.resources import read_text
from geo.schemas import conform
from geo.window import Window, month_windows
from models.zero.rulebook import Rulebook, rulebook_from_yaml
from models.zero.status import zero_status
from models.zero.streaks import zero_streaks

if TYPE_CHECKING:
    from collections.abc import Sequence

STREAMS = ("case", "accident", "petition")


def rulebook(name: str = "shanxi-2020") -> Rulebook:
    return rulebook_from_yaml(read_text("rulebooks", f"{name}.yaml"))


@dataclass
class ZeroWorld:
    """A world of programme subjects small enough to draw on paper.

    Rows are plain dictionaries, kept as they were given, so that a naive second method can read
    the same rows; `frames` conforms them to the tables of the ledger.
    """

    rules: Rulebook = field(default_factory=rulebook)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    subjects: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    petitions: list[dict[str, Any]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    lineage: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def assumed(cls) -> ZeroWorld:
        """Give a world whose every subject counts as reported on, petitions too."""
        return cls(rules=replace(rulebook("open-data"), unobserved=frozenset()))

    def subject(self, subject_id: str, subject_class: str = "village", **more: Any) -> ZeroWorld:
        row = {"subject_id": subject_id, "subject_class": subject_class, "area_code": subject_id}
        self.subjects.append({**row, "registered_on": "2010-01-01", **more})
        return self

    def unit(self, unit_id: str, area_code: str, subject_class: str = "enterprise") -> ZeroWorld:
        return self.subject(unit_id, subject_class, area_code=area_code, unit_id=unit_id)

    def incident(self, stream: str, day: str, *, hour: str = "12:00", **more: Any) -> ZeroWorld:
        kind = {"case_class": "criminal"} if stream == "case" else {"accident_kind": "fire"}
        moment = pd.Timestamp(f"{day} {hour}").tz_localize(self.zone).tz_convert("UTC")
        row = {"incident_id": f"i{len(self.incidents)}", "stream": stream, "review": "confirmed"}
        self.incidents.append({**row, **kind, "occurred_from": moment, **more})
        return self

    def petition(self, area_code: str, accepted_on: str, **more: Any) -> ZeroWorld:
        row = {"petition_id": f"p{len(self.petitions)}", "area_code": area_code}
        self.petitions.append({**row, "accepted_on": accepted_on, **more})
        return self

    def report(
        self,
        body: str,
        start: str,
        end: str,
        *,
        streams: Sequence[str] = STREAMS,
        kind: str = "nil",
        subjects: list[str] | None = None,
    ) -> ZeroWorld:
        for stream in streams:
            row = {"report_id": f"r{len(self.reports)}", "body": body, "stream": stream}
            listed = None if subjects is None else json.dumps(subjects)
            span = {"window_start": start, "window_end": end}
            self.reports.append({**row, **span, "kind": kind, "subjects": listed})
        return self

    def became(self, old: str, new: str, day: str, kind: str = "recode") -> ZeroWorld:
        row = {"lineage_id": f"l{len(self.lineage)}", "old": old, "new": new, "date": day}
        self.lineage.append({**row, "kind": kind})
        return self

    def confirmation(self, start: str, end: str, **more: Any) -> ZeroWorld:
        for stream in more.pop("streams", STREAMS):
            owner = f"owner:{stream}"
            self.report(owner, start, end, streams=[stream], kind="confirmation", **more)
        return self

    def frames(self) -> dict[str, Any]:
        cases, accidents = (
            table_of([row for row in self.incidents if row["stream"] == stream], stream)
            for stream in ("case", "accident")
        )
        incidents = pd.concat([part for part in (cases, accidents) if len(part)] or [cases])
        return {
            "subjects": table_of(self.subjects, "subject"),
            "incidents": incidents,
            "petitions": table_of(self.petitions, "petition"),
            "reports": table_of(self.reports, "report"),
        }

    def question(self, as_of: str) -> dict[str, Any]:
        moment = date.fromisoformat(as_of)
        return {**self.frames(), "as_of": moment, "rulebook": self.rules, "zone": self.zone}

    def status(self, *windows: Window, as_of: str) -> pd.DataFrame:
        return zero_status(**self.question(as_of), windows=windows)

    def months(self, start: str, end: str, *, as_of: str) -> pd.DataFrame:
        spans = month_windows(date.fromisoformat(start), date.fromisoformat(end))
        return self.status(*spans, as_of=as_of)

    def streaks(self, as_of: str) -> pd.DataFrame:
        lineage = table_of(self.lineage, "lineage") if self.lineage else None
        return zero_streaks(**self.question(as_of), lineage=lineage)


def table_of(rows: list[dict[str, Any]], entity: str) -> pd.DataFrame:
    """Conform rows to the table of an entity, empty where there are none."""
    keys = {
        "subject": "subject_id",
        "petition": "petition_id",
        "report": "report_id",
        "lineage": "lineage_id",
    }
    key = keys.get(entity, "incident_id")
    return conform(pd.DataFrame(rows) if rows else pd.DataFrame({key: []}, dtype="str"), entity)


@pytest.fixture(scope="session")
def zero_world() -> type[ZeroWorld]:
    """Give the builder of a small programme world."""
    return ZeroWorld
