"""Square analysis cells, and which of them a patrol can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import crs_name, parse_crs, require_metric
from geo.errors import CRSError, UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["OUTSIDE", "Grid", "patrollable"]

OUTSIDE: Final = -1
"""The id of no cell: a point off the grid, or without coordinates."""

_BITS: Final = 25
_HALF: Final = 1 << (_BITS - 1)
"""Columns and rows run from -2^24; both fit 50 bits, so that JavaScript reads an id exactly."""


@dataclass(frozen=True)
class Grid:
    """Square cells over a rectangle, their sides at whole multiples of `cell_m`.

    A cell's id says where it is, not where the grid begins: the same square has the same id
    however far the land reaches. Make one with `Grid.over`.
    """

    cell_m: float
    crs: CRS
    first_column: int
    first_row: int
    columns: int
    rows: int

    @classmethod
    def over(cls, geometry: Any, cell_m: float, crs: Any = None) -> Self:
        """Lay cells over everything in `geometry`.

        Parameters
        ----------
        geometry
            A GeoDataFrame, a GeoSeries or one shape, in metres.
        cell_m
            Side of a cell in metres.
        crs
            Metric CRS; needed for a bare shape, else taken from `geometry`.

        Raises
        ------
        CRSError
            In degrees or feet, or when `geometry` and `crs` disagree.
        UsageError
            For a side that is not positive, or nothing to lay cells over.

        Examples
        --------
        >>> grid = Grid.over(shapely.box(0, 0, 200, 300), 100, "EPSG:4547")
        >>> len(grid), int(grid.cell_of([150.0], [20.0])[0] == grid.cells[1])
        (6, 1)
        """
        known = _metric_crs(geometry, crs)
        bounds = shapely.total_bounds(np.asarray(getattr(geometry, "geometry", geometry)))
        if not (cell_m > 0 and np.isfinite(bounds).all()):
            raise UsageError(
                f"Cannot lay cells of {cell_m} m over {bounds}; a positive side and at least one "
                "drawn shape are needed.",
                f"无法铺设边长 {cell_m} 米的网格：边长必须为正，且至少要有一个图形。",
            )
        west, south = np.floor(bounds[:2] / cell_m).astype(int)
        east, north = np.ceil(bounds[2:] / cell_m).astype(int)
        columns, rows = max(east - west, 1), max(north - south, 1)
        return cls(float(cell_m), known, int(west), int(south), int(columns), int(rows))

    def __len__(self) -> int:
        return self.columns * self.rows

    @property
    def cells(self) -> Ints:
        """Give the ids of all cells, ascending: by row from the south, then by column."""
        row, column = np.divmod(np.arange(len(self), dtype=np.int64), self.columns)
        return _packed(column + self.first_column, row + self.first_row)

    def cell_of(self, x_m: ArrayLike, y_m: ArrayLike) -> Ints:
        """Give the id of the cell that holds each point; `OUTSIDE` off the grid or missing.

        A point on a side belongs to the cell east or north of it, so each is in one cell.
        """
        column, row = (self._step(values) for values in (x_m, y_m))
        inside = self._inside(column, row)
        ids = _packed(np.where(inside, column, 0), np.where(inside, row, 0))
        return np.where(inside, ids, OUTSIDE)

    def position_of(self, cell_ids: ArrayLike) -> Ints:
        """Give each cell's place in `cells` (and in any mask over them); -1 for no cell."""
        ids = np.asarray(cell_ids, dtype=np.int64)
        column, row = _unpacked(ids)
        position = (row - self.first_row) * self.columns + (column - self.first_column)
        return np.where(self._inside(column, row) & (ids >= 0), position, OUTSIDE)

    def centres(self, cell_ids: ArrayLike) -> Floats:
        """Give the cells' centres in metres, shape (n, 2)."""
        return (self._corners(cell_ids) + 0.5) * self.cell_m

    def polygons(self, cell_ids: ArrayLike) -> gpd.GeoSeries:
        """Give the cells as squares in the grid's CRS, indexed by their ids (`cell_id`)."""
        low = self._corners(cell_ids) * self.cell_m
        high = low + self.cell_m
        squares = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
        index = pd.Index(np.atleast_1d(np.asarray(cell_ids, dtype=np.int64)), name="cell_id")
        return gpd.GeoSeries(squares, index=index, crs=self.crs)

    def neighbours(self, cell_ids: ArrayLike, *, diagonal: bool = True) -> Ints:
        """Give the cells around each cell, shape (n, 8), or (n, 4) without the diagonal ones.

        From the south-west row by row; `OUTSIDE` where the grid ends.
        """
        steps = [(i, j) for j in (-1, 0, 1) for i in (-1, 0, 1) if (i, j) != (0, 0)]
        kept = np.array([step for step in steps if diagonal or 0 in step])
        column, row = (part[:, None] for part in self._known(cell_ids))
        near_column, near_row = column + kept[:, 0], row + kept[:, 1]
        inside = self._inside(near_column, near_row)
        return np.where(inside, _packed(near_column, near_row), OUTSIDE)

    def _step(self, values: ArrayLike) -> Floats:
        return np.floor(np.atleast_1d(np.asarray(values, dtype=np.float64)) / self.cell_m)

    def _inside(self, column: Any, row: Any) -> Bools:
        east, north = self.first_column + self.columns, self.first_row + self.rows
        inside: Bools = (
            (column >= self.first_column)
            & (column < east)
            & (row >= self.first_row)
            & (row < north)
        )
        return inside

    def _corners(self, cell_ids: ArrayLike) -> Floats:
        """Give the south-west corners in cells, shape (n, 2)."""
        return np.column_stack(self._known(cell_ids)).astype(np.float64)

    def _known(self, cell_ids: ArrayLike) -> tuple[Ints, Ints]:
        ids = np.atleast_1d(np.asarray(cell_ids, dtype=np.int64))
        column, row = _unpacked(ids)
        if not (self._inside(column, row) & (ids >= 0)).all():
            raise UsageError(
                "Some ids are no cells of this grid. Take ids from `cells` or `cell_of` (without "
                "-1), not positions.",
                "部分编号不是本网格的单元。请使用 cells 或 cell_of 给出的编号（不含 -1）。",
            )
        return column, row


def patrollable(
    grid: Grid,
    *,
    roads: Any = None,
    built_up: Any = None,
    land: Any = None,
    reach_m: float = 100.0,
) -> Bools:
    """Mark the cells a patrol can stand in.

    Parameters
    ----------
    roads, built_up, land
        GeoDataFrames, GeoSeries or single shapes in the grid's CRS; None or empty where not
        known.
    reach_m
        Metres between a cell and a road within which the cell counts as reached.

    Returns
    -------
    array of bool, shape (len(grid),)
        In the order of `grid.cells`. True within `reach_m` of a road or touching built-up
        ground, and touching `land` where that is given. Without roads and built-up ground:
        cells whose centre lies on land. Without anything: every cell.

    Raises
    ------
    CRSError
        When a layer is in another CRS than the grid.
    """
    streets, houses, ground = (
        _shapes(grid, layer, name)
        for layer, name in ((roads, "roads"), (built_up, "built_up"), (land, "land"))
    )
    squares = grid.polygons(grid.cells).to_numpy()
    if not (len(streets) or len(houses)):
        return _centres_on(grid, ground) if len(ground) else np.ones(len(grid), dtype=bool)
    mask = _near(squares, streets, reach_m) | _near(squares, houses, 0.0)
    if len(ground):
        reached = np.flatnonzero(mask)
        mask[reached] = _near(squares[reached], ground, 0.0)
    return mask


def _near(squares: NDArray[np.object_], shapes: NDArray[np.object_], reach_m: float) -> Bools:
    """Tell which squares lie within `reach_m` of any of the shapes."""
    mask = np.zeros(len(squares), dtype=bool)
    if not (len(shapes) and len(squares)):
        return mask
    tree = shapely.STRtree(squares)
    if reach_m > 0:
        found = tree.query(shapes, predicate="dwithin", distance=reach_m)
    else:
        found = tree.query(shapes, predicate="intersects")
    mask[found[1]] = True
    return mask


def _centres_on(grid: Grid, land: NDArray[np.object_]) -> Bools:
    centres = np.asarray(shapely.points(grid.centres(grid.cells)), dtype=object)
    return _near(centres, land, 0.0)


def _shapes(grid: Grid, layer: Any, name: str) -> NDArray[np.object_]:
    """Give the drawn shapes of a layer after comparing its CRS with the grid's."""
    if layer is None:
        return np.empty(0, dtype=object)
    crs = getattr(layer, "crs", None)
    if crs is not None and parse_crs(crs) != grid.crs:
        raise CRSError(
            f"{name} is in {crs_name(crs)}, the grid in {crs_name(grid.crs)}. "
            f"Call {name}.to_crs(grid.crs) first.",
            f"{name} 的坐标系是 {crs_name(crs)}，网格是 {crs_name(grid.crs)}。请先转换到一致。",
        )
    shapes = np.atleast_1d(np.asarray(getattr(layer, "geometry", layer), dtype=object))
    drawn: NDArray[np.object_] = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return drawn


def _metric_crs(geometry: Any, crs: Any) -> CRS:
    own = getattr(geometry, "crs", None)
    if own is not None and crs is not None and parse_crs(own) != parse_crs(crs):
        raise CRSError(
            f"The shapes are in {crs_name(own)}, the grid is asked in {crs_name(crs)}. "
            "Call .to_crs(...) on the shapes first.",
            f"图形的坐标系是 {crs_name(own)}，网格要求 {crs_name(crs)}。请先用 to_crs 转换。",
        )
    asked = own if crs is None else crs
    require_metric(asked, "grid")
    return CRS.from_user_input(asked)


def _packed(column: Any, row: Any) -> Ints:
    ids: Ints = ((np.asarray(row, dtype=np.int64) + _HALF) << _BITS) + (
        np.asarray(column, dtype=np.int64) + _HALF
    )
    return ids


def _unpacked(ids: Ints) -> tuple[Ints, Ints]:
    row, column = np.divmod(ids, 1 << _BITS)
    return column - _HALF, row - _HALF
