"""What happened to whom on which day: incidents and late petitions as arrays of facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.vocabulary import AccidentLevel, Review, RiskStream, Stream
from models.zero.attribution import stored_or_attributed
from models.zero.days import NEVER, column, day_number, local_days
from models.zero.petitions import break_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from geo.window import Window
    from models.zero.days import Bools, Ints
    from models.zero.register import Register
    from models.zero.rulebook import Rulebook

__all__ = [
    "STREAMS",
    "Facts",
    "counting",
    "facts_between",
    "incident_facts",
    "left_out",
    "occurred_in",
    "petition_facts",
]

STREAMS: Final = (Stream.CASE, Stream.ACCIDENT, Stream.PETITION)
"""The order of the streams on every axis of this package."""

KIND_COLUMN: Final = {RiskStream.CASE: "case_class", RiskStream.ACCIDENT: "accident_kind"}
SETTLED_NO: Final = (Review.REJECTED, Review.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that bear on a zero, sorted by day; every array has shape (n_facts,).

    `slot` is stream number x register size + subject number, so that one `bincount` counts all
    streams of all subjects. `breaks` is True for a confirmed break, False for a question still
    under review. Only days on which the subject is registered are kept.
    """

    slot: Ints
    day: Ints
    breaks: Bools

    @classmethod
    def none(cls) -> Facts:
        """Give no facts at all."""
        none = np.empty(0, dtype=np.int64)
        return cls(none, none, none.astype(bool))

    @classmethod
    def joined(cls, parts: Sequence[Facts]) -> Facts:
        """Put the facts of one register together."""
        slot = np.concatenate([part.slot for part in parts])
        day = np.concatenate([part.day for part in parts])
        breaks = np.concatenate([part.breaks for part in parts])
        order = np.argsort(day, kind="stable")
        return cls(slot[order], day[order], breaks[order])

    def taken(self, places: Ints, size: int) -> Facts:
        """Give the facts of the subjects at `places` of a register of `size`, as its only ones."""
        table = np.full(size, -1, dtype=np.int64)
        table[places] = np.arange(len(places))
        stream, subject = np.divmod(self.slot, size)
        kept = table[subject] >= 0
        slot = stream[kept] * len(places) + table[subject[kept]]
        return Facts(slot, self.day[kept], self.breaks[kept])

    def counts(self, start: int, end: int, slots: int, *, breaks: bool) -> Ints:
        """Count the facts of the days `[start, end)` per slot, shape (slots,)."""
        low, high = np.searchsorted(self.day, [start, end])
        chosen = self.slot[low:high][self.breaks[low:high] == breaks]
        return np.bincount(chosen, minlength=slots).astype(np.int64)

    def last_break(self, slots: int) -> Ints:
        """Give the last day broken per slot, shape (slots,); -NEVER where none was."""
        last = np.full(slots, -NEVER, dtype=np.int64)
        # Sorted by day: the last assignment to a slot is its latest day.
        last[self.slot[self.breaks]] = self.day[self.breaks]
        return last


def facts_between(
    incidents: pd.DataFrame,
    petitions: pd.DataFrame,
    register: Register,
    *,
    window: Window,
    rulebook: Rulebook,
    zone: ZoneInfo,
) -> Facts:
    """Gather the facts of the days of `window` for the subjects of the register."""
    return Facts.joined(
        [
            incident_facts(incidents, register, window=window, rulebook=rulebook, zone=zone),
            petition_facts(petitions, register, window=window, rulebook=rulebook),
        ]
    )


def counting(incidents: pd.DataFrame, rulebook: Rulebook) -> Bools:
    """Tell which incidents would break a zero once confirmed, shape (n,).

    Rejected and duplicate reports never count. A missing kind or impact counts where the
    rulebook says so; a missing level is the lowest. An accident without casualties is left out
    only when deaths and serious injuries are both *known* to be none.
    """
    out = np.zeros(len(incidents), dtype=bool)
    for mask in left_out(incidents, rulebook).values():
        out |= mask
    return ~out


def left_out(incidents: pd.DataFrame, rulebook: Rulebook) -> dict[str, Bools]:
    """Tell for each reason which incidents it keeps from breaking a zero, masks of shape (n,).

    The reasons: `settled` (rejected or a duplicate), `kind`, `impact` (a case not of major
    impact), `level` (an accident below it) and `harmless` (an accident without casualties).
    """
    stream = column(incidents, "stream")
    right_kind = np.zeros(len(incidents), dtype=bool)
    for name in RiskStream:
        right_kind |= _among(stream, [name]) & _kind_counts(incidents, name, rulebook)
    case, accident = (_among(stream, [name]) for name in RiskStream)
    return {
        "settled": _among(column(incidents, "review"), SETTLED_NO),
        "kind": ~right_kind,
        "impact": case & _minor(incidents, rulebook),
        "level": accident & _below_level(incidents, rulebook),
        "harmless": accident & _harmless(incidents, rulebook),
    }


def incident_facts(
    incidents: pd.DataFrame,
    register: Register,
    *,
    window: Window,
    rulebook: Rulebook,
    zone: ZoneInfo,
) -> Facts:
    """Gather what cases and accidents say of the days of `window`."""
    if incidents.empty:
        return Facts.none()
    chosen = occurred_in(incidents, window, zone)
    chosen = chosen[counting(chosen, rulebook)]
    day = local_days(chosen["occurred_from"], zone)
    subject = stored_or_attributed(chosen, register, day)
    stream = np.where(_among(chosen["stream"], [Stream.CASE]), 0, 1)
    confirmed = _among(column(chosen, "review"), [Review.CONFIRMED])
    return _on_register(register, stream, subject, day, confirmed)


def petition_facts(
    petitions: pd.DataFrame, register: Register, *, window: Window, rulebook: Rulebook
) -> Facts:
    """Gather what late petitions say of the days of `window`."""
    day = break_days(petitions, rulebook)
    late = (day >= day_number(window.start)) & (day < day_number(window.end))
    chosen, day = petitions[late], day[late]
    subject = stored_or_attributed(chosen, register, day)
    stream, confirmed = np.full(len(day), 2), np.ones(len(day), dtype=bool)
    return _on_register(register, stream, subject, day, confirmed)


def _on_register(
    register: Register, stream: Ints, subject: Ints, day: Ints, breaks: Bools
) -> Facts:
    if not register.size:
        return Facts.none()
    kept = (subject >= 0) & (day >= register.first[subject]) & (day < register.last[subject])
    slot = stream * register.size + subject
    return Facts.joined([Facts(slot[kept], day[kept], breaks[kept])])


def occurred_in(incidents: pd.DataFrame, window: Window, zone: ZoneInfo) -> pd.DataFrame:
    """Keep the incidents of the local days of `window`, with the columns the rules read."""
    start, end = (pd.Timestamp(moment) for moment in window.utc(zone))
    occurred = incidents["occurred_from"]
    inside = ((occurred >= start) & (occurred < end)).to_numpy()
    needed = incidents.columns.intersection(pd.Index(NEEDED))
    return incidents.loc[inside, needed]


NEEDED: Final = (
    "stream",
    "occurred_from",
    "review",
    "subject_id",
    "unit_id",
    "area_code",
    "case_class",
    "major_impact",
    "accident_kind",
    "level",
    "deaths",
    "serious_injuries",
)


def _among(words: pd.Series, wanted: Iterable[str], *, missing: bool = False) -> Bools:
    """Tell which words are wanted, looking every distinct word up once."""
    codes, distinct = pd.factorize(words)
    table = np.append(pd.Index(distinct).isin(list(wanted)), missing).astype(bool)
    return table[codes]


def _kind_counts(incidents: pd.DataFrame, stream: RiskStream, rulebook: Rulebook) -> Bools:
    kinds = rulebook.counting[stream]
    if kinds is None:
        return np.ones(len(incidents), dtype=bool)
    words = column(incidents, KIND_COLUMN[stream])
    return _among(words, kinds, missing=rulebook.unknown_kind_counts)


def _minor(incidents: pd.DataFrame, rulebook: Rulebook) -> Bools:
    """Tell which cases lack the major impact that their kind needs to count."""
    needs = _among(column(incidents, "case_class"), rulebook.major_impact_only)
    if not needs.any():
        return needs
    impact = column(incidents, "major_impact").astype("boolean")
    return needs & ~impact.fillna(rulebook.unknown_kind_counts).to_numpy(dtype=bool)


def _below_level(incidents: pd.DataFrame, rulebook: Rulebook) -> Bools:
    levels = list(AccidentLevel)
    return _among(column(incidents, "level"), levels[: levels.index(rulebook.minimum_level)])


def _harmless(incidents: pd.DataFrame, rulebook: Rulebook) -> Bools:
    kinds = rulebook.property_only_excluded
    harmless = np.ones(len(incidents), dtype=bool)
    if kinds is not None:
        harmless = _among(column(incidents, "accident_kind"), kinds)
    for name in ("deaths", "serious_injuries"):
        harm = pd.to_numeric(column(incidents, name)).to_numpy(dtype=float, na_value=np.nan)
        harmless &= harm == 0
    return harmless
