"""Pairs that may tell of one event: found, explained, never decided."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geo.decisions import approve, duplicate_candidates, propose_merge, reject
from geo.duplicates import PILE, find_duplicates
from geo.errors import NotReadyError
from geo.schemas import conform
from geo.vocabulary import Entity
from tests.geo.store_books import NOON, Books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

METRIC = "EPSG:4547"
ZONE = ZoneInfo("Asia/Shanghai")
EAST, NORTH = 448_000.0, 4_217_000.0
TO_WGS84 = Transformer.from_crs(METRIC, "EPSG:4326", always_xy=True)
TO_METRIC = Transformer.from_crs("EPSG:4326", METRIC, always_xy=True)
START = pd.Timestamp("2020-02-10T10:00", tz=ZONE)


def incident(**facts: Any) -> dict[str, Any]:
    """Give a theft at `east` metres and `minute` minutes from a fixed place and time."""
    east, minute = facts.pop("east", 0.0), facts.pop("minute", 0.0)
    row: dict[str, Any] = {
        "category": "theft", "case_class": "criminal", "time_precision": "minute",
        "loc_precision": "point", "area_code": "10", "review": "reported", "stream": "case",
        "occurred_from": START + pd.Timedelta(minutes=minute),
    }  # fmt: skip
    if east is not None:
        row["lon"], row["lat"] = TO_WGS84.transform(EAST + east, NORTH)
    return row | facts


EMPTY = conform(pd.DataFrame(index=pd.Index([], dtype="str", name="incident_id")), Entity.CASE)


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    index = pd.Index([f"c{n}" for n in range(len(rows))], name="incident_id", dtype="str")
    given = {name: [row.get(name) for row in rows] for name in EMPTY.columns}
    columns = {name: _column(given[name], EMPTY[name].dtype) for name in given}
    return pd.DataFrame(columns).set_axis(index, axis=0)


def _column(values: list[Any], dtype: Any) -> pd.Series:
    if str(dtype).startswith("datetime64"):
        moments = pd.to_datetime(pd.Series(values), utc=True)
        return (moments if "UTC" in str(dtype) else moments.dt.tz_localize(None)).astype(dtype)
    made: pd.Series = pd.Series([False] * len(values) if str(dtype) == "bool" else values)
    return made.astype(dtype)


def pairs(*rows: dict[str, Any]) -> pd.DataFrame:
    return find_duplicates(table(*rows), metric_crs=METRIC, zone=ZONE).pairs


def score(*rows: dict[str, Any]) -> float:
    found = pairs(*rows)
    return float(found["score"].iloc[0]) if len(found) else 0.0


# ---- by hand --------------------------------------------------------------------------------


def test_the_score_is_the_product_of_its_five_factors() -> None:
    found = pairs(
        incident(source_system="110", unit_id="u1"),
        incident(east=25.0, minute=15, source_system="hotline", unit_id="u2", category="robbery"),
    )
    row = found.iloc[0]
    assert found[["keep", "drop"]].to_numpy().tolist() == [["c0", "c1"]]
    assert row["distance_m"] == pytest.approx(25.0, abs=1e-3)
    assert row["minutes"] == pytest.approx(15.0)
    # near 1 - 0.5 * 25/50, when 1 - 0.5 * 15/30, another crime, two systems, two units
    assert row["score"] == pytest.approx(0.75 * 0.75 * 0.6 * 1.0 * 0.5, abs=1e-5)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"east": 49.9}, True),
        ({"east": 50.1}, False),
        ({"minute": 30}, True),
        ({"minute": 31}, False),
        ({"category": "robbery"}, True),
        ({"category": "robbery", "case_class": "public_security"}, False),
        ({"category": "robbery", "case_class": None}, False),
        ({"review": "rejected"}, False),
        ({"review": "duplicate"}, False),
        ({"occurred_from": pd.NaT}, False),
        ({"east": None}, True),
        ({"east": None, "area_code": "11"}, False),
        ({"east": None, "area_code": None}, False),
        ({"loc_precision": "default_address", "east": 5000.0}, True),
        ({"time_precision": "day", "minute": 600}, True),
        ({"time_precision": "day", "minute": 900}, False),
        ({"minute": -600, "occurred_to": START - pd.Timedelta(minutes=20)}, True),
        ({"minute": -600, "occurred_to": START - pd.Timedelta(minutes=40)}, False),
        ({"minute": -80_000, "occurred_to": START}, False),
    ],
)
def test_what_is_near_enough_is_a_candidate(other: dict[str, Any], found: bool) -> None:
    assert (score(incident(), incident(**other)) > 0) == found


def test_two_nights_seen_only_as_ranges_meet_across_midnight() -> None:
    night = incident(minute=600, occurred_to=START + pd.Timedelta(hours=20))
    assert score(night, incident(minute=16 * 60)) > 0
    assert score(night, incident(minute=20 * 60 + 29)) > 0
    assert score(night, incident(minute=20 * 60 + 31)) == 0


def test_what_the_ledger_learned_first_is_kept() -> None:
    frame = table(incident(), incident(east=1.0)).assign(seq=[9, 4])
    found = find_duplicates(frame, metric_crs=METRIC, zone=ZONE).pairs
    assert found[["keep", "drop"]].to_numpy().tolist() == [["c1", "c0"]]


def test_a_pile_of_records_is_counted_and_not_paired() -> None:
    pile = [incident() for _ in range(PILE + 1)]
    found = find_duplicates(table(*pile, incident(east=500.0)), metric_crs=METRIC, zone=ZONE)
    assert (len(found.pairs), found.piled) == (0, PILE + 1)
    fewer = find_duplicates(table(*pile[:PILE]), metric_crs=METRIC, zone=ZONE)
    assert (len(fewer.pairs), fewer.piled) == (PILE * (PILE - 1) // 2, 0)


def test_nothing_gives_no_pairs() -> None:
    assert len(pairs(incident())) == 0
    empty = find_duplicates(table(incident()).iloc[:0], metric_crs=METRIC, zone=ZONE)
    assert (len(empty.pairs), empty.piled) == (0, 0)


# ---- monotone in each -----------------------------------------------------------------------

METRES = st.floats(0, 80)
MINUTES = st.floats(0, 50)
FEW = settings(max_examples=15)
STEPS = [
    ("source_system", ["110", "hotline"], ["110", None], ["110", "110"]),
    ("unit_id", ["u1", "u1"], ["u1", None], ["u1", "u2"]),
    ("category", ["theft", "theft"], ["theft", "robbery"]),
]


@FEW
@given(near=METRES, far=METRES, minute=MINUTES)
def test_farther_apart_never_scores_higher(near: float, far: float, minute: float) -> None:
    near, far = sorted((near, far))
    at = [score(incident(), incident(east=e, minute=minute)) for e in (near, far)]
    assert at[0] >= at[1] - 1e-9


@FEW
@given(soon=MINUTES, late=MINUTES, east=METRES)
def test_later_never_scores_higher(soon: float, late: float, east: float) -> None:
    soon, late = sorted((soon, late))
    at = [score(incident(), incident(east=east, minute=m)) for m in (soon, late)]
    assert at[0] >= at[1] - 1e-9


@pytest.mark.parametrize("step", STEPS, ids=["source", "unit", "category"])
@FEW
@given(east=st.floats(0, 49), minute=st.floats(0, 29))
def test_less_alike_in_source_unit_or_category_scores_lower(
    step: tuple[Any, ...], east: float, minute: float
) -> None:
    name, *grades = step
    at = [
        score(incident(**{name: one}), incident(east=east, minute=minute, **{name: other}))
        for one, other in grades
    ]
    assert all(better > worse for better, worse in pairwise(at))
    assert 0 < min(at) <= max(at) <= 1


# ---- a second method ------------------------------------------------------------------------

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "east": st.one_of(st.none(), st.floats(0, 150)),
            "minute": st.floats(0, 4000),
            "category": st.sampled_from(["theft", "robbery"]),
            "case_class": st.sampled_from(["criminal", "public_security", None]),
            "area_code": st.sampled_from(["10", "11", None]),
            "lasts": st.sampled_from([None, 20, 500, 3000]),
            "time_precision": st.sampled_from(["minute", "hour", "day"]),
        }
    ),
    max_size=9,
)


def told(row: dict[str, Any]) -> dict[str, Any]:
    row = dict(row)
    lasts = row.pop("lasts")
    made = incident(**row)
    if lasts is not None:
        made["occurred_to"] = made["occurred_from"] + pd.Timedelta(minutes=lasts)
    return made


def span(row: dict[str, Any]) -> tuple[pd.Timestamp, pd.Timestamp]:
    first, last = row["occurred_from"], row.get("occurred_to", row["occurred_from"])
    if row["time_precision"] == "day":
        drawn_in = pd.Timedelta(minutes=30.001)
        return first.normalize() + drawn_in, last.normalize() + pd.Timedelta(days=1) - drawn_in
    if row["time_precision"] == "hour":
        last += pd.Timedelta(hours=1)
    return first, last


def may_be_one(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if "lon" in one and "lon" in other:
        ends = [np.array(TO_METRIC.transform(row["lon"], row["lat"])) for row in (one, other)]
        near = bool(np.hypot(*(ends[0] - ends[1])) <= 50.0)
    else:
        near = one["area_code"] is not None and one["area_code"] == other["area_code"]
    (a, b), (c, d) = span(one), span(other)
    soon = max(a, c) - min(b, d) <= pd.Timedelta(minutes=30)
    kind = one["case_class"] is not None and one["case_class"] == other["case_class"]
    return bool(near and soon and (one["category"] == other["category"] or kind))


@FEW
@given(rows=ROWS)
def test_the_same_pairs_are_found_by_looking_at_every_pair(rows: list[dict[str, Any]]) -> None:
    made = [told(row) for row in rows]
    expected = {
        frozenset((f"c{i}", f"c{j}"))
        for i, j in combinations(range(len(made)), 2)
        if may_be_one(made[i], made[j])
    }
    found = pairs(*made) if made else pd.DataFrame({"keep": [], "drop": []})
    assert {frozenset(pair) for pair in zip(found["keep"], found["drop"], strict=True)} == expected
    assert len(found) == len(expected)


@FEW
@given(rows=ROWS, seed=st.integers(0, 9))
def test_the_order_of_the_rows_does_not_matter(rows: list[dict[str, Any]], seed: int) -> None:
    if not rows:
        return
    frame = table(*map(told, rows)).assign(seq=np.arange(len(rows)))
    shuffled = frame.sample(frac=1, random_state=seed)
    first, second = (
        find_duplicates(each, metric_crs=METRIC, zone=ZONE).pairs for each in (frame, shuffled)
    )
    pd.testing.assert_frame_equal(first, second)


# ---- over the ledger ------------------------------------------------------------------------


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    made.store.set_meta(metric_crs=METRIC)
    made.add(table(incident(), incident(east=10.0), incident(east=20.0), incident(east=900.0)))
    yield made
    made.store.close()


def listed(books: Books) -> set[str]:
    found = duplicate_candidates(books.store, Entity.CASE).pairs
    return {f"{keep}-{drop}" for keep, drop in zip(found["keep"], found["drop"], strict=True)}


def propose(books: Books, keep: str, *drops: str) -> None:
    propose_merge(
        books.store, about=Entity.CASE, keep=keep, drops=drops, reason="r", by="Li", at=NOON
    )


def test_pairs_of_different_deliveries_are_found(books: Books) -> None:
    late = table(incident(east=905.0)).rename(index={"c0": "late"})
    books.add(late)
    assert listed(books) == {"c0-c1", "c0-c2", "c1-c2", "c3-late"}


def test_what_was_merged_or_judged_not_the_same_is_left_out(books: Books) -> None:
    propose(books, "c0", "c1")
    assert listed(books) == {"c0-c2", "c1-c2"}
    approve(books.store, "D1", by="Wang", at=NOON)
    assert listed(books) == {"c0-c2"}
    propose(books, "c0", "c2")
    reject(books.store, "D2", by="Wang", reason="two shops", at=NOON)
    assert listed(books) == set()


def test_who_withdraws_his_own_proposal_has_judged_nothing(books: Books) -> None:
    propose(books, "c0", "c1")
    reject(books.store, "D1", by=" LI ", reason="not sure", at=NOON)
    assert "c0-c1" in listed(books)


def test_without_a_metric_system_nothing_is_near(tmp_path: Path) -> None:
    books = Books.at(tmp_path)
    with pytest.raises(NotReadyError, match="import areas first"):
        duplicate_candidates(books.store, Entity.CASE)
    books.store.close()


@pytest.mark.slow
def test_a_million_incidents_are_compared_in_ten_seconds() -> None:
    from time import process_time

    count, rng = 1_000_000, np.random.default_rng(1)
    frame = table(incident()).iloc[np.zeros(count, dtype=int)].reset_index(drop=True)
    minutes = pd.to_timedelta(rng.integers(0, 3650 * 1440, count), unit="min")
    frame = frame.assign(
        lon=113 + rng.random(count) * 0.6,
        lat=38 + rng.random(count) * 0.5,
        occurred_from=START.tz_convert("UTC") + minutes,
        time_precision=np.where(rng.random(count) < 0.1, "day", "minute"),
    )
    frame.index = pd.Index([f"c{n}" for n in range(count)], name="incident_id")
    begun = process_time()
    find_duplicates(frame, metric_crs=METRIC, zone=ZONE)
    assert process_time() - begun < 10
