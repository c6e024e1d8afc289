"""Zip archives, which workbooks are too: nothing is unpacked before all of it is judged."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from geo.intake.reading.damage import broken, guarded, too_large, unsafe
from geo.intake.reading.limits import MOST_MEMBERS, MOST_RATIO, MOST_UNPACKED, RATIO_FLOOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.intake.reading.source import Source

__all__ = ["ZIP_FAULTS", "Archive", "Member"]

ZIP_FAULTS: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    OSError,
    EOFError,
    KeyError,
    ValueError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
"""What the standard library raises on archives that are damaged, locked or packed oddly."""

MAGIC: Final = b"PK"
LOCKED: Final = 0x1
UTF8_NAME: Final = 0x800
"""Flag bits of a member: encrypted, and its name is UTF-8."""

NO_PATHS: Final = ("has paths that lead out of the archive", "含有指向压缩包之外的路径")
NO_LINKS: Final = ("has symbolic links in it", "含有符号链接")
NO_LOCKS: Final = ("is locked with a password", "设有密码")


@dataclass(frozen=True)
class Member:
    """One file in an archive; `path` is its name as a person would read it."""

    path: PurePosixPath
    info: zipfile.ZipInfo


@dataclass(frozen=True)
class Archive:
    """A zip archive whose members have all been judged before the first is unpacked.

    Raises DataError on opening for damage, a bomb (bytes in all, bytes against packed bytes,
    number of members), a password, a symbolic link, or a path that leaves the archive.
    """

    source: Source

    def __post_init__(self) -> None:
        """Judge every member."""
        if not self.source.content.startswith(MAGIC):
            raise broken(self.source.name, "no zip archive")
        infos = self._zip.infolist()
        unpacked = sum(info.file_size for info in infos)
        bound = min(MOST_UNPACKED, max(RATIO_FLOOR, MOST_RATIO * len(self.source.content)))
        if len(infos) > MOST_MEMBERS or unpacked > bound:
            raise too_large(self.source.name)
        for info in infos:
            self._judge(info)

    @cached_property
    def everything(self) -> tuple[Member, ...]:
        """Give every file; folders are left out."""
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        return tuple(Member(PurePosixPath(_name(info)), info) for info in infos)

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """Give the files by path, without those that packers add for themselves."""
        return {str(m.path): m for m in self.everything if not _is_clutter(m.path)}

    def opened(self, member: Member) -> IO[bytes]:
        """Open one file; it gives no more bytes than its entry announced."""
        return self._zip.open(member.info)

    def read(self, member: Member) -> bytes:
        """Unpack one file; never more bytes than its entry announced."""
        with guarded(self.source.name, *ZIP_FAULTS):
            return self._zip.read(member.info)

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        with guarded(self.source.name, *ZIP_FAULTS):
            return zipfile.ZipFile(io.BytesIO(self.source.content))

    def _judge(self, info: zipfile.ZipInfo) -> None:
        if not info.filename:
            raise broken(self.source.name, "a member without a name")
        path = PurePosixPath(_name(info))
        drive = path.parts and ":" in path.parts[0]
        if path.is_absolute() or drive or ".." in path.parts:
            raise unsafe(self.source.name, *NO_PATHS)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise unsafe(self.source.name, *NO_LINKS)
        if info.flag_bits & LOCKED:
            raise unsafe(self.source.name, *NO_LOCKS)


def _name(info: zipfile.ZipInfo) -> str:
    """Read a name as its packer meant it: Chinese Windows writes GBK and says nothing."""
    name = info.orig_filename.replace("\\", "/")
    if info.flag_bits & UTF8_NAME or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def _is_clutter(path: PurePosixPath) -> bool:
    return path.name.startswith((".", "~$")) or path.parts[0] == "__MACOSX"
