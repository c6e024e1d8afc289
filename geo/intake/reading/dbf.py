"""dBASE tables, the attributes of a Shapefile: values as text, in whatever encoding they have.

Read here rather than by GDAL, which turns long numeric codes into floats and settles on an
encoding without saying which.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.intake.reading.damage import broken
from geo.intake.reading.table import refuse_size
from geo.intake.sentences import refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Attributes", "read_dbf"]

GB: Final = "gb18030"
CPG: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "65001": "utf-8",
    "gbk": GB, "gb2312": GB, "gb18030": GB, "936": GB, "54936": GB,
    "big5": "big5", "950": "big5",
    "1252": "cp1252", "iso-8859-1": "latin-1", "iso88591": "latin-1", "88591": "latin-1",
}  # fmt: skip
"""What a .cpg file may say, without "cp" or "ANSI" before a number -> codec."""

LANGUAGE: Final = {0x4D: GB, 0x4F: "big5", 0x03: "cp1252", 0x13: "cp932", 0x4E: "cp949"}
"""Language byte of the header -> codec. 0x57 means "the system's own" and says nothing."""

TITLES: Final = {"utf-8": "UTF-8", GB: "GB18030", "big5": "Big5", "latin-1": "ISO-8859-1"}

HEAD: Final = 32
"""Bytes of the head, and of the entry of each field."""

NAME: Final = slice(0, 11)
KIND_AT, WIDTH_AT, LANGUAGE_AT = 11, 16, 29
FIELDS_END: Final = 0x0D
STRUCK_OUT: Final = ord("*")
TEXTS, NUMBERS, DATES, FLAGS = "C", "NF", "D", "L"


@dataclass(frozen=True)
class Attributes:
    """The rows of a table in file order; `standing` says which were not struck out."""

    frame: pd.DataFrame
    standing: NDArray[np.bool_]
    encoding: str


@dataclass(frozen=True)
class _Field:
    """One column: where it stands in a record, and its distinct values."""

    name: bytes
    kind: str
    codes: NDArray[Any]
    values: list[bytes]
    width: int


def read_dbf(content: bytes, cpg: str, *, file: str) -> Attributes:
    """Read a dBASE table; columns of other kinds than text, number, date and flag are left out.

    The encoding is the one `cpg` names, else the header's language byte, else UTF-8, else
    GB18030; one that does not fit the bytes gives way to the next. A text cut in the middle of
    a character loses that character. Raises RefusedFile F01 where none fits, DataError for
    damage.
    """
    if len(content) < HEAD:
        raise broken(file, "the .dbf is too short")
    rows, start, width = (
        int.from_bytes(content[begin:end], "little") for begin, end in ((4, 8), (8, 10), (10, 12))
    )
    if width < 1 or start < HEAD or len(content) < start + rows * width:
        raise broken(file, "the .dbf ends too early")
    records = np.frombuffer(content, np.uint8, rows * width, start).reshape(rows, width)
    fields = _fields(content[HEAD:start], records, file)
    refuse_size(fields, rows, file)
    names, columns, encoding = _decoded(fields, content[LANGUAGE_AT], cpg)
    made = {
        place: pd.Series(texts, dtype="str").reindex(one.codes).to_numpy()
        for place, (one, texts) in enumerate(zip(fields, columns, strict=True))
    }
    frame = pd.DataFrame(made, index=range(rows), dtype="str")
    frame.columns = pd.Index(names, dtype=object)
    return Attributes(frame, records[:, 0] != STRUCK_OUT, encoding)


def _fields(entries: bytes, records: NDArray[np.uint8], file: str) -> list[_Field]:
    fields: list[_Field] = []
    begin = 1
    for at in range(0, len(entries) - HEAD + 1, HEAD):
        entry = entries[at : at + HEAD]
        if entry[0] == FIELDS_END:
            break
        width, kind = entry[WIDTH_AT], chr(entry[KIND_AT])
        if begin + width > records.shape[1]:
            raise broken(file, "the fields of the .dbf do not fit its records")
        if width and kind in TEXTS + NUMBERS + DATES + FLAGS:
            raw = np.ascontiguousarray(records[:, begin : begin + width]).view(f"S{width}")
            codes, values = pd.factorize(raw.ravel().astype(object))
            fields.append(_Field(entry[NAME], kind, codes, list(values), width))
        begin += width
    return fields


def _decoded(
    fields: list[_Field], language: int, cpg: str
) -> tuple[list[str], list[list[str | None]], str]:
    """Give names and distinct values in the first encoding that fits all of them, and which."""
    for codec, known_from in _candidates(language, cpg):
        try:
            names = [_text(one.name, codec, most=10) or "" for one in fields]
            columns = [_values(one, codec) for one in fields]
        except UnicodeDecodeError:
            continue
        return names, columns, f"{TITLES.get(codec, codec)} ({known_from})"
    raise refusal("F01")


def _candidates(language: int, cpg: str) -> list[tuple[str, str]]:
    word = cpg.strip().lower().removeprefix("ansi").strip().removeprefix("cp")
    stated = [(CPG[word], ".cpg")] if word in CPG else []
    if language in LANGUAGE:
        stated.append((LANGUAGE[language], ".dbf"))
    return [*stated, ("utf-8", "tried"), (GB, "tried")]


def _values(one: _Field, codec: str) -> list[str | None]:
    texts = [_text(value, codec, most=one.width) for value in one.values]
    if one.kind in NUMBERS:
        return [_number(text) for text in texts]
    nothing = "?" if one.kind == FLAGS else "0" * 8 if one.kind == DATES else None
    return [None if text == nothing else text for text in texts]


def _text(value: bytes, codec: str, *, most: int) -> str | None:
    """Decode one value; where it fills its `most` bytes it may end within a character."""
    whole = len(value) < most or value.endswith(b" ")
    decoder = codecs.getincrementaldecoder(codec)()
    text = decoder.decode(value.split(b"\0", 1)[0], final=whole).strip()
    return text or None


def _number(text: str | None) -> str | None:
    """Give a whole number without ".000"; a field full of stars holds no number."""
    if text is None or "*" in text:
        return None
    digits, point, decimals = text.partition(".")
    if "e" not in text.lower():
        return digits if point and digits and not decimals.strip("0") else text
    try:
        number = float(text)
    except ValueError:
        return text
    return f"{number:.15g}"
