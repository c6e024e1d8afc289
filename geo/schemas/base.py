"""What every table shares: the kinds of columns and the three columns of its origin."""

from typing import Annotated, Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.engines.pandas_engine import DateTime
from pandera.typing.geopandas import GeoSeries
from pandera.typing.pandas import Index, Series

__all__ = [
    "PROVENANCE",
    "Day",
    "EntityTable",
    "Flag",
    "Key",
    "MaybeFlag",
    "Moment",
    "Number",
    "Shape",
    "Text",
    "key",
    "known",
]

PROVENANCE: Final = ("seq", "known_at", "recorded_at")
"""Columns a table carries once it comes from the ledger; before that they are absent."""

Key: TypeAlias = Index[str]
"""The index: one text per record, never missing, never twice."""
Text: TypeAlias = Series[str]
Number: TypeAlias = Series[float]
Flag: TypeAlias = Series[bool]
"""Yes or no; what nobody stated is no."""
MaybeFlag: TypeAlias = Series[pd.BooleanDtype]
"""Yes, no or unknown."""
Day: TypeAlias = Series[DateTime]
"""A civil day: naive midnight, datetime64[us]."""
Moment: TypeAlias = Series[Annotated[pd.DatetimeTZDtype, "us", "UTC"]]
Shape: TypeAlias = GeoSeries[Any]


def key() -> Any:
    """Declare the index of a table: unique and named as the field is."""
    return pa.Field(unique=True, check_name=True)


def known(**checks: Any) -> Any:
    """Declare a column that may be missing and is checked where it is not."""
    return pa.Field(nullable=True, **checks)


class EntityTable(pa.DataFrameModel):
    """A table of the ledger: strict about names and types, lenient about missing values."""

    seq: Series[np.int64] | None
    known_at: Moment | None
    recorded_at: Moment | None

    class Config:
        """No column beyond the declared ones."""

        strict = True
