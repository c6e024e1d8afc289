"""Which facts moved between two states of knowledge, and what happened to each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.vocabulary import Review, Stream
from models.zero.attribution import stored_or_attributed
from models.zero.coverage import OWNER_PREFIX, subject_list
from models.zero.days import NEVER, civil_days, column, dates_from, day_number, local_days, words_at
from models.zero.facts import STREAMS, counting, occurred_in
from models.zero.petitions import break_days, is_excluded
from models.zero.register import Register

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.zero.days import Bools, Ints
    from models.zero.status import Question

__all__ = ["KEYS", "restating_facts"]

KEYS: Final = ["subject_id", "stream", "window_start", "window_end"]
MOMENTS: Final = ["happened_on", "reported_at", "learned_at"]
COLUMNS: Final = [*KEYS, "entity", "fact_id", "cause", *MOMENTS]
BOOKKEEPING: Final = ("seq", "known_at", "recorded_at", "batch_id")
"""What the ledger notes beside a fact; two versions that differ in these alone say the same."""
MONTHS_BACK: Final = 62
"""Days. A running window rests on the last expected month: one over, one still in its grace."""


def restating_facts(rows: pd.DataFrame, then: Question, now: Question) -> pd.DataFrame:
    """Give the facts that moved each restated row, with their causes and moments.

    `rows` are restated statuses with coverage_then and coverage_now. Columns as
    `models.zero.restatement.Restatement.facts`, in the order of the rows, then of the keys.
    """
    parts = [
        _in_rows(_moved(then, now, "incidents"), rows),
        _in_rows(_moved(then, now, "petitions"), rows),
        _reports(rows, then, now),
        _register(rows, then, now),
    ]
    facts = pd.concat([part.reindex(columns=COLUMNS) for part in parts if len(part)] or [_none()])
    return facts.sort_values([*KEYS, "entity", "fact_id"], kind="stable", ignore_index=True)


def _none() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})


def _moved(then: Question, now: Question, name: str) -> pd.DataFrame:
    """Give the incidents or petitions that bear on somebody's zero in one state alone.

    Columns: fact_id, entity, subject_id, stream, day, cause and the moments.
    """
    sides = [_bearing(question, name) for question in (then, now)]
    both = sides[0].merge(sides[1], how="outer", indicator="side")
    loose = (
        both[both["side"] != "both"]
        .drop(columns="side")
        .drop_duplicates(["fact_id", "subject_id", "stream", "day"], ignore_index=True)
    )
    return _explained(loose, then, now, name)


def _bearing(question: Question, name: str) -> pd.DataFrame:
    """Give what bears on a zero: fact_id, entity, subject_id, stream, day, breaks."""
    register = Register.of(question["subjects"])
    facts, days = _candidates(question, name)
    subject = stored_or_attributed(facts, register, days)
    kept = subject >= 0
    kept[kept] &= (days >= register.first[subject])[kept] & (days < register.last[subject])[kept]
    facts, days, subject = facts[kept], days[kept], subject[kept]
    return pd.DataFrame(
        {
            "fact_id": facts.index.astype("str"),
            "entity": _entities(facts, name),
            "subject_id": words_at(register.ids, subject),
            "stream": words_at(list(STREAMS), _streams(facts, name)),
            "day": days,
            "breaks": _breaks(facts, name),
        }
    )


def _candidates(question: Question, name: str) -> tuple[pd.DataFrame, Ints]:
    """Give the facts that count under the rules on a day of the windows, with the day."""
    rulebook, zone = question["rulebook"], question["zone"]
    if name == "petitions":
        facts = question["petitions"]
        days = break_days(facts, rulebook)
        chosen = days < NEVER
    else:
        empty = question["incidents"].iloc[:0]
        parts = [occurred_in(question["incidents"], each, zone) for each in question["windows"]]
        facts = pd.concat([part for part in parts if len(part)] or [empty])
        facts = facts[~facts.index.duplicated()]
        days = local_days(facts["occurred_from"], zone)
        chosen = counting(facts, rulebook)
    chosen &= days <= day_number(question["as_of"])
    return facts[chosen], days[chosen]


def _streams(facts: pd.DataFrame, name: str) -> Ints:
    if name == "petitions":
        return np.full(len(facts), STREAMS.index(Stream.PETITION))
    return np.where((facts["stream"] == Stream.CASE).to_numpy(), 0, 1)


def _entities(facts: pd.DataFrame, name: str) -> list[str]:
    return ["petition"] * len(facts) if name == "petitions" else facts["stream"].tolist()


def _breaks(facts: pd.DataFrame, name: str) -> Bools:
    if name == "petitions":
        return np.ones(len(facts), dtype=bool)
    return (column(facts, "review") == Review.CONFIRMED).to_numpy()


def _explained(loose: pd.DataFrame, then: Question, now: Question, name: str) -> pd.DataFrame:
    """Add what happened to each fact, and when it happened, was reported and was learned."""
    before, after = (_versions(question, name, loose["fact_id"]) for question in (then, now))
    known_before, known_after = (side["fact_id"].notna().to_numpy() for side in (before, after))
    causes = {
        "late": ~known_before,
        "retracted": ~known_after,
        "reattributed": _differs(before, after, ["subject_id", "unit_id", "area_code"])
        & _differs(before, after, ["owner"]),
        "exemption": _differs(before, after, ["excluded"]),
        "reviewed": _differs(before, after, ["review"]),
        "corrected": _differs(before, after, _said(before)),
    }
    cause = np.select(list(causes.values()), list(causes), default="register")
    moments = _moments(after.where(pd.Series(known_after), before), known_after, name, now)
    return loose.assign(cause=cause, **moments)


def _versions(question: Question, name: str, ids: pd.Series) -> pd.DataFrame:
    """Give the version of each fact in one state of knowledge, with its owner; else missing."""
    frame = question["incidents"] if name == "incidents" else question["petitions"]
    found = frame.loc[frame.index.intersection(pd.Index(ids))]
    day = (
        break_days(found, question["rulebook"])
        if name == "petitions"
        else local_days(found["occurred_from"], question["zone"])
    )
    register = Register.of(question["subjects"])
    owner = words_at(register.ids, stored_or_attributed(found, register, day))
    told = pd.DataFrame(found).assign(fact_id=found.index.astype("str"), owner=owner)
    if name == "petitions":
        told = told.assign(excluded=is_excluded(found).astype("str"))
    return told.reindex(ids).reset_index(drop=True)


def _said(versions: pd.DataFrame) -> list[str]:
    return [name for name in versions.columns if name not in (*BOOKKEEPING, "owner", "excluded")]


def _differs(before: pd.DataFrame, after: pd.DataFrame, names: Iterable[str]) -> Bools:
    """Tell which rows differ in any of these columns; missing equals missing."""
    differs = np.zeros(len(before), dtype=bool)
    for name in names:
        if name in before.columns and name in after.columns:
            one, other = before[name], after[name]
            same = (one == other).fillna(value=False).to_numpy(dtype=bool)
            differs |= ~(same | (one.isna() & other.isna()).to_numpy())
    return differs


def _moments(
    versions: pd.DataFrame, stands: Bools, name: str, now: Question
) -> dict[str, pd.Series]:
    if name == "petitions":
        days = civil_days(column(versions, "accepted_on"), missing=NEVER)
    else:
        occurred = pd.to_datetime(column(versions, "occurred_from"), utc=True)
        days = local_days(occurred, now["zone"])
    learned = pd.to_datetime(column(versions, "known_at"), utc=True)
    return {
        "happened_on": dates_from(days, missing=NEVER),
        "reported_at": pd.to_datetime(column(versions, "reported_at"), utc=True),
        "learned_at": learned.where(stands),
    }


def _in_rows(facts: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Give each fact to the restated rows of its subject and stream whose window holds its day."""
    joined = rows[KEYS].merge(facts, on=["subject_id", "stream"])
    begin = civil_days(joined["window_start"], missing=NEVER)
    end = civil_days(joined["window_end"], missing=NEVER)
    day = joined["day"].to_numpy()
    inside: pd.DataFrame = joined[(begin <= day) & (day < end)]
    return inside


def _reports(rows: pd.DataFrame, then: Question, now: Question) -> pd.DataFrame:
    """Give the reports that came, went or changed to the rows whose coverage or proof they are."""
    loose = _loose_reports(then["reports"], now["reports"])
    if loose.empty or rows.empty:
        return _none()
    told = _spread(loose, then, now)
    joined = rows[[*KEYS, "coverage_then", "coverage_now", "status_then", "status_now"]].merge(
        told, on=["subject_id", "stream"]
    )
    proof = (joined["kind"] == "confirmation").to_numpy()
    verified = (joined[["status_then", "status_now"]] == "zero_verified").any(axis=1).to_numpy()
    covers = _differs(
        joined[["coverage_then"]].set_axis(["c"], axis=1),
        joined[["coverage_now"]].set_axis(["c"], axis=1),
        ["c"],
    )
    begin = civil_days(joined["window_start"], missing=NEVER) - np.where(proof, 0, MONTHS_BACK)
    end = civil_days(joined["window_end"], missing=NEVER)
    touches = (joined["begins"].to_numpy() < end) & (joined["ends"].to_numpy() > begin)
    kept: pd.DataFrame = joined[touches & np.where(proof, verified, covers)]
    return kept


def _loose_reports(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Give the reports that differ: both versions where there are two, with cause and moments."""
    ids = before.index.union(after.index, sort=False)
    one, other = (side.reindex(ids).reset_index(drop=True) for side in (before, after))
    was, stands = (pd.Series(ids.isin(side.index)) for side in (before, after))
    differs = _differs(one, other, [name for name in one.columns if name not in BOOKKEEPING])
    cause = np.select([~was, ~stands], ["late", "retracted"], default="corrected")
    newest = other.where(stands, one)
    about = pd.DataFrame(
        {
            "fact_id": pd.Series(ids, dtype="str"),
            "entity": "report",
            "cause": cause,
            "happened_on": newest["window_start"],
            "reported_at": column(newest, "reported_at"),
            "learned_at": pd.to_datetime(column(newest, "known_at"), utc=True).where(stands),
        }
    )
    versions: list[pd.DataFrame] = [
        pd.concat([about, side[_REPORTED]], axis=1)[(differs & present).to_numpy()]
        for side, present in ((one, was), (other, stands))
    ]
    return pd.concat(versions, ignore_index=True)


_REPORTED: Final = ["body", "stream", "kind", "subjects", "window_start", "window_end"]


def _spread(loose: pd.DataFrame, then: Question, now: Question) -> pd.DataFrame:
    """Give each report to the subjects it speaks of: listed, its body's, or everybody."""
    bodies = pd.concat(
        [
            pd.DataFrame({"subject_id": register.ids, "body": register.body.to_numpy()})
            for register in (Register.of(then["subjects"]), Register.of(now["subjects"]))
        ]
    ).drop_duplicates()
    loose = loose.assign(
        begins=civil_days(loose["window_start"], missing=NEVER),
        ends=civil_days(loose["window_end"], missing=NEVER),
    ).drop(columns=["window_start", "window_end"])
    whole = loose["subjects"].isna().to_numpy()
    owners = loose["body"].str.startswith(OWNER_PREFIX).to_numpy(dtype=bool, na_value=False)
    everybody = bodies[["subject_id"]].drop_duplicates()
    listed = loose[~whole].assign(subject_id=loose["subjects"][~whole].map(subject_list))
    parts = [
        loose[whole & ~owners].merge(bodies, on="body"),
        loose[whole & owners].merge(everybody, how="cross"),
        listed.explode("subject_id").astype({"subject_id": "str"}),
    ]
    told = pd.concat([part for part in parts if len(part)] or parts[:1])
    return told.drop_duplicates(["fact_id", "subject_id", "begins", "ends"])


def _register(rows: pd.DataFrame, then: Question, now: Question) -> pd.DataFrame:
    """Give the entries of the register that changed to the rows of their subjects."""
    before, after = then["subjects"], now["subjects"]
    ids = pd.Index(rows["subject_id"].drop_duplicates(), name="subject_id")
    one, other = (side.reindex(ids) for side in (before, after))
    stands = ids.isin(after.index)
    names = [name for name in one.columns if name not in BOOKKEEPING]
    changed = _differs(one, other, names) | (ids.isin(before.index) != stands)
    newest = other.where(pd.Series(stands, index=ids), one)
    about = pd.DataFrame(
        {
            "entity": "subject",
            "fact_id": ids.astype("str"),
            "cause": "register",
            "happened_on": column(newest, "registered_on"),
            "reported_at": pd.Series(pd.NaT, index=ids, dtype="datetime64[us, UTC]"),
            "learned_at": pd.to_datetime(column(newest, "known_at"), utc=True).where(stands),
        },
        index=ids,
    )
    return rows[KEYS].merge(about[changed].reset_index(), on="subject_id")
