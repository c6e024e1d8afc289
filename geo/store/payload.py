"""Rows of a frame as canonical JSON, and back.

Canonical: keys sorted, missing left out, moments as `2014-01-02T03:04:05Z` (microseconds
only where there are any), civil days as `2014-01-02`, geometry as WKB in hex.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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


NUMPY: Final = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z

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
    """Join the members of each row; made column by column, since a dictionary a row is slow."""
    columns = [_members(name, frame[name]) for name in names if frame[name].notna().any()]
    if not columns:
        return (b"{}" for _ in range(len(frame)))
    return (b"{%b}" % b"".join(row)[:-1] for row in zip(*columns, strict=True))


def _members(name: str, column: pd.Series) -> list[bytes]:
    """Give `"name":value,` for each row, nothing where the value is missing."""
    label = orjson.dumps(name) + b":"
    missing = column.isna().to_numpy()
    if _is_spread(column):
        members = [label + value + b"," for value in _spread_values(column, missing)]
        return [*np.where(missing, b"", _objects(members))] if missing.any() else members
    codes, known = pd.factorize(column)
    members = [label + value + b"," for value in _few_values(known)]
    return [*_objects([*members, b""])[codes]]


def _is_spread(column: pd.Series) -> bool:
    """Say whether values seldom repeat, so that each is written by itself."""
    plain = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf"
    return plain or isinstance(column.dtype, pd.DatetimeTZDtype | GeometryDtype)


def _spread_values(column: pd.Series, missing: NDArray[np.bool_]) -> list[bytes]:
    if isinstance(column.dtype, GeometryDtype):
        # Little-endian on every machine, so that equal shapes have equal hashes.
        wkb = shapely.to_wkb(column.to_numpy(), hex=True, byte_order=1)
        return [orjson.dumps(text) for text in wkb.tolist()]
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        return _listed(column.to_numpy())
    stamps = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(copy=True)
    stamps[missing] = np.datetime64(0, "s")  # there is no JSON for a missing moment
    return _listed(stamps)


def _listed(values: NDArray[Any]) -> list[bytes]:
    """Write numbers or moments at one go; their JSON holds no comma of its own."""
    written = orjson.dumps(np.ascontiguousarray(values), option=NUMPY)
    return written[1:-1].split(b",")


def _few_values(known: Any) -> list[bytes]:
    values = np.asarray(known)
    if values.dtype.kind == "M":
        days = np.datetime_as_string(values.astype("datetime64[D]")).tolist()
        return [orjson.dumps(day) for day in days]
    return [orjson.dumps(value) for value in values.tolist()]


def _objects(values: list[bytes]) -> NDArray[np.object_]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def shapes_of(wkb: pd.Series) -> pd.Series:
    """Give WKB, as bytes or hex, as shapely objects; missing stays None."""
    shapes = shapely.from_wkb(np.array(_or_none(wkb.to_numpy(dtype=object), wkb), dtype=object))
    return pd.Series(shapes, index=wkb.index, dtype=object)


def _or_none(values: NDArray[np.object_], column: pd.Series) -> list[object]:
    missing = column.isna().to_numpy()
    if missing.any():
        values = values.copy()
        values[missing] = None
    return list(values)
