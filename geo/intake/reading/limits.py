"""How much a file may unfold into before it is taken for an attack or an accident."""

from __future__ import annotations

from typing import Final

__all__ = [
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_DEPTH",
    "MOST_MEMBERS",
    "MOST_RATIO",
    "MOST_SHEET_ROWS",
    "MOST_UNPACKED",
    "RATIO_FLOOR",
]

MOST_UNPACKED: Final = 2 * 1024**3
"""Bytes a packed file may hold in all: ten million rows of text stay below."""

MOST_RATIO: Final = 200
"""Unpacked to packed bytes: tables reach 5 to 60, bombs a thousand and more."""

RATIO_FLOOR: Final = 64 * 1024**2
"""Bytes below which the ratio says nothing: a small file of blanks packs very well."""

MOST_MEMBERS: Final = 1000
"""Files in one archive; a workbook of a hundred sheets has some three hundred parts."""

MOST_COLUMNS: Final = 2000
"""Columns of a table; the widest open data we know have some four hundred."""

MOST_CELLS: Final = 300_000_000
"""Rows times columns: ten million rows of thirty columns."""

MOST_SHEET_ROWS: Final = 1_048_576
"""Rows of a sheet, set by the format."""

MOST_DEPTH: Final = 32
"""Levels of nested properties that become dotted names; deeper ones stay JSON text."""
