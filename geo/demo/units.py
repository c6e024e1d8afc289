"""The 4,419 enterprises and institutions of the made-up county."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from geo.demo.draws import LAND_SEED, Floats, Ints, draws
from geo.demo.placing import lonlat
from geo.demo.stretches import Stretches, area_at

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.demo.ground import Ground

__all__ = ["UNITS", "Kind", "UnitPlaces", "kinds", "make_units", "place_units"]

UNITS: Final = 4_419
"""Enterprises and institutions: the published figure."""


class Kind(NamedTuple):
    """One kind of unit: how many, where, who reports for it.

    `weights` say how much a metre of each of `STRETCH_KINDS` attracts it; `aside_m` how far from
    the street it stands; `department` is empty where the village office reports for it.
    """

    key: str
    zh: str
    number: int
    enterprise: bool
    weights: tuple[float, float, float, float, float, float]
    aside_m: float
    department: str


_TABLE: Final = """
outlet 商店 2286 1 8,4,1.3,.1,.1,.02 11 -
restaurant 餐馆 418 1 8,3,.5,.4,.2,.02 11 -
workshop 加工坊 472 1 .6,1,1,.2,.2,.1 14 -
farm 养殖场 316 1 0,0,.2,.05,.1,.5 60 -
factory 工厂 314 1 .3,.4,.1,.6,.5,.06 45 emergency
mine 煤矿 46 1 0,0,0,.02,.05,.4 190 emergency
gas_station 加油站 54 1 .3,.1,0,1.5,1.2,.1 20 emergency
market 市场 42 1 4,3,.15,.05,.05,0 24 commerce
mall 商场 17 1 6,1,0,0,0,0 26 commerce
hotel 宾馆 87 1 6,2,.02,.2,.05,0 16 commerce
warehouse 仓库 63 1 .4,.6,.05,.8,.5,.03 40 transport
station 车站 11 0 3,1,0,.4,.2,0 26 transport
school 学校 88 0 1,1,.45,.03,.03,0 38 education
kindergarten 幼儿园 71 0 1,1.4,.25,0,0,0 22 education
hospital 医院 17 0 2,1,.05,.02,.02,0 34 health
clinic 卫生院 58 0 1,1,.6,0,0,0 14 health
scenic_area 景区 10 0 0,0,.1,.1,.2,.6 150 culture
religious_site 寺观 19 0 0,.1,.5,0,.1,.4 60 culture
office 机关 30 0 3,2,0,0,0,0 24 government
"""


@cache
def kinds() -> tuple[Kind, ...]:
    """List the kinds of units; their counts add up to 4,419.

    >>> sum(kind.number for kind in kinds())
    4419
    """
    return tuple(_kind(*line.split()) for line in _TABLE.split("\n") if line)


def _kind(
    key: str, zh: str, count: str, enterprise: str, weights: str, aside: str, department: str
) -> Kind:
    one, two, three, four, five, six = (float(weight) for weight in weights.split(","))
    office = "" if department == "-" else department
    place = (one, two, three, four, five, six)
    return Kind(key, zh, int(count), enterprise == "1", place, float(aside), office)


class UnitPlaces(NamedTuple):
    """Where each unit stands: `xy` (n, 2) metres, `area` and `kind` (n,) numbers."""

    xy: Floats
    area: Ints
    kind: Ints


def place_units(ground: Ground, stretches: Stretches, codes: list[str]) -> UnitPlaces:
    """Place every unit beside a street that suits its kind; sorted by area code and kind."""
    rng = draws(LAND_SEED, "units")
    parts = [_placed(kind, stretches, rng) for kind in kinds()]
    xy = np.vstack(parts)
    kind = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    area = area_at(xy, ground)
    lost = area < 0
    xy[lost] = ground.land.hearts[-1] + rng.normal(0, 30, (int(lost.sum()), 2))
    area = area_at(xy, ground)
    order = np.lexsort((kind, np.array(codes)[area]))
    return UnitPlaces(xy[order], area[order], kind[order])


def _placed(kind: Kind, stretches: Stretches, rng: np.random.Generator) -> Floats:
    pull = np.array(kind.weights)[stretches.kind] * stretches.length_m
    busy = rng.lognormal(0.0, 0.8, int(stretches.way.max()) + 1)[stretches.way]
    share = pull * busy
    number = rng.choice(len(pull), kind.number, p=share / share.sum())
    side = rng.choice([-1.0, 1.0], kind.number)
    aside = side * kind.aside_m * rng.uniform(0.8, 1.5, kind.number)
    return stretches.at(number, rng.random(kind.number), aside)


def make_units(places: UnitPlaces, areas: gpd.GeoDataFrame, codes: list[str]) -> pd.DataFrame:
    """Register the units by `unit_id`; `codes` are the codes of the areas 0..287."""
    area = np.array(codes)[places.area]
    kind = [kinds()[number] for number in places.kind.tolist()]
    degrees = lonlat(places.xy)
    return pd.DataFrame(
        {
            "name": _names(areas, area, kind),
            "kind": [one.key for one in kind],
            "unit_class": ["enterprise" if one.enterprise else "institution" for one in kind],
            "area_code": area,
            "lon": degrees[:, 0],
            "lat": degrees[:, 1],
            "is_key_security_unit": [one.key in KEY_SECURITY for one in kind],
        },
        index=pd.Index([f"U{number:05d}" for number in range(1, len(kind) + 1)], name="unit_id"),
    )


def _names(areas: gpd.GeoDataFrame, area: np.ndarray, kind: list[Kind]) -> list[str]:
    """Name each unit by its area and kind, numbered where there are several."""
    stems = areas["name"].str.replace("村|社区", "", regex=True).loc[area]
    serial = pd.Series(area).groupby([area, [one.key for one in kind]]).cumcount() + 1
    return [
        f"{stem}第{n}{one.zh}" if n > 1 else f"{stem}{one.zh}"
        for stem, n, one in zip(stems, serial, kind, strict=True)
    ]


KEY_SECURITY: Final = frozenset({"school", "kindergarten", "hospital", "station", "gas_station"})
"""Kinds under key protection of internal security."""
