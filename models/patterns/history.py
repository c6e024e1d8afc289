"""Where the places of a day come from: their ids, and whether they stood out a month before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from models.patterns.identity import ANCHOR_DAYS, Sighting, anchor_days, follow

if TYPE_CHECKING:
    from models.cells import Bools
    from models.evaluation.trial import Fit, Study
    from models.patterns.identity import Track
    from models.risk_model import RiskModel

__all__ = ["flagged_before", "tracks"]

FOLLOWED_PLACES: Final = 100
"""Places followed through time, whatever number is shown: a place keeps its id at rank 21 too."""


def tracks(fit: Fit, study: Study, *, bar: RiskModel) -> list[Track]:
    """Give each place its id, by following the places of `bar` up to the day of the fit.

    Parameters
    ----------
    bar
        Last year's counts, unfitted: the ids rest on them whatever model ranks the places.
    """
    begins = study.incidents.begins
    days = [] if begins is None else anchor_days(begins, fit.as_of)
    wide = replace(study, count=FOLLOWED_PLACES)
    past = [wide.fit("past", bar, as_of=day) for day in days]
    sightings = [Sighting(seen.as_of, seen.places.members, seen.expected) for seen in past]
    sightings.append(Sighting(fit.as_of, fit.places.members, fit.expected))
    return follow(sightings, study.cells)


def flagged_before(fit: Fit, study: Study, *, model: RiskModel) -> Bools:
    """Tell of each place, by rank, whether the same model flagged any of it 28 days before."""
    day = fit.as_of - timedelta(days=ANCHOR_DAYS)
    flagged = np.zeros(len(study.cells), dtype=bool)
    flagged[study.fit(fit.model, model, as_of=day).places.flagged] = True
    return np.array([flagged[place].any() for place in fit.places.members], dtype=bool)
