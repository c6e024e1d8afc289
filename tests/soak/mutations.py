"""Valid files of every kind, and what accidents and attackers make of them."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import shapely

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["mutated", "valid_files"]

SUFFIXES: Final = (
    ".csv", ".tsv", ".txt", ".json", ".geojson", ".parquet", ".xlsx", ".gpkg", ".zip", ".csv.gz",
    ".gpkg.gz", ".xls", ".shp",
)  # fmt: skip
TOKENS: Final = (
    b"\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04",
    b"SQLite format 3\0", b"PAR1", b"\x1f\x8b", b'"', b"'", b"\n", b"\r", b",", b"\t", b";",
    b"=1+1", b"null", b"1e999", b"NaN", b"-Infinity", b"9" * 400, b"[" * 2000, b'{"a":' * 2000,
    b"{", b"}", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"../", b"0000-00-00", b"99999-99-99",
    "，".encode(), "盂县".encode("gb18030"), b"\x81", b"\xd8\x00", b" " * 300,
)  # fmt: skip
MOST_DEPTH: Final = 2
"""Changes of what is inside a packed file: an archive in it is not unpacked again."""


def valid_files(folder: Path) -> dict[str, bytes]:
    """Write one small delivery in every kind of file; give them by name."""
    areas = gpd.GeoDataFrame(
        {
            "area_code": [f"14032210020{n}" for n in range(4)],
            "level": "village",
            "name": ["秀水村", "北关村", None, "东村"],
            "population": [120, 80, None, 7],
            "valid_from": ["2020-04-03", "2020年4月3日", "43924", "20200403"],
        },
        geometry=[shapely.box(113 + n, 38, 113.5 + n, 38.5) for n in range(4)],
        crs="EPSG:4490",
    )
    plain = pd.DataFrame(areas.drop(columns="geometry"))
    areas.to_file(folder / "areas.gpkg", driver="GPKG")
    areas.to_file(folder / "areas.geojson", driver="GeoJSON")
    areas.to_parquet(folder / "areas.parquet")
    (folder / "shp").mkdir()
    areas.to_file(folder / "shp" / "areas.shp", encoding="GB18030")
    plain.to_excel(folder / "areas.xlsx", index=False)
    with zipfile.ZipFile(folder / "areas.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted((folder / "shp").iterdir()):
            archive.write(part, part.name)
    text = plain.to_csv(index=False)
    (folder / "areas.csv").write_text(text, encoding="utf-8")
    (folder / "areas.txt").write_bytes(text.replace(",", "\t").encode("gb18030"))
    (folder / "areas.tsv").write_bytes(text.replace(",", ";").encode("utf-16"))
    (folder / "areas.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(folder / "one.zip", "w") as archive:
        archive.writestr("资料/areas.csv", text)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def mutated(draw: random.Random, files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Give the name and bytes of one damaged file."""
    name = draw.choice(sorted(files))
    content = _changed(draw, files[name], files, depth=0)
    if draw.random() < 0.1:
        name = "areas" + draw.choice(SUFFIXES)
    return name, content


def _changed(
    draw: random.Random, content: bytes, files: Mapping[str, bytes], *, depth: int
) -> bytes:
    """Change the bytes, or, of a packed file, what is packed in it."""
    if depth < MOST_DEPTH and draw.random() < 0.7:
        if content[:2] == b"PK":
            return _repacked(draw, content, files, depth=depth)
        if content[:2] == b"\x1f\x8b":
            inner = _changed(draw, gzip.decompress(content), files, depth=depth + 1)
            return gzip.compress(inner, compresslevel=1)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        content = draw.choice(CHANGES)(draw, content, files)
    return content


def _repacked(
    draw: random.Random, content: bytes, files: Mapping[str, bytes], *, depth: int
) -> bytes:
    """Change one part of an archive, or its name, and pack it anew with sound sums."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    place = draw.randrange(len(parts))
    name, part = parts[place]
    if draw.random() < 0.1:
        name = draw.choice(("../" + name, "/" + name, "C:\\" + name, name.upper(), "x/" + name))
    else:
        part = _changed(draw, part, files, depth=depth + 1)
    parts[place] = (name, part)
    if draw.random() < 0.05:
        del parts[draw.randrange(len(parts))]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for each, inner in parts:
            archive.writestr(each, inner)
    return packed.getvalue()


def _flip(draw: random.Random, content: bytes, _files: Mapping[str, bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.choice((1, 2, 8, 32))):
        if changed:
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _head(draw: random.Random, content: bytes, _files: Mapping[str, bytes]) -> bytes:
    """Change a byte among the first: where formats say what they are and how long."""
    changed = bytearray(content)
    for _ in range(draw.choice((1, 3))):
        if changed:
            changed[draw.randrange(min(128, len(changed)))] = draw.randrange(256)
    return bytes(changed)


def _cut(draw: random.Random, content: bytes, _: Mapping[str, bytes]) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def _drop(draw: random.Random, content: bytes, _: Mapping[str, bytes]) -> bytes:
    begin = draw.randrange(len(content) + 1)
    return content[:begin] + content[begin + draw.choice((1, 2, 16, 512)) :]


def _double(draw: random.Random, content: bytes, _: Mapping[str, bytes]) -> bytes:
    begin = draw.randrange(len(content) + 1)
    part = content[begin : begin + draw.choice((1, 16, 512))]
    return content[:begin] + part * draw.choice((2, 3)) + content[begin:]


def _insert(draw: random.Random, content: bytes, _: Mapping[str, bytes]) -> bytes:
    begin = draw.randrange(len(content) + 1)
    return content[:begin] + draw.choice(TOKENS) + content[begin:]


def _overwrite(draw: random.Random, content: bytes, _: Mapping[str, bytes]) -> bytes:
    begin, token = draw.randrange(len(content) + 1), draw.choice(TOKENS)
    return content[:begin] + token + content[begin + len(token) :]


def _splice(draw: random.Random, content: bytes, files: Mapping[str, bytes]) -> bytes:
    other = files[draw.choice(sorted(files))]
    begin = draw.randrange(len(other) + 1)
    return content[: draw.randrange(len(content) + 1)] + other[begin:]


def _digits(draw: random.Random, content: bytes, _: Mapping[str, bytes]) -> bytes:
    """Change numbers that are written as text, as XML and JSON do."""
    changed = bytearray(content)
    places = [place for place, byte in enumerate(changed[:4096]) if chr(byte).isdigit()]
    for place in draw.sample(places, min(len(places), draw.choice((1, 4)))):
        changed[place] = draw.choice(b"0123456789-.eE")
    return bytes(changed)


def _junk(draw: random.Random, _: bytes, __: Mapping[str, bytes]) -> bytes:
    return draw.randbytes(draw.choice((0, 1, 7, 100, 4000)))


CHANGES: Final[tuple[Callable[[random.Random, bytes, Mapping[str, bytes]], bytes], ...]] = (
    _flip, _flip, _flip, _head, _cut, _drop, _double, _insert, _insert, _overwrite, _splice,
    _digits, _digits, _junk,
)  # fmt: skip
