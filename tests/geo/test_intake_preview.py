"""A preview says what an import would do, and leaves no trace of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.errors import Cancelled
from geo.intake import check_files, look_at
from geo.store.appending import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from tests.geo.conftest import Office

BATCH_ONLY = ("batch", "seconds")


def cases(points: pd.DataFrame) -> pd.DataFrame:
    times = pd.date_range("2026-03-01 08:00", periods=len(points), freq="5min").strftime("%F %H:%M")
    return points.assign(
        incident_id=[f"c{n}" for n in range(len(points))], category="theft", occurred_from=times
    )


def check(office: Office, entity: str, *paths: Any, **how: Any) -> Any:
    return check_files(office.store, entity, list(paths), actor="t", now=office.now, **how)


def test_a_preview_says_what_the_import_then_says(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Callable[..., pd.DataFrame]
) -> None:
    office.load(grid_villages)
    first = cases(scattered(grid_villages, 40))
    second = first.assign(category=["robbery", *first["category"][1:]])
    second.loc[3, "occurred_from"] = "whenever"
    for name, table in (("first.csv", first), ("second.csv", second)):
        path = office.write(name, table)
        before = (office.store.watermark, len(office.store.batches()), office.store.meta)
        seen = check(office, "cases", path, crs="wgs84").report.to_dict()
        assert (office.store.watermark, len(office.store.batches()), office.store.meta) == before
        done = office.bring("cases", path, crs="wgs84").to_dict()
        assert seen["batch"] is None
        assert {k: v for k, v in seen.items() if k not in BATCH_ONLY} == {
            k: v for k, v in done.items() if k not in BATCH_ONLY
        }
    assert (done["corrected"], done["unchanged"], done["reasons"]) == (1, 38, {"Q04": 1})


def test_a_preview_leaves_the_bytes_of_the_store_as_they_were(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Callable[..., pd.DataFrame]
) -> None:
    office.load(grid_villages)
    office.store.close()
    kept = (office.folder / "store.db").read_bytes()
    check(office, "cases", office.write("c.csv", cases(scattered(grid_villages, 40))), crs="wgs84")
    office.store.close()
    assert (office.folder / "store.db").read_bytes() == kept


def test_rows_are_shown_as_they_were_understood(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Callable[..., pd.DataFrame]
) -> None:
    office.load(grid_villages)
    points = scattered(grid_villages, 30)
    table = cases(points).drop(columns="area_code")
    table.loc[1, "occurred_from"] = "2026-03-01T00:00:00Z"
    table.loc[2, "occurred_from"] = "someday"
    seen = check(office, "cases", office.write("c.csv", table), crs="wgs84")
    assert len(seen.rows) == 20
    assert list(seen.rows["row"][:3]) == ["1", "2", "3"]
    assert list(seen.rows["code"][:4]) == ["", "", "Q04", ""]
    assert list(seen.rows["occurred_from"][:3]) == ["2026-03-01 08:00", "2026-03-01 08:00", ""]
    assert seen.rows["area_code"][0] == points["area_code"][0]
    assert seen.rows["area"][0] == grid_villages["name"][points["area_code"][0]]


def test_columns_tell_what_they_feed_and_never_who(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Callable[..., pd.DataFrame]
) -> None:
    office.load(grid_villages)
    table = cases(scattered(grid_villages, 10)).rename(columns={"category": "类别"})
    table = table.assign(备注="电话13812345678", 身份证号="140322199001011234")
    seen = check(office, "cases", office.write("c.csv", table), crs="wgs84")
    columns = {column.name: column for column in seen.columns}
    assert seen.report.refused == "F03"
    assert (columns["身份证号"].personal, columns["身份证号"].samples) == (True, ())
    assert columns["备注"].samples == ("***",)
    assert columns["类别"].feeds == ("category",)
    assert columns["备注"].feeds == ()
    unread = look_at(office.write("c.csv", table), "cases")
    assert [c.name for c in unread] == list(table.columns)
    assert "19900101" not in repr(unread) + repr(seen.columns)


def test_a_file_without_its_columns_still_shows_what_it_has(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    office.load(grid_villages)
    path = office.write("odd.csv", pd.DataFrame({"甲": ["1", "2"], "乙": ["x", "x"]}))
    seen = check(office, "cases", path)
    assert (seen.report.refused, seen.rows) == ("F02", None)
    assert [(c.name, c.samples) for c in seen.columns] == [("甲", ("1", "2")), ("乙", ("x",))]


def test_a_preview_of_petitions_shows_no_coordinates(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Callable[..., pd.DataFrame]
) -> None:
    office.load(grid_villages)
    table = scattered(grid_villages, 10).drop(columns="area_code").assign(accepted_on="2026-03-01")
    seen = check(office, "petitions", office.write("p.csv", table), crs="wgs84", to_area=True)
    assert seen.report.kept == 10
    assert not {"lon", "lat"} & set(seen.rows)
    assert [c.samples for c in seen.columns if c.name in {"lon", "lat"}] == [(), ()]
    assert (seen.rows["area"] != "").all()


def test_progress_names_each_step_and_only_grows(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Callable[..., pd.DataFrame]
) -> None:
    office.load(grid_villages)
    table = cases(scattered(grid_villages, 30))
    paths = [
        office.write(f"{n}.csv", table.assign(incident_id=n + table["incident_id"])) for n in "ab"
    ]
    told: list[tuple[float, str]] = []
    office.bring(
        "cases", *paths, crs="wgs84", progress=lambda share, step: told.append((share, step))
    )
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    steps = list(dict.fromkeys(step for _, step in told if step))
    assert steps == [f"{s} {n}.csv" for n in "ab" for s in ("reading", "checking", "writing")]


@pytest.mark.parametrize("step", ["reading", "checking", "writing"])
def test_an_import_stopped_at_any_step_leaves_nothing(
    office: Office,
    grid_villages: gpd.GeoDataFrame,
    scattered: Callable[..., pd.DataFrame],
    step: str,
) -> None:
    office.load(grid_villages)
    path = office.write("c.csv", cases(scattered(grid_villages, 30)))
    before = (office.store.watermark, len(office.store.batches()), office.store.meta)

    def stop(_: float, what: str) -> None:
        if what.startswith(step):
            raise Cancelled("Stopped.", "已停止。")

    with pytest.raises(Cancelled):
        office.bring("cases", path, crs="wgs84", progress=stop)
    assert (office.store.watermark, len(office.store.batches()), office.store.meta) == before
    assert office.bring("cases", path, crs="wgs84").kept == 30


def test_an_import_stopped_among_its_rows_leaves_none_of_them(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Callable[..., pd.DataFrame]
) -> None:
    office.load(grid_villages)
    path = office.write("c.parquet", cases(scattered(grid_villages, AT_ONCE + 10)))
    before, shares = office.store.watermark, []

    def stop(share: float, _: str) -> None:
        shares.append(share)
        if share > 0.6:
            raise Cancelled("Stopped.", "已停止。")

    with pytest.raises(Cancelled):
        office.bring("cases", path, crs="wgs84", progress=stop)
    assert 0.6 < shares[-1] < 0.95
    assert office.store.watermark == before
    assert office.store.month_count().empty
