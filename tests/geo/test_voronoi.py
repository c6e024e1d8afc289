"""Cells around points: they tile the ground, hold their own point, and obey the nearest rule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.assign import area_of
from geo.crs import gcj02_from_wgs84
from geo.errors import DataError, NotReadyError, UsageError
from geo.voronoi import voronoi_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.geo.conftest import Office

CORNER = np.array([440_000.0, 4_210_000.0])
"""Metres. Eastings and northings as they are in Shanxi, where digits are dear."""

GROUNDS = {
    "square": shapely.box(0, 0, 10_000, 10_000),
    "horseshoe": shapely.box(0, 0, 10_000, 10_000) - shapely.box(3_000, 3_000, 7_000, 10_000),
    "with a hole": shapely.box(0, 0, 10_000, 10_000) - shapely.Point(5_000, 5_000).buffer(2_000),
    "two pieces": shapely.union_all(
        [shapely.box(0, 0, 4_000, 10_000), shapely.box(6_000, 0, 10_000, 9_000)]
    ),
}


def moved(shape: Any) -> Any:
    return shapely.transform(shape, lambda corners: corners + CORNER)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[NDArray[np.float64], Any]:
    """Draw a ground and points within it; some on a line, some on a lattice, some anywhere."""
    ground = moved(GROUNDS[draw(st.sampled_from(sorted(GROUNDS)))])
    step = draw(st.sampled_from([0.01, 500.0, 2_500.0]))
    number = st.integers(0, int(10_000 / step))
    on_line = draw(st.booleans())
    pairs = draw(st.lists(st.tuples(number, number), min_size=1, max_size=25, unique=True))
    xy = np.array(pairs, dtype=float) * step
    if on_line:
        xy[:, 1] = 1_500.0
        xy = np.unique(xy, axis=0)
    xy = xy + CORNER
    xy = xy[shapely.contains(ground, shapely.points(xy))]
    return (xy if len(xy) else np.array([[1_000.0, 1_000.0]]) + CORNER), ground


@given(scenes())
def test_cells_tile_their_ground_without_overlap(scene: tuple[NDArray[np.float64], Any]) -> None:
    xy, ground = scene
    cells = voronoi_cells(xy, ground)
    assert np.isclose(shapely.area(cells).sum(), ground.area, rtol=1e-6)
    # Piece by piece: GEOS finds fault with a sound coverage where one cell has two pieces.
    assert shapely.coverage_is_valid(shapely.get_parts(cells))
    together = shapely.union_all(cells)
    assert shapely.symmetric_difference(together, ground).area < 1e-6 * ground.area


@given(scenes())
def test_every_point_lies_in_its_own_cell_and_in_no_other(
    scene: tuple[NDArray[np.float64], Any],
) -> None:
    xy, ground = scene
    cells = voronoi_cells(xy, ground)
    holding, held = shapely.STRtree(cells).query(shapely.points(xy), predicate="intersects")
    assert holding.tolist() == held.tolist() == list(range(len(xy)))


@given(scenes(), st.integers(0, 10**6))
def test_any_place_belongs_to_the_point_that_is_nearest_by_measuring(
    scene: tuple[NDArray[np.float64], Any], seed: int
) -> None:
    xy, ground = scene
    cells = voronoi_cells(xy, ground)
    west, south, east, north = ground.bounds
    places = np.random.default_rng(seed).uniform([west, south], [east, north], (200, 2))
    places = places[shapely.contains(ground, shapely.points(places))]
    metres = np.hypot(*(places[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    for (x, y), away in zip(places.tolist(), metres, strict=True):
        own = int(shapely.distance(cells, shapely.Point(x, y)).argmin())
        assert away[own] <= away.min() + 1e-3


def test_three_villages_in_a_row_meet_half_way() -> None:
    xy = np.array([[1.0, 1.0], [3.0, 1.0], [7.0, 1.0]])
    cells = voronoi_cells(xy, shapely.box(0, 0, 10, 2))
    assert [cell.bounds for cell in cells] == [
        (0.0, 0.0, 2.0, 2.0), (2.0, 0.0, 5.0, 2.0), (5.0, 0.0, 10.0, 2.0)
    ]  # fmt: skip


def test_one_village_gets_all_the_ground() -> None:
    ground = shapely.box(0, 0, 10, 2)
    assert voronoi_cells(np.array([[1.0, 1.0]]), ground)[0].equals(ground)


@pytest.mark.parametrize("xy", [[[1, 1], [1, 1]], [[1, 1], [11, 1]]])
def test_points_that_are_the_same_or_outside_are_refused(xy: list[list[float]]) -> None:
    with pytest.raises(DataError, match="1"):
        voronoi_cells(np.array(xy, dtype=float), shapely.box(0, 0, 10, 2))


# Imported: villages that are known by a point


TOWN, OTHER = "140322100", "140322101"
POINTS = {
    f"{TOWN}201": (113.31, 38.02), f"{TOWN}202": (113.37, 38.02), f"{TOWN}203": (113.34, 38.08),
    f"{OTHER}201": (113.45, 38.05),
}  # fmt: skip


def towns() -> gpd.GeoDataFrame:
    """Draw two towns side by side."""
    return gpd.GeoDataFrame(
        {"area_code": [TOWN, OTHER], "level": "township", "name": ["甲镇", "乙镇"]},
        geometry=[shapely.box(113.3, 38.0, 113.4, 38.1), shapely.box(113.4, 38.0, 113.5, 38.1)],
        crs=4326,
    )


def listed(places: dict[str, tuple[float, float]], **columns: Any) -> pd.DataFrame:
    """List villages with their points, each under the town its code begins with."""
    made = pd.DataFrame(
        [(code, "village", f"村{code[-3:]}", code[:9], *at) for code, at in places.items()],
        columns=["area_code", "level", "name", "parent_code", "lon", "lat"],
    )
    return made.assign(**columns)


def bring_points(office: Office, table: pd.DataFrame, **how: Any) -> Any:
    office.now += timedelta(minutes=1)
    path = office.write(f"points{office.now:%H%M}.csv", table)
    return office.bring("areas", path, from_points=True, **{"crs": "wgs84", **how})


@pytest.fixture
def two_towns(office: Office) -> Office:
    office.bring("areas", office.write("towns.geojson", towns().to_json()), crs="wgs84")
    return office


def test_villages_known_by_a_point_get_approximate_boundaries_that_fill_their_towns(
    two_towns: Office,
) -> None:
    report = bring_points(two_towns, listed(POINTS))
    assert (report.kept, report.quarantined) == (4, 0)
    areas = two_towns.store.snapshot().areas
    villages = areas[areas["level"] == "village"].to_crs("EPSG:4547")
    filled = villages.geometry.area.groupby(villages["parent_code"]).sum()
    whole = areas.to_crs("EPSG:4547").geometry.area[filled.index]
    assert np.allclose(filled, whole, rtol=1e-6)
    assert areas["approximate"].to_dict() == {code: len(code) > 9 for code in areas.index}
    lon, lat = np.array(list(POINTS.values())).T
    assert area_of((lon, lat), areas).tolist() == list(POINTS)


def test_points_of_another_datum_are_moved_first(two_towns: Office) -> None:
    table = listed(POINTS)
    table["lon_gcj02"], table["lat_gcj02"] = gcj02_from_wgs84(table.pop("lon"), table.pop("lat"))
    bring_points(two_towns, table, crs=None)
    lon, lat = np.array(list(POINTS.values())).T
    found = area_of((lon, lat), two_towns.store.snapshot().areas)
    assert found.tolist() == list(POINTS)


def test_a_point_that_no_boundary_can_be_drawn_around_is_kept_out_with_its_reason(
    two_towns: Office,
) -> None:
    faulty = POINTS | {
        f"{OTHER}202": (113.41, 38.01), f"{OTHER}203": (113.41, 38.01),  # one place
        f"{OTHER}204": (113.35, 38.05),  # in the other town
        f"{OTHER}205": (float("nan"), float("nan")),
    }  # fmt: skip
    many = {f"{OTHER}3{n:02d}": (113.42 + n / 1000, 38.03) for n in range(20)}
    report = bring_points(two_towns, listed(faulty | many))
    assert report.reasons == {"Q06": 1, "Q23": 1, "Q24": 2}
    assert "Two areas have the same point" in report.sentence("en")
    areas = two_towns.store.snapshot().areas.to_crs("EPSG:4547")
    under = areas[areas["parent_code"] == OTHER]
    assert np.isclose(under.geometry.area.sum(), areas.geometry.area[OTHER], rtol=1e-6)


def test_a_parent_without_a_boundary_gives_no_cells(two_towns: Office) -> None:
    table = pd.DataFrame({"area_code": ["140322102"], "level": "township", "name": "丙镇"})
    two_towns.bring("areas", two_towns.write("more.csv", table))
    report = bring_points(two_towns, listed({"140322102201": (113.35, 38.05)}))
    assert report.refused == "F10"
    assert report.reasons == {"Q23": 1}


def test_a_real_boundary_replaces_an_approximate_one_and_records_follow(
    two_towns: Office,
) -> None:
    bring_points(two_towns, listed(POINTS))
    first, second = f"{TOWN}201", f"{TOWN}202"
    case = pd.DataFrame({
        "incident_id": ["c"], "category": "theft", "occurred_from": "2025-03-01 08:30",
        "lon": [113.36], "lat": [38.02], "case_class": "criminal", "review": "confirmed",
        "discovery_source": "citizen_report",
    })  # fmt: skip
    two_towns.bring("cases", two_towns.write("c.csv", case), crs="wgs84")
    assert two_towns.store.snapshot().cases["area_code"].tolist() == [second]
    real = towns().iloc[:1].assign(area_code=first, level="village", parent_code=TOWN)
    real["geometry"] = [shapely.box(113.3, 38.0, 113.365, 38.04)]
    two_towns.now += timedelta(minutes=1)
    path = two_towns.write("real.geojson", real.to_json())
    report = two_towns.bring("areas", path, crs="wgs84")
    assert report.reattributed == 1
    known = two_towns.store.snapshot()
    assert known.cases["area_code"].tolist() == [first]
    assert known.areas["approximate"].to_dict()[first] is False
    assert known.areas["approximate"].to_dict()[second] is True


def test_points_never_replace_a_real_boundary_and_share_out_only_what_it_leaves(
    two_towns: Office,
) -> None:
    first = f"{TOWN}201"
    real = towns().iloc[:1].assign(area_code=first, level="village", parent_code=TOWN)
    real["geometry"] = [shapely.box(113.3, 38.0, 113.36, 38.04)]
    real["name"] = "村201"
    two_towns.bring("areas", two_towns.write("real.geojson", real.to_json()), crs="wgs84")
    report = bring_points(two_towns, listed(POINTS))
    assert (report.kept, report.unchanged, report.warnings.get("W13")) == (4, 1, 1)
    areas = two_towns.store.snapshot().areas
    assert shapely.equals(areas.geometry.loc[first], real.geometry.iloc[0])
    metric = areas.to_crs("EPSG:4547").geometry
    shared = [metric.loc[first].intersection(metric.loc[f"{TOWN}{n}"]).area for n in (202, 203)]
    assert max(shared) < 1.0  # square metres


def test_one_more_village_must_come_with_the_points_of_its_neighbours(two_towns: Office) -> None:
    bring_points(two_towns, listed(POINTS))
    late = {f"{TOWN}204": (113.32, 38.05)}
    alone = bring_points(two_towns, listed(late))
    assert alone.reasons == {"Q25": 1}
    together = bring_points(two_towns, listed(POINTS | late))
    assert together.kept == 5
    lon, lat = np.array(list((POINTS | late).values())).T
    found = area_of((lon, lat), two_towns.store.snapshot().areas)
    assert found.tolist() == list(POINTS | late)


def test_the_same_points_again_change_nothing(two_towns: Office) -> None:
    path = two_towns.write("points.csv", listed(POINTS))
    two_towns.bring("areas", path, from_points=True, crs="wgs84")
    again = two_towns.bring("areas", path, from_points=True, crs="wgs84")
    assert (again.unchanged, again.corrected, again.refused) == (4, 0, None)


def test_points_without_any_boundary_and_points_of_anything_else_are_refused_in_a_sentence(
    office: Office,
) -> None:
    with pytest.raises(NotReadyError, match="boundaries"):
        bring_points(office, listed(POINTS, parent_code=None))
    with pytest.raises(UsageError, match="--from-points"):
        office.bring("cases", office.folder / "x.csv", from_points=True)


def test_a_file_without_coordinates_is_refused(two_towns: Office) -> None:
    report = bring_points(two_towns, listed(POINTS).drop(columns=["lon", "lat"]))
    assert report.refused == "F02"
    assert "lon + lat" in report.sentence("en")
