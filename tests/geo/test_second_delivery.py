"""What is delivered again: steps of review, rows that take back, complete registers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.errors import DataError, UsageError
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    import geopandas as gpd

Office = Any
DAY = date(2026, 6, 1)

COUNTED = """
categories: {cases: [theft]}
entities:
  cases:
    - name: counted
      columns: {incident_id: id, category: kind, occurred_from: at, area_code: area, review: review}
      retract: {source: Count, values: ["-1"]}
"""
"""A recipe in the manner of a police that writes -1 for what it takes back."""


@pytest.fixture
def ready(office: Office, grid_villages: gpd.GeoDataFrame) -> Office:
    return office.load(grid_villages)


def rows(*ids: str, **columns: Any) -> pd.DataFrame:
    made = {"id": list(ids), "kind": "theft", "at": "2025-03-01 08:30", "area": "140322100200"}
    return pd.DataFrame(made | {"Count": 1} | columns)


def bring(office: Office, *parts: pd.DataFrame, name: str = "cases") -> Any:
    """Bring parts as one file; each call writes a file of its own."""
    office.files.append(office.folder)
    recipe = office.write("counted.yaml", COUNTED)
    path = office.write(f"{name}{len(office.files)}.csv", pd.concat(parts))
    report = office.bring("cases", path, recipe=str(recipe))
    assert report.kept + report.quarantined == report.rows_read
    return report


def standing(office: Office) -> list[str]:
    return sorted(office.store.snapshot().cases.index)


# Steps of review


@pytest.mark.parametrize("decided", ["confirmed", "rejected", "duplicate"])
@pytest.mark.parametrize("undecided", ["reported", "under_review"])
def test_what_was_decided_never_becomes_undecided_again(
    ready: Office, decided: str, undecided: str
) -> None:
    bring(ready, rows(*"abcdefghij", review=decided))
    review = [undecided, *[decided] * 9]
    report = bring(ready, rows(*"abcdefghij", review=review, kind=["theft"] * 10))
    assert report.reasons == {"Q12": 1}
    assert report.unchanged == 9
    assert report.quarantine["id"].tolist() == ["a"]
    assert set(ready.store.snapshot().cases["review"]) == {decided}


def test_a_source_may_correct_its_own_decision_and_go_on_to_one(ready: Office) -> None:
    bring(ready, rows(*"abcd", review=["confirmed", "rejected", "reported", "under_review"]))
    report = bring(ready, rows(*"abcd", review=["rejected", "confirmed", "confirmed", "reported"]))
    assert (report.corrected, report.quarantined) == (4, 0)


def test_a_blank_says_nothing_of_a_review(ready: Office) -> None:
    bring(ready, rows(*"ab", review="confirmed"))
    report = bring(ready, rows(*"ab", review=["confirmed", None]))
    assert (report.unchanged, report.quarantined) == (2, 0)


def test_what_two_people_found_to_be_a_duplicate_stays_one(ready: Office) -> None:
    bring(ready, rows(*"ab", review="reported"))
    known = ready.store.snapshot().cases.loc[["b"]]
    with ready.store.batch(
        Entity.CASE, source="t", content_hash="d", recipe=None, actor="t", recorded_at=ready.now
    ) as batch:
        merged = known.assign(review="duplicate", duplicate_of="a")
        batch.append(Entity.CASE, merged, action=Action.CORRECTED)
    assert bring(ready, rows(*"ab", review="reported", x=1)).unchanged == 2
    moved = bring(ready, rows(*"ab", review="confirmed", at="2025-03-02"))
    assert (moved.corrected, moved.quarantined) == (2, 0)
    stood = ready.store.snapshot().cases.loc["b"]
    assert (stood["review"], stood["duplicate_of"]) == ("duplicate", "a")
    assert stood["occurred_from"] == pd.Timestamp("2025-03-01 16:00", tz="UTC")


# Rows that take back


def test_a_row_takes_the_standing_record_back(ready: Office) -> None:
    bring(ready, rows(*"abc"))
    report = bring(ready, rows("b", Count=-1))
    assert (report.kept, report.retracted, report.quarantined) == (1, 1, 0)
    assert standing(ready) == ["a", "c"]
    assert ready.store.month_count()["n"].sum() == 2
    assert ready.store.verify().ok


@pytest.mark.parametrize("signs", [(1, -1), (-1, 1)])
def test_what_a_file_states_and_takes_back_leaves_nothing_in_either_order(
    ready: Office, signs: tuple[int, int]
) -> None:
    report = bring(ready, rows(*"aabc", Count=[*signs, 1, 1]))
    assert (report.rows_read, report.kept, report.retracted) == (4, 4, 2)
    assert standing(ready) == ["b", "c"]


def test_a_record_known_before_goes_though_the_file_states_it_once_more(ready: Office) -> None:
    bring(ready, rows(*"ab"))
    report = bring(ready, rows(*"aa", Count=[1, -1]))
    assert (report.kept, report.retracted, report.unchanged) == (2, 2, 0)
    assert standing(ready) == ["b"]


def test_taking_back_once_more_is_nothing_new(ready: Office) -> None:
    bring(ready, rows(*"ab"))
    bring(ready, rows("a", Count=-1))
    before = ready.store.watermark
    report = bring(ready, rows("a", Count=-1, note="again"))
    assert (report.kept, report.unchanged, report.retracted) == (1, 1, 0)
    assert ready.store.watermark == before


def test_taking_back_the_unknown_is_set_aside_and_harms_no_file(ready: Office) -> None:
    """Nine of ten rows are out by Q21, and the file is taken all the same."""
    report = bring(ready, rows(*"abcdefghij", Count=[1] + [-1] * 9))
    assert report.reasons == {"Q21": 9}
    assert standing(ready) == ["a"]


def test_a_row_that_takes_back_needs_nothing_but_its_key(ready: Office) -> None:
    bring(ready, rows(*"ab"))
    bare = pd.DataFrame({"id": ["a", None], "Count": -1, "at": ["?", "?"], "kind": "?"})
    report = bring(ready, bare, rows(*"cdefgh"))
    assert (report.retracted, report.reasons) == (1, {"Q01": 1})
    assert standing(ready) == list("bcdefgh")


def test_records_without_a_number_are_taken_back_by_all_they_say(ready: Office) -> None:
    """Of two equal records one is taken back; the other one stands."""
    bare = rows("x", "x", "y", at=["2025-03-01", "2025-03-01", "2025-03-02"]).drop(columns="id")
    bring(ready, bare)
    report = bring(ready, bare.iloc[[0, 2]].assign(Count=-1))
    assert (report.retracted, len(standing(ready))) == (2, 1)


# Complete registers


def register(*ids: str, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {"subject_id": list(ids), "subject_class": "village", "area_code": "140322100200"} | columns
    )


def subjects(office: Office, table: pd.DataFrame, **how: Any) -> Any:
    office.files.append(office.folder)
    return office.bring("subjects", office.write(f"s{len(office.files)}.csv", table), **how)


def test_who_is_missing_from_a_complete_register_left_it_that_day(ready: Office) -> None:
    subjects(ready, register(*"abcd", registered_on="2020-01-01"))
    report = subjects(ready, register(*"abc", registered_on="2020-01-01"), complete_on=DAY)
    assert (report.kept, report.unchanged, report.corrected) == (3, 3, 1)
    assert "2026-06-01" in report.notes[-1]
    stood = ready.store.snapshot().subjects
    assert stood["deregistered_on"].isna().tolist() == [True, True, True, False]
    assert stood.loc["d", "deregistered_on"] == pd.Timestamp("2026-06-01")
    assert "not in the register of 2026-06-01" in stood.loc["d", "reason"]


def test_who_left_before_or_comes_later_is_not_missing(ready: Office) -> None:
    dates = {"registered_on": ["2020-01-01", "2020-01-01", "2026-06-02"]}
    left = {"deregistered_on": [None, "2026-06-01", None]}
    subjects(ready, register(*"abc", **dates, **left))
    report = subjects(ready, register("a"), complete_on=DAY)
    assert (report.corrected, report.notes) == (0, ())


def test_a_row_set_aside_still_names_its_subject(ready: Office) -> None:
    subjects(ready, register(*"abcdef"))
    table = register(*"abcdef", area_code=["140322100200"] * 5 + ["no such area"])
    report = subjects(ready, table, complete_on=DAY)
    assert (report.reasons, report.corrected) == ({"Q02": 1}, 0)


def test_more_than_half_of_the_register_does_not_leave_at_once(ready: Office) -> None:
    subjects(ready, register(*"abcd"))
    before = ready.store.watermark
    with pytest.raises(DataError, match="3 of 4"):
        subjects(ready, register("a"), complete_on=DAY)
    assert ready.store.watermark == before
    assert subjects(ready, register(*"ab"), complete_on=DAY).corrected == 2


def test_who_is_named_again_is_on_the_register_again(ready: Office) -> None:
    subjects(ready, register(*"abc"))
    subjects(ready, register(*"ab"), complete_on=DAY)
    report = subjects(ready, register(*"abc"), complete_on=date(2026, 6, 30))
    stood = ready.store.snapshot().subjects
    assert report.corrected == 1
    assert stood[["deregistered_on", "reason"]].isna().all(axis=None)


def test_a_unit_that_is_missing_closed_that_day(ready: Office) -> None:
    table = pd.DataFrame(
        {"单位编号": list("ab"), "名称": "厂", "类型": "factory", "区划代码": "140322100200"}
    )
    ready.bring("units", ready.write("u1.csv", table))
    report = ready.bring("units", ready.write("u2.csv", table.head(1)), complete_on=DAY)
    assert report.corrected == 1
    assert ready.store.snapshot().units.loc["b", "closed_on"] == pd.Timestamp("2026-06-01")


def test_only_one_file_of_subjects_or_units_is_a_register(ready: Office) -> None:
    path = ready.write("x.csv", register("a"))
    with pytest.raises(UsageError, match="subjects or units"):
        ready.bring("cases", path, complete_on=DAY)
    with pytest.raises(UsageError, match="2 were given"):
        ready.bring("subjects", path, path, complete_on=DAY)
    with pytest.raises(UsageError, match="today is 2026-06-30"):
        ready.bring("subjects", path, complete_on=date(2026, 7, 1))


def test_a_register_imported_in_part_may_be_declared_complete_later(ready: Office) -> None:
    table = register(*"ab")
    subjects(ready, register(*"abc"))
    subjects(ready, table)
    assert subjects(ready, table).refused == "F06"
    assert subjects(ready, table, complete_on=DAY).corrected == 1


# Two at once


def test_a_file_checked_while_somebody_else_wrote_is_checked_again(
    ready: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the check and the writing, another delivery decides the same case."""
    bring(ready, rows(*"abcdefghij", review="reported"))
    check = ready.store.standing
    seen: list[int] = []

    def standing_then_another(entity: Entity, keys: pd.Index) -> Any:
        known = check(entity, keys)
        seen.append(len(known.records))
        if len(seen) == 1:
            bring(ready, rows("a", review="confirmed"), name="other")
        return known

    monkeypatch.setattr(ready.store, "standing", standing_then_another)
    report = bring(ready, rows(*"abcdefghij", review="reported", kind="theft", extra=1))
    assert report.reasons == {"Q12": 1}
    assert ready.store.snapshot().cases.loc["a", "review"] == "confirmed"
    assert ready.now == datetime(2026, 6, 30, 4, tzinfo=UTC)
