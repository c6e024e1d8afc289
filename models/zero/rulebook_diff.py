"""Whose status would change under other rules, and which fact or which silence is the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.vocabulary import Stream
from models.zero.attribution import stored_or_attributed
from models.zero.days import NEVER, column, day_number, local_days, words_at
from models.zero.facts import STREAMS, counting, left_out, occurred_in
from models.zero.petitions import break_days
from models.zero.register import Register
from models.zero.status import zero_status

if TYPE_CHECKING:
    from geo.window import Window
    from models.zero.days import Ints
    from models.zero.rulebook import Rulebook
    from models.zero.status import Question

__all__ = ["RulebookDiff", "compare_rulebooks"]

KEYS: Final = ["subject_id", "stream", "window_start", "window_end"]
COMPARED: Final = ("status", "breaking", "pending", "coverage")
WITNESS: Final = ["fact_id", "counts_under", "because"]


@dataclass(frozen=True, slots=True)
class RulebookDiff:
    """Statuses that differ, and the facts that count under one rulebook alone.

    `rows` has one row per subject, window and stream, sorted by subject_id, window and stream:
    what `zero_status` says of it, with status, breaking, pending and coverage as `*_first` and
    `*_second`, and `reason`: `facts`, `coverage` (assessed under one alone) or `confirmation`
    (verified under one alone). `facts` has the columns of `KEYS`, fact_id, counts_under (id of
    a rulebook) and because: what keeps it out under the other (`kind`, `impact`, `level`,
    `harmless`, `clock`).
    """

    rows: pd.DataFrame
    facts: pd.DataFrame


def compare_rulebooks(question: Question, second: Rulebook) -> RulebookDiff:
    """List every subject, stream and window whose status differs under two rulebooks.

    `question` is what `zero_status` takes, with the first rulebook. Under equal rules nothing
    differs; swapping the two swaps the columns and changes nothing else.
    """
    rows = _differing(question, second)
    facts = _facts(question, second)
    facts = facts.merge(rows[KEYS], on=KEYS).sort_values([*KEYS, "fact_id"], ignore_index=True)
    return RulebookDiff(rows.assign(reason=_reasons(rows, facts)), facts)


def _differing(question: Question, second: Rulebook) -> pd.DataFrame:
    """Give the rows whose status differs, both answers side by side."""
    under_second: Question = {**question, "rulebook": second}
    one, other = zero_status(**question), zero_status(**under_second)
    # The register and the windows alone decide which rows there are, and their order.
    sides = {
        f"{name}_{side}": frame[name]
        for name in COMPARED
        for side, frame in (("first", one), ("second", other))
    }
    both = one.drop(columns=list(COMPARED)).assign(**sides)
    differs = both["status_first"] != both["status_second"]
    return both[differs].sort_values(KEYS, kind="stable", ignore_index=True)


def _reasons(rows: pd.DataFrame, facts: pd.DataFrame) -> pd.Series:
    """Name what makes each status differ; a fact speaks before a silence."""
    told = pd.MultiIndex.from_frame(rows[KEYS]).isin(pd.MultiIndex.from_frame(facts[KEYS]))
    silent = (rows[["status_first", "status_second"]] == "not_assessed").any(axis=1)
    reason = np.select([told, silent.to_numpy()], ["facts", "coverage"], default="confirmation")
    return pd.Series(reason, index=rows.index, dtype="str")


def _facts(question: Question, second: Rulebook) -> pd.DataFrame:
    """Give the facts that count under one rulebook alone, one row per window they fall in."""
    register, first = Register.of(question["subjects"]), question["rulebook"]
    petitions = question["petitions"]
    loose = pd.concat(
        [
            _loose_incidents(question, second, register),
            _loose_petitions(petitions, first, second, register),
            _loose_petitions(petitions, second, first, register),
        ],
        ignore_index=True,
    )
    return _in_windows(_on_register(loose, register), question, register)


def _loose_incidents(question: Question, second: Rulebook, register: Register) -> pd.DataFrame:
    """Give the incidents that count under one rulebook alone."""
    first, zone = question["rulebook"], question["zone"]
    parts = [occurred_in(question["incidents"], span, zone) for span in question["windows"]]
    incidents = pd.concat([question["incidents"].iloc[:0], *parts])
    incidents = incidents[~incidents.index.duplicated()]
    counts = counting(incidents, first)
    chosen = incidents[counts != counting(incidents, second)]
    under_first = counting(chosen, first)
    days = local_days(chosen["occurred_from"], zone)
    because = np.where(under_first, _because(chosen, second), _because(chosen, first))
    return _loose(
        chosen,
        stream=np.where((chosen["stream"] == Stream.CASE).to_numpy(), 0, 1),
        subject=stored_or_attributed(chosen, register, days),
        day=days,
        counts_under=np.where(under_first, first.id, second.id),
        because=because,
    )


def _because(incidents: pd.DataFrame, rulebook: Rulebook) -> np.ndarray:
    """Name the first reason that keeps each incident from counting."""
    masks = left_out(incidents, rulebook)
    return np.select(list(masks.values()), list(masks), default="")


def _loose_petitions(
    petitions: pd.DataFrame, book: Rulebook, other: Rulebook, register: Register
) -> pd.DataFrame:
    """Give the matters that break a zero on a day of `book` on which they do not under `other`."""
    days = break_days(petitions, book)
    alone = (days != break_days(petitions, other)) & (days < NEVER)
    chosen, days = petitions[alone], days[alone]
    return _loose(
        chosen,
        stream=np.full(len(chosen), STREAMS.index(Stream.PETITION)),
        subject=stored_or_attributed(chosen, register, days),
        day=days,
        counts_under=np.full(len(chosen), book.id),
        because=np.full(len(chosen), "clock"),
    )


def _loose(chosen: pd.DataFrame, **columns: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(chosen.index, name="fact_id")).reset_index()


def _on_register(loose: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Keep the facts of subjects registered on their day."""
    subject, day = loose["subject"].to_numpy(), loose["day"].to_numpy()
    if not register.size:
        return loose.iloc[:0]
    known = (subject >= 0) & (day >= register.first[subject]) & (day < register.last[subject])
    kept: pd.DataFrame = loose[known]
    return kept


def _in_windows(loose: pd.DataFrame, question: Question, register: Register) -> pd.DataFrame:
    """Repeat each fact for every window its day lies in, up to the day asked of."""
    day, last = loose["day"].to_numpy(), day_number(question["as_of"])
    parts = [
        _of_window(loose[_within(day, window) & (day <= last)], window, register)
        for window in question["windows"]
    ]
    empty = _of_window(loose.iloc[:0], None, register)
    return pd.concat([empty, *parts], ignore_index=True)


def _within(day: Ints, window: Window) -> np.ndarray:
    return (day >= day_number(window.start)) & (day < day_number(window.end))


def _of_window(loose: pd.DataFrame, window: Window | None, register: Register) -> pd.DataFrame:
    start, end = (window.start, window.end) if window else (None, None)
    return pd.DataFrame(
        {
            "subject_id": words_at(register.ids, loose["subject"].to_numpy(dtype=np.int64)),
            "stream": words_at(list(STREAMS), loose["stream"].to_numpy(dtype=np.int64)),
            "window_start": pd.Series(
                [start] * len(loose), dtype="datetime64[us]", index=loose.index
            ),
            "window_end": pd.Series([end] * len(loose), dtype="datetime64[us]", index=loose.index),
            **{name: column(loose, name).astype("str") for name in WITNESS},
        }
    )
