"""What looks like a quantity and is none: dates, clocks, document numbers, telephones, ranges."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["plain", "without_non_quantities"]

BLANK: Final = "\0"
"""Stands for every character of what was blanked; no text holds it."""

_WIDE: Final = "０１２３４５６７８９％．／＋＝（）：－−–～\u00a0\u2009\u202f\u3000"
_NARROW: Final = "0123456789%./+=():---~    "
PLAIN: Final = str.maketrans(_WIDE, _NARROW)

MONTHS: Final = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_HAN: Final = "零〇一二三四五六七八九十"
_NUMBERED: Final = (
    "Article|Decree|Order|Section|Chapter|Table|Figure|Annex|Room|Route|Rule|Act|Page|Document"
    "|Notice|Version|Grade|Level|Phase|Stage|Step|Paragraph|Item"
)
_CALLED: Final = "报警|接警|接处警|警情|联动|热线|电话|平台|指挥|政务|hotline|line|emergency|call"

NON_QUANTITIES: Final = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # Dates and clocks.
        r"\d{4}\s*[-—~至到]\s*\d{4}\s*年",
        rf"(?:\d{{1,4}}|[{_HAN}]{{4}})\s*年(?:\s*(?:第?[一二三四]季度|上半年|下半年))?",
        rf"(?:\d{{1,2}}|[{_HAN}]{{1,3}})\s*月(?:份|底|初|末|上旬|中旬|下旬)?",
        rf"(?:\d{{1,2}}|[{_HAN}]{{1,3}})\s*日",
        r"(?:19|20)\d{2}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?!\s*[\d%])",
        r"\d{1,2}:\d{2}(?::\d{2})?",
        r"\d{1,2}\s*[时点](?:\s*\d{1,2}\s*分|整|半|许)?(?!\d)",
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTHS}(?:,?\s+\d{{4}})?",
        rf"\b{MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?!,\d)(?:,?\s+\d{{4}}\b)?",
        rf"\b{MONTHS}\s+\d{{4}}\b",
        r"(?i:\b(?:in|since|during|until|year|end of)\s+(?:19|20)\d{2}\b(?!\s*%|[\d.]\d))",
        r"(?i:\bfrom\s+(?:19|20)\d{2}\s+to\s+(?:19|20)\d{2}\b(?=\s+[a-z]))",
        r"\b(?:19|20)\d{2}\s*-\s*(?:19|20)?\d{2}\b",
        # Document, article and other numbers by which something is named.
        r"[〔\[(]\s*\d{4}\s*[〕\])]\s*\D{0,8}?第?\s*\d+(?:-\d+)*\s*号",
        rf"第\s*(?:\d+|[{_HAN}百千]+)",
        r"\d+(?:-\d+)*\s*号",
        r"\b(?:No|Nos|Art|Arts|Sec|Fig|Tab)\.?\s*\d+(?:[.-]\d+)*",
        rf"\b(?:{_NUMBERED})\s+\d+(?:[.-]\d+)*",
        r"\b(?:[A-Z]{2,5}(?:/[A-Z]{1,3})?[\s:-]?|[A-Z][-/]?)\d+(?:\.\d+)*(?:-\d{2,4})?\b",
        r"^\s*\(?\d{1,2}(?:[.、)](?!\d)|\))",
        # Telephones, identity numbers, addresses of machines, coordinates.
        r"(?<!\d)1[3-9]\d{9}(?!\d)",
        r"(?<!\d)\d{3,4}-\d{3,8}(?:-\d{1,8})*(?!\d|\s*=)",
        r"(?<![\d.])\d{9,}[Xx]?(?!\d)",
        r"\b\d+\.\d+\.\d+(?:\.\d+)*",
        r"\d+(?:\.\d+)?\s*°(?:\s*\d+(?:\.\d+)?\s*[′'](?:\s*\d+(?:\.\d+)?\s*[″\"])?)?",
        rf"(?<!\d)(?:110|119|120|122|12\d{{3}})(?=\s*(?:{_CALLED}))",
        # Ranges, sizes, fractions in words: no single figure is stated.
        r"(?<![\d.由从自])\d+(?:\.\d+)?\s*%?\s*[-—~]\s*\d+(?:\.\d+)?(?![\d.])(?!\s*=)",
        r"(?<![\d.由从自])\d+(?:\.\d+)?\s*%?\s*[至到]\s*\d+(?:\.\d+)?\s*%?(?=[个起件处家户人名次])",
        r"\d+(?:\.\d+)?\s*[×xX*]\s*\d+(?:\.\d+)?",
        rf"[{_HAN}]分之[{_HAN}]+",
        rf"[每同另这那任本某无][{_HAN}]+",
    )
)


def plain(text: str) -> str:
    """Write full-width digits and signs as plain ones; every character keeps its place.

    >>> plain("１１１起，占８８％")
    '111起，占88%'
    """
    return text.translate(PLAIN)


def without_non_quantities(text: str) -> str:
    """Blank out of a plain text what is no quantity; every other character keeps its place.

    >>> without_non_quantities("2020年8月立案54起").replace(BLANK, "_")
    '_______立案54起'
    """
    for pattern in NON_QUANTITIES:
        text = pattern.sub(lambda found: BLANK * len(found[0]), text)
    return text
