"""How many are at zero: rates with n/N, their bounds, targets, and how they are printed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.errors import UsageError
from geo.vocabulary import ZeroStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.zero.rulebook import Rulebook

__all__ = [
    "THREE_ZERO",
    "print_rate",
    "print_ratio",
    "three_zero",
    "with_targets",
    "zero_rates",
]

THREE_ZERO: Final = "three_zero"
"""Stands in the stream column for all three zeros together."""

STRONGEST_FIRST: Final = (
    ZeroStatus.BROKEN,
    ZeroStatus.PENDING_REVIEW,
    ZeroStatus.NOT_ASSESSED,
    ZeroStatus.ZERO_REPORTED,
    ZeroStatus.ZERO_VERIFIED,
)
ZEROS: Final = (ZeroStatus.ZERO_REPORTED, ZeroStatus.ZERO_VERIFIED)
COUNTED: Final = MappingProxyType(
    {
        "zero": ZEROS,
        "assessed": tuple(s for s in ZeroStatus if s is not ZeroStatus.NOT_ASSESSED),
        "registered": tuple(ZeroStatus),
        "pending": (ZeroStatus.PENDING_REVIEW,),
        "broken": (ZeroStatus.BROKEN,),
        "not_assessed": (ZeroStatus.NOT_ASSESSED,),
    }
)
STREAM_WORDS: Final = MappingProxyType(
    {
        "case": ("zero case", "零案件"),
        "accident": ("zero accident", "零事故"),
        "petition": ("zero petition", "零上访"),
        THREE_ZERO: ("three zeros", "三零"),
    }
)


def three_zero(status: pd.DataFrame) -> pd.DataFrame:
    """Join the streams of each subject and window into one status.

    Takes rows of `zero_status`; returns the same columns with stream `three_zero`, one row per
    window and subject: the strongest status speaks (one break is enough), `breaking` and
    `pending` add up, `coverage` is the lowest. `zero` is true only when every stream is at zero.
    """
    ranks = pd.Index(list(STRONGEST_FIRST)).get_indexer(pd.Index(status["status"]))
    rows = status.assign(status=ranks, stream=THREE_ZERO)
    summed = {"status": "min", "breaking": "sum", "pending": "sum", "coverage": "min"}
    kept = [name for name in status.columns if name not in (*summed, "subject_id", "window")]
    how = {name: summed.get(name, "first") for name in (*kept, *summed)}
    joined = rows.groupby(["window", "subject_id"], sort=False, as_index=False).agg(how)
    words = pd.array(list(STRONGEST_FIRST), dtype="str").take(joined["status"].to_numpy())
    joined = joined.assign(status=words)[list(status.columns)]
    return joined.assign(zero=joined["status"].isin(ZEROS))


def zero_rates(status: pd.DataFrame, *, by: Sequence[str] = ("subject_class",)) -> pd.DataFrame:
    """Count the zeros per window, group and stream, three_zero among the streams.

    Returns columns window, *by, stream; zero, assessed, registered, pending, broken,
    not_assessed (counts of subjects); rate = zero / assessed (missing when nobody is assessed),
    lower = zero / registered, upper = (zero + not_assessed + pending) / registered; assumed
    (bool: coverage was assumed). Shares lie in 0..1. Rows stand in the order of `status`, never
    by rate: areas are not ranked. `by` names columns of `status`; empty gives all together.
    """
    unknown = [name for name in by if name not in status.columns]
    if unknown:
        raise UsageError(
            f"Cannot group by {', '.join(unknown)}; status has {', '.join(status.columns)}.",
            f"不能按 {'、'.join(unknown)} 分组；现有列：{'、'.join(status.columns)}。",
        )
    rows = pd.concat([status, three_zero(status).drop(columns="zero")], ignore_index=True)
    keys = ["window", *by, "stream"]
    marks = {name: rows["status"].isin(words) for name, words in COUNTED.items()}
    summed = rows[keys].assign(**marks).groupby(keys, sort=False, as_index=False, dropna=False)
    # One rulebook made all rows; it leaves coverage missing only where it assumes it.
    assumed = bool(status["coverage"].isna().any())
    return _with_shares(summed.agg(dict.fromkeys(COUNTED, "sum"))).assign(assumed=assumed)


def with_targets(rates: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    """Add `target` (missing for a class without one) and `met`: the unrounded rate reaches it.

    `met` is a nullable bool, missing without a target or without anybody assessed.
    """
    target = rates["subject_class"].map(dict(rulebook.targets)).astype(float)
    met = (rates["rate"] >= target).astype("boolean")
    known = (target.notna() & rates["rate"].notna()).to_numpy()
    return rates.assign(target=target, met=met.where(known))


def print_ratio(numerator: int, denominator: int, *, decimals: int = 2) -> str:
    """Print a ratio as a percentage, half rounded up, "—" without a denominator.

    Never 100 % when the numerator is smaller, never 0 % when it is positive.

    >>> print_ratio(4418, 4419)
    '99.98 %'
    >>> print_ratio(99_999, 100_000), print_ratio(1, 100_000)
    ('99.99 %', '0.01 %')
    """
    if denominator <= 0:
        return "—"
    step = Decimal(1).scaleb(-decimals)
    percent = (Decimal(100 * numerator) / Decimal(denominator)).quantize(step, ROUND_HALF_UP)
    if numerator < denominator:
        percent = min(percent, 100 - step)
    if numerator > 0:
        percent = max(percent, step)
    return f"{percent} %"


def print_rate(
    row: Mapping[str, Any] | pd.Series, language: str = "en", *, decimals: int = 2
) -> str:
    """Print one row of `zero_rates` with its n/N, window and stream, and what is uncertain.

    Questions under review and subjects not assessed are printed beside the rate, with the
    bounds they leave open; an assumed coverage is said.

    >>> row = dict(zero=407, assessed=475, registered=475, pending=0, not_assessed=0,
    ...            window="2020", stream="accident", assumed=False)
    >>> print_rate(row, decimals=1)
    '85.7 % (407/475, 2020, zero accident)'
    """
    zh = language == "zh"
    zero, assessed = int(row["zero"]), int(row["assessed"])
    stream = STREAM_WORDS[row["stream"]][zh]
    parts = [f"{zero}/{assessed}", str(row["window"]), stream, *_doubts(row, decimals, zh=zh)]
    share = print_ratio(zero, assessed, decimals=decimals)
    return f"{share}（{'，'.join(parts)}）" if zh else f"{share} ({', '.join(parts)})"


def _doubts(row: Mapping[str, Any] | pd.Series, decimals: int, *, zh: bool) -> list[str]:
    """Word what the rate leaves open; empty when nothing is."""
    zero, registered = int(row["zero"]), int(row["registered"])
    pending, silent = int(row["pending"]), int(row["not_assessed"])
    doubts = []
    if pending:
        doubts.append(f"待核 {pending}" if zh else f"{pending} pending")
    if silent:
        doubts.append(f"未评估 {silent}" if zh else f"{silent} not assessed")
    if doubts:
        low = print_ratio(zero, registered, decimals=decimals)
        high = print_ratio(zero + pending + silent, registered, decimals=decimals)
        doubts.append(f"介于 {low} 与 {high} 之间" if zh else f"between {low} and {high}")
    if row["assumed"]:
        doubts.append("覆盖率为假定" if zh else "coverage assumed")
    return doubts


def _with_shares(rates: pd.DataFrame) -> pd.DataFrame:
    zero, registered = rates["zero"], rates["registered"]
    most = zero + rates["not_assessed"] + rates["pending"]
    shares = {
        "rate": zero / rates["assessed"].where(rates["assessed"] > 0, np.nan),
        "lower": zero / registered,
        "upper": most / registered,
    }
    return rates.assign(**shares)
