"""Boundaries around points for want of real ones: to each point the ground nearest to it.

Source: Voronoi (1908), Journal fuer die reine und angewandte Mathematik 134.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["voronoi_cells"]


def voronoi_cells(xy: NDArray[np.float64], ground: Any) -> NDArray[np.object_]:
    """Share `ground` out among points: each gets what lies nearer to it than to any other.

    Parameters
    ----------
    xy
        Metres, shape (n, 2), n > 0; in the plane of `ground`.
    ground
        A polygon or multipolygon that holds every point.

    Returns
    -------
    ndarray of polygons and multipolygons
        Shape (n,), in the order of the points. They tile the ground: their borders share every
        corner, each holds its own point and no other one.

    Raises
    ------
    DataError
        When a point lies outside the ground, or two points are the same.

    Examples
    --------
    >>> west, east = voronoi_cells(np.array([[1.0, 1.0], [3.0, 1.0]]), shapely.box(0, 0, 4, 2))
    >>> west.bounds, east.bounds
    ((0.0, 0.0, 2.0, 2.0), (2.0, 0.0, 4.0, 2.0))
    """
    _refuse_unfit(xy, ground)
    if len(xy) == 1:
        return np.array([ground], dtype=object)
    # Near its own middle a plane has digits to spare, which the construction needs.
    middle = np.asarray(ground.centroid.coords[0])
    near = shapely.transform(ground, lambda corners: corners - middle)
    faces = _faces(xy - middle, near)
    _, owner = cKDTree(xy - middle).query(shapely.get_coordinates(shapely.point_on_surface(faces)))
    cells = [shapely.coverage_union_all(faces[owner == number]) for number in range(len(xy))]
    moved = [shapely.transform(cell, lambda corners: corners + middle) for cell in cells]
    return np.array(moved, dtype=object)


def _faces(xy: NDArray[np.float64], ground: Any) -> NDArray[np.object_]:
    """Cut the ground along the lines between points; all pieces come from one net of lines."""
    between = shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=ground, only_edges=True)
    net = shapely.union_all([between, shapely.boundary(ground)])
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    shapely.prepare(ground)
    inside: NDArray[np.object_] = pieces[shapely.contains(ground, shapely.point_on_surface(pieces))]
    return inside


def _refuse_unfit(xy: NDArray[np.float64], ground: Any) -> None:
    shapely.prepare(ground)
    outside = int((~shapely.intersects(ground, shapely.points(xy))).sum())
    same = len(xy) - len(np.unique(xy, axis=0))
    if outside or same:
        raise DataError(
            f"{outside} points lie outside the ground, {same} stand where another one stands. "
            "Leave them out first.",
            f"有 {outside} 个点位于地块之外，{same} 个点与其他点重合；请先剔除。",
        )
