"""Points into areas: each point in exactly one area, or told why not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.constants import STATED_AREA_TOLERANCE_M
from geo.crs import WGS84, crs_name, parse_crs, require_metric
from geo.errors import CRSError, UsageError
from geo.hierarchy import TOP, areas_on, days_of_change, holds_each, parent_positions, with_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

__all__ = ["Verdict", "area_of", "place_in_areas"]


class Verdict(StrEnum):
    """What became of a record's place."""

    INSIDE = "inside"
    """The point lies in an area and no area was stated."""
    AGREES = "agrees"
    """The point lies in the stated area; the finer of the two is kept."""
    GEOMETRY_WINS = "geometry_wins"
    """The point lies in another area, yet within the tolerance of the stated one."""
    NEAR_STATED = "near_stated"
    """The point lies in no area, yet within the tolerance of the stated one, which is kept."""
    FAR_FROM_STATED = "far_from_stated"
    """Q08: the point lies in another area, beyond the tolerance of the stated one."""
    NOWHERE = "nowhere"
    """Q19: the point lies in no area and not near the stated one."""
    STATED_ONLY = "stated_only"
    """No point, or no boundary to hold it against: the stated area is kept."""
    ROOT = "root"
    """No place at all: the root area is taken."""
    NO_PLACE = "no_place"
    """Q20: no place at all, and no root area."""
    UNKNOWN_CODE = "unknown_code"
    """Q02: the stated area is not in the table."""


def area_of(
    points: Any, areas: gpd.GeoDataFrame, *, border: str = "first", day: pd.Series | None = None
) -> pd.Series:
    """Give the code of the area that holds each point.

    Parameters
    ----------
    points
        A GeoDataFrame or GeoSeries of points, or a pair (lon, lat) of arrays in degrees WGS84.
    areas
        Indexed by `area_code`; areas without geometry hold nothing. Where areas lie in one
        another, the finest wins, and a real boundary goes before an approximate one. Groupings
        count only where all of `areas` are groupings.
    border
        "first": a point on a border belongs to the first area code, so that the counts add up.
    day
        The civil day of each point, in the order of `points`: only areas in force on it hold
        the point; a missing day counts as the latest. None asks all of `areas`.

    Returns
    -------
    Series of str
        Index of `points`, named `area_code`; missing where no area holds the point.

    Raises
    ------
    CRSError
        When points and areas are in different CRSs.

    Examples
    --------
    >>> squares = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    ...     index=pd.Index(["a", "b"], name="area_code"), crs=4326)
    >>> area_of(([0.5, 1.0, 9.0], [0.5, 0.5, 0.5]), squares).tolist()
    ['a', 'a', nan]
    """
    if border != "first":
        raise UsageError(
            f"Unknown border rule {border!r}; use 'first'.",
            f"未知的边界规则 {border!r}；请使用 first。",
        )
    series = _points(points)
    drawn = _with_paths(_drawn(areas))
    _same_crs(series, drawn)
    codes = np.full(len(series), None, dtype=object)
    for rows, in_force in _spells(drawn, day, len(series)):
        codes[rows] = _finest_holding(series.iloc[rows], in_force)
    return pd.Series(codes, index=series.index, dtype="str", name="area_code")


def place_in_areas(
    lon: ArrayLike,
    lat: ArrayLike,
    stated_code: Any,
    areas: gpd.GeoDataFrame,
    *,
    metric_crs: Any,
    tolerance_m: float = STATED_AREA_TOLERANCE_M,
    root_code: str | None = None,
    day: pd.Series | None = None,
) -> pd.DataFrame:
    """Decide the area of every record from its point and the area stated with it.

    The geometry wins over a stated area as long as the point lies within `tolerance_m` of it.

    Parameters
    ----------
    lon, lat
        Degrees WGS84, shape (n,); missing where there is no point.
    stated_code
        Area codes, shape (n,), missing where none was stated; or None for none at all.
    areas
        All areas, EPSG:4326, indexed by `area_code`; groupings are left out. A stated area
        without boundary is held against its nearest ancestor that has one.
    metric_crs
        Where distances are measured.
    root_code
        The area of records without any place.
    day
        The civil day of each record: its point is placed among the areas in force on it, while
        any area may be stated. None places points among all of `areas`.

    Returns
    -------
    DataFrame
        `area_code` (missing where the record cannot be kept) and `verdict`, one row per
        record, index of `lon` where that is a Series.

    Raises
    ------
    CRSError
        When `metric_crs` does not measure in metres, or `areas` are not in EPSG:4326.
    """
    require_metric(metric_crs, "metric_crs")
    case = _case_of(lon, lat, stated_code, _with_paths(_without_groupings(areas)), day)
    near = _near_stated(case, metric_crs, tolerance_m)
    verdict = _verdicts(case, near=near, has_root=root_code is not None)
    frame = pd.DataFrame({"area_code": _kept(case, verdict, root_code), "verdict": verdict})
    return frame.astype("str").set_axis(_index(lon, len(frame)), axis=0)


@dataclass(frozen=True)
class _Case:
    """n records and what is known of the place of each; areas as positions in `tree`."""

    tree: gpd.GeoDataFrame
    points: gpd.GeoSeries
    has_point: Bools
    is_stated: Bools
    stated: Ints
    """Position of the stated area, -1 where none or an unknown one was stated."""
    located: Ints
    """Position of the area that holds the point, -1 where none does."""
    drawn: Ints
    """Position of the stated area or its nearest ancestor with a boundary, else -1."""
    stated_is_finer: Bools
    """True where the located area is the stated one or holds it."""
    agrees: Bools
    """True where stated and located area are one, or one holds the other."""


def _case_of(
    lon: ArrayLike, lat: ArrayLike, codes: Any, tree: gpd.GeoDataFrame, day: pd.Series | None
) -> _Case:
    points = _points((lon, lat))
    stated_codes = pd.Series(codes, dtype="str", index=range(len(points)))
    stated = tree.index.get_indexer(pd.Index(stated_codes))
    located = tree.index.get_indexer(pd.Index(area_of(points, tree, day=day)))
    finer = holds_each(tree, located, stated)
    return _Case(
        tree=tree,
        points=points,
        has_point=~shapely.is_empty(points.to_numpy()),
        is_stated=stated_codes.notna().to_numpy(),
        stated=stated,
        located=located,
        drawn=np.append(_nearest_drawn(tree), TOP)[stated],
        stated_is_finer=finer,
        agrees=finer | holds_each(tree, stated, located),
    )


def _nearest_drawn(tree: gpd.GeoDataFrame) -> Ints:
    """Give the position of each area's nearest drawn ancestor or itself, shape (areas,)."""
    settled = np.append(_is_drawn(tree), [True])
    parent = np.append(parent_positions(tree), TOP)
    at = np.arange(len(tree))
    while not settled[at].all():
        at = np.where(settled[at], at, parent[at])
    return at


def _near_stated(case: _Case, metric_crs: Any, tolerance_m: float) -> Bools:
    """Tell which points lie within `tolerance_m` of their stated area, where that matters."""
    near = np.zeros(len(case.points), dtype=bool)
    asked = np.flatnonzero(case.has_point & (case.drawn >= 0) & ~case.agrees)
    if len(asked):
        areas, which = np.unique(case.drawn[asked], return_inverse=True)
        shapes = case.tree.geometry.iloc[areas].to_crs(metric_crs).to_numpy()
        shapely.prepare(shapes)
        points = case.points.iloc[asked].to_crs(metric_crs).to_numpy()
        near[asked] = shapely.dwithin(shapes[which], points, tolerance_m)
    return near


def _verdicts(case: _Case, *, near: Bools, has_root: bool) -> NDArray[np.object_]:
    """Give the first verdict that applies."""
    located, drawn = case.located >= 0, case.drawn >= 0
    rules: list[tuple[Bools, Verdict]] = [
        (case.is_stated & (case.stated < 0), Verdict.UNKNOWN_CODE),
        (~case.has_point & case.is_stated, Verdict.STATED_ONLY),
        (~case.has_point, Verdict.ROOT if has_root else Verdict.NO_PLACE),
        (located & ~case.is_stated, Verdict.INSIDE),
        (located & case.agrees, Verdict.AGREES),
        (located & (near | ~drawn), Verdict.GEOMETRY_WINS),
        (located, Verdict.FAR_FROM_STATED),
        (near, Verdict.NEAR_STATED),
        (case.is_stated & ~drawn, Verdict.STATED_ONLY),
    ]
    masks, words = zip(*rules, strict=True)
    chosen = np.select(list(masks), [str(word) for word in words], str(Verdict.NOWHERE))
    return chosen.astype(object)


def _kept(case: _Case, verdict: NDArray[np.object_], root: str | None) -> NDArray[np.object_]:
    """Give the area that goes with each verdict; None where the record cannot be kept."""
    codes = np.append(case.tree.index.to_numpy(dtype=object), [None])
    by_word = np.isin(verdict, [Verdict.NEAR_STATED, Verdict.STATED_ONLY])
    by_word |= (verdict == Verdict.AGREES) & case.stated_is_finer
    by_point = np.isin(verdict, [Verdict.INSIDE, Verdict.AGREES, Verdict.GEOMETRY_WINS])
    choices = [codes[case.stated], codes[case.located], np.full(len(verdict), root, dtype=object)]
    kept: NDArray[np.object_] = np.select([by_word, by_point, verdict == Verdict.ROOT], choices)
    kept[~(by_word | by_point | (verdict == Verdict.ROOT))] = None
    return kept


def _spells(
    areas: gpd.GeoDataFrame, day: pd.Series | None, count: int
) -> Iterator[tuple[Ints, gpd.GeoDataFrame]]:
    """Cut `count` points into spells in which the same areas are in force."""
    rows = np.arange(count)
    changes = days_of_change(areas)
    if day is None or not len(changes):
        yield rows, areas
        return
    spell = changes.searchsorted(day.to_numpy("datetime64[us]"), side="right")
    for number in np.unique(spell):
        begun = changes[number - 1] if number else changes[0] - np.timedelta64(1, "D")
        yield rows[spell == number], areas_on(areas, pd.Timestamp(begun))


def _finest_holding(points: gpd.GeoSeries, areas: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Give the finest of `areas` that holds each point, None where none does."""
    codes = np.full(len(points), None, dtype=object)
    order = [-areas["path"].str.count("/")]
    if "approximate" in areas.columns:
        # Where an approximate boundary still overlaps a real one beside it, the real one holds.
        order.append(areas["approximate"].astype(bool))
    for _, layer in areas.groupby(order):
        open_rows = np.flatnonzero(pd.isna(codes))
        codes[open_rows] = _first_holding(points.iloc[open_rows], layer)
    return codes


def _first_holding(points: gpd.GeoSeries, layer: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Give the first code of `layer` that holds each point, None where none does."""
    in_order = layer.sort_index()
    # The tree holds the points: shapely then prepares each polygon once for many of them.
    tree = shapely.STRtree(points.to_numpy())
    area, point = tree.query(in_order.geometry.to_numpy(), predicate="intersects")
    first = np.full(len(points), len(in_order))
    np.minimum.at(first, point, area)
    codes: NDArray[np.object_] = np.append(in_order.index.to_numpy(dtype=object), [None])[first]
    return codes


def _points(points: Any) -> gpd.GeoSeries:
    """Give the points as a GeoSeries; an empty point where a coordinate is missing."""
    if isinstance(points, gpd.GeoDataFrame):
        return points.geometry
    if isinstance(points, gpd.GeoSeries):
        return points
    lon, lat = (np.atleast_1d(np.asarray(part, dtype=np.float64)) for part in points)
    known = np.isfinite(lon) & np.isfinite(lat)
    made = np.full(len(lon), shapely.Point(), dtype=object)
    made[known] = shapely.points(lon[known], lat[known])
    return gpd.GeoSeries(made, index=_index(points[0], len(lon)), crs=WGS84)


def _index(values: Any, length: int) -> pd.Index:
    return values.index if isinstance(values, pd.Series) else pd.RangeIndex(length)


def _is_drawn(areas: gpd.GeoDataFrame) -> Bools:
    shapes = areas.geometry.to_numpy()
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), dtype=bool)


def _drawn(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    some = areas[_is_drawn(areas)]
    all_groupings = "grouping" in some.columns and some["grouping"].astype(bool).all()
    return some if all_groupings else _without_groupings(some)


def _without_groupings(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if "grouping" not in areas.columns:
        return areas
    return areas[~areas["grouping"].astype(bool)]


def _with_paths(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    known = "path" in areas.columns and areas["path"].notna().all()
    return areas if known else with_paths(areas)


def _same_crs(points: gpd.GeoSeries, areas: gpd.GeoDataFrame) -> None:
    names = [
        "no CRS" if crs is None else crs_name(parse_crs(crs)) for crs in (points.crs, areas.crs)
    ]
    if names[0] != names[1] or points.crs is None:
        raise CRSError(
            f"The points are in {names[0]}, the areas in {names[1]}. Bring both into one CRS.",
            f"点的坐标系是 {names[0]}，区域是 {names[1]}。请先统一坐标系。",
        )
