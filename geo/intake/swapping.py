"""Pairs in the wrong order: latitude before longitude, northing (the Chinese X) before easting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS

from geo.constants import CHINA_BOX
from geo.crs import Datum, parse_crs, to_wgs84

if TYPE_CHECKING:
    from geo.intake.faults import Mask

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
    Extent = tuple[float, float, float, float]

__all__ = ["fits_only_swapped", "shapes_swapped", "within"]

MARGIN_DEG = 1.0
"""Degrees by which a delivery may reach beyond the area a system is made for."""


def fits_only_swapped(x: Floats, y: Floats, crs: str, *, inside: Mask, extent: Extent) -> Mask:
    """Say which of the pairs that are not `inside` the extent as they came would be, swapped."""
    swapped = np.zeros(len(x), dtype=bool)
    swapped[~inside] = within(*to_wgs84(y[~inside], x[~inside], crs), extent)
    return swapped


def shapes_swapped(shapes: np.ndarray[Any, Any], crs: str) -> Mask:
    """Say which shapes in a projected `crs` lie where it is made for only when swapped."""
    extent = _made_for(crs)
    if extent is None:
        return np.zeros(len(shapes), dtype=bool)
    west, south, east, north = shapely.bounds(shapes).T
    x, y = (west + east) / 2, (south + north) / 2
    inside = within(*to_wgs84(x, y, crs), extent)
    return fits_only_swapped(x, y, crs, inside=inside, extent=extent)


def within(lon: Floats, lat: Floats, extent: Extent) -> Mask:
    """Say which points lie in `extent`: west, south, east, north."""
    west, south, east, north = extent
    inside: Mask = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _made_for(crs: str) -> Extent | None:
    """Give the extent of a projected system; None for degrees, or where nobody said."""
    known = parse_crs(crs)
    if known is Datum.CGCS2000_GK:
        return CHINA_BOX
    if not isinstance(known, CRS) or not known.is_projected or known.area_of_use is None:
        return None
    west, south, east, north = known.area_of_use.bounds
    return west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG
