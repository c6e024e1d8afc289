"""Where the places of a day come from: their ids, and whether they stood out a month before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from models.patterns.identity import ANCHOR_DAYS, Sighting, anchor_days, follow
from models.patterns.places import flag_places_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.arrays import Bools, Floats
    from models.evaluation.trial import Fit, Study
    from models.patterns.identity import Track
    from models.risk_model import RiskModel

__all__ = ["flagged_before", "tracks"]

FOLLOWED_PLACES: Final = 100
"""Places followed through time, whatever number is shown: a place keeps its id at rank 21 too."""

YEAR_DAYS: Final = 365


def tracks(fit: Fit, study: Study) -> list[Track]:
    """Give each place its id, by following the places of last year's counts up to the fit's day.

    The ids rest on last year's counts whatever model ranks the places.
    """
    begins = study.incidents.begins
    days = [] if begins is None else anchor_days(begins, fit.as_of)
    counts = list(_year_counts(study, days))
    places = flag_places_each(counts, study.cells, count=FOLLOWED_PLACES)
    sightings = [
        Sighting(day, found.members, weight)
        for day, found, weight in zip(days, places, counts, strict=True)
    ]
    sightings.append(Sighting(fit.as_of, fit.places.members, fit.expected))
    return follow(sightings, study.cells)


def flagged_before(fit: Fit, study: Study, *, model: RiskModel) -> Bools:
    """Tell of each place, by rank, whether the same model flagged any of it 28 days before."""
    day = fit.as_of - timedelta(days=ANCHOR_DAYS)
    flagged = np.zeros(len(study.cells), dtype=bool)
    flagged[study.fit(fit.model, model, as_of=day).places.flagged] = True
    return np.array([flagged[place].any() for place in fit.places.members], dtype=bool)


def _year_counts(study: Study, days: Sequence[date]) -> Iterator[Floats]:
    """Count each cell's incidents of the year up to each day, as known that day.

    The same counts as the model of past counts gives, with every incident placed only once.
    """
    frame = study.incidents.frame
    position = study.cells.positions(study.incidents)
    occurred, reported = frame["occurred"].to_numpy(), frame["reported"].to_numpy()
    for day in days:
        end = np.datetime64(day, "D") + 1
        first, last = np.searchsorted(occurred, [end - YEAR_DAYS, end])
        place = position[first:last]
        known = place[(place >= 0) & (reported[first:last] < end)]
        yield np.bincount(known, minlength=len(study.cells)).astype(float)
