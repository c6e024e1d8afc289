"""Files brought to the page, kept for a day under names nobody can guess."""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from geo.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = ["Staged", "Staging", "plain_name"]

KEPT: Final = timedelta(days=1)
TOKEN: Final = re.compile(r"[0-9a-f]{32}")
LONGEST: Final = 120
"""Characters of a file's name; file systems take 255 bytes, and Chinese takes three each."""
MB: Final = 1_000_000

_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]")


@dataclass(frozen=True)
class Staged:
    """A file that was brought: `token` finds it again."""

    token: str
    name: str
    size: int


@dataclass(frozen=True)
class Staging:
    """The folder of brought files; `now` tells which are too old."""

    folder: Path
    now: Callable[[], datetime]
    limit_mb: int = 2048

    def put(self, name: str, portions: Iterable[bytes]) -> Staged:
        """Keep a file as it streams in.

        Raises UsageError for a name that is none, DataError for a file over the limit, of which
        nothing is kept.
        """
        name, token = plain_name(name), secrets.token_hex(16)
        self.tidy()
        held = self.folder / token
        held.mkdir(parents=True)
        try:
            size = self._write(held / f".{token}.part", portions)
            (held / f".{token}.part").rename(held / name)
        except BaseException:
            shutil.rmtree(held, ignore_errors=True)
            raise
        return Staged(token, name, size)

    def find(self, token: str) -> Path:
        """Give a brought file; raises UsageError when there is none of this token."""
        held = self.folder / token
        if TOKEN.fullmatch(token) and held.is_dir():
            for path in held.iterdir():
                return path
        raise UsageError(
            "The file is no longer here; files brought to this page are kept for a day. "
            "Choose it again.",
            "文件已不在；上传的文件只保留一天。请重新选择。",
        )

    def tidy(self) -> None:
        """Remove what is older than a day."""
        if not self.folder.is_dir():
            return
        for held in self.folder.iterdir():
            brought = datetime.fromtimestamp(held.stat().st_mtime, UTC)
            if TOKEN.fullmatch(held.name) and self.now() - brought > KEPT:
                shutil.rmtree(held, ignore_errors=True)

    def _write(self, path: Path, portions: Iterable[bytes]) -> int:
        size = 0
        with path.open("wb") as file:
            for portion in portions:
                size += len(portion)
                if size > self.limit_mb * MB:
                    raise DataError(
                        f"The file has more than {self.limit_mb:,} MB. Cut it into parts, or "
                        "import it with the command `import`.",
                        f"文件超过 {self.limit_mb:,} MB。请拆分后上传，或使用 import 命令导入。",
                    )
                file.write(portion)
        return size


def plain_name(name: str) -> str:
    r"""Give the bare name of a file: no folder, no hidden file, nothing a system trips over.

    >>> plain_name("..\\etc/案件?.csv")
    '案件_.csv'
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = _FORBIDDEN.sub("_", last).strip().lstrip(".").strip()
    if not plain:
        raise UsageError(
            f"{name!r} is no name for a file; name it as in cases.csv.",
            f"{name!r} 不是有效的文件名；请使用类似 cases.csv 的名称。",
        )
    stem, dot, ending = plain.partition(".")
    return f"{stem[: max(LONGEST - len(ending), 1)]}{dot}{ending[:LONGEST]}"
