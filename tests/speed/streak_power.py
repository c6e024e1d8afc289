"""Chance that a silence breaks, on Chicago: half-mile cells, areas silent for 14 days or more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from geo.grid import Grid
from models.cells import Cells
from models.evaluation.reliability import (
    calibration_error,
    calibration_line,
    chance_error,
    skill,
)
from models.risk_incidents import COLUMNS, RiskIncidents
from models.zero.days import day_number
from models.zero.streak_break import HORIZONS_DAYS, Ground, StreakBreak

if TYPE_CHECKING:
    from pathlib import Path

    from models.arrays import Bools, Floats, Ints

__all__ = ["CATEGORIES", "chicago_incidents", "half_mile_ground", "measure", "verdicts"]

CATEGORIES: Final = ("BURGLARY", "MOTOR VEHICLE THEFT", "ROBBERY")
HALF_MILE_M: Final = 804.672
METRIC: Final = "EPSG:32616"
SILENT_DAYS: Final = 14


class Verdicts(NamedTuple):
    """Forecasts of one horizon beside what happened and what simpler rules said; arrays (n,)."""

    chance: Floats
    happened: Bools
    own: Floats
    streak: Floats
    climate: Floats


def chicago_incidents(folder: Path, years: tuple[int, ...]) -> RiskIncidents:
    """Read Chicago's crimes with a place."""
    names = ["Date", "Primary Type", "Longitude", "Latitude"]
    frames = [pd.read_parquet(folder / f"crimes_{year}.parquet", columns=names) for year in years]
    frame = pd.concat(frames).dropna()
    frame = frame[frame["Latitude"] > 41]  # five rows stand at a null point in Missouri
    to_metres = Transformer.from_crs("EPSG:4326", METRIC, always_xy=True)
    x, y = to_metres.transform(frame["Longitude"].to_numpy(), frame["Latitude"].to_numpy())
    when = pd.to_datetime(frame["Date"]).astype("datetime64[us]").to_numpy()
    columns = {
        "x_m": x,
        "y_m": y,
        "occurred": when,
        "reported": when,
        "time_precision": "hour",
        "category": frame["Primary Type"].astype("category").to_numpy(),
        "stream": "case",
        "discovery_source": "unknown",
    }
    return RiskIncidents(pd.DataFrame(columns)[list(COLUMNS)], CRS(METRIC))


def half_mile_ground(incidents: RiskIncidents) -> Ground:
    """Take the half-mile cells in which anything happened at all."""
    box = shapely.box(
        incidents.x_m.min(), incidents.y_m.min(), incidents.x_m.max(), incidents.y_m.max()
    )
    grid = Grid.over(box.buffer(1.0), HALF_MILE_M, METRIC)
    place = grid.position_of(grid.cell_of(incidents.x_m, incidents.y_m))
    held = np.bincount(place[place >= 0], minlength=len(grid.cells)) > 0
    return Ground.of_cells(Cells.over(grid, held))


class Counted(NamedTuple):
    """Days and cells of one category, to judge by; apart from how the model counts."""

    day: Ints
    area: Ints
    n: int

    def between(self, start: int, end: int) -> Floats:
        inside = (self.day >= start) & (self.day < end)
        return np.bincount(self.area[inside], minlength=self.n).astype(float)

    def silent(self, morning: int) -> Bools:
        """Tell which cells had nothing on the 14 days before a morning."""
        return np.asarray(self.between(morning - SILENT_DAYS, morning) == 0)


def verdicts(incidents: RiskIncidents, category: str, *, train_to: date) -> dict[int, Verdicts]:
    """Learn up to `train_to` and judge the year after it, horizons end to end."""
    past = incidents.between(None, train_to + timedelta(days=1))
    ground = half_mile_ground(past)
    model = StreakBreak(target=category).fit(past, ground, as_of=train_to)
    target = incidents.only(category=category)
    area = ground.locate(target.x_m, target.y_m)
    day = target.frame["occurred"].to_numpy(dtype="datetime64[D]").astype(np.int64)
    counted = Counted(day[area >= 0], area[area >= 0], len(ground.ids))
    begins, first = int(day.min()), day_number(train_to) + 1
    weekly = [
        model.chances(incidents, as_of=train_to + timedelta(days=7 * week)) for week in range(52)
    ]
    found = {}
    for horizon in HORIZONS_DAYS:
        climate = _climate(counted, begins, first, horizon)
        rows = [
            _judged(counted, weekly[week], begins, first + 7 * week, horizon, climate)
            for week in range(0, 53 - horizon // 7, horizon // 7)
        ]
        chance, happened, own, streak, flat = np.vstack(rows).T
        found[horizon] = Verdicts(chance, happened > 0, own, streak, flat)
    return found


def _judged(
    counted: Counted,
    table: pd.DataFrame,
    begins: int,
    morning: int,
    horizon: int,
    climate: float,
) -> Floats:
    silent = counted.silent(morning)
    streak = table["streak_days"].to_numpy()
    columns = [
        table[f"chance_{horizon}"].to_numpy(),
        counted.between(morning, morning + horizon) > 0,
        _own(counted.between(begins, morning), morning - begins, horizon),
        horizon / (horizon + streak),
        np.full(len(silent), climate),
    ]
    return np.column_stack(columns)[silent]


def _own(count: Floats, days: int, horizon: int) -> Floats:
    """Give the gamma-Poisson chance from own history alone, prior by moments (Marshall 1991)."""
    mean = count.mean()
    shape = mean**2 / max(count.var() - mean, 1e-9)
    rate = shape / mean * days
    return np.asarray(1 - ((rate + days) / (rate + days + horizon)) ** (shape + count))


def _climate(counted: Counted, begins: int, until: int, horizon: int) -> float:
    """Give the share of silences that broke in the years learned from."""
    broke, silent = 0, 0
    for morning in range(begins + 240, until - horizon + 1, 28):
        rows = counted.silent(morning)
        broke += int((counted.between(morning, morning + horizon) > 0)[rows].sum())
        silent += int(rows.sum())
    return broke / silent


def measure(folder: Path, *, train_to: date = date(2016, 12, 31)) -> None:
    """Print the table."""
    incidents = chicago_incidents(folder, tuple(range(2014, train_to.year + 2)))
    print("    days rows  broke   ECE (floor mean, 95 %)   slope   saves: own  climate  streak")
    for category in CATEGORIES:
        print(f"  {category.lower()}")
        for horizon, got in verdicts(incidents, category, train_to=train_to).items():
            error, (floor, high) = (
                calibration_error(got.chance, got.happened),
                chance_error(got.chance),
            )
            _, slope = calibration_line(got.chance, got.happened)
            saves = [
                skill(got.chance, rule, got.happened) for rule in (got.own, got.climate, got.streak)
            ]
            print(
                f"    {horizon:3d} {len(got.chance):6d} {got.happened.mean():6.3f}"
                f"  {error:.4f} ({floor:.4f}, {high:.4f})  {slope:5.3f}"
                f"   {saves[0]:7.2%} {saves[1]:7.2%} {saves[2]:7.2%}"
                f"   own ECE {calibration_error(got.own, got.happened):.4f}"
                f"   mean {got.chance.mean() - got.happened.mean():+.4f}"
            )
