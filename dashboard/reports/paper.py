"""A document as plain texts: the page, the Word file and the tests read the same one."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Paper", "Section", "Sheet", "Table"]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under a head; `widths` are shares of the page, the first column leads."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its sentences, then its tables."""

    heading: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in the layout of a county's bulletin.

    `masthead` stands in red over a red line with `numbered` beneath it; `facts` say what the
    figures rest on; `posts` sign, by post and never by name.
    """

    masthead: str
    numbered: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    posts: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: a note on top, a head, rows of texts and numbers; widths in characters."""

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    widths: tuple[float, ...]
