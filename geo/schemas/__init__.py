"""Tables are checked where they enter: their columns, units and ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.schemas.conforming import (
    Dtype,
    columns_of_table,
    conform_to,
    key_of_table,
    validated,
)
from geo.schemas.decisions import Decisions
from geo.schemas.editions import Editions
from geo.schemas.grievances import Disputes, Petitions
from geo.schemas.incidents import Accidents, Cases
from geo.schemas.places import Areas, Cameras, Ground, Lineage, Subjects, Units
from geo.schemas.reporting import Feeds, Hazards, Inspections, Reports, Steps
from geo.vocabulary import Entity

if TYPE_CHECKING:
    import pandas as pd

    from geo.schemas.base import EntityTable

__all__ = ["TABLES", "columns_of", "conform", "entity_schema", "key_of", "validate"]

TABLES: Final[dict[Entity, type[EntityTable]]] = {
    Entity.AREA: Areas,
    Entity.UNIT: Units,
    Entity.SUBJECT: Subjects,
    Entity.CASE: Cases,
    Entity.ACCIDENT: Accidents,
    Entity.PETITION: Petitions,
    Entity.REPORT: Reports,
    Entity.HAZARD: Hazards,
    Entity.CAMERA: Cameras,
    Entity.GROUND: Ground,
    Entity.LINEAGE: Lineage,
    Entity.DISPUTE: Disputes,
    Entity.FEED: Feeds,
    Entity.DECISION: Decisions,
    Entity.STEP: Steps,
    Entity.INSPECTION: Inspections,
    Entity.EDITION: Editions,
}
"""The table of every entity of the ledger."""


def entity_schema(entity: str) -> type[EntityTable]:
    """Give the pandera table of an entity; ValueError for a word that is no entity."""
    return TABLES[Entity(entity)]


def key_of(entity: str) -> str:
    """Name the index of an entity's table.

    >>> key_of("case")
    'incident_id'
    """
    return key_of_table(entity_schema(entity))


def columns_of(entity: str) -> dict[str, Dtype]:
    """Give the columns of an entity with their dtypes, without key and provenance.

    >>> columns_of("subject")["registered_on"]
    dtype('<M8[us]')
    """
    return columns_of_table(entity_schema(entity))


def conform(frame: pd.DataFrame, entity: str) -> pd.DataFrame:
    """Give a frame the exact columns, dtypes, order and index of its entity.

    Parameters
    ----------
    frame
        The key as index or as a column; any of the entity's columns, in any order. Days and
        moments may be ISO 8601 texts, moments with their offset.
    entity
        A word of `geo.vocabulary.Entity`.

    Returns
    -------
    DataFrame
        A new frame; a GeoDataFrame in EPSG:4326 where the entity has a geometry. What was
        absent is missing; a plain flag that nobody stated is False; provenance columns are
        kept where they came. Ranges are not checked: that is `validate`.

    Raises
    ------
    SchemaError
        For a column the entity does not know, a missing key, a value that cannot be cast.
    CRSError
        For geometry in another CRS than EPSG:4326.

    Examples
    --------
    >>> import pandas as pd
    >>> made = conform(pd.DataFrame({"unit_id": ["u1"], "name": ["盐厂"]}), "unit")
    >>> made.index.name, made["name"].tolist(), made["lon"].tolist()
    ('unit_id', ['盐厂'], [nan])
    """
    return conform_to(entity_schema(entity), frame)


def validate(frame: pd.DataFrame, entity: str) -> pd.DataFrame:
    """Conform a frame, then check keys, ranges and closed sets; give the conformed frame.

    Raises SchemaError naming the columns that fail, never a value.
    """
    table = entity_schema(entity)
    return validated(table, conform_to(table, frame))
