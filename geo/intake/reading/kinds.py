"""Which reader a file's name asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from geo.errors import UsageError
from geo.intake.reading.archive import Archive
from geo.intake.reading.damage import choose_layer, empty, unsafe
from geo.intake.reading.delimited import read_delimited
from geo.intake.reading.geojson import read_geojson
from geo.intake.reading.geopackage import read_geopackage
from geo.intake.reading.parquet import read_parquet
from geo.intake.reading.shapefile import read_shapefile
from geo.intake.reading.source import Source, load
from geo.intake.reading.workbook import read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from geo.intake.reading.table import RawTable

__all__ = ["read_table"]

READERS: Final[Mapping[str, Callable[[Source], RawTable]]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".geojson": read_geojson,
    ".json": read_geojson,
    ".parquet": read_parquet,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".gpkg": read_geopackage,
}
"""Ending -> what reads one file of the kind."""

ADVICE: Final[Mapping[str, tuple[str, str]]] = {
    ".xls": ("save it as .xlsx", "请另存为 .xlsx"),
    ".xlsb": ("save it as .xlsx", "请另存为 .xlsx"),
    ".et": ("save it as .xlsx", "请另存为 .xlsx"),
    ".shp": (
        "zip it together with its .shx, .dbf and .prj",
        "请与同名的 .shx、.dbf、.prj 一起压缩为 .zip",
    ),
    ".dbf": (
        "zip it together with its .shp, .shx and .prj",
        "请与同名的 .shp、.shx、.prj 一起压缩为 .zip",
    ),
}
ARCHIVES: Final = frozenset({".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst"})
BESIDE: Final = frozenset({".txt"})
"""Endings of files that lie beside a table as a readme; a table where nothing else is one."""


def read_table(path: Path, *, layer: str | None = None) -> RawTable:
    """Read one table from a file.

    CSV (also .tsv, .txt), XLSX, GeoJSON, GeoPackage and Parquet, each may be gzipped; a
    Shapefile as a .zip; a .zip with exactly one of these.

    Parameters
    ----------
    path
        The ending of its name says the kind.
    layer
        The sheet of a workbook, the layer of a GeoPackage or the file in an archive, where
        there are several.

    Raises
    ------
    RefusedFile, DataError
        F01 when texts are in no known encoding; DataError for a file that is empty, damaged,
        unsafe or beyond all measure.
    UsageError
        For another kind of file, one that is not there, or an open choice of layer.
    """
    return replace(_reader(path.name)(load(path, layer)), file=path.name)


def _reader(name: str) -> Callable[[Source], RawTable]:
    suffix = _suffix(name.lower().removesuffix(".gz"))
    if suffix in READERS:
        return READERS[suffix]
    if name.lower().endswith(".zip"):
        return _read_archive
    en, zh = ADVICE.get(suffix, ("convert it first", "请先转换格式"))
    raise UsageError(
        f"{name} is not CSV, XLSX, GeoJSON, GPKG, Parquet (each may be gzipped) or a zipped "
        f"Shapefile; {en}.",
        f"{name} 不是 CSV、XLSX、GeoJSON、GPKG、Parquet 文件（可用 gzip 压缩），"
        f"也不是压缩的 Shapefile；{zh}。",
    )


def _suffix(name: str) -> str:
    return "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""


def _read_archive(source: Source) -> RawTable:
    """Read the one table in an archive; archives within it are not opened."""
    archive = Archive(source)
    kinds = {path: _suffix(path) for path in archive.members}
    if ARCHIVES & set(kinds.values()):
        raise unsafe(source.name, "has archives inside the archive", "压缩包内还有压缩包")
    readable = [path for path, kind in kinds.items() if kind in {*READERS, ".shp"}]
    tables = [path for path in readable if kinds[path] not in BESIDE] or readable
    path, layer = _choose_table(tables, source)
    if kinds[path] == ".shp":
        return read_shapefile(archive, archive.members[path])
    content = archive.read(archive.members[path])
    if not content:
        raise empty(source.name)
    return READERS[kinds[path]](Source(f"{source.name}/{path}", content, layer))


def _choose_table(paths: list[str], source: Source) -> tuple[str, str | None]:
    """Give the file to read and the layer within it: `layer` names one of them or the other."""
    named = [p for p in paths if source.layer in {p, PurePosixPath(p).name, PurePosixPath(p).stem}]
    if len(named) == 1:
        return named[0], None
    if len(paths) == 1:
        return paths[0], source.layer
    return choose_layer(source.name, paths, source.layer, what=("tables", "表格")), None
