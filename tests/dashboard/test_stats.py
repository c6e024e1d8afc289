"""Statistics, key periods, completeness and assessment over the made-up county."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from dashboard.access import LOCAL, Actor, Permission
from dashboard.cli import cli
from dashboard.services.assessment import GROUPS
from dashboard.services.composition import Services
from dashboard.services.standpoint import Standpoint
from dashboard.settings import Settings
from dashboard.wiring import build_services
from geo.errors import AccessError, UsageError
from geo.store import Store
from geo.window import Window
from models.zero.petition_flow import petition_flow

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

MAY = Window(date(2026, 5, 1), date(2026, 6, 1))
JUNE = Window(date(2026, 6, 1), date(2026, 7, 1))


@pytest.fixture(scope="module")
def county(demo_db: str) -> Services:
    return build_services(Settings(db=demo_db))


@pytest.fixture(scope="module")
def at(county: Services) -> Standpoint:
    return Standpoint.of(county.world)


@pytest.mark.parametrize("by", ["township", "village", "station", "category"])
def test_the_parts_of_the_cases_filed_add_up_to_the_whole(
    county: Services, at: Standpoint, by: str
) -> None:
    told = county.stats.of(MAY, at, by=by)
    keys = [row["key"] for row in told["by"]]
    assert keys == sorted(keys)
    whole = sum(row["whole"] for row in told["by"])
    outside = told["cases"]["filed"]["now"] - whole
    assert outside == 0 if by != "village" else outside >= 0
    part = sum(row["part"] for row in told["by"])
    assert part == told["cases"]["cleared_cohort"]["part"] or by == "village"


def test_cases_filed_are_those_a_plain_loop_counts(county: Services, at: Standpoint) -> None:
    filed = cleared = 0
    for row in county.world.snapshot().cases.to_dict("records"):
        if row["review"] in ("rejected", "duplicate") or str(row["filed_on"]) == "NaT":
            continue
        if MAY.start <= row["filed_on"].date() < MAY.end:
            filed += 1
            known = str(row["cleared_on"]) != "NaT"
            cleared += known and row["cleared_on"].date() <= at.as_of
    cohort = county.stats.of(MAY, at)["cases"]["cleared_cohort"]
    assert (cohort["part"], cohort["whole"]) == (cleared, filed)


def test_a_window_that_has_not_begun_and_an_unknown_split_are_refused(
    county: Services, at: Standpoint
) -> None:
    with pytest.raises(UsageError, match="has begun"):
        county.stats.of(Window(date(2027, 1, 1), date(2027, 2, 1)), at)
    with pytest.raises(UsageError, match="station, category"):
        county.stats.of(MAY, at, by="petitioner")


def test_matters_are_counted_as_they_flow_and_registering_is_no_break(
    zero_world: type[ZeroWorld],
) -> None:
    world = zero_world().subject("a")
    world.petition("a", "2026-05-03", closed_on="2026-05-20", outcome="resolved")
    world.petition("a", "2026-05-04", closed_on="2026-05-21", outcome="unresolved")
    world.petition("a", "2026-03-01")
    frame = world.frames()["petitions"]
    flow = petition_flow(frame, MAY, world.rules, as_of=date(2026, 5, 31))
    assert flow == (2, 1, 2, 1)


# ---- key periods ----------------------------------------------------------------------------


def over(path: Path, day: datetime, *, actor: Actor = LOCAL) -> Services:
    store = Store.open(f"sqlite:///{path}")
    return Services.over(store, clock=lambda: day, leaflet=Path(), actor=actor)


def test_a_key_period_is_declared_before_it_begins_and_stands_as_declared(tmp_path: Path) -> None:
    before = over(tmp_path / "s.db", datetime(2026, 5, 20, tzinfo=UTC))
    names = {"zh": "高考", "en": "exam days"}
    made = before.key_periods.declare("exam", "2026-06-07..2026-06-08", **names)
    assert made.window == Window(date(2026, 6, 7), date(2026, 6, 9))
    with pytest.raises(UsageError, match="stands already"):
        before.key_periods.declare("exam", "2026-07-07..2026-07-08", **names)
    with pytest.raises(UsageError, match="before it begins"):
        before.key_periods.declare("late", "2026-05-20..2026-06-08", **names)
    with pytest.raises(UsageError, match="there are: exam"):
        before.key_periods.named("spring")
    after = over(tmp_path / "s.db", datetime(2026, 6, 30, tzinfo=UTC))
    assert [each.id for each in after.key_periods.every()] == ["exam"]
    assert after.key_periods.named("exam").declared_at == datetime(2026, 5, 20, tzinfo=UTC)


def test_who_may_not_sign_figures_may_not_declare_a_period(tmp_path: Path) -> None:
    viewer = Actor("v", frozenset({Permission.READ}))
    services = over(tmp_path / "s.db", datetime(2026, 5, 20, tzinfo=UTC), actor=viewer)
    with pytest.raises(AccessError):
        services.key_periods.declare("x", "2026-06-07..2026-06-08", zh="甲", en="x")


def test_in_a_key_period_petitions_tell_only_what_is_overdue_and_resolved(demo_copy: str) -> None:
    declared = {
        "id": "exam",
        "start": "2026-06-07",
        "end": "2026-06-09",
        "zh": "高考",
        "en": "exam days",
        "declared_at": "2026-05-20T00:00:00+00:00",
    }
    with Store.open(demo_copy) as store:
        store.set_meta(key_periods=[declared])
    told = tells("stats", "--period", "exam", db=demo_copy)
    assert told["window"] == "2026-06-07..2026-06-08"
    assert set(told["petitions"]) == {"resolved", "overdue"}
    assert set(tells("stats", db=demo_copy)["petitions"]) > {"new", "outstanding"}
    said = CliRunner().invoke(cli, ["stats", "--period", "exam", "--db", demo_copy])
    assert "counts against nobody" in said.stderr
    assert "accepted" not in said.stderr
    listed = tells("period", "list", db=demo_copy)["periods"]
    assert [each["id"] for each in listed] == ["exam"]


def tells(*words: str, db: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli, [*words, "--db", db, "--json"])
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    return told


# ---- completeness ---------------------------------------------------------------------------


def test_towns_and_streams_add_up_to_all_reports_expected(county: Services, at: Standpoint) -> None:
    told = county.completeness.overview(at, "en")
    assert told["month"] == "2026-05"
    for name, n in told["total"].items():
        assert sum(town[name] for town in told["towns"]) == n
        assert sum(s[name] for town in told["towns"] for s in town["streams"].values()) == n
    assert [town["code"] for town in told["towns"]] == sorted(t["code"] for t in told["towns"])
    assert told["months"][-1] == {"month": "2026-05", **told["total"]}
    assert len(told["months"]) == 12


def test_every_missing_report_has_a_post_to_call(county: Services, at: Standpoint) -> None:
    told = county.completeness.overview(at, "en")
    assert sum(call["n_reports"] for call in told["calls"]) == told["total"]["missing"]
    assert all("office" in c["post"] or "department" in c["post"] for c in told["calls"])


def test_on_the_third_day_a_report_may_still_come(county: Services) -> None:
    early = Standpoint.of(county.world, as_of="2026-06-03", known_at="2026-06-03")
    told = county.completeness.overview(early, "zh")
    assert told["total"]["awaited"] > 0
    assert told["total"]["missing"] == 0


def test_under_assumed_coverage_nothing_can_be_missing(county: Services) -> None:
    told = county.completeness.overview(Standpoint.of(county.world, rulebook="open-data"), "en")
    assert told["calls"] == []
    assert "assumed" in told["empty"]


# ---- assessment -----------------------------------------------------------------------------


def test_combined_groups_are_the_sums_of_their_classes(county: Services, at: Standpoint) -> None:
    rows = county.assessment.groups(JUNE, at, "en")
    counts = {(row["group"], row["stream"]): row for row in rows}
    for group, classes in GROUPS.items():
        for name in ("zero", "assessed", "registered"):
            parts = [counts[each, "case"][name] for each in classes]
            assert counts[group, "case"][name] == sum(parts)


def test_a_gap_is_counted_in_subjects_and_a_change_names_its_kind(
    county: Services, at: Standpoint
) -> None:
    rows = county.assessment.groups(JUNE, at, "en")
    community = next(r for r in rows if (r["group"], r["stream"]) == ("community", "case"))
    needed = -(-community["assessed"] * 4 // 5) - community["zero"]
    assert community["gap_text"] == f"{needed} more needed for 80%"
    assert all("[rate pp]" in row["changes"]["constant"]["text"] for row in rows)
    assert {row["gap_text"] for row in rows if row["group"] == "all"} == {""}


def test_before_the_first_year_there_is_nothing_to_compare_with(county: Services) -> None:
    early = Standpoint.of(county.world, as_of="2020-09-30")
    rows = county.assessment.groups(Window(date(2020, 8, 1), date(2020, 9, 1)), early, "zh")
    assert {row["changes"]["all"]["text"] for row in rows} == {"上年同期无评定主体"}


def test_the_funnel_names_towns_in_code_order_and_holds_all_it_counts(
    county: Services, at: Standpoint
) -> None:
    told = county.assessment.funnel(JUNE, at, "zh", group="places")
    codes = [point["code"] for point in told["points"]]
    assert codes == sorted(codes)
    assert len(codes) == 13
    assessed = next(
        row["assessed"]
        for row in county.assessment.groups(JUNE, at, "zh")
        if (row["group"], row["stream"]) == ("places", "three_zero")
    )
    assert sum(point["whole"] for point in told["points"]) == assessed
    for point in told["points"]:
        assert point["outside"] == (not point["lower"] <= point["part"] <= point["upper"])
