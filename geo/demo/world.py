"""The made-up county as frames: its ground, its registers, and the intensity over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.demo.cameras import make_cameras
from geo.demo.ground import Ground, make_ground
from geo.demo.intensity import Intensity, make_intensity
from geo.demo.layers import ground_frames
from geo.demo.registers import leaf_codes, make_areas
from geo.demo.stretches import Stretches, cut_stretches
from geo.demo.subjects import make_subjects
from geo.demo.units import UnitPlaces, make_units, place_units

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geo.demo.draws import Ints
    from geo.demo.span import Span

__all__ = ["DemoWorld", "make_world"]


@dataclass(frozen=True)
class DemoWorld:
    """Everything about the county but what happened in it.

    `codes` names the areas 0..287 of the land by their code; `places` has the units in the order
    of `units`; `registered_day` (n_units,) counts days since the span's start.
    """

    ground: Ground
    stretches: Stretches
    intensity: Intensity
    codes: list[str]
    places: UnitPlaces
    areas: gpd.GeoDataFrame
    units: pd.DataFrame
    subjects: pd.DataFrame
    cameras: pd.DataFrame
    layers: dict[str, gpd.GeoDataFrame]
    registered_day: Ints


def make_world(span: Span, *, seed: int, volume: str) -> DemoWorld:
    """Make the county: land and units are always the same, `seed` draws what is busy."""
    ground = make_ground()
    stretches = cut_stretches(ground)
    codes = leaf_codes(ground.land)
    areas = make_areas(ground.land, since=span.start)
    places = place_units(ground, stretches, codes)
    units = make_units(places, areas, codes)
    subjects = make_subjects(areas, units, places, span)
    start = np.datetime64(span.start, "us")
    days = subjects.loc[units.index, "registered_on"].to_numpy() - start
    return DemoWorld(
        ground=ground,
        stretches=stretches,
        intensity=make_intensity(ground.land, stretches, seed=seed, volume=volume),
        codes=codes,
        places=places,
        areas=areas,
        units=units,
        subjects=subjects,
        cameras=make_cameras(ground, codes, span),
        layers=ground_frames(ground),
        registered_day=(days // np.timedelta64(1, "D")).astype(np.int64),
    )
