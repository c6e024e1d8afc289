"""What the ledger already knows of a file's records, and what follows from it for its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

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
    ever = standing.records.index.union(standing.gone)
    here = keys[verdicts.stating]
    unknown = ~keys.isin(ever) & ~keys.isin(here)
    verdicts.keep_out("Q21", verdicts.spared & unknown.to_numpy())


def check_steps(typed: Typed, verdicts: Verdicts, keys: pd.Series, standing: Standing) -> None:
    """Q12: a delivery makes undecided what was decided.

    From one decision to another the source may go: that is a correction. A record that two
    people found to be a duplicate stays one, whatever the source says of its review; and a
    blank says nothing of it.
    """
    frame = typed.frame
    if "review" not in frame or "review" not in typed.fed or standing.records.empty:
        return
    stood = standing.records[["review", "duplicate_of"]].reindex(pd.Index(keys))
    stood = stood.set_axis(frame.index)
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
    stood = records.loc[records["seq"] > areas_seq, [happened, "lon", "lat", "area_code"]]
    at = stood.index.get_indexer(pd.Index(keys))
    if not (at >= 0).any():
        return at >= 0
    same = (at >= 0) & frame["lon"].notna().to_numpy()
    for name in stood:
        value = stood[name].array.take(at, allow_fill=True)
        equal = frame[name].array == value
        same &= pd.Series(equal).fillna(value=False).to_numpy(dtype=bool)
    return same
