"""Hazards put right, cases cleared, disputes mediated: the published figures and their edges."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.schemas import conform
from geo.window import Window
from models.zero.clearance import clearance_cohort, clearance_period
from models.zero.hazards import on_site_rate, overdue, rectified_rate, recurrence_rate
from models.zero.mediation import mobile_share, relapse_rate
from models.zero.rates import print_ratio
from models.zero.share import Share

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = date(2020, 8, 18)
YEAR = Window(date(2020, 1, 1), date(2020, 8, 19))


def table(rows: list[dict[str, Any]], entity: str, key: str) -> pd.DataFrame:
    numbered = [{key: f"{n:05d}", **row} for n, row in enumerate(rows)]
    return conform(pd.DataFrame(numbered or {key: []}), entity)


def published_hazards(*, closed_late: int = 0) -> pd.DataFrame:
    """Give 3165 hazards put right on the spot and 21 with a deadline, of which 3 are major."""
    on_site = {"mode": "on_site", "severity": "general", "found_on": "2020-06-01"}
    on_site["closed_on"] = "2020-06-01"
    rows: list[dict[str, Any]] = [dict(on_site) for _ in range(3165)]
    for number in range(21):
        closed = "2020-08-01" if number < closed_late else None
        severity = "major" if number >= 18 else "general"
        late = {"mode": "deadline", "severity": severity, "found_on": "2020-06-01"}
        rows.append({**late, "due_on": "2020-09-01", "closed_on": closed})
    return table(rows, "hazard", "hazard_id")


# ---- hazards --------------------------------------------------------------------------------


def test_of_3186_hazards_99_34_per_cent_were_put_right_not_99_4() -> None:
    hazards = published_hazards()
    for rate in (on_site_rate(hazards), rectified_rate(hazards, as_of=AS_OF)):
        assert rate == Share(3165, 3186)
        assert rate.printed() == "99.34 % (3165/3186)"
        assert rate.printed(decimals=1) == "99.3 % (3165/3186)"


@pytest.mark.parametrize(("late", "exact"), [(1, "99.37"), (2, "99.40"), (3, "99.44")])
def test_the_published_figure_appears_when_one_to_three_deadlines_were_met(
    late: int, exact: str
) -> None:
    rate = rectified_rate(published_hazards(closed_late=late), as_of=AS_OF)
    assert rate.printed() == f"{exact} % ({3165 + late}/3186)"
    assert rate.printed(decimals=1).startswith("99.4 %")


def test_the_published_figure_appears_when_the_major_ones_leave_the_denominator() -> None:
    hazards = published_hazards()
    rate = rectified_rate(hazards[hazards["severity"] != "major"], as_of=AS_OF)
    assert rate.printed() == "99.43 % (3165/3183)"
    assert print_ratio(*rate, decimals=1) == "99.4 %"


@pytest.mark.parametrize(
    ("as_of", "late"), [("2020-08-31", 0), ("2020-09-01", 0), ("2020-09-02", 21)]
)
def test_a_hazard_is_overdue_from_the_day_after_its_deadline(as_of: str, late: int) -> None:
    assert int(overdue(published_hazards(), as_of=date.fromisoformat(as_of)).sum()) == late


def test_what_was_found_or_closed_after_the_day_asked_of_does_not_count_yet() -> None:
    rows: list[dict[str, Any]] = [
        {"mode": "on_site", "found_on": "2020-08-18", "closed_on": "2020-08-19"},
        {"mode": "on_site", "found_on": "2020-08-19", "closed_on": "2020-08-19"},
        {"mode": None, "found_on": "2020-08-01", "closed_on": "2020-08-01"},
        {"mode": "deadline", "found_on": "2020-08-01", "due_on": "2020-08-10", "closed_on": None},
    ]
    hazards = table(rows, "hazard", "hazard_id")
    assert rectified_rate(hazards, as_of=AS_OF) == Share(0, 2)
    assert overdue(hazards, as_of=AS_OF).tolist() == [False, False, False, True]


def test_a_hazard_found_again_at_the_same_place_is_a_recurrence() -> None:
    def row(place: str, found: str, closed: str | None, category: str = "fire") -> dict[str, Any]:
        return {"unit_id": place, "category": category, "found_on": found, "closed_on": closed}

    hazards = table(
        [
            row("u", "2019-01-01", "2019-01-02"),
            row("u", "2019-06-01", "2019-06-02"),  # 150 days after the first was closed
            row("u", "2019-12-15", None),  # 196 days after the second: another one
            row("v", "2019-01-01", "2019-01-02"),
            row("v", "2019-01-05", "2019-01-06", category="wiring"),
            row("w", "2020-08-01", "2020-08-02"),  # its 180 days are not over
        ],
        "hazard",
        "hazard_id",
    )
    assert recurrence_rate(hazards, as_of=AS_OF) == Share(1, 4)
    assert recurrence_rate(hazards, as_of=AS_OF, days=365) == Share(2, 4)


# ---- cases ----------------------------------------------------------------------------------


def cases(rows: list[tuple[str | None, str | None]]) -> pd.DataFrame:
    dated = [{"filed_on": filed, "cleared_on": cleared} for filed, cleared in rows]
    return table(dated, "case", "incident_id")


def test_45_of_54_filed_cases_are_83_33_per_cent() -> None:
    filed = cases([("2020-03-01", "2020-04-01")] * 45 + [("2020-03-01", None)] * 9)
    assert clearance_cohort(filed, YEAR, as_of=AS_OF).printed() == "83.33 % (45/54)"
    assert clearance_period(filed, YEAR) == Share(45, 54)


def test_old_cases_cleared_now_raise_the_period_above_one_and_never_the_cohort() -> None:
    old = [("2019-05-01", "2020-02-01"), ("2019-06-01", "2020-02-01")]
    told = cases([*old, ("2020-02-01", "2020-09-01"), (None, "2020-03-01")])
    assert clearance_period(told, YEAR) == Share(3, 1)
    assert clearance_cohort(told, YEAR, as_of=AS_OF) == Share(0, 1)
    assert clearance_cohort(told, YEAR, as_of=date(2020, 9, 1)) == Share(1, 1)


days = st.none() | st.dates(date(2019, 1, 1), date(2021, 12, 31)).map(str)


@given(st.lists(st.tuples(days, days), max_size=12), st.dates(date(2020, 1, 1), date(2021, 12, 31)))
def test_a_cohort_is_never_above_one_and_never_falls(
    rows: list[tuple[str | None, str | None]], as_of: date
) -> None:
    told = cases(rows)
    now, later = (clearance_cohort(told, YEAR, as_of=day) for day in (as_of, date(2022, 1, 1)))
    assert now.part <= later.part <= now.whole == later.whole


# ---- disputes -------------------------------------------------------------------------------


def disputes(rows: list[dict[str, Any]]) -> pd.DataFrame:
    full = [{"area_code": "a", "ended_at": "2020-01-10T10:00:00+08:00", **row} for row in rows]
    return table(full, "dispute", "dispute_id")


def test_98_of_111_mediated_disputes_came_by_phone_and_none_came_back() -> None:
    agreed = {"outcome": "agreed"}
    by_phone, in_person = ({**agreed, "channel": name} for name in ("mobile_station", "visit"))
    withdrawn = {"outcome": "withdrawn", "channel": "mobile_station"}
    told = disputes([by_phone] * 98 + [in_person] * 13 + [withdrawn])
    petitions = table([], "petition", "petition_id")
    assert mobile_share(told).printed() == "88.29 % (98/111)"
    assert mobile_share(told).printed(decimals=0) == "88 % (98/111)"
    assert relapse_rate(told, petitions, as_of=AS_OF, zone=ZONE) == Share(0, 111)


@pytest.mark.parametrize(
    ("accepted", "as_of", "relapses"),
    [
        ("2020-07-08", "2020-08-18", 1),  # day 180
        ("2020-07-09", "2020-08-18", 0),
        ("2020-01-09", "2020-08-18", 0),  # it was there before the agreement
        ("2020-07-08", "2020-07-07", 0),  # not yet
        (None, "2020-08-18", 1),  # no such petition is known: it cannot be shown to be late
    ],
)
def test_a_petition_within_180_days_of_the_agreement_is_a_relapse(
    accepted: str | None, as_of: str, relapses: int
) -> None:
    told = disputes([{"outcome": "agreed", "followup_petition": "00000"},
                     {"outcome": "refused", "followup_petition": "00000"}])  # fmt: skip
    rows = [] if accepted is None else [{"area_code": "a", "accepted_on": accepted}]
    petitions = table(rows, "petition", "petition_id")
    rate = relapse_rate(told, petitions, as_of=date.fromisoformat(as_of), zone=ZONE)
    assert rate == Share(relapses, 1)
