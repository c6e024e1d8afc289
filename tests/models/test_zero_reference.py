"""A second method: the definitions read aloud, day by day, against the arrays.

Nothing here is fast, and nothing but the rulebook is shared with the code under test: dates are
dates, subjects are looped over, every month and every day is asked for itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from geo.resources import read_text
from geo.vocabulary import RiskStream
from geo.window import Window
from models.zero.rulebook import rulebook_from_yaml
from models.zero.status import zero_status
from models.zero.streaks import zero_streaks

if TYPE_CHECKING:
    import pandas as pd

    from tests.conftest import ZeroWorld

Row = dict[str, Any]
START = date(2020, 1, 1)
DAYS = 150
ONE = timedelta(days=1)


def as_date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass
class Reference:
    """The same world, asked slowly."""

    world: ZeroWorld
    as_of: date
    remembered: dict[tuple[str, str, bool], list[date]] = field(default_factory=dict)

    def lives(self, subject: Row, start: date, end: date) -> bool:
        """Tell whether the subject is registered on some day of `[start, end)`."""
        first = as_date(subject["registered_on"]) or date.min
        last = as_date(subject.get("deregistered_on")) or date.max
        return max(first, start) < min(last, end)

    def owner_of(self, fact: Row, day: date) -> str | None:
        if fact.get("subject_id"):
            return str(fact["subject_id"])
        for subject in self.world.subjects:
            unit = subject.get("unit_id")
            if unit and unit == fact.get("unit_id") and self.lives(subject, day, day + ONE):
                return str(unit)
        areas = [s for s in self.world.subjects if not s.get("unit_id")]
        found = [s["subject_id"] for s in areas if s["subject_id"] == fact["area_code"]]
        return found[0] if found else None

    def counts(self, incident: Row) -> bool:
        rules = self.world.rules
        if incident["review"] in ("rejected", "duplicate"):
            return False
        if incident["stream"] == "case":
            needs_impact = incident["case_class"] in rules.major_impact_only
            return not (needs_impact and incident["major_impact"] is False)
        kind, kinds = incident["accident_kind"], rules.counting[RiskStream.ACCIDENT]
        harmless = incident.get("deaths") == 0 and incident.get("serious_injuries") == 0
        need_harm = rules.property_only_excluded
        left_out = harmless and (need_harm is None or kind in need_harm)
        return (kinds is None or kind in kinds) and not left_out

    def incident_days(self, subject: str, stream: str, *, confirmed: bool) -> list[date]:
        days = []
        for row in self.world.incidents:
            day = row["occurred_from"].tz_convert(self.world.zone).date()
            fits = row["stream"] == stream and (row["review"] == "confirmed") == confirmed
            if fits and self.counts(row) and self.owner_of(row, day) == subject:
                days.append(day)
        return days

    def petition_breaks(self, subject: str) -> list[date]:
        days = []
        for row in self.world.petitions:
            approved = row.get("exemption_approver") == "another"
            due = date.fromisoformat(row["accepted_on"])
            due += timedelta(days=90 if row.get("extended") else 60)
            closed = as_date(row.get("closed_on"))
            late = closed is None or closed > due
            if late and not approved and self.owner_of(row, due + ONE) == subject:
                days.append(due + ONE)
        return days

    def fact_days(self, subject: Row, stream: str, *, confirmed: bool) -> list[date]:
        asked = (subject["subject_id"], stream, confirmed)
        if asked not in self.remembered:
            self.remembered[asked] = self.facts(subject, stream, confirmed=confirmed)
        return self.remembered[asked]

    def facts(self, subject: Row, stream: str, *, confirmed: bool) -> list[date]:
        name = subject["subject_id"]
        if stream == "petition":
            days = self.petition_breaks(name) if confirmed else []
        else:
            days = self.incident_days(name, stream, confirmed=confirmed)
        return [d for d in days if d <= self.as_of and self.lives(subject, d, d + ONE)]

    def is_reported(self, subject: Row, stream: str, month: date) -> bool:
        for report in self.world.reports:
            begins, ends = as_date(report["window_start"]), as_date(report["window_end"])
            assert begins is not None
            assert ends is not None
            whole = begins <= month and next_month(month) <= ends
            fits = report["stream"] == stream and report["kind"] in ("nil", "exceptions")
            if whole and fits and self.speaks_for(report, subject):
                return True
        return False

    def speaks_for(self, report: Row, subject: Row) -> bool:
        if report["subjects"] is not None:
            return subject["subject_id"] in json.loads(report["subjects"])
        return bool(report["body"] == (subject.get("body") or subject["subject_id"]))

    def is_expected(self, subject: Row, stream: str, month: date) -> bool:
        end = next_month(month)
        if end > self.as_of or not self.lives(subject, month, end):
            return False
        due = end + timedelta(days=self.world.rules.report_due_days) <= self.as_of
        return due or self.is_reported(subject, stream, month)

    def coverage(self, subject: Row, stream: str, window: Window) -> float:
        months, month = [], window.start.replace(day=1)
        while month < min(window.end, self.as_of + ONE):
            start = max(window.start, month)
            end = min(window.end, self.as_of + ONE, next_month(month))
            if self.lives(subject, start, end) and self.is_expected(subject, stream, month):
                months.append(month)
            month = next_month(month)
        month = self.as_of.replace(day=1)
        while not months and month > START - timedelta(days=400):
            month = (month - ONE).replace(day=1)
            months = [month] if self.is_expected(subject, stream, month) else []
        came = [self.is_reported(subject, stream, month) for month in months]
        return sum(came) / len(came) if came else 0.0

    def is_confirmed(self, subject: Row, stream: str, window: Window) -> bool:
        if window.end + timedelta(days=self.world.rules.correction_days) > self.as_of:
            return False
        owners = [
            r
            for r in self.world.reports
            if r["kind"] == "confirmation" and r["stream"] == stream and r["body"][:6] == "owner:"
        ]
        mine = [
            (str(r["window_start"]), str(r["window_end"]))
            for r in owners
            if r["subjects"] is None or subject["subject_id"] in json.loads(r["subjects"])
        ]
        days = [window.start + timedelta(days=n) for n in range(window.days)]
        return all(any(a <= day.isoformat() < b for a, b in mine) for day in days)

    def status(self, subject: Row, stream: str, window: Window) -> tuple[str, int, int] | None:
        until = min(window.end, self.as_of + ONE)
        if window.start >= until or not self.lives(subject, window.start, until):
            return None
        breaks, questions = (
            sum(
                window.start <= day < window.end
                for day in self.fact_days(subject, stream, confirmed=confirmed)
            )
            for confirmed in (True, False)
        )
        return self.word(subject, stream, window, breaks, questions), breaks, questions

    def word(self, subject: Row, stream: str, window: Window, breaks: int, questions: int) -> str:
        if breaks:
            return "broken"
        if questions:
            return "pending_review"
        rules = self.world.rules
        if not rules.is_assumed and self.coverage(subject, stream, window) < rules.min_coverage:
            return "not_assessed"
        return "zero_verified" if self.is_confirmed(subject, stream, window) else "zero_reported"

    def streak(self, subject: Row, stream: str) -> tuple[int, bool] | None:
        """Walk back from `as_of`, one day at a time."""
        if not self.lives(subject, self.as_of, self.as_of + ONE):
            return None
        breaks = self.fact_days(subject, stream, confirmed=True)
        day, status = self.as_of, None
        while True:
            if day in breaks:
                return (self.as_of - day).days, False
            if status is None or (day + ONE).day == 1:
                status = self.status(subject, stream, Window.month(day))
            if status is not None and status[0] == "not_assessed":
                return max((self.as_of - day).days - 1, 0), True
            if day.isoformat() == subject["registered_on"]:
                return (self.as_of - day).days, True
            day -= ONE


def records(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    return rows.to_dict("records")


# Faults live at the edges: first and last days of months, the same few days again and again.
EDGES = [0, 30, 31, 59, 60, 61, 90, 91, 120, 121, 125, 126, 151]
numbers = st.sampled_from(EDGES) | st.integers(0, DAYS)
days = numbers.map(lambda n: (START + timedelta(days=n)).isoformat())
as_ofs = (st.sampled_from(EDGES) | st.integers(0, DAYS + 60)).map(lambda n: START + n * ONE)
subject_ids = st.sampled_from(["a", "b", "u", "elsewhere"])
incidents: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {
        "stream": st.sampled_from(["case", "accident"]),
        "day": days,
        "hour": st.sampled_from(["00:00", "07:59", "23:59"]),
        "area_code": st.sampled_from(["a", "a", "b", "nowhere"]),
        "unit_id": st.sampled_from([None, "u", "v"]),
        "subject_id": st.sampled_from([None, None, "a", "u", "elsewhere"]),
        "review": st.sampled_from(["confirmed", "confirmed", "reported", "rejected", None]),
    }
)
harms: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {
        "accident_kind": st.sampled_from(["road", "road", "fire", "other"]),
        "deaths": st.sampled_from([None, 0, 0, 1]),
        "serious_injuries": st.sampled_from([None, 0, 0, 2]),
    }
)
natures: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {
        "case_class": st.sampled_from(["criminal", "public_security", "public_security", None]),
        "major_impact": st.sampled_from([True, False, False, None]),
    }
)
petitions: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {
        "accepted": st.sampled_from([-61, -60, -31, -30, 0, 30]) | st.integers(-100, 60),
        "took": st.sampled_from([None, 59, 60, 61, 90, 91]),
        "extended": st.booleans(),
        "area_code": st.sampled_from(["a", "b"]),
        "subject_id": st.sampled_from([None, None, "a", "u", "elsewhere"]),
        "exempt": st.sampled_from([None, None, None, "another", "same"]),
    }
)
spans = st.tuples(st.integers(-2, 5), st.integers(1, 4), st.sampled_from([0, 0, 0, 1]))
reports: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {
        "body": st.sampled_from(["a", "b", "u", "town"]),
        "span": spans,
        "kind": st.sampled_from(["nil", "nil", "exceptions", "confirmation"]),
        "subjects": st.none() | st.lists(subject_ids, max_size=3),
    }
)
registrations = st.tuples(
    st.none() | st.sampled_from(EDGES) | st.integers(-60, 120),
    st.none() | st.sampled_from(EDGES) | st.integers(30, 160),
)


def month_day(number: int, shift: int = 0) -> str:
    year, month = divmod(number, 12)
    return (date(2020 + year, month + 1, 1) + timedelta(days=shift)).isoformat()


def add_subjects(world: ZeroWorld, drawn: list[tuple[int | None, int | None]]) -> None:
    shapes: dict[str, Row] = {
        "a": {},
        "b": {"body": "town"},
        "u": {"area_code": "a", "unit_id": "u", "body": "town"},
    }
    for (name, more), (first, last) in zip(shapes.items(), drawn, strict=True):
        registered = (START + timedelta(days=-90 if first is None else first)).isoformat()
        ends = None if last is None else (START + timedelta(days=last)).isoformat()
        world.subject(name, registered_on=registered, deregistered_on=ends, **more)


def add_petition(world: ZeroWorld, drawn: Row) -> None:
    accepted = START + timedelta(days=drawn["accepted"])
    took = drawn["took"]
    more: Row = {name: drawn[name] for name in ("subject_id", "extended")}
    if took is not None:
        more["closed_on"] = (accepted + timedelta(days=took)).isoformat()
    if drawn["exempt"]:
        more |= {"requires_higher_authority": True, "exemption_reason": "law"}
        more |= {"exemption_proposer": "same", "exemption_approver": drawn["exempt"]}
    world.petition(drawn["area_code"], accepted.isoformat(), **more)


def add_report(world: ZeroWorld, drawn: Row) -> None:
    (first, length, shift), kind = drawn["span"], drawn["kind"]
    span = month_day(first, shift), month_day(first + length)
    if kind == "confirmation":
        world.confirmation(*span, subjects=drawn["subjects"])
    else:
        world.report(drawn["body"], *span, kind=kind, subjects=drawn["subjects"])


@st.composite
def worlds(draw: st.DrawFn, make: type[ZeroWorld]) -> ZeroWorld:
    world = make.assumed() if draw(st.integers(0, 4)) == 0 else make()
    if draw(st.integers(0, 3)) == 0:
        world.rules = rulebook_from_yaml(read_text("rulebooks", "henan-2021.yaml"))
    world.rules = replace(
        world.rules,
        report_due_days=draw(st.sampled_from([0, 5, 27])),
        min_coverage=0.0 if world.rules.is_assumed else draw(st.sampled_from([0.5, 0.9, 1.0])),
    )
    add_subjects(world, draw(st.lists(registrations, min_size=3, max_size=3)))
    for drawn in draw(st.lists(incidents, min_size=3, max_size=8)):
        more = draw(harms if drawn["stream"] == "accident" else natures)
        world.incident(**{**drawn, **more})
    for drawn in draw(st.lists(petitions, min_size=2, max_size=4)):
        add_petition(world, drawn)
    for body in draw(st.sets(st.sampled_from(["a", "town"]))):
        world.report(body, month_day(-6), month_day(draw(st.integers(2, 5))))
    for drawn in draw(st.lists(reports, max_size=4)):
        add_report(world, drawn)
    return world


@st.composite
def windows_of(draw: st.DrawFn) -> list[Window]:
    months = [Window.month(date(2020, month, 1)) for month in range(1, 7)]
    first, length = draw(numbers), draw(st.integers(1, 90))
    begin = START + timedelta(days=first)
    odd = Window(begin, begin + timedelta(days=length))
    return [*months, odd, Window(START, date(2020, 4, 1))]


# A failing world is shown as drawn: shrinking it would take minutes.
thorough = settings(max_examples=20, deadline=None, phases=[Phase.reuse, Phase.generate])


@thorough
@given(data=st.data())
def test_every_status_is_what_the_definition_says(
    zero_world: type[ZeroWorld], data: st.DataObject
) -> None:
    world = data.draw(worlds(zero_world))
    windows = data.draw(windows_of())
    frames = world.frames()
    for as_of in data.draw(st.lists(as_ofs, min_size=3, max_size=3)):
        asked = {**frames, "as_of": as_of, "rulebook": world.rules, "zone": world.zone}
        rows = zero_status(**asked, windows=windows)
        found = {
            (r["subject_id"], r["window_start"].date(), r["window_end"].date(), r["stream"]): (
                r["status"],
                r["breaking"],
                r["pending"],
            )
            for r in records(rows)
        }
        assert found == expected_statuses(Reference(world, as_of), windows)


@thorough
@given(data=st.data())
def test_every_streak_is_what_walking_back_day_by_day_finds(
    zero_world: type[ZeroWorld], data: st.DataObject
) -> None:
    world = data.draw(worlds(zero_world))
    frames = world.frames()
    for as_of in data.draw(st.lists(as_ofs, min_size=3, max_size=3)):
        rows = zero_streaks(**frames, as_of=as_of, rulebook=world.rules, zone=world.zone)
        found = {
            (r["subject_id"], r["stream"]): (r["streak_days"], r["open_ended"])
            for r in records(rows)
        }
        assert found == expected_streaks(Reference(world, as_of))


def expected_statuses(reference: Reference, windows: list[Window]) -> dict[Any, Any]:
    return {
        (subject["subject_id"], window.start, window.end, stream): found
        for subject in reference.world.subjects
        for window in windows
        for stream in ("case", "accident", "petition")
        if (found := reference.status(subject, stream, window)) is not None
    }


def expected_streaks(reference: Reference) -> dict[Any, Any]:
    return {
        (subject["subject_id"], stream): found
        for subject in reference.world.subjects
        for stream in ("case", "accident", "petition")
        if (found := reference.streak(subject, stream)) is not None
    }
