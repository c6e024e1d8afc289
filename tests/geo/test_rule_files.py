"""One file that breaks each rule, and one that just does not; sentences without open places."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import gcj02_from_wgs84
from geo.intake.sentences import REFUSED, ROW, WARNED
from geo.store import Store
from geo.vocabulary import Entity
from tests.geo.conftest import CORNER_XY, METRIC, NOW, VILLAGE_M, Office, points_in, villages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from geo.intake import ImportReport

ROOT: Final = "140322"
FIRST: Final = "140322100200"
"""The village in the south-western corner; the next number lies east of it."""
SECOND: Final = "140322100201"
WEST, SOUTH = CORNER_XY
WGS84: Final = {"crs": "wgs84"}
SHANGHAI: Final = pd.Timestamp(NOW).tz_convert("Asia/Shanghai")


@dataclass(frozen=True)
class Given:
    """A file to import, and how; what must be there before comes in `before`."""

    entity: str
    content: Any
    name: str = "file.csv"
    how: Mapping[str, Any] = field(default_factory=dict)
    before: Callable[[Office], object] = lambda _: None
    recipe: str | None = None


def at(x: float, y: float) -> dict[str, float]:
    """Give the point `x` m east and `y` m north of the villages' corner, in degrees."""
    point = gpd.GeoSeries([shapely.Point(WEST + x, SOUTH + y)], crs=METRIC).to_crs(4326).iloc[0]
    return {"lon": point.x, "lat": point.y}


def cases(count: int = 10, **columns: Any) -> pd.DataFrame:
    """Make valid cases in the first village, hours apart; the first row breaks the rule."""
    hours = [f"2025-03-{1 + n // 20:02d}T{n % 20:02d}:30:00+08:00" for n in range(count)]
    made = pd.DataFrame(
        {
            "incident_id": [f"c{n}" for n in range(count)],
            "category": "theft",
            "occurred_from": hours,
            "area_code": FIRST,
            "discovery_source": "inspection",
        }
    )
    return first(made, **columns)


def first(table: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Write values into the first row; a value for a new column stands in no other row."""
    made = table.astype(object)
    for name, value in columns.items():
        if name not in made:
            made[name] = None
        made.loc[0, name] = value
    return made


def case(**columns: Any) -> Given:
    return Given("cases", cases(**columns), how=WGS84)


def pair_of_cases(metres: float, minutes: float) -> Given:
    """Two thefts so far apart in space and time."""
    begun = pd.Timestamp("2025-03-01T08:00:00+08:00")
    table = cases(2).assign(
        occurred_from=[begun.isoformat(), (begun + timedelta(minutes=minutes)).isoformat()],
        lon=[at(1500, 1500)["lon"], at(1500 + metres, 1500)["lon"]],
        lat=[at(1500, 1500)["lat"], at(1500 + metres, 1500)["lat"]],
    )
    return Given("cases", table, how=WGS84)


def accident(**columns: Any) -> Given:
    return Given("accidents", first(cases(), accident_kind="road", **columns))


def petition(**columns: Any) -> Given:
    table = pd.DataFrame(
        {
            "petition_id": [f"p{n}" for n in range(10)],
            "area_code": FIRST,
            "accepted_on": "2025-03-01",
        }
    )
    return Given("petitions", first(table, **columns))


def hazard(**columns: Any) -> Given:
    table = pd.DataFrame(
        {
            "hazard_id": [f"h{n}" for n in range(10)],
            "area_code": FIRST,
            "category": "wiring",
            "severity": "general",
            "mode": "on_site",
            "found_on": "2025-03-01",
        }
    )
    return Given("hazards", first(table, **columns))


def camera(**columns: Any) -> Given:
    table = pd.DataFrame({"camera_id": [f"k{n}" for n in range(10)], "area_code": FIRST})
    return Given("cameras", first(table, **columns))


def lineage(**columns: Any) -> Given:
    """Nine renames far from each other; the first row breaks the rule."""
    codes = [f"140322100{200 + n}" for n in range(20)]
    table = pd.DataFrame(
        {"old": codes[0:18:2], "new": codes[1:19:2], "date": "2020-01-01", "kind": "rename"}
    )
    return Given("lineage", first(table, **columns))


def square(x: float, y: float, width: float = VILLAGE_M, height: float = VILLAGE_M) -> Any:
    return shapely.box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def shapes(*geometry: Any, **columns: Any) -> Given:
    """Areas as GeoJSON, drawn in metres."""
    count = len(geometry)
    table: dict[str, Any] = {"area_code": [f"1403221003{n:02d}" for n in range(count)]}
    table |= {"level": "village", "name": "村", "population": 100, "parent_code": None}
    frame = gpd.GeoDataFrame(table | columns, geometry=list(geometry), crs=METRIC).to_crs(4326)
    return Given("areas", frame.to_json(drop_id=True), "areas.geojson", WGS84, empty)


def empty(office: Office) -> None:
    """Take the villages away: the file brings the first areas of all."""
    office.store.close()
    for path in office.folder.glob("store.db*"):
        path.unlink()
    office.store = Store.open(f"sqlite:///{office.folder / 'store.db'}")


def gap(width: float) -> Given:
    """Draw the county as a square of 30 km, its two villages `width` m apart."""
    west = square(0, 0, 15_000 - width, 30_000)
    east = square(15_000, 0, 15_000, 30_000)
    return shapes(
        square(0, 0, 30_000, 30_000),
        west,
        east,
        level=["county", "village", "village"],
        area_code=[ROOT, FIRST, SECOND],
        parent_code=[None, ROOT, ROOT],
    )


def overlap(width: float) -> Given:
    return shapes(square(0, 0), square(VILLAGE_M - width, 0))


def retired(office: Office) -> None:
    """Retire the first village from 2025-03-01 on."""
    empty(office)
    table = villages().assign(valid_to=pd.NaT)
    table.loc[FIRST, "valid_to"] = pd.Timestamp("2025-03-01")
    office.load(table)


def renamed(*, share: float | None = None) -> Callable[[Office], None]:
    """Retire the first village, `share` of which went into the second."""

    def before(office: Office) -> None:
        retired(office)
        index = pd.Index(["l1"], name="lineage_id")
        step = {"old": FIRST, "new": SECOND, "kind": "merge", "share": share}
        with office.store.batch(
            Entity.LINEAGE, source="t", content_hash="l", recipe=None, actor="t",
            recorded_at=NOW,
        ) as batch:  # fmt: skip
            frame = pd.DataFrame(step | {"date": pd.Timestamp("2025-03-01")}, index=index)
            batch.append(Entity.LINEAGE, frame)

    return before


def on(moment: str) -> Given:
    """Name the retired village in the first row only."""
    table = cases(occurred_from=moment).assign(area_code=[FIRST] + [SECOND] * 9)
    return Given("cases", table, before=retired)


def two_tops(office: Office) -> None:
    """Load two counties, so that neither is the root."""
    empty(office)
    other = villages(1, root="140311").to_crs(METRIC)
    other = other.set_geometry(other.geometry.translate(50_000)).to_crs(4326)
    office.load(gpd.GeoDataFrame(pd.concat([villages(), other]), crs=4326))


def decided(office: Office) -> None:
    office.bring("cases", office.write("before.csv", cases(review="confirmed")))


def same_before(office: Office) -> None:
    office.bring("cases", office.write("before.csv", cases()))


def shifted(crs: str) -> Given:
    """Four hundred cases in GCJ-02, declared as `crs`."""
    points = points_in(villages(), 400)
    lon, lat = gcj02_from_wgs84(points["lon"], points["lat"])
    table = cases(400).assign(lon=lon, lat=lat, area_code=points["area_code"])
    return Given("cases", table, how={"crs": crs})


def crowd(count: int) -> Given:
    """Two hundred cases at places of their own, `count` more at one address."""
    points = points_in(villages(), 200)
    table = cases(200 + count)
    spot = at(1500, 1500)
    table["lon"] = [*points["lon"], *[spot["lon"]] * count]
    table["lat"] = [*points["lat"], *[spot["lat"]] * count]
    return Given("cases", table.assign(area_code=None), how=WGS84)


COUNTED = """
entities:
  cases:
    - name: counted
      columns: {incident_id: incident_id, category: category, occurred_from: occurred_from,
                area_code: area_code}
      retract: {source: Count, values: ["-1"]}
"""


def village_points(*points: dict[str, float], parent: Any = "140322100") -> Given:
    """Villages of one town known by points, in a county of 36 km."""
    count = len(points)
    table = {"area_code": [f"1403221004{n:02d}" for n in range(count)], "level": "village"}
    frame = pd.DataFrame(table | {"name": "村", "parent_code": parent, "population": 9})
    frame["lon"], frame["lat"] = [p["lon"] for p in points], [p["lat"] for p in points]
    return Given("areas", frame, how=WGS84 | {"from_points": True}, before=one_town)


def one_town(office: Office) -> None:
    empty(office)
    town = {
        "area_code": ["1403", ROOT, "140322100"],
        "level": ["prefecture", "county", "township"],
        "parent_code": [None, "1403", ROOT],
        "name": "x",
    }
    drawn = [square(0, 0, 30_000, 30_000)] * 3
    frame = gpd.GeoDataFrame(town, geometry=drawn, crs=METRIC).to_crs(4326)
    path = office.write("town.geojson", frame.to_json(drop_id=True))
    assert office.bring("areas", path, crs="wgs84").kept == 3


def one_village_by_point(office: Office) -> None:
    one_town(office)
    known = village_points(*spread(9)).content
    office.bring("areas", office.write("v.csv", known), crs="wgs84", from_points=True)


def one_village_drawn(office: Office) -> None:
    one_town(office)
    drawn = shapes(square(0, 0), area_code=["140322100400"], parent_code="140322100")
    office.bring("areas", office.write("v.geojson", drawn.content), crs="wgs84")


def spread(count: int) -> list[dict[str, float]]:
    return [at(1500 + 3000 * n, 1500) for n in range(count)]


def others_first(given: Given, before: Callable[[Office], object]) -> Given:
    return Given(given.entity, given.content, given.name, given.how, before, given.recipe)


def local(days_ago: int) -> str:
    return str((SHANGHAI - pd.Timedelta(days=days_ago)).date())


def minute(offset: int) -> str:
    return (SHANGHAI + pd.Timedelta(minutes=offset)).isoformat()


def invalid(rows: int) -> Given:
    table = cases()
    table["category"] = [None] * rows + ["theft"] * (10 - rows)
    return Given("cases", table)


BOW_TIE: Final = [(WEST, SOUTH), (WEST + 9, SOUTH + 9), (WEST + 9, SOUTH), (WEST, SOUTH + 9)]
PERSONAL = """
entities:
  cases:
    - {name: c, drop: [报案人], columns: {incident_id: incident_id, category: category,
                                       occurred_from: occurred_from, area_code: area_code}}
"""

PAIRS: Final[dict[str, tuple[Given, Given]]] = {
    "F01": (
        Given("cases", b"incident_id\n\xff\xff\x80\x80"),
        Given("cases", cases().to_csv(index=False).replace("theft", "盗窃").encode("gb18030")),
    ),
    "F02": (Given("cases", cases().drop(columns="category")), Given("cases", cases())),
    "F03": (
        Given("cases", cases(报案人="某")),
        Given("cases", cases(报案人="某"), recipe=PERSONAL),
    ),
    "F04": (Given("cases", case(**at(1500, 1500)).content), case(**at(1500, 1500))),
    "F05": (shifted("wgs84"), shifted("gcj02")),
    "F06": (
        Given("cases", cases(), before=same_before),
        Given("cases", cases().assign(more=1), before=same_before),
    ),
    "F07": (shapes(shapely.LineString([(WEST, SOUTH), (WEST, SOUTH + 1)])), shapes(square(0, 0))),
    # Two squares of 9 km²: 60 m of 3 km is 1 % of 18 km².
    "F08": (overlap(61), overlap(59)),
    "F09": (
        petition(**at(1500, 1500)),
        Given("petitions", petition(**at(1500, 1500)).content, how=WGS84 | {"to_area": True}),
    ),
    "F10": (invalid(3), invalid(2)),
    "Q01": (case(incident_id="c1"), case(incident_id="c10")),
    "Q02": (case(area_code="140322100999"), case(area_code=SECOND)),
    "Q03": (on("2025-03-01T00:00:00+08:00"), on("2025-02-28T23:59:59+08:00")),
    "Q04": (case(occurred_from=minute(1)), case(occurred_from=minute(0))),
    "Q05": (
        case(occurred_to="2025-03-01T00:29:59+08:00"),
        case(occurred_to="2025-03-01T00:30:00+08:00"),
    ),
    "Q06": (case(lon=0.0, lat=0.0), case(lon=None, lat=None)),
    "Q07": (
        case(lon=at(1500, 1500)["lat"], lat=at(1500, 1500)["lon"]),
        case(**at(1500, 1500)),
    ),
    "Q08": (case(**at(VILLAGE_M + 201, 1500)), case(**at(VILLAGE_M + 199.99, 1500))),
    "Q09": (case(review="perhaps"), case(review="under_review")),
    "Q10": (accident(deaths=3, level="ordinary"), accident(deaths=2, level="ordinary")),
    "Q11": (case(station="电话13812345678"), case(station="电话1381234567")),
    "Q12": (
        Given("cases", cases(review="reported"), before=decided),
        Given("cases", cases(review="rejected"), before=decided),
    ),
    "Q13": (hazard(mode="deadline"), hazard(mode="deadline", due_on="2025-03-01")),
    "Q14": (camera(azimuth_deg=360.5), camera(azimuth_deg=360)),
    "Q15": (camera(place_kind="卫生间"), camera(place_kind="走廊")),
    "Q16": (camera(is_classified="是"), camera(is_classified="否")),
    "Q17": (
        petition(
            requires_higher_authority="是", exemption_reason="x", exemption_proposer="甲",
            exemption_approver="甲",
        ),
        petition(
            requires_higher_authority="是", exemption_reason="x", exemption_proposer="甲",
            exemption_approver="乙",
        ),
    ),
    "Q19": (case(area_code=None, **at(-1, 1500)), case(area_code=None, **at(1, 1500))),
    "Q20": (
        others_first(case(area_code=None), two_tops),
        case(area_code=None),
    ),
    "Q21": (
        Given("cases", cases(Count=-1), recipe=COUNTED),
        Given("cases", cases(Count=-1), recipe=COUNTED, before=same_before),
    ),
    "Q22": (lineage(kind="split"), lineage(kind="recode")),
    "Q23": (
        village_points(at(-1, 1500), *spread(9)),
        village_points(at(1, 4500), *spread(9)),
    ),
    "Q24": (
        village_points(*spread(9), spread(1)[0]),
        village_points(*spread(9), at(1500, 4500)),
    ),
    "Q25": (
        others_first(
            Given("areas", village_points(*spread(9), at(1500, 4500)).content.tail(1),
                  how=WGS84 | {"from_points": True}),
            one_village_by_point,
        ),
        others_first(village_points(*spread(9), at(1500, 4500)), one_village_by_point),
    ),
    "W01": (case(occurred_from="2025-03-01 00:30"), case(occurred_from="2025-03-01T00:30Z")),
    "W02": (case(occurred_from="2025-03-01"), case(occurred_from="2025-03-01 00:00")),
    "W03": (pair_of_cases(49.9, 30), pair_of_cases(49.9, 30.1)),
    "W04": (shapes(square(0, 0), population=None), shapes(square(0, 0))),
    "W05": (
        shapes(shapely.Polygon(BOW_TIE)),
        shapes(square(0, 0)),
    ),
    "W06": (camera(retention_days=29), camera(retention_days=30)),
    "W07": (case(lon=113.335, lat=38.041), case(lon=113.3351, lat=38.041)),
    # A road accident may be revised for seven days: on the seventh the window is still open.
    "W08": (accident(occurred_from=local(7)), accident(occurred_from=local(8))),
    # 300 m of 30 km are 1 % of the county.
    "W09": (gap(301), gap(299)),
    "W10": (crowd(20), crowd(19)),
    "W11": (case(discovery_source=None), case(discovery_source="other")),
    "W12": (
        Given("cases", cases(), before=renamed()),
        Given("cases", cases().assign(area_code=[FIRST] + [SECOND] * 9), before=renamed(share=0.5)),
    ),
    "W13": (
        others_first(village_points(*spread(9)), one_village_drawn),
        village_points(*spread(9)),
    ),
}  # fmt: skip
"""Rule -> a file that breaks it, a file that just does not."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with the villages, to be copied."""
    folder: Path = tmp_path_factory.mktemp("villages")
    with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
        Office(store, folder).load(villages())
    return folder / "store.db"


@pytest.fixture
def ready(loaded: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copy(loaded, tmp_path / "store.db")
    office = Office(Store.open(f"sqlite:///{tmp_path / 'store.db'}"), tmp_path)
    yield office
    office.store.close()


def brought(office: Office, given: Given) -> ImportReport:
    given.before(office)
    how = dict(given.how)
    if given.recipe is not None:
        how["recipe"] = str(office.write("own.yaml", given.recipe))
    report = office.bring(given.entity, office.write(given.name, given.content), **how)
    assert report.kept + report.quarantined == report.rows_read
    assert sum(report.reasons.values()) == report.quarantined
    told = report.unchanged + report.corrected + report.retracted + report.merged
    assert told <= report.kept
    return report


def broken(report: ImportReport) -> set[str]:
    """Name every rule that the report speaks of."""
    return {*report.reasons, *report.warnings, *([report.refused] if report.refused else [])}


@pytest.mark.parametrize("code", sorted(PAIRS))
def test_a_file_breaks_the_rule_and_says_so_in_both_languages(ready: Office, code: str) -> None:
    report = brought(ready, PAIRS[code][0])
    assert code in broken(report)
    for language in ("en", "zh"):
        told = report.sentence(language)
        assert report.refused == "F10" or code in told
        assert not set("{}") & set(told)
        assert "nan" not in told
    if code.startswith("Q"):
        row = report.quarantine.iloc[0]
        assert row["code"] == code
        assert row["sentence_en"]
        assert row["sentence_zh"]


@pytest.mark.parametrize("code", sorted(PAIRS))
def test_a_file_that_just_does_not_break_the_rule_is_taken(ready: Office, code: str) -> None:
    report = brought(ready, PAIRS[code][1])
    assert code not in broken(report)
    assert report.refused is None
    assert report.kept > 0


def test_every_rule_has_its_pair_of_files_and_both_its_sentences() -> None:
    every = REFUSED | ROW | WARNED
    assert set(PAIRS) == set(every)
    assert all(en and zh and en != zh for en, zh in every.values())


def test_the_rules_are_those_of_the_domain_guide() -> None:
    """Q18 is no rule; what lies behind Q21 and W12 came with approximate villages and lineage."""
    numbered = {f"F{n:02d}" for n in range(1, 11)} | {f"W{n:02d}" for n in range(1, 13)}
    numbered |= {f"Q{n:02d}" for n in range(1, 22) if n != 18}
    assert numbered <= set(PAIRS)
    assert np.all(np.char.str_len(sorted(PAIRS)) == 3)
