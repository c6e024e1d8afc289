"""The page Data: files come in safely, columns are matched, lists and reports tell the truth."""

from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.access import EVERYWHERE, Actor, Role
from dashboard.components import data_lists, data_verdict
from dashboard.factory import create_app
from dashboard.pages import data
from dashboard.services.composition import Services
from dashboard.services.intake import BY_HAND, IntakeDesk
from dashboard.services.mapping import fields_of, guessed, recipe_content
from dashboard.services.recipes import RecipeShelf
from dashboard.services.staging import KEPT, Staging, plain_name
from dashboard.worker.deeds import Desk
from dashboard.worker.running import Worker
from geo.errors import AccessError, DataError, UsageError
from geo.intake.entities import ENTITIES
from geo.store import Jobs, Store
from geo.vocabulary import Entity
from tests.geo.conftest import points_in, villages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
HERE = {"Origin": "http://localhost"}


class Room:
    """An app over 36 villages with a desk, and the worker beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOW
        self.store = Store.open(f"sqlite:///{folder}/county.db")
        about: dict[str, Any] = {"source": "t", "content_hash": "0", "recipe": None}
        with self.store.batch(Entity.AREA, actor="t", recorded_at=NOW, **about) as batch:
            batch.append(Entity.AREA, villages())
            batch.set_meta(metric_crs="EPSG:4547")
        self.jobs = Jobs(folder / "county.jobs.db")
        staging = Staging(folder / "staging", lambda: self.now, limit_mb=1)
        shelf = RecipeShelf(folder / "recipes")
        self.desk = IntakeDesk(self.jobs, shelf, staging, lambda: self.now)
        self.services = self.of(Actor.of("local", frozenset({Role.ANALYST})))
        self.client: FlaskClient = create_app(self.services).server.test_client()

    def of(self, actor: Actor) -> Services:
        return Services.over(
            self.store, clock=lambda: NOW, leaflet=self.folder, desk=self.desk, actor=actor
        )

    def bring(self, content: bytes | str, name: str = "案件.csv") -> dict[str, Any]:
        body = content.encode() if isinstance(content, str) else content
        answer = self.client.put(f"/data/files/{name}", data=body, headers=HERE)
        assert answer.status_code == 200, answer.text
        brought: dict[str, Any] = answer.get_json()
        return brought

    def order(self, content: bytes | str, **more: Any) -> dict[str, Any]:
        said = {"entity": "cases", "recipe": "sanling", "crs": "wgs84", "layer": ""}
        return said | {"token": self.bring(content)["token"]} | more

    def work(self) -> None:
        worker = Worker(
            Desk(self.store, lambda: NOW, self.desk.recipes), self.jobs, lambda: NOW, name="w"
        )
        while worker.run_next():
            pass


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.store.close()
    made.jobs.close()


def cases(count: int = 30, **changed: Any) -> str:
    at = pd.date_range("2026-03-01 08:00", periods=count, freq="h").strftime("%F %H:%M")
    ids = [f"c{n}" for n in range(count)]
    table = points_in(villages(), count).drop(columns="area_code")
    own = {"incident_id": ids, "category": "theft", "occurred_from": at}
    text: str = table.assign(**{**own, **changed}).to_csv(index=False)
    return text


# ---- files that come in ---------------------------------------------------------------------


def test_a_brought_file_is_kept_byte_for_byte_under_a_token(room: Room) -> None:
    body = bytes(range(256)) * 300
    brought = room.bring(body, "三月.csv.gz")
    assert (brought["name"], brought["size"], len(brought["token"])) == ("三月.csv.gz", 76800, 32)
    assert room.services.intake.staging.find(brought["token"]).read_bytes() == body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
    ],
)
def test_no_other_page_brings_a_file(room: Room, headers: dict[str, str]) -> None:
    answer = room.client.put("/data/files/a.csv", data=b"x", headers=headers)
    assert answer.status_code == 403
    assert not (room.folder / "staging").exists()


def test_a_file_over_the_limit_leaves_nothing(room: Room) -> None:
    told = room.client.put("/data/files/a.csv", data=b"x" * 1_000_001, headers=HERE)
    assert (told.status_code, "1 MB" in told.text) == (413, True)
    with pytest.raises(DataError, match="1 MB"):
        room.services.intake.staging.put("a.csv", iter([b"x" * 600_000] * 2))
    assert list((room.folder / "staging").glob("*")) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/cron.d/x", "x"),
        (".hidden.csv", "hidden.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("C:\\数据\\案件 1.csv", "案件 1.csv"),
    ],
)
def test_a_name_never_leads_out_of_its_folder(name: str, kept: str) -> None:
    assert plain_name(name) == kept


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_every_name_becomes_one_a_folder_can_hold_or_is_refused(name: str) -> None:
    try:
        kept = plain_name(name)
    except UsageError:
        return
    assert kept == Path(kept).name
    assert not kept.startswith(".")
    assert 0 < len(kept) <= 242
    assert plain_name(kept) == kept


@pytest.mark.parametrize("token", ["", "..", "../county.db", "0" * 32, "a/b"])
def test_no_token_finds_what_was_not_brought(room: Room, token: str) -> None:
    room.bring("x")
    with pytest.raises(UsageError):
        room.services.intake.staging.find(token)


def test_files_older_than_a_day_are_gone_with_the_next_one(room: Room) -> None:
    old, new = (room.bring("x")["token"] for _ in range(2))
    staging = room.folder / "staging"
    room.now = datetime.now(UTC)
    long_ago = (room.now - KEPT - timedelta(minutes=1)).timestamp()
    os.utime(staging / old, (long_ago, long_ago))
    last = room.bring("x")["token"]
    assert {path.name for path in staging.iterdir()} == {new, last}


# ---- who may --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "actor",
    [
        Actor.of("v", frozenset({Role.VIEWER})),
        Actor.of("a", frozenset({Role.ANALYST}), scope="140322"),
    ],
)
def test_only_who_may_import_everywhere_brings_data_in(room: Room, actor: Actor) -> None:
    assert actor.scope != EVERYWHERE or not actor.may("import")  # type: ignore[arg-type]  # a word
    intake = room.of(actor).intake
    assert intake.refusal is not None
    for deed in (lambda: intake.undo(1, actor="x"), intake.batches, intake.jobs):
        with pytest.raises(AccessError):
            deed()
    with pytest.raises(AccessError):
        _ = intake.staging
    assert room.services.intake.refusal is None


# ---- check, import, take back ---------------------------------------------------------------


def test_what_was_checked_is_what_is_imported(room: Room) -> None:
    order = room.order(cases(category=["", *["theft"] * 29]))
    seen = room.services.intake.check(order, actor="local")["preview"]
    number = room.services.intake.start(order, actor="local")
    room.work()
    done = room.services.intake.job(number)
    report = done["result"]["report"]
    own = ("batch", "seconds", "sentence_en", "sentence_zh")
    assert {k: v for k, v in report.items() if k not in own} == {
        k: v for k, v in seen["report"].items() if k not in own
    }
    assert seen["set_aside"] == [
        {"row": 1, "code": "Q09", "field": "category", "said": seen["set_aside"][0]["said"]}
    ]
    sent = room.client.get(f"/data/jobs/{number}/report.json")
    assert json.loads(sent.data) == report
    aside = room.client.get(f"/data/jobs/{number}/quarantine.csv")
    assert aside.data.startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(io.BytesIO(aside.data))["code"].tolist() == ["Q09"]
    disposition = aside.headers["Content-Disposition"]
    assert disposition.isascii()
    assert quote("案件.csv.quarantine.csv") in disposition
    top = room.services.intake.batches()[0]
    assert (top["source"], top["actor"], top["standing"]) == ("案件.csv", "local", True)
    room.services.intake.undo(top["batch"], actor="local")
    room.work()
    undoing, undone = room.services.intake.batches()[:2]
    assert (undoing["undoes"], undone["undone"]) == (top["batch"], True)
    assert len(room.store.snapshot().cases) == 0


def test_a_large_file_is_checked_by_the_worker(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.services.intake.CHECKED_AT_ONCE", 10)
    before = room.store.watermark
    found = room.services.intake.check(room.order(cases()), actor="local")
    room.work()
    job = room.services.intake.job(found["job"])
    assert job["result"]["preview"]["report"]["kept"] == 30
    assert room.store.watermark == before


def test_the_other_pages_notice_an_import(room: Room) -> None:
    before = room.client.get("/pulse").get_json()["mark"]
    room.services.intake.start(room.order(cases()), actor="local")
    room.work()
    assert room.client.get("/pulse").get_json()["mark"] != before


def test_the_mark_of_the_lists_moves_with_jobs_and_facts(room: Room) -> None:
    intake = room.services.intake
    marks = [intake.mark()]
    number = intake.start(room.order(cases()), actor="local")
    marks.append(intake.mark())
    room.work()
    marks.append(intake.mark())
    assert len(set(marks)) == 3
    assert intake.mark() == marks[-1]
    assert intake.job(number)["ended"]


def test_a_job_nobody_begins_tells_of_a_missing_worker(room: Room) -> None:
    number = room.services.intake.start(room.order(cases()), actor="local")
    assert not room.services.intake.job(number)["no_worker"]
    room.now = NOW + timedelta(seconds=30)
    assert room.services.intake.job(number)["no_worker"]


# ---- columns matched by hand ----------------------------------------------------------------


@pytest.mark.parametrize("entity", list(ENTITIES))
def test_the_projects_own_headers_are_guessed_rightly(entity: str) -> None:
    names = [field.name for field in ENTITIES[entity].fields]
    assert guessed(entity, names) == {field.name: field.name for field in fields_of(entity)}


def test_a_guess_takes_each_column_once_and_the_likest_first() -> None:
    found = guessed(
        "cases", ["事发时刻", "案件类别名称", "发生时间", "经度(GCJ)", "派出所", "天气"]
    )
    assert found["occurred_from"] == "发生时间"
    assert found["station"] == "派出所"
    assert "天气" not in found.values()
    assert len(set(found.values())) == len(found)


def test_required_fields_come_first() -> None:
    needed = [field.required for field in fields_of("cases")]
    assert needed == sorted(needed, reverse=True)


def test_columns_matched_by_hand_make_a_recipe_that_reads_the_file(room: Room) -> None:
    text = cases(核=["属实", "假", "属实"] * 10).replace("incident_id", "号")
    table = pd.read_csv(io.StringIO(text)).rename(
        columns={"category": "类", "occurred_from": "时", "lon": "X", "lat": "Y"}
    )
    table["时"] = pd.to_datetime(table["时"]).dt.strftime("%d/%m/%Y %H:%M")
    content = table.assign(报案人="张三").to_csv(index=False).encode("gb18030")
    order = room.order(content, recipe=BY_HAND, crs="")
    intake = room.services.intake
    found = intake.mapping(order["token"], "cases")
    assert found["personal"] == ["报案人"]
    assert "报案人" not in {column["name"] for column in found["columns"]}
    matched = {"incident_id": "号", "category": "类", "occurred_from": "时", "lon": "X", "lat": "Y"}
    matched["review"] = "核"
    words = intake.values(order["token"], "cases", matched)
    assert sorted(words["review"]["words"]) == ["假", "属实"]
    saved = intake.save_recipe(
        "本地", "cases", columns=matched, constants={"case_class": "criminal"},
        values={"review": {"属实": "confirmed", "假": "rejected"}}, crs="wgs84",
        date_format="%d/%m/%Y %H:%M", drop=found["personal"],
    )  # fmt: skip
    assert saved in intake.recipes("cases")
    seen = intake.check(order | {"recipe": saved}, actor="local")["preview"]
    assert (seen["report"]["kept"], seen["report"]["refused"]) == (30, None)
    assert seen["report"]["constants"] == {"case_class": {"criminal": 30}}
    assert "张三" not in json.dumps(seen, ensure_ascii=False)
    first = dict(zip(seen["fields"], seen["rows"][1], strict=True))
    assert (first["review"], first["occurred_from"]) == ("rejected", "2026-03-01 09:00")


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "x" * 41, "sanling", "chicago"])
def test_a_recipe_needs_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    content = recipe_content("cases", columns={"category": "c"}, constants={}, values={})
    with pytest.raises(UsageError):
        RecipeShelf(tmp_path).save(name, content)
    assert list(tmp_path.iterdir()) == []


def test_a_recipe_with_a_fault_is_not_kept(tmp_path: Path) -> None:
    content = recipe_content("cases", columns={"colour": "c"}, constants={}, values={})
    with pytest.raises(UsageError, match="colour"):
        RecipeShelf(tmp_path).save("mine", content)
    assert list(tmp_path.iterdir()) == []


def test_a_saved_recipe_is_plain_yaml_a_person_can_read(tmp_path: Path) -> None:
    shelf = RecipeShelf(tmp_path)
    content = recipe_content("cases", columns={"category": "类别"}, constants={}, values={})
    shelf.save("本地-1", content)
    text = (tmp_path / "本地-1.yaml").read_text("utf-8")
    assert "类别" in text
    assert yaml.safe_load(text) == content
    assert shelf.source("本地-1") == str(tmp_path / "本地-1.yaml")
    assert shelf.source("sanling") == "sanling"


# ---- what is shown --------------------------------------------------------------------------


def text_of(part: Any) -> str:
    if isinstance(part, list | tuple):
        return " ".join(map(text_of, part))
    if hasattr(part, "to_plotly_json"):
        return text_of(getattr(part, "children", None) or "")
    return str(part)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_stands_in_both_languages(room: Room, lang: str) -> None:
    room.client.set_cookie("sanling-language", lang)
    assert room.client.get("/data").status_code == 200
    app = create_app(room.services)
    cookie = {"Cookie": f"sanling-language={lang}"}
    with app.server.test_request_context("/data", headers=cookie):
        page = text_of(data.layout())
        lists, _ = data.list_all(0, None, None)
    assert {"zh": "把文件拖到这里", "en": "Drop a file here"}[lang] in page
    assert {"zh": "批次", "en": "Batches"}[lang] in text_of(lists)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_verdict_names_every_reason_with_its_rows(room: Room, lang: str) -> None:
    bad = cases(occurred_from=["soon", "2031-01-01 08:00", *["2026-03-02 08:00"] * 28])
    seen = room.services.intake.check(room.order(bad), actor="local")["preview"]
    shown = text_of(data_verdict.preview_view(seen, lang))
    report = seen["report"]
    assert report["reasons"] == {"Q04": 2}
    for code in {*report["reasons"], *report["warnings"]}:
        assert code in shown
    assert {"zh": "确认导入 28 行", "en": "Import 28 rows"}[lang] in shown


def test_every_refusal_says_what_to_do() -> None:
    from dashboard.i18n import has
    from geo.intake.sentences import REFUSED

    assert [c for c in REFUSED for lang in ("zh", "en") if not has(f"data.todo_{c}", lang)] == []


def test_every_entity_and_field_has_a_name_in_both_languages() -> None:
    from dashboard.i18n import has

    named = {f"entity.{name}" for name in ENTITIES}
    named |= {f"field.{field.name}" for spec in ENTITIES.values() for field in spec.fields}
    assert sorted(key for key in named for lang in ("zh", "en") if not has(key, lang)) == []


def test_a_running_job_shows_its_step_and_how_far_it_is() -> None:
    job = {
        "kind": "import", "state": "running", "share": 0.42, "step": "writing 案件.csv",
        "request": {"name": "案件.csv", "entity": "cases"}, "cancel": False, "no_worker": False,
    }  # fmt: skip
    shown = text_of(data_lists.progress_view(job, "zh"))
    assert "正在写入 案件.csv" in shown
    assert "42 %" in shown
