"""Workbooks and text tables as offices write them: titles, formulas, separators, encodings."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest

from geo.errors import DataError, RefusedFile, UsageError
from geo.intake.reading import read_table

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ("编号", "名称", "登记日期", "人数")


def workbook(path: Path, **sheets: list[tuple[Any, ...]]) -> Path:
    """Write a workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def lists(path: Path, **how: Any) -> dict[str, list[Any]]:
    frame = read_table(path, **how).frame
    known = frame.astype(object).where(frame.notna(), None)
    return {str(name): known[name].tolist() for name in known}


def test_cells_become_what_a_person_would_write(tmp_path: Path) -> None:
    rows = [
        ("code", "whole", "share", "flag", "day", "moment", "nothing"),
        ("007", 12, 0.1 + 0.2, True, date(2020, 4, 3), datetime(2020, 4, 3, 8, 5), None),  # noqa: DTZ001
        (140322100101, 3.0, 2.5, False, date(2020, 4, 4), datetime(2020, 4, 4), "  "),  # noqa: DTZ001
    ]
    assert lists(workbook(tmp_path / "t.xlsx", s=rows)) == {
        "code": ["007", "140322100101"],
        "whole": ["12", "3"],
        "share": ["0.3", "2.5"],
        "flag": ["true", "false"],
        "day": ["2020-04-03", "2020-04-04"],
        "moment": ["2020-04-03 08:05:00", "2020-04-04 00:00:00"],
        "nothing": [None, None],
    }


def test_titles_above_the_header_are_left_out_and_said(tmp_path: Path) -> None:
    rows = [
        ("盂县企业登记表",),
        ("填报单位：某镇", None, "2020年4月"),
        (),
        HEADER,
        ("1", "甲厂", date(2020, 4, 3), 12),
        (None, None, None, None),
        ("2", "乙厂", None, None),
    ]
    path = workbook(tmp_path / "t.xlsx", 登记表=rows)
    book = openpyxl.load_workbook(path)
    book["登记表"].merge_cells("A1:D1")
    book.save(path)
    table = read_table(path)
    assert list(table.frame) == list(HEADER)
    assert table.frame["编号"].tolist() == ["1", "2"]
    assert len(table.notes) == 1
    assert "2 row(s) above the header" in table.notes[0]
    assert "已略过表头以上的 2 行" in table.notes[0]


def test_formulas_without_a_value_and_failed_ones_are_missing_and_counted(tmp_path: Path) -> None:
    rows = [("a", "b"), ("1", "=A2+1"), ("2", "#N/A"), ("3", "x")]
    table = read_table(workbook(tmp_path / "t.xlsx", s=rows))
    assert table.frame["b"].isna().tolist() == [True, True, False]
    assert [note.split(" ")[0] for note in table.notes] == ["1", "1"]
    assert "formula cell(s) hold no value" in table.notes[0]


def test_numbers_too_long_for_a_workbook_are_said(tmp_path: Path) -> None:
    rows = [("camera_id", "n"), (14032202011320000123, 1)]
    table = read_table(workbook(tmp_path / "t.xlsx", s=rows))
    assert "more than 15 digits" in table.notes[0]


def test_the_one_sheet_with_a_header_is_read_and_notes_and_hidden_lists_are_not(
    tmp_path: Path,
) -> None:
    path = workbook(
        tmp_path / "t.xlsx",
        说明=[("请如实填写",), ("每月一次",)],
        数据=[("a", "b"), ("1", "2")],
        字典=[("码", "义"), ("1", "是")],
        空=[],
    )
    book = openpyxl.load_workbook(path)
    book["字典"].sheet_state = "hidden"
    book.save(path)
    assert lists(path) == {"a": ["1"], "b": ["2"]}
    assert lists(path, layer="字典") == {"码": ["1"], "义": ["是"]}


def test_several_sheets_with_tables_are_named_and_one_can_be_chosen(tmp_path: Path) -> None:
    one, two = [("a", "b"), ("1", "2")], [("c", "d"), ("3", "4")]
    path = workbook(tmp_path / "t.xlsx", 甲=one, 乙=two)
    with pytest.raises(UsageError, match=r"sheets 甲, 乙\. Name one: layer='甲'") as open_choice:
        read_table(path)
    assert "含有工作表：甲、乙" in open_choice.value.text("zh")
    assert lists(path, layer="乙") == {"c": ["3"], "d": ["4"]}
    with pytest.raises(UsageError, match="not '丙'"):
        read_table(path, layer="丙")


def test_a_column_without_name_or_value_is_dropped_and_one_with_values_is_kept(
    tmp_path: Path,
) -> None:
    rows = [("a", None, "b", None, " "), ("1", None, "2", "left over", None)]
    assert lists(workbook(tmp_path / "t.xlsx", s=rows)) == {
        "a": ["1"], "b": ["2"], "Unnamed: 2": ["left over"],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["t.xls", "t.xlsx"])
def test_an_old_or_locked_workbook_is_to_be_saved_anew(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises((DataError, UsageError), match=r"ave it as \.xlsx") as told:
        read_table(path)
    assert "另存为" in told.value.text("zh")


def test_an_empty_workbook_holds_no_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no sheets with a table"):
        read_table(workbook(tmp_path / "t.xlsx", s=[]))


# Text tables


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", "UTF-8 (tried)"),
        ("utf-8-sig", "UTF-8 (BOM)"),
        ("gb18030", "GB18030 (tried)"),
        ("utf-16", "UTF-16 (BOM)"),
    ],
)
def test_separator_and_encoding_are_found_and_the_encoding_is_said(
    tmp_path: Path, separator: str, encoding: str, label: str
) -> None:
    text = '编号,名称,x\r\n007,"甲,乙;丙\t丁\n戊",1\r\n'.replace(",", separator)
    path = tmp_path / "t.txt"
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert table.encoding == label
    assert list(table.frame.iloc[0]) == ["007", f"甲{separator}乙;丙\t丁\n戊", "1"]


def test_the_separator_is_the_headers_and_not_the_datas(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('"a;b;c",d\n1,2;3;4;5\n', encoding="utf-8")
    assert lists(path) == {"a;b;c": ["1"], "d": ["2;3;4;5"]}


def test_empty_columns_and_rows_at_the_end_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n\ufeffa,b,,\n1,2,,\n,,,\n3,,,\n,,,\n", encoding="utf-8")
    assert lists(path) == {"a": ["1", "3"], "b": ["2", None]}


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_columns_that_share_a_name_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_text("a,b, a\n1,2,3\n")
    elif name.endswith("xlsx"):
        workbook(path, s=[("a", "b", "a "), ("1", "2", "3")])
    else:
        pd.DataFrame({"a": [1], "a ": [2]}).to_parquet(path)
    with pytest.raises(DataError, match="several columns called 'a'") as told:
        read_table(path)
    assert "同名" in told.value.text("zh")


@pytest.mark.parametrize("content", [b"\xff\xfea", "a,b\n".encode("utf-32"), b"a\x81\n"])
def test_text_in_no_known_encoding_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(RefusedFile, match="F01"):
        read_table(path)


def test_a_layer_is_not_asked_of_a_file_that_is_one_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    with pytest.raises(UsageError, match="has no layer 'x'"):
        read_table(path, layer="x")
