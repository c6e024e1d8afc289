"""Cases and accidents as points; many of them as counts on a grid.

Only incidents whose point is known are drawn. Those with an area only, and those whose place is
withheld or sensitive, count in the areas and are never a point.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84, require_metric
from geo.layer import Layer, LegendEntry, Words, worded
from geo.vocabulary import LocationPrecision

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

__all__ = ["FAR_COUNTS", "LAYER", "LIMIT", "drawable", "features"]

LIMIT: Final = 4_000
"""Points a software-drawn map still moves smoothly with, and an eye still tells apart."""

FAR_COUNTS: Final = 300
"""Counts that lie beside each other, and leave the areas visible, where all is on one screen."""

FIRST_CELL_M: Final = 100.0
"""Metres. The finest grid for counts; doubled until few enough counts are left."""

COLOURS: Final = MappingProxyType({"case": "#f5d547", "accident": "#6fb1ff"})
"""Apart from the teal of zero and the orange of broken, also for colour-weak eyes."""


def features(
    incidents: pd.DataFrame,
    *,
    metric_crs: str,
    zone: ZoneInfo,
    categories: Mapping[str, str] | None = None,
    language: str = "zh",
    limit: int = LIMIT,
    counts: int | None = None,
) -> gpd.GeoDataFrame:
    """Give incidents as points or, when there are more than `limit`, as counts.

    Parameters
    ----------
    incidents
        Incident frame, index `incident_id`.
    metric_crs
        CRS in metres the counting grid lies in.
    zone
        Time zone of the times in the tips.
    categories
        Category -> word in `language`; a category without one stands as it is.
    counts
        Counts given at most; by default as many as points, `limit`.

    Returns
    -------
    GeoDataFrame
        Points: `id, stream, category, tip`. Counts: `stream, n, tip`, at the mean place of the
        counted; `n` adds up to the number of drawable incidents. No other property.
    """
    shown = drawable(incidents)
    if len(shown) > limit:
        most = limit if counts is None else counts
        return _counts(shown, metric_crs=metric_crs, language=language, limit=most)
    words = worded(shown["category"], categories)
    table = {
        "id": shown.index.to_numpy(),
        "stream": shown["stream"].to_numpy(),
        "category": shown["category"].to_numpy(),
        "tip": (words + "\n" + _time_text(shown, zone)).to_numpy(),
    }
    return _points(table, shown["lon"], shown["lat"])


def drawable(incidents: pd.DataFrame) -> pd.DataFrame:
    """Keep the incidents whose exact place may be drawn."""
    exact = incidents["loc_precision"] == LocationPrecision.POINT
    sensitive = incidents["sensitive_location"].fillna(False).astype(bool)  # noqa: FBT003
    placed = incidents["lon"].notna() & incidents["lat"].notna()
    return incidents[exact & ~sensitive & placed]


def _time_text(shown: pd.DataFrame, zone: ZoneInfo) -> pd.Series[str]:
    local = shown["occurred_from"].dt.tz_convert(zone)
    coarse = ~shown["time_precision"].isin(["minute", "hour"])
    text = local.dt.strftime("%Y-%m-%d %H:%M").mask(coarse, local.dt.strftime("%Y-%m-%d"))
    said: pd.Series[str] = text.fillna("–")
    return said


def _counts(shown: pd.DataFrame, *, metric_crs: str, language: str, limit: int) -> gpd.GeoDataFrame:
    metric = gpd.GeoSeries.from_xy(shown["lon"], shown["lat"], crs=WGS84).to_crs(metric_crs)
    require_metric(metric, "incidents")
    streams = shown["stream"].to_numpy()
    cells = _cells(np.column_stack([metric.x, metric.y]), streams, limit=limit)
    table = shown.groupby(cells).agg(
        stream=("stream", "first"), n=("stream", "size"), lon=("lon", "mean"), lat=("lat", "mean")
    )
    unit = " incidents" if language == "en" else " 起"
    places = _points(
        {"stream": table["stream"], "n": table["n"], "tip": table["n"].astype(str) + unit},
        table["lon"],
        table["lat"],
    )
    return places.reset_index(drop=True)


def _cells(xy: NDArray[np.float64], streams: NDArray[Any], *, limit: int) -> NDArray[np.int64]:
    """Give each point the number of its cell and stream; streams are never counted together."""
    stream_codes, names = pd.factorize(streams)
    from_corner = xy - xy.min(axis=0)  # so that one cell holds all in the end
    size = FIRST_CELL_M
    while True:
        columns = [*(np.floor(from_corner / size).astype(np.int64).T), stream_codes]
        numbers: NDArray[np.int64]
        _, numbers = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
        if numbers.max() < max(limit, len(names)):
            return numbers.ravel()
        size *= 2


def _points(
    table: dict[str, Any], lon: pd.Series[float], lat: pd.Series[float]
) -> gpd.GeoDataFrame:
    places = gpd.points_from_xy(lon, lat, crs=WGS84)
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=places)


LAYER = Layer(
    name="incidents",
    title_key="layer.incidents",
    title=Words("案件与事故", "Cases and accidents"),
    kind="circle",
    features=features,
    style=MappingProxyType({"color_by": "stream", "colors": dict(COLOURS)}),
    legend=(
        LegendEntry("case", COLOURS["case"], "circle", Words("案件", "Case")),
        LegendEntry("accident", COLOURS["accident"], "circle", Words("事故", "Accident")),
    ),
    sensitive=True,
)
