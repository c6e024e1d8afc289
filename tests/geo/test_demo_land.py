"""The made-up land: areas that share their borders, water that runs downhill, names of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.demo.draws import rounded_corners
from geo.demo.mosaic import chains, grown, lay_mosaic, outlines
from geo.demo.names import COUNTY, TOWNS, community_names, street_stems, village_names
from geo.demo.terrain import make_terrain
from tests.geo.demo_county import county

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = (
    r"(社区居民委员会|居民委员会|社区居委会|居委会|村民委员会|村委会|社区|村|街道|镇|乡|县|市|区)$"
)


def leaves() -> Any:
    areas = county().world.areas
    return areas[areas["level"].isin(["village", "community"])]


def test_there_are_as_many_areas_towns_and_units_as_were_published() -> None:
    levels = county().world.areas["level"].value_counts()
    assert (levels["village"], levels["community"], levels["township"]) == (258, 30, 13)
    assert len(county().world.units) == 4419


def test_villages_and_communities_cover_the_county_without_gap_or_overlap() -> None:
    shapes = leaves().geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    whole = county().world.areas.geometry["990001"]
    assert whole.geom_type == "Polygon"
    assert float(np.sum(shapely.area(shapes))) == pytest.approx(whole.area, rel=1e-9)
    assert not shapely.get_num_interior_rings(whole)


def test_every_town_is_the_union_of_its_villages() -> None:
    areas = county().world.areas
    towns = areas[areas["level"] == "township"].geometry
    parts = leaves().dissolve("parent_code").geometry
    assert (shapely.area(shapely.symmetric_difference(towns, parts[towns.index])) < 1e-12).all()


def test_the_county_has_the_size_of_a_county_and_no_simple_shape() -> None:
    outline = shapely.coverage_union_all(np.array(county().world.ground.land.polygons))
    west, south, east, north = shapely.bounds(outline) / 1000
    assert 60 < east - west < 80
    assert 48 < north - south < 65
    assert 2_200 < shapely.area(outline) / 1e6 < 2_700
    # A circle has 1, a square 0.79; a county with its corners and bays much less.
    assert 4 * np.pi * shapely.area(outline) / shapely.length(outline) ** 2 < 0.35
    assert shapely.area(outline) / shapely.area(shapely.convex_hull(outline)) < 0.9


def test_towns_differ_in_size_and_communities_are_small_and_only_in_the_three_seats() -> None:
    ground = county().world.ground
    km2 = shapely.area(np.array(ground.land.polygons)) / 1e6
    town = np.bincount(ground.land.town_of, weights=km2)
    assert town.max() > 2.5 * town.min()
    assert np.median(km2[ground.land.is_community]) < 0.2 * np.median(km2[30:])
    assert np.bincount(ground.land.town_of[:30]).tolist() == [18, 7, 5]


def test_all_water_runs_downhill_and_off_the_map() -> None:
    terrain = make_terrain()
    below, height = terrain.downstream, terrain.height_m.ravel()
    inner = below >= 0
    assert (height[inner] > height[below[inner]]).all()
    at = np.arange(len(below))
    for _ in range(len(terrain.height_m) * 6):
        at = np.where(below[at] >= 0, below[at], at)
    assert (below[at] < 0).all()
    # Nothing is lost on the way: what leaves the map is all that fell on it.
    assert terrain.upstream_km2[~inner].sum() == pytest.approx(len(below) * 0.09)


def test_rivers_lie_inside_the_county_and_three_of_them_have_names() -> None:
    rivers = county().world.layers["rivers"]
    whole = shapely.buffer(county().world.areas.geometry["990001"], 2e-4)
    assert shapely.within(rivers.geometry, whole).all()
    assert sorted(rivers["name"].dropna().unique()) == ["砚溪", "荻河", "霁水"]
    assert {"river", "stream"} == set(rivers["kind"])


def test_codes_say_whose_child_an_area_is() -> None:
    areas = county().world.areas
    children = areas[areas["parent_code"].notna()]
    pairs = zip(children.index, children["parent_code"], strict=True)
    assert all(code.startswith(parent) for code, parent in pairs)
    assert (areas.index.str.startswith("99")).all()
    assert areas.index.is_unique
    assert areas["path"]["990001100001"] == "/99/9900/990001/990001100/990001100001/"


def test_no_two_areas_share_a_name_in_either_language() -> None:
    areas = county().world.areas
    assert not areas["name"].duplicated().any()
    assert not areas["name_en"].duplicated().any()
    assert areas["name_en"].str.fullmatch(r"[A-Z][A-Za-z' ]+").all()


@pytest.mark.real
@pytest.mark.real
def test_no_made_up_name_is_borne_by_a_real_place(shared: Path) -> None:
    columns = {
        "villages_14.csv.gz": ["name"],
        "streets_14.csv": ["name"],
        "areas_14.csv": ["name"],
        "cities_14.csv": ["name"],
        "areacity_level4_14.csv": ["name", "ext_name"],
    }
    tables = [
        pd.read_csv(shared / "china_shanxi" / file, dtype=str)[names]
        for file, names in columns.items()
    ]
    real = {name for table in tables for name in table.to_numpy().ravel() if isinstance(name, str)}
    for _ in range(3):
        real |= {re.sub(SUFFIX, "", name) for name in real}
    ours = [*TOWNS, COUNTY, *village_names(258), *community_names(), *street_stems()]
    stems = {re.sub(SUFFIX, "", name.zh) for name in ours} | {name.zh for name in ours}
    assert stems & real == set()


def test_corners_are_cut_at_a_quarter_and_ends_stay() -> None:
    line = np.array([[0.0, 0.0], [8.0, 0.0], [8.0, 8.0]])
    assert rounded_corners(line, rounds=1).tolist() == [[0, 0], [6, 0], [8, 2], [8, 8]]


def test_a_closed_line_stays_closed() -> None:
    ring = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 0.0]])
    rounded = rounded_corners(ring)
    assert (rounded[0] == rounded[-1]).all()


def test_a_region_grows_to_where_the_next_one_is_as_near() -> None:
    # Nine tiles in a row, one apart; seeds at both ends meet in the middle.
    across = np.array([[float(x), y] for x in range(9) for y in (-1.0, 0.0, 1.0)])
    mosaic = lay_mosaic(across, np.ones(len(across)))
    graph = mosaic.graph(mosaic.lengths(), keep=np.ones(len(mosaic.pairs), dtype=bool))
    region = grown(graph, mosaic.nearest(np.array([[0.0, 0.0], [8.0, 0.0]])))
    assert region[mosaic.nearest(np.array([[3.0, 0.0], [5.0, 0.0]]))].tolist() == [0, 1]


def test_a_head_start_moves_the_border() -> None:
    across = np.array([[float(x), y] for x in range(9) for y in (-1.0, 0.0, 1.0)])
    mosaic = lay_mosaic(across, np.ones(len(across)))
    graph = mosaic.graph(mosaic.lengths(), keep=np.ones(len(mosaic.pairs), dtype=bool))
    seeds = mosaic.nearest(np.array([[0.0, 0.0], [8.0, 0.0]]))
    region = grown(graph, seeds, head_start=np.array([4.5, 0.0]))
    assert region[mosaic.nearest(np.array([[5.0, 0.0], [7.0, 0.0]]))].tolist() == [0, 1]


def test_chains_hold_every_edge_once_and_break_at_junctions() -> None:
    # A cross: four arms of two edges meet in 0.
    arms = [[0, 1], [1, 2], [0, 3], [3, 4], [0, 5], [5, 6], [0, 7], [7, 8]]
    found = chains(np.array(arms))
    assert sorted(map(len, found)) == [3, 3, 3, 3]
    assert all({chain[0], chain[-1]} & {0} for chain in found)


@given(seed=st.integers(0, 10_000), regions=st.integers(2, 6))
def test_regions_on_any_mosaic_share_their_borders_exactly(seed: int, regions: int) -> None:
    rng = np.random.default_rng(seed)
    sites = rng.uniform(0, 100, (150, 2))
    mosaic = lay_mosaic(sites, np.ones(len(sites)))
    inside = np.hypot(*(sites - 50).T) < 33
    tiles = np.flatnonzero(inside)
    graph = mosaic.graph(mosaic.lengths(), keep=mosaic.within(inside))
    region = grown(graph, rng.choice(tiles, regions, replace=False))
    shapes = np.array(outlines(mosaic, region))
    assert len(shapes) == regions
    assert shapely.coverage_is_valid(shapes)
    # Corners are cut, no more: the land keeps about the area of its tiles.
    assert shapely.is_valid(shapes).all()
