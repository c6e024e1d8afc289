"""The patrollable cells of a grid, as a rectangle that filters can run over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from geo.grid import Grid
    from models.arrays import Bools, Floats, Ints
    from models.risk_incidents import RiskIncidents

__all__ = ["Cells"]


@dataclass(frozen=True, eq=False)
class Cells:
    """The n patrollable cells of a grid, in ascending order of their ids.

    A cell's *position* is its place in `ids`. The rectangle (`spread`, `gather`) holds
    every patrollable cell with a margin of one cell on each side.
    """

    grid: Grid
    ids: Ints
    x_m: Floats
    y_m: Floats
    row: Ints
    column: Ints
    position: Ints
    """By place in `grid.cells`, -1 off the patrollable ground."""

    @classmethod
    def over(cls, grid: Grid, mask: Bools) -> Self:
        """Take the cells of `grid` where `mask` (in the order of `grid.cells`) is true."""
        ids = grid.cells[mask]
        centres = grid.centres(ids)
        position = np.full(len(mask) + 1, -1, dtype=np.int64)  # the last one serves "outside"
        position[np.flatnonzero(mask)] = np.arange(len(ids))
        x, y = centres[:, 0], centres[:, 1]
        return cls(grid, ids, x, y, _steps(y, grid.cell_m), _steps(x, grid.cell_m), position)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def cell_m(self) -> float:
        """Side of a cell in metres."""
        return float(self.grid.cell_m)

    @property
    def area_km2(self) -> float:
        """Patrollable ground in square kilometres."""
        return len(self) * self.cell_m**2 / 1e6

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the rectangle."""
        if not len(self):
            return (2, 2)
        return (int(self.row.max()) + 2, int(self.column.max()) + 2)

    @property
    def mask(self) -> Bools:
        """The rectangle, true where a cell is patrollable."""
        return self.spread(np.ones(len(self))) > 0

    def spread(self, values: Floats) -> Floats:
        """Lay values of shape (n,) out on the rectangle, 0 elsewhere."""
        sheet = np.zeros(self.shape)
        sheet[self.row, self.column] = values
        return sheet

    def gather(self, sheet: Floats) -> Floats:
        """Read the patrollable cells from the rectangle, shape (n,)."""
        values: Floats = sheet[self.row, self.column]
        return values

    def locate(self, x_m: Floats, y_m: Floats) -> Ints:
        """Give each point the position of its cell, -1 off the patrollable ground."""
        place: Ints = self.position[self.grid.position_of(self.grid.cell_of(x_m, y_m))]
        return place

    def positions(self, incidents: RiskIncidents) -> Ints:
        """Give each incident the position of its cell, -1 off the patrollable ground."""
        return self.locate(incidents.x_m, incidents.y_m)

    def count(self, incidents: RiskIncidents) -> Floats:
        """Count the incidents in each cell, shape (n,); those off the ground are not counted."""
        positions = self.positions(incidents)
        return np.bincount(positions[positions >= 0], minlength=len(self)).astype(float)

    def rectangle_xy(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Give points in rows and columns of the rectangle, cell centres at whole numbers."""
        column = (x_m - self.x_m[0]) / self.cell_m + self.column[0]
        row = (y_m - self.y_m[0]) / self.cell_m + self.row[0]
        return row, column


def _steps(centre: Floats, cell_m: float) -> Ints:
    if not len(centre):
        return np.empty(0, dtype=np.int64)
    steps: Ints = np.rint((centre - centre.min()) / cell_m).astype(np.int64) + 1
    return steps
