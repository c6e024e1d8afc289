"""A personal datum that slipped in is gone, and the chain is still whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import orjson
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.decisions import Decision, approve, decisions_of, propose_redaction
from geo.errors import NotReadyError, UsageError
from geo.queue_file import queue_file
from geo.store import Jobs, Store, sqlite
from geo.store.history import every_version
from geo.store.segments import covered_to
from geo.store.tables import event, payload
from geo.vocabulary import Action, DecisionState, Entity, JobKind
from tests.geo.store_books import HOUR, NOON, Books, cases
from tests.geo.test_store_bitemporal import ROWS, STEPS, answer, play, small_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LATER = NOON + 50 * HOUR
DATUM = "Zhang-San-of-number-7"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books.at(tmp_path)
    made.add(cases("a", "b", station=DATUM, category="theft"))
    made.correct(cases("a", area="11", station=DATUM, category="theft"), at=NOON + HOUR)
    made.add(cases("c", station="east"), at=NOON + 2 * HOUR)
    yield made
    made.store.close()


def propose(books: Books, *keys: str, fields: tuple[str, ...] = ("station",)) -> Decision:
    return propose_redaction(
        books.store, about=Entity.CASE, keys=keys, fields=fields, reason="a name", by="Li", at=LATER
    )


def redact(books: Books, *keys: str, fields: tuple[str, ...] = ("station",)) -> Decision:
    made = propose(books, *keys, fields=fields)
    approve(books.store, made.decision_id, by="Wang", at=LATER)
    return approve(books.store, made.decision_id, by="Zhao", at=LATER)


def bodies(books: Books) -> dict[int, dict[str, Any]]:
    engine = sa.create_engine(books.url)
    with engine.begin() as connection:
        rows = connection.execute(sa.select(payload.c.seq, payload.c.body)).all()
    engine.dispose()
    return {seq: orjson.loads(body) for seq, body in rows}


def bytes_left(books: Books) -> bytes:
    files = sorted(books.path.parent.glob(f"{books.path.name}*"))
    return b"".join(path.read_bytes() for path in files)


def station(store: Store, key: str, **how: Any) -> object:
    """Give what the store says of a record's station; None for nothing."""
    said = store.snapshot(**how).cases["station"]
    return said.astype(object).where(said.notna(), None).to_dict()[key]


def tamper(books: Books, statement: str, *values: object) -> None:
    with contextlib.closing(sqlite3.connect(books.path)) as raw:
        assert raw.execute(statement, values).rowcount == 1
        raw.commit()


# ---- who decides ----------------------------------------------------------------------------


def test_two_people_besides_the_one_who_proposed_it_have_to_approve(books: Books) -> None:
    made = propose(books, "a")
    for name in ("Li", "LI "):
        with pytest.raises(UsageError, match="somebody else"):
            approve(books.store, "D1", by=name, at=LATER)
    once = approve(books.store, "D1", by="Wang", at=LATER)
    assert once.open
    assert DATUM.encode() in bytes_left(books)
    with pytest.raises(UsageError, match="somebody else"):
        approve(books.store, "D1", by="wang", at=LATER)
    done = approve(books.store, "D1", by="Zhao", at=LATER)
    assert (done.state, made.fields) == (DecisionState.APPROVED, ("station",))


@pytest.mark.parametrize("field", ["incident_id", "nonsense", "stream", "review", "duplicate_of"])
def test_what_no_record_can_be_without_is_not_erased(books: Books, field: str) -> None:
    with pytest.raises(UsageError, match=f"field {field} of a case cannot be erased"):
        propose(books, "a", fields=(field,))


def test_a_petition_keeps_the_area_it_counts_for(books: Books) -> None:
    with pytest.raises(UsageError, match="area_code of a petition cannot be erased"):
        propose_redaction(
            books.store, about=Entity.PETITION, keys=["p"], fields=["area_code"], reason="r",
            by="Li", at=LATER,
        )  # fmt: skip


def test_an_unknown_record_is_refused(books: Books) -> None:
    with pytest.raises(UsageError, match="no case z"):
        propose(books, "z")


def test_all_fields_are_those_that_no_figure_rests_on(books: Books) -> None:
    made = redact(books, "a", fields=())
    assert {"station", "lon", "lat", "source_system"} <= set(made.fields)
    assert answer(books.store.snapshot())["a"] == "11"
    assert station(books.store, "a") is None
    assert books.counts() == {("2020-02", "case", "10"): 2, ("2020-02", "case", "11"): 1}


# ---- what is gone, what stays ---------------------------------------------------------------


def test_every_version_of_the_record_loses_the_field_and_nothing_else(books: Books) -> None:
    before = bodies(books)
    done = redact(books, "a")
    after = bodies(books)
    for seq in (1, 3):
        assert after[seq] == {k: v for k, v in before[seq].items() if k != "station"}
    assert (after[2], after[4]) == (before[2], before[4])
    assert sorted(map(int, done.erased)) == [1, 3]
    assert books.store.snapshot().cases["station"].to_dict() == {
        "a": pytest.approx(float("nan"), nan_ok=True), "b": DATUM, "c": "east",
    }  # fmt: skip
    assert books.store.verify().ok


def test_past_answers_stay_the_same_but_for_the_erased_field(books: Books) -> None:
    moments = [NOON, NOON + HOUR, NOON + 3 * HOUR]
    before = {at: books.store.snapshot(known_at=at).cases for at in moments}
    redact(books, "a")
    for at, frame in before.items():
        expected = frame.copy()
        expected.loc["a", "station"] = None
        pd.testing.assert_frame_equal(books.store.snapshot(known_at=at).cases, expected)


def test_an_erased_moment_leaves_the_counts_as_a_rebuild_would_make_them(books: Books) -> None:
    redact(books, "a", fields=("occurred_from",))
    counted = books.store.month_count()
    assert counted["n"].sum() == 2
    books.store.rebuild()
    pd.testing.assert_frame_equal(books.store.month_count(), counted)


def test_a_retracted_record_is_erased_without_coming_back(books: Books) -> None:
    books.retract("a", at=NOON + 3 * HOUR)
    done = redact(books, "a")
    assert len(done.erased) == 2
    assert books.store.snapshot().cases.index.tolist() == ["b", "c"]
    assert books.store.verify().ok


def test_a_second_redaction_of_the_same_record_verifies_too(books: Books) -> None:
    redact(books, "a")
    redact(books, "a", fields=("category",))
    assert bodies(books)[1].keys().isdisjoint({"station", "category"})
    assert books.store.verify().ok


def test_undoing_a_delivery_does_not_bring_back_what_was_erased(books: Books) -> None:
    redact(books, "a")
    books.store.undo(2, actor="Li", recorded_at=LATER)
    assert answer(books.store.snapshot())["a"] == "10"
    assert station(books.store, "a") is None
    assert DATUM not in json.dumps([bodies(books)[seq] for seq in bodies(books) if seq != 2])


def test_the_datum_is_in_no_byte_of_the_store(books: Books) -> None:
    assert DATUM.encode() in bytes_left(books)
    redact(books, "a", "b")
    assert DATUM.encode() not in bytes_left(books)
    assert not books.store.has_traces


def test_the_file_is_cleaned_even_where_sqlite_leaves_deleted_content(tmp_path: Path) -> None:
    careless = (*sqlite.PRAGMAS, "PRAGMA secure_delete=OFF")
    with patch.object(sqlite, "PRAGMAS", careless):
        books = Books.at(tmp_path)
        books.add(cases(*map(str, range(300)), station=DATUM))
        with patch.object(sqlite, "clean"):
            redact(books, *map(str, range(300)))
        assert DATUM.encode() in bytes_left(books)
        assert books.store.has_traces
        books.store.close()
        with Store.open(books.url) as again:
            assert not again.has_traces
            assert DATUM.encode() not in bytes_left(books)
            assert again.verify().ok


def test_a_reader_that_holds_the_log_delays_the_cleaning_and_nothing_else(books: Books) -> None:
    with contextlib.closing(sqlite3.connect(books.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
        impatient = ("PRAGMA busy_timeout=50",)
        books.store.close()
        with patch.object(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, *impatient)):
            slow = Books(Store.open(books.url), books.path)
            redact(slow, "a", "b")
        assert slow.store.has_traces
        assert station(slow.store, "a") is None
        slow.store.close()
    with Store.open(books.url) as again:
        assert not again.has_traces
    assert DATUM.encode() not in bytes_left(books)


def test_attachments_of_the_jobs_that_brought_it_are_let_go(books: Books) -> None:
    jobs = Jobs(queue_file(books.url))
    results = [{"report": {"batch": number}} for number in (1, 2)] + [{"batch": 3}, {}]
    kinds = [JobKind.IMPORT] * 3 + [JobKind.CHECK]
    for kind, result in zip(kinds, results, strict=True):
        number = jobs.enqueue(kind, {}, actor="x", now=NOON)
        jobs.claim("w", now=NOON)
        jobs.finish(number, "w", result, now=NOON, attachment=DATUM.encode())
    jobs.close()
    redact(books, "b")
    assert [job.kind for job in jobs.newest()] == [JobKind.IMPORT] * 3
    assert jobs.attachment(2) == jobs.attachment(3) == DATUM.encode()
    with pytest.raises(NotReadyError):
        jobs.attachment(1)
    Jobs(queue_file(books.url)).let_go({2, 3})
    jobs.close()
    assert DATUM.encode() not in queue_file(books.url).read_bytes()


# ---- segments and memory --------------------------------------------------------------------


def test_only_segments_that_hold_the_record_are_written_anew(tmp_path: Path) -> None:
    books = Books.at(tmp_path)
    first, second = ([f"{part}{n}" for n in range(600)] for part in "ab")
    books.add(cases(*first, station=DATUM))
    books.add(cases(*second, station="east"), at=NOON + HOUR)
    with contextlib.closing(sqlite3.connect(books.path)) as raw:
        held = dict(raw.execute("SELECT segment_id, body FROM segment").fetchall())
    books.retract("a7", at=NOON + 2 * HOUR)
    redact(books, "a5", "a7")
    with contextlib.closing(sqlite3.connect(books.path)) as raw:
        now = dict(raw.execute("SELECT segment_id, body FROM segment").fetchall())
    assert len(held) == 2
    assert [held[number] == now[number] for number in sorted(held)] == [False, True]
    engine = sa.create_engine(books.url)
    with engine.begin() as connection:
        columns = every_version(connection, Entity.CASE).rows
        assert covered_to(connection, Entity.CASE) == 1200
    engine.dispose()
    assert columns.loc[["a5", "a7"], "station"].isna().all()
    assert (columns.loc[first, "station"].drop(["a5", "a7"]) == DATUM).all()
    books.store.rebuild()
    with Store.open(books.url) as fresh:
        pd.testing.assert_frame_equal(fresh.snapshot().cases, books.store.snapshot().cases)
    books.store.close()


@pytest.mark.parametrize("count", [3, 700])
def test_another_process_forgets_what_was_erased(tmp_path: Path, count: int) -> None:
    books = Books.at(tmp_path)
    books.add(cases(*(f"c{n}" for n in range(count)), station=DATUM))
    with Store.open(books.url) as serving:
        old, now = serving.snapshot(known_at=NOON), serving.snapshot()
        assert (old.cases["station"] == DATUM).all()
        assert (now.cases["station"] == DATUM).all()
        redact(books, "c1")
        assert station(serving, "c1") is None
        assert station(serving, "c1", known_at=NOON) is None
        for snapshot in (serving.snapshot(known_at=NOON), serving.snapshot()):
            assert (snapshot.cases["station"] == DATUM).sum() == count - 1
    books.store.close()


def test_appending_makes_nobody_read_again_and_an_erasure_does(books: Books) -> None:
    before = books.store.generation
    books.add(cases("d"), at=LATER)
    assert books.store.generation == before
    redact(books, "a")
    assert books.store.generation > before


# ---- the chain ------------------------------------------------------------------------------


def test_a_redacted_payload_that_is_changed_again_breaks_the_chain(books: Books) -> None:
    redact(books, "a")
    tamper(books, "UPDATE payload SET body = body || x'20' WHERE seq = 1")
    assert books.store.verify().first_broken == 1


def test_an_erased_datum_put_back_breaks_the_chain(books: Books) -> None:
    with contextlib.closing(sqlite3.connect(books.path)) as raw:
        (said,) = raw.execute("SELECT body FROM payload WHERE seq = 3").fetchone()
    redact(books, "a")
    tamper(books, "UPDATE payload SET body = ? WHERE seq = 3", said)
    assert books.store.verify().first_broken == 3


def test_a_payload_erased_without_a_decision_breaks_the_chain(books: Books) -> None:
    redact(books, "a")
    tamper(books, "UPDATE payload SET body = ? WHERE seq = 2", orjson.dumps({"stream": "case"}))
    assert books.store.verify().first_broken == 2


def test_a_decision_made_to_excuse_a_change_excuses_nothing(books: Books) -> None:
    redact(books, "a")
    decided = max(seq for seq, body in bodies(books).items() if body.get("kind") == "redact")
    body = bodies(books)[decided]
    forged = orjson.dumps({"stream": "case"})
    erased = json.loads(body["erased"]) | {"2": hashlib.sha256(forged).hexdigest()}
    told = orjson.dumps(body | {"erased": json.dumps(erased), "keys": '["a", "b"]'})
    tamper(books, "UPDATE payload SET body = ? WHERE seq = ?", told, decided)
    tamper(books, "UPDATE payload SET body = ? WHERE seq = 2", forged)
    assert books.store.verify().first_broken == 1
    assert not books.store.verify().ok


def test_a_decision_itself_is_never_excused(books: Books) -> None:
    redact(books, "a")
    tamper(books, "UPDATE payload SET body = body || x'20' WHERE seq = 5")
    assert books.store.verify().first_broken == 5


def test_what_is_left_is_named_in_the_decision(books: Books) -> None:
    done = redact(books, "a")
    assert decisions_of(books.store)["D1"].erased == done.erased
    engine = sa.create_engine(books.url)
    with engine.begin() as connection:
        said = connection.execute(
            sa.select(event.c.seq, payload.c.body).join_from(
                event, payload, event.c.seq == payload.c.seq
            )
        ).all()
    engine.dispose()
    left = {str(seq): hashlib.sha256(body).hexdigest() for seq, body in said}
    assert {seq: left[seq] for seq in done.erased} == done.erased


@given(steps=STEPS, erased=st.sets(st.sampled_from("abc"), min_size=1), segment_rows=ROWS)
@settings(max_examples=12, deadline=None)
def test_any_history_with_redactions_verifies_and_answers_as_its_replay_with_the_field_blank(
    steps: list[tuple[str, bool, int, str]], erased: set[str], segment_rows: int
) -> None:
    with small_ledger(segment_rows) as books:
        replay = play(books, steps)
        known = sorted(erased & {key for _, key, *_ in replay.events})
        if known:
            redact(books, *known, fields=("area_code",))
        assert books.store.verify().ok
        for moment in {at for at, *_ in replay.events}:
            expected = {k: None if k in known else v for k, v in replay.known(moment).items()}
            shown = answer(books.store.snapshot(known_at=moment))
            assert {k: None if pd.isna(v) else v for k, v in shown.items()} == expected
        counted = books.store.month_count()
        books.store.rebuild()
        pd.testing.assert_frame_equal(books.store.month_count(), counted)
        with Store.open(books.url) as fresh:
            shown = answer(fresh.snapshot())
            blank = [key for key, value in shown.items() if pd.isna(value)]
            assert set(blank) == set(known) & set(replay.known(replay.at))
        assert Action.CORRECTED.value in {*books.store.events()["action"]} or not blank
