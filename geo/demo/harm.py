"""What accidents did: deaths, serious injuries, loss, and the level that follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.categories import ACCIDENTS, UNIT_ACCIDENTS

if TYPE_CHECKING:
    from geo.demo.draws import Floats

__all__ = ["accident_level", "add_harm", "revised"]

KINDS: Final = {one.key: one.kind for one in ACCIDENTS} | dict.fromkeys(
    UNIT_ACCIDENTS, "production"
)
DEATHS: Final = {"traffic_injury": 0.05, "drowning": 0.6, "production_injury": 0.06}
INJURIES: Final = {"traffic_injury": 0.55, "production_injury": 0.7, "crowd": 0.3, "gas_leak": 0.2}
LOSS_CNY: Final = {"traffic_property": 3_500.0, "fire_building": 26_000.0}
LOSS_ELSE_CNY: Final = 7_000.0

PROVISIONAL_DAYS: Final = {"road": 7, "fire": 7}
PROVISIONAL_ELSE_DAYS: Final = 30
"""Days within which casualties may be revised: Decree 493."""

_LEVELS: Final = ("ordinary", "larger", "major", "exceptional")


def accident_level(deaths: Floats, injuries: Floats, loss_cny: Floats) -> np.ndarray:
    """Give the level: the highest that any of the three criteria reaches.

    >>> accident_level(np.array([2.0, 3.0]), np.zeros(2), np.zeros(2)).tolist()
    ['ordinary', 'larger']
    """
    reached = [
        np.searchsorted(bounds, values, side="right")
        for bounds, values in (
            ([3, 10, 30], deaths),
            ([10, 50, 100], injuries),
            ([1e7, 5e7, 1e8], loss_cny),
        )
    ]
    return np.asarray(np.array(_LEVELS)[np.max(reached, axis=0)])


def add_harm(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give accidents their kind, casualties, loss and provisional level; returns a new frame."""
    kind = frame["category"].map(KINDS)
    deaths = rng.poisson(frame["category"].map(DEATHS).fillna(0.0).to_numpy()).astype(float)
    injuries = rng.poisson(frame["category"].map(INJURIES).fillna(0.0).to_numpy()).astype(float)
    # An injury crash without any injury would be a property-only one.
    unhurt = (frame["category"] == "traffic_injury").to_numpy() & (deaths + injuries == 0)
    injuries[unhurt] = 1.0
    usual = frame["category"].map(LOSS_CNY).fillna(LOSS_ELSE_CNY).to_numpy()
    loss = np.round(usual * rng.lognormal(0.0, 0.9, len(frame)), -2)
    days = kind.map(PROVISIONAL_DAYS).fillna(PROVISIONAL_ELSE_DAYS).to_numpy()
    occurred = frame["occurred_to"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None)
    until = occurred.dt.normalize() + pd.to_timedelta(days, unit="D")
    return frame.assign(
        accident_kind=kind,
        deaths=deaths,
        serious_injuries=injuries,
        direct_loss_cny=loss,
        level=accident_level(deaths, injuries, loss),
        provisional_until=until.astype("datetime64[us]"),
    )


def revised(frame: pd.DataFrame) -> pd.DataFrame:
    """Revise casualties: one of the seriously injured died. Returns a new frame."""
    died = (frame["serious_injuries"] > 0).astype(float)
    deaths = frame["deaths"] + died
    injuries = frame["serious_injuries"] - died
    level = accident_level(
        deaths.to_numpy(), injuries.to_numpy(), frame["direct_loss_cny"].to_numpy()
    )
    return frame.assign(deaths=deaths, serious_injuries=injuries, level=level)
