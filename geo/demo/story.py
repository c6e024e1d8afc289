"""The published story, retold: basement thefts in one community, then patrols, then none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.demo.categories import CATEGORIES
from geo.demo.draws import Bools, draws
from geo.demo.sampling import Happened, along
from geo.demo.stretches import area_at
from geo.demo.villages import COMMUNITIES, SEAT_COMMUNITIES

if TYPE_CHECKING:
    from geo.demo.ground import Ground
    from geo.demo.intensity import Intensity
    from geo.demo.span import Span

__all__ = ["BASEMENT", "Story", "silenced", "story_of", "story_thefts"]

BASEMENT: Final = next(n for n, one in enumerate(CATEGORIES) if one.key == "basement_theft")
THEFTS: Final = 27
CLUSTER_DAYS: Final = 130
PATROL_DAYS: Final = 160
"""Days before the demo's end on which the patrols began."""


@dataclass(frozen=True)
class Story:
    """The community (number of the area), the cluster's first day, the patrols' first day."""

    area: int
    cluster_from: date
    patrols_from: date


def story_of(intensity: Intensity, span: Span) -> Story:
    """Choose the community: the seat's second busiest."""
    seat = intensity.breaks[: min(SEAT_COMMUNITIES[0], COMMUNITIES)]
    area = int(np.argsort(-seat, kind="stable")[1])
    patrols = span.until - timedelta(days=PATROL_DAYS)
    return Story(area, patrols - timedelta(days=CLUSTER_DAYS), patrols)


def story_thefts(
    story: Story, intensity: Intensity, ground: Ground, span: Span, *, seed: int
) -> Happened:
    """Draw the cluster: two or three blocks, more and more of it until the patrols begin."""
    rng = draws(seed, "story")
    stretches = intensity.stretches
    own = np.flatnonzero((stretches.area == story.area) & (stretches.kind == 1))
    centre = own[int(np.argmax(intensity.base[BASEMENT][own]))]
    shift = rng.normal(0.0, 110.0, THEFTS)
    stretch, share = along(stretches, np.full(THEFTS, centre), np.full(THEFTS, 0.5), shift)
    xy = stretches.at(stretch, share, rng.choice([-1.0, 1.0], THEFTS) * rng.uniform(8, 24, THEFTS))
    stray = area_at(xy, ground) != story.area
    xy[stray] = stretches.at(
        np.full(int(stray.sum()), centre),
        rng.random(int(stray.sum())),
        rng.uniform(-1.0, 1.0, int(stray.sum())),
    )
    first = (story.cluster_from - span.start).days
    day = first + np.floor(CLUSTER_DAYS * np.sqrt(rng.random(THEFTS)))
    minute = day * 1440.0 + np.floor(rng.uniform(0, 5 * 60, THEFTS))
    return Happened(np.full(THEFTS, BASEMENT), xy, minute)


def silenced(story: Story, happened: Happened, area: np.ndarray, span: Span) -> Bools:
    """Mark the basement thefts that the patrols prevented: those in the community since then."""
    since = (story.patrols_from - span.start).days * 1440.0
    prevented = (happened.category == BASEMENT) & (area == story.area)
    return np.asarray(prevented & (happened.minute >= since))
