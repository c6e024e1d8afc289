"""What a map layer is: features and a style. Drawing is elsewhere.

The same layer serves the screen, the one-file map, the notebook and the tests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from geo.errors import CRSError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

__all__ = [
    "DECIMALS",
    "Kind",
    "Layer",
    "LegendEntry",
    "Words",
    "geojson_bytes",
    "geojson_dict",
    "worded",
]

Kind = Literal["area", "fill", "line", "circle", "dot", "sector", "unit", "hotspot", "route"]
"""How features are drawn; the map component and the one-file map know these words."""

DECIMALS: Final = 6
"""Digits after the point of a degree; 0.1 m, finer than any source and half the bytes."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """Give the text in `language` ("zh" or "en")."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend: the value it stands for, its colour, its sign and its words."""

    value: str
    color: str
    sign: Literal["square", "cross", "dot", "hatch", "circle", "line", "badge", "sector"]
    words: Words


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the map.

    `features` builds a GeoDataFrame in EPSG:4326 that holds exactly what the map needs;
    `sensitive` layers are shown to staff only.
    """

    name: str
    title_key: str
    title: Words
    kind: Kind
    features: Callable[..., gpd.GeoDataFrame]
    style: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    legend: tuple[LegendEntry, ...] = ()
    sensitive: bool = False


def geojson_bytes(features: gpd.GeoDataFrame, *, decimals: int = DECIMALS) -> bytes:
    """Write features as small GeoJSON.

    Features are numbered 0..n-1 in row order. Coordinates are rounded; properties that are
    missing are left out; a feature without geometry keeps its place with a null.
    Raises CRSError unless the features are in EPSG:4326.

    Examples
    --------
    >>> import geopandas as gpd
    >>> frame = gpd.GeoDataFrame({"n": [2]}, geometry=gpd.points_from_xy([1 / 3], [0.5]), crs=WGS84)
    >>> geojson_bytes(frame)[40:].decode()
    '{"type":"Feature","id":0,"geometry":{"type":"Point","coordinates":[0.333333,0.5]},\
"properties":{"n":2}}]}'
    """
    _require_wgs84(features)
    shapes = _geometry_texts(features, decimals)
    rows = _properties(features)
    body = ",".join(
        f'{{"type":"Feature","id":{i},"geometry":{shape},"properties":{row}}}'
        for i, (shape, row) in enumerate(zip(shapes, rows, strict=True))
    )
    return f'{{"type":"FeatureCollection","features":[{body}]}}'.encode()


def geojson_dict(features: gpd.GeoDataFrame, *, decimals: int = DECIMALS) -> dict[str, Any]:
    """Give the same as `geojson_bytes`, as a dict."""
    parsed: dict[str, Any] = json.loads(geojson_bytes(features, decimals=decimals))
    return parsed


def worded(
    codes: pd.Series[str], words: Mapping[str, str] | None, *, otherwise: str | None = None
) -> pd.Series[str]:
    """Give each code its word; the code itself, or `otherwise`, where there is none.

    >>> worded(pd.Series(["theft", "arson"]), {"theft": "盗窃"}).tolist()
    ['盗窃', 'arson']
    """
    said = codes.map(dict(words or {})).astype("str")
    return said.fillna(codes if otherwise is None else otherwise)


def _require_wgs84(features: gpd.GeoDataFrame) -> None:
    if features.crs is None or features.crs.to_epsg() != 4326:  # noqa: PLR2004  the code of WGS84
        name = "no CRS" if features.crs is None else features.crs.to_string()
        raise CRSError(
            f"The layer is in {name}; maps need {WGS84}. Call features.to_crs({WGS84!r}) first.",
            f"图层坐标系为 {name}；地图需要 {WGS84}。请先调用 features.to_crs({WGS84!r})。",
        )


def _geometry_texts(features: gpd.GeoDataFrame, decimals: int) -> list[str]:
    raw = features.geometry.to_numpy()
    rounded = shapely.transform(raw, lambda xy: np.round(xy, decimals))
    return [text or "null" for text in shapely.to_geojson(rounded)]


def _properties(features: gpd.GeoDataFrame) -> list[str]:
    plain = pd.DataFrame(features.drop(columns=features.geometry.name))
    texts = {name: _json_pairs(name, plain[name]) for name in plain.columns}
    if not texts:
        return ["{}"] * len(plain)
    return [
        "{" + ",".join(filter(None, pairs)) + "}" for pairs in zip(*texts.values(), strict=True)
    ]


def _json_pairs(name: str, values: pd.Series[Any]) -> list[str]:
    """Give `"name":value` per row; an empty text where the value is missing."""
    key = json.dumps(name)
    present = values.notna().to_numpy()
    return [
        f"{key}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}" if there else ""
        for value, there in zip(values.tolist(), present, strict=True)
    ]
