"""Cells of a workbook as a person would write them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    Cell = str | int | float | bool | datetime | date | time | timedelta | None

__all__ = ["ERRORS", "LONG", "column_texts"]

ERRORS: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
)
"""What a cell shows when its formula failed."""

LONG: Final = 10**15
"""Numbers from here on have lost digits: a workbook keeps fifteen."""


def column_texts(cells: Sequence[Cell], found: Counter[str]) -> list[str | None]:
    """Give the texts of one column; `found` counts failed formulas and over-long numbers.

    Dates are ISO; a column whose moments are all midnights holds dates.
    """
    moments = [cell for cell in cells if isinstance(cell, datetime)]
    days = all(moment.time() == time() for moment in moments)
    return [_text(cell, found, days=days) for cell in cells]


def _text(cell: Cell, found: Counter[str], *, days: bool) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        return _of_text(cell, found)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _of_number(cell, found)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if days else cell.isoformat(sep=" ")
    return str(cell)


def _of_text(text: str, found: Counter[str]) -> str | None:
    text = text.strip()
    if text in ERRORS:
        found["failed"] += 1
        return None
    return text or None


def _of_number(number: float, found: Counter[str]) -> str:
    if number != number or abs(number) == float("inf"):  # noqa: PLR0124 - NaN is not itself
        return str(number)
    if number == int(number):
        found["long"] += abs(number) >= LONG
        return str(int(number))
    # Fifteen digits are what the workbook keeps; the rest is noise of the binary fraction.
    return repr(float(f"{number:.15g}"))
