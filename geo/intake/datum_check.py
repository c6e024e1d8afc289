"""Whether points fit their stated areas as declared, or only after undoing another datum.

GCJ-02 moves a point by about 600 m and BD-09 by about 1.4 km, while a village is some 3 km
wide: most shifted points stay inside their village, so a single point proves nothing. The
evidence is in pairs: points inside their area only after undoing a shift, against points
inside only as declared. Truly declared points are pushed out by undoing a shift that is not
there, so the second kind outnumbers the first; shifted points show the reverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from scipy.stats import binomtest

from geo.crs import WGS84, Datum, parse_crs, to_wgs84, wgs84_from_bd09, wgs84_from_gcj02
from geo.intake.codes import nearest_of
from geo.intake.sentences import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

__all__ = ["DatumFit", "datum_fits", "refuse_wrong_datum"]

Floats: TypeAlias = NDArray[np.float64]
Pair: TypeAlias = tuple[Floats, Floats]

TITLES: Final = {Datum.WGS84: "WGS84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}
MOST_POINTS: Final = 20_000
"""Distinct points looked at, evenly spread over the file: enough for any share to 0.4 %."""

CHANCE: Final = 1e-3
"""One-sided probability of so many points moving in, were moving in and out equally likely."""

SHARE_LEFT: Final = 0.5
"""A datum must halve the share outside: correct data never do, undoing pushes them out."""


@dataclass(frozen=True)
class DatumFit:
    """How well the points fit their stated areas, read in one datum.

    `inside` has one entry per point looked at; `distance_m` is the mean distance to the stated
    area, 0 for points inside.
    """

    datum: Datum | None
    """None for the points as declared."""
    inside: NDArray[np.bool_]
    distance_m: float

    @property
    def share_inside(self) -> float:
        """Give the share of points inside their stated area."""
        return float(self.inside.mean())


def refuse_wrong_datum(
    x: Floats, y: Floats, stated: pd.Series, areas: gpd.GeoDataFrame, *, crs: str, metric_crs: str
) -> None:
    """Refuse (F05) coordinates that fit their stated areas clearly better in another datum.

    `x`, `y` as they came, in `crs`; `stated` the area codes beside them. Points without a
    stated area, or whose area has no geometry, say nothing.
    """
    fits = datum_fits(x, y, stated, areas, crs=crs, metric_crs=metric_crs)
    if not fits:
        return
    declared, *others = fits
    better = [fit for fit in others if fits_better(fit, declared)]
    if better:
        best = max(better, key=lambda fit: (fit.share_inside, -fit.distance_m))
        raise refusal(
            "F05",
            p=f"{100 * (1 - declared.share_inside):.0f}",
            q=f"{100 * best.share_inside:.0f}",
            crs=TITLES[best.datum or Datum.WGS84],
        )


def datum_fits(
    x: Floats, y: Floats, stated: pd.Series, areas: gpd.GeoDataFrame, *, crs: str, metric_crs: str
) -> list[DatumFit]:
    """Measure the fit as declared (first) and in every other datum that moves the points.

    Empty when no point has a stated area with geometry.
    """
    drawn = areas[areas.geometry.notna()]
    # A village without a boundary is held against the nearest area above it that has one.
    held_against = stated.map(nearest_of(drawn.index, areas))
    place = drawn.index.get_indexer(pd.Index(held_against))
    usable = (place >= 0) & np.isfinite(x) & np.isfinite(y)
    rows = _spread(x, y, place, usable)
    if not len(rows):
        return []
    shapes = drawn.geometry.to_crs(metric_crs).to_numpy()
    x, y, place = x[rows], y[rows], place[rows]
    declared = to_wgs84(x, y, crs)
    readings = {datum: read(x, y) for datum, read in _readings(crs, declared).items()}
    moved = {datum: pair for datum, pair in readings.items() if _moves(declared, pair)}
    pairs = [(None, declared), *moved.items()]
    return [_fit(datum, pair, shapes, place, metric_crs) for datum, pair in pairs]


def fits_better(fit: DatumFit, declared: DatumFit) -> bool:
    """Say whether the evidence for `fit` over the points as declared is beyond chance."""
    came_in = int((fit.inside & ~declared.inside).sum())
    went_out = int((~fit.inside & declared.inside).sum())
    if came_in <= went_out or fit.distance_m >= declared.distance_m:
        return False
    if 1.0 - fit.share_inside > SHARE_LEFT * (1.0 - declared.share_inside):
        return False
    return bool(binomtest(came_in, came_in + went_out, alternative="greater").pvalue < CHANCE)


def _readings(crs: str, declared: Pair) -> dict[Datum, Callable[[Floats, Floats], Pair]]:
    """Give the other ways to read the points: in another datum, or shifted, then projected."""
    known = parse_crs(crs)
    if known is Datum.CGCS2000_GK or (isinstance(known, CRS) and not known.is_geographic):
        return {
            Datum.GCJ02: lambda *_: wgs84_from_gcj02(*declared),
            Datum.BD09: lambda *_: wgs84_from_bd09(*declared),
        }
    return {
        Datum.WGS84: lambda x, y: (x, y),
        Datum.GCJ02: wgs84_from_gcj02,
        Datum.BD09: wgs84_from_bd09,
    }


def _moves(one: Pair, other: Pair) -> bool:
    """Say whether two readings differ by more than a metre or so anywhere."""
    apart = np.abs(one[0] - other[0]) + np.abs(one[1] - other[1])
    return bool((apart > 1e-5).any())  # noqa: PLR2004


def _spread(x: Floats, y: Floats, place: NDArray[Any], usable: NDArray[np.bool_]) -> NDArray[Any]:
    """Give row numbers of distinct points, at most MOST_POINTS, evenly spread.

    A thousand incidents at one address are one witness, not a thousand.
    """
    asked = np.flatnonzero(usable)
    # A pair as one complex number: a million points are told apart quicker than as rows.
    point, _ = pd.factorize(x[asked] + 1j * y[asked])
    again = pd.Series(point * (int(place.max(initial=0)) + 1) + place[asked]).duplicated()
    rows = asked[~again.to_numpy()]
    step = max(1, -(-len(rows) // MOST_POINTS))
    return rows[::step]


def _fit(
    datum: Datum | None, pair: Pair, shapes: NDArray[Any], place: NDArray[Any], metric_crs: str
) -> DatumFit:
    x, y = Transformer.from_crs(WGS84, metric_crs, always_xy=True).transform(*pair)
    points = shapely.points(x, y)
    shapely.prepare(shapes)
    inside = np.asarray(shapely.intersects(shapes[place], points), dtype=bool)
    # Beyond the range of the projection a point is outside in every reading, however far.
    far = ~inside & np.isfinite(x) & np.isfinite(y)
    distance = np.zeros(len(points))
    distance[far] = shapely.distance(shapes[place[far]], points[far])
    return DatumFit(datum, inside, float(distance.mean()))
