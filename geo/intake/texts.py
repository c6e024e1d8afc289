"""Steps that turn another system's text into ours; each works on the distinct values only."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.intake.faults import Mask
    from geo.intake.recipe import Column, Holds

__all__ = ["applied", "narrowed", "numbers", "plain_text", "rows_holding"]

GB_LEVELS: Final = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}
"""Length of an area code (GB/T 2260, GB/T 10114, statistical villages) -> level."""

HEADINGS: Final = {
    "N": 0.0, "NE": 45.0, "E": 90.0, "SE": 135.0, "S": 180.0, "SW": 225.0, "W": 270.0, "NW": 315.0,
}  # fmt: skip
"""Compass letters -> degrees clockwise from north."""

THOUSANDS: Final = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"


def plain_text(values: pd.Series) -> pd.Series:
    """Give stripped text; empty is missing, whole numbers lose their ".0", yes/no is true/false.

    >>> plain_text(pd.Series([7.0, None])).tolist()
    ['7', nan]
    """
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.astype("str").str.lower()
    if pd.api.types.is_float_dtype(values.dtype):
        values = _whole_numbers(values)
    text = values.astype("str").str.strip()
    return text.where(text != "")


def narrowed(text: pd.Series) -> pd.Series:
    """Give full-width characters as their narrow twins: codes and words, never names.

    >>> narrowed(pd.Series(["１４０３２２", " A１", None], dtype="str")).tolist()
    ['140322', 'A1', nan]
    """
    foreign = text.notna() & ~text.str.isascii().astype(bool)
    if not foreign.any():
        return text
    narrow = text[foreign].str.normalize("NFKC").str.strip()
    return text.where(~foreign, narrow.reindex(text.index))


def numbers(values: pd.Series) -> pd.Series:
    """Read numbers, also full-width ones and with thousands set apart; missing where none is.

    >>> numbers(pd.Series(["1,234.5", "１２ ", "12,34", "many"], dtype="str")).tolist()
    [1234.5, 12.0, nan, nan]
    """
    number = _finite(values)
    left = values.notna() & number.isna()
    if not left.any():
        return number
    written = narrowed(plain_text(values[left]))
    plain = written.where(~written.str.fullmatch(THOUSANDS, na=False), written.str.replace(",", ""))
    return number.where(~left, _finite(plain).reindex(number.index))


def _finite(values: pd.Series) -> pd.Series:
    number = pd.to_numeric(values, errors="coerce").astype("float64")
    return number.where(np.isfinite(number))


def applied(
    frame: pd.DataFrame, names: tuple[str, ...], column: Column, *, narrow: bool = False
) -> pd.Series:
    """Read the columns `names` of `frame` as the recipe's `column` says.

    `narrow` texts lose full-width characters before the recipe sees them.
    A column the recipe does nothing with keeps its type; otherwise the result is text.
    """
    values = frame[names[0]]
    if len(names) > 1:
        values = _joined(frame, names, column.join or "")
    if not _changes(column):
        return values
    codes, distinct = pd.factorize(plain_text(values))
    texts = pd.Series(distinct, dtype="str")
    made = _steps(narrowed(texts) if narrow else texts, column)
    taken = made.reindex(codes)
    return taken.set_axis(frame.index)


def rows_holding(frame: pd.DataFrame, rule: Holds) -> Mask:
    """Say which rows of `frame` the rule means; none where its column is not there."""
    if rule.source not in frame:
        return np.zeros(len(frame), dtype=bool)
    words = [value.casefold() for value in rule.values]
    codes, distinct = pd.factorize(plain_text(frame[rule.source]))
    text = pd.Series(distinct, dtype="str")
    meant = text.str.casefold().isin(words)
    if rule.like is not None:
        meant |= text.str.contains(rule.like, case=False, regex=True, na=False)
    return np.append(meant.to_numpy(dtype=bool), [False])[codes]


def _changes(column: Column) -> bool:
    steps = (column.pattern, column.text, column.missing, column.values, column.prefix)
    return any(steps) or column.other is not None


def _steps(text: pd.Series, column: Column) -> pd.Series:
    unknown = text.isin(list(column.missing))
    if column.pattern is not None:
        text = text.str.extract(column.pattern, expand=False)
    for step in column.text:
        text = STEPS[step](text)
    text = text.where(~unknown & ~text.isin([*column.missing, ""]))
    if column.values or column.other is not None:
        mapped = text.map(column.values).astype("str")
        unlisted = text if column.other is None else text.where(text.isna(), column.other)
        text = mapped.where(mapped.notna(), unlisted)
    return text if column.prefix is None else column.prefix + text


def _whole_numbers(values: pd.Series) -> pd.Series:
    known = values.dropna()
    if (known == np.floor(known)).all():
        return values.astype("Int64")
    return values


def _joined(frame: pd.DataFrame, names: tuple[str, ...], between: str) -> pd.Series:
    parts = pd.DataFrame({name: plain_text(frame[name]) for name in names})
    first, *others = parts
    joined: pd.Series = parts[first].str.cat(parts[others], sep=between, na_rep="")
    return joined


def _gb_code(code: pd.Series) -> pd.Series:
    """140300 is the prefecture 1403, 140000 the province 14; longer codes stay."""
    return code.where(code.str.len() != 6, code.str.replace(r"(00){1,2}$", "", regex=True))  # noqa: PLR2004


def _gb_parent(code: pd.Series) -> pd.Series:
    """Cut a code to the next shorter standard length; a province has no parent."""
    parent: pd.Series = pd.Series(np.nan, index=code.index, dtype="str")
    lengths = list(GB_LEVELS)
    for shorter, length in pairwise(lengths):
        parent = parent.where(code.str.len() != length, code.str[:shorter])
    return parent


def _gb_level(code: pd.Series) -> pd.Series:
    return code.str.len().map(GB_LEVELS).astype("str")


def _heading(approach: pd.Series) -> pd.Series:
    """EB heads east (90), SEB south-east (135)."""
    letters = approach.str.upper().str.removesuffix("B")
    return letters.map(HEADINGS).astype("str")


def _opposite(approach: pd.Series) -> pd.Series:
    degrees = pd.to_numeric(_heading(approach), errors="coerce")
    return ((degrees + 180.0) % 360.0).astype("str")


STEPS: Final[dict[str, Callable[[pd.Series], pd.Series]]] = {
    "upper": lambda text: text.str.upper(),
    "lower": lambda text: text.str.lower(),
    "title": lambda text: text.str.title(),
    "as_code": lambda text: text.str.replace(r"[^\w.]+", "-", regex=True).str.strip("-"),
    "strip_zeros": lambda text: text.str.replace(r"^0+(?=.)", "", regex=True),
    "gb_code": _gb_code,
    "gb_parent": _gb_parent,
    "gb_level": _gb_level,
    "heading": _heading,
    "opposite_heading": _opposite,
    "first_number": lambda text: text.str.extract(r"(\d+(?:\.\d+)?)", expand=False),
}
"""Name in a recipe -> what it does to text."""
