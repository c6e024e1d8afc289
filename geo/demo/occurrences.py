"""Everything that happened, on streets and at units, with where and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from geo.demo.categories import CATEGORIES
from geo.demo.draws import Bools, Ints, draws
from geo.demo.premises import draw_at_units
from geo.demo.sampling import Happened, draw_incidents
from geo.demo.story import Story, silenced, story_of, story_thefts
from geo.demo.stretches import area_at

if TYPE_CHECKING:
    from geo.demo.span import Span
    from geo.demo.world import DemoWorld

__all__ = ["Hidden", "hide", "occurrences"]

THINNED_TO = 0.4
"""Share of its incidents that a village which thins them still reports."""


class Hidden(NamedTuple):
    """Areas (numbers) that report nothing, and areas that report only some."""

    concealed: Ints
    thinned: Ints


def occurrences(world: DemoWorld, span: Span, *, seed: int) -> tuple[pd.DataFrame, Story]:
    """Draw all cases and accidents of the span.

    Returns one row each, by time: category, stream, x, y (metres), minute (since the span's
    begin), area (number) and unit (number, -1 when none is concerned); and the story in them.
    """
    story = story_of(world.intensity, span)
    happened = _with_story(world, story, span, seed)
    rows = pd.DataFrame(
        {
            "category": np.array([one.key for one in CATEGORIES])[happened.category],
            "stream": np.array([one.stream for one in CATEGORIES])[happened.category],
            "x": happened.xy[:, 0],
            "y": happened.xy[:, 1],
            "minute": happened.minute,
            "area": area_at(happened.xy, world.ground),
            "unit": -1,
        }
    )
    at_units = [_at_units(world, stream, span, seed) for stream in ("case", "accident")]
    every = pd.concat([rows, *at_units], ignore_index=True)
    return every.sort_values(["minute", "x"], kind="stable", ignore_index=True), story


def _with_story(world: DemoWorld, story: Story, span: Span, seed: int) -> Happened:
    plain = draw_incidents(world.intensity, world.ground, span, seed=seed)
    kept = ~silenced(story, plain, area_at(plain.xy, world.ground), span)
    told = story_thefts(story, world.intensity, world.ground, span, seed=seed)
    return Happened(
        np.r_[plain.category[kept], told.category],
        np.vstack([plain.xy[kept], told.xy]),
        np.r_[plain.minute[kept], told.minute],
    )


def _at_units(world: DemoWorld, stream: str, span: Span, seed: int) -> pd.DataFrame:
    drawn = draw_at_units(world.places, stream, span, seed=seed, volume=world.intensity.volume)
    return pd.DataFrame(
        {
            "category": drawn.category,
            "stream": stream,
            "x": world.places.xy[drawn.unit, 0],
            "y": world.places.xy[drawn.unit, 1],
            "minute": drawn.minute,
            "area": world.places.area[drawn.unit],
            "unit": drawn.unit,
        }
    )


def hide(
    rows: pd.DataFrame, is_community: Bools, *, conceal: float, thin: float, seed: int
) -> tuple[pd.DataFrame, Hidden]:
    """Take away what some villages keep to themselves; what happens at units is reported.

    `conceal` and `thin` are shares of the villages in which anything happened.
    """
    rng = draws(seed, "hidden")
    at_villages = rows["area"].to_numpy()[(rows["unit"] < 0).to_numpy()]
    villages = rng.permutation(np.setdiff1d(np.unique(at_villages), np.flatnonzero(is_community)))
    first, second = round(conceal * len(villages)), round(thin * len(villages))
    hidden = Hidden(np.sort(villages[:first]), np.sort(villages[first : first + second]))
    own = (rows["unit"] < 0).to_numpy()
    gone = own & rows["area"].isin(hidden.concealed).to_numpy()
    dropped = rng.random(len(rows)) >= THINNED_TO
    gone |= own & rows["area"].isin(hidden.thinned).to_numpy() & dropped
    return rows[~gone].reset_index(drop=True), hidden
