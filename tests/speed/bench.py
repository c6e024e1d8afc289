"""Figures of this machine: `make bench` prints them; each names what was measured.

Real data are used where they are beside the project (SANLING_SHARED); the demo county otherwise.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dashboard.services.composition import Services
    from dashboard.services.query import Query

ROOT = Path(__file__).resolve().parents[2]
CHICAGO_YEARS = (2014, 2015, 2016, 2017)
UNTIL = date(2026, 6, 30)


def main() -> None:
    """Run every measurement; one that cannot run here says why."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for measure in (
            demo_build,
            zero_status,
            zero_scale,
            live_event,
            hotspots,
            pages,
            silence,
            chicago,
            streak_break,
            map_update,
        ):
            print(f"\n{(measure.__doc__ or '').splitlines()[0]}")
            measure(work)


def demo_build(work: Path) -> None:
    """Build the made-up county anew, and open it a second time."""
    run("build", "demo", "--until", str(UNTIL), db=county(work))
    run("open and verify the chain", "verify", db=county(work))


def zero_status(work: Path) -> None:
    """Zero status of 4,707 subjects, in one process."""
    services = services_of(county(work))
    board, as_of = services.board, services.world.as_of
    with timed("read the facts"):
        _ = services.world.snapshot().incidents
    with timed("one month, 3 streams"):
        board.status(board.months(as_of)[-1:], as_of=as_of)
    with timed("24 months, 3 streams"):
        board.status(board.months(as_of, 24), as_of=as_of)
    with timed("72 months of 288 areas as bytes"):
        board.monthly_codes("case", as_of=as_of)
    with timed("streaks"):
        board.streaks(as_of=as_of)


def zero_scale(_: Path) -> None:
    """Zero status of 28,000 areas x 120 months x 3 streams, facts in memory."""
    from tests.speed.zero_scale import measure

    measure()


def live_event(work: Path) -> None:
    """One more case on its way to the map: written, then the months of all four colours anew."""
    from tests.speed.live_event import measure

    copy = work / "live.db"
    shutil.copy(work / "county.db", copy)
    measure(services_of(f"sqlite:///{copy}"))


def hotspots(work: Path) -> None:
    """Hotspots with their backtest over six horizons, on the made-up county."""
    services, query = services_of(county(work)), query_of()
    with timed("patrollable ground, models, backtest, reasons"):
        services.hotspots.find(query)
    with timed("the same for another category (ground known)"):
        services.hotspots.find(query.over(90, stream="case"))
    with timed("a plan for three crews"):
        services.patrol.plan(3, query)


def pages(work: Path) -> None:
    """Server time of what the Situation page asks, after warming up; median of 9."""
    services, query = services_of(county(work)), query_of()
    services.warm("zh")
    code = services.situation.table(query, "zh")[0]["code"]
    asked: dict[str, Callable[[], object]] = {
        "area card": lambda: services.cards.area(str(code), query, "zh"),
        "colouring": lambda: services.situation.colouring("zero_case", query, "zh"),
        "table, another filter": lambda: services.situation.table(fresh(query), "zh"),
        "incidents layer, another filter": lambda: services.overlays.geojson(
            "incidents", fresh(query), "zh"
        ),
        "wall": lambda: services.wall.state("zh"),
    }
    for name, ask in asked.items():
        print(f"  {name:<48}{median_ms(ask):8.0f} ms")


def silence(work: Path) -> None:
    """Believability of zero: power against expected reports, beside one who knows every rate."""
    from tests.speed.silence_power import measure

    measure()


def chicago(work: Path) -> None:
    """Chicago 2014-2017: import, zero status by month, hotspots."""
    data = shared() / "chicago"
    if not data.is_dir():
        print("  left out: no real data here (set SANLING_SHARED to their folder)")
        return
    db, recipe = f"sqlite:///{work / 'chicago.db'}", ("--recipe", "chicago")
    areas = [str(data / f"{name}.geojson") for name in ("community_areas", "police_beats")]
    crimes = [str(data / f"crimes_{year}.parquet") for year in CHICAGO_YEARS]
    crashes = str(data / "crashes_ped_cyclist_2009_2017.parquet")
    cameras = [str(data / f"{name}_cameras.csv") for name in ("red_light", "speed")]
    run("areas and beats", "import", "areas", *areas, *recipe, db=db)
    seconds = run("1,075,734 crimes", "import", "cases", *crimes, *recipe, "--backfill", db=db)
    print(f"  {'rows per second':<48}{1_075_734 / seconds:8.0f} /s")
    run("38,997 crashes", "import", "accidents", crashes, *recipe, "--backfill", db=db)
    run("309 cameras", "import", "cameras", *cameras, *recipe, db=db)
    run(
        "12 months by community area",
        "zero",
        "--window",
        "month",
        "--from",
        "2017-01-01",
        "--to",
        "2018-01-01",
        "--by",
        "community_area",
        db=db,
    )
    run("hotspots of 31 December 2017", "hotspots", "--as-of", "2017-12-31", db=db)


def streak_break(work: Path) -> None:
    """Chance that a silence breaks: Chicago 2017, learned from 2014-2016, half-mile cells."""
    from tests.speed.streak_power import measure

    if not (shared() / "chicago").is_dir():
        print("  left out: no real data here (set SANLING_SHARED to their folder)")
        return
    measure(shared() / "chicago")


def deliveries(work: Path) -> None:
    """Deliver a million crimes: first, once more, and corrected by one in a hundred."""
    data = shared() / "chicago"
    if not data.is_dir():
        print("  left out: no real data here (set SANLING_SHARED to their folder)")
        return
    from tests.speed.import_speed import measure, print_figures

    folder = work / "deliveries"
    folder.mkdir()
    print_figures(measure(data, folder))


def map_update(work: Path) -> None:
    """Browser CPU of one change of all values on the map (renderer process)."""
    from tests.speed.map_update import measure

    measure()


def county(work: Path) -> str:
    return f"sqlite:///{work / 'county.db'}"


def services_of(db: str) -> Services:
    from dashboard.settings import Settings
    from dashboard.wiring import build_services

    return build_services(Settings(db=db))


def query_of() -> Query:
    from dashboard.services.query import Query

    return Query(as_of=UNTIL)


_FRESH = iter(range(1, 10_000))


def fresh(query: Query) -> Query:
    """Ask what nobody asked before."""
    return replace(query, days=30 + next(_FRESH))


def shared() -> Path:
    named = os.environ.get("SANLING_SHARED")
    return (Path(named) if named else ROOT.parent / "shared") / "data"


def median_ms(ask: Callable[[], object], times: int = 9) -> float:
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - begun)
    return sorted(spent)[times // 2] * 1000


@contextmanager
def timed(name: str) -> Iterator[None]:
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    print(f"  {name:<48}{wall:8.2f} s wall {cpu:8.2f} s CPU")


def run(name: str, *words: str, db: str) -> float:
    """Run one command in a process of its own; print its wall and CPU time and peak memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    command = [sys.executable, "app.py", *words, "--json", "--db", db]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = after.ru_maxrss / 1e6
    print(f"  {name:<48}{wall:8.2f} s wall {cpu:8.2f} s CPU   peak so far {peak:5.2f} GB")
    if done.returncode:
        print(f"    exit {done.returncode}: {done.stderr.strip()[-300:]}")
    return wall


if __name__ == "__main__":
    main()
