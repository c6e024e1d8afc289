"""What the ledger already knows of a file's records, and what follows from it for its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.mediation import check_mediation
from geo.vocabulary import Review

if TYPE_CHECKING:
    from geo.intake.columns import Typed
    from geo.intake.faults import Mask, Verdicts
    from geo.store import Standing

__all__ = ["check_retractions", "check_steps", "settled_rows"]

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


def check_steps(typed: Typed, verdicts: Verdicts, keys: pd.Series, standing: Standing) -> None:
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
    stood = records[["review", "duplicate_of"]].reindex(pd.Index(keys)).set_axis(frame.index)
    silent = stood["review"].notna() & typed.blank["review"]
    kept = silent | stood["duplicate_of"].notna()
    frame["review"] = frame["review"].mask(kept, stood["review"])
    undone = frame["review"].isin(OPEN) & stood["review"].isin(DECIDED)
    verdicts.keep_out("Q12", undone & verdicts.stating, "review")


def settled_rows(
    typed: Typed, keys: pd.Series, standing: Standing, *, happened: str, areas_seq: int
) -> Mask:
    """Say which rows state the point, the time and the area that the ledger holds for them.

    Where no area changed since (`areas_seq` is the last event of a batch that changed any),
    finding their area again gives the same: the point lay in that area, or was kept there by the
    rule that keeps it now.
    """
    frame, records = typed.frame, standing.records
    at = records.index.get_indexer(pd.Index(keys))
    known = at >= 0
    if not known.any():
        return known
    seq = records["seq"].to_numpy()
    same = known & frame["lon"].notna().to_numpy() & (seq[at] > areas_seq)
    for name in (happened, "lon", "lat", "area_code"):
        stood = records[name].array.take(at, allow_fill=True)
        same &= pd.Series(frame[name].array == stood).fillna(value=False).to_numpy(dtype=bool)
    return same
