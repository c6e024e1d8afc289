"""A paper as a Word file in the customary layout of a Chinese county's bulletin.

Margins, sizes and faces follow GB/T 9704-2012 as far as a table allows: a red title over a red
line, headings in Heiti, text in Fangsong, tables in Songti. Where a machine lacks these faces its
own of the same kind stand in.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final, TypeAlias

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dashboard.reports.fixed_zip import fixed_zip

if TYPE_CHECKING:
    from datetime import datetime

    from docx.document import Document as Doc
    from docx.table import Table as DocTable
    from docx.table import _Row as DocRow
    from docx.text.paragraph import Paragraph

    from dashboard.reports.paper import Paper, Section, Table

__all__ = ["docx_of"]

Face: TypeAlias = tuple[str, str]
"""The face of Chinese letters and the one of Latin letters."""

TITLE: Final[Face] = ("宋体", "Times New Roman")
TEXT: Final[Face] = ("仿宋", "Times New Roman")
HEADING: Final[Face] = ("黑体", "Arial")
TABLE: Final[Face] = ("宋体", "Times New Roman")
RED: Final = RGBColor(0xC0, 0x00, 0x00)
BLACK: Final = RGBColor(0, 0, 0)
MARGINS_MM: Final = {"top_margin": 30, "bottom_margin": 28, "left_margin": 26, "right_margin": 24}
TEXT_WIDTH_MM: Final = 210 - 26 - 24
LARGEST_PT: Final = 30.0
PT_IN_MM: Final = 72 / 25.4
LATIN: Final = 0x2E80
"""First code point of letters as wide as they are high."""
TEXT_PT: Final = {"zh": 15.0, "en": 11.5}
SHORT_ROWS: Final = 8
"""A table up to this long is not broken over two pages."""
CELL_PT: Final = {"zh": 9.0, "en": 8.5}


def docx_of(paper: Paper, lang: str, moment: datetime) -> bytes:
    """Write a paper; the same paper and moment give the same bytes."""
    document = Document()
    _page(document, paper, lang)
    _masthead(document, paper, lang)
    for section in paper.sections:
        _section(document, section, lang)
    _signatures(document, paper, lang)
    document.core_properties.title = paper.title
    document.core_properties.author = paper.masthead
    document.core_properties.comments = ""
    body = io.BytesIO()
    document.save(body)
    return fixed_zip(body.getvalue(), moment)


def _page(document: Doc, paper: Paper, lang: str) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    for name, size in MARGINS_MM.items():
        setattr(page, name, Mm(size))
    _dress(document.styles["Normal"].element.get_or_add_rPr(), TEXT)
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, f"{paper.numbered}    ", TABLE, 9)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        _page_field(foot, kind, text)
    document.core_properties.language = {"zh": "zh-CN", "en": "en"}[lang]


def _masthead(document: Doc, paper: Paper, lang: str) -> None:
    center = WD_ALIGN_PARAGRAPH.CENTER
    _line(document, paper.masthead, TITLE, _red_size(paper.masthead), color=RED, align=center)
    number = _line(document, paper.numbered, TEXT, {"zh": 14, "en": 11}[lang], align=center)
    _red_rule(number)
    title = _line(document, paper.title, TITLE, {"zh": 20, "en": 15}[lang], align=center)
    title.paragraph_format.space_before = Pt(14)
    title.paragraph_format.space_after = Pt(8)
    facts = _table(document, len(paper.facts), 2, (0.22, 0.78))
    for row, fact in zip(facts.rows, paper.facts, strict=True):
        for cell, text, face in zip(row.cells, fact, (HEADING, TABLE), strict=True):
            _run(cell.paragraphs[0], text, face, {"zh": 10.5, "en": 9.5}[lang])


def _red_size(masthead: str) -> float:
    """Give the largest size, in points, in which the red title stays on one line."""
    wide = sum(1.0 if ord(letter) > LATIN else 0.52 for letter in masthead)
    return min(LARGEST_PT, float(int(TEXT_WIDTH_MM * PT_IN_MM / wide)))


def _section(document: Doc, section: Section, lang: str) -> None:
    heading = _line(document, section.heading, HEADING, {"zh": 16, "en": 13}[lang])
    heading.paragraph_format.space_before = Pt(12)
    heading.paragraph_format.keep_with_next = True
    for sentence in section.sentences:
        text = _line(document, sentence, TEXT, TEXT_PT[lang])
        text.paragraph_format.first_line_indent = Pt(2 * TEXT_PT[lang]) if lang == "zh" else None
    for table in section.tables:
        _figures(document, table, lang)


def _figures(document: Doc, table: Table, lang: str) -> None:
    if table.title:
        title = _line(document, table.title, HEADING, {"zh": 12, "en": 10.5}[lang])
        title.paragraph_format.space_before = Pt(8)
        title.paragraph_format.keep_with_next = True
    drawn = _table(document, 1 + len(table.rows), len(table.head), table.widths)
    for number, (row, texts) in enumerate(zip(drawn.rows, (table.head, *table.rows), strict=True)):
        _never_split(row, head=number == 0)
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = _holds_on(table, number)
            _run(paragraph, text, HEADING if number == 0 else TABLE, CELL_PT[lang])


def _holds_on(table: Table, number: int) -> bool:
    """Tell whether a row stays with the next: a head always, a short table wholly."""
    return number == 0 or (number < len(table.rows) <= SHORT_ROWS)


def _signatures(document: Doc, paper: Paper, lang: str) -> None:
    size = {"zh": 12, "en": 10.5}[lang]
    drawn = _table(document, 1, len(paper.posts), (1 / len(paper.posts),) * len(paper.posts))
    _never_split(drawn.rows[0], head=False)
    drawn.rows[0].height = Mm(24)
    for cell, post in zip(drawn.rows[0].cells, paper.posts, strict=True):
        _run(cell.paragraphs[0], post, TEXT, size)
    note = _line(document, paper.note, TABLE, 9)
    note.paragraph_format.space_before = Pt(8)


def _table(document: Doc, rows: int, columns: int, widths: tuple[float, ...]) -> DocTable:
    drawn: DocTable = document.add_table(rows=rows, cols=columns, style="Table Grid")
    drawn.alignment = WD_TABLE_ALIGNMENT.CENTER
    drawn.autofit = False
    _cell_margins(drawn)
    whole = sum(widths)
    for column, share in zip(drawn.columns, widths, strict=True):
        column.width = Mm(TEXT_WIDTH_MM * share / whole)
        for cell in column.cells:
            cell.width = column.width
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    after = document.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after.paragraph_format.line_spacing = Pt(6)
    return drawn


def _line(
    document: Doc,
    text: str,
    face: Face,
    size: float,
    *,
    color: RGBColor = BLACK,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.paragraph_format.line_spacing = 1.25
    _run(paragraph, text, face, size, color=color)
    return paragraph


def _run(
    paragraph: Paragraph, text: str, face: Face, size: float, *, color: RGBColor = BLACK
) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.color.rgb = color
    _dress(run._element.get_or_add_rPr(), face)  # noqa: SLF001 - only the element takes East Asian faces


def _dress(properties: object, face: Face) -> None:
    """Name the faces of both scripts; Word asks the East Asian one for Chinese letters."""
    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]  # an lxml element of python-docx
    for name, value in zip(
        ("eastAsia", "ascii", "hAnsi"), (face[0], face[1], face[1]), strict=True
    ):
        fonts.set(qn(f"w:{name}"), value)


def _red_rule(paragraph: Paragraph) -> None:
    """Draw the red line under the title."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "18", "space": "4", "color": "C00000"}.items():
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx knows no borders
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _cell_margins(drawn: DocTable) -> None:
    """Leave a millimetre beside the figures and a half above: ten columns have to fit."""
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 28), ("left", 57), ("bottom", 28), ("right", 57)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(twips))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties = drawn._tbl.tblPr  # noqa: SLF001 - python-docx knows no cell margins
    properties.insert_element_before(margins, "w:tblLook")


def _never_split(row: DocRow, *, head: bool) -> None:
    """Keep a row on one page, and repeat a head on each."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx knows no such rows
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _page_field(paragraph: Paragraph, kind: str, text: str) -> None:
    """Write one part of the field that counts pages."""
    run = paragraph.add_run()._r  # noqa: SLF001 - python-docx knows no fields
    part = OxmlElement("w:fldChar" if kind else "w:instrText")
    if kind:
        part.set(qn("w:fldCharType"), kind)
    else:
        part.text = text
    run.append(part)
