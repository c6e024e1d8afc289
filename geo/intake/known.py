"""What the ledger already knows of a file's records, and what follows from it for its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.intake.days import HAPPENED
from geo.intake.mediation import check_mediation
from geo.vocabulary import Review

if TYPE_CHECKING:
    from geo.intake.columns import Typed
    from geo.intake.faults import Mask, Verdicts
    from geo.intake.spec import EntitySpec
    from geo.store import Standing, Store

__all__ = ["Known", "check_retractions", "check_steps"]

Positions: TypeAlias = NDArray[np.intp]
"""For each row the position of its record among the standing ones, -1 where there is none."""

OPEN: Final = (Review.REPORTED, Review.UNDER_REVIEW)
DECIDED: Final = (Review.CONFIRMED, Review.REJECTED, Review.DUPLICATE)


def check_retractions(keys: pd.Series, verdicts: Verdicts, known: Known) -> None:
    """Q21: a row takes back what neither the ledger nor this file ever stated."""
    if not verdicts.spared.any():
        return
    back = pd.Index(keys[verdicts.spared])
    ever = (known.standing.records.index, known.standing.gone, pd.Index(keys[verdicts.stating]))
    unknown = verdicts.spared.copy()
    unknown[verdicts.spared] = ~np.any([back.isin(stated) for stated in ever], axis=0)
    verdicts.keep_out("Q21", unknown)


def check_steps(typed: Typed, verdicts: Verdicts, keys: pd.Series, known: Known) -> None:
    """Q12: a delivery makes undecided what was decided, or agreed what was refused.

    From one decision to another the source may go: that is a correction. A record that two
    people found to be a duplicate stays one, whatever the source says of its review; and a
    blank says nothing of it.
    """
    frame, records = typed.frame, known.standing.records
    if "both_parties_consent" in frame:
        check_mediation(typed, verdicts, keys, known.standing)
    if "review" not in typed.fed or "review" not in frame or records.empty:
        return
    is_open = frame["review"].isin(OPEN)
    if not is_open.any() and records["duplicate_of"].isna().all():
        return
    stood = pd.DataFrame(
        {
            n: records[n].array.take(known.positions, allow_fill=True)
            for n in ("review", "duplicate_of")
        },
        index=frame.index,
    )
    silent = stood["review"].notna() & typed.blank["review"]
    kept = silent | stood["duplicate_of"].notna()
    frame["review"] = frame["review"].mask(kept, stood["review"])
    undone = frame["review"].isin(OPEN) & stood["review"].isin(DECIDED)
    verdicts.keep_out("Q12", undone & verdicts.stating, "review")


@dataclass(frozen=True)
class Known:
    """What the ledger knows of a file's records.

    `standing` has what stands, `positions` where each row's record is among it, `same_spot` which
    rows state the point and the time that it holds for them.
    """

    standing: Standing
    positions: Positions
    same_spot: Mask

    @classmethod
    def of(cls, typed: Typed, spec: EntitySpec, store: Store) -> Known:
        """Ask the ledger for the records whose keys the rows name."""
        keys = pd.Index(typed.frame[spec.key])
        standing = store.standing(spec.stored, keys.dropna())
        at = standing.records.index.get_indexer(keys)
        spot = at >= 0
        placed = "lon" in typed.frame and spec.stored in HAPPENED
        for name in (HAPPENED[spec.stored], "lon", "lat") if placed and spot.any() else ():
            spot = spot & _same(typed, standing, at, name)
        return cls(standing, at, spot)

    def records_of(self, keys: pd.Index) -> pd.DataFrame:
        """Give the records that stand for `keys`, all of which do."""
        return self.standing.records.loc[keys]

    def told_before(self, typed: Typed) -> Mask:
        """Say which rows of the same spot are of the same category too.

        Whether such a record has a double beside it was asked when the later of the two came.
        """
        if not self.same_spot.any():
            return self.same_spot
        return self.same_spot & _same(typed, self.standing, self.positions, "category")

    def settled(self, typed: Typed, *, areas_seq: int) -> Mask:
        """Say which rows of the same spot lie in the area they state, by what the ledger holds.

        Where no area changed since (`areas_seq` is the last event of a batch that changed any),
        finding their area again gives the same: the point lay in that area, or was kept there by
        the rule that keeps it now.
        """
        if not self.same_spot.any():
            return self.same_spot
        since = self.standing.records["seq"].to_numpy()[self.positions] > areas_seq
        return self.same_spot & since & _same(typed, self.standing, self.positions, "area_code")


def _same(typed: Typed, standing: Standing, at: Positions, name: str) -> Mask:
    if name not in standing.records:
        return np.zeros(len(at), dtype=bool)
    stood = standing.records[name].array.take(at, allow_fill=True)
    equal = pd.Series(typed.frame[name].array == stood)
    same: Mask = equal.fillna(value=False).to_numpy(dtype=bool)
    return same
