"""A file as it came: a table of texts, perhaps with shapes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.intake.reading.damage import duplicate_names, too_large
from geo.intake.reading.limits import MOST_CELLS, MOST_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RawTable", "both", "named", "refuse_size", "without_blanks"]


@dataclass(frozen=True)
class RawTable:
    """A file as it came: `frame` has one row per record, columns as named in the file.

    Texts are text (a code keeps its leading zeros); a Parquet file and a GeoPackage keep
    their own types. `geometry` is None for a table without shapes; `file` is the bare name.
    """

    file: str
    frame: pd.DataFrame
    geometry: np.ndarray[Any, Any] | None = None
    encoding: str = ""
    """How the texts were read and how that is known, as "GB18030 (tried)"; empty where the
    format says so itself."""
    stated_crs: str | None = None
    """The CRS the file itself states, where its format has a binding place for it."""
    notes: tuple[str, ...] = ()
    """Remarks for the report, each in both languages."""

    @property
    def rows(self) -> int:
        """Give the number of records read."""
        return len(self.frame)


def both(en: str, zh: str) -> str:
    """Join the two languages of a remark into one line."""
    return f"{en} / {zh}"


def named(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    """Give the frame its column names as stripped text; refuse a name that occurs twice.

    A column without a name is called by its place, `Unnamed: 3`.
    """
    names = [str(name).strip().strip("\ufeff\u200b").strip() for name in frame.columns]
    names = [name or f"Unnamed: {place}" for place, name in enumerate(names)]
    double = [name for name, times in Counter(names).items() if times > 1]
    if double:
        raise duplicate_names(file, double)
    frame.columns = pd.Index(names, dtype=object)
    return frame


def without_blanks(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop columns that have neither a name nor a value, and rows without any value."""
    nameless = [place for place, name in enumerate(frame.columns) if not str(name).strip()]
    unused = {place for place in nameless if frame.iloc[:, place].isna().all()}
    if unused:
        frame = frame.iloc[:, [n for n in range(frame.shape[1]) if n not in unused]]
    blank = np.ones(len(frame), dtype=bool)
    for place in range(frame.shape[1]):
        if not blank.any():
            return frame
        blank &= frame.iloc[:, place].isna().to_numpy()
    return frame[~blank].reset_index(drop=True)


def refuse_size(names: Sequence[object], rows: int, file: str) -> None:
    """Refuse a table that is wider or larger than any delivery."""
    if len(names) > MOST_COLUMNS or rows * len(names) > MOST_CELLS:
        raise too_large(file)
