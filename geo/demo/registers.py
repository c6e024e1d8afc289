"""The registers of the made-up county: areas, programme subjects and who reports for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.demo.draws import LAND_SEED, draws
from geo.demo.names import COUNTY, PREFECTURE, PROVINCE, TOWNS, Name, community_names, village_names
from geo.demo.placing import lonlat_shapes
from geo.demo.villages import VILLAGES

if TYPE_CHECKING:
    from datetime import date

    from geo.demo.land import Land

__all__ = [
    "COUNTY_CODE",
    "PREFECTURE_CODE",
    "PROVINCE_CODE",
    "TOWN_CODES",
    "leaf_codes",
    "make_areas",
]

PROVINCE_CODE: Final = "99"
PREFECTURE_CODE: Final = "9900"
COUNTY_CODE: Final = "990001"
TOWN_CODES: Final = tuple(
    f"{COUNTY_CODE}{number:03d}" for number in (*range(100, 108), *range(200, 205))
)
"""Towns from 100, townships from 200, as GB/T 10114 numbers them; no real code begins with 99."""

SIMPLER_M: Final = 9.0
"""Metres that a border may give way when it is drawn with fewer corners."""


def make_areas(land: Land, *, since: date) -> gpd.GeoDataFrame:
    """Register province, prefecture, county, 13 towns and 288 villages and communities.

    Returns a frame by `area_code`, coarse to fine; the two uppermost are known by their code
    alone. Neighbours share their borders point for point, on every level.
    """
    simpler = shapely.coverage_simplify(np.array(land.polygons), SIMPLER_M)
    shapes = np.array(lonlat_shapes(list(simpler)))
    leaves = _leaves(land).assign(geometry=shapes).sort_values("area_code")
    people = leaves.groupby("parent_code")["population"].sum()
    towns = _towns(land, shapes).assign(population=people.loc[list(TOWN_CODES)].to_numpy())
    upper = _upper(shapely.coverage_union_all(shapes), float(people.sum()))
    return _framed(pd.concat([upper, towns, leaves], ignore_index=True), since)


def _upper(county: shapely.Geometry, people: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_code": [PROVINCE_CODE, PREFECTURE_CODE, COUNTY_CODE],
            "level": ["province", "prefecture", "county"],
            "name": [name.zh for name in (PROVINCE, PREFECTURE, COUNTY)],
            "name_en": [name.en for name in (PROVINCE, PREFECTURE, COUNTY)],
            "parent_code": [None, PROVINCE_CODE, PREFECTURE_CODE],
            "population": [np.nan, np.nan, people],
            "geometry": [None, None, county],
        }
    )


def _framed(rows: pd.DataFrame, since: date) -> gpd.GeoDataFrame:
    rows["grouping"] = False
    rows["valid_from"] = pd.Timestamp(since).as_unit("us")
    rows["valid_to"] = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    parents = dict(zip(rows["area_code"], rows["parent_code"], strict=True))
    rows["path"] = [_path(code, parents) for code in rows["area_code"]]
    return gpd.GeoDataFrame(rows.set_index("area_code"), geometry="geometry", crs=WGS84)


def _path(code: str, parents: dict[str, str | None]) -> str:
    above = parents[code]
    return (_path(above, parents) if isinstance(above, str) else "/") + code + "/"


def _towns(land: Land, shapes: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_code": TOWN_CODES,
            "level": "township",
            "name": [name.zh for name in TOWNS],
            "name_en": [name.en for name in TOWNS],
            "parent_code": COUNTY_CODE,
            "geometry": [
                shapely.coverage_union_all(shapes[land.town_of == town])
                for town in range(len(TOWNS))
            ],
        }
    )


def leaf_codes(land: Land) -> list[str]:
    """Give the codes of the areas 0..287 of the land: town, then 001 for communities, 200 on.

    Within a town areas are numbered from the north-west, as code lists are.
    """
    town = np.array(TOWN_CODES)[land.town_of]
    northwest = pd.Series(land.hearts @ np.array([0.35, -1.0]))
    rank = northwest.groupby([town, land.is_community]).rank(method="first").astype(int)
    number = np.where(land.is_community, rank, 199 + rank)
    return [f"{code}{serial:03d}" for code, serial in zip(town, number, strict=True)]


def _leaves(land: Land) -> pd.DataFrame:
    """List the 288 areas in the order of the land."""
    rng = draws(LAND_SEED, "people")
    names: list[Name] = [*community_names(), *village_names(VILLAGES)]
    usual, spread = np.where(land.is_community, 4_300, 760), np.where(land.is_community, 0.35, 0.55)
    return pd.DataFrame(
        {
            "area_code": leaf_codes(land),
            "level": np.where(land.is_community, "community", "village"),
            "name": [name.zh for name in names],
            "name_en": [name.en for name in names],
            "parent_code": np.array(TOWN_CODES)[land.town_of],
            "population": np.round(rng.lognormal(np.log(usual), spread)),
        }
    )
