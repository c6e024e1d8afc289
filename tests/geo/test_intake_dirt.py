"""Values as people type them, and pairs in the wrong order: read where sure, else said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import parse_crs, to_wgs84
from geo.errors import CRSError
from geo.intake.recipe import recipe_from_yaml
from geo.intake.texts import applied, narrowed, numbers
from geo.projected import EPSG_OF_ZONE, zones

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

Office = Any

WIDE = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)})


def texts(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="str")


# Full width


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20))
def test_full_width_characters_become_their_narrow_twins(text: str) -> None:
    assert narrowed(texts(text.translate(WIDE)))[0] == text


def test_codes_and_numbers_are_narrowed_and_names_keep_their_characters(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    office.load(grid_villages)
    points = scattered(grid_villages, 5)
    table = points.assign(
        unit_id=[f"Ｕ０{n}" for n in range(5)],
        name="（盂县）第１中学",
        kind="ｓｃｈｏｏｌ",
        area_code=points["area_code"].str.translate(WIDE),
        lon=points["lon"].astype(str).str.translate(WIDE),
        lat=points["lat"].astype(str) + "\u3000",
        is_key_security_unit="Ｙ",
    )
    report = office.bring("units", office.write("u.csv", table), crs="wgs84")
    assert report.kept == 5, report.sentence()
    stored = office.store.snapshot().units
    assert stored.index.tolist() == [f"U0{n}" for n in range(5)]
    assert set(stored["name"]) == {"（盂县）第１中学"}
    assert stored["area_code"].tolist() == points["area_code"].tolist()
    assert stored["lon"].to_numpy() == pytest.approx(points["lon"].to_numpy())
    assert stored["is_key_security_unit"].all()


def test_a_recipes_steps_see_narrow_codes() -> None:
    recipe = recipe_from_yaml(
        "entities: {areas: [{name: a, columns: {area_code: {source: c, text: [gb_code]}}}]}",
        name="narrow",
    )
    column = recipe.entities["areas"][0].columns["area_code"]
    frame = pd.DataFrame({"c": ["１４０３００"]}, dtype="str")
    assert applied(frame, ("c",), column, narrow=True).tolist() == ["1403"]


@pytest.mark.parametrize(
    ("written", "number"),
    [("1,234.5", 1234.5), ("1,234,567", 1234567.0), ("-1,000", -1000.0), ("１２．５", 12.5),
     ("12 ", 12.0), (" 12\u3000", 12.0), ("１，２３４", 1234.0), ("1e3", 1000.0)],
)  # fmt: skip
def test_numbers_as_people_write_them(written: str, number: float) -> None:
    assert numbers(texts(written)).tolist() == [number]


@pytest.mark.parametrize("written", ["1,2", "12,34", ",5", "1,,000", "1 000", "12人", "nan", "inf"])
def test_what_is_no_number_for_sure_is_none(written: str) -> None:
    assert numbers(texts(written)).isna().all()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_with_thousands_set_apart_read_as_the_same_numbers(many: list[float]) -> None:
    read = numbers(texts(*(f"{number:,.3f}" for number in many)))
    expected = [float(f"{number:.3f}") for number in many]
    assert read.tolist() == pytest.approx(expected, rel=1e-12)


# Gauss-Krueger


@given(st.sampled_from(sorted(EPSG_OF_ZONE)), st.floats(-1.4, 1.4), st.floats(18.0, 53.0))
def test_a_zoned_easting_is_read_in_its_zone_as_proj_reads_it(
    zone: int, east: float, lat: float
) -> None:
    system = pyproj.CRS.from_epsg(EPSG_OF_ZONE[zone])
    centre = 3.0 * zone if zone >= 25 else 6.0 * zone - 3.0
    forward = pyproj.Transformer.from_crs("EPSG:4490", system, always_xy=True)
    x, y = forward.transform(centre + east, lat)
    assert zones(np.array([x])).tolist() == [zone]
    made = to_wgs84([x], [y], "cgcs2000-gk")
    assert (made[0][0], made[1][0]) == pytest.approx((centre + east, lat), abs=1e-9)


@pytest.mark.parametrize("name", ["cgcs2000-gk", "CGCS2000 GK", "国家2000高斯", "cgcs2000_gk"])
def test_the_zoned_system_has_names_people_use(name: str) -> None:
    assert parse_crs(name) == "cgcs2000-gk"


def cases_at(x: Any, y: Any, points: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "incident_id": [f"c{n}" for n in range(len(points))],
            "category": "theft",
            "occurred_from": "2025-03-01 08:30",
            "case_class": "public_security",
            "area_code": points["area_code"],
            "lon": x,
            "lat": y,
        }
    )


def metric(points: pd.DataFrame, epsg: int) -> tuple[Any, Any]:
    made: tuple[Any, Any] = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(
        points["lon"].to_numpy(), points["lat"].to_numpy()
    )
    return made


@pytest.mark.parametrize(("epsg", "crs"), [(4526, "cgcs2000-gk"), (4547, "EPSG:4547")])
def test_cases_in_gauss_krueger_land_where_they_are_and_swapped_ones_are_said(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Any, epsg: int, crs: str
) -> None:
    office.load(grid_villages)
    points = scattered(grid_villages, 20)
    x, y = metric(points, epsg)
    swapped = office.bring("cases", office.write("s.csv", cases_at(y, x, points)), crs=crs)
    assert (swapped.refused, swapped.reasons) == ("F10", {"Q07": 20})
    kept = office.bring("cases", office.write("c.csv", cases_at(x, y, points)), crs=crs)
    assert kept.kept == 20, kept.sentence()
    stored = office.store.snapshot().cases
    assert stored["lon"].to_numpy() == pytest.approx(points["lon"].to_numpy(), abs=1e-8)


def test_plain_eastings_ask_for_the_zones_code(
    office: Office, grid_villages: gpd.GeoDataFrame, scattered: Any
) -> None:
    office.load(grid_villages)
    points = scattered(grid_villages, 3)
    path = office.write("c.csv", cases_at(*metric(points, 4547), points))
    with pytest.raises(CRSError, match="carry no zone in front") as told:
        office.bring("cases", path, crs="cgcs2000-gk")
    assert "带号" in told.value.text("zh")
    assert office.store.snapshot().cases.empty


def turned(shapes: gpd.GeoSeries) -> Any:
    return shapely.transform(shapes.to_numpy(), lambda xy: xy[:, ::-1])


@pytest.mark.parametrize(("epsg", "crs"), [(4526, "cgcs2000-gk"), (4547, "EPSG:4547")])
@pytest.mark.parametrize(
    ("change", "code"), [(lambda shapes: shapes.to_numpy(), None), (turned, "Q07")]
)
def test_boundaries_in_gauss_krueger_and_with_x_for_north(
    office: Office, grid_villages: gpd.GeoDataFrame, epsg: int, crs: str,
    change: Callable[[gpd.GeoSeries], Any], code: str | None,
) -> None:  # fmt: skip
    table = pd.DataFrame(grid_villages.drop(columns="geometry")).reset_index()
    shapes = change(grid_villages.geometry.to_crs(epsg))
    table["geometry"] = shapely.to_wkb(shapes)
    report = office.bring("areas", office.write("a.parquet", table), crs=crs)
    assert report.reasons == ({} if code is None else {code: len(table)})
    if code is None:
        stored = office.store.snapshot().areas.geometry.loc[table["area_code"]].to_numpy()
        apart = shapely.hausdorff_distance(stored, grid_villages.geometry.to_numpy())
        assert apart.max() < 1e-8


def test_a_shape_with_a_corner_nowhere_is_kept_out(
    office: Office, grid_villages: gpd.GeoDataFrame
) -> None:
    table = pd.DataFrame(grid_villages.drop(columns="geometry")).reset_index()
    shapes = grid_villages.geometry.to_numpy().copy()
    shapes[1] = shapely.transform(shapes[1], lambda xy: xy * np.where(xy > 113, np.inf, 1.0))
    table["geometry"] = shapely.to_wkb(shapes)
    report = office.bring("areas", office.write("a.parquet", table), crs="wgs84")
    assert report.reasons == {"Q06": 1}
    assert report.kept == len(table) - 1
