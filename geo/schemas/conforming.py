"""Frames of any origin brought into the exact shape of their table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
from pandera.engines.pandas_engine import DateTime
from pandera.errors import SchemaErrors

from geo.crs import WGS84, crs_name
from geo.errors import CRSError, SchemaError
from geo.schemas.base import PROVENANCE, EntityTable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Dtype", "columns_of_table", "conform_to", "key_of_table", "validated"]

Dtype: TypeAlias = Any
"""A pandas or numpy dtype."""

TEXT: Final = pd.StringDtype(na_value=np.nan)
DAY: Final = np.dtype("datetime64[us]")
MOMENT: Final = pd.DatetimeTZDtype("us", "UTC")
FLAG: Final = np.dtype(bool)
MAYBE_FLAG: Final = pd.BooleanDtype()
_OFFSET: Final = r"(?:Z|[+-]\d\d:?\d\d)$"


def columns_of_table(table: type[EntityTable]) -> dict[str, Dtype]:
    """Give the columns of a table and their exact dtypes, provenance left out."""
    columns = table.to_schema().columns
    return {name: _pandas_dtype(columns[name].dtype) for name in columns if name not in PROVENANCE}


def key_of_table(table: type[EntityTable]) -> str:
    """Name the index of a table."""
    return str(table.to_schema().index.name)


def conform_to(table: type[EntityTable], frame: pd.DataFrame) -> pd.DataFrame:
    """Give `frame` the columns, dtypes, order and index of `table`; see `geo.schemas.conform`."""
    keyed = _keyed(frame, key_of_table(table))
    dtypes = columns_of_table(table) | {
        name: np.dtype(np.int64) if name == "seq" else MOMENT
        for name in PROVENANCE
        if name in keyed.columns
    }
    _refuse_strangers(keyed, dtypes, table)
    columns = {name: _column(keyed, name, dtype) for name, dtype in dtypes.items()}
    made = pd.DataFrame(columns, index=keyed.index)
    return gpd.GeoDataFrame(made, geometry="geometry", crs=WGS84) if "geometry" in dtypes else made


def validated(table: type[EntityTable], frame: pd.DataFrame) -> pd.DataFrame:
    """Check ranges, closed sets and keys of a conformed frame; give it back.

    Raises SchemaError naming the columns that fail and how often; never a value.
    """
    try:
        return table.to_schema().validate(frame, lazy=True)
    except SchemaErrors as error:
        failed = error.failure_cases.groupby("column", dropna=False).size()
        said = ", ".join(f"{column} ({count})" for column, count in failed.items())
        raise SchemaError(
            f"{table.__name__}: values out of range or keys repeated in {said}. "
            "Correct these columns.",
            f"{table.__name__}：以下列的取值超出范围或主键重复：{said}。请更正后重试。",
        ) from error


def _pandas_dtype(dtype: Any) -> Dtype:
    """Translate pandera's dtype; a DateTime without a zone is a civil day."""
    if str(dtype).startswith("string"):
        return TEXT
    if isinstance(dtype, DateTime):
        return DAY if dtype.tz is None else MOMENT
    return getattr(dtype, "type", dtype)


def _keyed(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    if frame.index.name != key:
        if key not in frame.columns:
            raise SchemaError(
                f"The key {key} is missing. Give it as the index or as a column.",
                f"缺少主键 {key}。请将其作为索引或列提供。",
            )
        frame = frame.set_index(key)
    keys = _as_text(frame.index.to_series())
    if keys.isna().any():
        raise SchemaError(
            f"{int(keys.isna().sum())} rows have no {key}. Give every row its key.",
            f"有 {int(keys.isna().sum())} 行缺少主键 {key}。请补全。",
        )
    return frame.set_axis(pd.Index(keys.array, name=key), axis=0)


def _refuse_strangers(
    frame: pd.DataFrame, dtypes: dict[str, Dtype], table: type[EntityTable]
) -> None:
    strangers = sorted(map(str, set(frame.columns) - set(dtypes)))
    if strangers:
        raise SchemaError(
            f"{table.__name__} knows no column {', '.join(strangers)}. Drop or rename it first.",
            f"{table.__name__} 中没有列 {', '.join(strangers)}。请先删除或改名。",
        )


def _column(frame: pd.DataFrame, name: str, dtype: Dtype) -> Any:
    """Cast one column, or make it as missing."""
    if name not in frame.columns:
        return _missing(frame.index, dtype)
    column = frame[name]
    try:
        return _caster(dtype)(column)
    except (ValueError, TypeError, OverflowError) as error:
        if isinstance(error, (SchemaError, CRSError)):
            raise
        raise SchemaError(
            f"Column {name} came as {column.dtype} and cannot become {dtype}. Correct its values.",
            f"列 {name} 的类型为 {column.dtype}，无法转换为 {dtype}。请更正其取值。",
        ) from error


def _missing(index: pd.Index, dtype: Dtype) -> Any:
    if str(dtype) == "geometry":
        return gpd.GeoSeries([None] * len(index), index=index, crs=WGS84)
    return pd.Series(False if dtype == FLAG else None, index=index, dtype=dtype)


def _caster(dtype: Dtype) -> Callable[[pd.Series], Any]:
    return _CASTERS.get(str(dtype), lambda column: _as_number(column, dtype))


def _as_text(column: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(column.dtype):
        if column.notna().any():
            raise SchemaError(
                f"Column {column.name} came as decimal numbers, text is needed: 32.0 is no code. "
                "Read it as text.",
                f"列 {column.name} 为小数，需要文本（32.0 不是代码）。请按文本读取。",
            )
        column = column.astype(object)
    return column.astype(TEXT)


def _as_number(column: pd.Series, dtype: Dtype) -> pd.Series:
    if column.dtype == dtype:
        return column
    return pd.to_numeric(column.replace({None: np.nan})).astype(dtype)


def _as_day(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        raise SchemaError(
            f"Column {column.name} came as moments, civil days are needed. Convert it to the "
            "store's time zone and drop the zone.",
            f"列 {column.name} 为时刻，需要日期。请先换算到本地时区并去掉时区。",
        )
    days = column if column.dtype.kind == "M" else pd.to_datetime(column, format="ISO8601")
    return days.dt.normalize().astype(DAY)


def _as_moment(column: pd.Series) -> pd.Series:
    if column.dtype == MOMENT:
        return column
    if _is_naive(column):
        raise SchemaError(
            f"Column {column.name} came without a time zone. Give moments in UTC.",
            f"列 {column.name} 没有时区。请提供 UTC 时刻。",
        )
    aware = isinstance(column.dtype, pd.DatetimeTZDtype)
    moments = column if aware else pd.to_datetime(column, utc=True, format="ISO8601")
    return moments.dt.tz_convert("UTC").astype(MOMENT)


def _is_naive(column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return False
    known = column.dropna()
    if known.empty:
        return False
    if column.dtype.kind == "M":
        return True
    return not known.astype(str).str.contains(_OFFSET, regex=True).all()


def _as_flag(column: pd.Series) -> pd.Series:
    return _as_maybe_flag(column).fillna(value=False).astype(FLAG)


def _as_maybe_flag(column: pd.Series) -> pd.Series:
    if column.dtype in (FLAG, MAYBE_FLAG):
        return column.astype(MAYBE_FLAG)
    return column.astype(object).where(column.notna(), None).astype(MAYBE_FLAG)


def _as_shape(column: Any) -> gpd.GeoSeries:
    if not isinstance(column, gpd.GeoSeries):
        return gpd.GeoSeries(column, index=column.index, crs=WGS84)
    if column.crs is None or column.crs.to_epsg() != 4326:  # noqa: PLR2004
        came = "no CRS" if column.crs is None else crs_name(column.crs)
        raise CRSError(
            f"geometry came with {came}; {WGS84} is stored. Convert it with geometry_to_wgs84.",
            f"几何数据的坐标系为 {came}；存储要求 {WGS84}。请先用 geometry_to_wgs84 转换。",
        )
    return column


_CASTERS: Final[dict[str, Callable[[pd.Series], Any]]] = {
    str(TEXT): _as_text,
    str(DAY): _as_day,
    str(MOMENT): _as_moment,
    str(FLAG): _as_flag,
    str(MAYBE_FLAG): _as_maybe_flag,
    "geometry": _as_shape,
}
