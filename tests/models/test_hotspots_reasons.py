"""The sentence says why, with counts that can be checked, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.patterns.reasons import PlaceFacts, why

FACTS = PlaceFacts(41, 6, 90, 300.0, "theft", 0.62, "Fri–Sat", "20–23")


def test_the_whole_sentence() -> None:
    assert why(FACTS) == (
        "41 incidents in 12 months within 300 m, 6 of them in the last 28 days; "
        "mostly theft (62 %), Fri–Sat 20–23 h."
    )
    chinese = replace(FACTS, category="盗窃", peak_days="周五至周六")
    assert why(chinese, "zh") == (
        "近 12 个月 300 米范围内 41 起，其中近 28 天 6 起；"
        "以盗窃为主（62%），多在周五至周六 20–23 时。"
    )


def test_one_incident_is_no_incidents() -> None:
    one = replace(FACTS, n_365=1, n_28=0, share_top_category=1.0)
    assert why(one).startswith("1 incident in 12 months within 300 m, none of them in the last")


def test_of_a_few_incidents_the_category_s_count_is_said_and_no_percentage() -> None:
    few = replace(FACTS, n_365=3, share_top_category=2 / 3)
    assert "mostly theft (2 of 3)" in why(few)
    assert "以theft为主（3 起中 2 起）" in why(few, "zh")


def test_a_category_without_a_majority_is_the_most_frequent_only() -> None:
    assert "most often theft (40 %)" in why(replace(FACTS, share_top_category=0.4))
    assert "最多的是theft（40%）" in why(replace(FACTS, share_top_category=0.4), "zh")


@pytest.mark.parametrize(
    ("days", "hours", "ending"),
    [(None, "20–23", "(62 %), 20–23 h."), ("Fri", None, "(62 %), Fri."), (None, None, "(62 %).")],
)
def test_times_that_cannot_be_told_are_not_told(
    days: str | None, hours: str | None, ending: str
) -> None:
    assert why(replace(FACTS, peak_days=days, peak_hours=hours)).endswith(ending)


def test_a_place_flagged_without_an_incident_of_its_own_this_year_says_so() -> None:
    empty = replace(FACTS, n_365=0, n_28=0, category=None, peak_days=None, peak_hours=None)
    assert why(empty) == "No incident in 12 months within 300 m; 90 in earlier years."
    assert why(empty, "zh") == "近 12 个月 300 米范围内无发案；往年 90 起。"
    around = replace(empty, n_all=0)
    assert why(around) == (
        "No incident in 12 months within 300 m; flagged because of incidents around it."
    )
    assert why(around, "zh") == "近 12 个月 300 米范围内无发案；因周边发案而标出。"
