"""The made-up county in a store: the same every time, in order, with its truth beside it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from geo.demo.build import DemoSummary, build_demo, make_demo
from geo.demo.live import live_events
from geo.demo.truth import read_truth, truth_path
from geo.errors import NotReadyError, UsageError
from geo.store import Store
from geo.vocabulary import Entity
from tests.geo.demo_county import UNTIL, county, standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MORNING = datetime(2026, 6, 30, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoSummary]:
    path = tmp_path_factory.mktemp("demo") / "county.db"
    with Store.open(f"sqlite:///{path}") as store:
        return path, build_demo(store, until=UNTIL)


@pytest.fixture
def live_copy(built: tuple[Path, DemoSummary], tmp_path: Path) -> Path:
    path = tmp_path / "live.db"
    shutil.copy(built[0], path)
    return path


def ticking(start: datetime) -> Callable[[], datetime]:
    moments = (start + timedelta(seconds=4 * number) for number in range(1_000))
    return lambda: next(moments)


def test_the_summary_counts_what_was_published(built: tuple[Path, DemoSummary]) -> None:
    summary = built[1]
    assert (summary.areas, summary.towns, summary.units) == (288, 13, 4419)
    assert summary.incidents == pytest.approx(6 * 1_875, rel=0.1)


def test_the_same_arguments_give_the_same_chain(
    built: tuple[Path, DemoSummary], tmp_path: Path
) -> None:
    with Store.open(f"sqlite:///{tmp_path}/again.db") as other:
        again = build_demo(other, until=UNTIL)
    assert again.hash == built[1].hash


def test_another_seed_gives_another_history_on_the_same_land() -> None:
    one, other = county(), county(1)
    assert one.world.areas.equals(other.world.areas)
    assert one.world.units.equals(other.world.units)
    assert not standing(one, Entity.CASE)["category"].equals(
        standing(other, Entity.CASE)["category"]
    )


def test_the_chain_holds_and_its_clock_never_runs_back(built: tuple[Path, DemoSummary]) -> None:
    with Store.open(f"sqlite:///{built[0]}") as store:
        assert store.verify().ok
        moments = store.events(0, limit=1_000_000)["recorded_at"]
    assert moments.is_monotonic_increasing
    assert moments.iloc[-1] < pd.Timestamp("2026-06-30T06:00:00+08:00")
    assert moments.iloc[-1] > pd.Timestamp("2026-06-30T00:00:00+08:00")


def test_a_snapshot_gives_back_what_was_made(built: tuple[Path, DemoSummary]) -> None:
    demo = county()
    with Store.open(f"sqlite:///{built[0]}") as store:
        snapshot = store.snapshot()
        for entity, frame in ((Entity.CASE, snapshot.cases), (Entity.PETITION, snapshot.petitions)):
            made = standing(demo, entity).sort_index()
            assert frame.sort_index().index.equals(made.index)
            for name in {"category", "area_code", "review", "closed_on"} & set(frame.columns):
                held = frame.sort_index()[name]
                assert (held.isna() == made[name].isna()).all()
                assert (held[held.notna()] == made[name][held.notna()]).all()
        assert len(snapshot.areas) == 3 + 13 + 288
        assert {"roads", "rivers", "buildings", "land"} <= set(county().world.layers)
        assert len(snapshot.ground("roads")) == len(demo.world.layers["roads"])


def test_what_was_known_a_year_ago_knows_nothing_of_this_year(
    built: tuple[Path, DemoSummary],
) -> None:
    then = datetime(2025, 6, 30, tzinfo=UTC)
    with Store.open(f"sqlite:///{built[0]}") as store:
        snapshot = store.snapshot(known_at=then)
        assert snapshot.cases["reported_at"].max() <= pd.Timestamp(then)
        assert len(snapshot.cases) == pytest.approx(5 * 1_500, rel=0.1)
        assert not snapshot.reconstructed


def test_the_store_says_that_it_is_made_up(built: tuple[Path, DemoSummary]) -> None:
    with Store.open(f"sqlite:///{built[0]}") as store:
        meta = store.meta
    assert (meta.is_demo, meta.demo_until, meta.rulebook) == (True, UNTIL, "shanxi-2020")
    assert (meta.time_zone, meta.metric_crs) == ("Asia/Shanghai", "EPSG:4547")
    assert meta.live_since == datetime(2020, 6, 29, 16, tzinfo=UTC)
    assert "示例" in str(meta.title_zh)
    assert "made up" in str(meta.title_en)


def test_months_are_counted_as_the_records_stand(built: tuple[Path, DemoSummary]) -> None:
    cases = standing(county(), Entity.CASE)
    kept = cases[~cases["review"].isin(["rejected", "duplicate"])]
    month = kept["occurred_from"].dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m")
    expected = kept.groupby([month, "area_code"]).size()
    with Store.open(f"sqlite:///{built[0]}") as store:
        counts = store.month_count()
    found = counts[counts["stream"] == "case"].set_index(["ym", "area_code"])["n"]
    assert found.sort_index().to_dict() == expected.to_dict()


def test_a_store_that_holds_something_is_refused(built: tuple[Path, DemoSummary]) -> None:
    with (
        Store.open(f"sqlite:///{built[0]}") as store,
        pytest.raises(UsageError, match="empty"),
    ):
        build_demo(store, until=UNTIL)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"volume": "huge"}, "sparse, county, busy"), ({"conceal": 0.7, "thin": 0.7}, "at most 1")],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(
    wrong: dict[str, str | float], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        make_demo(until=UNTIL, **wrong)  # type: ignore[arg-type]  # the point is a wrong value


def test_the_truth_lies_beside_the_database(built: tuple[Path, DemoSummary]) -> None:
    truth = read_truth(built[0])
    assert truth_path(built[0]).exists()
    world = county().world
    assert truth.base.shape == (len(truth.about["categories"]), len(world.stretches.way))
    assert (truth.about["until"], truth.about["concealed"]) == (UNTIL.isoformat(), [])
    # A year's first incidents, before near repeats and without the units' own premises.
    assert 1_000 < truth.expected(0).sum() < 1_500
    assert np.isfinite(truth.drift).all()


def test_a_store_without_truth_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="truth"):
        read_truth(tmp_path / "other.db")


def test_concealing_villages_are_listed_in_the_truth(tmp_path: Path) -> None:
    path = tmp_path / "hidden.db"
    with Store.open(f"sqlite:///{path}") as store:
        build_demo(store, until=UNTIL, volume="sparse", conceal=0.1, thin=0.05)
        cases = store.snapshot().incidents
    about = read_truth(path).about
    assert len(about["concealed"]) > 3
    assert len(about["thinned"]) > 1
    own = cases[cases["unit_id"].isna()]
    assert not set(own["area_code"]) & set(about["concealed"])


def test_live_steps_append_what_the_hour_brings(live_copy: Path) -> None:
    with Store.open(f"sqlite:///{live_copy}") as store:
        before = store.watermark
        steps = list(islice(live_events(store, seed=1, now=ticking(MORNING)), 6))
        told = store.snapshot().incidents
        assert store.verify().ok
    assert len({step.incident_id for step in steps}) == 6
    decided = sum(step.confirmed_id is not None for step in steps)
    with Store.open(f"sqlite:///{live_copy}") as store:
        assert store.watermark == before + 6 + decided
    rows = told.loc[[step.incident_id for step in steps]]
    assert (rows["review"] == "reported").all()
    assert (rows["occurred_to"] < pd.Timestamp(MORNING + timedelta(minutes=5))).all()
    assert (rows["occurred_from"] > pd.Timestamp(MORNING - timedelta(hours=1))).all()


def test_live_steps_confirm_the_oldest_undecided_report(live_copy: Path) -> None:
    with Store.open(f"sqlite:///{live_copy}") as store:
        waiting = store.snapshot().incidents
        steps = live_events(store, seed=1, now=ticking(MORNING))
        confirmed = next(step.confirmed_id for step in steps if step.confirmed_id)
        after = store.snapshot().incidents
    assert waiting["review"][confirmed] == "reported"
    assert after["review"][confirmed] == "confirmed"


def test_a_live_clock_that_lags_does_not_turn_the_ledger_back(live_copy: Path) -> None:
    with Store.open(f"sqlite:///{live_copy}") as store:
        last = store.events(store.watermark - 1)["recorded_at"].iloc[0]
        step = next(live_events(store, seed=1, now=lambda: datetime(2026, 1, 1, tzinfo=UTC)))
        assert pd.Timestamp(step.recorded_at) == last + pd.Timedelta(seconds=1)


def test_live_events_go_into_a_demo_only(tmp_path: Path) -> None:
    with (
        Store.open(f"sqlite:///{tmp_path}/empty.db") as store,
        pytest.raises(UsageError, match="demo store"),
    ):
        next(live_events(store, seed=1, now=lambda: MORNING))
