"""Mediation is free and against nobody's will: what a party refused was never agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from geo.intake.columns import Typed
    from geo.intake.faults import Verdicts
    from geo.store import Standing

__all__ = ["check_mediation"]


def check_mediation(typed: Typed, verdicts: Verdicts, keys: pd.Series, standing: Standing) -> None:
    """Q12: an agreement without consent or after a refusal, and an ended dispute open again.

    Consent that the file does not speak of is that of the ledger. Who consents after all asks
    for mediation anew, under a number of its own.
    """
    frame = typed.frame
    known = ["both_parties_consent", "outcome"]
    stood = standing.records.reindex(columns=known, index=pd.Index(keys)).set_axis(frame.index)
    consent = frame["both_parties_consent"]
    if "both_parties_consent" not in typed.fed:
        consent = stood["both_parties_consent"].astype("boolean")
    against = ~consent.fillna(value=True) | (stood["outcome"] == "refused")
    verdicts.keep_out("Q12", (frame["outcome"] == "agreed") & against, "outcome")
    reopened = stood["outcome"].notna() & frame["outcome"].isna()
    verdicts.keep_out("Q12", reopened & ("outcome" in typed.fed), "outcome")
