"""The number of a document on file: what a statement rests on, in place of the document itself."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from geo.errors import UsageError

__all__ = ["document_reference"]

LONGEST: Final = 40
FORM: Final = re.compile(r"[\w\-./:#()\[\]〔〕 ]+")
PERSONAL: Final = re.compile(r"(?<!\d)(?:1\d{10}|\d{17}[\dXx])(?!\d)")
"""A mobile telephone's number; an identity card's."""


def document_reference(text: str) -> str:
    """Give a document's number as it is kept, trimmed and in half width.

    Raises UsageError for a text without a digit or longer than 40 characters, which is no
    number but a story, and for the number of a telephone or an identity card.

    >>> document_reference(" 盂应急〔2026〕１２号 ")
    '盂应急〔2026〕12号'
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    numbered = any(sign.isdigit() for sign in plain)
    if not numbered or len(plain) > LONGEST or FORM.fullmatch(plain) is None:
        raise UsageError(
            "Give the number of a document, such as 2026-12: letters and digits, at least one "
            f"digit, at most {LONGEST} characters. The document itself stays on file with you.",
            f"请填写文书编号，例如“应急〔2026〕12号”：须含数字，不超过 {LONGEST} 个字符。"
            "文书本身由本单位留存。",
        )
    if PERSONAL.search(plain):
        raise UsageError(
            "This looks like a person's telephone or identity number; give a document's number.",
            "该内容像是个人电话或身份证号；请填写文书编号。",
        )
    return plain
