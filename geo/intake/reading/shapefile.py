"""Shapefiles in a .zip: shapes by GDAL, attributes by our own reader, encoding as found."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.errors import DataError
from geo.intake.reading.damage import broken, guarded
from geo.intake.reading.dbf import read_dbf
from geo.intake.reading.geopackage import VECTOR_FAULTS
from geo.intake.reading.stated import crs_stated
from geo.intake.reading.table import RawTable, named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.intake.reading.archive import Archive, Member

__all__ = ["read_shapefile"]

MAGIC = b"\x00\x00\x27\x0a"


def read_shapefile(archive: Archive, shp: Member) -> RawTable:
    """Read the Shapefile `shp` and the files of the same name beside it.

    Raises DataError where the .shx or .dbf is missing or their counts of records differ.
    """
    file = archive.source.name
    parts = _siblings(archive, shp)
    missing = [ending for ending in (".shx", ".dbf") if ending not in parts]
    if missing:
        raise DataError(
            f"{file} holds {shp.path.name} without its {' and '.join(missing)}; "
            "zip all files of the Shapefile together.",
            f"{file} 中的 {shp.path.name} 缺少 {'、'.join(missing)}；"
            "请将 Shapefile 的全部文件一起压缩。",
        )
    shapes = _shapes(archive.read(shp), parts[".shx"], file)
    attributes = read_dbf(parts[".dbf"], _words(parts.get(".cpg")), file=file)
    if len(shapes) != len(attributes.frame):
        raise broken(file, f"{len(shapes)} shapes, {len(attributes.frame)} rows of attributes")
    standing = attributes.standing
    frame = named(attributes.frame[standing].reset_index(drop=True), file)
    crs = crs_stated(_words(parts.get(".prj")))
    return RawTable(file, frame, shapes[standing], attributes.encoding, crs)


def _siblings(archive: Archive, shp: Member) -> dict[str, bytes]:
    """Unpack the files that go with `shp`, by ending; upper and lower case are one."""
    wanted = {".shx", ".dbf", ".prj", ".cpg"}
    found: dict[str, bytes] = {}
    for member in archive.members.values():
        ending = member.path.suffix.lower()
        if ending in wanted and _stem(member.path) == _stem(shp.path):
            found[ending] = archive.read(member)
    return found


def _stem(path: PurePosixPath) -> str:
    return str(path.with_suffix("")).lower()


def _words(content: bytes | None) -> str:
    return (content or b"").decode("utf-8-sig", errors="replace")


def _shapes(shp: bytes, shx: bytes, file: str) -> NDArray[Any]:
    """Give one shape per record, None for a record without one."""
    # Only vector files pay for the import.
    import pyogrio

    if not shp.startswith(MAGIC):
        raise broken(file, "no Shapefile")
    # GDAL finds the index beside the shapes, so both need names; a folder of our own has
    # nothing else in it that GDAL could follow.
    with tempfile.TemporaryDirectory() as folder, guarded(file, *VECTOR_FAULTS):
        path = Path(folder) / "layer.shp"
        path.write_bytes(shp)
        path.with_suffix(".shx").write_bytes(shx)
        wkb = pyogrio.raw.read(path, columns=[])[2]
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    return np.asarray(shapes, dtype=object)
