"""What the demo knows about itself: the intensity it drew from and who keeps silent.

Kept in a file beside the database, for tests and for nobody's screen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.demo.categories import CATEGORIES
from geo.demo.placing import METRIC_CRS
from geo.demo.sampling import REPEAT_DAYS, REPEAT_M
from geo.demo.stretches import STRETCH_KINDS, Stretches
from geo.errors import NotReadyError

if TYPE_CHECKING:
    from geo.demo.draws import Floats
    from geo.demo.occurrences import Hidden
    from geo.demo.span import Span
    from geo.demo.story import Story
    from geo.demo.world import DemoWorld

__all__ = ["Truth", "read_truth", "truth_path", "write_truth"]


@dataclass(frozen=True)
class Truth:
    """The known intensity and facts of a demo.

    `base` (n_categories, n_stretches) expected first incidents a year; `drift`
    (years + 1, n_ways) multiplies it; `about` holds seed, until, volume, CRS, categories, the
    story, near-repeat constants, and the codes of concealing and thinning areas.
    """

    stretches: Stretches
    base: Floats
    drift: Floats
    about: dict[str, Any]

    def expected(self, year: int, *, stream: str = "case") -> Floats:
        """Give the expected first incidents of a stream per stretch in year 0..6, shape (n,)."""
        rows = [n for n, one in enumerate(CATEGORIES) if one.stream == stream]
        total: Floats = self.base[rows].sum(axis=0) * self.drift[year, self.stretches.way]
        return total


def truth_path(store_path: Path | str) -> Path:
    """Name the file beside a database.

    >>> truth_path("data/demo.db").name
    'demo.truth.npz'
    """
    return Path(store_path).with_suffix(".truth.npz")


def write_truth(
    path: Path, world: DemoWorld, span: Span, story: Story, hidden: Hidden, *, seed: int
) -> None:
    """Write the truth of a demo to `path`."""
    stretches = world.intensity.stretches
    about = {
        "seed": seed,
        "until": span.until.isoformat(),
        "volume": world.intensity.volume,
        "metric_crs": METRIC_CRS,
        "categories": [one.key for one in CATEGORIES],
        "streams": [one.stream for one in CATEGORIES],
        "stretch_kinds": STRETCH_KINDS,
        "near_repeat": {"mean_days": REPEAT_DAYS, "metres": REPEAT_M},
        "repeats_per_incident": {one.key: one.repeat for one in CATEGORIES},
        "story": {
            "area_code": world.codes[story.area],
            "cluster_from": story.cluster_from.isoformat(),
            "patrols_from": story.patrols_from.isoformat(),
        },
        "concealed": [world.codes[area] for area in hidden.concealed.tolist()],
        "thinned": [world.codes[area] for area in hidden.thinned.tolist()],
        "breaks_per_year": dict(zip(world.codes, world.intensity.breaks.tolist(), strict=True)),
    }
    np.savez_compressed(
        path,
        start=stretches.start.astype(np.float32),
        end=stretches.end.astype(np.float32),
        kind=stretches.kind.astype(np.int8),
        area=stretches.area.astype(np.int16),
        way=stretches.way.astype(np.int32),
        base=world.intensity.base.astype(np.float32),
        drift=world.intensity.drift.astype(np.float32),
        about=np.array(json.dumps(about, ensure_ascii=False)),
    )


def read_truth(store_path: Path | str) -> Truth:
    """Read the truth beside the database `store_path`; NotReadyError where there is none."""
    path = truth_path(store_path)
    if not path.exists():
        raise NotReadyError(
            f"No truth lies beside {store_path}; only a demo county built into a file has one.",
            f"{store_path} 旁没有真值文件；只有写入文件的演示县才有。",
        )
    with np.load(path) as held:
        stretches = Stretches(
            held["start"].astype(float),
            held["end"].astype(float),
            held["kind"].astype(np.int64),
            held["area"].astype(np.int64),
            held["way"].astype(np.int64),
        )
        about = json.loads(str(held["about"]))
        return Truth(stretches, held["base"].astype(float), held["drift"].astype(float), about)
