"""The bytes of a file, unpacked once and within bounds."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.errors import UsageError
from geo.intake.reading.damage import broken, empty, too_large
from geo.intake.reading.limits import MOST_RATIO, MOST_UNPACKED, RATIO_FLOOR

if TYPE_CHECKING:
    import io
    from pathlib import Path

__all__ = ["Source", "content_hash", "load"]

GZIP_WINDOW = 31
"""zlib's word for gzip with the largest window."""


@dataclass(frozen=True)
class Source:
    """One file to read: `name` as shown to people, its unpacked bytes, the layer asked for."""

    name: str
    content: bytes
    layer: str | None = None


def content_hash(path: Path, *, layer: str | None = None) -> str:
    """Give the SHA-256 of the file's bytes as hexadecimal text.

    With a layer it is the hash of both: two sheets of one workbook are two deliveries.
    """
    with _opened(path) as stream:
        digest = hashlib.file_digest(stream, "sha256")
    if layer is not None:
        digest.update(b"\0" + layer.encode())
    return digest.hexdigest()


def load(path: Path, layer: str | None) -> Source:
    """Read a file, unpacking gzip.

    Raises UsageError for a file that cannot be opened, DataError for one that is empty,
    damaged or a gzip bomb.
    """
    with _opened(path) as stream:
        content = stream.read()
    if path.name.lower().endswith(".gz") and content:
        content = _gunzipped(content, path.name)
    if not content:
        raise empty(path.name)
    return Source(path.name, content, layer)


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(
            f"Cannot open {path.name}: {error.strerror}. Check the path.",
            f"无法打开 {path.name}：{error.strerror}。请检查路径。",
        ) from error


def _gunzipped(content: bytes, name: str) -> bytes:
    """Unpack every member of a gzip file; give up as soon as it unfolds beyond bounds."""
    most = min(MOST_UNPACKED, max(RATIO_FLOOR, MOST_RATIO * len(content)))
    parts: list[bytes] = []
    left, room = content, most
    while left:
        unpacker = zlib.decompressobj(GZIP_WINDOW)
        try:
            part = unpacker.decompress(left, room + 1)
        except zlib.error as error:
            raise broken(name, error) from error
        room -= len(part)
        if room < 0:
            raise too_large(name)
        if not unpacker.eof:
            raise broken(name, "it ends too early")
        parts.append(part)
        left = unpacker.unused_data.lstrip(b"\0")
    return b"".join(parts)
