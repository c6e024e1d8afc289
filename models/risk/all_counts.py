"""All counts: every incident on record counts alike, however old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.risk_model import RiskModel, basis_days

if TYPE_CHECKING:
    from datetime import date

    from models.arrays import Floats
    from models.cells import Cells
    from models.risk_incidents import RiskIncidents

__all__ = ["MODEL", "AllCounts"]


class AllCounts(RiskModel):
    """The count of each cell over the whole record, as a daily rate.

    Steadier than one year where incidents are few; slower to see a change.
    """

    def _daily(self, seen: RiskIncidents, cells: Cells, *, as_of: date) -> Floats:  # noqa: ARG002 - all are past
        return cells.count(seen) / self.basis_days_

    def _basis_days(self, seen: RiskIncidents, as_of: date) -> int:
        return basis_days(seen, as_of, at_most=None)


MODEL = AllCounts()
