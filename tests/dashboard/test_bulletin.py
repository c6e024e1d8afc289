"""The monthly bulletin: figures that follow from the ledger, and files that follow from them."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import docx
import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from dashboard.access import LOCAL, Actor, Role
from dashboard.services.bulletin.figures import digest_of
from dashboard.services.composition import Services
from dashboard.wiring import LEAFLET
from geo.errors import AccessError, LedgerError, UsageError
from geo.schemas import conform
from geo.store import Store
from geo.vocabulary import Action, Entity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEPTEMBER_6 = datetime(2020, 9, 6, 2, tzinfo=UTC)
STREAMS = ("case", "accident", "petition")


@dataclass
class Office:
    """A store one can write to, and the services over it at a moment that moves on."""

    store: Store
    now: datetime = datetime(2020, 8, 1, tzinfo=UTC)
    log: list[tuple[str, str, str]] | None = None

    def put(self, entity: Entity, rows: Any, *, action: Action = Action.RECORDED) -> Office:
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
        self.now += timedelta(minutes=1)
        with self.store.batch(
            entity, source="test", content_hash="0", recipe=None, actor="t", recorded_at=self.now
        ) as batch:
            batch.append(entity, conform(frame, entity), action=action)
        return self

    def later(self, moment: datetime) -> Office:
        self.now = moment
        return self

    def services(self, actor: Actor = LOCAL) -> Services:
        self.log = [] if self.log is None else self.log
        return Services.over(
            self.store,
            clock=lambda: self.now,
            leaflet=LEAFLET,
            actor=actor,
            log=lambda *said: self.log.append(said) if self.log is not None else None,
        )


def county(villages: int) -> gpd.GeoDataFrame:
    codes = ["140322", "140322100", *(f"140322100{200 + n:03d}" for n in range(villages))]
    return gpd.GeoDataFrame(
        {
            "area_code": codes,
            "level": ["county", "township", *["village"] * villages],
            "name": ["盂县", "秀水镇", *(f"第{n}村" for n in range(villages))],
            "parent_code": [None, "140322", *["140322100"] * villages],
        },
        geometry=[
            shapely.box(113 + n / 1e3, 38, 113.001 + n / 1e3, 38.01) for n in range(2 + villages)
        ],
        crs="EPSG:4326",
    )


def subjects(codes: list[str], group: str, **more: Any) -> pd.DataFrame:
    alike = {"subject_class": group, "registered_on": "2010-08-19", "body": codes} | more
    area = alike.pop("area_code", codes)
    return pd.DataFrame({"subject_id": codes, "area_code": area, **alike})


def returns(bodies: list[str], month: str = "2020-08", *, streams: Any = STREAMS) -> pd.DataFrame:
    start = pd.Timestamp(f"{month}-01")
    rows = [
        {
            "report_id": f"{body}:{stream}:{month}",
            "body": body,
            "stream": stream,
            "kind": "nil",
            "window_start": start,
            "window_end": start + pd.offsets.MonthBegin(1),
        }
        for body in bodies
        for stream in streams
    ]
    return pd.DataFrame(rows)


def accident(key: str, subject: str, **more: Any) -> list[dict[str, Any]]:
    moment = pd.Timestamp("2020-08-10 04:00", tz="UTC")
    row = {
        "incident_id": key,
        "stream": "accident",
        "category": "production",
        "accident_kind": "production",
        "level": "ordinary",
        "occurred_from": moment,
        "area_code": "140322100200",
        "subject_id": subject,
        "review": "confirmed",
    }
    return [row | more]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Store.open(f"sqlite:///{tmp_path}/county.db") as store:
        store.set_meta(
            time_zone="Asia/Shanghai", metric_crs="EPSG:4547", rulebook="shanxi-2020",
            title_zh="盂县", title_en="Yu County",
        )  # fmt: skip
        yield Office(store)


def small(office: Office, *, silent: tuple[int, ...] = ()) -> Office:
    """Five villages and an enterprise; `silent` villages send no return for August 2020."""
    codes = [f"140322100{200 + n}" for n in range(5)]
    office.put(Entity.AREA, county(5)).put(Entity.SUBJECT, subjects(codes, "village"))
    office.put(Entity.SUBJECT, subjects(["E1"], "enterprise", area_code=codes[:1]))
    heard = [code for number, code in enumerate(codes) if number not in silent]
    return office.later(datetime(2020, 9, 3, tzinfo=UTC)).put(
        Entity.REPORT, returns([*heard, "E1"])
    )


def line(found: Any, group: str, stream: str) -> dict[str, Any]:
    (row,) = [
        row for row in found.figures["classes"] if (row["class"], row["stream"]) == (group, stream)
    ]
    return dict(row)


def texts_of(body: bytes) -> str:
    document = docx.Document(io.BytesIO(body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_an_accident_of_an_enterprise_leaves_every_village_at_zero(office: Office) -> None:
    desk = small(office).put(Entity.ACCIDENT, accident("a1", "E1")).later(SEPTEMBER_6).services()
    found = desk.bulletin.bulletin("2020-08")
    village, enterprise = (line(found, group, "accident") for group in ("village", "enterprise"))
    assert (village["zero"], village["assessed"], village["broken"]) == (5, 5, 0)
    assert (enterprise["zero"], enterprise["assessed"], enterprise["broken"]) == (0, 1, 1)
    said = texts_of(desk.bulletin.file("docx", "2020-08", None, "zh", by="t")[2])
    assert "100.00 % (5/5)" in said
    assert "0.00 % (0/1)" in said


def test_one_broken_unit_of_4419_is_printed_99_98_and_never_100(office: Office) -> None:
    units = [f"U{number:04d}" for number in range(4419)]
    office.put(Entity.AREA, county(1))
    office.put(
        Entity.SUBJECT,
        subjects(units, "enterprise", area_code="140322100200", body="office"),
    )
    office.later(datetime(2020, 9, 3, tzinfo=UTC)).put(Entity.REPORT, returns(["office"]))
    desk = office.put(Entity.ACCIDENT, accident("a1", "U0007")).later(SEPTEMBER_6).services()
    row = line(desk.bulletin.bulletin("2020-08"), "enterprise", "accident")
    assert (row["zero"], row["assessed"], row["broken"]) == (4418, 4419, 1)
    said = texts_of(desk.bulletin.file("docx", "2020-08", None, "en", by="t")[2])
    assert "99.98 % (4418/4419)" in said
    assert "100.00 % (4418" not in said


def test_a_silent_village_is_unreported_and_outside_the_denominator(office: Office) -> None:
    desk = small(office, silent=(3,)).later(SEPTEMBER_6).services()
    found = desk.bulletin.bulletin("2020-08")
    row = line(found, "village", "case")
    assert (row["zero"], row["assessed"], row["registered"], row["not_assessed"]) == (4, 4, 5, 1)
    assert "80.0 %–100.0 %" in texts_of(
        desk.bulletin.file("docx", "2020-08", None, "zh", by="t")[2]
    )
    came = found.figures["completeness"]["rows"]
    assert [(r["town"], r["expected"], r["received"], r["missing"]) for r in came] == [
        ("140322100", 6, 5, 1)
    ] * 3


def test_a_return_after_the_due_day_is_received_and_not_on_time(office: Office) -> None:
    small(office, silent=(3,)).later(datetime(2020, 9, 5, 16, tzinfo=UTC))
    office.put(Entity.REPORT, returns(["140322100203"]))
    came = office.later(SEPTEMBER_6).services().bulletin.bulletin("2020-08").figures["completeness"]
    assert [(row["received"], row["on_time"]) for row in came["rows"]] == [(6, 5)] * 3


def test_ten_years_without_an_event_are_printed_as_at_least_3653_days(office: Office) -> None:
    months = pd.period_range("2010-08", "2020-07", freq="M").astype(str)
    office.put(Entity.AREA, county(1)).put(Entity.SUBJECT, subjects(["140322100200"], "village"))
    office.put(Entity.REPORT, pd.concat([returns(["140322100200"], month) for month in months]))
    desk = office.later(datetime(2020, 8, 19, 4, tzinfo=UTC)).services().bulletin
    (row,) = desk.bulletin("2020-08").figures["statuses"]
    assert row["streak_case"] == "≥ 3653"
    assert desk.bulletin("2020-08").figures["completeness"]["state"] == "running"
    book = openpyxl.load_workbook(io.BytesIO(desk.file("xlsx", "2020-08", None, "zh", by="t")[2]))
    assert "≥ 3653" in [cell.value for cell in book["主体明细"][4]]


@pytest.mark.parametrize(
    ("zero", "of", "decimals", "printed"), [(407, 475, 1, "85.7 %"), (1693, 1726, 0, "98 %")]
)
def test_the_printed_decimals_are_the_rulebooks(
    office: Office, zero: int, of: int, decimals: int, printed: str
) -> None:
    from dashboard.reports.bulletin_figures import classes_section

    book = replace(office.services().world.rulebook, decimals={"zero_rate": decimals})
    counts = dict.fromkeys(("verified", "pending", "exempt", "not_assessed", "breaking"), 0)
    row = counts | {"class": "village", "stream": "case", "registered": of, "assessed": of}
    row |= {"zero": zero, "reported": zero, "broken": of - zero, "target": 0.9, "more": 21}
    (table,) = classes_section([row | {"met": False}], book, "zh").tables
    assert table.rows[0][1] == f"{printed} ({zero}/{of})"
    assert table.rows[0][-1] == "还差 21 个"


def test_an_edition_gives_the_same_bytes_after_later_facts(office: Office) -> None:
    desk = small(office).later(SEPTEMBER_6).services().bulletin
    digest = desk.bulletin("2020-08").digest
    first = desk.freeze("2020-08", by="assessor", digest=digest)
    assert (first.edition_id, first.number, first.digest) == ("bulletin-2020-08-1", 1, digest)
    signed = {fmt: desk.file(fmt, "2020-08", 1, "zh", by="t")[2] for fmt in ("docx", "xlsx")}
    office.put(Entity.ACCIDENT, accident("late", "140322100201")).later(
        SEPTEMBER_6 + timedelta(days=40)
    )
    again = office.services().bulletin
    assert again.bulletin("2020-08", 1).digest == digest
    assert {f: again.file(f, "2020-08", 1, "zh", by="t")[2] for f in signed} == signed
    assert again.bulletin("2020-08").digest != digest


def test_the_second_edition_lists_what_changed_and_why(office: Office) -> None:
    small(office).put(Entity.ACCIDENT, accident("a1", "140322100200")).later(SEPTEMBER_6)
    freeze(office)
    office.later(SEPTEMBER_6 + timedelta(days=1))
    office.put(Entity.ACCIDENT, accident("late", "140322100201"))
    office.put(Entity.ACCIDENT, accident("a1", "E1"), action=Action.CORRECTED)
    assert freeze(office).number == 2
    found = office.services().bulletin.bulletin("2020-08", 2).figures["restated"]
    assert (found["period"], found["number"]) == ("2020-08", 1)
    told = {(row["code"], row["stream"]): row for row in found["rows"]}
    late, moved = told["140322100201", "accident"], told["140322100200", "accident"]
    assert (late["then"], late["now"], late["reason"]) == ("zero_reported", "broken", "late")
    assert late["facts"] == ["late"]
    assert (moved["then"], moved["reason"]) == ("broken", "reattributed")
    said = texts_of(office.services().bulletin.file("docx", "2020-08", 2, "zh", by="t")[2])
    assert "定稿后才获知（迟报）" in said
    assert "第1村" not in said, "villages are named in the annex alone"


def freeze(office: Office, period: str = "2020-08") -> Any:
    desk = office.services().bulletin
    return desk.freeze(period, by="assessor", digest=desk.bulletin(period).digest)


def test_what_nobody_looked_at_is_not_frozen(office: Office) -> None:
    desk = small(office).later(SEPTEMBER_6).services().bulletin
    seen = desk.bulletin("2020-08").digest
    office.put(Entity.ACCIDENT, accident("late", "140322100201"))
    with pytest.raises(LedgerError, match="Look at them again"):
        desk.freeze("2020-08", by="assessor", digest=seen)
    assert desk.editions("zh") == []


def test_an_edition_is_frozen_by_an_assessor_of_the_whole_store(office: Office) -> None:
    small(office).later(SEPTEMBER_6)
    digest = office.services().bulletin.bulletin("2020-08").digest
    viewer = office.services(Actor.of("v", frozenset({Role.VIEWER}))).bulletin
    with pytest.raises(AccessError):
        viewer.freeze("2020-08", by="v", digest=digest)
    with pytest.raises(AccessError):
        viewer.file("docx", "2020-08", None, "zh", by="v")
    bound = Actor.of("a", frozenset({Role.ASSESSOR}), "140322100")
    with pytest.raises(AccessError, match="one area only"):
        office.services(bound).bulletin.freeze("2020-08", by="a", digest=digest)


def test_freezing_and_taking_away_are_logged(office: Office) -> None:
    small(office).later(SEPTEMBER_6)
    edition = freeze(office)
    office.services().bulletin.file("docx", "2020-08", 1, "zh", by="clerk")
    assert office.log == [
        ("assessor", "froze edition", f"bulletin-2020-08-1 {edition.digest}"),
        ("clerk", "took bulletin away", "2020-08 v1 docx"),
    ]


def test_an_edition_cannot_be_taken_back(office: Office) -> None:
    small(office).later(SEPTEMBER_6)
    freeze(office)
    number = int(office.store.batches().index.max())
    with pytest.raises(LedgerError, match="freeze a new one"):
        office.store.undo(number, actor="t", recorded_at=SEPTEMBER_6 + timedelta(days=1))


def test_the_files_hold_the_services_figures_in_chinese(office: Office) -> None:
    desk = small(office, silent=(3,)).later(SEPTEMBER_6).services().bulletin
    found = desk.bulletin("2020-08")
    said = texts_of(desk.file("docx", "2020-08", None, "zh", by="t")[2])
    paper = desk.paper(found, "zh")
    for section in paper.sections:
        assert all(sentence in said for sentence in section.sentences)
        rows = [row for table in section.tables for row in table.rows]
        assert all(cell in said for row in rows for cell in row)
    for words in ("盂县“三零”创建工作月通报", "秀水镇", "知悉时点", "签发岗位", found.digest):
        assert words in said
    book = openpyxl.load_workbook(io.BytesIO(desk.file("xlsx", "2020-08", None, "zh", by="t")[2]))
    listed = list(book["主体明细"].iter_rows(min_row=4, values_only=True))
    assert [row[0] for row in listed] == [row["code"] for row in found.figures["statuses"]]
    assert [row[1] for row in listed[:2]] == ["第0村", "第1村"]
    assert listed[3][4] == "未评定"


def test_no_cell_of_the_annex_is_computed_by_a_spreadsheet(office: Office) -> None:
    small(office).put(
        Entity.UNIT,
        [
            {
                "unit_id": "E1",
                "name": "=HYPERLINK(A1)",
                "kind": "factory",
                "area_code": "140322100200",
            }
        ],
    )
    desk = office.later(SEPTEMBER_6).services().bulletin
    book = openpyxl.load_workbook(io.BytesIO(desk.file("xlsx", "2020-08", None, "zh", by="t")[2]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "'=HYPERLINK(A1)" in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}


def test_areas_stand_in_the_order_of_their_codes(office: Office) -> None:
    small(office).put(Entity.ACCIDENT, accident("a1", "140322100204")).later(SEPTEMBER_6)
    codes = [r["code"] for r in office.services().bulletin.bulletin("2020-08").figures["statuses"]]
    assert codes == sorted(codes)


def test_a_month_or_an_edition_that_is_not_there_is_refused_in_a_sentence(office: Office) -> None:
    desk = small(office).later(SEPTEMBER_6).services().bulletin
    for wrong in (("2020-13", None), ("2021-01", None), ("2020-08", 1)):
        with pytest.raises(UsageError):
            desk.bulletin(*wrong)
    assert desk.usual_month() == "2020-08"
    assert date(2020, 9, 6) == office.services().world.as_of


def test_a_digest_does_not_depend_on_the_order_of_keys_and_does_on_every_figure() -> None:
    assert digest_of({"a": [1], "b": 2}) == digest_of({"b": 2, "a": [1]})
    assert digest_of({"a": [1]}) != digest_of({"a": [2]})
