"""What was known when: checked against a naive replay of the list of events."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.store import Store, pending
from geo.vocabulary import Action
from tests.geo.store_books import NOON, Books, cases, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.store import Snapshot

STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.booleans(),  # state it, or take it back
        st.integers(0, 2),  # hours later
        st.sampled_from(["10", "11"]),
    ),
    max_size=8,
)
ROWS = st.sampled_from([1, 3, 500])
FEW = settings(max_examples=12, deadline=None)


@dataclass
class Replay:
    """The same ledger as a plain list, read from the first event to the last."""

    events: list[tuple[datetime, str, Action, str]] = field(default_factory=list)
    at: datetime = NOON

    def fitting(self, key: str, state: bool) -> Action | None:
        stands = key in self.known(self.at)
        if not state:
            return Action.RETRACTED if stands else None
        return Action.CORRECTED if stands else Action.RECORDED

    def known(self, moment: datetime) -> dict[str, str]:
        state: dict[str, str] = {}
        for at, key, action, area in self.events:
            if at > moment:
                continue
            if action is Action.RETRACTED:
                del state[key]
            else:
                state[key] = area
        return state

    def counts(self) -> dict[tuple[str, str, str], int]:
        areas = list(self.known(self.at).values())
        return {("2020-02", "case", area): areas.count(area) for area in areas}


def play(books: Books, steps: list[tuple[str, bool, int, str]]) -> Replay:
    replay = Replay()
    for key, state, hours, area in steps:
        replay.at += timedelta(hours=hours)
        action = replay.fitting(key, state)
        if action is None:
            continue
        if action is Action.RETRACTED:
            books.retract(key, at=replay.at)
        else:
            books.add(cases(key, area=area), action=action, at=replay.at)
        replay.events.append((replay.at, key, action, area))
    return replay


def answer(snapshot: Snapshot) -> dict[str, str]:
    areas = snapshot.cases["area_code"]
    return dict(zip(areas.index.tolist(), areas.tolist(), strict=True))


@contextmanager
def small_ledger(segment_rows: int) -> Iterator[Books]:
    """Give books whose events become segments from so many on: always, sometimes or never."""
    with (
        TemporaryDirectory() as folder,
        patch.object(pending, "SEGMENT_FROM_ROWS", segment_rows),
        patch.object(pending, "SEGMENT_ROWS", max(2, segment_rows)),
    ):
        books = Books.at(Path(folder))
        yield books


@given(steps=STEPS, segment_rows=ROWS)
@FEW
def test_any_chain_of_corrections_and_retractions_equals_its_naive_replay(
    steps: list[tuple[str, bool, int, str]], segment_rows: int
) -> None:
    with small_ledger(segment_rows) as books:
        replay = play(books, steps)
        moments = {at for at, *_ in replay.events} | {NOON - timedelta(hours=1)}
        for moment in moments:
            assert answer(books.store.snapshot(known_at=moment)) == replay.known(moment)
        assert answer(books.store.snapshot()) == replay.known(replay.at)
        present, past = books.store.snapshot(), books.store.snapshot(known_at=replay.at)
        pd.testing.assert_frame_equal(present.cases, past.cases)
        assert books.counts() == replay.counts()
        assert books.store.verify().events == len(replay.events)


@given(before=STEPS, after=STEPS)
@FEW
def test_later_facts_never_change_an_answer_for_an_earlier_moment(
    before: list[tuple[str, bool, int, str]], after: list[tuple[str, bool, int, str]]
) -> None:
    with small_ledger(3) as books:
        replay = play(books, before)
        asked, told = replay.at, answer(books.store.snapshot(known_at=replay.at))
        for key, state, hours, area in after:
            at = asked + timedelta(hours=hours, microseconds=1)
            asked_now = Replay([*replay.events], at=at)
            action = asked_now.fitting(key, state)
            if action is None or at < max((past for past, *_ in replay.events), default=at):
                continue
            replay.events.append((at, key, action, area))
            if action is Action.RETRACTED:
                books.retract(key, at=at)
            else:
                books.add(cases(key, area=area), action=action, at=at)
        with Store.open(books.url) as fresh:
            assert answer(fresh.snapshot(known_at=asked)) == told


@given(steps=STEPS, segment_rows=ROWS)
@FEW
def test_rebuilding_from_the_ledger_alone_changes_no_answer(
    steps: list[tuple[str, bool, int, str]], segment_rows: int
) -> None:
    with small_ledger(segment_rows) as books:
        play(books, steps)
        shown, counted = books.store.snapshot(), books.store.month_count()
        frames = shown.cases
        books.store.rebuild()
        with Store.open(books.url) as fresh:
            pd.testing.assert_frame_equal(fresh.month_count(), counted)
            pd.testing.assert_frame_equal(fresh.snapshot().cases, frames)
            same(fresh.snapshot(), books.store.snapshot())
