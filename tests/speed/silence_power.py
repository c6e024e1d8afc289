"""Power of the believability of zero against one who knows every village's rate.

Counties of 288 villages are drawn anew: 30 % of them report 30 % of what happens in the window;
five earlier windows are clean. Seeds 50,000 and up were used for nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from models.zero.silence import FALSE_DISCOVERY_RATE, Silence
from models.zero.silence_counts import ReportedCounts
from models.zero.silence_tail import Predicted, false_discovery_q

if TYPE_CHECKING:
    from models.arrays import Bools, Floats

__all__ = ["County", "Found", "compare", "draw", "measure"]

VILLAGES: Final = 288
THINNED, THINNED_TO = 0.3, 0.3
FIRST_SEED, SEEDS = 50_000, 20
MEANS = (5.0, 8.0, 10.0, 15.0, 20.0, 30.0)
VARIATIONS = (0.0, 0.3, 0.5)


class County(NamedTuple):
    """A county drawn from known rates: what was reported, the rates, who hides."""

    counts: ReportedCounts
    rate: Floats
    hides: Bools


class Found(NamedTuple):
    """Power, false discovery rate and power at 20 or more expected; of the model and the oracle."""

    power: float
    false: float
    large: float
    oracle: float
    oracle_false: float
    oracle_alike: float
    """The oracle's power when it, too, is charged only with attainable tails."""


def draw(
    seed: int, *, mean: float, variation: float, thinned: float = THINNED, blocks: int = 5
) -> County:
    """Draw a county whose villages expect `mean` reports, with `variation` (CV) between them."""
    rng = np.random.default_rng(seed)
    spread = max(variation, 1e-3) ** 2
    rate = rng.gamma(1 / spread, mean * spread, VILLAGES)
    hides = rng.random(VILLAGES) < thinned
    past = rng.poisson(rate[:, None], (VILLAGES, blocks)).astype(float)
    window = rng.poisson(rate * np.where(hides, THINNED_TO, 1.0)).astype(float)
    about = {"subject_class": "village", "group": "village", "exposure": 1.0}
    subjects = pd.DataFrame(about, index=pd.RangeIndex(VILLAGES).astype("str"))
    subjects["exposure_known"] = True
    years = np.ones((VILLAGES, blocks))
    counts = ReportedCounts(subjects, past, years, window, np.ones(VILLAGES), 1.0)
    return County(counts, rate, hides)


def compare(counties: list[County]) -> Found:
    """Let the model and the oracle judge the same counties."""
    rows = []
    for counts, rate, hides in counties:
        flagged = Silence().fit(counts).believe(counts)["flagged"].to_numpy()
        known = Predicted(rate, np.full(rate.shape, 1e-9))
        tail = np.asarray(stats.poisson.cdf(counts.window, rate))
        oracle = false_discovery_q(tail) <= FALSE_DISCOVERY_RATE
        alike = false_discovery_q(tail, known.attainable()) <= FALSE_DISCOVERY_RATE
        large = hides & (rate >= 20)
        rows.append(
            [
                _share(flagged, hides),
                _share(~hides, flagged, empty=0.0),
                _share(flagged, large),
                _share(oracle, hides),
                _share(~hides, oracle, empty=0.0),
                _share(alike, hides),
            ]
        )
    table = np.array(rows)
    known_rows = [column[~np.isnan(column)] for column in table.T]
    return Found(*(float(column.mean()) if column.size else np.nan for column in known_rows))


def _share(chosen: Bools, among: Bools, *, empty: float = np.nan) -> float:
    return float(chosen[among].mean()) if among.any() else empty


def measure() -> None:
    """Print the table."""
    seeds = range(FIRST_SEED, FIRST_SEED + SEEDS)
    for title, blocks in (("own past of five windows", 5), ("peers alone, no past", 0)):
        print(f"  {title}: power / false discoveries; of the oracle; at 20 or more expected")
        for mean in MEANS:
            for cv in VARIATIONS:
                got = compare([draw(s, mean=mean, variation=cv, blocks=blocks) for s in seeds])
                print(f"    expect {mean:4.0f}, CV {cv:.1f}   {_line(got)}")
    for cv in VARIATIONS:
        none = [draw(s, mean=10.0, variation=cv, thinned=0.0) for s in seeds]
        flags = [int(Silence().fit(c.counts).believe(c.counts)["flagged"].sum()) for c in none]
        runs = f"{sum(flag > 0 for flag in flags)} of {SEEDS} counties with a flag"
        print(f"    nothing hidden, CV {cv:.1f}: {runs}, {sum(flags)} in all")


def _line(got: Found) -> str:
    return (
        f"{got.power:5.2f} / {got.false:.3f}   oracle {got.oracle:5.2f} / {got.oracle_false:.3f} "
        f"(attainable tails {got.oracle_alike:5.2f})   large {got.large:5.2f}"
    )
