"""Keys for records that come without one: the same record gets the same key again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from pandas.util import hash_array, hash_pandas_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.intake.faults import Mask

__all__ = ["SYNTHETIC", "made_keys"]

SYNTHETIC: Final = "syn-"
"""Marks a key that no source system gave."""


def made_keys(
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    source: str,
    shapes: NDArray[Any] | None = None,
    back: Mask | None = None,
) -> pd.Series:
    """Make a key for every row from `source`, the values of `columns` and the shape.

    Records that are equal in all of them are numbered in file order, so that none is lost; rows
    that take one `back` are numbered by themselves, so that they meet what they take back.

    >>> frame = pd.DataFrame({"x": [1.0, 1.0]})
    >>> one, two = made_keys(frame, ["x"], source="city")
    >>> two == one + "-2"
    True
    """
    mixed = hash_pandas_object(frame[list(columns)], index=False).to_numpy()
    if shapes is not None:
        mixed = mixed * np.uint64(31) + hash_array(shapely.to_wkb(shapes, hex=True))
    mixed = mixed ^ hash_array(np.array([source], dtype=object))
    keys = SYNTHETIC + pd.Series(mixed, index=frame.index).map("{:016x}".format)
    again = keys.groupby(
        [keys, np.zeros(len(keys), dtype=bool) if back is None else back]
    ).cumcount()
    return keys.where(again == 0, keys + "-" + (again + 1).astype("str")).astype("str")
