"""Bytes become text: what the file says of its encoding, else UTF-8, else GB18030."""

from __future__ import annotations

import codecs
from typing import Final

from geo.intake.sentences import refusal

__all__ = ["decoded"]

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 (BOM)"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16 (BOM)"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16 (BOM)"),
)
TRIED: Final = (("utf-8", "UTF-8 (tried)"), ("gb18030", "GB18030 (tried)"))


def decoded(content: bytes) -> tuple[str, str]:
    """Give the text and how it was read; raises RefusedFile F01 where nothing fits.

    >>> decoded("盂县".encode("gb18030"))
    ('盂县', 'GB18030 (tried)')
    """
    marked = [(codec, label) for mark, codec, label in MARKS if content.startswith(mark)]
    for codec, label in marked or TRIED:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        # GB18030 accepts almost any bytes; a text table never holds a NUL.
        if "\x00" not in text:
            return text, label
    raise refusal("F01")
