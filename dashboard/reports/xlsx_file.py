"""Sheets as a workbook that no spreadsheet computes and no clock marks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from dashboard.reports.fixed_zip import fixed_zip
from dashboard.services.tables import neutral_cell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from openpyxl.worksheet.worksheet import Worksheet

    from dashboard.reports.paper import Sheet

__all__ = ["xlsx_of"]

FONT: Final = "宋体"
HEAD_ROW: Final = 3
"""Row of the head: after the note and an empty row."""


def xlsx_of(sheets: Sequence[Sheet], moment: datetime) -> bytes:
    """Write sheets as a workbook; the same sheets and moment give the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _write(book.create_sheet(sheet.title), sheet)
    body = io.BytesIO()
    book.save(body)
    return fixed_zip(body.getvalue(), moment)


def _write(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for line in ((sheet.note,), (), sheet.head, *sheet.rows):
        page.append([neutral_cell(value) for value in line])
    for number, width in enumerate(sheet.widths, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    for row in page.iter_rows():
        for cell in row:
            cell.font = Font(name=FONT, size=11, bold=cell.row == HEAD_ROW)
    for cell in page[HEAD_ROW]:
        cell.fill = PatternFill("solid", fgColor="EDEDED")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    page.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(sheet.head))
    page["A1"].alignment = Alignment(wrap_text=True, vertical="top")
    page.row_dimensions[1].height = 60
    page.freeze_panes = f"C{HEAD_ROW + 1}"
    page.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(sheet.head))}{page.max_row}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
