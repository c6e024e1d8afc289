"""Columns as the file names them become the fields of an entity, each with its type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.intake.sentences import refusal
from geo.intake.spec import EntitySpec, Field, Kind, Placing
from geo.intake.texts import applied, narrowed, numbers, plain_text
from geo.intake.times import parse_days, parse_moments

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from geo.intake.faults import Mask, Verdicts
    from geo.intake.reading import RawTable
    from geo.intake.recipe import Variant

__all__ = ["Typed", "require_columns", "type_columns"]

YES = frozenset({"true", "t", "yes", "y", "1", "是", "有", "在线"})
NO = frozenset({"false", "f", "no", "n", "0", "否", "无", "离线"})

NOT_COUNTED: Final = frozenset({"geometry", "grouping", "place_kind", "is_classified"})
"""An area without a boundary is listed, not drawn; one not called a grouping is none; the last
two are looked at and never stored."""

BY_POINT: Final = frozenset({Placing.POINTS, Placing.AREA_ONLY, Placing.CELLS})
"""Entities whose coordinates may come as the shapes of the file."""


@dataclass
class Typed:
    """The fields of an entity, one row per row of the file, in file order.

    `frame` holds every field of the entity (missing where unknown); `fed` names those that
    the file or the recipe speaks of; `date_only` says per time field which rows had no clock.
    """

    frame: pd.DataFrame
    fed: set[str]
    constants: dict[str, str]
    date_only: dict[str, Mask] = field(default_factory=dict)
    blank: dict[str, Mask] = field(default_factory=dict)
    """Fields stored with a default word: rows where nobody stated one."""

    def unknown(self, rows: Mask) -> dict[str, int]:
        """Count, per field, those of `rows` stored without it; full fields are left out."""
        blank = {name: self.frame[name].isna().to_numpy() for name in self.frame} | self.blank
        if "loc_precision" in self.frame:
            withheld = (self.frame["loc_precision"] == "withheld").to_numpy()
            blank |= {name: blank[name] & ~withheld for name in ("lon", "lat")}
        counts = {str(name): int((mask & rows).sum()) for name, mask in blank.items()}
        return {name: n for name, n in counts.items() if n and name not in NOT_COUNTED}


def require_columns(raw: RawTable, variant: Variant, spec: EntitySpec) -> None:
    """Refuse (F02) a file that lacks what nothing can be done without."""
    columns = list(raw.frame.columns)

    def has(name: str) -> bool:
        return name in variant.constants or bool(variant.source_of(name, columns))

    missing = [_wanted(name, variant) for name in spec.required if not has(name)]
    placed = raw.geometry is not None or (has("lon") and has("lat")) or has("area_code")
    if spec.placing in {Placing.POINTS, Placing.AREA_ONLY} and not placed:
        missing.append("lon + lat / area_code")
    if spec.placing is Placing.CELLS and not (has("lon") and has("lat")) and raw.geometry is None:
        missing.append("lon + lat")
    if spec.key == "ground_id" and raw.geometry is None:
        missing.append("geometry")
    if missing:
        raise refusal("F02", cols=", ".join(missing))


def type_columns(
    raw: RawTable, variant: Variant, spec: EntitySpec, *, zone: ZoneInfo, verdicts: Verdicts
) -> Typed:
    """Read every field of `spec` through `variant`; unreadable values go to `verdicts`."""
    typed = Typed(pd.DataFrame(index=raw.frame.index), set(), {})
    reader = _FieldReader(variant, zone, verdicts, typed)
    made = {one.name: reader.read(one, _source(raw, variant, one, typed)) for one in spec.fields}
    typed.frame = pd.DataFrame(made, index=raw.frame.index)
    _take_points(raw, spec, typed)
    return typed


def _wanted(name: str, variant: Variant) -> str:
    if name in variant.columns:
        return " / ".join(variant.columns[name].source)
    return name


def _source(raw: RawTable, variant: Variant, one: Field, typed: Typed) -> pd.Series | None:
    """Give the raw values of one field; a column of the file goes before a constant."""
    name = one.name
    columns = variant.source_of(name, raw.frame.columns)
    if columns:
        typed.fed.add(name)
        narrow = one.kind in {Kind.CODE, Kind.NUMBER}
        return applied(raw.frame, columns, variant.columns[name], narrow=narrow)
    if name in variant.constants:
        typed.fed.add(name)
        typed.constants[name] = variant.constants[name]
        return pd.Series(variant.constants[name], index=raw.frame.index, dtype="str")
    return None


def _take_points(raw: RawTable, spec: EntitySpec, typed: Typed) -> None:
    """Read lon and lat from point shapes, where the file has no columns for them."""
    import shapely

    if spec.placing not in BY_POINT or raw.geometry is None:
        return
    if "lon" in typed.fed and "lat" in typed.fed:
        return
    shapes = raw.geometry
    kinds = set(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]).tolist())
    if kinds - {0}:
        found = ", ".join(sorted({shape.geom_type for shape in shapes if shape is not None}))
        raise refusal("F07", want="points", want_zh="点", t=found)
    typed.frame["lon"], typed.frame["lat"] = shapely.get_x(shapes), shapely.get_y(shapes)
    typed.fed |= {"lon", "lat"}


@dataclass(frozen=True)
class _FieldReader:
    """Turns the raw values of one field into its type, and notes what it could not read."""

    variant: Variant
    zone: ZoneInfo
    verdicts: Verdicts
    typed: Typed

    def read(self, one: Field, values: pd.Series | None) -> pd.Series:
        """Give the typed column; a field the file does not speak of is missing throughout."""
        if values is None:
            values = pd.Series(np.nan, index=range(self.verdicts.n), dtype="str")
        readers: dict[Kind, Callable[[Field, pd.Series], pd.Series]] = {
            Kind.CODE: self._code,
            Kind.TEXT: self._plain,
            Kind.CHOICE: self._choice,
            Kind.NUMBER: self._number,
            Kind.FLAG: self._flag,
            Kind.TIME: self._time,
            Kind.DATE: self._date,
        }
        column = readers[one.kind](one, values)
        if one.required and one.fault is not None:
            self.verdicts.keep_out(one.fault, column.isna(), one.name)
        if one.default is None:
            return column
        self.typed.blank[one.name] = column.isna().to_numpy()
        return column.fillna(one.default)

    def _code(self, _: Field, values: pd.Series) -> pd.Series:
        return narrowed(plain_text(values))

    def _plain(self, _: Field, values: pd.Series) -> pd.Series:
        return plain_text(values)

    def _choice(self, one: Field, values: pd.Series) -> pd.Series:
        text = narrowed(plain_text(values))
        known = text.isin(list(one.choices))
        self._fault(one, text.notna() & ~known)
        return text.where(known)

    def _number(self, one: Field, values: pd.Series) -> pd.Series:
        number = numbers(values)
        self._fault(one, values.notna() & number.isna())
        return number

    def _flag(self, one: Field, values: pd.Series) -> pd.Series:
        word = narrowed(plain_text(values)).str.lower()
        flag = pd.Series(pd.NA, index=values.index, dtype="boolean")
        flag = flag.mask(word.isin(list(YES)), other=True).mask(word.isin(list(NO)), other=False)
        self._fault(one, word.notna() & flag.isna())
        return flag

    def _time(self, one: Field, values: pd.Series) -> pd.Series:
        moments = parse_moments(values, zone=self.zone, formats=self.variant.date_formats)
        self._fault(one, moments.unreadable)
        self.typed.date_only[one.name] = moments.date_only
        if moments.naive.any():
            self.verdicts.remark("W01", moments.naive)
        return moments.utc

    def _date(self, one: Field, values: pd.Series) -> pd.Series:
        days, unreadable = parse_days(values, zone=self.zone, formats=self.variant.date_formats)
        self._fault(one, unreadable)
        return days

    def _fault(self, one: Field, rows: pd.Series | Mask) -> None:
        if one.fault is not None:
            self.verdicts.keep_out(one.fault, rows, one.name)
