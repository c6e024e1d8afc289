"""Which rows are kept out, and which carry a remark: one code per row, first fault first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Mask", "Verdicts"]

Mask: TypeAlias = NDArray[np.bool_]

OF_KEYS: Final = frozenset({"Q01", "Q21"})
"""Rules about the key alone."""


@dataclass
class Verdicts:
    """What the rules said about `n` rows, in file order.

    A row is kept out by the first rule it breaks; later rules do not look at it again.
    """

    n: int
    codes: NDArray[Any] = field(init=False)
    """Shape (n,), text: the rule that keeps the row out, "" for a row that is kept."""
    columns: NDArray[Any] = field(init=False)
    """Shape (n,), text: the field at fault, "" where no single field is."""
    kept: Mask = field(init=False)
    """Rows that no rule kept out."""
    remarks: dict[str, Mask] = field(default_factory=dict)
    """Warning code -> rows, whether kept or not."""
    spared: Mask = field(init=False)
    """Rows that only take a record back: their key is looked at, and nothing else."""

    def __post_init__(self) -> None:
        """Begin with every row kept."""
        self.codes = np.full(self.n, "", dtype="<U3")
        self.columns = np.full(self.n, "", dtype=object)
        self.kept = np.ones(self.n, dtype=bool)
        self.spared = np.zeros(self.n, dtype=bool)

    @property
    def stating(self) -> Mask:
        """Say which kept rows state a record."""
        return self.kept & ~self.spared

    def keep_out(self, code: str, rows: Mask | pd.Series, column: str = "") -> None:
        """Keep `rows` out by rule `code`, where no earlier rule did."""
        judged = self.kept if code in OF_KEYS else self.stating
        hit = np.asarray(rows, dtype=bool) & judged
        self.kept = self.kept & ~hit
        self.codes[hit] = code
        self.columns[hit] = column

    def remark(self, code: str, rows: Mask | pd.Series) -> None:
        """Attach warning `code` to `rows`."""
        mask = np.asarray(rows, dtype=bool) & ~self.spared
        if mask.any():
            self.remarks[code] = self.remarks.get(code, np.zeros(self.n, dtype=bool)) | mask

    def reasons(self) -> dict[str, int]:
        """Count the rows kept out, by rule."""
        codes, counts = np.unique(self.codes[~self.kept], return_counts=True)
        return dict(zip(codes.tolist(), counts.tolist(), strict=True))

    def warnings(self) -> dict[str, int]:
        """Count the kept rows that carry each remark; remarks without a kept row are left out."""
        counts = {code: int((mask & self.kept).sum()) for code, mask in self.remarks.items()}
        return {code: counts[code] for code in sorted(counts) if counts[code]}

    def warned(self) -> int:
        """Count the kept rows with at least one remark."""
        rows = np.zeros(self.n, dtype=bool)
        for mask in self.remarks.values():
            rows |= mask
        return int((rows & self.kept).sum())
