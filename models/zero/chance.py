"""Is it more than chance? Exact tests of two counts and of two rates, and exact intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from scipy import stats

from geo.errors import UsageError

if TYPE_CHECKING:
    from models.zero.share import Share

__all__ = ["Chance", "count_interval", "rate_interval", "two_counts", "two_rates"]

LEVEL: Final = 0.05
"""A difference is called more than chance where the mid-p value lies below this."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How easily chance alone gives a difference at least this large, in either direction.

    `p` is the exact value (twice the smaller tail, at most 1); `mid_p` counts half of what was
    observed itself, which takes away most of the exact test's caution with small counts.
    """

    test: str
    p: float
    mid_p: float

    @property
    def is_more_than_chance(self) -> bool:
        """Tell whether the mid-p value lies below 5 %."""
        return self.mid_p < LEVEL

    def says(self, language: str = "en") -> str:
        """Give the verdict with the test and both values."""
        values = f"p = {self.p:.3f}, mid-p = {self.mid_p:.3f}"
        if language == "zh":
            verdict = "超出正常波动" if self.is_more_than_chance else "属正常波动"
            return f"{verdict}（{TESTS_ZH[self.test]}，{values}）"
        if self.is_more_than_chance:
            return f"more than chance explains ({self.test}, {values})"
        return f"within normal variation ({self.test}, {values})"


POISSON: Final = "exact conditional Poisson test"
FISHER: Final = "Fisher's exact test"
TESTS_ZH: Final = {POISSON: "泊松条件精确检验", FISHER: "Fisher 精确检验"}


def two_counts(
    now: int, before: int, *, exposure_now: float = 1.0, exposure_before: float = 1.0
) -> Chance:
    """Test whether two counts come from one rate, given their exposures.

    Given the sum, the first is binomial with its share of the exposure. Source: Przyborowski &
    Wilenski (1940), Biometrika 31; mid-p: Lancaster (1961), JASA 56.

    >>> print(two_counts(54, 84).says())
    more than chance explains (exact conditional Poisson test, p = 0.013, mid-p = 0.011)
    """
    _whole("counts", now, before)
    if exposure_now <= 0 or exposure_before <= 0:
        raise UsageError("Exposures must be positive.", "暴露量必须为正数。")
    share = exposure_now / (exposure_now + exposure_before)
    return _chance(POISSON, stats.binom(now + before, share), now)


def two_rates(now: Share, before: Share) -> Chance:
    """Test whether two rates are one: given the margins, the first part is hypergeometric.

    Source: Fisher (1934), Statistical Methods for Research Workers.
    """
    _whole("parts", now.part, before.part, now.whole - now.part, before.whole - before.part)
    together = now.whole + before.whole
    return _chance(FISHER, stats.hypergeom(together, now.part + before.part, now.whole), now.part)


def count_interval(count: int, *, level: float = 0.95) -> tuple[float, float]:
    """Give the exact interval of the mean behind a Poisson count (Garwood 1936)."""
    _whole("count", count)
    tail = (1 - level) / 2
    low = float(stats.gamma.ppf(tail, count)) if count else 0.0
    return low, float(stats.gamma.ppf(1 - tail, count + 1))


def rate_interval(rate: Share, *, level: float = 0.95) -> tuple[float, float]:
    """Give the exact interval of the share behind a rate (Clopper & Pearson 1934)."""
    part, whole = rate
    _whole("parts", part, whole - part)
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, part, whole - part + 1)) if part else 0.0
    high = float(stats.beta.ppf(1 - tail, part + 1, whole - part)) if part < whole else 1.0
    return low, high


def _chance(test: str, law: Any, seen: int) -> Chance:
    """Double the smaller tail of a discrete law, with and without half of what was seen."""
    values = (law.cdf(seen), law.sf(seen - 1), law.pmf(seen))
    below, above, here = (float(value) for value in values)
    return Chance(
        test,
        min(1.0, 2 * min(below, above)),
        min(1.0, 2 * min(below - here / 2, above - here / 2)),
    )


def _whole(name: str, *numbers: int) -> None:
    if min(numbers) < 0:
        raise UsageError(
            f"The {name} cannot be negative; {min(numbers)} came.",
            f"计数不能为负；读到 {min(numbers)}。",
        )
