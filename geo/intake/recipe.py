"""A recipe maps another system's columns, categories, datum and time zone onto our entities.

A new city is a new YAML file and no code. For each entity a recipe holds variants; the first
variant whose `when` columns are all present reads the file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from geo.crs import parse_crs, require_metric
from geo.errors import UsageError
from geo.intake.entities import ENTITIES, readable_fields
from geo.intake.sentences import refusal
from geo.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "DEFAULT_RECIPE",
    "Column",
    "Holds",
    "Recipe",
    "RootArea",
    "Variant",
    "load_recipe",
    "recipe_from_yaml",
]

DEFAULT_RECIPE = "sanling"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Text = Literal[
    "upper", "lower", "title", "as_code", "strip_zeros", "gb_code", "gb_parent", "gb_level",
    "heading", "opposite_heading", "first_number",
]  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Column(_Strict):
    """Where one field comes from and how its text is turned into ours.

    `source` lists column names, the first one present is read. What is read goes through
    `pattern`, the steps of `text` in their order, `missing` (texts that mean "unknown", as they
    came or as they are by now), `values` (texts to our words), `other` (taken for texts that
    `values` does not hold, which stay as they are when it is None) and `prefix`.
    """

    source: tuple[str, ...]
    pattern: str | None = None
    """A regular expression with one group: what the group holds is kept of each text, and a
    text without it is unknown."""
    text: tuple[Text, ...] = ()
    missing: tuple[str, ...] = ()
    values: dict[str, str] = {}
    other: str | None = None
    prefix: str | None = None
    """Put before every text, so that the codes of two sources cannot meet."""
    join: str | None = None
    """When given, all present sources are joined with this text between them."""

    @field_validator("pattern")
    @classmethod
    def _one_group(cls, pattern: str | None) -> str | None:
        if pattern is not None and _groups(pattern) != 1:
            raise ValueError(f"{pattern!r} is no regular expression with one group, like ^(..)")
        return pattern


class Holds(_Strict):
    """The rows in which the column `source` holds one of `values` or what `like` describes.

    Capitals do not matter. `like` is a regular expression without groups, met anywhere in a text.
    """

    source: str
    values: tuple[str, ...] = ()
    like: str | None = None

    @field_validator("like")
    @classmethod
    def _no_group(cls, like: str | None) -> str | None:
        if like is not None and _groups(like) != 0:
            raise ValueError(
                f"{like!r} is no regular expression without groups, like CHILD|JUVENILE"
            )
        return like


class RootArea(_Strict):
    """The area above all others; made by the first import when no file brings it."""

    code: str
    name: str
    level: str
    name_en: str | None = None


def _groups(pattern: str) -> int | None:
    """Count the groups of a regular expression; None for a text that is none."""
    try:
        return re.compile(pattern).groups
    except re.error:
        return None


def _as_column(value: object) -> object:
    if isinstance(value, str):
        return {"source": (value,)}
    if isinstance(value, list):
        return {"source": tuple(value)}
    if isinstance(value, dict) and isinstance(value.get("source"), str):
        return value | {"source": (value["source"],)}
    return value


ColumnLike = Annotated[Column, BeforeValidator(_as_column)]


class Variant(_Strict):
    """One shape of file: chosen by the columns present, read by `columns` and `constants`."""

    name: str
    when: tuple[str, ...] = ()
    columns: dict[str, ColumnLike] = {}
    constants: dict[str, str] = {}
    crs: str | None = None
    date_formats: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    sensitive: tuple[Holds, ...] = ()
    """Rows whose coordinates are dropped at intake."""
    retract: Holds | None = None
    """Rows that take the record with their key back."""
    parts: bool = False
    """Several shapes with one key are parts of one record, not a key used twice."""
    one_per: tuple[str, ...] = ()
    """Fields that together mean one record: rows equal in all of them are merged into the
    first, as the persons of one collision."""
    counts: dict[str, Holds] = {}
    """With `one_per`: number fields, and the rows of a record that each of them counts."""
    notes: tuple[str, ...] = ()
    """Remarks for the report, such as "azimuth is nominal"."""

    @field_validator("crs")
    @classmethod
    def _known_crs(cls, crs: str | None) -> str | None:
        if crs is not None:
            parse_crs(crs)
        return crs

    def source_of(self, field: str, columns: Iterable[str]) -> tuple[str, ...]:
        """Give the columns of the file that feed `field`; empty when none is there."""
        if field not in self.columns:
            return ()
        present = set(columns)
        column = self.columns[field]
        found = tuple(name for name in column.source if name in present)
        return found if column.join is not None else found[:1]


class Recipe(_Strict):
    """Everything an import has to be told about a source, store-wide part first."""

    name: str
    title_zh: str = ""
    title_en: str = ""
    time_zone: str | None = None
    """Zone of times written without one; None takes the store's."""
    metric_crs: str | None = None
    rulebook: str | None = None
    root_area: RootArea | None = None
    codes: Literal["gb"] | None = None
    """"gb": area codes are built as GB/T 2260 says, so a parent's code is the child's beginning."""
    extent: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees; points outside are quarantined."""
    categories: dict[str, tuple[str, ...]] = {}
    """Per entity, the categories it may hold; an entity not listed takes any."""
    sensitive_categories: tuple[str, ...] = ()
    default_points: tuple[tuple[float, float], ...] = ()
    """Points, lon and lat in WGS84, that the source writes where it does not know the place."""
    entities: dict[str, tuple[Variant, ...]] = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"{zone!r} is no IANA time zone, such as Asia/Shanghai")
        return zone

    @field_validator("metric_crs")
    @classmethod
    def _metric(cls, crs: str | None) -> str | None:
        if crs is not None:
            require_metric(parse_crs(crs), "metric_crs")
        return crs

    @field_validator("entities")
    @classmethod
    def _known_fields(
        cls, entities: dict[str, tuple[Variant, ...]]
    ) -> dict[str, tuple[Variant, ...]]:
        for entity, variants in entities.items():
            if entity not in ENTITIES:
                raise ValueError(f"{entity!r} is no entity; use {', '.join(ENTITIES)}")
            known = readable_fields(ENTITIES[entity])
            for variant in variants:
                named = {*variant.columns, *variant.constants, *variant.one_per, *variant.counts}
                strange = sorted(named - known)
                if strange:
                    raise ValueError(f"{entity} has no field {', '.join(strange)}")
        return entities

    def choose(self, entity: str, columns: Iterable[str]) -> Variant:
        """Give the first variant of `entity` whose columns are all present.

        Raises RefusedFile F02 naming what the nearest variant lacks, UsageError when the
        recipe has nothing for this entity.
        """
        present = set(columns)
        variants = self.entities.get(entity, ())
        if not variants:
            raise UsageError(
                f"The recipe {self.name} has nothing for {entity}; "
                f"it has {', '.join(sorted(self.entities))}.",
                f"配方 {self.name} 不含 {entity}；现有：{'、'.join(sorted(self.entities))}。",
            )
        lacking: list[list[str]] = [[c for c in v.when if c not in present] for v in variants]
        for variant, missing in zip(variants, lacking, strict=True):
            if not missing:
                return variant
        fewest = min((len(names), names) for names in lacking)[1]
        raise refusal("F02", cols=", ".join(fewest))


def load_recipe(name: str) -> Recipe:
    """Load a recipe by its name in data/recipes, or from a YAML file's path.

    Raises UsageError with every fault in it: unknown keys are refused, never skipped.
    """
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} and path.is_file():
        return recipe_from_yaml(path.read_text("utf-8"), name=path.stem)
    return recipe_from_yaml(read_text("recipes", f"{name}.yaml"), name=name)


@lru_cache(maxsize=16)
def recipe_from_yaml(text: str, *, name: str) -> Recipe:
    """Check a recipe's YAML text and give the recipe called `name`."""
    try:
        content: Any = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C
        return Recipe.model_validate({"name": name} | (content or {}))
    except (yaml.YAMLError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(
            f"The recipe {name} is no YAML mapping: {reason}.",
            f"配方 {name} 不是有效的 YAML：{reason}。",
        ) from error
    except ValidationError as error:
        faults = "; ".join(_fault(item["loc"], item["msg"]) for item in error.errors())
        raise UsageError(
            f"The recipe {name} cannot be used: {faults}. Correct these keys.",
            f"配方 {name} 无法使用：{faults}。请更正这些键。",
        ) from error


def _fault(location: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in location)
    said = "unknown key" if message.startswith("Extra inputs") else message
    return f"{where}: {said}"
