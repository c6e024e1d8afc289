"""Where things are: coordinates into WGS84, points into areas, sensitive places withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.assign import Verdict, area_of, place_in_areas
from geo.crs import Datum, parse_crs, to_wgs84
from geo.errors import NotReadyError
from geo.intake.codes import implied_root
from geo.intake.datum_check import refuse_wrong_datum
from geo.intake.sentences import refusal
from geo.intake.swapping import fits_only_swapped, within
from geo.intake.texts import rows_holding
from geo.projected import require_zone
from geo.vocabulary import LocationPrecision

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geo.intake.columns import Typed
    from geo.intake.faults import Mask, Verdicts
    from geo.intake.recipe import Holds, Recipe

__all__ = ["Ground", "locate", "place", "sensitive_rows", "withhold"]

FAULT_OF: Final = {
    Verdict.UNKNOWN_CODE: ("Q02", "area_code"),
    Verdict.FAR_FROM_STATED: ("Q08", "lon"),
    Verdict.NOWHERE: ("Q19", "lon"),
    Verdict.NO_PLACE: ("Q20", "area_code"),
}

GLOBE: Final = (-180.0, -90.0, 180.0, 90.0)

FEW_DECIMALS: Final = 3
"""W07: at three decimals a point is known to about 100 m."""


@dataclass(frozen=True)
class Ground:
    """What places are held against: the loaded areas, the CRS distances are measured in."""

    areas: gpd.GeoDataFrame
    metric_crs: str
    root_code: str | None
    extent: tuple[float, float, float, float] | None

    @classmethod
    def of(cls, areas: gpd.GeoDataFrame, recipe: Recipe, *, metric_crs: str) -> Ground:
        """Take the areas as loaded; the root is the recipe's, else the one area at the top.

        Where nothing is loaded, the recipe's root stands alone, without a boundary.
        """
        alone = implied_root(areas, recipe).set_index("area_code")
        if len(alone):
            areas = areas.reindex(alone.index).assign(**alone, grouping=False)
        tree = areas[~areas["grouping"]]
        tops = tree.index[~tree["parent_code"].isin(tree.index)]
        root = tops[0] if len(tops) == 1 else None
        if recipe.root_area is not None and recipe.root_area.code in tree.index:
            root = recipe.root_area.code
        return cls(areas, metric_crs, root, recipe.extent)

    @property
    def tree(self) -> gpd.GeoDataFrame:
        """Give the areas of the hierarchy."""
        return self.areas[~self.areas["grouping"]]


def locate(
    typed: Typed,
    verdicts: Verdicts,
    ground: Ground,
    *,
    crs: str | None,
    stated: str = "area_code",
) -> None:
    """Turn `lon`, `lat` as they came into WGS84, after asking whether the datum is true.

    `stated` is the field that names an area the points should lie in. Raises RefusedFile F04
    when points come without a declared CRS, F05 when they fit their stated areas only in
    another datum.
    """
    frame = typed.frame
    if "lon" not in typed.fed or not frame[["lon", "lat"]].notna().any(axis=None):
        return
    if crs is None:
        raise refusal("F04")
    x, y = (frame[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    if parse_crs(crs) is Datum.CGCS2000_GK:
        require_zone(x, y)
    at_zero = (x == 0) & (y == 0)
    verdicts.keep_out("Q06", at_zero | (np.isnan(x) != np.isnan(y)), "lon")
    usable = verdicts.kept & ~np.isnan(x)
    named = frame[stated].where(usable & ~verdicts.spared)
    refuse_wrong_datum(x, y, named, ground.tree, crs=crs, metric_crs=ground.metric_crs)
    _remark_decimals(x, y, crs, verdicts)
    x, y = np.where(usable, x, np.nan), np.where(usable, y, np.nan)
    lon, lat = to_wgs84(x, y, crs)
    likely = ground.extent or _loaded_extent(ground.areas) or GLOBE
    inside = within(lon, lat, likely) | ~usable
    swapped = fits_only_swapped(x, y, crs, inside=inside, extent=likely)
    verdicts.keep_out("Q07", swapped, "lon")
    verdicts.keep_out("Q06", usable & ~within(lon, lat, ground.extent or GLOBE), "lon")
    frame["lon"], frame["lat"] = lon, lat


def place(
    typed: Typed,
    verdicts: Verdicts,
    ground: Ground,
    *,
    day: pd.Series,
    placeless: Mask,
    settled: Mask,
) -> None:
    """Find the area (and beat) of every row among those in force on its `day`.

    The geometry wins over a code stated near it. The point of a `placeless` row is not asked:
    the stated area is taken, else the root. So it is where no boundary at all is loaded that a
    point could be held against. Rows that are `settled` keep the area they state: it was found
    for them before.
    """
    if ground.tree.empty:
        raise NotReadyError(
            "No areas are loaded yet; import areas first.", "尚未载入区域，请先导入区域数据。"
        )
    frame = typed.frame
    # A retired code is judged by its date (Q03), so every code that was ever loaded counts here.
    rows = np.flatnonzero(~settled)
    with_point = (verdicts.kept & ~placeless)[rows]
    asked = frame[["lon", "lat", "area_code"]].iloc[rows]
    stated = asked["area_code"]
    if ground.root_code is not None and ground.tree.geometry.isna().all():
        stated = stated.fillna(ground.root_code)
    placed = place_in_areas(
        asked["lon"].where(with_point),
        asked["lat"].where(with_point),
        stated.to_numpy(dtype=object),
        ground.tree,
        metric_crs=ground.metric_crs,
        root_code=ground.root_code,
        day=day.iloc[rows],
    )
    for verdict, (code, column) in FAULT_OF.items():
        faulty = np.zeros(len(frame), dtype=bool)
        faulty[rows] = placed["verdict"] == str(verdict)
        verdicts.keep_out(code, faulty, column)
    frame["area_code"] = (
        placed["area_code"].reindex(frame.index).where(~settled, frame["area_code"])
    )
    if "beat_code" in frame:
        frame["beat_code"] = _beats(frame, ground, day, frame["lon"].notna() & ~placeless)


def _beats(frame: pd.DataFrame, ground: Ground, day: pd.Series, placed: pd.Series) -> pd.Series:
    """Keep a stated beat that is loaded; else take the grouping that holds a `placed` point."""
    beats = ground.areas[ground.areas["grouping"]]
    stated = frame["beat_code"].where(frame["beat_code"].isin(beats.index))
    asked = stated.isna() & placed
    if beats.empty or not asked.any():
        return stated
    found = area_of((frame.loc[asked, "lon"], frame.loc[asked, "lat"]), beats, day=day[asked])
    return stated.where(~asked, found.reindex(frame.index)).astype("str")


def _loaded_extent(areas: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    drawn = areas.geometry.dropna()
    if drawn.empty:
        return None
    west, south, east, north = (float(bound) for bound in drawn.total_bounds)
    return west - 0.5, south - 0.5, east + 0.5, north + 0.5


def _remark_decimals(
    x: np.ndarray[tuple[int], np.dtype[np.float64]],
    y: np.ndarray[tuple[int], np.dtype[np.float64]],
    crs: str,
    verdicts: Verdicts,
) -> None:
    known = parse_crs(crs)
    if known is Datum.CGCS2000_GK or getattr(known, "is_projected", False):
        return
    coarse = [np.isclose(v, np.round(v, FEW_DECIMALS), rtol=0.0, atol=1e-9) for v in (x, y)]
    verdicts.remark("W07", coarse[0] & coarse[1])


def sensitive_rows(
    typed: Typed, raw: pd.DataFrame, rules: tuple[Holds, ...], categories: tuple[str, ...]
) -> Mask:
    """Say which incidents are sensitive: by flag, by category, or by a column the recipe names."""
    frame = typed.frame
    hidden = frame["sensitive_location"].fillna(value=False).to_numpy(dtype=bool)
    hidden = hidden | frame["category"].isin(list(categories)).to_numpy(dtype=bool)
    for rule in rules:
        hidden = hidden | rows_holding(raw, rule)
    return np.asarray(hidden, dtype=bool)


def withhold(frame: pd.DataFrame, hidden: Mask, default: Mask) -> None:
    """Drop the coordinates of the `hidden` rows; the area found from them stays.

    Says of every row how well its place is known; `default` are those at a default address.
    """
    frame["sensitive_location"] = hidden
    frame["loc_precision"] = np.select(
        [hidden, default, frame["lon"].notna()],
        [
            str(LocationPrecision.WITHHELD),
            str(LocationPrecision.DEFAULT_ADDRESS),
            str(LocationPrecision.POINT),
        ],
        str(LocationPrecision.AREA),
    )
    for name in ("lon", "lat"):
        frame[name] = frame[name].mask(hidden)
