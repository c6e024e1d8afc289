"""Official texts recomputed: what is found, what is confirmed, what is left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dashboard.cli import main
from dashboard.services.adds_up.check import check_text
from dashboard.services.adds_up.findings import Finding, Verdict

if TYPE_CHECKING:
    from pathlib import Path

FITS, DIFFERS, OPEN = Verdict.RECONCILES, Verdict.DIFFERS, Verdict.UNCHECKED


def found(text: str, lang: str = "en") -> list[Finding]:
    return check_text(text, lang)


def verdicts(text: str) -> list[tuple[str, Verdict]]:
    return [(one.kind, one.verdict) for one in found(text)]


# ---- the published figures ------------------------------------------------------------------


def test_the_published_rectification_rate_is_found_not_to_reconcile() -> None:
    text = "全县共排查隐患3186处，其中现场整改3165处，限期整改21处，其中重大隐患3处，整改率99.4%。"
    ratio, total = found(text)
    assert (ratio.verdict, total.verdict) == (DIFFERS, FITS)
    assert ratio.says == (
        "3,165/3,186 = 99.34 %, which rounds to 99.3 %, not 99.4 %; "
        "99.4 % would need 3,166–3,168 of 3,186."
    )
    assert total.says == "3,165 + 21 = 3,186."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "4419家单位中，4418家实现零事故，占99.98%。",
            "4,418/4,419 = 99.977 %, printed as 99.98 %.",
        ),
        (
            "成功调解矛盾纠纷一百一十一起，其中掌上派出所调解98起，占８８％。",
            "98/111 = 88.29 %, printed as 88 %.",
        ),
        (
            "Of 4,419 units, 4,418 (99.98 %) kept the zero.",
            "4,418/4,419 = 99.977 %, printed as 99.98 %.",
        ),
        (
            "98 of the 111 disputes (88 %) were settled by phone.",
            "98/111 = 88.29 %, printed as 88 %.",
        ),
    ],
)
def test_published_shares_are_confirmed(text: str, says: str) -> None:
    (finding,) = found(text)
    assert (finding.verdict, finding.says) == (FITS, says)


@pytest.mark.parametrize(
    "text",
    [
        "今年以来刑事立案54起，同比下降35.7%。",
        "There were 54 cases, down 35.7 % year on year.",
        "Filed cases fell 35.7 % to 54.",
    ],
)
def test_last_years_cases_are_the_only_whole_number_that_fits(text: str) -> None:
    (finding,) = found(text)
    assert finding.verdict is FITS
    assert finding.says == (
        "count %: 54 after −35.7 % means 84 before, the only whole number (−35.71 %)."
    )


CLEARED = [
    "刑事立案54起，同比下降35.7%；破案45起，同比上升21.5%。",
    "刑事立案54起，同比下降35.7%；破案45起，破案率83.33%，同比上升21.5%。",
    "54 cases, down 35.7 % year on year. The rate was 83.33 % (45 of 54), up 21.5 % on last year.",
]


@pytest.mark.parametrize("text", CLEARED)
def test_the_published_clearance_change_matches_no_history_and_every_kind_is_named(
    text: str,
) -> None:
    change = found(text)[-1]
    assert (change.kind, change.verdict) == ("change", DIFFERS)
    for nearest in (
        "count %: 37 → +21.62 %",
        "rate pp: 52/84 → +21.43 pp",
        "rate relative %: 58/84 → +20.69 %",
    ):
        assert nearest in change.says


def test_a_rise_in_points_is_only_held_against_points() -> None:
    text = "立案54起，同比下降35.7%；破案45起，占立案54起的83.3%，同比提高{}个百分点。"
    (*_, wrong), (*_, right) = found(text.format("21.5")), found(text.format("21.4"))
    assert (wrong.verdict, right.verdict) == (DIFFERS, FITS)
    assert "relative" not in wrong.says
    assert right.says == "Fits only as rate pp: 52/84 → +21.43 pp."


# ---- a corpus: each sentence with what it must come to --------------------------------------

CORPUS: list[tuple[str, list[tuple[str, Verdict]]]] = [
    # Shares.
    ("475个行政村中407个达标，达标率85.7%。", [("ratio", FITS)]),
    ("1726家单位中1693家达标，达标率98.2%。", [("ratio", DIFFERS)]),
    ("整改率99.34%（3165/3186）。", [("ratio", FITS)]),
    ("全市共有社区30个，已建成示范社区27个，占百分之九十。", [("ratio", FITS)]),
    ("走访群众1200户，化解矛盾98件，群众满意度98.5%。", [("ratio", OPEN)]),
    ("新建小区12个、便民点30个，绿化覆盖率38.5%。", [("ratio", OPEN)]),
    (
        "现场整改率达95%以上：排查隐患200处，其中现场整改191处，占95%以上。",
        [("ratio", OPEN), ("ratio", FITS)],
    ),
    ("排查隐患3千余处，其中整改2900处，整改率92%。", [("ratio", OPEN)]),
    ("排查隐患3000余处，其中整改2900处，整改率98%。", [("ratio", DIFFERS)]),
    ("总投资2.5万元，其中自筹1万元，占40%。", [("ratio", FITS)]),
    ("Of 475 villages, 407 (85.8 %) met the target.", [("ratio", DIFFERS)]),
    ("The rate was 88.29 % (98/111).", [("ratio", FITS)]),
    ("3,165 out of 3,186 hazards were put right at once, a share of 99.3 %.", [("ratio", FITS)]),
    ("98 of 111 disputes were settled; 95 % of residents were satisfied.", [("ratio", OPEN)]),
    ("调解111起，其中线上98起，占总数的88%，无一起反弹。", [("ratio", FITS)]),
    ("Cases rose from 54 to 1081, up 1902.1 %.", [("change", DIFFERS)]),
    # Totals and differences.
    ("当班23人，其中民警11人，辅警12人。", [("sum", FITS)]),
    ("当班23人，其中民警11人，辅警13人。", [("sum", DIFFERS)]),
    ("当班23人，其中民警11人，辅警9人。", [("sum", OPEN)]),
    ("支部有党员20名，其中女党员9名，青年党员13名。", [("sum", OPEN)]),
    ("其中重大隐患3处。", []),
    ("盗窃12起、诈骗18起，共30起。", [("sum", FITS)]),
    ("盗窃12起、诈骗18起，合计31起。", [("sum", DIFFERS)]),
    ("分为三类：甲类12个、乙类18个，共30个。", [("sum", FITS)]),
    ("由去年同期的84起下降到54起，减少30起，下降35.7%。", [("difference", FITS), ("change", FITS)]),
    (
        "由去年同期的84起下降到54起，减少31起，下降36.7%。",
        [("difference", DIFFERS), ("change", DIFFERS)],
    ),
    ("12+18=30，3186-21=3164。", [("sum", FITS), ("sum", DIFFERS)]),
    ("23 officers were on duty, of whom 11 were police and 12 auxiliaries.", [("sum", FITS)]),
    ("There were 12 fires and 18 crashes, 31 accidents in all.", [("sum", DIFFERS)]),
    ("Cases fell from 84 to 54, a drop of 30 (35.7 %).", [("difference", FITS), ("change", FITS)]),
    (
        "Cases fell from 84 to 54, a drop of 31 (35.8 %).",
        [("difference", DIFFERS), ("change", DIFFERS)],
    ),
    # Changes.
    ("接报警情1200起，同比下降5.1%。", [("change", FITS)]),
    ("发生事故2起，同比下降33.3%。", [("change", FITS)]),
    ("发生事故2起，同比下降33.4%。", [("change", DIFFERS)]),
    ("破案率由61.9%提高到83.3%，提高21.4个百分点。", [("change", FITS)]),
    ("破案率由61.9%提高到83.3%，提高34.6%。", [("change", FITS)]),
    ("破案率由61.9%提高到83.3%，提高24.4个百分点。", [("change", DIFFERS)]),
    ("达标率85.7%，比上年提高2.3个百分点。", [("change", OPEN)]),
    ("信访量比上年减少30件，今年为54件。", [("difference", OPEN)]),
    ("检查企业3000余家，同比增长12.5%。", [("change", OPEN)]),
    ("未发生亡人事故，同比下降100%。", [("change", OPEN)]),
    ("Petitions numbered 210, compared with 200 last year, up 5 %.", [("change", FITS)]),
    ("Petitions numbered 210, compared with 200 last year, up 6 %.", [("change", DIFFERS)]),
]


@pytest.mark.parametrize(("text", "expected"), CORPUS)
def test_a_sentence_comes_to_what_it_must(text: str, expected: list[tuple[str, Verdict]]) -> None:
    assert sorted(verdicts(text)) == sorted(expected)


QUIET = [
    "晋政法〔2020〕12号文件要求，2020年8月19日8时30分前报送，联系电话0353-8081234。",
    "（2020）晋0322刑初45号判决书，身份证号140322199001011234，手机13812345678。",
    "根据《条例》第三十二条第2款，自2022年5月1日起施行，办理期限60日，可延长30日。",
    "执行GB/T 31000-2015和GA/T 2000.33-2020标准，坐标113.41°，38.09°。",
    "一、工作开展情况\n（一）坚持一村一警、三零创建、七步闭环。\n1. 组织领导\n2、责任落实",
    "拨打110报警电话或12345热线，24小时值守，3至5个工作日答复。",
    "2019—2021年，每季度召开1次会议，每次不少于3人。",
    "巡逻时段为20:00-22:00，每组2人，共11个网格，每网格10-15分钟。",
    "辖13个乡镇、288个村和社区，人口28.3万，面积2439平方公里。",
    "开展集中整治12次，悬挂横幅30条，发放资料1.2万份，三分之二的村已完成。",
    "Document No. 12 (2020), Article 32, GB/T 31000-2015, version 2.1.3, call 0353-8081234.",
    "On 19 August 2020 at 08:30, in Room 4 on Route 66, between 10-15 minutes were needed.",
    "From 2019 to 2020 the county had 13 towns, 288 villages and 4,419 units.",
    "Section 3 of the Order of 2020 sets 60 days, plus 30 with approval.",
]


@pytest.mark.parametrize("text", QUIET)
def test_dates_numbers_of_documents_and_telephones_raise_no_alarm(text: str) -> None:
    assert found(text) == []


REPORT = """“三零”创建工作情况
2020年以来，全县288个村（社区）、4419家企事业单位全部纳入创建范围。
一、矛盾纠纷化解。受理矛盾纠纷126起，成功调解111起，其中线上调解98起，占调解总数的88%，无一起反弹。
二、隐患排查。检查单位1200余家次，排查隐患3186处，现场整改3165处，限期整改21处，其中重大隐患3处，整改率99.4%。
三、治安防控。巡逻队11支，楼长、单元长184名，每网格2人，共22人参加夜间巡逻；整合监控23路。
刑事案件立案54起，同比下降35.7%；破案45起，查处率同比上升21.5%。
四、工作要求。到2022年，村、社区达标率达到80%以上。每月5日前报送，电话：0353-8082110。
投入资金350万元，其中县级200万元、乡镇150万元。新增探头120个，累计达到860个。
"""


def test_a_whole_report_is_told_what_reconciles_what_does_not_and_what_cannot_be_checked() -> None:
    told = [(one.line, one.kind, one.verdict) for one in found(REPORT)]
    assert told == [
        (3, "ratio", FITS),
        (4, "ratio", DIFFERS),
        (6, "change", FITS),
        (6, "change", DIFFERS),
        (7, "ratio", OPEN),
        (8, "sum", FITS),
    ]


def test_every_text_of_the_corpus_reads_the_same_in_both_languages_of_the_answer() -> None:
    for text, _ in CORPUS:
        zh, en = check_text(text, "zh"), check_text(text, "en")
        assert [one.verdict for one in zh] == [one.verdict for one in en]
        assert all(a.says != b.says or "=" in a.says for a, b in zip(zh, en, strict=True))


def test_a_finding_says_where_it_stands() -> None:
    text = "标题\n\n  整改率99.4%（3165/3186）。"
    (finding,) = found(text)
    assert (finding.line, finding.column) == (3, 6)
    assert text[finding.start : finding.end] == finding.quote == "99.4%（3165/3186"


# ---- the command ----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_command_reads_both_encodings_and_ends_well_whatever_it_finds(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    encoding: str,
) -> None:
    file = tmp_path / "通报.txt"
    file.write_bytes(CLEARED[0].encode(encoding))
    monkeypatch.setattr("sys.argv", ["app.py", "check-text", str(file), "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"reconciles": 1, "does_not_reconcile": 1, "cannot_be_checked": 0}
    assert told["findings"][0]["quote"] == "54起，同比下降35.7%"


def test_the_command_prints_each_finding_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "text.txt"
    file.write_text("整改率99.4%（3165/3186）。", encoding="utf-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("sys.argv", ["app.py", "check-text", str(file)])
    with pytest.raises(SystemExit):
        main()
    printed = capsys.readouterr().err
    assert "1:4  Does not reconcile" in printed
    assert "1 statements: 0 reconcile, 1 do not, 0 cannot be checked." in printed
