"""A made-up city, read by a recipe alone: odd headers, encodings, dates, feet, words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from pathlib import Path

Office = Any

FEET = "EPSG:2264"
"""NAD83 North Carolina, US survey feet."""

CORNER_FT = (1_450_000.0, 540_000.0)
WARD_FT = 9_000.0
WARDS = ("Nord / Ufer", "Süd", "Mühlen-Hang", "Øst 4")
CODES = ("W-Nord-Ufer", "W-Süd", "W-Mühlen-Hang", "W-Øst-4")

RECIPE = """
title_zh: 虚构城
title_en: Made-up city
time_zone: America/New_York
metric_crs: EPSG:32119
rulebook: open-data
root_area: {code: mc, name: Made-up City, level: city}
categories: {cases: [theft, burglary, fight]}
sensitive_categories: [domestic]
default_points: [[-80.8, 35.2]]
entities:
  areas:
    - name: wards
      when: [Ward Name!]
      crs: EPSG:2264
      columns:
        area_code: {source: Ward Name!, text: [as_code], prefix: W-}
        name: Ward Name!
        population: {source: "Einw.", pattern: '^(\\d+)'}
      constants: {level: ward, parent_code: mc, grouping: "false"}
  cases:
    - name: log
      when: [Vorgang#, was?]
      crs: EPSG:2264
      date_formats: ["%d.%m.%Y %H.%M"]
      retract: {source: Stand, values: [STORNO]}
      columns:
        incident_id: {source: [Jahr, "Vorgang#"], join: /}
        category:
          source: was?
          text: [lower]
          values: {diebstahl: theft, "dieb.": theft, einbruch: burglary, schlägerei: fight}
        occurred_from: wann
        lon: {source: RW (ft), missing: ["-1"]}
        lat: {source: HW (ft), missing: ["-1"]}
        area_code: {source: Bezirk, text: [as_code], prefix: W-, missing: ["??"]}
      constants: {review: confirmed, case_class: criminal}
      drop: [Bearbeiter]
      sensitive: [{source: Ort, like: wohnung}]
  accidents:
    - name: persons
      when: [Unfall, Folge]
      crs: wgs84
      date_formats: ["%Y%m%d"]
      one_per: [incident_id]
      counts:
        deaths: {source: Folge, values: ["†"]}
        serious_injuries: {source: Folge, values: ["++"]}
      columns:
        incident_id: Unfall
        occurred_from: {source: Tag, pattern: '^(\\d{8})'}
        lon: x
        lat: y
      constants: {category: collision, accident_kind: road}
  cameras:
    - name: cameras
      when: [cam, ort]
      crs: wgs84
      columns:
        camera_id: {source: cam, prefix: CAM-}
        lon: {source: ort, pattern: '^\\((-?[\\d.]+)'}
        lat: {source: ort, pattern: '(-?[\\d.]+)\\)$'}
        azimuth_deg: {source: blick, text: [opposite_heading]}
  petitions:
    - name: letters
      when: [Anliegen]
      crs: wgs84
      date_formats: ["%d %b %Y"]
      columns:
        petition_id: Nr
        topic: {source: Anliegen, text: [upper]}
        accepted_on: Eingang
        closed_on: {source: Erledigt, missing: [offen]}
        lon: x
        lat: y
"""


def ward_boxes() -> list[shapely.Polygon]:
    """Give four square wards in feet, in a row."""
    west, south = CORNER_FT
    return [
        shapely.box(west + n * WARD_FT, south, west + (n + 1) * WARD_FT, south + WARD_FT)
        for n in range(len(WARDS))
    ]


def centres_ft() -> np.ndarray:
    return np.array([[box.centroid.x, box.centroid.y] for box in ward_boxes()])


def centres() -> np.ndarray:
    """Give the centres of the wards in degrees."""
    to_degrees = Transformer.from_crs(FEET, "EPSG:4326", always_xy=True)
    return np.column_stack(to_degrees.transform(*centres_ft().T))


@pytest.fixture
def city(office: Office) -> tuple[Office, Path]:
    recipe = office.write("made_up.yaml", RECIPE)
    wards = gpd.GeoDataFrame(
        {"Ward Name!": WARDS, "Einw.": ["1200 (2019)", "800", "", "90 ca."]}, geometry=ward_boxes()
    )
    path = office.write("wards.json", wards.to_json())
    report = office.bring("areas", path, recipe=str(recipe))
    assert (report.kept, report.quarantined, report.implied) == (4, 0, 1)
    return office, recipe


def test_the_wards_have_codes_of_their_names_and_lie_in_degrees(city: tuple[Office, Path]) -> None:
    areas = city[0].store.snapshot().areas
    assert set(areas.index) == {"mc", *CODES}
    assert areas.loc["W-Nord-Ufer", ["name", "population"]].tolist() == ["Nord / Ufer", 1200]
    assert areas["population"].isna().sum() == 2
    middle = areas.geometry.loc[list(CODES)].to_crs(FEET).centroid
    assert np.allclose(np.column_stack([middle.x, middle.y]), centres_ft(), atol=0.1)


def test_the_log_of_cases_is_read_in_utf16_with_semicolons_and_day_first(
    city: tuple[Office, Path],
) -> None:
    office, recipe = city
    at = [f"{x:.1f};{y:.1f}" for x, y in centres_ft()]
    lines = [
        "Jahr;Vorgang#;was?;wann;RW (ft);HW (ft);Bezirk;Ort;Stand;Bearbeiter",
        f"24;001;DIEBSTAHL;3.4.2025 8.05;{at[0]};Nord / Ufer;Straße;;Meier",
        f"24;002;Dieb.;13.04.2025 23.59;{at[1]};;;;Meier",
        "24;003;Einbruch;01.05.2025 00.10;-1;-1;Süd;;;Meier",
        f"24;004;Schlägerei;02.05.2025 22.00;{at[2]};Mühlen-Hang;In der Wohnung;;",
        "24;005;Einbruch;03.05.2025 10.00;-1;-1;??;;;",
        f"24;006;Diebstahl;04.05.2025 10.00;{at[3]};Øst 4;;;",
        f"24;006;Diebstahl;04.05.2025 10.00;{at[3]};Øst 4;;STORNO;",
        "24;999;Diebstahl;;;;;;storno;",
        f"24;007;Diebstahl;31.02.2025 10.00;{at[3]};Øst 4;;;",
        *(f"24;1{n:02d};Diebstahl;05.05.2025 1{n % 10}.00;{at[n % 4]};;;;" for n in range(12)),
    ]
    path = office.write("log.csv", "\r\n".join(lines).encode("utf-16"))
    report = office.bring("cases", path, recipe=str(recipe))
    assert report.encoding.startswith("UTF-16")
    assert dict(report.reasons) == {"Q04": 1, "Q21": 1}
    assert (report.rows_read, report.kept, report.retracted) == (21, 19, 2)
    cases = office.store.snapshot().cases
    assert cases.loc["24/001", "occurred_from"] == pd.Timestamp("2025-04-03 12:05", tz="UTC")
    assert cases.loc["24/002", ["category", "area_code"]].tolist() == ["theft", "W-Süd"]
    assert cases.loc["24/003", ["loc_precision", "area_code"]].tolist() == ["area", "W-Süd"]
    assert cases.loc["24/004", ["loc_precision", "area_code"]].tolist() == [
        "withheld", "W-Mühlen-Hang",
    ]  # fmt: skip
    assert cases.loc["24/005", "area_code"] == "mc"
    assert "24/006" not in cases.index
    assert "Bearbeiter" not in report.quarantine


def test_the_persons_of_an_accident_are_counted_in_gb18030(city: tuple[Office, Path]) -> None:
    office, recipe = city
    x, y = centres()[0]
    rows = ["Unfall\tTag\tFolge\tx\ty\t备注"]
    rows += [f"U1\t20250601x\t{mark}\t{x}\t{y}\t路口" for mark in ("†", "++", "++", "o")]
    rows += [f"U2\t20250602\to\t{x}\t{y}\t桥"]
    path = office.write("unfall.csv", "\n".join(rows).encode("gb18030"))
    report = office.bring("accidents", path, recipe=str(recipe))
    assert (report.kept, report.merged, report.quarantined) == (5, 3, 0)
    accidents = office.store.snapshot().accidents
    assert accidents.loc["U1", ["deaths", "serious_injuries"]].tolist() == [1, 2]
    assert accidents.loc["U2", ["deaths", "time_precision"]].tolist() == [0, "day"]
    assert set(accidents["area_code"]) == {"W-Nord-Ufer"}


def test_cameras_stand_where_a_text_of_two_numbers_says(city: tuple[Office, Path]) -> None:
    office, recipe = city
    x, y = centres()[2]
    table = pd.DataFrame({"cam": [7, 8], "ort": f"({x:.5f} | {y:.5f})", "blick": ["EB", "NW"]})
    path = office.write("cams.parquet", table)
    assert office.bring("cameras", path, recipe=str(recipe)).kept == 2
    cameras = office.store.snapshot().cameras
    assert cameras["azimuth_deg"].to_dict() == {"CAM-7": 270.0, "CAM-8": 135.0}
    assert set(cameras["area_code"]) == {"W-Mühlen-Hang"}


def test_letters_find_their_ward_and_forget_the_point(city: tuple[Office, Path]) -> None:
    office, recipe = city
    x, y = centres()[3]
    table = pd.DataFrame(
        {"Nr": ["a", "b"], "Anliegen": ["Lärm", "Straße"], "Eingang": ["05 Mar 2025", "6 Mar 2025"],
         "Erledigt": ["offen", "20 Mar 2025"], "x": [x, -80.8], "y": [y, 35.2]}
    )  # fmt: skip
    path = office.write("briefe.xlsx", b"")
    table.to_excel(path, index=False)
    assert office.bring("petitions", path, recipe=str(recipe)).refused == "F09"
    report = office.bring("petitions", path, recipe=str(recipe), to_area=True)
    assert (report.kept, report.warnings["W10"]) == (2, 1)
    petitions = office.store.snapshot().petitions
    assert petitions["area_code"].to_dict() == {"a": "W-Øst-4", "b": "mc"}
    assert petitions["accepted_on"].dt.day.to_dict() == {"a": 5, "b": 6}
    assert petitions["closed_on"].isna().to_dict() == {"a": True, "b": False}
    assert not {"lon", "lat"} & set(petitions.columns)


def test_the_store_keeps_the_city_s_days_metres_and_rules(city: tuple[Office, Path]) -> None:
    meta = city[0].store.meta
    assert (meta.time_zone, meta.metric_crs) == ("America/New_York", "EPSG:32119")
    assert (meta.rulebook, meta.root_area, meta.title_en) == ("open-data", "mc", "Made-up city")
