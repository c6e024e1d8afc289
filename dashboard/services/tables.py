"""A table as a file to keep: CSV or workbook, no cell of which a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["neutral_cell", "table_file"]

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(
    fmt: str, stem: str, caption: str, table: Sequence[Sequence[object]], *, sheet: str
) -> tuple[str, str, bytes]:
    """Give a table as a file: name, type and bytes. `fmt` is csv or xlsx.

    The caption stands over the table, whose first row holds the titles.
    """
    lines = [[neutral_cell(cell) for cell in row] for row in table]
    if fmt == "csv":
        return f"{stem}.csv", CSV_TYPE, _csv(caption, lines)
    if fmt == "xlsx":
        return f"{stem}.xlsx", XLSX_TYPE, _xlsx(caption, lines, sheet)
    raise UsageError(
        f"Unknown table format {fmt!r}; use csv or xlsx.",
        f"未知的表格格式 {fmt!r}；请使用 csv 或 xlsx。",
    )


def neutral_cell(value: object) -> object:
    """Take the power from a cell a spreadsheet would run as a formula."""
    if isinstance(value, str) and value[:1] in "=+-@" and value[:1]:
        return f"'{value}"
    return value


def _csv(caption: str, table: list[list[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[caption], *table])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(caption: str, table: list[list[object]], title: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C4"
    for line in [[caption], [], *table]:
        sheet.append(line)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()
