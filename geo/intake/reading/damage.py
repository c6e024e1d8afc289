"""What is said of a file that cannot be read, and where other people's errors become ours."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geo.errors import DataError, SanlingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "broken",
    "choose_layer",
    "duplicate_names",
    "empty",
    "guarded",
    "no_layers",
    "too_large",
    "unsafe",
]


def broken(file: str, error: Exception | str) -> DataError:
    """Say that a file is damaged, with the first line of what a library found."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = (lines[0] if lines else type(error).__name__).rstrip(".")[:200]
    return DataError(
        f"{file} is damaged or not what its name says ({reason}); ask for it again.",
        f"{file} 已损坏或与扩展名不符（{reason}）；请重新获取该文件。",
    )


def empty(file: str) -> DataError:
    """Say that there is nothing in a file."""
    return DataError(
        f"{file} is empty: it holds no table. Ask for it again.",
        f"{file} 是空文件，没有表格；请重新获取该文件。",
    )


def too_large(file: str) -> DataError:
    """Say that a file unfolds into more than any delivery has."""
    return DataError(
        f"{file} unfolds into far more than a table of its kind holds; it was not read. "
        "Split it, or ask where it comes from.",
        f"{file} 展开后远超正常表格的大小，未予读取；请拆分文件，或核实其来源。",
    )


def unsafe(file: str, en: str, zh: str) -> DataError:
    """Say that a file has something in it that tables do not need and attacks do."""
    return DataError(
        f"{file} {en}; it was not read. Pack the plain table anew.",
        f"{file} {zh}，未予读取；请重新打包原始表格。",
    )


def duplicate_names(file: str, names: Sequence[str]) -> DataError:
    """Say that columns share a name."""
    listed = ", ".join(map(repr, names[:5]))
    return DataError(
        f"{file} has several columns called {listed}; give every column a name of its own.",
        f"{file} 有多列同名：{listed}；请使每列名称唯一。",
    )


def choose_layer(
    file: str, names: Sequence[str], layer: str | None, *, what: tuple[str, str]
) -> str:
    """Give the one of `names` to read: the one asked for, or the only one there is.

    `what` names the kind in both languages, such as ("sheets", "工作表"). Raises UsageError
    that lists the names when the choice is open, DataError when there is none.
    """
    if layer is not None and layer in names:
        return layer
    if not names:
        raise DataError(
            f"{file} holds no {what[0]} with a table. Ask for it again.",
            f"{file} 中没有含表格的{what[1]}；请重新获取该文件。",
        )
    if layer is None and len(names) == 1:
        return names[0]
    shown = list(names[:20])
    en = f"holds the {what[0]} {', '.join(shown)}" + ("" if layer is None else f", not {layer!r}")
    zh = f"含有{what[1]}：{'、'.join(shown)}" + ("" if layer is None else f"，没有“{layer}”")
    raise UsageError(
        f"{file} {en}. Name one: layer={shown[0]!r} (--layer on the command line).",
        f"{file} {zh}。请指定其一：layer={shown[0]!r}（命令行用 --layer）。",
    )


def no_layers(file: str, layer: str | None) -> None:
    """Refuse a layer asked for in a file that is one table."""
    if layer is not None:
        raise UsageError(
            f"{file} is one table and has no layer {layer!r}; leave the layer out.",
            f"{file} 只有一个表，没有图层“{layer}”；请不要指定图层。",
        )


@contextmanager
def guarded(file: str, *errors: type[Exception]) -> Iterator[None]:
    """Turn a library's `errors` into the sentence that the file is damaged.

    Its warnings are for the programmer of the file, not for the person who has it: what
    matters of them is found by our own checks.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except SanlingError:
        raise
    except errors as error:
        raise broken(file, error) from error
