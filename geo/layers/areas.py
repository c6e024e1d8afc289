"""Villages, communities, towns or any other level, coloured by a value from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import require_metric
from geo.layer import Layer, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LAYER", "approximate_borders", "features", "simplified"]


def features(areas: gpd.GeoDataFrame, *, codes: Sequence[str]) -> gpd.GeoDataFrame:
    """Give the areas of `codes`, in that order, numbered from 0.

    Parameters
    ----------
    areas
        Areas frame, index `area_code`.
    codes
        Which areas, in the order of the values that will colour them; every code must exist.

    Returns
    -------
    GeoDataFrame
        `code, name, name_en, level, approximate, geometry`; an area known by code only keeps its
        row, without geometry, so that row i stays the area of value i. `approximate` is True or
        missing, so that a map of real boundaries carries nothing of it.
    """
    names = ["name", "name_en", "level", "approximate", areas.geometry.name]
    chosen = areas.loc[list(codes)].reindex(columns=names)
    mark = chosen["approximate"].astype("boolean")
    return chosen.assign(approximate=mark.where(mark)).rename_axis("code").reset_index()


def approximate_borders(drawn: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Give the borders of the approximate ones of `features` as lines, each border once.

    Two neighbours both draw the border between them; dashes drawn twice would fill each other.
    Empty where every boundary is real.
    """
    shapes = drawn.geometry[drawn["approximate"].fillna(value=False) & drawn.geometry.notna()]
    if shapes.empty:
        return gpd.GeoSeries([], crs=drawn.crs)
    lines = shapely.line_merge(shapely.union_all(shapely.boundary(shapes.to_numpy())))
    return gpd.GeoSeries(shapely.get_parts(lines), crs=drawn.crs)


def simplified(areas: gpd.GeoDataFrame, *, metric_crs: str, tolerance_m: float) -> gpd.GeoDataFrame:
    """Draw the areas with fewer points, shared borders staying shared.

    A corner whose triangle with its neighbours is smaller than `tolerance_m` squared goes
    (Visvalingam & Whyatt 1993, Cartographic Journal 30). Only for looking at: points are placed
    in the full boundaries. Areas that overlap or leave slits are given back unchanged, for
    simplifying them would widen the faults.

    Examples
    --------
    >>> steps = shapely.Polygon([(0, 0), (500, 1), (1000, 0), (1000, 1000), (0, 1000)])
    >>> square = gpd.GeoDataFrame(geometry=[steps], crs="EPSG:4547")
    >>> drawn = simplified(square, metric_crs="EPSG:4547", tolerance_m=40)
    >>> len(drawn.geometry.iloc[0].exterior.coords)
    5
    """
    metric = areas.to_crs(metric_crs)
    require_metric(metric, "areas")
    shapes = metric.geometry.to_numpy()
    drawn = np.array([shape is not None for shape in shapes])
    if not shapely.coverage_is_valid(shapes[drawn]):
        return areas
    shapes[drawn] = shapely.coverage_simplify(shapes[drawn], tolerance_m)
    return areas.set_geometry(gpd.GeoSeries(shapes, index=areas.index, crs=metric.crs)).to_crs(
        areas.crs
    )


LAYER = Layer(
    name="areas",
    title_key="layer.areas",
    title=Words("区域", "Areas"),
    kind="area",
    features=features,
)
