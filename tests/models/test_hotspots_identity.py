"""A place keeps its name while it lasts, and a change is called one only beyond chance."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from models.patterns.identity import (
    ANCHOR_DAYS,
    MEMORY,
    Sighting,
    anchor_days,
    follow,
    place_id,
    state_of,
)

if TYPE_CHECKING:
    from models.cells import Cells

DAY = date(2020, 8, 18)


def seen(*places: list[int], number: int = 0, weight: dict[int, float] | None = None) -> Sighting:
    """Sight places made of cell positions, on the day of anchor `number`."""
    weights = np.ones(400)
    for cell, value in (weight or {}).items():
        weights[cell] = value
    day = DAY + timedelta(days=ANCHOR_DAYS * number)
    return Sighting(day, [np.array(place) for place in places], weights)


def ids(cells: Cells, *sightings: Sighting) -> list[str]:
    return [track.hotspot_id for track in follow(sightings, cells)]


def test_a_place_that_grows_moves_and_changes_rank_keeps_its_id(square: Cells) -> None:
    (before, _) = ids(square, seen([10, 11], [200]))
    after = ids(square, seen([10, 11], [200]), seen([200], [11, 12, 32], number=1))
    assert after[1] == before


def test_the_day_first_seen_stays_with_the_place(square: Cells) -> None:
    tracks = follow([seen([10]), seen([10], [50], number=1)], square)
    assert [track.since for track in tracks] == [DAY, DAY + timedelta(days=ANCHOR_DAYS)]


def test_a_place_that_splits_leaves_its_id_to_the_heavier_part(square: Cells) -> None:
    old = ids(square, seen([10, 11, 12, 13]))[0]
    heavy_right = seen([10, 11], [12, 13], number=1, weight={12: 5.0})
    assert ids(square, seen([10, 11, 12, 13]), heavy_right)[1] == old
    assert ids(square, seen([10, 11, 12, 13]), heavy_right)[0] != old


def test_a_place_missed_for_some_months_comes_back_under_its_name(square: Cells) -> None:
    old = ids(square, seen([10]))[0]
    gap = [seen([300], number=n) for n in range(1, MEMORY)]
    back = ids(square, seen([10]), *gap, seen([11, 10], number=MEMORY))
    assert back == [old]


def test_a_place_gone_for_longer_is_a_new_place_even_if_it_peaks_elsewhere(square: Cells) -> None:
    old = ids(square, seen([10, 11]))[0]
    gap = [seen([300], number=n) for n in range(1, MEMORY + 2)]
    assert ids(square, seen([10, 11]), *gap, seen([11], number=MEMORY + 2)) != [old]


def test_a_new_place_at_the_birthplace_of_a_living_one_gets_another_name(square: Cells) -> None:
    # The first place is born at cell 10 and moves on; another is then born at cell 10.
    tracks = ids(
        square,
        seen([10]),
        seen([10, 11], number=1),
        seen([11], number=2),
        seen([11], [10], number=3),
    )
    assert tracks[1] == f"{tracks[0]}B"


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_two_places_of_a_day_share_an_id(data: st.DataObject, square: Cells) -> None:
    cell = st.integers(0, 60)
    sightings = []
    for number in range(data.draw(st.integers(1, 8))):
        drawn = data.draw(st.lists(st.lists(cell, min_size=1, max_size=4, unique=True), max_size=8))
        used: set[int] = set()
        places = []
        for place in drawn:
            if not used & set(place):
                places.append(place)
                used |= set(place)
        sightings.append(seen(*places, number=number))
    names = ids(square, *sightings)
    assert len(names) == len(set(names)) == len(sightings[-1].members)


def test_an_id_is_short_and_the_same_on_every_machine() -> None:
    assert place_id(448_212.0, 4_637_931.0) == place_id(448_214.9, 4_637_928.0)
    assert place_id(448_212.0, 4_637_931.0) != place_id(448_362.0, 4_637_931.0)
    assert len(place_id(0, 0)) == 6


def test_the_same_days_are_looked_at_whenever_one_asks() -> None:
    begins = date(2014, 1, 1)
    today, in_a_month = anchor_days(begins, DAY), anchor_days(begins, DAY + timedelta(days=30))
    assert set(today) < set(in_a_month) or set(today) == set(in_a_month)
    assert all((b - a).days == ANCHOR_DAYS for a, b in pairwise(today))
    assert begins + timedelta(days=365) <= today[0]
    assert DAY - timedelta(days=ANCHOR_DAYS) < today[-1] <= DAY


def test_a_long_record_is_followed_from_a_start_that_moves_once_a_year() -> None:
    begins = date(1990, 1, 1)
    starts = [anchor_days(begins, DAY + timedelta(days=n))[0] for n in range(0, 364, 7)]
    assert len(set(starts)) <= 2
    assert len(anchor_days(begins, DAY)) <= 65 + 13 + 1


@given(now=st.integers(0, 60), before=st.integers(0, 60))
def test_a_change_is_called_one_exactly_when_the_binomial_test_says_so(
    now: int, before: int
) -> None:
    (state,) = state_of(np.array([now]), np.array([before]), seen_before=np.array([True]))
    if now + before == 0:
        assert state == "steady"
        return
    rises = binomtest(now, now + before, 0.5, "greater").pvalue < 0.025
    falls = binomtest(now, now + before, 0.5, "less").pvalue < 0.025
    assert state == ("growing" if rises else "cooling" if falls else "steady")


def test_a_place_not_flagged_a_month_ago_is_new() -> None:
    (state,) = state_of(np.array([5]), np.array([5]), seen_before=np.array([False]))
    assert state == "new"


def test_three_after_two_is_steady_and_twenty_after_five_is_growing() -> None:
    states = state_of(np.array([3, 20]), np.array([2, 5]), seen_before=np.array([True, True]))
    assert states == ["steady", "growing"]
