"""What an import would do, and how it reads a file: everything but storing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.intake.entities import entity_spec
from geo.intake.importer import import_files
from geo.intake.personal import personal_text, without_personal
from geo.intake.quarantine import HIDDEN, coordinate_columns
from geo.intake.reading import read_table
from geo.intake.recipe import Variant
from geo.intake.spec import Kind, Placing
from geo.intake.texts import plain_text
from geo.schemas.personal import personal_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from pathlib import Path

    from geo.intake.checking import FileCheck
    from geo.intake.faults import Mask
    from geo.intake.reading import RawTable
    from geo.intake.report import ImportReport
    from geo.intake.spec import EntitySpec
    from geo.store import Store

__all__ = ["ColumnSeen", "Preview", "check_files", "distinct_values", "look_at"]

ROWS_SHOWN: Final = 20
SAMPLES_SHOWN: Final = 3
WORDS_SHOWN: Final = 40
"""Distinct words of a column that somebody would match by hand."""
AREA_NAME: Final = "area"
"""Column of a preview: the name of the area that was found for the row."""


@dataclass(frozen=True)
class ColumnSeen:
    """A column of a file: some of its values, and the fields it feeds, none where unread.

    A `personal` column shows no values; nor does any that might tell of a withheld place.
    """

    name: str
    samples: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    personal: bool = False
    dropped: bool = False


@dataclass(frozen=True)
class Preview:
    """The account of an import that was only rehearsed.

    `report` is what the import would report, without a batch; `columns` are those of the file
    read last, and `rows` its first rows as they were understood, as texts: `row` (from 1),
    `code` (the rule that keeps the row out, empty for a kept one), then the fields the file
    feeds, times local, coordinates in WGS84, with the `area` found. No rows where the file was
    refused before they could be read.
    """

    report: ImportReport
    columns: tuple[ColumnSeen, ...] = ()
    rows: pd.DataFrame | None = None


def check_files(
    store: Store, entity: str, paths: Sequence[str | PathLike[str]], **how: Any
) -> Preview:
    """Do all that `import_files` does with the same arguments, and store nothing.

    Raises what `import_files` raises.
    """
    checks: list[FileCheck] = []
    report = import_files(store, entity, paths, witness=checks.append, **how)
    if not checks:
        return Preview(report)
    check = checks[-1]
    variant = getattr(check, "variant", None)
    rows = _rows(check) if hasattr(check, "typed") else None
    return Preview(report, _columns(check.raw, check.task.spec, variant, check.withheld), rows)


def look_at(path: Path, entity: str, *, layer: str | None = None) -> tuple[ColumnSeen, ...]:
    """List the columns of a file with some values, before anybody knows what they feed."""
    raw = read_table(path, layer=layer)
    return _columns(raw, entity_spec(entity), None, np.zeros(raw.rows, dtype=bool))


def _columns(
    raw: RawTable, spec: EntitySpec, variant: Variant | None, withheld: Mask
) -> tuple[ColumnSeen, ...]:
    frame = raw.frame
    names = [str(name) for name in frame.columns]
    feeds = {} if variant is None else _feeds(variant, names)
    left = without_personal(raw, variant or Variant(name=""), spec)
    dropped = set(names) - {str(name) for name in left.columns}
    personal = set(personal_columns(frame.columns, spec.stored))
    places = set(coordinate_columns(names))
    hidden = dropped | personal | (places if spec.placing is Placing.AREA_ONLY else set())

    def samples(name: str) -> tuple[str, ...]:
        if name in hidden:
            return ()
        return _samples(frame[name][~withheld] if name in places else frame[name])

    return tuple(
        ColumnSeen(name, samples(name), feeds.get(name, ()), name in personal, name in dropped)
        for name in names
    )


def _feeds(variant: Variant, names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Give for each column of the file the fields read from it."""
    fed: dict[str, tuple[str, ...]] = {}
    for field in variant.columns:
        for source in variant.source_of(field, names):
            fed[source] = (*fed.get(source, ()), field)
    return fed


def _samples(values: pd.Series) -> tuple[str, ...]:
    """Give the first distinct values, without what looks personal."""
    text = plain_text(values.iloc[:1000]).dropna().drop_duplicates().iloc[:SAMPLES_SHOWN]
    return tuple(text.mask(personal_text(text), HIDDEN).tolist())


def _rows(check: FileCheck) -> pd.DataFrame:
    frame = pd.DataFrame(check.typed.frame).iloc[:ROWS_SHOWN]
    spec = check.task.spec
    fed = [name for name in frame.columns if name in check.typed.fed and name != "geometry"]
    if spec.placing is Placing.AREA_ONLY:
        fed = [name for name in fed if name not in {"lon", "lat"}]
    shown: dict[str, Any] = {
        "row": pd.Series(range(1, len(frame) + 1), index=frame.index).astype("str"),
        "code": pd.Series(check.verdicts.codes[:ROWS_SHOWN], index=frame.index, dtype="str"),
    }
    kept = check.verdicts.kept[:ROWS_SHOWN]
    for name in fed:
        # What is found from a row says nothing where the row was kept out on the way.
        said = name in check.variant.columns or name in check.variant.constants
        values = _worded(frame[name], name, check)
        shown[name] = values if said else values.where(kept)
    if "area_code" in shown and spec.key != "area_code":
        areas = check.task.snapshot.areas
        shown[AREA_NAME] = frame["area_code"].map(areas["name"]).where(kept)
    return pd.DataFrame(shown).astype("str").fillna("").reset_index(drop=True)


def _worded(values: pd.Series, name: str, check: FileCheck) -> pd.Series:
    """Write typed values as people read them: local times, days, degrees to a decimetre."""
    own = {field.name: field.kind for field in check.task.spec.fields}
    kind = own.get(name, Kind.TEXT)
    if kind is Kind.TIME and isinstance(values.dtype, pd.DatetimeTZDtype):
        local: pd.Series = values.dt.tz_convert(check.task.zone).dt.strftime("%Y-%m-%d %H:%M")
        return local
    if kind is Kind.DATE:
        days: pd.Series = values.dt.strftime("%Y-%m-%d")
        return days
    if name in {"lon", "lat"}:
        return values.map("{:.6f}".format, na_action="ignore")
    text = plain_text(values)
    return text.mask(personal_text(text), HIDDEN) if kind is Kind.TEXT else text


def distinct_values(
    path: Path, columns: Sequence[str], *, layer: str | None = None
) -> dict[str, list[str]]:
    """List the distinct texts of some columns of a file, the most frequent first.

    Texts that look personal are left out, and more than `WORDS_SHOWN` of one column.
    """
    frame = read_table(path, layer=layer).frame
    found = {}
    for name in (name for name in columns if name in frame):
        counts = plain_text(frame[name]).value_counts()
        words = pd.Series(counts.index, dtype="str")
        found[name] = words[~personal_text(words)].iloc[:WORDS_SHOWN].tolist()
    return found
