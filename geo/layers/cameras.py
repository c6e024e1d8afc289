"""Camera points, and the ground each is turned to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.crs import WGS84
from geo.layer import Layer, LegendEntry, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LAYER", "SECTORS", "features", "sectors"]

ARC_POINTS: Final = 13
"""Points along an arc; of a 90° sector the chord misses the arc by less than 0.3 % of the range."""

FULL_CIRCLE_DEG: Final = 360.0
COLOUR: Final = "#8fa9bf"
"""Between the two grounds; the screen takes a lighter or darker one."""

_EARTH: Final = pyproj.Geod(ellps="WGS84")


def features(cameras: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give the cameras with a known place as points: `id, online, tip`.

    Index of the input is `camera_id`; the tip is the registered name. `online` may be missing:
    not known is not the same as off.
    """
    placed = cameras[cameras["lon"].notna() & cameras["lat"].notna()]
    table = {
        "id": placed.index.to_numpy(),
        "online": placed["online"].to_numpy(),
        "tip": placed["name"].fillna(placed.index.to_series()).to_numpy(),
    }
    places = gpd.points_from_xy(placed["lon"], placed["lat"], crs=WGS84)
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=places)


def sectors(cameras: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give the nominal view of each camera as a polygon: `id, geometry`.

    A sector from `azimuth_deg` (clockwise from true north), `fov_deg` and `range_m`, a circle
    where the field of view is 360°. Edges are geodesics on the ellipsoid, so metres and
    directions hold at any latitude. Cameras without one of the numbers have no sector. Walls
    are not regarded: what is really seen may be less.

    Examples
    --------
    >>> camera = pd.DataFrame({"lon": [113.0], "lat": [38.0], "azimuth_deg": [90.0],
    ...                        "fov_deg": [60.0], "range_m": [50.0]}, index=["C1"])
    >>> view = sectors(camera).to_crs(32649).area.iloc[0]
    >>> round(float(view / (np.pi * 50**2 / 6)), 2)
    1.0
    """
    known = cameras[_has_view(cameras)]
    round_view = (known["fov_deg"] >= FULL_CIRCLE_DEG).to_numpy()
    parts = [_fans(known[~round_view]), _circles(known[round_view])]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=WGS84)


def _has_view(cameras: pd.DataFrame) -> pd.Series[bool]:
    numbers = cameras[["lon", "lat", "fov_deg", "range_m"]].notna().all(axis=1)
    turned = cameras["azimuth_deg"].notna() | (cameras["fov_deg"] >= FULL_CIRCLE_DEG)
    return numbers & turned


def _fans(cameras: pd.DataFrame) -> pd.DataFrame:
    half = cameras["fov_deg"].to_numpy(dtype=float)[:, None] / 2
    turn = cameras["azimuth_deg"].to_numpy(dtype=float)[:, None]
    arc = _arc(cameras, turn + half * np.linspace(-1.0, 1.0, ARC_POINTS))
    apex = cameras[["lon", "lat"]].to_numpy(dtype=float)[:, None, :]
    return _polygons(cameras, np.concatenate([apex, arc, apex], axis=1))


def _circles(cameras: pd.DataFrame) -> pd.DataFrame:
    steps = np.linspace(0.0, FULL_CIRCLE_DEG, 4 * ARC_POINTS)
    rings = _arc(cameras, np.broadcast_to(steps, (len(cameras), len(steps))))
    rings[:, -1] = rings[:, 0]
    return _polygons(cameras, rings)


def _arc(cameras: pd.DataFrame, azimuth_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the points at each camera's range in the directions of its row, (n, k, 2)."""
    shape = azimuth_deg.shape
    start = [
        np.repeat(cameras[c].to_numpy(dtype=float), shape[1]) for c in ("lon", "lat", "range_m")
    ]
    lon, lat, _ = _EARTH.fwd(start[0], start[1], azimuth_deg.ravel(), start[2])
    arc: NDArray[np.float64] = np.stack([np.asarray(lon), np.asarray(lat)], axis=-1)
    return arc.reshape(*shape, 2)


def _polygons(cameras: pd.DataFrame, rings: NDArray[np.float64]) -> pd.DataFrame:
    table: dict[str, Any] = {"id": cameras.index.to_numpy(), "geometry": shapely.polygons(rings)}
    return pd.DataFrame(table)


LAYER = Layer(
    name="cameras",
    title_key="layer.cameras",
    title=Words("摄像头", "Cameras"),
    kind="dot",
    features=features,
    legend=(LegendEntry("camera", COLOUR, "dot", Words("摄像头", "Camera")),),
    sensitive=True,
)

SECTORS = Layer(
    name="sectors",
    title_key="layer.sectors",
    title=Words("摄像头视域（标称）", "Camera view sectors (nominal)"),
    kind="sector",
    features=sectors,
    legend=(LegendEntry("sector", COLOUR, "sector", Words("视域（标称）", "View (nominal)")),),
    sensitive=True,
)
