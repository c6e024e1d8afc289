"""GeoJSON: features become rows, nested properties get dotted names.

The format fixes WGS84 and files do not keep to it, so a GeoJSON file states no CRS here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pandas as pd
import shapely

from geo.intake.reading.damage import guarded, no_layers
from geo.intake.reading.decoding import decoded
from geo.intake.reading.limits import MOST_DEPTH
from geo.intake.reading.table import RawTable, named, refuse_size

if TYPE_CHECKING:
    from geo.intake.reading.source import Source

__all__ = ["read_geojson"]

FAULTS: Final = (
    orjson.JSONDecodeError,
    orjson.JSONEncodeError,
    shapely.errors.GEOSException,
    KeyError,
    TypeError,
    AttributeError,
    ValueError,
)


def read_geojson(source: Source) -> RawTable:
    """Read a feature collection; every value becomes text, a null stays missing."""
    no_layers(source.name, source.layer)
    text, encoding = decoded(source.content)
    with guarded(source.name, *FAULTS):
        features = orjson.loads(text)["features"]
        shapes = shapely.from_geojson([_shape_text(f.get("geometry")) for f in features])
        records = [_flat(f.get("properties") or {}) for f in features]
        names = list(dict.fromkeys(name for record in records for name in record))
        refuse_size(names, len(records), source.name)
        frame = pd.DataFrame.from_records(records, index=range(len(records)), columns=names)
        frame = named(frame.astype("str"), source.name)
        return RawTable(source.name, frame, np.asarray(shapes, dtype=object), encoding)


def _shape_text(geometry: object) -> bytes | None:
    return None if geometry is None else orjson.dumps(geometry)


def _flat(properties: dict[str, Any], prefix: str = "", depth: int = 1) -> dict[str, str | None]:
    """Flatten nested properties (`parent.adcode`) and turn every value into text."""
    flat: dict[str, str | None] = {}
    for key, value in properties.items():
        if isinstance(value, dict) and depth < MOST_DEPTH:
            flat |= _flat(value, f"{prefix}{key}.", depth + 1)
        else:
            flat[f"{prefix}{key}"] = _text(value)
    return flat


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return orjson.dumps(value).decode()
