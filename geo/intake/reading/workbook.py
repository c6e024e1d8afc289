"""XLSX: the one sheet with a table, its header below whatever title stands above it."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.errors import DataError
from geo.intake.reading.archive import ZIP_FAULTS, Archive
from geo.intake.reading.cells import column_texts
from geo.intake.reading.damage import choose_layer, guarded, too_large
from geo.intake.reading.limits import MOST_CELLS, MOST_COLUMNS, MOST_SHEET_ROWS, MOST_UNPACKED
from geo.intake.reading.markup import has_formulas, refuse_entities
from geo.intake.reading.table import RawTable, both, named, without_blanks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.intake.reading.cells import Cell
    from geo.intake.reading.source import Source

__all__ = ["read_workbook"]

FAULTS: Final = (
    *ZIP_FAULTS,
    SyntaxError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
)
"""What openpyxl raises on workbooks that are not as the standard wants them; the errors of
either XML parser it may use are SyntaxErrors."""

OLE: Final = b"\xd0\xcf\x11\xe0"
"""First bytes of the old binary format, and of a workbook locked with a password."""

HEADER_WITHIN: Final = 20
"""Filled rows among which the header is looked for."""

NOTES: Final[Mapping[str, tuple[str, str]]] = {
    "above": (
        "{n} row(s) above the header were left out.",
        "已略过表头以上的 {n} 行。",
    ),
    "unstored": (
        "{n} formula cell(s) hold no value and are missing; open and save the file once.",
        "{n} 个公式单元格没有保存结果，按缺失处理；请打开文件并保存一次。",
    ),
    "failed": (
        "{n} formula cell(s) show an error and are missing.",
        "{n} 个公式单元格显示错误，按缺失处理。",
    ),
    "long": (
        "{n} number(s) of more than 15 digits lost the rest; store such codes as text.",
        "{n} 个数字超过 15 位，工作簿只保留前 15 位；此类编码请存为文本。",
    ),
}


@dataclass(frozen=True)
class Sheet:
    """The chosen sheet: its filled rows from the header on, and what was found on the way."""

    rows: list[tuple[Cell, ...]]
    found: Counter[str]


def read_workbook(source: Source) -> RawTable:
    """Read the sheet `layer`, or the only visible one that has a header.

    Cells become text as a person would write them. Formulas without a stored value and failed
    ones are missing; these and the rows above the header are counted in notes.
    """
    _refuse_old(source)
    archive = Archive(source)
    refuse_entities(archive)
    with guarded(source.name, *FAULTS):
        sheet = _read(source, formulas=has_formulas(archive))
        frame = named(without_blanks(_frame(sheet, source.name)), source.name)
    said = [
        both(*(text.format(n=sheet.found[k]) for text in NOTES[k])) for k in NOTES if sheet.found[k]
    ]
    return RawTable(source.name, frame, notes=tuple(said))


def _refuse_old(source: Source) -> None:
    if source.content.startswith(OLE):
        raise DataError(
            f"{source.name} is an old .xls file or locked with a password. "
            "Save it as .xlsx without a password in a spreadsheet program.",
            f"{source.name} 是旧版 .xls 文件或设有密码；请用表格软件另存为不加密的 .xlsx。",
        )


def _book(source: Source, *, values: bool) -> Any:
    # Only workbooks pay for the import, which takes as long as a small CSV.
    import openpyxl

    stream = io.BytesIO(source.content)
    return openpyxl.load_workbook(stream, read_only=True, data_only=values, keep_links=False)


def _read(source: Source, *, formulas: bool) -> Sheet:
    book = _book(source, values=True)
    title = _title(book, source)
    above, rows = _table(_filled(book[title], source.name))
    found = Counter(above=above)
    if formulas:
        found["unstored"] = _unstored(book[title], _book(source, values=False)[title])
    return Sheet(rows, found)


def _title(book: Any, source: Source) -> str:
    """Choose a sheet: lists for drop-down cells are hidden, so hidden ones go by name only."""
    heads = {
        sheet.title: list(islice(_filled(sheet, source.name), HEADER_WITHIN))
        for sheet in book.worksheets
        if sheet.sheet_state == "visible" or sheet.title == source.layer
    }
    filled = [title for title, rows in heads.items() if rows]
    tables = [title for title in filled if _header(heads[title]) is not None]
    if source.layer in filled:
        return str(source.layer)
    return choose_layer(source.name, tables or filled, source.layer, what=("sheets", "工作表"))


def _filled(sheet: Any, file: str) -> Iterator[tuple[Cell, ...]]:
    """Walk over the rows that hold anything, cut after their last filled cell."""
    sheet.reset_dimensions()
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        width = next((n for n in range(len(row), 0, -1) if not _is_blank(row[n - 1])), 0)
        cells += width
        if number >= MOST_SHEET_ROWS or width > MOST_COLUMNS or cells > MOST_CELLS:
            raise too_large(file)
        if width:
            yield row[:width]


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _header(rows: list[tuple[Cell, ...]]) -> int | None:
    """Place the header: the first row with two cells or more, over most columns in use."""
    filled = [{n for n, cell in enumerate(row) if not _is_blank(cell)} for row in rows]
    used = len(set().union(*filled))
    for place, columns in enumerate(filled):
        if len(columns) > max(1, used / 2):
            return place
    return None


def _table(rows: Iterator[tuple[Cell, ...]]) -> tuple[int, list[tuple[Cell, ...]]]:
    """Give how many rows stand above the header, and the rows from the header on."""
    every = list(rows)
    above = _header(every[:HEADER_WITHIN]) or 0
    return above, every[above:]


def _unstored(values: Any, formulas: Any) -> int:
    """Count the cells that hold a formula and no value."""
    formulas.reset_dimensions()
    both_ways = zip(
        values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=False
    )
    return sum(
        value is None and formula is not None
        for row, other in islice(both_ways, MOST_SHEET_ROWS)
        for value, formula in zip(row, other, strict=False)
    )


def _frame(sheet: Sheet, file: str) -> pd.DataFrame:
    header, *records = sheet.rows
    width = max(map(len, sheet.rows))
    names = column_texts([*header, *[None] * (width - len(header))], Counter())
    texts = {}
    room = MOST_UNPACKED
    for place in range(width):
        cells = [row[place] if place < len(row) else None for row in records]
        texts[place] = column_texts(cells, sheet.found)
        room -= sum(len(text) for text in texts[place] if text)
        if room < 0:
            raise too_large(file)
    frame = pd.DataFrame(texts, dtype="str")
    frame.columns = pd.Index([name or "" for name in names], dtype=object)
    return frame
