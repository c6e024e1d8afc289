"""Camera points along the streets of the towns and at junctions on the main roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.demo.draws import LAND_SEED, Floats, Ints, draws
from geo.demo.names import TOWNS, street_stems
from geo.demo.placing import lonlat
from geo.demo.stretches import area_at

if TYPE_CHECKING:
    from geo.demo.ground import Ground
    from geo.demo.span import Span
    from geo.demo.streets import Streets

__all__ = ["CAMERAS", "make_cameras"]

CAMERAS: Final = (108, 45, 39, *(9,) * 6, *(8,) * 3, 10)
"""Cameras per town; 280 in all."""

CENTRE_CODE: Final = "99000101"
OWNERS: Final = ("public_security", "traffic", "government", "community", "school", "enterprise")
OWNER_SHARES: Final = (0.44, 0.2, 0.1, 0.14, 0.06, 0.06)
OFFLINE: Final = 0.045
APART_M: Final = 55.0


def make_cameras(ground: Ground, codes: list[str], span: Span) -> pd.DataFrame:
    """Register the cameras by `camera_id`: 20 digits, as GB/T 28181 builds them."""
    rng = draws(LAND_SEED, "cameras")
    town = np.repeat(np.arange(len(CAMERAS)), CAMERAS)
    corner, towards = _posts(ground.streets, town, rng)
    nodes = ground.streets.nodes
    step = nodes[towards] - nodes[corner]
    unit = step / np.hypot(*step.T)[:, None]
    xy = nodes[corner] + 6.0 * unit[:, ::-1] * np.array([1.0, -1.0])  # on the kerb, to the right
    degrees = lonlat(xy)
    ptz = rng.random(len(town)) < 0.17
    azimuth = np.degrees(np.arctan2(step[:, 0], step[:, 1])) + rng.normal(0.0, 4.0, len(town))
    age = (rng.random(len(town)) ** 1.6 * (len(span.days()) + 1500)).astype(np.int64)
    area = area_at(xy, ground)
    return pd.DataFrame(
        {
            "name": _names(ground.streets, corner, town),
            "lon": degrees[:, 0],
            "lat": degrees[:, 1],
            "azimuth_deg": np.round(azimuth % 360.0, 1),
            "fov_deg": np.where(ptz, 110.0, rng.choice([56.0, 64.0, 78.0, 92.0], len(town))),
            "range_m": np.where(ptz, 160.0, rng.choice([60.0, 80.0, 100.0, 120.0], len(town))),
            "owner_kind": rng.choice(OWNERS, len(town), p=OWNER_SHARES),
            "camera_kind": np.where(ptz, "ptz", "fixed"),
            "online": rng.random(len(town)) >= OFFLINE,
            "in_use_since": span.day(len(span.days()) - 30 - age).to_numpy(),
            "area_code": [codes[number] for number in area.tolist()],
        },
        index=pd.Index(_ids(ptz), name="camera_id"),
    )


def _ids(ptz: np.ndarray) -> list[str]:
    kinds = np.where(ptz, "131", "132").tolist()
    return [f"{CENTRE_CODE}01{kind}0{serial:06d}" for serial, kind in enumerate(kinds, start=1)]


def _posts(streets: Streets, town: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Choose corners, main ones first and well apart, and the street each camera looks along."""
    corners, towards = [], []
    for number in np.unique(town).tolist():
        mine = np.flatnonzero(streets.place == number)
        wish = rng.random(len(mine)) - 1.4 * streets.main[mine]
        taken: list[Floats] = []
        for edge in mine[np.argsort(wish, kind="stable")].tolist():
            one, other = rng.permutation(streets.edges[edge]).tolist()
            place = streets.nodes[one]
            if _is_clear(place, taken) and len(taken) < CAMERAS[number]:
                taken.append(place)
                corners.append(one)
                towards.append(other)
    return np.array(corners), np.array(towards)


def _is_clear(place: Floats, taken: list[Floats]) -> bool:
    return not taken or float(np.hypot(*(np.array(taken) - place).T).min()) > APART_M


def _names(streets: Streets, corner: Ints, town: Ints) -> list[str]:
    """Name each camera by its corner: town, street and crossing street, side of the corner."""
    return [
        f"{TOWNS[place].zh[:-1]}{'与'.join(_streets_at(streets, node))}路口{number}号"
        for number, (node, place) in enumerate(
            zip(corner.tolist(), town.tolist(), strict=True), start=1
        )
    ]


def _streets_at(streets: Streets, node: int) -> list[str]:
    edges = np.flatnonzero((streets.edges == node).any(axis=1))
    lines = dict.fromkeys(
        zip(streets.line[edges].tolist(), streets.across[edges].tolist(), strict=True)
    )
    return [street_name(line, is_across=across) for line, across in lines][:2]


def street_name(line: int, *, is_across: bool) -> str:
    """Give the name of a street of the towns: 街 along the town's main direction, 路 across."""
    stems = street_stems()
    return stems[line % len(stems)].zh + ("路" if is_across else "街")
