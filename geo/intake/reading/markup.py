"""The XML inside a workbook, looked at before a library parses it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from geo.intake.reading.archive import ZIP_FAULTS
from geo.intake.reading.damage import guarded, unsafe

if TYPE_CHECKING:
    from geo.intake.reading.archive import Archive

__all__ = ["has_formulas", "refuse_entities"]

FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ >/]")
PIECE: Final = 1024**2
OVERLAP: Final = 64
"""Bytes read at a time, and looked at again with the next piece."""


def refuse_entities(archive: Archive) -> None:
    """Refuse a part with a document type: tables need none, entity attacks need one.

    A document type can only stand before the first element, so no more than that is read.
    A part that is no XML (a picture) has none.
    """
    for member in archive.everything:
        prologue = _Prologue()
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = prologue.doctype
        parser.StartElementHandler = prologue.element
        with (
            guarded(archive.source.name, *ZIP_FAULTS),
            archive.opened(member) as stream,
            suppress(expat.ExpatError, _End),
        ):
            parser.ParseFile(stream)
        if prologue.has_doctype:
            raise unsafe(
                archive.source.name,
                "has a document type or entities in its XML",
                "的 XML 中含有文档类型或实体定义",
            )


def has_formulas(archive: Archive) -> bool:
    """Say whether any sheet may hold a formula."""
    sheets = [member for member in archive.everything if "worksheets" in member.path.parts]
    return any(_found(archive, member) for member in sheets)


def _found(archive: Archive, member: Any) -> bool:
    tail = b""
    with archive.opened(member) as stream:
        while piece := stream.read(PIECE):
            if FORMULA.search(tail + piece):
                return True
            tail = piece[-OVERLAP:]
    return False


class _End(Exception):
    """What stands before the first element has been read."""


class _Prologue:
    """Takes what expat finds before the first element."""

    has_doctype = False

    def doctype(self, *_: object) -> None:
        """Note a document type and stop."""
        self.has_doctype = True
        raise _End

    def element(self, *_: object) -> None:
        """Stop at the first element."""
        raise _End
