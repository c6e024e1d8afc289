"""Small worlds for the tests of risk, hotspots and patrol."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from geo.grid import Grid
from models.cells import Cells
from models.risk_incidents import COLUMNS, RiskIncidents

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

METRIC = "EPSG:32650"
CELL_M = 100.0


@pytest.fixture(scope="session")
def zone() -> ZoneInfo:
    return ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="session")
def square_grid() -> Grid:
    """Lay 20 by 20 cells of 100 m, the south-west corner at (0, 0)."""
    return Grid.over(shapely.box(0, 0, 2000, 2000), CELL_M, METRIC)


@pytest.fixture(scope="session")
def everywhere(square_grid: Grid) -> Any:
    return np.ones(len(square_grid), dtype=bool)


@pytest.fixture(scope="session")
def square(square_grid: Grid, everywhere: Any) -> Cells:
    return Cells.over(square_grid, everywhere)


@pytest.fixture(scope="session")
def make_incidents() -> Callable[..., RiskIncidents]:
    """Make incidents from (x, y, moment) rows; other columns by keyword."""
    return incidents_of


def incidents_of(rows: list[tuple[float, float, datetime | str]], **columns: Any) -> RiskIncidents:
    frame = pd.DataFrame(rows, columns=["x_m", "y_m", "occurred"])
    frame["occurred"] = pd.to_datetime(frame["occurred"], format="ISO8601")
    frame = frame.astype({"x_m": float, "y_m": float, "occurred": "datetime64[us]"})
    defaults: dict[str, Any] = {
        "reported": frame["occurred"],
        "time_precision": "minute",
        "category": "theft",
        "stream": "case",
        "discovery_source": "citizen_report",
    }
    frame = frame.assign(**(defaults | columns))
    return RiskIncidents(frame[list(COLUMNS)], CRS(METRIC))


@pytest.fixture(scope="session")
def make_town() -> Callable[..., RiskIncidents]:
    """Make a town: `n` incidents over `days` days up to `until`, a share of them at few spots."""
    return town_of


def town_of(
    *, until: date, days: int, n: int, seed: int = 1, at_spots: float = 0.5
) -> RiskIncidents:
    rng = np.random.default_rng(seed)
    spots = np.array([[450.0, 450.0], [1250.0, 650.0], [850.0, 1550.0], [1650.0, 1450.0]])
    xy = rng.uniform(0, 2000, (n, 2))
    held = rng.random(n) < at_spots
    xy[held] = spots[rng.integers(0, len(spots), held.sum())] + rng.uniform(
        -40, 40, (held.sum(), 2)
    )
    first = datetime.combine(until, datetime.min.time()) - timedelta(days=days - 1)
    seconds = np.sort(rng.uniform(0, days * 86_400, n))
    moments = [first + timedelta(seconds=float(second)) for second in seconds]
    rows: list[tuple[float, float, datetime | str]] = [
        (x, y, moment) for (x, y), moment in zip(xy.tolist(), moments, strict=True)
    ]
    rows[0] = (rows[0][0], rows[0][1], first)  # the record begins on its first day
    return incidents_of(rows, category=rng.choice(["theft", "fraud"], n, p=[0.8, 0.2]))
