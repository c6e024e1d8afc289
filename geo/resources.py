"""The project's own data files: rulebooks and recipes, by folder and name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from geo.errors import UsageError

__all__ = ["names", "read_text"]

DATA: Final = Path(__file__).resolve().parent.parent / "data"


def names(folder: str) -> list[str]:
    """List the files of a data folder by name, sorted; empty when there is no such folder.

    >>> names("rulebooks")
    ['henan-2021.yaml', 'open-data.yaml', 'shanxi-2020.yaml']
    """
    place = DATA / folder
    return sorted(item.name for item in place.glob("*.*") if item.is_file())


def read_text(folder: str, name: str) -> str:
    """Give the UTF-8 text of one data file.

    Raises UsageError, listing what there is, when the folder holds no file of that name; a
    name is looked up in the list, so that it can never lead out of the folder.

    >>> read_text("rulebooks", "shanxi-2020.yaml").startswith("#")
    True
    """
    known = names(folder)
    if name not in known:
        listed = ", ".join(known) or "nothing"
        raise UsageError(
            f"There is no {name!r} in data/{folder}; it holds {listed}.",
            f"data/{folder} 中没有 {name!r}；现有：{'、'.join(known) or '无'}。",
        )
    return (DATA / folder / name).read_text(encoding="utf-8")
