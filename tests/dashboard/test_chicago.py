"""Chicago's own files through the whole way: counted again by pandas, from the files alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from dashboard.services.composition import Services
from dashboard.services.query import Query
from dashboard.wiring import LEAFLET
from geo.intake import import_files
from geo.store import Store
from geo.window import month_windows

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

NOW = datetime(2026, 11, 21, tzinfo=UTC)
MISSOURI_LAT = 37.0
"""Five rows of the year files lie at a null point far south of the city."""
TOLERANCE_M = 200.0


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "chicago"


@pytest.fixture(scope="module")
def chicago(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Services:
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('chicago')}/chicago.db")
    for entity, name, backfill in (
        ("areas", "community_areas.geojson", False),
        ("areas", "police_beats.geojson", False),
        ("cases", "crimes_2017.parquet", True),
        ("cameras", "red_light_cameras.csv", False),
    ):
        told = import_files(
            store,
            entity,
            [folder / name],
            recipe="chicago",
            crs=None,
            backfill=backfill,
            to_area=False,
            actor="test",
            now=NOW,
        )
        assert told.refused is None
        assert told.kept + told.quarantined == told.rows_read
    return Services.over(store, clock=lambda: NOW, leaflet=LEAFLET)


def counted_by_pandas(folder: Path) -> pd.DataFrame:
    """Count crimes by community area and month with geopandas alone, by the rules of the guide."""
    crimes = pd.read_parquet(folder / "crimes_2017.parquet").drop_duplicates("ID")
    areas = gpd.read_file(folder / "community_areas.geojson")
    areas["code"] = areas["area_numbe"].astype(int).astype(str)
    shapes = areas.to_crs(26916).set_index("code").geometry
    stated = (
        crimes["Community Area"].astype("Int64").astype("str").where(lambda c: c.isin(shapes.index))
    )
    placed = crimes["Latitude"].notna() & crimes["Longitude"].notna()
    wrong = placed & (crimes["Latitude"] < MISSOURI_LAT)
    points = gpd.GeoSeries.from_xy(crimes["Longitude"], crimes["Latitude"], crs=4326)
    inside = gpd.sjoin(points.to_frame("geometry")[placed & ~wrong], areas[["code", "geometry"]])
    inside = inside.sort_values("code")["code"].groupby(level=0).first().reindex(crimes.index)
    far = (
        _metres(points[placed & ~wrong].to_crs(26916), stated, shapes).reindex(crimes.index)
        > TOLERANCE_M
    )
    lost = (
        wrong | (placed & ~wrong & far & stated.notna()) | (placed & inside.isna() & stated.isna())
    )
    kept = crimes[~lost].assign(code=inside.fillna(stated)[~lost])
    month = kept["Date"].dt.strftime("%Y-%m")
    counts: pd.DataFrame = kept.groupby(["code", month]).size().rename("n").reset_index()
    return counts


def _metres(points: gpd.GeoSeries, stated: pd.Series, shapes: gpd.GeoSeries) -> pd.Series:
    stated = stated.reindex(points.index).dropna()
    away = pd.Series(np.nan, index=points.index)
    for code, group in points[stated.index].groupby(stated):
        away[group.index] = group.distance(shapes[code])
    return away


def test_zero_by_month_and_community_area_is_what_pandas_counts(
    chicago: Services, folder: Path
) -> None:
    windows = month_windows(date(2017, 1, 1), date(2018, 1, 1))
    status = chicago.board.status(windows, as_of=date(2017, 12, 31))
    cases = status[status["stream"] == "case"]
    assert len(cases) == 77 * 12
    ours = cases.set_index(["subject_id", "window"])["breaking"]
    theirs = counted_by_pandas(folder).set_index(["code", "Date"])["n"]
    theirs.index = theirs.index.set_names(["subject_id", "window"])
    expected = theirs.reindex(ours.index, fill_value=0)
    assert ours.astype(int).to_dict() == expected.astype(int).to_dict()
    assert set(cases["status"].astype(str)[(ours > 0).to_numpy()]) == {"broken"}


def test_a_city_without_nil_returns_says_so_on_its_figures(chicago: Services) -> None:
    assert chicago.world.rulebook.id == "open-data"
    assert "assumed" in chicago.zero.caption("month", "en").lower()
    assert "reconstructed" in chicago.zero.caption("month", "en")


def test_the_city_is_shown_whole_at_the_day_its_data_end(chicago: Services) -> None:
    start = chicago.situation.start("en")
    assert start["data_ended"]
    assert start["as_of"] == "2017-12-31"
    query = Query(as_of=chicago.world.as_of)
    table = chicago.situation.table(query, "en")
    assert len(table) == 77
    shown = sum(row["incidents"] for row in table)
    assert shown == chicago.situation.counts(query, "en")[0]["value"] > 50_000
    assert len(chicago.overlays.geojson("incidents", query, "en")) < 2_000_000


def test_hotspots_of_a_city_come_with_a_true_line(chicago: Services) -> None:
    query = Query(as_of=chicago.world.as_of, stream="case", categories=("BURGLARY",))
    rows = chicago.hotspots.rows(query, "en")
    assert len(rows) == 20
    card = chicago.hotspots.find(query).card
    assert len(card.origins) == 6
    line = chicago.hotspots.line(query, "en")
    assert f"{card.hits:,} of {card.n_incidents:,}" in line
