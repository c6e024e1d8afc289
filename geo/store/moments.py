"""Moments as whole microseconds since 1970-01-01 UTC, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["moment_of", "moments_of", "us_of", "us_of_series"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def us_of(moment: datetime) -> int:
    """Give a moment in microseconds; raise UsageError when it has no time zone.

    >>> us_of(datetime(1970, 1, 1, 8, tzinfo=UTC))
    28800000000
    """
    if moment.tzinfo is None:
        raise UsageError(
            f"The moment {moment} has no time zone; give it one, such as UTC.",
            f"时刻 {moment} 没有时区；请注明时区，例如 UTC。",
        )
    return (moment - EPOCH) // MICROSECOND


def moment_of(us: int) -> datetime:
    """Give the moment in UTC.

    >>> moment_of(28800000000).isoformat()
    '1970-01-01T08:00:00+00:00'
    """
    return EPOCH + us * MICROSECOND


def us_of_series(moments: pd.Series) -> NDArray[np.int64]:
    """Give aware moments in microseconds; raise UsageError when naive or missing."""
    if not isinstance(moments.dtype, pd.DatetimeTZDtype) or moments.isna().any():
        raise UsageError(
            f"Moments must be complete and aware of their time zone; found {moments.dtype}.",
            f"时刻必须完整并带有时区；当前类型为 {moments.dtype}。",
        )
    us: NDArray[np.int64] = moments.dt.tz_convert("UTC").dt.as_unit("us").astype("int64").to_numpy()
    return us


def moments_of(us: NDArray[np.int64]) -> pd.DatetimeIndex:
    """Give microseconds as aware moments in UTC."""
    return pd.DatetimeIndex(us.astype("datetime64[us]")).tz_localize("UTC")
