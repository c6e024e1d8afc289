"""The only thing a risk model, a hotspot or a patrol may learn from: cases and accidents.

The type is the wall. Petitions and disputes are served, not policed: they have no place in
it, and `risk_incidents` refuses them with a sentence.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer

from geo.errors import CRSError, GrievanceError, SchemaError
from geo.vocabulary import DiscoverySource, LocationPrecision, Review, RiskStream

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from models.arrays import Bools, Floats

__all__ = ["RiskIncidents", "risk_incidents"]

COLUMNS: Final = (
    "x_m",
    "y_m",
    "occurred",
    "reported",
    "time_precision",
    "category",
    "stream",
    "discovery_source",
)
"""All a model may know of an incident; a further column is refused (no proxies)."""

NEEDED: Final = ("stream", "category", "occurred_from", "lon", "lat", "loc_precision")
GRIEVANCE_MARKS: Final = frozenset(
    {"petition_id", "dispute_id", "accepted_on", "remit_level", "both_parties_consent", "about_key"}
)
DISCOVERED: Final = (DiscoverySource.PATROL_DISCOVERED, DiscoverySource.CAMERA_REVIEW)
SETTLED_AWAY: Final = (Review.REJECTED, Review.DUPLICATE)


@dataclass(frozen=True, eq=False)
class RiskIncidents:
    """Cases and accidents with a point, in local time and metres, oldest first.

    Attributes
    ----------
    frame
        Columns `x_m`, `y_m` (metres in `crs`), `occurred`, `reported` (naive local time;
        `reported` is never missing), `time_precision`, `category`, `stream`,
        `discovery_source`. Sorted by time and place, so that row order cannot matter.
    crs
        Metric CRS of the coordinates.
    begins
        First day of the record before any filter; None when it is empty.
    left_out
        How many rows were left out, by reason.
    """

    frame: pd.DataFrame
    crs: CRS
    begins: date | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse foreign columns and streams; sort."""
        _check(self.frame)
        crs = _metric(self.crs)
        frame = _sorted(self.frame)
        object.__setattr__(self, "crs", crs)
        object.__setattr__(self, "frame", frame)
        if self.begins is None and len(frame):
            object.__setattr__(self, "begins", frame["occurred"].iloc[0].date())

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def x_m(self) -> Floats:
        """Eastings, shape (n,), metres."""
        return self.frame["x_m"].to_numpy()

    @property
    def y_m(self) -> Floats:
        """Northings, shape (n,), metres."""
        return self.frame["y_m"].to_numpy()

    @property
    def unknown_share(self) -> float:
        """Share of incidents of which nobody wrote down how they became known; NaN when none."""
        if not len(self):
            return float("nan")
        return float((self.frame["discovery_source"] == DiscoverySource.UNKNOWN).mean())

    def only(self, *, stream: str | None = None, category: str | None = None) -> Self:
        """Keep one stream, one category, or both; `begins` stays that of the whole record."""
        keep = np.ones(len(self), dtype=bool)
        if stream is not None:
            keep &= (self.frame["stream"] == stream).to_numpy()
        if category is not None:
            keep &= (self.frame["category"] == category).to_numpy()
        return self._part(self.frame[keep])

    def seen(self, as_of: date) -> Self:
        """Keep what had happened and been reported by the end of the day `as_of`."""
        end = as_of + timedelta(days=1)
        past = self.between(None, end)
        known = (past.frame["reported"] < pd.Timestamp(end)).to_numpy()
        return past if known.all() else self._part(past.frame[known])

    def between(self, start: date | None, end: date) -> Self:
        """Keep what happened on the local days `[start, end)`."""
        occurred = self.frame["occurred"]
        first = 0 if start is None else occurred.searchsorted(pd.Timestamp(start))
        return self._part(self.frame.iloc[first : occurred.searchsorted(pd.Timestamp(end))])

    def last(self, days: int, *, as_of: date) -> Self:
        """Keep the `days` days up to and including `as_of`."""
        end = as_of + timedelta(days=1)
        return self.between(end - timedelta(days=days), end)

    def _part(self, frame: pd.DataFrame) -> Self:
        """Hold some of the own rows; what was checked and sorted stays so."""
        part = copy(self)
        object.__setattr__(part, "frame", frame)
        return part

    def note(self, language: str = "en") -> str:
        """Say what was left out and of how many nobody knows how they became known."""
        out = sum(self.left_out.values())
        found = self.left_out.get("discovered", 0)
        share = 0.0 if not len(self) else 100 * self.unknown_share
        if language == "zh":
            return (
                f"依据 {len(self):,} 起案件和事故；另有 {out:,} 起未计入"
                f"（其中巡逻或视频发现 {found:,} 起）；{share:.1f}% 的发现方式不明。"
            )
        return (
            f"Rests on {len(self):,} cases and accidents; {out:,} more were left out, {found:,} of "
            f"them found by patrols or on camera; for {share:.1f} % it is unknown how they became "
            "known."
        )


def risk_incidents(
    incidents: pd.DataFrame, *, crs: object, zone: ZoneInfo, include_discovered: bool = False
) -> RiskIncidents:
    """Turn cases and accidents into what a model may learn from.

    Parameters
    ----------
    incidents
        Incident frame (`geo.schemas.incidents`); WGS84 `lon`, `lat`, times in UTC.
    crs
        Metric CRS of the city, as anything pyproj reads.
    zone
        Time zone of the store; hours and days are local ones.
    include_discovered
        Also take what patrols and cameras found. By default it stays out, because patrols
        find incidents where patrols go.

    Returns
    -------
    RiskIncidents
        Rows at area precision, withheld rows, rows at a default address, rows without a time,
        rejected and duplicate rows are left out and counted in `left_out`. Rows whose
        discovery is unknown stay.

    Raises
    ------
    GrievanceError
        Petitions or disputes came in.
    SchemaError
        A column is missing.
    CRSError
        `crs` is not in metres.
    """
    refuse_grievances(incidents)
    missing = [name for name in NEEDED if name not in incidents.columns]
    if missing:
        raise SchemaError(
            f"Incidents lack {', '.join(missing)}.", f"缺少列：{'、'.join(missing)}。"
        )
    reasons = _reasons(incidents, include_discovered=include_discovered)
    names, counts = np.unique(reasons[reasons != ""].to_numpy(), return_counts=True)
    left_out = dict(zip(map(str, names), map(int, counts), strict=True))
    kept = incidents[(reasons == "").to_numpy()]
    return RiskIncidents(_local_frame(kept, _metric(crs), zone), _metric(crs), None, left_out)


def refuse_grievances(frame: pd.DataFrame) -> None:
    """Raise GrievanceError when a frame is, or holds, anything but cases and accidents."""
    marks = GRIEVANCE_MARKS & {*map(str, frame.columns), str(frame.index.name)}
    streams = set(frame["stream"].dropna().unique()) if "stream" in frame.columns else set()
    foreign = sorted({str(name) for name in streams} - set(RiskStream))
    if marks or foreign:
        what = ", ".join(foreign or sorted(marks))
        raise GrievanceError(
            f"Risk is learned from cases and accidents alone; this holds {what}. Petitions and "
            "disputes are served by their offices and never become places to patrol.",
            f"风险模型只使用案件和事故；数据中含有 {what}。"
            "信访和纠纷由相应部门受理服务，不作为巡逻依据。",
        )


def _reasons(incidents: pd.DataFrame, *, include_discovered: bool) -> pd.Series[str]:
    """Give each row the reason why it is left out, "" when it stays; the first that holds."""
    precision = incidents["loc_precision"]
    point = (precision == LocationPrecision.POINT).fillna(value=False)
    checks: dict[str, Any] = {
        "review": _column(incidents, "review", Review.CONFIRMED).isin(SETTLED_AWAY),
        "withheld": precision == LocationPrecision.WITHHELD,
        "default_address": precision == LocationPrecision.DEFAULT_ADDRESS,
        "no_point": ~point | incidents["lon"].isna() | incidents["lat"].isna(),
        "no_time": incidents["occurred_from"].isna(),
        "discovered": _column(incidents, "discovery_source", "").isin(DISCOVERED),
    }
    if include_discovered:
        del checks["discovered"]
    conditions = [np.asarray(check, dtype=bool) for check in checks.values()]
    chosen = np.select(conditions, list(checks), default="")
    return pd.Series(chosen, index=incidents.index, dtype="str")


def _column(frame: pd.DataFrame, name: str, default: str) -> pd.Series[Any]:
    if name in frame.columns:
        return frame[name]
    return pd.Series(default, index=frame.index, dtype="str")


def _local_frame(kept: pd.DataFrame, crs: CRS, zone: ZoneInfo) -> pd.DataFrame:
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = to_metres.transform(kept["lon"].to_numpy(float), kept["lat"].to_numpy(float))
    occurred = _local(kept["occurred_from"], zone)
    reported = _local(kept["reported_at"], zone) if "reported_at" in kept.columns else occurred
    source = _column(kept, "discovery_source", DiscoverySource.UNKNOWN)
    precision = _column(kept, "time_precision", "unknown")
    return pd.DataFrame(
        {
            "x_m": x,
            "y_m": y,
            "occurred": occurred,
            "reported": reported.fillna(occurred),
            "time_precision": precision.fillna("unknown").astype("category"),
            "category": kept["category"].astype("category"),
            "stream": kept["stream"].astype("category"),
            "discovery_source": source.fillna(DiscoverySource.UNKNOWN).astype("category"),
        }
    ).reset_index(drop=True)


def _local(moments: pd.Series[Any], zone: ZoneInfo) -> pd.Series[Any]:
    local: pd.Series[Any] = moments.dt.tz_convert(zone).dt.tz_localize(None)
    return local.astype("datetime64[us]")


def _check(frame: pd.DataFrame) -> None:
    if tuple(frame.columns) != COLUMNS:
        came, allowed = ", ".join(map(str, frame.columns)), ", ".join(COLUMNS)
        raise SchemaError(
            f"RiskIncidents holds {allowed} and nothing else; got {came}.",
            f"RiskIncidents 只允许列 {allowed}；收到 {came}。",
        )
    refuse_grievances(frame)


def _metric(crs: object) -> CRS:
    found = CRS.from_user_input(crs)
    if not found.is_projected or any(axis.unit_name != "metre" for axis in found.axis_info):
        raise CRSError(
            f"{found.name} is not a projected CRS in metres; name the city's metric CRS.",
            f"{found.name} 不是以米为单位的投影坐标系；请指定本地的米制坐标系。",
        )
    return found


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    keys = (frame["y_m"].to_numpy(), frame["x_m"].to_numpy(), frame["occurred"].to_numpy())
    return frame if _in_order(*keys) else frame.iloc[np.lexsort(keys)].reset_index(drop=True)


def _in_order(y: Floats, x: Floats, time: Any) -> bool:
    """Tell whether rows are sorted by time, then x, then y."""
    later, same_time = time[1:] > time[:-1], time[1:] == time[:-1]
    east, same_x = x[1:] > x[:-1], x[1:] == x[:-1]
    right: Bools = later | (same_time & (east | (same_x & (y[1:] >= y[:-1]))))
    return bool(right.all())
