"""Bytes become a table: text as text, geometry as geometry, nothing interpreted yet."""

from __future__ import annotations

import gzip
import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd
import shapely
from pyarrow import ArrowException
from pyarrow import parquet as pq

from geo.errors import DataError, UsageError
from geo.intake.sentences import refusal

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RawTable", "content_hash", "read_table"]

ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class RawTable:
    """A file as it came: `frame` has one row per record, columns as named in the file.

    Texts are text (a code keeps its leading zeros), a Parquet file keeps its own types.
    `geometry` is None for a table without shapes; `file` is the bare name.
    """

    file: str
    frame: pd.DataFrame
    geometry: np.ndarray[Any, Any] | None = None

    @property
    def rows(self) -> int:
        """Give the number of records read."""
        return len(self.frame)


def content_hash(path: Path) -> str:
    """Give the SHA-256 of the file's bytes as hexadecimal text."""
    with _opened(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_table(path: Path) -> RawTable:
    """Read CSV, GeoJSON or Parquet, plain or gzipped.

    Raises RefusedFile F01 when the text is neither UTF-8 nor GB18030, UsageError for another
    kind of file or one that is not there.
    """
    suffix = _kind(path)
    if suffix == ".parquet":
        return _read_parquet(path)
    text = _decode(_bytes(path))
    if suffix == ".csv":
        return RawTable(path.name, _csv(text, path))
    return _geojson(text, path)


def _kind(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    for suffix in (".csv", ".geojson", ".json", ".parquet"):
        if name.endswith(suffix):
            return suffix
    raise UsageError(
        f"{path.name} is not CSV, GeoJSON or Parquet (each may be gzipped); convert it first.",
        f"{path.name} 不是 CSV、GeoJSON 或 Parquet 文件（可用 gzip 压缩）；请先转换格式。",
    )


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(
            f"Cannot open {path.name}: {error.strerror}. Check the path.",
            f"无法打开 {path.name}：{error.strerror}。请检查路径。",
        ) from error


def _bytes(path: Path) -> bytes:
    with _opened(path) as stream:
        content = stream.read()
    if not path.name.lower().endswith(".gz"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise _broken(path, error) from error


def _decode(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GB18030 accepts almost any bytes; a text table never holds a NUL.
        if "\x00" not in text:
            return text
    raise refusal("F01")


def _broken(path: Path, error: Exception) -> DataError:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return DataError(
        f"{path.name} is damaged or not what its name says ({reason}); ask for it again.",
        f"{path.name} 已损坏或与扩展名不符（{reason}）；请重新获取该文件。",
    )


def _csv(text: str, path: Path) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            # Rows longer than the header would lose their end, or push the first column aside.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO(text), dtype=str, keep_default_na=False, na_values=[""], index_col=False
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError) as error:
        raise _broken(path, error) from error
    frame.columns = [str(name).strip() for name in frame.columns]
    return frame


def _read_parquet(path: Path) -> RawTable:
    try:
        table = pq.read_table(io.BytesIO(_bytes(path)))
    except ArrowException as error:
        raise _broken(path, error) from error
    frame = table.to_pandas()
    shapes = None
    if "geometry" in frame:
        shapes = shapely.from_wkb(frame.pop("geometry").to_numpy(), on_invalid="ignore")
    return RawTable(path.name, frame.reset_index(drop=True), shapes)


def _geojson(text: str, path: Path) -> RawTable:
    try:
        features = orjson.loads(text)["features"]
        shapes = shapely.from_geojson([_shape_text(f.get("geometry")) for f in features])
        records = [_flat(f.get("properties") or {}) for f in features]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise _broken(path, error) from error
    except shapely.errors.GEOSException as error:
        raise _broken(path, error) from error
    frame = pd.DataFrame.from_records(records, index=range(len(features)))
    return RawTable(path.name, frame.astype("str"), np.asarray(shapes, dtype=object))


def _shape_text(geometry: object) -> bytes | None:
    return None if geometry is None else orjson.dumps(geometry)


def _flat(properties: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    """Flatten nested properties (`parent.adcode`) and turn every value into text."""
    flat: dict[str, str | None] = {}
    for key, value in properties.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = _text(value)
    return flat


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return orjson.dumps(value).decode()
