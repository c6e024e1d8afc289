"""Coordinates: which datum they came in, and the metric check.

Stored geometry is WGS84 (EPSG:4326), longitude first. GCJ-02 and BD-09 have no EPSG code;
they stay plain columns until converted here. CGCS2000 (EPSG:4490) differs from WGS84 by
centimetres and is taken as equal. Gauss-Krueger eastings of eight digits carry the zone
number in front (38448242 in zone 38): declare cgcs2000-gk for them, EPSG:4547 for 448242.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from pyproj import CRS

from geo.constants import (
    BD09_ITERATIONS,
    CHINA_BOX,
    GCJ02_AXIS_M,
    GCJ02_ECCENTRICITY2,
    GCJ02_ITERATIONS,
)
from geo.errors import CRSError
from geo.projected import projector, wgs84_from_zoned

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "CGCS2000",
    "WGS84",
    "Datum",
    "bd09_from_gcj02",
    "bd09_from_wgs84",
    "crs_name",
    "gcj02_from_bd09",
    "gcj02_from_wgs84",
    "geometry_to_wgs84",
    "parse_crs",
    "require_metric",
    "suggest_metric_crs",
    "to_wgs84",
    "wgs84_from_bd09",
    "wgs84_from_gcj02",
]

WGS84: Final = "EPSG:4326"
CGCS2000: Final = "EPSG:4490"

if TYPE_CHECKING:
    Floats: TypeAlias = NDArray[np.float64]
    Pair: TypeAlias = tuple[Floats, Floats]

_BD09_WAVE: Final = np.pi * 3000.0 / 180.0
_BD09_SHIFT: Final = (0.0065, 0.006)


class Datum(StrEnum):
    """The datums of Chinese maps; any other CRS is named by its EPSG or ESRI code."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    CGCS2000_GK = "cgcs2000-gk"
    GCJ02 = "gcj02"
    BD09 = "bd09"


_ALIASES: Final = {
    "wgs84": Datum.WGS84,
    "wgs1984": Datum.WGS84,
    "cgcs2000": Datum.CGCS2000,
    "国家2000": Datum.CGCS2000,
    "cgcs2000gk": Datum.CGCS2000_GK,
    "国家2000高斯": Datum.CGCS2000_GK,
    "gcj02": Datum.GCJ02,
    "火星坐标": Datum.GCJ02,
    "bd09": Datum.BD09,
    "bd09ll": Datum.BD09,
    "百度坐标": Datum.BD09,
}

_LOOSE: Final = str.maketrans("", "", "-_ ")


def gcj02_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS84 to GCJ-02 (Amap, Tencent) by the public formula.

    Parameters
    ----------
    lon, lat
        Degrees, any shape; missing (NaN) stays missing.

    Returns
    -------
    tuple of arrays
        Degrees, at least one-dimensional. Outside China's box nothing is shifted. The public
        formula meets the official one to some metres (0.4-3.4 m).

    Examples
    --------
    >>> lon, lat = gcj02_from_wgs84([113.41], [38.09])
    >>> float(lon[0].round(10)), float(lat[0].round(10))
    (113.4169324459, 38.0908138288)
    """
    lon, lat = _floats(lon, lat)
    east, north = _gcj02_shift(lon, lat)
    inside = _in_china(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def wgs84_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo the GCJ-02 shift by fixed-point iteration, to 0.2 mm over China.

    Shapes, units and missing values as in `gcj02_from_wgs84`; outside China's box nothing
    is shifted.
    """
    lon, lat = _floats(lon, lat)
    found_lon, found_lat = _fixed_point(
        lambda x, y: _plus((x, y), _gcj02_shift(x, y)), (lon, lat), (lon, lat), GCJ02_ITERATIONS
    )
    inside = _in_china(found_lon, found_lat)
    return np.where(inside, found_lon, lon), np.where(inside, found_lat, lat)


def bd09_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift GCJ-02 to BD-09 (Baidu); shapes and units as in `gcj02_from_wgs84`."""
    return _bd09(*_floats(lon, lat))


def gcj02_from_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo the BD-09 shift, iterated: the closed inverse alone errs up to 0.22 m."""
    lon, lat = _floats(lon, lat)
    return _fixed_point(_bd09, _bd09_closed_inverse(lon, lat), (lon, lat), BD09_ITERATIONS)


def bd09_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS84 to BD-09, by way of GCJ-02."""
    return bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))


def wgs84_from_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo the BD-09 shift down to WGS84, by way of GCJ-02."""
    return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))


def to_wgs84(lon: ArrayLike, lat: ArrayLike, crs: str | CRS | Datum) -> Pair:
    """Convert coordinates in the declared `crs` to WGS84.

    Parameters
    ----------
    lon, lat
        Degrees, or easting and northing in the unit of `crs`; always x before y.
    crs
        "wgs84", "cgcs2000", "cgcs2000-gk", "gcj02", "bd09", or an EPSG or ESRI code such as
        "EPSG:4547".

    Returns
    -------
    tuple of arrays
        Degrees. Missing where the input is missing or lies outside the range of `crs`.

    Raises
    ------
    CRSError
        Where `crs` is not known.

    Examples
    --------
    >>> lon, lat = to_wgs84([448242.023], [4217652.178], "EPSG:4547")
    >>> float(lon[0].round(6)), float(lat[0].round(6))
    (113.41, 38.09)
    """
    return _converter(parse_crs(crs))(*_floats(lon, lat))


def geometry_to_wgs84(shapes: Any, crs: str | CRS | Datum) -> Any:
    """Convert a GeoSeries or GeoDataFrame in the declared `crs` to WGS84.

    The declared `crs` wins over the one a reader wrote on the frame: GeoJSON readers say
    EPSG:4326 whatever the numbers are. Heights are dropped; a shape that leaves the range of
    `crs` is missing. Gives a new object of the same kind in EPSG:4326. Raises CRSError where
    `crs` is not known.
    """
    convert = _converter(parse_crs(crs))
    if isinstance(shapes, gpd.GeoDataFrame):
        moved = _moved(shapes.geometry, convert)
        return shapes.set_geometry(moved, crs=WGS84)
    return _moved(shapes, convert)


def parse_crs(text: str | CRS | Datum | int) -> CRS | Datum:
    """Read the name of a CRS: a datum of Chinese maps or an EPSG or ESRI code.

    Raises CRSError where the name is not known.

    >>> parse_crs("GCJ-02")
    <Datum.GCJ02: 'gcj02'>
    >>> parse_crs("epsg:4547").name
    'CGCS2000 / 3-degree Gauss-Kruger CM 114E'
    """
    if isinstance(text, CRS | Datum):
        return text
    datum = _ALIASES.get(str(text).lower().translate(_LOOSE))
    if datum is not None:
        return datum
    try:
        return CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        raise CRSError(
            f"Unknown coordinate system {text!r}. Declare wgs84, cgcs2000, cgcs2000-gk, gcj02, "
            "bd09 or a code such as EPSG:4547.",
            f"无法识别坐标系 {text!r}。请声明 wgs84、cgcs2000、cgcs2000-gk、gcj02、bd09，"
            "或写代码，如 EPSG:4547。",
        ) from error


def require_metric(thing: Any, name: str) -> None:
    """Make sure that distances and areas of `thing` may be measured.

    Parameters
    ----------
    thing
        A GeoDataFrame, GeoSeries, CRS, the text of one, or None.
    name
        What the reader calls it; stands in the message.

    Raises
    ------
    CRSError
        Without a CRS, in degrees or feet, or in Mercator as web maps have it, which stretches
        1 km in Yuxian to 1.269 km.
    """
    crs = _crs_of(thing)
    problem = _metric_problem(crs)
    if problem is None:
        return
    en, zh = problem
    raise CRSError(
        f"{name} {en}; distances need metres. Declare the CRS it has, then "
        f'call {name}.to_crs(...) into a metric one such as "EPSG:4547" (Yuxian) or a UTM zone.',
        f"{name} {zh}；量算距离需要以米为单位的坐标系。"
        "请先声明其坐标系，再用 to_crs(...) 转换：盂县用 EPSG:4547，其他地区用 UTM 分带。",
    )


def suggest_metric_crs(lon: float, lat: float) -> str:
    """Name a metric CRS for a place: the 3-degree CGCS2000 zone in China, else the UTM zone.

    A suggestion for a person or a recipe to declare; nothing takes it unasked.

    >>> suggest_metric_crs(113.41, 38.09), suggest_metric_crs(-87.6, 41.9)
    ('EPSG:4547', 'EPSG:32616')
    """
    if _in_china(*_floats(lon, lat)).all() and 73.5 <= lon < 136.5:  # noqa: PLR2004
        return f"EPSG:{4534 + round((lon - 75.0) / 3.0)}"
    zone = int((lon + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def crs_name(crs: CRS | Datum | str) -> str:
    """Give the shortest exact name: `EPSG:4547`, `gcj02`."""
    known = parse_crs(crs)
    if isinstance(known, Datum):
        return known.value
    authority = known.to_authority()
    return ":".join(authority) if authority else known.name


def _floats(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return (
        np.atleast_1d(np.asarray(lon, dtype=np.float64)),
        np.atleast_1d(np.asarray(lat, dtype=np.float64)),
    )


def _plus(one: Pair, other: Pair) -> Pair:
    return one[0] + other[0], one[1] + other[1]


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = CHINA_BOX
    inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _gcj02_shift(lon: Floats, lat: Floats) -> Pair:
    """Give the shift in degrees, without asking where China ends."""
    east, north = _gcj02_waves(lon - 105.0, lat - 35.0)
    phi = np.radians(lat)
    curve = 1.0 - GCJ02_ECCENTRICITY2 * np.sin(phi) ** 2
    meridian = GCJ02_AXIS_M * (1.0 - GCJ02_ECCENTRICITY2) / (curve * np.sqrt(curve))
    parallel = GCJ02_AXIS_M / np.sqrt(curve) * np.cos(phi)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def _gcj02_waves(x: Floats, y: Floats) -> Pair:
    """Give the shift in metres of a place `x`, `y` degrees from 105 E, 35 N."""
    ripple = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east = east + _wave(x, (20.0, 40.0), (1.0, 3.0)) + _wave(x, (150.0, 300.0), (12.0, 30.0))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north = north + _wave(y, (20.0, 40.0), (1.0, 3.0)) + _wave(y, (160.0, 320.0), (12.0, 30.0))
    return east, north


def _wave(at: Floats, heights: tuple[float, float], lengths: tuple[float, float]) -> Floats:
    """Sum two sine waves: metres high, degrees long divided by two."""
    first, second = (
        height * np.sin(np.pi * at / length)
        for height, length in zip(heights, lengths, strict=True)
    )
    total: Floats = (first + second) * 2.0 / 3.0
    return total


def _bd09(lon: Floats, lat: Floats) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD09_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD09_WAVE)
    return radius * np.cos(angle) + _BD09_SHIFT[0], radius * np.sin(angle) + _BD09_SHIFT[1]


def _bd09_closed_inverse(lon: Floats, lat: Floats) -> Pair:
    x, y = lon - _BD09_SHIFT[0], lat - _BD09_SHIFT[1]
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * _BD09_WAVE)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * _BD09_WAVE)
    return radius * np.cos(angle), radius * np.sin(angle)


def _fixed_point(
    forward: Callable[[Floats, Floats], Pair], start: Pair, goal: Pair, steps: int
) -> Pair:
    """Find what `forward` takes to `goal`; the shift is nearly constant, so few steps do."""
    x, y = start
    for _ in range(steps):
        reached = forward(x, y)
        x, y = x - (reached[0] - goal[0]), y - (reached[1] - goal[1])
    return x, y


def _converter(crs: CRS | Datum) -> Callable[[Floats, Floats], Pair]:
    if crs is Datum.GCJ02:
        return wgs84_from_gcj02
    if crs is Datum.BD09:
        return wgs84_from_bd09
    if crs is Datum.CGCS2000_GK:
        return wgs84_from_zoned
    if isinstance(crs, Datum) or crs.to_epsg() in {4326, 4490}:
        return _floats
    return projector(crs, WGS84)


def _moved(series: Any, convert: Callable[[Floats, Floats], Pair]) -> Any:
    shapes = series.to_numpy().copy()
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = np.column_stack(convert(corners[:, 0], corners[:, 1]))
    lost = np.unique(owner[~np.isfinite(moved).all(axis=1)])
    shapes[lost] = None
    shapes = shapely.set_coordinates(shapes, moved[~np.isin(owner, lost)])
    return gpd.GeoSeries(shapes, index=series.index, crs=WGS84, name=series.name)


def _crs_of(thing: Any) -> CRS | Datum | None:
    if hasattr(thing, "crs"):
        thing = thing.crs
    return None if thing is None else parse_crs(thing)


def _metric_problem(crs: CRS | Datum | None) -> tuple[str, str] | None:
    """Say in both languages what keeps `crs` from measuring; None when nothing does."""
    if crs is None:
        return "has no CRS", "没有坐标系"
    name = crs_name(crs)
    if crs is Datum.CGCS2000_GK:
        return f"is in {name} (a zone for each row)", f"的坐标系是 {name}（每行各有分带）"
    if isinstance(crs, Datum) or not crs.is_projected:
        return f"is in {name} (degree)", f"的坐标系是 {name}（单位为度）"
    units = {axis.unit_name for axis in crs.axis_info}
    if units != {"metre"}:
        unit = ", ".join(sorted(units))
        return f"is in {name} ({unit})", f"的坐标系是 {name}（单位为 {unit}）"
    if _is_mercator(crs):
        return f"is in {name}, a Mercator map", f"的坐标系是墨卡托投影（{name}），长度失真"
    return None


def _is_mercator(crs: CRS) -> bool:
    """Tell whether lengths grow with the latitude; transverse and oblique kinds are sound."""
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    sound = any(word in method for word in ("Transverse", "Oblique", "Hotine", "Laborde"))
    return "Mercator" in method and not sound
