"""What the ledger already knows of a file's records, and what follows from it for its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.intake.mediation import check_mediation
from geo.vocabulary import Review

if TYPE_CHECKING:
    from geo.intake.columns import Typed
    from geo.intake.faults import Mask, Verdicts
    from geo.store import Standing

__all__ = ["check_retractions", "check_steps", "same_spots", "settled_rows", "told_before"]

Positions: TypeAlias = NDArray[np.intp]
"""For each row the position of its record among the standing ones, -1 where there is none."""

OPEN: Final = (Review.REPORTED, Review.UNDER_REVIEW)
DECIDED: Final = (Review.CONFIRMED, Review.REJECTED, Review.DUPLICATE)


def check_retractions(keys: pd.Series, verdicts: Verdicts, standing: Standing) -> None:
    """Q21: a row takes back what neither the ledger nor this file ever stated."""
    if not verdicts.spared.any():
        return
    back = pd.Index(keys[verdicts.spared])
    stated = (standing.records.index, standing.gone, pd.Index(keys[verdicts.stating]))
    unknown = verdicts.spared.copy()
    unknown[verdicts.spared] = ~np.any([back.isin(known) for known in stated], axis=0)
    verdicts.keep_out("Q21", unknown)


def check_steps(
    typed: Typed, verdicts: Verdicts, keys: pd.Series, standing: Standing, at: Positions
) -> None:
    """Q12: a delivery makes undecided what was decided, or agreed what was refused.

    From one decision to another the source may go: that is a correction. A record that two
    people found to be a duplicate stays one, whatever the source says of its review; and a
    blank says nothing of it.
    """
    frame, records = typed.frame, standing.records
    if "both_parties_consent" in frame:
        check_mediation(typed, verdicts, keys, standing)
    if "review" not in typed.fed or "review" not in frame or records.empty:
        return
    is_open = frame["review"].isin(OPEN)
    if not is_open.any() and records["duplicate_of"].isna().all():
        return
    stood = pd.DataFrame(
        {n: records[n].array.take(at, allow_fill=True) for n in ("review", "duplicate_of")},
        index=frame.index,
    )
    silent = stood["review"].notna() & typed.blank["review"]
    kept = silent | stood["duplicate_of"].notna()
    frame["review"] = frame["review"].mask(kept, stood["review"])
    undone = frame["review"].isin(OPEN) & stood["review"].isin(DECIDED)
    verdicts.keep_out("Q12", undone & verdicts.stating, "review")


def same_spots(typed: Typed, standing: Standing, at: Positions, *, happened: str) -> Mask:
    """Say which rows state the point and the time that the ledger holds for them."""
    same = (at >= 0) & typed.frame["lon"].notna().to_numpy(dtype=bool)
    for name in (happened, "lon", "lat") if same.any() else ():
        same &= _same(typed, standing, at, name)
    return same


def told_before(typed: Typed, standing: Standing, at: Positions, spots: Mask) -> Mask:
    """Say which of the same `spots` are of the same category too.

    Whether such a record has a double beside it was asked when the later of the two came.
    """
    return spots & _same(typed, standing, at, "category") if spots.any() else spots


def settled_rows(
    typed: Typed, standing: Standing, at: Positions, spots: Mask, *, areas_seq: int
) -> Mask:
    """Say which of the same `spots` lie in the area they state, by what the ledger holds.

    Where no area changed since (`areas_seq` is the last event of a batch that changed any),
    finding their area again gives the same: the point lay in that area, or was kept there by the
    rule that keeps it now.
    """
    if not spots.any():
        return spots
    since = standing.records["seq"].to_numpy()[at] > areas_seq
    return spots & since & _same(typed, standing, at, "area_code")


def _same(typed: Typed, standing: Standing, at: Positions, name: str) -> Mask:
    stood = standing.records[name].array.take(at, allow_fill=True)
    equal = pd.Series(typed.frame[name].array == stood)
    same: Mask = equal.fillna(value=False).to_numpy(dtype=bool)
    return same
