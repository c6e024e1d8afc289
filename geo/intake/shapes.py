"""Polygons and lines: into WGS84, repaired, checked for overlap, hung under their parents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, Datum, geometry_to_wgs84, parse_crs
from geo.intake.sentences import refusal
from geo.intake.spec import Placing
from geo.intake.swapping import shapes_swapped
from geo.projected import require_zone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.intake.faults import Verdicts

__all__ = ["gappy_rows", "join_parts", "polygonal", "read_shapes", "refuse_overlaps"]

POLYGONS: Final = ("Polygon", "MultiPolygon")
LINES: Final = ("LineString", "MultiLineString")
WANTED: Final = {
    Placing.POLYGONS: (POLYGONS, "polygons", "面"),
    Placing.LINES: (LINES, "lines", "线"),
}

MOST_OVERLAP: Final = 0.01
"""F08: share of the polygons' own area that may be shared with a neighbour."""

MOST_GAPS: Final = 0.01
"""W09: share of the area above, or of the hull, that may lie between the boundaries."""


def read_shapes(
    shapes: NDArray[Any] | None, placing: Placing, verdicts: Verdicts, *, crs: str | None
) -> gpd.GeoSeries:
    """Give the shapes in WGS84, valid, of the wanted type; missing where the file has none.

    Raises RefusedFile F04 without a declared CRS, F07 for the wrong type. Repaired polygons
    are remarked (W05), shapes beyond the globe kept out (Q06), and those whose corners have
    northing and easting swapped (Q07).
    """
    if shapes is None or shapely.is_missing(shapes).all():
        return gpd.GeoSeries([None] * verdicts.n, crs="EPSG:4326")
    if crs is None:
        raise refusal("F04")
    _refuse_types(shapes, placing)
    shapes = _finite(shapes, verdicts)
    if parse_crs(crs) is Datum.CGCS2000_GK:
        require_zone(*shapely.get_coordinates(shapes).T)
    verdicts.keep_out("Q07", shapes_swapped(shapes, crs), "geometry")
    moved = geometry_to_wgs84(gpd.GeoSeries(shapes, crs=None), crs)
    lost = moved.isna().to_numpy() & ~shapely.is_missing(shapes)
    verdicts.keep_out("Q06", lost | _beyond_globe(moved), "geometry")
    broken = ~moved.is_valid & moved.notna()
    if placing is Placing.POLYGONS and broken.any():
        verdicts.remark("W05", broken)
        moved.loc[broken] = polygonal(shapely.make_valid(moved[broken].to_numpy()))
    return moved


def polygonal(shapes: NDArray[Any]) -> NDArray[Any]:
    """Keep the polygons of repaired shapes; the lines and points a repair leaves are dropped."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    inner, part = shapely.get_parts(parts, return_index=True)
    area = shapely.get_dimensions(inner) == 2  # noqa: PLR2004 - polygons have two dimensions
    polygons, indices = _flat(inner[area], owner[part[area]])
    none = np.full(len(shapes), None, dtype=object)
    made = shapely.multipolygons(polygons, indices=indices, out=none)
    return np.asarray(made, dtype=object)


def join_parts(shapes: gpd.GeoSeries, keys: pd.Series) -> gpd.GeoSeries:
    """Give the first row of each key the union of all its shapes; other rows keep their own."""
    several = keys.duplicated(keep=False) & shapes.notna()
    joined = shapes.copy()
    for _, part in shapes[several].groupby(keys[several]):
        joined.loc[part.index[0]] = part.union_all()
    return joined


def refuse_overlaps(areas: gpd.GeoDataFrame, *, metric_crs: str) -> None:
    """Refuse (F08) areas of one level that overlap by more than 1 % of their area.

    Areas that were never in force on the same day do not overlap.
    """
    drawn = areas[areas.geometry.notna()].to_crs(metric_crs)
    for _, layer in drawn.groupby("level"):
        overlap = _overlap_m2(layer)
        if overlap > MOST_OVERLAP * float(layer.area.sum()):
            raise refusal("F08", a=f"{overlap / 1e6:.2f}")


def gappy_rows(
    areas: gpd.GeoDataFrame, known: gpd.GeoDataFrame, *, metric_crs: str
) -> pd.Series[bool]:
    """Say which of the delivered `areas` have siblings that leave gaps of more than 1 %.

    Siblings are the children in force of one parent, delivered or already `known`. What they
    leave of the parent is measured against it; where the parent has no boundary, the holes
    between them against the hull of the layer.
    """
    columns = ["level", "grouping", "parent_code", "valid_to", "geometry"]
    delivered = areas.set_index("area_code")[columns]
    every = pd.concat([delivered, known.loc[~known.index.isin(delivered.index), columns]])
    every = gpd.GeoDataFrame(every, crs=WGS84).astype({"grouping": "boolean"})
    drawn = every[every.geometry.notna() & every["valid_to"].isna()].to_crs(metric_crs)
    layer = [drawn["level"], drawn["grouping"].fillna(value=False), drawn["parent_code"].fillna("")]
    gappy: list[str] = []
    for (_, _, parent), siblings in drawn.groupby(layer):
        over = drawn.geometry.get(parent)
        if siblings.index.isin(delivered.index).any() and _gap_share(siblings, over) > MOST_GAPS:
            gappy += siblings.index.tolist()
    rows: pd.Series[bool] = areas["area_code"].isin(gappy) & areas.geometry.notna()
    return rows


def _gap_share(siblings: gpd.GeoDataFrame, over: Any) -> float:
    """Give the share of the parent, else of the hull, that no sibling covers."""
    union = siblings.geometry.union_all()
    if over is not None:
        return float(shapely.difference(over, union).area / over.area)
    outlines = shapely.get_parts(union)
    holes = shapely.area(shapely.polygons(shapely.get_exterior_ring(outlines))).sum() - union.area
    return float(holes / union.convex_hull.area)


def _overlap_m2(layer: gpd.GeoDataFrame) -> float:
    shapes = layer.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    start, end = (layer[name].to_numpy() for name in ("valid_from", "valid_to"))
    apart = (end[first] <= start[second]) | (end[second] <= start[first])
    pair = (first < second) & ~apart
    shared = shapely.intersection(shapes[first[pair]], shapes[second[pair]])
    return float(shapely.area(shared).sum())


def _refuse_types(shapes: NDArray[Any], placing: Placing) -> None:
    wanted, en, zh = WANTED[placing]
    names = pd.Series(shapes).dropna().map(lambda shape: shape.geom_type)
    wrong = sorted(set(names) - set(wanted))
    if wrong:
        raise refusal("F07", want=en, want_zh=zh, t=", ".join(wrong))


def _finite(shapes: NDArray[Any], verdicts: Verdicts) -> NDArray[Any]:
    """Keep out (Q06), and leave out, shapes with a corner at infinity or nowhere."""
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    nowhere = np.zeros(len(shapes), dtype=bool)
    nowhere[owner[~np.isfinite(corners).all(axis=1)]] = True
    verdicts.keep_out("Q06", nowhere, "geometry")
    finite = shapes.copy()
    finite[nowhere] = None
    return finite


def _beyond_globe(shapes: gpd.GeoSeries) -> pd.Series:
    bounds = shapes.bounds
    west, south = bounds["minx"] < -180, bounds["miny"] < -90  # noqa: PLR2004
    east, north = bounds["maxx"] > 180, bounds["maxy"] > 90  # noqa: PLR2004
    beyond: pd.Series = west | south | east | north
    return beyond


def _flat(polygons: NDArray[Any], owner: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    order = np.argsort(owner, kind="stable")
    return polygons[order], owner[order]
