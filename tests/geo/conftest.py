"""Builders for the import: an empty store, villages on a grid, files written on the spot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.intake import ImportReport, import_files
from geo.store import Store
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
METRIC = "EPSG:4547"
CORNER_XY = (440_000.0, 4_210_000.0)
"""South-western corner of the grid of villages, in EPSG:4547: within Yuxian."""
VILLAGE_M = 3000.0


def villages(side: int = 6, *, root: str = "140322") -> gpd.GeoDataFrame:
    """Give `side` x `side` square villages of 3 km, coded root + number, under one county."""
    west, south = CORNER_XY
    across = np.arange(side) * VILLAGE_M
    x, y = (part.ravel() for part in np.meshgrid(west + across, south + across))
    boxes = shapely.box(x, y, x + VILLAGE_M, y + VILLAGE_M)
    shapes = gpd.GeoSeries(boxes, crs=METRIC).to_crs("EPSG:4326")
    codes = [f"{root}100{200 + number}" for number in range(side * side)]
    table = gpd.GeoDataFrame(
        {"level": "village", "name": codes, "parent_code": root, "grouping": False},
        geometry=list(shapes),
        index=pd.Index(codes, name="area_code", dtype="str"),
        crs="EPSG:4326",
    )
    county = gpd.GeoDataFrame(
        {"level": ["county"], "name": ["盂县"], "grouping": [False]},
        geometry=[shapely.union_all(boxes)],
        index=pd.Index([root], name="area_code", dtype="str"),
        crs=METRIC,
    ).to_crs("EPSG:4326")
    return gpd.GeoDataFrame(pd.concat([county, table]), crs="EPSG:4326")


def points_in(areas: gpd.GeoDataFrame, count: int, *, seed: int = 1) -> pd.DataFrame:
    """Scatter `count` points over the villages: lon, lat and the code of the village."""
    rng = np.random.default_rng(seed)
    drawn = areas[areas["level"] == "village"]
    boxes = drawn.to_crs(METRIC).geometry.bounds.to_numpy()
    number = rng.integers(0, len(drawn), count)
    place = boxes[number]
    x = rng.uniform(place[:, 0], place[:, 2])
    y = rng.uniform(place[:, 1], place[:, 3])
    at = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=METRIC).to_crs("EPSG:4326")
    return pd.DataFrame({"lon": at.x, "lat": at.y, "area_code": drawn.index[number]})


@dataclass
class Office:
    """A store and a folder of files: what a person who imports has in hand."""

    store: Store
    folder: Path
    now: datetime = NOW
    files: list[Path] = field(default_factory=list)

    def load(self, areas: gpd.GeoDataFrame) -> Office:
        """Put areas straight into the ledger."""
        with self.store.batch(
            Entity.AREA, source="test", content_hash="0", recipe=None, actor="t",
            recorded_at=self.now,
        ) as batch:  # fmt: skip
            batch.append(Entity.AREA, areas)
        return self

    def write(self, name: str, content: str | bytes | pd.DataFrame) -> Path:
        """Write a file and give its path; frames become CSV or Parquet by the name."""
        path = self.folder / name
        if isinstance(content, pd.DataFrame):
            if name.endswith(".parquet"):
                content.to_parquet(path)
            else:
                content.to_csv(path, index=False)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def bring(self, entity: str, *paths: Path, **how: Any) -> ImportReport:
        """Import files as the command line would."""
        return import_files(self.store, entity, list(paths), actor="t", now=self.now, **how)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give an empty store and a folder."""
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        yield Office(store, tmp_path)


@pytest.fixture(scope="session")
def grid_villages() -> gpd.GeoDataFrame:
    """Give 36 square villages of 3 km in one county."""
    return villages()


@pytest.fixture(scope="session")
def scattered() -> Any:
    """Give the builder of points scattered over villages."""
    return points_in
