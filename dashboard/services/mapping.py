"""Columns matched by hand: guesses to begin with, and a recipe to end with."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from geo.intake.entities import entity_spec
from geo.intake.recipe import DEFAULT_RECIPE, load_recipe
from geo.intake.spec import Kind, Placing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.intake.spec import EntitySpec, Field

__all__ = ["fields_of", "guessed", "recipe_content"]

LIKE: Final = 0.72
"""How alike two headers must be (0 to 1) to be taken for the same; below, nobody is guessed."""
_NOISE: Final = str.maketrans("", "", " _-.()（）·:：/")


def fields_of(entity: str) -> list[Field]:
    """List the fields of an entity, those without which nothing can be done first."""
    spec = entity_spec(entity)
    return sorted(spec.fields, key=lambda field: _order(field, spec))


def guessed(entity: str, columns: Sequence[str]) -> dict[str, str]:
    """Guess which column feeds which field, by the headers the project's own recipe knows.

    The most alike pair is taken first, and each column and each field once.

    >>> guessed("cases", ["案件类别", "发生时间", "备注"])
    {'category': '案件类别', 'occurred_from': '发生时间'}
    """
    known = _known_headers(entity)
    pairs = [
        (max(_alike(header, column) for header in headers), -place, field, column)
        for field, headers in known.items()
        for place, column in enumerate(columns)
    ]
    taken: dict[str, str] = {}
    for alike, _, field, column in sorted(pairs, reverse=True):
        if alike < LIKE:
            break
        if field not in taken and column not in taken.values():
            taken[field] = column
    return {field.name: taken[field.name] for field in fields_of(entity) if field.name in taken}


def recipe_content(
    entity: str,
    *,
    columns: Mapping[str, str],
    constants: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    crs: str | None = None,
    date_format: str | None = None,
    drop: Sequence[str] = (),
) -> dict[str, Any]:
    """Give the content of a recipe that reads a file as it was matched by hand.

    `columns` says which column feeds a field, `constants` what a field without a column holds,
    `values` how a column's own words become ours, and `drop` which columns are never read. The
    file must have every column named in `columns`.
    """
    told = {
        field: {"source": column, "values": dict(values[field])} if values.get(field) else column
        for field, column in columns.items()
    }
    variant: dict[str, Any] = {
        "name": f"{entity}, matched by hand",
        "when": sorted(set(columns.values())),
        "columns": told,
    }
    variant |= {"constants": dict(constants)} if constants else {}
    variant |= {"crs": crs} if crs else {}
    variant |= {"date_formats": [date_format]} if date_format else {}
    variant |= {"drop": list(drop)} if drop else {}
    return {"entities": {entity: [variant]}}


def _order(field: Field, spec: EntitySpec) -> tuple[int, int]:
    place = [one.name for one in spec.fields].index(field.name)
    if field.required:
        return (0, place)
    placed = spec.placing in {Placing.POINTS, Placing.AREA_ONLY}
    if field.name == spec.key or (placed and field.name in {"lon", "lat", "area_code"}):
        return (1, place)
    return (3 if field.kind is Kind.FLAG else 2, place)


def _known_headers(entity: str) -> dict[str, set[str]]:
    headers = {field.name: {field.name} for field in entity_spec(entity).fields}
    for variant in load_recipe(DEFAULT_RECIPE).entities.get(entity, ()):
        for name in headers.keys() & variant.columns.keys():
            headers[name] |= set(variant.columns[name].source)
    return headers


def _alike(one: str, other: str) -> float:
    one, other = (text.lower().translate(_NOISE) for text in (one, other))
    return SequenceMatcher(None, one, other).ratio()
