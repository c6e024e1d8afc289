"""GeoPackage: one layer, from a copy in memory, so that nothing can be written to the file."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.intake.reading.damage import broken, choose_layer, guarded, unsafe
from geo.intake.reading.limits import MOST_CELLS
from geo.intake.reading.stated import crs_stated
from geo.intake.reading.table import RawTable, named, refuse_size

if TYPE_CHECKING:
    from geo.intake.reading.source import Source

__all__ = ["VECTOR_FAULTS", "read_geopackage"]

VECTOR_FAULTS: Final = (
    pa.ArrowException,
    shapely.errors.GEOSException,
    sqlite3.Error,
    RuntimeError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
)
"""What pyogrio (its own errors are RuntimeErrors), Arrow and SQLite raise on damaged files."""

MAGIC: Final = b"SQLite format 3\0"
KINDS: Final = frozenset({b"GPKG", b"GP10", b"GP11"})
KIND_AT: Final = slice(68, 72)
"""Where a GeoPackage says that it is one. Another database, or a text that tells GDAL to open
yet other files, never reaches GDAL."""

JOURNAL_AT: Final = slice(18, 20)
ROLLBACK: Final = b"\x01\x01"
"""A file that QGIS had open may ask for a write-ahead log, which a copy in memory cannot have."""


def read_geopackage(source: Source) -> RawTable:
    """Read the layer `layer`, or the only one with shapes, or the only table.

    Raises DataError for a layer that is a view: what it would run is the file's choice.
    """
    if not source.content.startswith(MAGIC) or source.content[KIND_AT] not in KINDS:
        raise broken(source.name, "no GeoPackage")
    content = source.content[:18] + ROLLBACK + source.content[20:]
    with guarded(source.name, *VECTOR_FAULTS):
        layer = _layer(source, content)
        if layer in _views(content):
            raise unsafe(source.name, f"has a view as layer {layer!r}", f"的图层“{layer}”是视图")
        about, table = _read(content, layer)
        table.validate(full=True)
        refuse_size(table.column_names, table.num_rows, source.name)
        shapes = None
        if about["geometry_type"] is not None:
            geometry = table.column_names.index(about["geometry_name"] or "wkb_geometry")
            wkb = table.column(geometry).to_numpy(zero_copy_only=False)
            shapes = shapely.from_wkb(wkb, on_invalid="ignore")
            table = table.remove_column(geometry)
        frame = named(_frame(table), source.name)
    return RawTable(source.name, frame, shapes, stated_crs=crs_stated(about["crs"]))


def _layer(source: Source, content: bytes) -> str:
    import pyogrio

    kinds = {str(name): kind for name, kind in pyogrio.list_layers(io.BytesIO(content))}
    if source.layer in kinds:
        return str(source.layer)
    drawn = [name for name, kind in kinds.items() if kind is not None]
    return choose_layer(source.name, drawn or list(kinds), source.layer, what=("layers", "图层"))


def _views(content: bytes) -> frozenset[str]:
    """Name the views; the list of tables is read, none of them is asked anything."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content)
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
        return frozenset(str(name) for (name,) in rows)


def _read(content: bytes, layer: str) -> tuple[dict[str, Any], pa.Table]:
    import pyogrio

    about, table = pyogrio.raw.read_arrow(io.BytesIO(content), layer=layer, max_features=MOST_CELLS)
    return about, table


def _frame(table: pa.Table) -> pd.DataFrame:
    """Give the attributes; whole numbers become text, which holds codes of any length."""
    columns = {
        str(place): pc.cast(column, pa.string()) if pa.types.is_integer(column.type) else column
        for place, column in enumerate(table.columns)
    }
    frame: pd.DataFrame = pa.table(columns).to_pandas()
    if not columns:
        frame = pd.DataFrame(index=range(table.num_rows))
    frame.columns = pd.Index(table.column_names, dtype=object)
    return frame
