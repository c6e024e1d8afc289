"""Parquet and GeoParquet: columns keep their own types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import shapely
from pyarrow import ArrowException
from pyarrow import parquet as pq

from geo.intake.reading.damage import guarded, no_layers, too_large
from geo.intake.reading.limits import MOST_RATIO, MOST_UNPACKED, RATIO_FLOOR
from geo.intake.reading.table import RawTable, named, refuse_size

if TYPE_CHECKING:
    from geo.intake.reading.source import Source

__all__ = ["read_parquet"]

FAULTS: Final = (
    ArrowException,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    NotImplementedError,
    shapely.errors.GEOSException,
)


def read_parquet(source: Source) -> RawTable:
    """Read a Parquet table; a column `geometry` holds shapes as WKB."""
    no_layers(source.name, source.layer)
    with guarded(source.name, *FAULTS):
        file = pq.ParquetFile(pa.BufferReader(source.content))
        _refuse_bomb(file.metadata, source)
        table = file.read()
        # Texts of a damaged file may be no UTF-8, which only shows where somebody reads them.
        table.validate(full=True)
        frame = table.to_pandas()
        shapes = None
        if "geometry" in frame:
            shapes = shapely.from_wkb(frame.pop("geometry").to_numpy(), on_invalid="ignore")
        frame = named(frame.reset_index(drop=True), source.name)
        return RawTable(source.name, frame, shapes)


def _refuse_bomb(about: Any, source: Source) -> None:
    """Refuse what unfolds beyond bounds before a byte of it is unfolded."""
    refuse_size(range(about.num_columns), about.num_rows, source.name)
    unpacked = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups))
    if unpacked > min(MOST_UNPACKED, max(RATIO_FLOOR, MOST_RATIO * len(source.content))):
        raise too_large(source.name)
