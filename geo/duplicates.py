"""Pairs of incidents that may tell of the same event, each with a score and its reasons.

The score is a product of five factors in (0, 1], each of which falls as the pair becomes less
alike, so it can be read aloud: "12 m apart, 5 minutes apart, same category, two systems, no
unit". It orders pairs for a person to judge; nothing is merged by it.

    near    1 at the same point, falling to 0.5 at 50 m; 0.4 where one has no point and only
            the area is the same
    when    1 at the same minute, falling to 0.5 at 30 minutes; 0.5 where one is known as a
            range or a day and the two overlap (or come within 30 minutes)
    what    1 for the same category, 0.6 for another of the same class or kind
    source  1 for two systems, 0.9 where one is unknown, 0.8 for one system
    unit    1 for the same unit, 0.9 where one is unknown, 0.5 for two units
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.spatial import cKDTree

from geo.crs import WGS84
from geo.vocabulary import LocationPrecision, Review

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    Mask: TypeAlias = NDArray[np.bool_]
    Numbers: TypeAlias = NDArray[np.float64]
    Pairs: TypeAlias = NDArray[np.int64]

__all__ = ["NEAR_M", "NEAR_MIN", "SETTLED", "Candidates", "find_duplicates", "reasons"]

NEAR_M: Final = 50.0
NEAR_MIN: Final = 30.0
"""Metres and minutes within which two incidents may be one; those of rule W03."""

DAY_MIN: Final = 1440.0
LONGEST_MIN: Final = 31 * DAY_MIN
"""A range longer than a month says nothing of when."""

PILE: Final = 50
"""More records than this within one box of 50 m and an hour (or a day, where only that is known)
are a habit of writing, not fifty reports of one event: they are counted, not paired."""

SETTLED: Final = (Review.REJECTED.value, Review.DUPLICATE.value)
AREA_ONLY, AT_EDGE, OTHER_KIND = 0.4, 0.5, 0.6
KNOWN_ALIKE, UNKNOWN = 1.0, 0.9
SAME_SYSTEM, OTHER_UNIT = 0.8, 0.5
WORDS: Final = {
    "what": {
        KNOWN_ALIKE: ("same category", "类别相同"),
        OTHER_KIND: ("another category of the same kind", "同类不同目"),
    },
    "source": {
        KNOWN_ALIKE: ("two systems", "来自两个系统"),
        UNKNOWN: ("system unknown", "来源不明"),
        SAME_SYSTEM: ("one system", "来自同一系统"),
    },
    "unit": {
        KNOWN_ALIKE: ("same unit", "同一单位"),
        UNKNOWN: ("unit unknown", "单位不明"),
        OTHER_UNIT: ("two units", "两个单位"),
    },
}
COLUMNS: Final = (
    "keep", "drop", "score", "distance_m", "minutes", "near", "when", "what", "source", "unit",
)  # fmt: skip


class Candidates(NamedTuple):
    """What may be one: `pairs`, and how many records were left out because they lie in piles.

    `pairs` has keep (what the ledger learned first) and drop, the score, distance_m (missing
    where only the area is the same), minutes between them (missing where one is known as a
    range or a day), and the five factors; the likeliest first.
    """

    pairs: pd.DataFrame
    piled: int


class _Facts(NamedTuple):
    """Incidents as plain columns: metres (NaN without a point), local minutes, codes (-1 none)."""

    xy: Numbers
    start: Numbers
    end: Numbers
    wide: Mask
    area: Pairs
    category: Pairs
    family: Pairs
    source: Pairs
    unit: Pairs


def find_duplicates(
    incidents: pd.DataFrame,
    *,
    metric_crs: str,
    zone: ZoneInfo,
    decided: Collection[frozenset[str]] = (),
) -> Candidates:
    """Find the pairs among the incidents of one stream that may be one event.

    Parameters
    ----------
    incidents
        Cases or accidents as a snapshot gives them; rejected ones, duplicates and those without
        a time are left out.
    metric_crs
        In which distances are measured.
    zone
        Of the civil days of incidents known only by their day.
    decided
        Pairs of keys that people have judged already.

    Returns
    -------
    Candidates
        Pairs within 50 m (or in the same area, where one has no point), within 30 minutes (or
        overlapping, where one is a range or a day), of the same category, class or kind.
    """
    asked = incidents[~incidents["review"].isin(SETTLED) & incidents["occurred_from"].notna()]
    facts = _facts(asked, metric_crs, zone)
    sound = facts.end - facts.start <= LONGEST_MIN
    has_point = ~np.isnan(facts.xy[:, 0])
    by_point, piled = _pairs(facts.xy / NEAR_M, facts, sound & has_point, has_point)
    lone = sound & ~has_point & (facts.area >= 0)
    in_area = sound & np.isin(facts.area, facts.area[lone])
    by_area, more = _pairs(np.multiply(facts.area[:, None], 3.0), facts, in_area, lone)
    pairs = np.concatenate([by_point, by_area])
    scored = _scored(asked, facts, pairs)
    return Candidates(_without(scored, decided), piled + more)


def reasons(pair: Mapping[Any, Any], language: str = "en") -> str:
    """Say in "en" or "zh" why a row of `Candidates.pairs` has its score, factor by factor.

    >>> alike = {"distance_m": 12.4, "minutes": 5.0, "what": 1.0, "source": 1.0, "unit": 0.9}
    >>> reasons(alike)
    '12 m apart, 5 min apart, same category, two systems, unit unknown'
    """
    chinese = language == "zh"
    metres, minutes = pair["distance_m"], pair["minutes"]
    said = [
        _said(metres, ("{:.0f} m apart", "相距 {:.0f} 米"), ("same area", "同一区域"))[chinese],
        _said(minutes, ("{:.0f} min apart", "相隔 {:.0f} 分钟"), ("times overlap", "时段重叠"))[
            chinese
        ],
        *(WORDS[name][pair[name]][chinese] for name in ("what", "source", "unit")),
    ]
    return ("，" if chinese else ", ").join(said)


def _said(value: float, known: tuple[str, str], missing: tuple[str, str]) -> tuple[str, str]:
    return missing if np.isnan(value) else (known[0].format(value), known[1].format(value))


def _facts(incidents: pd.DataFrame, metric_crs: str, zone: ZoneInfo) -> _Facts:
    lon, lat = (incidents[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    witness = (incidents["loc_precision"] != LocationPrecision.DEFAULT_ADDRESS.value).to_numpy()
    known = ~np.isnan(lon) & ~np.isnan(lat) & witness
    xy = np.full((len(incidents), 2), np.nan)
    xy[known] = np.column_stack(_to_metric(metric_crs).transform(lon[known], lat[known]))
    start, end, wide = _times(incidents, zone)
    family = "case_class" if "case_class" in incidents else "accident_kind"
    words = ("area_code", "category", family, "source_system", "unit_id")
    codes = (pd.factorize(incidents[name])[0].astype("int64") for name in words)
    return _Facts(xy, start, end, wide, *codes)


@cache
def _to_metric(metric_crs: str) -> Transformer:
    return Transformer.from_crs(WGS84, metric_crs, always_xy=True)


def _times(incidents: pd.DataFrame, zone: ZoneInfo) -> tuple[Numbers, Numbers, Mask]:
    """Give when each began and ended in local minutes, and whether that is more than 30 apart.

    A day is drawn in by what counts as near, so that it meets its own hours and no others.
    """
    begun, ended = (_local_minutes(incidents[n], zone) for n in ("occurred_from", "occurred_to"))
    ended = np.where(np.isnan(ended) | (ended < begun), begun, ended)
    precision = incidents["time_precision"].to_numpy(dtype=object)
    daily = np.isin(precision, ["day", "unknown"])
    first, last = (np.floor(v / DAY_MIN) * DAY_MIN for v in (begun, ended))
    within = NEAR_MIN + 1e-3
    begun = np.where(daily, first + within, begun)
    ended = np.where(daily, last + DAY_MIN - within, ended)
    ended = np.where(precision == "hour", ended + 60, ended)
    return begun, ended, ended - begun > NEAR_MIN


def _local_minutes(moments: pd.Series, zone: ZoneInfo) -> Numbers:
    local = moments.dt.tz_convert(zone).dt.tz_localize(None).to_numpy("datetime64[us]")
    minutes: Numbers = np.where(np.isnat(local), np.nan, local.astype("int64") / 60e6)
    return minutes


def _pairs(place: Numbers, facts: _Facts, among: Mask, left: Mask) -> tuple[Pairs, int]:
    """Give pairs (one of each in `left`) whose places lie within 1 and whose times are near.

    Also gives how many records were left out because they lie in piles.
    """
    rows = np.flatnonzero(among)
    exact = rows[~facts.wide[rows]]
    number, day = _days(facts, rows)
    hourly = _Boxes.of(exact, np.column_stack([place[exact], facts.start[exact] / NEAR_MIN / 2]))
    daily = _Boxes.of(number, np.column_stack([place[number], day * 3.0]))
    found = [
        hourly.close(left, np.ones_like(left)),
        daily.close(left & facts.wide, np.ones_like(left)),
        daily.close(left & ~facts.wide, facts.wide),
    ]
    pairs = _once(_truly_near(np.concatenate(found), place, facts), len(among))
    piled = {*hourly.piled.tolist(), *daily.piled[facts.wide[daily.piled]].tolist()}
    return pairs, len(piled)


class _Boxes(NamedTuple):
    """Rows at points whose unit is what counts as near; `piled` rows are left out."""

    rows: Pairs
    points: Numbers
    piled: Pairs

    @classmethod
    def of(cls, rows: Pairs, points: Numbers) -> _Boxes:
        """Leave out the boxes that hold more than a pile."""
        boxes = pd.DataFrame(np.floor(points))
        free = boxes.groupby(list(boxes.columns))[0].transform("size").to_numpy() <= PILE
        return cls(rows[free], points[free], rows[~free])

    def close(self, one: Mask, other: Mask) -> Pairs:
        """Give pairs of a row of `one` and a row of `other` within 1 in every direction."""
        first, second = one[self.rows], other[self.rows]
        if first.all() and second.all() and len(self.rows):
            found = cKDTree(self.points).query_pairs(1.0, p=np.inf, output_type="ndarray")
            return self.rows[found].astype("int64")
        if not (first.any() and second.any()):
            return np.empty((0, 2), dtype="int64")
        trees = cKDTree(self.points[first]), cKDTree(self.points[second])
        near = trees[0].sparse_distance_matrix(trees[1], 1.0, p=np.inf, output_type="ndarray")
        pairs = np.column_stack([self.rows[first][near["i"]], self.rows[second][near["j"]]])
        apart: Pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        return apart


def _days(facts: _Facts, rows: Pairs) -> tuple[Pairs, Numbers]:
    """Give each row once for every day that lies within 30 minutes of its time."""
    first = np.floor((facts.start[rows] - NEAR_MIN) / DAY_MIN)
    last = np.floor((facts.end[rows] + NEAR_MIN) / DAY_MIN)
    count = (last - first + 1).astype("int64")
    number = np.repeat(rows, count)
    behind = np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count)
    return number, np.repeat(first, count) + behind


def _once(pairs: Pairs, count: int) -> Pairs:
    """Give each pair of row numbers below `count` once, the lower number first."""
    coded = np.unique(pairs.min(axis=1) * count + pairs.max(axis=1))
    return np.column_stack(np.divmod(coded, count))


def _truly_near(pairs: Pairs, place: Numbers, facts: _Facts) -> Pairs:
    """Keep pairs within the circle, the minutes and the kinds: the boxes are a little larger."""
    i, j = pairs.T
    circle = np.sqrt(((place[i] - place[j]) ** 2).sum(axis=1)) <= 1.0
    related = _same(facts.category, i, j) | _same(facts.family, i, j)
    near: Pairs = pairs[circle & (_gap(facts, i, j) <= NEAR_MIN) & related]
    return near


def _gap(facts: _Facts, i: Pairs, j: Pairs) -> Numbers:
    """Give the minutes between the end of one and the start of the other, 0 where they meet."""
    between = np.maximum(facts.start[i], facts.start[j]) - np.minimum(facts.end[i], facts.end[j])
    gap: Numbers = np.maximum(between, 0.0)
    return gap


def _same(codes: Pairs, i: Pairs, j: Pairs) -> Mask:
    same: Mask = (codes[i] == codes[j]) & (codes[i] >= 0)
    return same


def _unknown(codes: Pairs, i: Pairs, j: Pairs) -> Mask:
    unknown: Mask = (codes[i] < 0) | (codes[j] < 0)
    return unknown


def _scored(incidents: pd.DataFrame, facts: _Facts, pairs: Pairs) -> pd.DataFrame:
    """Give the pairs with their factors; what was learned first comes first."""
    order = incidents["seq"].to_numpy() if "seq" in incidents else np.arange(len(incidents))
    i, j = np.take_along_axis(pairs, np.argsort(order[pairs], axis=1), axis=1).T
    metres = np.sqrt(((facts.xy[i] - facts.xy[j]) ** 2).sum(axis=1))
    vague = facts.wide[i] | facts.wide[j]
    minutes = np.where(vague, np.nan, _gap(facts, i, j))
    keys = incidents.index
    scored = pd.DataFrame(
        {
            "keep": keys[i],
            "drop": keys[j],
            "distance_m": metres,
            "minutes": minutes,
            "near": np.where(np.isnan(metres), AREA_ONLY, _falling(metres, NEAR_M)),
            "when": np.where(vague, AT_EDGE, _falling(minutes, NEAR_MIN)),
            "what": np.where(_same(facts.category, i, j), KNOWN_ALIKE, OTHER_KIND),
            "source": _source(facts, i, j),
            "unit": _unit(facts, i, j),
        }
    )
    scored["score"] = scored[["near", "when", "what", "source", "unit"]].prod(axis=1)
    scored = scored.sort_values(["score", "keep", "drop"], ascending=[False, True, True])
    return scored[list(COLUMNS)]


def _falling(distance: Numbers, limit: float) -> Numbers:
    return 1.0 - (1.0 - AT_EDGE) * distance / limit


def _source(facts: _Facts, i: Pairs, j: Pairs) -> Numbers:
    known = np.where(_same(facts.source, i, j), SAME_SYSTEM, KNOWN_ALIKE)
    return np.where(_unknown(facts.source, i, j), UNKNOWN, known)


def _unit(facts: _Facts, i: Pairs, j: Pairs) -> Numbers:
    known = np.where(_same(facts.unit, i, j), KNOWN_ALIKE, OTHER_UNIT)
    return np.where(_unknown(facts.unit, i, j), UNKNOWN, known)


def _without(scored: pd.DataFrame, decided: Collection[frozenset[str]]) -> pd.DataFrame:
    if decided:
        pairs = zip(scored["keep"], scored["drop"], strict=True)
        scored = scored[[frozenset(pair) not in decided for pair in pairs]]
    return scored.reset_index(drop=True)
