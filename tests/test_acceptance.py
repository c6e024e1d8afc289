"""The published figures, each through the public function and through the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from dashboard.cli import cli
from dashboard.services.zero import ratio_text
from geo.intake import import_files
from geo.intake.casualties import accident_level
from geo.resources import read_text
from geo.schemas import conform
from geo.store import Store
from geo.vocabulary import AccidentLevel, Action, Entity
from geo.window import Window
from models.zero.clearance import clearance_cohort
from models.zero.comparison import ChangeKind, count_change, rate_change
from models.zero.hazards import on_site_rate, rectified_rate
from models.zero.mediation import mobile_share, relapse_rate
from models.zero.petitions import exclusions
from models.zero.rates import print_ratio, zero_rates
from models.zero.rulebook import rulebook_from_yaml
from models.zero.share import Share
from models.zero.streaks import zero_streaks

if TYPE_CHECKING:
    from tests.conftest import ZeroWorld

ROOT = Path(__file__).resolve().parent.parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
AS_OF = "2020-08-18"
SPAN = Window(date(2020, 1, 1), date(2020, 8, 19))
ASKED = ("--window", "2020-01-01..2020-08-18", "--as-of", AS_OF)
STREAMS = ("case", "accident", "petition")


@dataclass(frozen=True)
class County:
    """A store with the published figures, and its frames."""

    url: str
    frames: dict[str, pd.DataFrame]

    def tells(self, *words: str) -> dict[str, Any]:
        done = CliRunner().invoke(cli, [*words, "--db", self.url, "--json"])
        assert done.exit_code == 0, done.output
        told: dict[str, Any] = json.loads(done.stdout)
        return told


def dated(days: list[str]) -> pd.Series:
    return pd.to_datetime(pd.Series(days)).dt.tz_localize(SHANGHAI).dt.tz_convert("UTC")


def subjects() -> pd.DataFrame:
    """Give 258 villages, 30 communities and 4,419 units, one of them the mine."""
    counts = {"village": 258, "community": 30, "enterprise": 4000, "institution": 419}
    rows = [
        (f"{group[0]}{number:04d}", group) for group, n in counts.items() for number in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["subject_id", "subject_class"])
    unit = frame["subject_class"].isin(["enterprise", "institution"])
    return frame.assign(
        area_code=frame["subject_id"].where(~unit, "v0000"),
        unit_id=frame["subject_id"].where(unit),
        registered_on="2010-08-19",
        body="office",
    )


def reports() -> pd.DataFrame:
    """Give one report per stream over ten years: everybody is spoken for."""
    return pd.DataFrame(
        {
            "report_id": [f"r-{stream}" for stream in STREAMS],
            "body": "office",
            "stream": list(STREAMS),
            "window_start": "2010-08-01",
            "window_end": "2020-09-01",
            "kind": "nil",
        }
    )


def cases() -> pd.DataFrame:
    """Give 54 cases filed in 2020, 45 of them cleared, and 84 of the year before with 52."""
    filed = ["2020-03-02"] * 54 + ["2019-03-02"] * 84
    cleared = ["2020-05-02"] * 45 + [None] * 9 + ["2019-05-02"] * 52 + [None] * 32
    return pd.DataFrame(
        {
            "incident_id": [f"k{number}" for number in range(len(filed))],
            "stream": "case",
            "category": "theft",
            "case_class": "criminal",
            "review": "confirmed",
            "station": "东关派出所",
            # Before the register spoke of anybody: counted as cases, no subject's break.
            "subject_id": "nobody",
            "occurred_from": dated(filed),
            "filed_on": filed,
            "cleared_on": cleared,
        }
    )


def accidents() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "incident_id": ["a0"],
            "stream": "accident",
            "category": "mine",
            "accident_kind": "production",
            "review": "confirmed",
            "level": "ordinary",
            "area_code": "v0001",
            "unit_id": "e0000",
            "subject_id": "e0000",
            "occurred_from": dated(["2020-04-10"]),
        }
    )


def hazards() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "hazard_id": [f"h{number}" for number in range(3186)],
            "unit_id": "e0001",
            "category": "electric",
            "severity": ["general"] * 3183 + ["major"] * 3,
            "mode": ["on_site"] * 3165 + ["deadline"] * 21,
            "found_on": "2020-06-01",
            "due_on": [None] * 3165 + ["2020-12-31"] * 21,
            "closed_on": ["2020-06-01"] * 3165 + [None] * 21,
        }
    )


def disputes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "dispute_id": [f"d{number}" for number in range(111)],
            "area_code": "v0002",
            "topic": "land",
            "channel": ["mobile_station"] * 98 + ["mediation_room"] * 13,
            "outcome": "agreed",
            "ended_at": dated(["2020-07-01"] * 111),
        }
    )


def petitions() -> pd.DataFrame:
    """Give one matter that only a higher authority can solve, open for months."""
    return pd.DataFrame(
        {
            "petition_id": ["p0"],
            "area_code": "v0003",
            "subject_id": "v0003",
            "accepted_on": "2020-02-01",
            "requires_higher_authority": True,
            "exemption_reason": "provincial road",
            "exemption_proposer": "town office",
            "exemption_approver": "county commission",
        }
    )


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    built = {
        Entity.SUBJECT: subjects(),
        Entity.REPORT: reports(),
        Entity.CASE: cases(),
        Entity.ACCIDENT: accidents(),
        Entity.HAZARD: hazards(),
        Entity.DISPUTE: disputes(),
        Entity.PETITION: petitions(),
    }
    return stored(tmp_path_factory.mktemp("county"), built)


def stored(folder: Path, built: dict[Entity, pd.DataFrame]) -> County:
    url = f"sqlite:///{folder}/store.db"
    frames = {str(entity): conform(frame, entity) for entity, frame in built.items()}
    moment = datetime(2020, 8, 18, 4, tzinfo=UTC)
    with Store.open(url) as store:
        store.set_meta(time_zone="Asia/Shanghai", rulebook="shanxi-2020", metric_crs="EPSG:4547")
        for entity in built:
            with store.batch(
                entity, source="t", content_hash=str(entity), recipe=None, actor="t",
                recorded_at=moment,
            ) as batch:  # fmt: skip
                batch.append(entity, frames[str(entity)])
    return County(url, frames)


@pytest.fixture(scope="module")
def stats(county: County) -> dict[str, Any]:
    return county.tells("stats", *ASKED)


@pytest.fixture(scope="module")
def zero(county: County) -> dict[str, Any]:
    return county.tells("zero", *ASKED)


def test_a1_hazards_are_put_right_at_99_34_and_never_at_the_published_99_4(
    county: County, stats: dict[str, Any]
) -> None:
    every = county.frames["hazard"]
    assert on_site_rate(every).printed() == "99.34 % (3165/3186)"
    assert rectified_rate(every, as_of=SPAN.end).printed() == "99.34 % (3165/3186)"
    told = stats["hazards"]
    assert (told["found"], told["major"]) == (3186, 3)
    assert told["on_site"]["text"] == told["rectified"]["text"] == "99.34 % (3165/3186)"


def test_a2_an_enterprise_s_accident_leaves_all_288_villages_and_communities_at_zero(
    county: County, zero: dict[str, Any]
) -> None:
    told = [_rate(zero, group, "accident") for group in ("village", "community")]
    zeros, assessed = (sum(rate[name] for rate in told) for name in ("zero", "assessed"))
    assert ratio_text(zeros, assessed) == "100.00 % (288/288)"


def test_a3_one_unit_broken_of_4419_never_prints_a_hundred(
    zero: dict[str, Any], stats: dict[str, Any]
) -> None:
    told = [_rate(zero, group, "accident") for group in ("enterprise", "institution")]
    zeros, assessed = (sum(rate[name] for rate in told) for name in ("zero", "assessed"))
    assert ratio_text(zeros, assessed) == "99.98 % (4418/4419)"
    assert print_ratio(zeros, assessed, decimals=1) == "99.9 %"
    broken = [row for row in zero["rows"] if row["status"] == "broken"]
    assert [(row["code"], row["stream"]) for row in broken] == [("e0000", "accident")]
    levels = stats["accidents"]["levels"]
    assert levels == {"ordinary": 1, "larger": 0, "major": 0, "exceptional": 0}


def test_a4_98_of_111_came_by_the_mobile_station_and_none_relapsed(
    county: County, stats: dict[str, Any]
) -> None:
    every, matters = county.frames["dispute"], county.frames["petition"]
    share = mobile_share(every)
    assert (share.printed(), share.printed(decimals=0)) == ("88.29 % (98/111)", "88 % (98/111)")
    relapsed = relapse_rate(every, matters, as_of=SPAN.end, zone=SHANGHAI)
    assert relapsed == Share(0, 111)
    assert stats["disputes"]["mobile"]["text"] == "88.29 % (98/111)"
    assert stats["disputes"]["relapse"]["text"] == "0.00 % (0/111)"
    assert stats["disputes"]["channels"] == {"mediation_room": 13, "mobile_station": 98}


def test_a5_54_after_84_is_the_published_fall(stats: dict[str, Any]) -> None:
    assert count_change(54, 84).printed(decimals=1).startswith("84 → 54, −35.7 % [count %]")
    filed = stats["cases"]["filed"]
    assert (filed["now"], filed["before"], filed["kind"]) == (54, 84, "count %")
    assert filed["value"] == pytest.approx(-35.714, abs=0.001)
    assert filed["more_than_chance"]
    integers = {n for n in range(55, 200) if f"{100 * (54 - n) / n:.1f}" == "-35.7"}
    assert integers == {84}


def test_a6_a_change_of_clearance_always_names_its_kind(
    county: County, stats: dict[str, Any]
) -> None:
    share = clearance_cohort(county.frames["case"], SPAN, as_of=date(2020, 8, 18))
    assert share.printed() == "83.33 % (45/54)"
    told = stats["cases"]
    assert told["cleared_cohort"]["text"] == told["cleared_period"]["text"] == "83.33 % (45/54)"
    kinds = {change["kind"]: round(change["value"], 2) for change in told["clearance_changes"]}
    assert kinds == {"rate pp": 21.43, "rate relative %": 34.62}
    for before, expected in ((57, 22.81), (58, 20.69)):
        relative = rate_change(Share(45, 54), Share(before, 84), kind=ChangeKind.RATE_RELATIVE)
        assert relative.value == pytest.approx(expected, abs=0.005)
    assert count_change(45, 37).value == pytest.approx(21.62, abs=0.005)


def test_a8_23_cameras_come_in_with_what_the_camera_decree_asks_of_each(tmp_path: Path) -> None:
    """Given one camera without a sign and one not filed: both are remarked, none is lost."""
    table = pd.DataFrame(
        {
            "camera_id": [f"14032202011320{number:06d}" for number in range(23)],
            "lon": 113.41,
            "lat": [38.05 + number / 1000 for number in range(23)],
            "filed_on": ["2025-04-20"] * 22 + [None],
            "in_use_since": "2025-04-02",
            "signage": [False] + [True] * 22,
            "retention_days": 30,
        }
    )
    table.to_csv(tmp_path / "cameras.csv", index=False)
    village = gpd.GeoDataFrame(
        {"level": ["village"], "name": ["东关"], "grouping": [False]},
        geometry=[shapely.box(113.40, 38.04, 113.42, 38.08)],
        index=pd.Index(["v0000"], name="area_code", dtype="str"),
        crs="EPSG:4326",
    )
    empty = stored(tmp_path, {Entity.AREA: village})
    said = CliRunner().invoke(
        cli,
        ["import", "cameras", str(tmp_path / "cameras.csv"), "--crs", "wgs84", "--json", "--db",
         empty.url],
    )  # fmt: skip
    told = json.loads(said.stdout)
    assert told["kept"] == 23
    assert told["warnings"]["W06"] == 2
    with Store.open(empty.url) as store:
        cameras = store.snapshot().cameras
    assert len(cameras) == 23
    assert {"filed_on", "signage", "retention_days"} <= set(cameras.columns)
    assert int(cameras["signage"].sum()) == 22


def test_a9_a_village_without_any_event_has_been_at_zero_for_at_least_3653_days(
    county: County,
) -> None:
    told = county.tells("zero", "--window", "month", "--as-of", "2020-08-19")
    streak = next(row for row in told["rows"] if (row["code"], row["stream"]) == ("v0005", "case"))
    assert (streak["streak_days"], streak["open_ended"]) == (3653, True)
    streaks = zero_streaks(**_question(county, "2020-08-19"))
    mine = streaks[(streaks["subject_id"] == "v0005") & (streaks["stream"] == "case")]
    assert mine[["streak_days", "open_ended"]].to_numpy().tolist() == [[3653, True]]


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "printed"),
    [(407, 475, 1, "85.7 %"), (1693, 1726, 0, "98 %"), (1693, 1726, 1, "98.1 %")],
)
def test_a10_shares_of_another_county_print_as_published(
    part: int, whole: int, decimals: int, printed: str
) -> None:
    assert print_ratio(part, whole, decimals=decimals) == printed


def test_a10_407_of_475_villages_come_out_of_a_store(tmp_path: Path) -> None:
    names = [f"v{number:03d}" for number in range(475)]
    register = pd.DataFrame(
        {"subject_id": names, "subject_class": "village", "area_code": names, "body": "office"}
    )
    broken = [accidents().assign(incident_id=f"a{n}", subject_id=names[n]) for n in range(68)]
    told = stored(
        tmp_path,
        {
            Entity.SUBJECT: register,
            Entity.REPORT: reports(),
            Entity.ACCIDENT: pd.concat(broken, ignore_index=True),
        },
    ).tells("zero", *ASKED)
    rate = _rate(told, "village", "accident")
    assert (rate["zero"], rate["assessed"]) == (407, 475)


def test_a11_a_town_s_register_adds_up_to_125_subjects(tmp_path: Path) -> None:
    counts = {"village": 27, "community": 3, "institution": 7, "enterprise": 88}
    rows = [(f"{group}{n}", group) for group, size in counts.items() for n in range(size)]
    register = pd.DataFrame(rows, columns=["subject_id", "subject_class"]).assign(area_code="t")
    told = stored(tmp_path, {Entity.SUBJECT: register}).tells("zero", *ASKED)
    registered = {group: _rate(told, group, "case")["registered"] for group in counts}
    assert registered == counts
    assert sum(registered.values()) == 125


@pytest.mark.parametrize(
    ("resolved_on", "status"),
    [("2020-03-31", "zero_reported"), ("2020-04-01", "zero_reported"), ("2020-04-02", "broken")],
    ids=["day 59", "day 60", "day 61"],
)
def test_a12_a_matter_keeps_the_zero_to_its_sixtieth_day(
    tmp_path: Path, zero_world: type[ZeroWorld], resolved_on: str, status: str
) -> None:
    """Day 0 is 1 February 2020: 29 days to 1 March, 31 to 1 April."""
    matter = {"petition_id": ["p"], "area_code": "v", "accepted_on": "2020-02-01"}
    register = {"subject_id": ["v"], "subject_class": "village", "area_code": "v"}
    told = stored(
        tmp_path,
        {
            Entity.SUBJECT: pd.DataFrame(register | {"body": "office"}),
            Entity.REPORT: reports(),
            Entity.PETITION: pd.DataFrame(matter | {"closed_on": resolved_on}),
        },
    ).tells("zero", "--window", "2020-04-01..2020-04-30", "--as-of", "2020-05-10")
    assert _status(told, "v", "petition") == status
    world = zero_world().subject("v").report("v", "2020-01-01", "2020-06-01")
    world.petition("v", "2020-02-01", closed_on=resolved_on)
    rows = world.status(Window(date(2020, 4, 1), date(2020, 5, 1)), as_of="2020-05-10")
    assert rows.set_index("stream").loc["petition", "status"] == status


def test_a13_an_approved_higher_authority_matter_is_left_out_and_listed(
    county: County, zero: dict[str, Any]
) -> None:
    assert _status(zero, "v0003", "petition") == "zero_reported"
    listed = exclusions(county.frames["petition"])
    assert listed[["excluded", "verdict"]].to_numpy().tolist() == [[True, "approved"]]


def test_a14_a_third_death_makes_the_accident_a_larger_one(tmp_path: Path) -> None:
    """Give two deaths, then three on day 20: the level follows from the casualties."""
    levels = accident_level(*(pd.Series(each, dtype=float) for each in ([2, 3], [0, 0], [0, 0])))
    assert levels.tolist() == [AccidentLevel.ORDINARY, AccidentLevel.LARGER]
    then, now = (
        accidents().assign(deaths=deaths, level=level)
        for deaths, level in zip((2, 3), levels, strict=True)
    )
    register = {"subject_id": ["e0000"], "subject_class": "enterprise", "unit_id": "e0000"}
    made = stored(
        tmp_path,
        {
            Entity.SUBJECT: pd.DataFrame(register | {"area_code": "v", "body": "office"}),
            Entity.REPORT: reports(),
            Entity.ACCIDENT: then,
        },
    )
    assert made.tells("stats", *ASKED)["accidents"]["levels"]["ordinary"] == 1
    with Store.open(made.url) as store, store.batch(
        Entity.ACCIDENT, source="t", content_hash="2", recipe=None, actor="t",
        recorded_at=datetime(2020, 8, 19, 4, tzinfo=UTC),
    ) as batch:  # fmt: skip
        batch.append(Entity.ACCIDENT, conform(now, "accident"), action=Action.CORRECTED)
    after = made.tells("stats", *ASKED)["accidents"]["levels"]
    assert (after["ordinary"], after["larger"]) == (0, 1)
    before = made.tells("stats", *ASKED, "--known-at", "2020-08-18T12:00:00+08:00")
    assert before["accidents"]["levels"]["larger"] == 0


def test_a15_points_in_gcj_02_declared_as_wgs84_are_refused_with_f05(demo_copy: str) -> None:
    sample = str(ROOT / "data" / "samples" / "cases_gcj02_gbk.csv")
    words = ["import", "cases", sample, "--crs", "wgs84", "--json", "--db", demo_copy]
    refused = CliRunner().invoke(cli, words)
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refused"] == "F05"
    with Store.open(demo_copy) as store:
        report = import_files(
            store,
            "cases",
            [Path(sample)],
            actor="t",
            now=datetime(2026, 6, 30, 8, tzinfo=UTC),
            crs="wgs84",
        )
    assert report.refused == "F05"


def test_a16_a_subject_nobody_reports_for_is_not_assessed_and_outside_the_denominator(
    tmp_path: Path, zero_world: type[ZeroWorld]
) -> None:
    register = pd.DataFrame(
        {
            "subject_id": ["heard", "silent"],
            "subject_class": "village",
            "area_code": ["heard", "silent"],
            "body": ["office", "nobody"],
        }
    )
    told = stored(tmp_path, {Entity.SUBJECT: register, Entity.REPORT: reports()}).tells(
        "zero", *ASKED
    )
    assert _status(told, "silent", "case") == "not_assessed"
    rate = _rate(told, "village", "case")
    assert (rate["zero"], rate["assessed"], rate["registered"]) == (1, 1, 2)
    world = zero_world().subject("heard").subject("silent")
    world.report("heard", "2020-01-01", "2020-09-01")
    rates = zero_rates(world.status(SPAN, as_of=AS_OF))
    mine = rates.loc[rates["stream"] == "case", ["zero", "assessed", "registered"]]
    assert mine.to_numpy().tolist() == [[1, 1, 2]]


def _rate(told: dict[str, Any], group: str, stream: str) -> dict[str, Any]:
    (rate,) = (r for r in told["rates"] if (r["class"], r["stream"]) == (group, stream))
    return dict(rate)


def _status(told: dict[str, Any], code: str, stream: str) -> str:
    (row,) = (r for r in told["rows"] if (r["code"], r["stream"]) == (code, stream))
    return str(row["status"])


def _question(county: County, as_of: str) -> dict[str, Any]:
    frames = county.frames
    return {
        "subjects": frames["subject"],
        "incidents": pd.concat([frames["case"], frames["accident"]]),
        "petitions": frames["petition"],
        "reports": frames["report"],
        "as_of": date.fromisoformat(as_of),
        "rulebook": rulebook_from_yaml(read_text("rulebooks", "shanxi-2020.yaml")),
        "zone": SHANGHAI,
    }
