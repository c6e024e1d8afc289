"""What a million real crimes cost: delivered first, once more, and corrected by one in a hundred.

Each delivery is measured within a process of its own, beside what plain pandas and geopandas
need to read the file, find the areas and count: the import cannot be quicker than that.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ROWS", "Figures", "measure", "print_figures"]

ROWS: Final = 1_000_000
ROOT: Final = Path(__file__).resolve().parents[2]
YEARS: Final = (2014, 2015, 2016, 2017)
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)

Figures = dict[str, dict[str, float]]
"""Delivery -> wall and CPU seconds, peak memory in GB, rows that changed something."""


def measure(data: Path, work: Path) -> Figures:
    """Measure every delivery of the crimes in `data`, a folder of Chicago's files."""
    prepare(data, work)
    figures: Figures = {}
    for names in (("peer",), ("first",), ("second", "corrected")):
        words = [sys.executable, "-m", "tests.speed.import_speed", str(data), str(work), *names]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
        figures |= json.loads(done.stdout)
    return figures


def print_figures(figures: Figures) -> None:
    """Print the figures, and their ratios to the first delivery and to its peer."""
    first = figures["first"]["wall"]
    for name, said in figures.items():
        print(
            f"  {name:<48}{said['wall']:8.2f} s wall {said['cpu']:8.2f} s CPU "
            f"{said['wall'] / first:8.3f} of the first   peak {said['peak']:5.2f} GB"
        )
    print(f"  {'rows per second, first':<48}{ROWS / figures['first']['wall']:8.0f} /s")
    ratio = first / figures["peer"]["wall"]
    print(f"  {'times pandas read, sjoin and groupby':<48}{ratio:8.1f}")


def prepare(data: Path, work: Path) -> None:
    """Write the deliveries: a million rows, the same in other bytes, one in a hundred changed."""
    import pandas as pd

    years = [pd.read_parquet(data / f"crimes_{year}.parquet") for year in YEARS]
    crimes = pd.concat(years, ignore_index=True).iloc[:ROWS]
    crimes.to_parquet(work / "first.parquet")
    crimes.to_parquet(work / "second.parquet", row_group_size=ROWS // 4)
    some = crimes.iloc[::100]
    some.assign(Beat=some["Beat"].iloc[::-1].to_numpy()).to_parquet(work / "corrected.parquet")


def peer(data: Path, work: Path) -> int:
    """Read, place and count with pandas and geopandas alone; nothing checked, nothing kept."""
    import geopandas as gpd
    import pandas as pd

    crimes = pd.read_parquet(work / "first.parquet")
    areas = gpd.read_file(data / "community_areas.geojson")
    points = gpd.points_from_xy(crimes["Longitude"], crimes["Latitude"])
    placed = gpd.sjoin(gpd.GeoDataFrame(crimes, geometry=points, crs=4326), areas)
    counted = placed.groupby(["area_numbe", placed["Date"].dt.to_period("M"), "Primary Type"])
    return len(counted.size())


def deliver(data: Path, work: Path, name: str) -> int:
    """Import one delivery; give the number of rows that changed something."""
    from geo.intake import import_files
    from geo.store import Store

    with Store.open(f"sqlite:///{work / 'chicago.db'}") as store:
        report = import_files(
            store,
            "cases",
            [work / f"{name}.parquet"],
            recipe="chicago",
            actor="bench",
            now=NOW,
            backfill=True,
        )
    assert report.refused is None, report.sentence()
    assert report.kept + report.quarantined == report.rows_read
    return report.kept - report.unchanged


def bring_areas(data: Path, work: Path) -> None:
    from geo.intake import import_files
    from geo.store import Store

    files = [data / "community_areas.geojson", data / "police_beats.geojson"]
    with Store.open(f"sqlite:///{work / 'chicago.db'}") as store:
        import_files(store, "areas", files, recipe="chicago", actor="bench", now=NOW)


def timed(work: Callable[[], int]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    changed = work()
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "changed": changed,
    }


def main(data: Path, work: Path, names: list[str]) -> None:
    figures: Figures = {}
    if "peer" not in names:
        # Delivered again, they are refused at once (F06); what a process loads is loaded by then.
        bring_areas(data, work)
    for name in names:
        how = peer if name == "peer" else partial(deliver, name=name)
        figures[name] = timed(partial(how, data, work))
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
