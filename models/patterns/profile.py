"""What is known of each place: counts, main category, hours, weekdays, centre, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from models.patterns.reasons import PlaceFacts, why
from models.patterns.rhythm import HOURS, WEEKDAYS, days_text, hours_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.arrays import Bools, Floats, Ints
    from models.cells import Cells
    from models.patterns.places import Places
    from models.risk_incidents import RiskIncidents

__all__ = ["profile"]

ENOUGH_FOR_HOURS: Final = 30
"""Incidents of the last year; where there are fewer, the hours of the whole record are read."""

HOUR_KNOWN: Final = ("minute", "hour")
DAY_KNOWN: Final = ("minute", "hour", "day")
ROUND_TO_M: Final = 50
YEAR_DAYS: Final = 365


@dataclass(frozen=True, eq=False)
class InPlaces:
    """The incidents inside places: place number, age in days, and what is known of each."""

    place: Ints
    age_days: Ints
    frame: pd.DataFrame

    def keep(self, rows: Bools) -> InPlaces:
        """Keep some rows."""
        return InPlaces(self.place[rows], self.age_days[rows], self.frame[rows])


def profile(
    places: Places,
    seen: RiskIncidents,
    cells: Cells,
    *,
    as_of: date,
    names: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    """Describe every place by the incidents inside it up to `as_of`.

    Returns
    -------
    DataFrame
        One row per place by rank: `peak_hours peak_days peak_days_zh n_28 n_28_before n_365
        category share_top_category n_cells x_m y_m why_en why_zh`. Texts are missing where
        nothing can be said; the category is missing where the year saw no incident.
    """
    inside = _inside(places, seen, cells, as_of=as_of)
    year = inside.keep(inside.age_days < YEAR_DAYS)
    n = len(places)
    table = pd.DataFrame(
        {
            "n_28": _count(year, n, 0, 28),
            "n_28_before": _count(year, n, 28, 56),
            "n_365": _count(year, n, 0, YEAR_DAYS),
            "n_all": np.bincount(inside.place, minlength=n),
            "n_cells": [len(place) for place in places.members],
        },
        index=range(n),
        dtype=np.int64,
    )
    parts = [
        _rhythm(inside, year, n),
        table,
        _main_category(year, n),
        _centres(places, year, cells),
    ]
    about = pd.concat(parts, axis=1)
    about["why_en"] = _sentences(about, names, "en")
    about["why_zh"] = _sentences(about, names, "zh")
    return about.drop(columns=["n_all", "across_m"])


def _inside(places: Places, seen: RiskIncidents, cells: Cells, *, as_of: date) -> InPlaces:
    number = np.full(len(cells) + 1, -1, dtype=np.int64)  # the last one serves position -1
    number[places.cells] = np.repeat(
        np.arange(len(places)), [len(place) for place in places.members]
    )
    place = number[cells.positions(seen)]
    frame = seen.frame[place >= 0]
    end = pd.Timestamp(as_of + timedelta(days=1))
    age = (end - frame["occurred"]).dt.days.to_numpy()
    return InPlaces(place[place >= 0], age, frame)


def _count(year: InPlaces, n: int, first: int, last: int) -> Ints:
    """Count per place the incidents aged `[first, last)` days."""
    rows = (year.age_days >= first) & (year.age_days < last)
    return np.bincount(year.place[rows], minlength=n)


def _main_category(year: InPlaces, n: int) -> pd.DataFrame:
    """Give the most frequent category of each place; the first by name on ties."""
    frame = pd.DataFrame({"place": year.place, "category": year.frame["category"].astype("str")})
    counts = frame.value_counts().rename("n").reset_index()
    counts = counts.sort_values(["place", "n", "category"], ascending=[True, False, True])
    top = counts.drop_duplicates("place").set_index("place").reindex(range(n))
    totals = frame["place"].value_counts().reindex(range(n))
    return pd.DataFrame(
        {"category": top["category"], "share_top_category": (top["n"] / totals).astype(float)}
    )


def _rhythm(inside: InPlaces, year: InPlaces, n: int) -> pd.DataFrame:
    hours = _histogram(inside, year, n, HOUR_KNOWN, HOURS)
    days = _histogram(inside, year, n, DAY_KNOWN, WEEKDAYS)
    return pd.DataFrame(
        {
            "peak_hours": pd.Series([hours_text(row) for row in hours], dtype="str"),
            "peak_days": pd.Series([days_text(row) for row in days], dtype="str"),
            "peak_days_zh": pd.Series([days_text(row, "zh") for row in days], dtype="str"),
        }
    )


def _histogram(
    inside: InPlaces, year: InPlaces, n: int, known: tuple[str, ...], steps: int
) -> Ints:
    """Count per place and hour (or weekday) over the year, over all where the year is thin."""
    of_year = _steps(year, n, known, steps)
    thin = of_year.sum(axis=1) < ENOUGH_FOR_HOURS
    return np.where(thin[:, None], _steps(inside, n, known, steps), of_year)


def _steps(part: InPlaces, n: int, known: tuple[str, ...], steps: int) -> Ints:
    rows = part.frame["time_precision"].isin(known).to_numpy()
    moment = part.frame["occurred"][rows].dt
    step = (moment.hour if steps == HOURS else moment.day_of_week).to_numpy()
    flat = np.bincount(part.place[rows] * steps + step, minlength=n * steps)
    return flat.reshape(n, steps)


def _centres(places: Places, year: InPlaces, cells: Cells) -> pd.DataFrame:
    """Give the mean place of the year's incidents, else of the cells, and the width."""
    n = len(places)
    total = np.bincount(year.place, minlength=n)
    mean_x = _mean(year.place, year.frame["x_m"].to_numpy(), total)
    mean_y = _mean(year.place, year.frame["y_m"].to_numpy(), total)
    cell_x = np.array([cells.x_m[place].mean() for place in places.members], dtype=float)
    cell_y = np.array([cells.y_m[place].mean() for place in places.members], dtype=float)
    across = [
        max(np.ptp(cells.x_m[p]), np.ptp(cells.y_m[p])) + cells.cell_m for p in places.members
    ]
    return pd.DataFrame(
        {
            "x_m": np.where(total > 0, mean_x, cell_x),
            "y_m": np.where(total > 0, mean_y, cell_y),
            "across_m": np.ceil(np.array(across, dtype=float) / ROUND_TO_M) * ROUND_TO_M,
        }
    )


def _mean(place: Ints, value: Floats, total: Ints) -> Floats:
    return np.bincount(place, value, minlength=len(total)) / np.maximum(total, 1)


def _sentences(
    about: pd.DataFrame, names: Mapping[str, tuple[str, str]], language: str
) -> pd.Series[str]:
    days = "peak_days_zh" if language == "zh" else "peak_days"
    columns = [
        "n_365",
        "n_28",
        "n_all",
        "across_m",
        "category",
        "share_top_category",
        days,
        "peak_hours",
    ]
    rows = about[columns].astype(object).where(about[columns].notna(), None)
    texts = [
        why(PlaceFacts(n, n_28, n_all, across, _named(top, names, language), *rest), language)
        for n, n_28, n_all, across, top, *rest in rows.itertuples(index=False, name=None)
    ]
    return pd.Series(texts, index=about.index, dtype="str")


def _named(category: str | None, names: Mapping[str, tuple[str, str]], language: str) -> str | None:
    if category is None:
        return None
    return names.get(category, (category, category))[1 if language == "zh" else 0]
