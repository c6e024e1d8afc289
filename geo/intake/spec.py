"""What an entity is to the import: its fields, their kinds, how it is placed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.vocabulary import Entity

__all__ = ["EntitySpec", "Field", "Kind", "Placing"]


class Kind(StrEnum):
    """How a field's text becomes a value."""

    CODE = "code"
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"
    DATE = "date"


class Placing(StrEnum):
    """What an entity has to do with places."""

    POLYGONS = "polygons"
    CELLS = "cells"
    """Comes as a point, is stored as the approximate boundary drawn around it: villages."""
    LINES = "lines"
    POINTS = "points"
    AREA_ONLY = "area_only"
    """Has an area but never coordinates: petitions."""
    NONE = "none"


@dataclass(frozen=True)
class Field:
    """One column of an entity.

    `fault` is the rule that keeps a row out when the value is there and cannot be read; None
    makes such a value unknown. `required` keeps a row without the value out by the same rule.
    `default` is what an unknown value is stored as.
    """

    name: str
    kind: Kind
    fault: str | None = None
    required: bool = False
    choices: frozenset[str] = frozenset()
    default: str | None = None


@dataclass(frozen=True)
class EntitySpec:
    """An entity as the import sees it; `name` is the plural of the command line."""

    name: str
    stored: Entity
    key: str
    fields: tuple[Field, ...]
    placing: Placing
    order: tuple[tuple[str, str], ...] = ()
    """Pairs of fields of which the first may not lie after the second (Q05)."""
    known_by: tuple[str, ...] = ()
    """Where knowledge counts from in a backfill: the first of these that is known."""
    key_from: tuple[str, ...] = ()
    """Where no key comes with the file it is made from these, and marked synthetic."""

    @property
    def required(self) -> tuple[str, ...]:
        """Name the fields without which nothing can be done."""
        return tuple(field.name for field in self.fields if field.required)

    def field(self, name: str) -> Field:
        """Give one field by its name."""
        return next(field for field in self.fields if field.name == name)
