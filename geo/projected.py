"""Projected coordinates into degrees, also eastings that say their zone: 38448242 is in zone 38.

CGCS2000 numbers its 3-degree zones 25 to 45 and its 6-degree zones 13 to 23, so that the two
digits in front of an easting of eight tell zone and width together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj

from geo.errors import CRSError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Pair = tuple[Floats, Floats]

__all__ = ["projector", "require_zone", "wgs84_from_zoned", "zones"]

EPSG_OF_ZONE: Final = {zone: 4513 + zone - 25 for zone in range(25, 46)} | {
    zone: 4491 + zone - 13 for zone in range(13, 24)
}
"""Zone -> EPSG code of the system whose eastings carry it."""

PREFIX: Final = 1e6
"""What the zone is multiplied by in an easting in metres."""


def projector(crs: pyproj.CRS, target: pyproj.CRS | str) -> Callable[[Floats, Floats], Pair]:
    """Give what converts pairs (x before y) from `crs` to `target`; NaN out of its range.

    Raises CRSError where `crs` has no place on Earth.
    """
    try:
        transformer = pyproj.Transformer.from_crs(crs, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise CRSError(
            f"{crs.name} does not say where on Earth it is. Declare an EPSG code.",
            f"坐标系 {crs.name} 无法换算到地球坐标，请声明 EPSG 代码。",
        ) from error

    def project(x: Floats, y: Floats) -> Pair:
        lon, lat = transformer.transform(x, y)
        reached = np.isfinite(lon) & np.isfinite(lat)
        return np.where(reached, lon, np.nan), np.where(reached, lat, np.nan)

    return project


def zones(easting: Floats) -> NDArray[np.int64]:
    """Give the zone in front of each easting, 0 where there is none.

    >>> zones(np.array([38448242.0, 448242.0, np.nan])).tolist()
    [38, 0, 0]
    """
    number = np.floor_divide(np.nan_to_num(easting, nan=0.0, posinf=0.0, neginf=0.0), PREFIX)
    number = np.where(np.isin(number, list(EPSG_OF_ZONE)), number, 0.0)
    return number.astype(np.int64)


def require_zone(x: Floats, y: Floats) -> None:
    """Make sure that some easting carries its zone, in whichever of the two it may stand.

    Raises CRSError when all of them are plain: the zone cannot be guessed.
    """
    known = np.isfinite(x) & np.isfinite(y)
    if known.any() and not (zones(x[known]) | zones(y[known])).any():
        raise CRSError(
            f"The eastings ({x[known][0]:.0f}, ...) carry no zone in front (as 38448242 does). "
            "Declare the zone by its EPSG code, such as EPSG:4547 for 114 E.",
            f"东坐标（{x[known][0]:.0f} 等）不带带号（带号形如 38448242）。"
            "请用 EPSG 代码声明分带，如 114°E 为 EPSG:4547。",
        )


def wgs84_from_zoned(x: Floats, y: Floats) -> Pair:
    """Convert eastings with their zone in front, each in its own zone; NaN without one.

    >>> lon, lat = wgs84_from_zoned(np.array([38448242.023]), np.array([4217652.178]))
    >>> float(lon[0].round(6)), float(lat[0].round(6))
    (113.41, 38.09)
    """
    lon, lat = np.full(x.shape, np.nan), np.full(y.shape, np.nan)
    zone = zones(x)
    for number in np.unique(zone[zone > 0]).tolist():
        rows = (zone == number) & np.isfinite(y)
        system = pyproj.CRS.from_epsg(EPSG_OF_ZONE[number])
        # CGCS2000 is taken as WGS84, as everywhere: they differ by centimetres.
        lon[rows], lat[rows] = projector(system, "EPSG:4490")(x[rows], y[rows])
    return lon, lat
