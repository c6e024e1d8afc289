"""CSV and its kin: comma, semicolon or tab, quoted as spreadsheets do."""

from __future__ import annotations

import csv
import io
import warnings
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.intake.reading.damage import broken, empty, no_layers
from geo.intake.reading.decoding import decoded
from geo.intake.reading.table import RawTable, named, refuse_size, without_blanks

if TYPE_CHECKING:
    from geo.intake.reading.source import Source

__all__ = ["read_delimited"]

SEPARATORS: Final = (",", ";", "\t")

FAULTS: Final = (
    pd.errors.ParserError,
    pd.errors.ParserWarning,
    pd.errors.EmptyDataError,
    csv.Error,
    OverflowError,
)


def read_delimited(source: Source) -> RawTable:
    """Read text with a header; the separator is the one the header has most of.

    Raises DataError for rows longer than the header and for names that occur twice.
    """
    no_layers(source.name, source.layer)
    text, encoding = decoded(source.content)
    stream = io.StringIO(text, newline="")
    try:
        separator, header = _header(stream, source.name)
        refuse_size(header, text.count("\n"), source.name)
        frame = _rows(stream, separator, header)
    except FAULTS as error:
        raise broken(source.name, error) from error
    frame = named(without_blanks(frame), source.name)
    return RawTable(source.name, frame, encoding=encoding)


def _header(stream: io.StringIO, file: str) -> tuple[str, list[str]]:
    """Read the first line that is not blank; the stream then stands at the first record."""
    begin = stream.tell()
    while (line := stream.readline()).strip() == "":
        if not line:
            raise empty(file)
        begin = stream.tell()
    separator = max(SEPARATORS, key=_unquoted(line).count)
    stream.seek(begin)
    return separator, [name.strip() for name in next(csv.reader(stream, delimiter=separator))]


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])


def _rows(stream: io.StringIO, separator: str, header: list[str]) -> pd.DataFrame:
    with warnings.catch_warnings():
        # Rows longer than the header would lose their end, or push the first column aside.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            stream,
            sep=separator,
            header=None,
            names=list(range(len(header))),
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            index_col=False,
        )
    frame.columns = pd.Index(header, dtype=object)
    return frame
