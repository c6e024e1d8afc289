"""Past counts: what happened in the last year will happen again in the same cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.risk_model import RiskModel, basis_days

if TYPE_CHECKING:
    from datetime import date

    from models.arrays import Floats
    from models.cells import Cells
    from models.risk_incidents import RiskIncidents

__all__ = ["MODEL", "PastCounts"]


class PastCounts(RiskModel):
    """The count of each cell over the last `days` days, as a daily rate.

    The bar every other model has to clear. Sums, times the days, to the number of incidents
    on the ground. Where the record is younger than `days`, the days at hand are used.
    """

    def __init__(self, *, days: int = 365) -> None:
        self.days = days

    def _daily(self, seen: RiskIncidents, cells: Cells, *, as_of: date) -> Floats:
        return cells.count(seen.last(self.days, as_of=as_of)) / self.basis_days_

    def _basis_days(self, seen: RiskIncidents, as_of: date) -> int:
        return basis_days(seen, as_of, at_most=self.days)


MODEL = PastCounts()
