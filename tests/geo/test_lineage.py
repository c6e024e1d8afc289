"""What became of an area: followed forward and back, by hand and against a second method."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.lineage import ancestors_of, successor_of

if TYPE_CHECKING:
    from tests.geo.conftest import Office

Step = tuple[str, str, str]


def lineage_of(*steps: Step) -> pd.DataFrame:
    """Make a lineage of (old, new, day)."""
    frame = pd.DataFrame(steps, columns=["old", "new", "date"]).astype("str")
    return frame.assign(date=pd.to_datetime(frame["date"]))


def successor(lineage: pd.DataFrame, code: str, day: str) -> str | None:
    found = successor_of(lineage, pd.Series([code]), pd.Timestamp(day).date()).iloc[0]
    return None if pd.isna(found) else str(found)


def test_a_recoded_area_is_followed_from_the_day_it_was_recoded() -> None:
    lineage = lineage_of(("a", "b", "2021-01-01"), ("b", "c", "2023-01-01"))
    days = ("2020-12-31", "2021-01-01", "2022-12-31", "2023-01-01")
    assert [successor(lineage, "a", day) for day in days] == [None, "b", "b", "c"]


def test_a_merged_area_has_one_successor_and_a_split_one_has_none() -> None:
    lineage = lineage_of(
        ("a", "c", "2021-01-01"), ("b", "c", "2021-01-01"),
        ("d", "e", "2021-01-01"), ("d", "f", "2021-01-01"),
    )  # fmt: skip
    day = "2022-01-01"
    assert [successor(lineage, code, day) for code in "abcd"] == ["c", "c", None, None]


def test_an_area_that_gives_a_part_away_and_stays_is_followed_nowhere() -> None:
    lineage = lineage_of(("a", "a", "2021-01-01"), ("a", "b", "2021-01-01"))
    assert successor(lineage, "a", "2022-01-01") is None


def test_an_area_that_takes_another_one_in_stays_itself_and_has_no_ancestor() -> None:
    lineage = lineage_of(("c", "c", "2021-01-01"), ("a", "c", "2021-01-01"))
    assert successor(lineage, "a", "2022-01-01") == "c"
    assert successor(lineage, "c", "2022-01-01") is None
    assert ancestors_of(lineage, "c") == []


def test_two_codes_exchanged_on_one_day_are_each_followed_one_step() -> None:
    lineage = lineage_of(("a", "b", "2021-01-01"), ("b", "a", "2021-01-01"))
    assert successor(lineage, "a", "2021-01-01") == "b"
    assert successor(lineage, "b", "2021-01-01") == "a"


def test_a_code_given_back_later_leads_to_itself() -> None:
    lineage = lineage_of(("a", "b", "2021-01-01"), ("b", "a", "2022-01-01"))
    assert successor(lineage, "a", "2022-06-01") == "a"
    assert ancestors_of(lineage, "a") == [
        ("b", pd.Timestamp("2022-01-01")), ("a", pd.Timestamp("2021-01-01"))
    ]  # fmt: skip


def test_the_chain_back_stops_at_a_split() -> None:
    lineage = lineage_of(
        ("a", "b", "2019-01-01"), ("b", "c", "2020-01-01"), ("b", "d", "2020-01-01"),
        ("c", "e", "2021-01-01"), ("e", "f", "2022-01-01"),
    )  # fmt: skip
    assert [code for code, _ in ancestors_of(lineage, "f")] == ["e", "c"]


def test_without_any_lineage_nothing_has_a_successor() -> None:
    assert successor(lineage_of(), "a", "2022-01-01") is None
    assert ancestors_of(lineage_of(), "a") == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from("abcd"),
        st.sampled_from(["2020-01-01", "2021-01-01", "2022-01-01"]),
    ),
    max_size=6,
)  # fmt: skip


def walked(steps: list[Step], code: str, day: str) -> str | None:
    """Walk day by day: a second method."""
    at: str | None = code
    moved = False
    for today in ("2020-01-01", "2021-01-01", "2022-01-01"):
        ways = {new for old, new, when in steps if old == at and when == today}
        if today > day or not ways or ways == {at}:
            continue
        at, moved = (ways.pop() if len(ways) == 1 else None), True
    return at if moved else None


@given(steps=STEPS, code=st.sampled_from("abcd"), day=st.sampled_from(["2020-06-01", "2022-01-01"]))
def test_following_all_at_once_is_walking_day_by_day(
    steps: list[Step], code: str, day: str
) -> None:
    assert successor(lineage_of(*steps), code, day) == walked(steps, code, day)


@given(steps=STEPS, code=st.sampled_from("abcd"))
def test_who_is_an_ancestor_has_this_area_as_successor_on_the_day_it_ended(
    steps: list[Step], code: str
) -> None:
    lineage = lineage_of(*steps)
    chain = ancestors_of(lineage, code)
    younger = [code, *(old for old, _ in chain)]
    for (old, ended), new in zip(chain, younger, strict=False):
        on_that_day = lineage[lineage["date"] == ended]
        assert set(on_that_day.loc[on_that_day["old"] == old, "new"]) == {new}
        assert set(on_that_day.loc[on_that_day["new"] == new, "old"]) == {old}


# Imported: the areas change, and what stands on them follows


NORTH, SOUTH, JOINED = "140322100201", "140322100202", "140322100210"


def shapes() -> gpd.GeoDataFrame:
    """Draw two villages side by side, and list a third one without a boundary."""
    return gpd.GeoDataFrame(
        {
            "area_code": ["140322100", NORTH, SOUTH, JOINED],
            "level": ["township", "village", "village", "village"],
            "parent_code": [None, *["140322100"] * 3],
        },
        geometry=[None, *(shapely.box(x, 38, x + 0.1, 38.1) for x in (113.3, 113.4)), None],
        crs=4326,
    )


def case(key: str, day: str, lon: float | None = None, code: str | None = None) -> dict[str, Any]:
    return {
        "incident_id": key, "category": "theft", "occurred_from": f"{day} 08:30", "lon": lon,
        "lat": 38.05 if lon else None, "area_code": code, "case_class": "criminal",
        "review": "confirmed", "discovery_source": "citizen_report",
    }  # fmt: skip


@pytest.fixture
def peopled(office: Office) -> Office:
    """Give areas with cases and petitions before and after the first of March 2025."""
    office.bring("areas", office.write("areas.geojson", shapes().to_json()), crs="wgs84")
    table = pd.DataFrame([
        case("early", "2025-02-28", 113.35), case("late", "2025-03-02", 113.35),
        case("early by code", "2025-02-28", code=NORTH),
        case("late by code", "2025-03-01", code=NORTH),
        case("south by code", "2025-03-02", code=SOUTH),
    ])  # fmt: skip
    office.bring("cases", office.write("cases.csv", table), crs="wgs84")
    petitions = pd.DataFrame({
        "petition_id": ["p1", "p2"], "area_code": NORTH,
        "accepted_on": ["2025-02-28", "2025-03-01"],
    })  # fmt: skip
    office.bring("petitions", office.write("petitions.csv", petitions))
    office.now += timedelta(minutes=1)
    return office


def tell(office: Office, *rows: tuple[Any, ...]) -> Any:
    """Import a lineage of (old, new, kind, share), all on the first of March 2025."""
    table = pd.DataFrame(rows, columns=["old", "new", "kind", "share"]).assign(date="2025-03-01")
    office.now += timedelta(minutes=1)
    return office.bring("lineage", office.write(f"lineage{office.now:%H%M}.csv", table))


def stands(office: Office, name: str) -> dict[str, str]:
    codes: dict[str, str] = getattr(office.store.snapshot(), name)["area_code"].to_dict()
    return codes


def test_a_recoded_area_ends_its_successor_begins_on_its_ground_and_later_records_follow(
    peopled: Office,
) -> None:
    report = tell(peopled, (NORTH, JOINED, "recode", None))
    assert (report.kept, report.reattributed) == (1, 3)
    areas = peopled.store.snapshot().areas
    assert areas["valid_to"].to_dict()[NORTH] == areas["valid_from"].to_dict()[JOINED]
    assert shapely.equals(areas.geometry.loc[NORTH], areas.geometry.loc[JOINED])
    assert stands(peopled, "cases") == {
        "early": NORTH, "late": JOINED, "early by code": NORTH, "late by code": JOINED,
        "south by code": SOUTH,
    }  # fmt: skip
    assert stands(peopled, "petitions") == {"p1": NORTH, "p2": JOINED}


def test_merged_areas_end_and_the_new_one_is_their_ground_together(peopled: Office) -> None:
    report = tell(peopled, (NORTH, JOINED, "merge", None), (SOUTH, JOINED, "merge", 1.0))
    assert (report.kept, report.reattributed) == (2, 4)
    areas = peopled.store.snapshot().areas
    together = shapely.box(113.3, 38, 113.5, 38.1)
    drawn = areas.geometry.loc[JOINED]
    assert shapely.hausdorff_distance(drawn, together) < 1e-9
    assert areas.loc[[NORTH, SOUTH], "valid_to"].eq(pd.Timestamp("2025-03-01")).all()
    assert stands(peopled, "cases")["south by code"] == JOINED


def test_an_area_that_takes_another_in_goes_on_and_only_the_other_one_ends(
    peopled: Office,
) -> None:
    report = tell(peopled, (SOUTH, SOUTH, "merge", None), (NORTH, SOUTH, "merge", None))
    areas = peopled.store.snapshot().areas
    assert areas.loc[[NORTH, SOUTH], "valid_to"].notna().tolist() == [True, False]
    assert areas["valid_from"].isna().all()
    assert report.reattributed == 3
    codes = stands(peopled, "cases")
    assert (codes["late"], codes["early"]) == (SOUTH, NORTH)


def test_a_split_area_ends_and_records_known_by_code_alone_stay_under_it(peopled: Office) -> None:
    report = tell(peopled, (NORTH, SOUTH, "split", 0.4), (NORTH, JOINED, "split", 0.6))
    assert (report.kept, report.reattributed) == (2, 0)
    assert stands(peopled, "cases")["late by code"] == NORTH
    areas = peopled.store.snapshot().areas
    assert areas["valid_to"].notna().to_dict()[NORTH]
    assert areas.geometry.isna()[JOINED]


def test_what_keeps_its_code_is_recorded_and_changes_nothing(peopled: Office) -> None:
    before = peopled.store.snapshot().areas["seq"].max()
    report = tell(peopled, (NORTH, NORTH, "rename", None), (SOUTH, SOUTH, "transfer", 1.0))
    known = peopled.store.snapshot()
    assert (report.kept, report.reattributed, len(known.lineage)) == (2, 0, 2)
    assert known.areas["seq"].max() == before


def test_a_new_point_after_the_day_goes_to_the_successor(peopled: Office) -> None:
    tell(peopled, (NORTH, JOINED, "recode", None))
    table = pd.DataFrame([case("x", "2025-02-01", 113.35), case("y", "2025-04-01", 113.35)])
    peopled.bring("cases", peopled.write("more.csv", table), crs="wgs84")
    codes = stands(peopled, "cases")
    assert (codes["x"], codes["y"]) == (NORTH, JOINED)


def test_undoing_a_lineage_gives_areas_and_records_back(peopled: Office) -> None:
    before = stands(peopled, "cases") | stands(peopled, "petitions")
    report = tell(peopled, (NORTH, JOINED, "recode", None))
    peopled.now += timedelta(minutes=1)
    peopled.store.undo(report.batch, actor="t", recorded_at=peopled.now)
    known = peopled.store.snapshot()
    assert stands(peopled, "cases") | stands(peopled, "petitions") == before
    assert known.areas[["valid_from", "valid_to"]].isna().all(axis=None)
    assert known.areas.geometry.isna()[JOINED]
    assert known.lineage.empty


def test_the_same_lineage_again_changes_nothing(peopled: Office) -> None:
    tell(peopled, (NORTH, JOINED, "recode", None))
    again = tell(peopled, (NORTH, JOINED, "recode", None), (SOUTH, SOUTH, "rename", None))
    assert (again.unchanged, again.reattributed) == (1, 0)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(NORTH, "140322100299", "recode", None)], "Q02"),
        ([("140322100298", NORTH, "recode", None)], "Q02"),
        ([(NORTH, NORTH, "recode", None)], "Q22"),
        ([(NORTH, JOINED, "recode", None), (NORTH, SOUTH, "recode", None)], "Q22"),
        ([(NORTH, JOINED, "merge", None)], "Q22"),
        ([(NORTH, JOINED, "split", None)], "Q22"),
        ([(NORTH, SOUTH, "split", 0.5), (NORTH, JOINED, "split", 0.4)], "Q22"),
        ([(NORTH, SOUTH, "split", 0.5), (NORTH, JOINED, "split", None)], "Q22"),
        ([(NORTH, SOUTH, "transfer", 0.5)], "Q22"),
    ],
)
def test_a_lineage_that_makes_no_sense_is_kept_out(
    peopled: Office, rows: list[Any], reason: str
) -> None:
    report = tell(peopled, *rows)
    assert report.reasons.get(reason) == len(rows)
    assert peopled.store.snapshot().areas[["valid_from", "valid_to"]].isna().all(axis=None)


def test_thirds_written_to_seven_digits_make_a_whole(peopled: Office) -> None:
    third = 0.3333333
    news = (SOUTH, JOINED, "140322100")
    report = tell(peopled, *((NORTH, new, "split", third) for new in news))
    assert report.kept == 3
