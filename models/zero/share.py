"""A part of a whole: what every ratio of the programme is before it is printed."""

from __future__ import annotations

from typing import NamedTuple

from models.zero.rates import print_ratio

__all__ = ["Share"]


class Share(NamedTuple):
    """A count and the count it is part of.

    >>> Share(4418, 4419).printed(), Share(0, 0).value
    ('99.98 % (4418/4419)', None)
    """

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """Give the share as a number; None where there is no whole."""
        return self.part / self.whole if self.whole else None

    def printed(self, *, decimals: int = 2) -> str:
        """Print the share with its counts; see `models.zero.rates.print_ratio`."""
        return f"{print_ratio(self.part, self.whole, decimals=decimals)} ({self.part}/{self.whole})"
