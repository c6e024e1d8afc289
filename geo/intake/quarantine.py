"""The rows kept out, as they came, each with its reason, and without what may not be shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.personal import personal_text
from geo.intake.sentences import row_sentence
from geo.intake.texts import plain_text

if TYPE_CHECKING:
    from geo.intake.faults import Mask, Verdicts

__all__ = ["COLUMNS", "coordinate_columns", "quarantine_frame"]

COLUMNS: Final = ("row", "file", "code", "column", "sentence_en", "sentence_zh")
"""Columns before the file's own; one of the file's with such a name gets " (file)" behind it."""

HIDDEN: Final = "***"

_COORDINATE: Final = re.compile(
    r"(?i)^(lon|lat|lng|longitude|latitude|x|y|location|coord\w*|geom\w*|经度|纬度|坐标|"
    r"[xy][ _-]?coord(inate)?|point_?[xy]|(lon|lat|lng)[ _-]?(gcj02|bd09|wgs84|cgcs2000))$"
)
_FORMULA: Final = ("=", "+", "-", "@")


def coordinate_columns(columns: list[str]) -> list[str]:
    """List the headers that tell of coordinates.

    >>> coordinate_columns(["Latitude", "X Coordinate", "经度", "Ward"])
    ['Latitude', 'X Coordinate', '经度']
    """
    return [name for name in columns if _COORDINATE.match(name)]


def quarantine_frame(
    frame: pd.DataFrame, verdicts: Verdicts, *, file: str, withheld: Mask, placeless: bool = False
) -> pd.DataFrame:
    """Give the rows that were kept out, with row number (from 1), rule and both sentences.

    `frame` holds the file's columns without personal ones. Coordinates of `withheld` rows, and
    of all rows where the entity is `placeless`, are not shown; nor are texts that look
    personal. Texts that a spreadsheet would run as a formula get an apostrophe in front.
    """
    out = ~verdicts.kept
    rows = np.flatnonzero(out)
    own = {str(name): plain_text(frame[name].iloc[rows]) for name in frame.columns}
    hidden = np.ones(len(rows), dtype=bool) if placeless else withheld[rows]
    for name in coordinate_columns(list(own)):
        own[name] = own[name].mask(hidden)
    codes = pd.Series(verdicts.codes[rows], dtype="str")
    head = {
        "row": rows + 1,
        "file": file,
        "code": codes,
        "column": pd.Series(verdicts.columns[rows], dtype="str"),
        "sentence_en": codes.map(lambda code: row_sentence(code, "en")).astype("str"),
        "sentence_zh": codes.map(lambda code: row_sentence(code, "zh")).astype("str"),
    }
    body = {
        f"{name} (file)" if name in COLUMNS else name: _shown(values).reset_index(drop=True)
        for name, values in own.items()
    }
    return pd.DataFrame(head | body)


def _shown(values: pd.Series) -> pd.Series:
    """Hide what looks personal, and take the start of a formula out of a spreadsheet's hands."""
    shown = values.mask(personal_text(values), HIDDEN)
    runs = shown.str.startswith(_FORMULA, na=False) & pd.to_numeric(shown, errors="coerce").isna()
    return shown.mask(runs, "'" + shown)
