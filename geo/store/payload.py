"""Rows of a frame as canonical JSON, and back.

Canonical: keys sorted, missing left out, moments as `2014-01-02T03:04:05Z` (microseconds
only where there are any), civil days as `2014-01-02`, geometry as WKB in hex.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import orjson
import pandas as pd
import shapely
from geopandas.array import GeometryDtype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["NOT_STORED", "frame_from_payloads", "payloads", "shapes_of"]

NOT_STORED: Final = ("seq", "known_at", "recorded_at", "path")
"""Columns that the ledger gives with its answers and therefore never stores."""


AT_ONCE: Final = 20_000
"""Rows turned into Python values at once, so that memory does not grow with the frame."""


def payloads(frame: pd.DataFrame) -> Iterator[bytes]:
    """Give the canonical JSON of each row, without its key; `{}` where nothing is known.

    >>> list(payloads(pd.DataFrame({"b": [1.5, None], "a": ["x", "y"]})))
    [b'{"a":"x","b":1.5}', b'{"a":"y"}']
    """
    names = sorted(set(frame.columns) - set(NOT_STORED))
    for start in range(0, len(frame), AT_ONCE):
        yield from _bodies(frame.iloc[start : start + AT_ONCE], names)


def frame_from_payloads(bodies: Sequence[bytes]) -> pd.DataFrame:
    """Give payloads as a frame of plain values, one row each, geometry as shapely objects.

    Moments and days are still text: giving columns their types is the schema's task.
    """
    frame = pd.DataFrame.from_records([orjson.loads(body) for body in bodies])
    if "geometry" in frame.columns:
        frame["geometry"] = shapes_of(frame["geometry"])
    return frame


def _bodies(frame: pd.DataFrame, names: list[str]) -> Iterator[bytes]:
    if not names:
        return (b"{}" for _ in range(len(frame)))
    columns = [_plain_values(frame[name]) for name in names]
    return (
        orjson.dumps(
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
        )
        for row in zip(*columns, strict=True)
    )


def shapes_of(wkb: pd.Series) -> pd.Series:
    """Give WKB, as bytes or hex, as shapely objects; missing stays None."""
    shapes = shapely.from_wkb(np.array(_or_none(wkb.to_numpy(dtype=object), wkb), dtype=object))
    return pd.Series(shapes, index=wkb.index, dtype=object)


def _plain_values(column: pd.Series) -> list[object]:
    dtype = column.dtype
    if isinstance(dtype, GeometryDtype):
        # Little-endian on every machine, so that equal shapes have equal hashes.
        wkb = shapely.to_wkb(column.to_numpy(), hex=True, byte_order=1)
        return _or_none(np.asarray(wkb, dtype=object), column)
    if dtype.kind == "M":
        return _or_none(_time_texts(column), column)
    if dtype.kind in "biu" and isinstance(dtype, np.dtype):
        return column.tolist()
    return _or_none(column.to_numpy(dtype=object), column)


def _or_none(values: NDArray[np.object_], column: pd.Series) -> list[object]:
    missing = column.isna().to_numpy()
    if missing.any():
        values = values.copy()
        values[missing] = None
    return list(values)


def _time_texts(column: pd.Series) -> NDArray[np.object_]:
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        return _iso(column.to_numpy(), "D")
    stamps = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    texts = _iso(stamps, "s")
    fine = ~np.isnat(stamps) & (stamps != stamps.astype("datetime64[s]"))
    texts[fine] = _iso(stamps[fine], "us")
    return np.add(texts, "Z")


def _iso(stamps: NDArray[np.datetime64], unit: Literal["D", "s", "us"]) -> NDArray[np.object_]:
    return np.datetime_as_string(stamps.astype(f"datetime64[{unit}]")).astype(object)
