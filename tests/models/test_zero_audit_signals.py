"""Each audit signal, worked by hand on a handful of records; and the list of visits."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.errors import SchemaError, UsageError
from geo.window import Window
from models.zero.audit_signals import (
    bunched_registration,
    changes_near_period_end,
    deregistered_after_break,
    first_seen_higher,
    identical_closing_times,
    late_registration,
    zero_without_inspection,
)
from models.zero.visits import verify_list

JUNE = Window(date(2020, 6, 1), date(2020, 7, 1))


def records(*rows: tuple[str, ...], names: str) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["subject_id", *names.split()])
    for name in set(names.split()) & {"occurred", "registered", "closed_at", "day"}:
        frame[name] = pd.to_datetime(frame[name], format="ISO8601")
    return frame


def found(signals: pd.DataFrame) -> list[tuple[str, str, int, list[str]]]:
    return [
        (subject, signal, count, [str(day) for day in days])
        for subject, signal, count, days in signals.to_numpy().tolist()
    ]


def test_late_is_what_happened_in_june_and_was_registered_in_july_after_the_grace() -> None:
    rows = records(
        ("a", "2020-06-20", "2020-07-05"),
        ("a", "2020-06-25", "2020-07-02"),
        ("a", "2020-06-30", "2020-07-01"),  # one day later: within the grace
        ("b", "2020-06-10", "2020-06-28"),  # late, but inside the month's figure
        ("c", "2020-05-20", "2020-07-05"),  # of another month
        names="occurred registered",
    )
    expected = [("a", "late_registration", 2, ["2020-07-02", "2020-07-05"])]
    assert found(late_registration(rows, JUNE)) == expected


def test_bunched_is_four_of_four_on_the_last_three_days_of_thirty() -> None:
    # Chance of 4 of 4 in a tenth of the month: 1 in 10,000; of 1 of 2: 19 in 100.
    days = ("2020-06-28", "2020-06-29", "2020-06-30", "2020-06-30")
    bunch = [("a", day) for day in days]
    even = [("b", "2020-06-05"), ("b", "2020-06-30"), ("c", "2020-07-01")]
    got = bunched_registration(records(*bunch, *even, names="registered"), JUNE)
    assert found(got) == [("a", "bunched_registration", 4, sorted(set(days)))]


def test_three_records_closed_at_the_same_minute_are_asked_about() -> None:
    rows = records(
        *[("a", f"2020-06-30 17:05:{second:02d}") for second in (1, 20, 59)],
        ("a", "2020-06-30 17:06:00"),
        *[("b", "2020-06-30 17:05:00")] * 2,
        *[("c", "2020-06-30")] * 5,  # only the day is known
        names="closed_at",
    )
    expected = [("a", "identical_closing_times", 3, ["2020-06-30"])]
    assert found(identical_closing_times(rows)) == expected


def test_changes_within_three_days_of_the_end_are_told_by_kind() -> None:
    rows = records(
        ("a", "2020-06-28", "downgrade"),
        ("a", "2020-07-03", "downgrade"),
        ("a", "2020-07-04", "downgrade"),  # the fourth day after
        ("a", "2020-06-30", "exclusion"),
        ("b", "2020-06-27", "reattribution"),  # the fourth last day
        names="day kind",
    )
    assert found(changes_near_period_end(rows, JUNE)) == [
        ("a", "downgrade_near_period_end", 2, ["2020-06-28", "2020-07-03"]),
        ("a", "exclusion_near_period_end", 1, ["2020-06-30"]),
    ]


def test_a_change_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(SchemaError, match="upgrade"):
        changes_near_period_end(records(("a", "2020-06-28", "upgrade"), names="day kind"), JUNE)


def test_a_zero_nobody_looked_at_is_asked_about_and_one_inspection_settles_it() -> None:
    inspections = records(("a", "2020-06-15"), ("b", "2020-05-31"), names="day")
    got = zero_without_inspection(["b", "a", "c"], inspections, JUNE)
    signal = "zero_without_inspection"
    assert found(got) == [("b", signal, 0, []), ("c", signal, 0, [])]


def test_leaving_the_register_within_ninety_days_of_a_break_is_asked_about() -> None:
    left = pd.to_datetime(pd.Series(["2020-06-30", "2020-06-30", None, "2020-03-01"]))
    subjects = pd.DataFrame({"deregistered_on": left.to_numpy()}, index=list("abcd"))
    breaks = records(
        ("a", "2020-04-02"),  # 89 days before
        ("a", "2020-01-01"),
        ("b", "2020-03-31"),  # 91 days before
        ("c", "2020-06-01"),
        ("d", "2020-04-01"),  # left before it
        names="day",
    )
    expected = [("a", "deregistered_after_break", 1, ["2020-04-02"])]
    assert found(deregistered_after_break(subjects, breaks)) == expected


def test_a_matter_the_county_saw_before_the_village_is_asked_about() -> None:
    levels = ("village", "township", "county")
    rows = records(
        ("a", "2020-06-02", "village", "county"),
        ("a", "2020-06-03", "village", "village"),
        ("b", "2020-06-04", "township", "village"),
        names="day own_level first_level",
    )
    rows.loc[len(rows)] = ["b", pd.Timestamp("2020-06-05"), "village", None]
    expected = [("a", "first_seen_higher", 1, ["2020-06-02"])]
    assert found(first_seen_higher(rows, levels=levels)) == expected
    with pytest.raises(UsageError, match="province"):
        first_seen_higher(rows.assign(first_level="province"), levels=levels)


def test_at_most_three_example_days_are_shown_and_all_are_counted() -> None:
    rows = records(
        *[("a", "2020-06-01", f"2020-07-{day:02d}") for day in range(9, 4, -1)],
        names="occurred registered",
    )
    got = late_registration(rows, JUNE)
    assert got["count"].item() == 5
    assert [str(day) for day in got["days"].item()] == ["2020-07-05", "2020-07-06", "2020-07-07"]


def test_no_records_give_no_signals_and_a_missing_column_is_named() -> None:
    empty = records(names="occurred registered")
    assert late_registration(empty, JUNE).empty
    assert bunched_registration(empty, JUNE).empty
    assert identical_closing_times(records(names="closed_at")).empty
    with pytest.raises(SchemaError, match="registered"):
        late_registration(empty.drop(columns="registered"), JUNE)
    with pytest.raises(SchemaError, match="local time"):
        late_registration(empty.assign(occurred=pd.to_datetime([], utc=True)), JUNE)


# ---- the list of visits -----------------------------------------------------------------------


def scores(n: int = 40, flagged: int = 6, **columns: Any) -> pd.DataFrame:
    tail = np.linspace(1e-4, 1, n)
    plain = {
        "subject_class": "village",
        "group": "east",
        "observed": 1.0,
        "p": tail,
        "flagged": np.arange(n) < flagged,
    }
    index = pd.Index([f"v{k:02d}" for k in range(n)], name="subject_id")
    return pd.DataFrame(plain | columns, index=index)


def test_the_list_mixes_the_least_believable_with_random_others_and_does_not_say_which() -> None:
    visits = verify_list(scores(), 4, 5, random_state=1)
    assert visits.columns.tolist() == ["visit", "subject_id", "subject_class", "group"]
    assert visits["visit"].tolist() == list(range(1, 10))
    assert visits["subject_id"].is_unique
    first = [f"v{k:02d}" for k in range(6)]
    assert sorted(visits["subject_id"][visits["subject_id"].isin(first)]) == first[:4]


def test_the_order_of_the_list_tells_nothing() -> None:
    places = [
        np.flatnonzero(verify_list(scores(), 5, 5, random_state=s)["subject_id"] < "v06").mean()
        for s in range(200)
    ]
    assert np.mean(places) == pytest.approx(4.5, abs=3 * np.std(places) / np.sqrt(200))


def test_controls_are_of_the_classes_that_are_visited_anyway_and_were_observed() -> None:
    kind = np.where(np.arange(40) < 20, "village", "enterprise")
    seen = np.where(np.arange(40) == 10, np.nan, 1.0)
    table = scores(subject_class=kind, observed=seen)
    visits = verify_list(table, 6, 100, random_state=2)
    assert set(visits["subject_class"]) == {"village"}
    assert "v10" not in set(visits["subject_id"])
    assert len(visits) == 6 + 13


def test_the_same_seed_gives_the_same_list_and_nobody_flagged_leaves_controls_alone() -> None:
    one, two = (verify_list(scores(), 3, 3, random_state=7) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert len(verify_list(scores(flagged=0), 3, 4, random_state=7)) == 4
    with pytest.raises(UsageError, match="0 or more"):
        verify_list(scores(), -1, 3, random_state=7)
